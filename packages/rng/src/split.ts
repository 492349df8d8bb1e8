import { describe, isInteger } from "@flaxen/dtype";
import { asNDArray, copy, isNDArray } from "@flaxen/ndarray";
import type { NDArray, NDArrayLike } from "@flaxen/ndarray";
import { checkKey, keyData, useKey } from "./key.ts";
import { makeKey } from "./make-key.ts";
import type { Key } from "./make-key.ts";
import { hashCounters, hashPair } from "./threefry.ts";
import { handOver, isTraced, makeTracedKey } from "./traced-key.ts";
import { fillWords } from "./words.ts";

/**
 * Splits a key into several new ones, as `jax.random.split` does.
 *
 * Draw from the new keys, never again from the old one.
 *
 * @param key - The key to split.
 * @param num - How many keys to make, an integer of at least 1 (default 2).
 * @returns `num` keys of the same layout. In the partitionable layout key `i` is `foldIn(key, i)`.
 * @throws {@link TypeError} if `key` is not a key or `num` not a number.
 * @throws {@link RangeError} if `num` is not a positive integer.
 *
 * @example
 * ```ts
 * import { key, split } from "@flaxen/rng";
 *
 * const [a, b] = split(key(0));
 * a.words; // => [1797259609, 2579123966]
 * b.words; // => [928981903, 3453687069]
 * split(key(1), 3).length; // => 3
 * ```
 */
export function split(key: Key, num = 2): Key[] {
  useKey("split", key);
  if (typeof num !== "number") {
    throw new TypeError(`split: num must be an integer, got ${describe(num)}.`);
  }
  if (!Number.isInteger(num) || num < 1 || num > 2 ** 31 - 1) {
    throw new RangeError(`split: num must be an integer in [1, 2^31), got ${describe(num)}.`);
  }
  const traced = handOver("split", [key], [num, 2], "uint32", (key) => keyData(splitKey(key, num)));
  if (traced) return tracedKeys(traced, key.partitionable);
  return splitKey(key, num);
}

/** Makes keys of the rows of a stand-in. */
function tracedKeys(words: NDArray<"uint32">, partitionable: boolean): Key[] {
  return Array.from({ length: words.shape[0] }, (_, i) => {
    const row = handOver("split", [words], [2], "uint32", (rows) => copy(rows.pick(i)));
    return makeTracedKey(row as NDArray<"uint32">, partitionable);
  });
}

/** Splits a key without checks, and without using it up. */
export function splitKey(key: Key, num = 2): Key[] {
  const words = new Uint32Array(2 * num);
  const { partitionable } = key;
  if (partitionable) {
    const [k0, k1] = key.words;
    const counters = { count: num, highStart: 0, highStep: 0, lowStart: 0 };
    hashCounters(k0, k1, { ...counters, stride: 2, first: 0, second: 1 }, words);
  } else {
    fillWords(key, words);
  }
  const keys: Key[] = [];
  for (let i = 0; i < num; i++) {
    keys.push(makeKey(words[2 * i], words[2 * i + 1], partitionable));
  }
  return keys;
}

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
  const traced = handOver("foldIn", [key, data], [2], "uint32", (key, data) =>
    keyData(foldIn(key, data)),
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
