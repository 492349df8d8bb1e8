import { describe } from "@flaxen/dtype";
import { NDArray } from "@flaxen/ndarray";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { hashCounters, hashPair } from "./threefry.ts";
import { handOver } from "./traced-key.ts";

/** Counters of the legacy layout in one block; each block of a larger array has a key of its own. */
const BLOCK = 2 ** 32 - 1;

/**
 * Draws a part of a long array of random bits: elements `start` to `stop - 1` of `bits(key, [size])`.
 *
 * The array itself may be longer than any that can be stored. Above 2^32 elements it is the array that JAX's rules give:
 * in the partitionable layout the element index is a counter of 64 bits, in the legacy layout every 2^32 - 1 elements
 * are drawn from a split key of their own.
 *
 * @param key - The random key.
 * @param size - Number of elements of the whole array, an integer in [0, 2^53).
 * @param start - Index of the first element, an integer in [0, stop].
 * @param stop - Index behind the last element, an integer in [start, size]; at most 2^32 - 2 behind `start`.
 * @returns A uint32 array of shape `[stop - start]`.
 * @throws {@link TypeError} if `key` is not a key, or another argument not a number.
 * @throws {@link RangeError} if `size`, `start` or `stop` is out of range.
 *
 * @example
 * ```ts
 * import { bitsSlice, key } from "@flaxen/rng";
 *
 * bitsSlice(key(10), 4, 1, 3); // => [1572511259, 2689743692]
 * bitsSlice(key(5), 2 ** 40, 2 ** 32, 2 ** 32 + 2); // => [428664776, 1767058645]
 * ```
 */
export function bitsSlice(key: Key, size: number, start: number, stop: number): NDArray<"uint32"> {
  useKey("bitsSlice", key);
  checkIndex("size", size, 0, Number.MAX_SAFE_INTEGER);
  checkIndex("stop", stop, 0, size);
  checkIndex("start", start, Math.max(0, stop - (BLOCK - 1)), stop);
  const count = stop - start;
  const traced = handOver("bitsSlice", [key], [count], "uint32", (key) =>
    bitsSlice(key, size, start, stop),
  );
  if (traced) return traced;
  const out = new Uint32Array(count);
  const fill = key.partitionable ? fillWideRun : fillLegacyRun;
  for (let place = 0; place < count;) place += fill(key, size, start + place, out, place);
  return new NDArray(out, [count], undefined, 0, "uint32");
}

function checkIndex(argument: string, x: unknown, least: number, most: number): void {
  if (typeof x !== "number") {
    throw new TypeError(`bitsSlice: ${argument} must be an integer, got ${describe(x)}.`);
  }
  if (!Number.isInteger(x) || x < least || x > most) {
    throw new RangeError(
      `bitsSlice: ${argument} must be an integer in [${least}, ${most}], got ${describe(x)}.`,
    );
  }
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
  hashCounters(k0, k1, [count, highStart, 0, lowStart, 1, place, place], out);
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
    hashCounters(k0, k1, [count, at - half, 1, at, 1, nowhere, place], out);
    return count;
  }
  // An odd number of counters is padded with a zero.
  const padded = at + half === length;
  const count = padded ? 1 : Math.min(left, length - half - at);
  const lowStart = padded ? 0 : at + half;
  hashCounters(k0, k1, [count, at, 1, lowStart, 1, place, nowhere], out);
  return count;
}

/** The words of one of `num` keys split in the legacy layout. */
function blockKey({ words: [k0, k1] }: Key, num: number, i: number): readonly [number, number] {
  const word = (j: number): number =>
    j < num ? hashPair(k0, k1, j, j + num)[0] : hashPair(k0, k1, j - num, j)[1];
  return [word(2 * i), word(2 * i + 1)];
}
