import { describe, x64Enabled } from "@flaxen/dtype";
import { NDArray } from "@flaxen/ndarray";
import { checkOptions } from "./arguments.ts";
import { isKey, makeKey } from "./make-key.ts";
import type { Key } from "./make-key.ts";
import { handOver, isTraced, makeTracedKey, tracedPart } from "./traced-key.ts";

/** Options of {@link key} and {@link wrapKeyData}. */
export interface KeyOptions {
  /** Counter layout: true (the default) for `jax_threefry_partitionable=True`, false for the legacy layout. */
  readonly partitionable?: boolean;
}

/**
 * Makes a random key from a seed, as `jax.random.key` does.
 *
 * The words are `[0, seed mod 2^32]`; after `enableX64(true)` the first is the high word of the 64-bit seed.
 *
 * @param seed - An integer in `[-2^63, 2^63)`; beyond `2^53` a bigint.
 * @param options - `partitionable` (default true): the counter layout, see {@link KeyOptions}.
 * @returns The key. Keys split or folded from it keep its layout.
 * @throws {@link TypeError} if `seed` is neither a number nor a bigint, or `partitionable` not a boolean.
 * @throws {@link RangeError} if `seed` is not an integer in range.
 *
 * @example
 * ```ts
 * import { key, normal } from "@flaxen/rng";
 *
 * key(-1).words; // => [0, 4294967295]
 * normal(key(0)); // => Array(1.6226422, dtype=float32)
 * normal(key(0, { partitionable: false })); // => Array(-0.20584226, dtype=float32)
 * ```
 */
export function key(seed: number | bigint, options: KeyOptions = {}): Key {
  const partitionable = checkLayout("key", options);
  if (typeof seed === "number") {
    if (!Number.isInteger(seed)) {
      throw new RangeError(`key: seed must be an integer, got ${describe(seed)}.`);
    }
    if (!Number.isSafeInteger(seed)) {
      throw new RangeError(
        `key: seed must be below 2^53 in size, got ${describe(seed)}. Pass a bigint beyond that.`,
      );
    }
  } else if (typeof seed !== "bigint") {
    throw new TypeError(`key: seed must be a number or a bigint, got ${describe(seed)}.`);
  }
  const whole = BigInt(seed);
  if (BigInt.asIntN(64, whole) !== whole) {
    throw new RangeError(`key: seed must be in [-2^63, 2^63), got ${describe(seed)}.`);
  }
  const low = Number(BigInt.asUintN(32, whole));
  const high = x64Enabled() ? Number(BigInt.asUintN(32, whole >> 32n)) : 0;
  return makeKey(high, low, partitionable);
}

// Notes that a key is used and throws if it was used before; undefined while the check is off.
let useUp: ((callee: string, key: Key) => void) | undefined;

/**
 * Switches the check for keys that are used twice on or off, as `jax_debug_key_reuse` does.
 *
 * While it is on, drawing from a key or splitting it uses the key up: doing either again throws. Folding, cloning and
 * reading a key do not use it up. Off (the default), nothing is remembered.
 *
 * @param on - Whether to check. Switching on forgets the keys used before.
 * @throws {@link TypeError} if `on` is not a boolean.
 *
 * @example
 * ```ts
 * import { clone, key, normal, setKeyReuseCheck } from "@flaxen/rng";
 *
 * setKeyReuseCheck(true);
 * const once = key(0);
 * normal(clone(once)); // => Array(1.6226422, dtype=float32)
 * normal(once); // => Array(1.6226422, dtype=float32)
 * normal(once); // throws Error: normal: key must not be used twice. Draw from a new key made by split, or from clone(key).
 * setKeyReuseCheck(false);
 * ```
 */
export function setKeyReuseCheck(on: boolean): void {
  if (typeof on !== "boolean") {
    throw new TypeError(`setKeyReuseCheck: on must be a boolean, got ${describe(on)}.`);
  }
  const used = new WeakSet<Key>();
  const use = (callee: string, key: Key): void => {
    if (used.has(key)) {
      throw new Error(
        `${callee}: key must not be used twice. Draw from a new key made by split, or from clone(key).`,
      );
    }
    used.add(key);
  };
  useUp = on ? use : undefined;
}

/** Asserts that `x` is a key that may be drawn from or split, in the name of a caller, and uses it up. */
export function useKey(callee: string, x: unknown): asserts x is Key {
  checkKey(callee, x);
  useUp?.(callee, x);
}

/**
 * Returns a key with the same words that counts as another one for the check of {@link setKeyReuseCheck}, as
 * `jax.random.clone` does.
 *
 * @param key - The key; it may be cloned whether it was used or not.
 * @returns A key that gives the same numbers.
 * @throws {@link TypeError} if `key` is not a key.
 *
 * @example
 * ```ts
 * import { clone, key } from "@flaxen/rng";
 *
 * clone(key(7)).words; // => [0, 7]
 * ```
 */
export function clone(key: Key): Key {
  checkKey("clone", key);
  const traced = tracedPart(key);
  if (traced) return makeTracedKey(traced, key.partitionable);
  return makeKey(key.words[0], key.words[1], key.partitionable);
}

/**
 * Returns the name of the generator of a key, as `jax.random.key_impl` does.
 *
 * @param key - A key or an array of keys.
 * @returns `"threefry2x32"`, the only generator there is.
 * @throws {@link TypeError} if `key` is neither a key nor an array of keys.
 *
 * @example
 * ```ts
 * import { key, keyImpl } from "@flaxen/rng";
 *
 * keyImpl(key(0)); // => "threefry2x32"
 * ```
 */
export function keyImpl(key: Key | readonly Key[]): "threefry2x32" {
  for (const one of Array.isArray(key) ? (key as readonly unknown[]) : [key]) {
    checkKey("keyImpl", one);
  }
  return "threefry2x32";
}

/**
 * Returns the name of the dtype that arrays of keys of a generator have in JAX, as `jax.random.key_dtype` does.
 *
 * @param impl - Name of the generator: `"threefry2x32"` (default).
 * @returns `"key<fry>"`.
 * @throws {@link TypeError} if `impl` is not a string.
 * @throws {@link RangeError} if `impl` is another generator: only Threefry is implemented.
 *
 * @example
 * ```ts
 * import { keyDtype } from "@flaxen/rng";
 *
 * keyDtype(); // => "key<fry>"
 * ```
 */
export function keyDtype(impl: "threefry2x32" = "threefry2x32"): "key<fry>" {
  checkImpl("keyDtype", impl);
  return "key<fry>";
}

function checkImpl(callee: string, impl: unknown): void {
  if (typeof impl !== "string") {
    throw new TypeError(`${callee}: impl must be the name of a generator, got ${describe(impl)}.`);
  }
  if (impl !== "threefry2x32") {
    throw new RangeError(
      `${callee}: impl must be "threefry2x32", the only generator there is, got ${describe(impl)}.`,
    );
  }
}

/** Asserts that `x` is a key, in the name of a caller. */
export function checkKey(callee: string, x: unknown): asserts x is Key {
  if (isKey(x)) return;
  throw new TypeError(`${callee}: key must be a Key, got ${describe(x)}. Make one with key(seed).`);
}

/** A key or nested arrays of keys, such as {@link split} makes. */
export type NestedKeys = Key | readonly NestedKeys[];

/**
 * Returns the words of one key, or of several as rows.
 *
 * @param key - A key, or an array of keys, which may be nested.
 * @returns A uint32 array of shape `[2]`, or `[n, 2]` for `n` keys, with an axis more for each more level of arrays.
 * @throws {@link TypeError} if `key` is neither a key nor an array of keys.
 * @throws {@link RangeError} if nested arrays differ in length.
 *
 * @example
 * ```ts
 * import { key, keyData, split } from "@flaxen/rng";
 *
 * keyData(key(7)); // => [0, 7]
 * keyData(split(key(0))); // => [[1797259609, 2579123966], [928981903, 3453687069]]
 * ```
 */
export function keyData(key: NestedKeys): NDArray<"uint32"> {
  if (!Array.isArray(key)) {
    checkKey("keyData", key);
    const traced = tracedPart(key);
    if (traced) return traced as unknown as NDArray<"uint32">;
    return new NDArray(Uint32Array.from(key.words), [2], [1], 0, "uint32");
  }
  const shape: number[] = [];
  let keys: readonly unknown[] = [key];
  while (Array.isArray(keys[0])) {
    const level = keys as readonly (readonly unknown[])[];
    const { length } = level[0];
    if (!level.every((list) => Array.isArray(list) && list.length === length)) {
      throw new RangeError("keyData: key must hold arrays of equal lengths.");
    }
    shape.push(length);
    keys = level.flat(1);
  }
  keys.forEach((one) => checkKey("keyData", one));
  return rowsOf(keys as readonly Key[], [...shape, 2]);
}

function rowsOf(keys: readonly Key[], shape: readonly number[]): NDArray<"uint32"> {
  const traced = handOver("keyData", keys, shape, "uint32", (...keys) => rowsOf(keys, shape), []);
  if (traced) return traced;
  const words = Uint32Array.from(keys.flatMap((one) => one.words));
  return new NDArray(words, shape, undefined, 0, "uint32");
}

/**
 * Makes a key of its two words, the inverse of {@link keyData}.
 *
 * @param data - Two uint32 words, high word first: an NDArray or typed array of dtype uint32, or a plain array.
 * @param options - `partitionable` (default true): the counter layout, see {@link KeyOptions}.
 * @returns The key.
 * @throws {@link TypeError} if `data` is no array of uint32.
 * @throws {@link RangeError} if `data` does not have shape `[2]`, or holds numbers outside of `[0, 2^32)`.
 *
 * @example
 * ```ts
 * import { key, keyData, wrapKeyData } from "@flaxen/rng";
 *
 * wrapKeyData(keyData(key(7))).words; // => [0, 7]
 * wrapKeyData([1, 2]).words; // => [1, 2]
 * ```
 */
export function wrapKeyData(
  data: NDArray<"uint32"> | Uint32Array | readonly number[],
  options: KeyOptions = {},
): Key {
  const partitionable = checkLayout("wrapKeyData", options);
  if (isTraced(data)) {
    checkWords(data);
    return makeTracedKey(data, partitionable);
  }
  const [high, low] = keyWords(data);
  return makeKey(high, low, partitionable);
}

function keyWords(data: unknown): readonly [number, number] {
  const words: unknown = data instanceof Uint32Array ? Array.from(data) : data;
  if (Array.isArray(words)) {
    if (words.length !== 2) {
      throw new RangeError(`wrapKeyData: data must hold 2 words, got ${describe(data)}.`);
    }
    const [high, low] = words as readonly unknown[];
    return [checkWord(data, high), checkWord(data, low)];
  }
  checkWords(data);
  return [data.data[data.offset], data.data[data.offset + data.stride[0]]];
}

function checkWords(data: unknown): asserts data is NDArray<"uint32"> {
  if (!isArrayOfUint32(data)) {
    throw new TypeError(`wrapKeyData: data must be an array of uint32, got ${describe(data)}.`);
  }
  if (data.shape.length !== 1 || data.shape[0] !== 2) {
    throw new RangeError(`wrapKeyData: data must have shape [2], got ${describe(data.shape)}.`);
  }
}

function isArrayOfUint32(x: unknown): x is NDArray<"uint32"> {
  return typeof x === "object" && x !== null && "dtype" in x && x.dtype === "uint32";
}

function checkWord(data: unknown, word: unknown): number {
  if (typeof word !== "number") {
    throw new TypeError(`wrapKeyData: data must be an array of uint32, got ${describe(data)}.`);
  }
  if (word >>> 0 !== word) {
    throw new RangeError(
      `wrapKeyData: data must hold integers in [0, 2^32), got ${describe(data)}.`,
    );
  }
  return word;
}

function checkLayout(callee: string, options: KeyOptions): boolean {
  checkOptions(callee, options);
  const { partitionable = true } = options;
  if (typeof partitionable !== "boolean") {
    throw new TypeError(
      `${callee}: partitionable must be a boolean, got ${describe(partitionable)}.`,
    );
  }
  return partitionable;
}
