import { describe } from "@flaxen/dtype";
import { NDArray } from "@flaxen/ndarray";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { handOver } from "./traced-key.ts";
import { BLOCK, fillRuns } from "./word-runs.ts";

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
  fillRuns(key, size, start, out);
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
