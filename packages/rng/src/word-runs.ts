import type { Key } from "./make-key.ts";
import { hashCounters, hashPair } from "./threefry.ts";
import type { CounterPlan } from "./threefry.ts";
import { hashChunks, uniformKernel } from "./uniform-kernel.ts";
import { SMALL } from "./words.ts";

/** Counters of the legacy layout in one block; each block of a larger array has a key of its own. */
export const BLOCK: number = 2 ** 32 - 1;

/**
 * Fills `out` with the random words of consecutive elements of an array of `size` elements, the first of which has index
 * `start`.
 */
export function fillRuns(key: Key, size: number, start: number, out: Uint32Array): void {
  const fill = key.partitionable ? fillWideRun : fillLegacyRun;
  for (let place = 0; place < out.length;) place += fill(key, size, start + place, out, place);
}

/** Words that {@link eachRun} draws at a time. */
const RUN = 4096;

/** Visits the random words of an array of `size` elements a run at a time, so that they need no memory of their size. */
export function eachRun(
  key: Key,
  size: number,
  visit: (words: Uint32Array, start: number) => void,
): void {
  const run = new Uint32Array(Math.min(RUN, size));
  for (let start = 0; start < size; start += RUN) {
    const words = run.subarray(0, size - start);
    fillRuns(key, size, start, words);
    visit(words, start);
  }
}

function hashRun(k0: number, k1: number, plan: CounterPlan, out: Uint32Array): void {
  const kernel = plan[0] < SMALL ? undefined : uniformKernel();
  if (kernel) hashChunks(kernel, k0, k1, plan, out);
  else hashCounters(k0, k1, plan, out);
}

/** Fills `out` from `place` on with the words of elements whose counters have the same high word; returns their number. */
function fillWideRun(
  { words: [k0, k1] }: Key,
  _size: number,
  index: number,
  out: Uint32Array,
  place: number,
): number {
  const highStart = Math.floor(index / 2 ** 32);
  const lowStart = index % 2 ** 32;
  const count = Math.min(out.length - place, 2 ** 32 - lowStart);
  hashRun(k0, k1, [count, highStart, 0, lowStart, 1, place, place], out);
  return count;
}

/** Does so in the legacy layout, up to the end of half a block. */
function fillLegacyRun(
  key: Key,
  size: number,
  index: number,
  out: Uint32Array,
  place: number,
): number {
  const blocks = Math.floor(size / BLOCK);
  const block = Math.floor(index / BLOCK);
  const [k0, k1] = blocks === 0 ? key.words : blockKey(key, blocks + 1, block);
  const length = block < blocks ? BLOCK : size % BLOCK;
  const half = Math.ceil(length / 2);
  const at = index - block * BLOCK;
  const left = out.length - place;
  // Words that nobody asked for are written behind the end of `out`, where they vanish.
  const nowhere = out.length;
  if (at >= half) {
    const count = Math.min(left, length - at);
    hashRun(k0, k1, [count, at - half, 1, at, 1, nowhere, place], out);
    return count;
  }
  // An odd number of counters is padded with a zero.
  const padded = at + half === length;
  const count = padded ? 1 : Math.min(left, length - half - at);
  const lowStart = padded ? 0 : at + half;
  hashRun(k0, k1, [count, at, 1, lowStart, 1, place, nowhere], out);
  return count;
}

/** The words of one of `num` keys split in the legacy layout. */
function blockKey({ words: [k0, k1] }: Key, num: number, i: number): readonly [number, number] {
  const word = (j: number): number =>
    j < num ? hashPair(k0, k1, j, j + num)[0] : hashPair(k0, k1, j - num, j)[1];
  return [word(2 * i), word(2 * i + 1)];
}
