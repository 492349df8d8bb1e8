import { defaultInt, describe, iinfo } from "@flaxen/dtype";
import { NDArray } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import { checkOptions, checkSampleShape } from "./arguments.ts";
import { checkIntegerDType } from "./integer-dtype.ts";
import type { IntegerDType } from "./integer-dtype.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { splitKey } from "./split.ts";
import { handOver } from "./traced-key.ts";
import { fillWideWords, fillWords } from "./words.ts";

/** Options of {@link randint}. */
export interface RandintOptions {
  /** An integer dtype (default int32, or int64 after `enableX64(true)`). */
  readonly dtype?: IntegerDType;
}

/**
 * Draws integers uniform on `[minval, maxval)`, as `jax.random.randint` does.
 *
 * Formula: `minval + (high * 2^w + low) mod (maxval - minval)` with two random words of `w` = 32 bits (64 for 64-bit
 * dtypes). As in JAX the power is formed in `w` bits, so that for ranges above `2^(w/2)` only `low` counts.
 *
 * @param key - The random key.
 * @param shape - Shape of the result.
 * @param minval - Lower limit, included, an integer of `dtype`; a bigint where a number is not exact.
 * @param maxval - Upper limit, excluded; at most one above the largest value of `dtype`. When it equals `minval`, every
 *   result is `minval`.
 * @param options - `dtype`, see {@link RandintOptions}.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, a limit neither a number nor a bigint, `shape` not an array, or
 *   `dtype` not an integer dtype.
 * @throws {@link RangeError} if a limit is not an integer or outside of `dtype`, `minval` is above `maxval`, or `shape`
 *   holds anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { key, randint } from "@flaxen/rng";
 *
 * randint(key(0), [6], 0, 100); // => [89, 0, 12, 73, 71, 47]
 * ```
 */
export function randint(
  key: Key,
  shape: Shape,
  minval: number | bigint,
  maxval: number | bigint,
  options: RandintOptions = {},
): NDArray {
  useKey("randint", key);
  checkOptions("randint", options);
  const dtype = checkIntegerDType("randint", options.dtype);
  const size = checkSampleShape("randint", shape);
  const { min, max } = iinfo(dtype);
  const low = checkLimit("minval", minval, dtype, BigInt(min), BigInt(max));
  const high = checkLimit("maxval", maxval, dtype, BigInt(min), BigInt(max) + 1n);
  if (low > high) {
    throw new RangeError(
      `randint: minval must be at most maxval, got ${describe(minval)} and ${describe(maxval)}.`,
    );
  }
  const traced = handOver("randint", [key], shape, dtype, (key) =>
    randint(key, shape, minval, maxval, { dtype }),
  );
  if (traced) return traced;
  const span = high === low ? 1n : high - low;
  const [highKey, lowKey] = splitKey(key);
  if (dtype === "int64" || dtype === "uint64") {
    const words = wideOffsets(highKey, lowKey, size, span);
    for (let i = 0; i < size; i++) words[i] += low;
    const data = dtype === "uint64" ? words : new BigInt64Array(words.buffer);
    return new NDArray(data, shape, undefined, 0, dtype);
  }
  const words = offsets(highKey, lowKey, size, Number(span));
  const start = Number(low);
  for (let i = 0; i < size; i++) words[i] += start;
  return new NDArray(integersOf(words, dtype), shape, undefined, 0, dtype);
}

/** Draws `size` indices below `n`, in the words of the default integer dtype. */
export function indicesBelow(key: Key, size: number, n: number): Uint32Array {
  const [highKey, lowKey] = splitKey(key);
  if (defaultInt() === "int32") return offsets(highKey, lowKey, size, n);
  return Uint32Array.from(wideOffsets(highKey, lowKey, size, BigInt(n)), Number);
}

/** Draws 32-bit integers in `[0, span)`; a span of 2^32 takes the words as they are. */
function offsets(highKey: Key, lowKey: Key, size: number, span: number): Uint32Array {
  const low = new Uint32Array(size);
  fillWords(lowKey, low);
  if (span === 2 ** 32) return low;
  const half = 65536 % span;
  const multiplier = (Math.imul(half, half) >>> 0) % span;
  if (multiplier === 0) {
    for (let i = 0; i < size; i++) low[i] %= span;
    return low;
  }
  const high = new Uint32Array(size);
  fillWords(highKey, high);
  for (let i = 0; i < size; i++) {
    const upper = Math.imul(high[i] % span, multiplier);
    low[i] = ((upper + (low[i] % span)) >>> 0) % span;
  }
  return low;
}

/** Draws 64-bit integers in `[0, span)`; a span of 2^64 takes the words as they are. */
function wideOffsets(highKey: Key, lowKey: Key, size: number, span: bigint): BigUint64Array {
  const high = new BigUint64Array(size);
  const low = new BigUint64Array(size);
  fillWideWords(lowKey, new Uint32Array(low.buffer));
  if (span === 2n ** 64n) return low;
  fillWideWords(highKey, new Uint32Array(high.buffer));
  const half = 2n ** 32n % span;
  const multiplier = BigInt.asUintN(64, half * half) % span;
  for (let i = 0; i < size; i++) {
    const sum = (high[i] % span) * multiplier + (low[i] % span);
    low[i] = BigInt.asUintN(64, sum) % span;
  }
  return low;
}

/** Stores 32-bit words, in two's complement, as integers of at most 32 bits. */
function integersOf(
  words: Uint32Array,
  dtype: Exclude<IntegerDType, "int64" | "uint64">,
): Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array {
  switch (dtype) {
    case "int32":
      return new Int32Array(words.buffer);
    case "uint32":
      return words;
    case "int8":
      return Int8Array.from(words);
    case "int16":
      return Int16Array.from(words);
    case "uint8":
      return Uint8Array.from(words);
    case "uint16":
      return Uint16Array.from(words);
  }
}

function checkLimit(
  argument: string,
  value: unknown,
  dtype: IntegerDType,
  min: bigint,
  max: bigint,
): bigint {
  if (typeof value !== "number" && typeof value !== "bigint") {
    throw new TypeError(`randint: ${argument} must be an integer, got ${describe(value)}.`);
  }
  if (typeof value === "number" && !Number.isInteger(value)) {
    throw new RangeError(`randint: ${argument} must be an integer, got ${describe(value)}.`);
  }
  const integer = BigInt(value);
  if (integer < min || integer > max) {
    throw new RangeError(
      `randint: ${argument} must be in [${min}, ${max}] for ${dtype}, got ${describe(value)}.`,
    );
  }
  return integer;
}
