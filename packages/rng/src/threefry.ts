// Threefry-2x32 with 20 rounds: Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3",
// SC '11, section 4. https://doi.org/10.1145/2063384.2063405

// The parity word of the key schedule.
const PARITY = 0x1bd11bda;

/** The counters that {@link hashCounters} hashes, and where the two words of each hash go. */
export type CounterPlan = readonly [
  /** Number of hashes. */
  count: number,
  /** First counter word of hash `i` is `highStart + i * highStep`. */
  highStart: number,
  /** 0 or 1. */
  highStep: number,
  /** Second counter word of hash `i` is `lowStart + i`. */
  lowStart: number,
  /** Step in `out` from one hash to the next. */
  stride: number,
  /** Place in `out` of the first word of hash 0. */
  first: number,
  /** Place in `out` of the second word of hash 0; equal to `first` to store the exclusive or of both words. */
  second: number,
];

/** Hashes a run of counters under the key `[k0, k1]` into `out`, without allocation. */
export function hashCounters(k0: number, k1: number, plan: CounterPlan, out: Uint32Array): void {
  const [count, highStart, highStep, lowStart, stride, firstStart, secondStart] = plan;
  const folded = firstStart === secondStart;
  const key0 = k0 | 0;
  const key1 = k1 | 0;
  const key2 = key0 ^ key1 ^ PARITY;
  let first = firstStart;
  let second = secondStart;
  for (let i = 0; i < count; i++) {
    let a = (highStart + Math.imul(i, highStep) + key0) | 0;
    let b = (lowStart + i + key1) | 0;

    // The key words as the next two groups of four rounds add them.
    let next0 = key1;
    let next1 = key2;
    let next2 = key0;
    for (let group = 1; ; group++) {
      a = (a + b) | 0;
      b = ((b << 13) | (b >>> 19)) ^ a;
      a = (a + b) | 0;
      b = ((b << 15) | (b >>> 17)) ^ a;
      a = (a + b) | 0;
      b = ((b << 26) | (b >>> 6)) ^ a;
      a = (a + b) | 0;
      b = ((b << 6) | (b >>> 26)) ^ a;
      a = (a + next0) | 0;
      b = (b + next1 + group) | 0;
      if (group === 5) break;

      a = (a + b) | 0;
      b = ((b << 17) | (b >>> 15)) ^ a;
      a = (a + b) | 0;
      b = ((b << 29) | (b >>> 3)) ^ a;
      a = (a + b) | 0;
      b = ((b << 16) | (b >>> 16)) ^ a;
      a = (a + b) | 0;
      b = ((b << 24) | (b >>> 8)) ^ a;
      a = (a + next1) | 0;
      b = (b + next2 + ++group) | 0;
      [next0, next1, next2] = [next2, next0, next1];
    }

    out[second] = b;
    out[first] = folded ? a ^ b : a;
    first += stride;
    second += stride;
  }
}

/** Hashes one pair of counter words under the key `[k0, k1]`. */
export function hashPair(k0: number, k1: number, high: number, low: number): Uint32Array {
  const pair = new Uint32Array(2);
  hashCounters(k0, k1, [1, high, 0, low, 2, 0, 1], pair);
  return pair;
}
