import { defaultInt, describe, iinfo } from "@flaxen/dtype";
import { asNDArray, broadcastTo, flatData, NDArray } from "@flaxen/ndarray";
import type { ArrayInput, Shape } from "@flaxen/ndarray";
import { checkOptions, checkSampleShape } from "./arguments.ts";
import { checkIntegerDType } from "./integer-dtype.ts";
import type { IntegerDType } from "./integer-dtype.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { splitKey } from "./split.ts";
import { checkBroadcast, readArray } from "./parameters.ts";
import { handOver, isTraced } from "./traced-key.ts";
import { eachRun } from "./word-runs.ts";
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
 * @param minval - Lower limit, included, an integer of `dtype`; a bigint where a number is not exact. An array of them
 *   broadcasts to `shape`.
 * @param maxval - Upper limit, excluded; at most one above the largest value of `dtype`. Where it equals `minval`, the
 *   result is `minval`. An array broadcasts to `shape`.
 * @param options - `dtype`, see {@link RandintOptions}.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, a limit neither a number nor a bigint nor an array of them, `shape`
 *   not an array, or `dtype` not an integer dtype.
 * @throws {@link RangeError} if a limit is not an integer or outside of `dtype`, does not broadcast to `shape`, `minval` is
 *   above `maxval`, or `shape` holds anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { key, randint } from "@flaxen/rng";
 *
 * randint(key(0), [6], 0, 100); // => [89, 0, 12, 73, 71, 47]
 * randint(key(0), [3], [0, 10, 20], [1, 20, 30]).shape; // => [3]
 * ```
 */
export function randint(
  key: Key,
  shape: Shape,
  minval: number | bigint | ArrayInput,
  maxval: number | bigint | ArrayInput,
  options: RandintOptions = {},
): NDArray {
  useKey("randint", key);
  checkOptions("randint", options);
  const dtype = checkIntegerDType("randint", options.dtype);
  const size = checkSampleShape("randint", shape);
  const { min, max } = iinfo(dtype);
  const lows = readLimits("minval", minval, shape, dtype, BigInt(min), BigInt(max));
  const highs = readLimits("maxval", maxval, shape, dtype, BigInt(min), BigInt(max) + 1n);
  const traced = handOver(
    "randint",
    [key, minval, maxval],
    shape,
    dtype,
    (key, minval, maxval) => randint(key, shape, minval, maxval, { dtype }),
    [],
  );
  if (traced) return traced;
  const lowAt = (i: number): bigint => lows.integers[lows.places ? lows.places[i] : 0];
  const highAt = (i: number): bigint => highs.integers[highs.places ? highs.places[i] : 0];
  const each = lows.places !== undefined || highs.places !== undefined;
  for (let i = 0; i < (each ? size : 1); i++) {
    if (lowAt(i) > highAt(i)) {
      throw new RangeError(
        `randint: minval must be at most maxval, got ${describe(minval)} and ${describe(maxval)}.`,
      );
    }
  }
  const spanAt = (i: number): bigint => {
    const span = highAt(i) - lowAt(i);
    return span === 0n ? 1n : span;
  };
  const [highKey, lowKey] = splitKey(key);
  if (dtype === "int64" || dtype === "uint64") {
    const words = wideOffsets(highKey, lowKey, size, each ? spanAt : spanAt(0));
    for (let i = 0; i < size; i++) words[i] += lowAt(each ? i : 0);
    const data = dtype === "uint64" ? words : new BigInt64Array(words.buffer);
    return new NDArray(data, shape, undefined, 0, dtype);
  }
  const spans = each ? (i: number): number => Number(spanAt(i)) : Number(spanAt(0));
  const words = offsets(highKey, lowKey, size, spans);
  const start = Number(lowAt(0));
  for (let i = 0; i < size; i++) words[i] += each ? Number(lowAt(i)) : start;
  return new NDArray(integersOf(words, dtype), shape, undefined, 0, dtype);
}

/** Limits of draws: the integers, and which of them belongs to each draw, if there are several. */
interface Limits {
  readonly integers: readonly bigint[];
  readonly places?: Float64Array;
}

/** Reads a limit or an array of limits, which broadcasts to `shape`; a stand-in has none. */
function readLimits(
  argument: string,
  value: unknown,
  shape: Shape,
  dtype: IntegerDType,
  min: bigint,
  max: bigint,
): Limits {
  if (typeof value !== "object" || value === null) {
    return { integers: [checkLimit(argument, value, dtype, min, max)] };
  }
  const array = readIntegers(value);
  if (array === undefined || !/int|float64/.test(array.dtype)) {
    throw new TypeError(
      `randint: ${argument} must be an integer or an array of integers, got ${describe(value)}.`,
    );
  }
  checkBroadcast("randint", [[argument]], [array], array, shape);
  if (isTraced(value)) return { integers: [] };
  const numbers = Array.from(flatData(array) as ArrayLike<number | bigint>);
  const integers = numbers.map((x) => checkLimit(argument, x, dtype, min, max));
  const places = Float64Array.from(integers.keys());
  const broadcast = broadcastTo(new NDArray(places, array.shape), shape);
  return { integers, places: flatData(broadcast) as Float64Array };
}

/** Reads an array without loss: lists of plain numbers as float64, of bigints as int64. */
function readIntegers(value: object): NDArray | undefined {
  const array = readArray(value as ArrayInput);
  if (array === undefined || !Array.isArray(value)) return array;
  return asNDArray(value, array.dtype.startsWith("int") ? "int64" : "float64");
}

/** Draws `size` indices below `n`, in the words of the default integer dtype. */
export function indicesBelow(key: Key, size: number, n: number): Uint32Array {
  const [highKey, lowKey] = splitKey(key);
  if (defaultInt() === "int32") return offsets(highKey, lowKey, size, n);
  return Uint32Array.from(wideOffsets(highKey, lowKey, size, BigInt(n)), Number);
}

/** Draws 32-bit integers in `[0, span)`, with one span or one for each; a span of 2^32 takes the words as they are. */
function offsets(
  highKey: Key,
  lowKey: Key,
  size: number,
  spans: number | ((i: number) => number),
): Uint32Array {
  const low = new Uint32Array(size);
  fillWords(lowKey, low);
  const shared = typeof spans === "number";
  let span = shared ? spans : 1;
  if (span === 2 ** 32) return low;
  let multiplier = multiplierOf(span);
  if (shared && multiplier === 0) {
    for (let i = 0; i < size; i++) low[i] %= span;
    return low;
  }
  eachRun(highKey, size, (high, start) => {
    for (let j = 0; j < high.length; j++) {
      const i = start + j;
      if (!shared) {
        span = spans(i);
        if (span === 2 ** 32) continue;
        multiplier = multiplierOf(span);
      }
      const upper = Math.imul(high[j] % span, multiplier);
      low[i] = ((upper + (low[i] % span)) >>> 0) % span;
    }
  });
  return low;
}

/** Returns 2^32 modulo the span, with the square of 2^16 formed in 32 bits. */
function multiplierOf(span: number): number {
  const half = 65536 % span;
  return (Math.imul(half, half) >>> 0) % span;
}

/** Draws 64-bit integers in `[0, span)`, with one span or one for each; a span of 2^64 takes the words as they are. */
function wideOffsets(
  highKey: Key,
  lowKey: Key,
  size: number,
  spans: bigint | ((i: number) => bigint),
): BigUint64Array {
  const high = new BigUint64Array(size);
  const low = new BigUint64Array(size);
  fillWideWords(lowKey, new Uint32Array(low.buffer));
  if (spans === 2n ** 64n) return low;
  fillWideWords(highKey, new Uint32Array(high.buffer));
  for (let i = 0; i < size; i++) {
    const span = typeof spans === "bigint" ? spans : spans(i);
    if (span === 2n ** 64n) continue;
    const half = 2n ** 32n % span;
    const multiplier = BigInt.asUintN(64, half * half) % span;
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
