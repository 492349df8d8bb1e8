// Threefry-2x32 with 20 rounds: Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3",
// SC '11, section 4. https://doi.org/10.1145/2063384.2063405

// The parity word of the key schedule.
const PARITY = 0x1bd11bda;

/** The counters that {@link hashCounters} hashes, and where the two words of each hash go. */
export interface CounterPlan {
  /** Number of hashes. */
  readonly count: number;
  /** First counter word of hash `i` is `highStart + i * highStep`. */
  readonly highStart: number;
  /** 0 or 1. */
  readonly highStep: number;
  /** Second counter word of hash `i` is `lowStart + i`. */
  readonly lowStart: number;
  /** Step in `out` from one hash to the next. */
  readonly stride: number;
  /** Place in `out` of the first word of hash 0. */
  readonly first: number;
  /** Place in `out` of the second word of hash 0; equal to `first` to store the exclusive or of both words. */
  readonly second: number;
}

/** Hashes a run of counters under the key `[k0, k1]` into `out`, without allocation. */
export function hashCounters(k0: number, k1: number, plan: CounterPlan, out: Uint32Array): void {
  const { count, highStart, highStep, lowStart, stride } = plan;
  const folded = plan.first === plan.second;
  const key0 = k0 | 0;
  const key1 = k1 | 0;
  const key2 = key0 ^ key1 ^ PARITY;
  let first = plan.first;
  let second = plan.second;
  for (let i = 0; i < count; i++) {
    let a = (highStart + Math.imul(i, highStep) + key0) | 0;
    let b = (lowStart + i + key1) | 0;

    a = (a + b) | 0;
    b = ((b << 13) | (b >>> 19)) ^ a;
    a = (a + b) | 0;
    b = ((b << 15) | (b >>> 17)) ^ a;
    a = (a + b) | 0;
    b = ((b << 26) | (b >>> 6)) ^ a;
    a = (a + b) | 0;
    b = ((b << 6) | (b >>> 26)) ^ a;
    a = (a + key1) | 0;
    b = (b + key2 + 1) | 0;

    a = (a + b) | 0;
    b = ((b << 17) | (b >>> 15)) ^ a;
    a = (a + b) | 0;
    b = ((b << 29) | (b >>> 3)) ^ a;
    a = (a + b) | 0;
    b = ((b << 16) | (b >>> 16)) ^ a;
    a = (a + b) | 0;
    b = ((b << 24) | (b >>> 8)) ^ a;
    a = (a + key2) | 0;
    b = (b + key0 + 2) | 0;

    a = (a + b) | 0;
    b = ((b << 13) | (b >>> 19)) ^ a;
    a = (a + b) | 0;
    b = ((b << 15) | (b >>> 17)) ^ a;
    a = (a + b) | 0;
    b = ((b << 26) | (b >>> 6)) ^ a;
    a = (a + b) | 0;
    b = ((b << 6) | (b >>> 26)) ^ a;
    a = (a + key0) | 0;
    b = (b + key1 + 3) | 0;

    a = (a + b) | 0;
    b = ((b << 17) | (b >>> 15)) ^ a;
    a = (a + b) | 0;
    b = ((b << 29) | (b >>> 3)) ^ a;
    a = (a + b) | 0;
    b = ((b << 16) | (b >>> 16)) ^ a;
    a = (a + b) | 0;
    b = ((b << 24) | (b >>> 8)) ^ a;
    a = (a + key1) | 0;
    b = (b + key2 + 4) | 0;

    a = (a + b) | 0;
    b = ((b << 13) | (b >>> 19)) ^ a;
    a = (a + b) | 0;
    b = ((b << 15) | (b >>> 17)) ^ a;
    a = (a + b) | 0;
    b = ((b << 26) | (b >>> 6)) ^ a;
    a = (a + b) | 0;
    b = ((b << 6) | (b >>> 26)) ^ a;
    a = (a + key2) | 0;
    b = (b + key0 + 5) | 0;

    if (folded) {
      out[first] = a ^ b;
    } else {
      out[first] = a;
      out[second] = b;
      second += stride;
    }
    first += stride;
  }
}

/** Hashes one pair of counter words under the key `[k0, k1]`. */
export function hashPair(k0: number, k1: number, high: number, low: number): Uint32Array {
  const pair = new Uint32Array(2);
  hashCounters(
    k0,
    k1,
    { count: 1, highStart: high, highStep: 0, lowStart: low, stride: 2, first: 0, second: 1 },
    pair,
  );
  return pair;
}
