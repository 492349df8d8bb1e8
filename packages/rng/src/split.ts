import { describe } from "@flaxen/dtype";
import { checkShape, NDArray, sizeOf } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import { keyData, useKey } from "./key.ts";
import type { NestedKeys } from "./key.ts";
import { makeKey } from "./make-key.ts";
import type { Key } from "./make-key.ts";
import { hashCounters } from "./threefry.ts";
import { handOver, makeTracedKey } from "./traced-key.ts";
import { fillWords } from "./words.ts";

/**
 * Splits a key into several new ones, as `jax.random.split` does.
 *
 * Draw from the new keys, never again from the old one.
 *
 * @param key - The key to split.
 * @param num - How many keys to make, an integer of at least 1 (default 2), or a shape.
 * @returns `num` keys of the same layout, as nested arrays for a shape. In the partitionable layout key `i` is
 *   `foldIn(key, i)`.
 * @throws {@link TypeError} if `key` is not a key, or `num` neither a number nor a shape.
 * @throws {@link RangeError} if `num` is not a positive integer, or its shape holds anything but non-negative integers or
 *   has 2^31 elements or more.
 *
 * @example
 * ```ts
 * import { key, split } from "@flaxen/rng";
 *
 * const [a, b] = split(key(0));
 * a.words; // => [1797259609, 2579123966]
 * b.words; // => [928981903, 3453687069]
 * split(key(1), 3).length; // => 3
 * const [[c]] = split(key(0), [1, 2]);
 * c.words; // => [1797259609, 2579123966]
 * ```
 */
export function split(key: Key, num?: number): Key[];
/** Splits a key into nested arrays of keys, for shapes of one and two axes. */
export function split(key: Key, shape: readonly [number]): Key[];
/** The same for two axes. */
export function split(key: Key, shape: readonly [number, number]): Key[][];
/** The same for any shape; that of no axis gives a key. */
export function split(key: Key, shape: Shape): NestedKeys;
export function split(key: Key, num: number | Shape = 2): NestedKeys {
  useKey("split", key);
  if (Array.isArray(num)) {
    checkShape("split", num);
    const size = sizeOf(num);
    if (size > 2 ** 31 - 1) {
      throw new RangeError(
        `split: shape must have fewer than 2^31 elements, got ${describe(num)}.`,
      );
    }
    return nest(size === 0 ? [] : drawKeys(key, size), num);
  }
  if (typeof num !== "number") {
    throw new TypeError(`split: num must be an integer or a shape, got ${describe(num)}.`);
  }
  if (!Number.isInteger(num) || num < 1 || num > 2 ** 31 - 1) {
    throw new RangeError(`split: num must be an integer in [1, 2^31), got ${describe(num)}.`);
  }
  return drawKeys(key, num);
}

function drawKeys(key: Key, num: number): Key[] {
  const traced = handOver(
    "split",
    [key],
    [num, 2],
    "uint32",
    (key) => keyData(splitKey(key, num)),
    [],
  );
  if (traced) return tracedKeys(traced, key.partitionable);
  return splitKey(key, num);
}

/** Groups keys by the axes of a shape. */
function nest(keys: readonly Key[], [length, ...rest]: Shape): NestedKeys {
  if (length === undefined) return keys[0];
  const size = sizeOf(rest);
  return Array.from({ length }, (_, i) => nest(keys.slice(i * size, (i + 1) * size), rest));
}

/** Makes keys of the rows of a stand-in. */
function tracedKeys(words: NDArray<"uint32">, partitionable: boolean): Key[] {
  return Array.from({ length: words.shape[0] }, (_, i) => {
    const row = handOver("split", [words], [2], "uint32", (rows) => rowOf(rows, i), [i]);
    return makeTracedKey(row as NDArray<"uint32">, partitionable);
  });
}

function rowOf(words: NDArray<"uint32">, i: number): NDArray {
  return new NDArray(Uint32Array.of(words.get(i, 0), words.get(i, 1)), [2]);
}

/** Splits a key without checks, and without using it up. */
export function splitKey(key: Key, num = 2): Key[] {
  const words = new Uint32Array(2 * num);
  const { partitionable } = key;
  if (partitionable) {
    const [k0, k1] = key.words;
    hashCounters(k0, k1, [num, 0, 0, 0, 2, 0, 1], words);
  } else {
    fillWords(key, words);
  }
  const keys: Key[] = [];
  for (let i = 0; i < num; i++) {
    keys.push(makeKey(words[2 * i], words[2 * i + 1], partitionable));
  }
  return keys;
}
