import { describe, isInteger } from "@flaxen/dtype";
import { asNDArray, isNDArray } from "@flaxen/ndarray";
import type { NDArrayLike } from "@flaxen/ndarray";
import { checkKey, keyData } from "./key.ts";
import { makeKey } from "./make-key.ts";
import type { Key } from "./make-key.ts";
import { hashPair } from "./threefry.ts";
import { handOver, isTraced, makeTracedKey } from "./traced-key.ts";

/**
 * Derives a new key from a key and a number, as `jax.random.fold_in` does.
 *
 * @param key - The key; it may be folded with other numbers too.
 * @param data - An integer in `[0, 2^32)`, such as the number of a training step, or an array of shape `[]` and an integer
 *   dtype, which counts modulo 2^32.
 * @returns A key of the same layout.
 * @throws {@link TypeError} if `key` is not a key, or `data` neither a number nor an array of integers.
 * @throws {@link RangeError} if `data` is not an integer in range, or an array of another shape than `[]`.
 *
 * @example
 * ```ts
 * import { foldIn, key } from "@flaxen/rng";
 *
 * foldIn(key(0), 4).words; // => [2285895361, 433833334]
 * ```
 */
export function foldIn(key: Key, data: number | NDArrayLike): Key {
  checkKey("foldIn", key);
  if (typeof data === "number") {
    if (data >>> 0 !== data) {
      throw new RangeError(`foldIn: data must be an integer in [0, 2^32), got ${describe(data)}.`);
    }
  } else {
    checkScalar(data);
  }
  const traced = handOver(
    "foldIn",
    [key, data],
    [2],
    "uint32",
    (key, data) => keyData(foldIn(key, data)),
    [],
  );
  if (traced) return makeTracedKey(traced, key.partitionable);
  const integer =
    typeof data === "number"
      ? data
      : Number(BigInt.asUintN(32, BigInt(asNDArray(data).item() as number | bigint)));
  const [high, low] = hashPair(key.words[0], key.words[1], 0, integer);
  return makeKey(high, low, key.partitionable);
}

function checkScalar(data: unknown): void {
  if (!(isNDArray(data) || isTraced(data)) || !isInteger(data.dtype)) {
    throw new TypeError(`foldIn: data must be an integer, got ${describe(data)}.`);
  }
  if (data.shape.length > 0) {
    throw new RangeError(`foldIn: data must have shape [], got ${describe(data)}.`);
  }
}
