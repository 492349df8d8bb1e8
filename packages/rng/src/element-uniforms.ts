import type { Key } from "./make-key.ts";
import { splitWords } from "./scalar-draws.ts";
import { hashCounters } from "./threefry.ts";

const WORDS: Uint32Array = /* @__PURE__ */ new Uint32Array(2);

/**
 * Returns a function that gives element `i` of the array of `size` uniform numbers on `[0, 1)` which a key, given by its
 * words, would draw.
 */
export function elementUniforms(
  dtype: "float32" | "float64",
  partitionable: boolean,
  size: number,
): (k0: number, k1: number, i: number) => number {
  if (dtype === "float64") {
    return (k0, k1, i) => {
      if (partitionable) hash(k0, k1, 0, i);
      else hash(k0, k1, i, i + size);
      return WORDS[0] * 2 ** -32 + (WORDS[1] >>> 12) * 2 ** -52;
    };
  }
  const wordOf = elementWords(partitionable, size);
  return (k0, k1, i) => (wordOf(k0, k1, i) >>> 9) * 2 ** -23;
}

/**
 * Returns a function that gives element `i` of the array of `size` random words which a key, given by its words, would
 * draw, as an int32.
 */
export function elementWords(
  partitionable: boolean,
  size: number,
): (k0: number, k1: number, i: number) => number {
  if (partitionable) {
    return (k0, k1, i) => {
      hash(k0, k1, 0, i);
      return WORDS[0] ^ WORDS[1];
    };
  }
  const half = Math.ceil(size / 2);
  return (k0, k1, i) => {
    const first = i < half ? i : i - half;
    // An odd number of counters is padded with a zero.
    hash(k0, k1, first, first + half < size ? first + half : 0);
    return WORDS[i < half ? 0 : 1] | 0;
  };
}

function hash(k0: number, k1: number, highStart: number, lowStart: number): void {
  hashCounters(k0, k1, [1, highStart, 0, lowStart, 2, 0, 1], WORDS);
}

/**
 * Returns a function that gives the words of the `num` keys made in round `i` of a loop that splits its key each round and
 * carries on with key `carried`.
 */
export function keyRounds(
  { words: [k0, k1], partitionable }: Key,
  num: number,
  carried: number,
): (round: number) => Uint32Array {
  const rounds: Uint32Array[] = [];
  let next: readonly [number, number] = [k0, k1];
  return (round) => {
    while (rounds.length <= round) {
      const keys = new Uint32Array(2 * num);
      splitWords(next[0], next[1], partitionable, num, keys);
      next = [keys[2 * carried], keys[2 * carried + 1]];
      rounds.push(keys);
    }
    return rounds[round];
  };
}

/**
 * Draws by rejection as JAX does: all elements draw in the same rounds until each has accepted a draw, and keep the draw
 * that they accepted last.
 *
 * @param size - Number of elements that take part.
 * @param attempt - Gives the draw of an element in a round, NaN if it is rejected.
 * @param keep - Takes the draw of an element.
 */
export function drawByRejection(
  size: number,
  attempt: (i: number, round: number) => number,
  keep: (i: number, draw: number) => void,
): void {
  let last = 0;
  for (let i = 0; i < size; i++) {
    let round = 0;
    while (Number.isNaN(attempt(i, round))) round++;
    last = Math.max(last, round);
  }
  for (let i = 0; i < size; i++) {
    let round = last;
    let draw = attempt(i, round);
    while (Number.isNaN(draw)) draw = attempt(i, --round);
    keep(i, draw);
  }
}
