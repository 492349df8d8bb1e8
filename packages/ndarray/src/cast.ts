import {
  allocate,
  bfloat16Bits,
  bfloat16Value,
  float16Bits,
  float16Value,
  iinfo,
  isComplex,
  isFloating,
} from "@flaxen/dtype";
import type { Data, DataOf, DType } from "@flaxen/dtype";
import { flatData } from "./copy.ts";
import { NDArray } from "./ndarray.ts";

type FloatData = Float32Array | Float64Array;
type BigData = BigInt64Array | BigUint64Array;
type NumberData = Exclude<Data, BigData>;

/** `x` with its elements converted to `dtype`; `x` itself if they have it already. */
export function castArray<D extends DType>(x: NDArray, dtype: D): NDArray<D> {
  if (x.dtype === dtype) return x as NDArray<D>;
  const data = castData(x.dtype, flatData(x), dtype) as DataOf<D>;
  return new NDArray(data, x.shape, undefined, 0, dtype);
}

/** Fresh storage of dtype `to` with the elements of `data`, converted as XLA does on a CPU. */
function castData(from: DType, data: Data, to: DType): Data {
  if (isComplex(to)) {
    return isComplex(from)
      ? convert(to, data as FloatData)
      : interleave(to, toFloats(float64IfWide(to), realValues(from, data)));
  }
  if (to === "bool") return isNonZero(from, data);
  const values = realValues(from, data);
  switch (to) {
    case "float32":
    case "float64":
      return toFloats(to, values);
    // As in XLA, every number reaches the 16-bit floats by way of float32, rounded twice.
    case "float16":
      return encodeFloat16(toFloats("float32", values));
    case "bfloat16":
      return encodeBfloat16(toFloats("float32", values));
    case "int64":
    case "uint64":
      return toBigInts(to, from, values);
    default:
      return toSmallInts(to, from, values);
  }
}

/** Storage of dtype `to`, filled by the engine's own conversion of numbers. */
function convert(to: DType, values: NumberData): NumberData {
  const result = allocate(to, isComplex(to) ? values.length / 2 : values.length) as NumberData;
  result.set(values);
  return result;
}

/** The elements as numbers or bigints: 16-bit floats decoded, imaginary parts dropped. */
function realValues(from: DType, data: Data): Data {
  switch (from) {
    case "float16":
      return decodeFloat16(data as Uint16Array);
    case "bfloat16":
      return decodeBfloat16(data as Uint16Array);
    case "complex64":
      return realParts(data as Float32Array, new Float32Array(data.length / 2));
    case "complex128":
      return realParts(data as Float64Array, new Float64Array(data.length / 2));
    default:
      return data;
  }
}

function decodeFloat16(bits: Uint16Array): Float32Array {
  const result = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) result[i] = float16Value(bits[i]);
  return result;
}

function decodeBfloat16(bits: Uint16Array): Float32Array {
  const result = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) result[i] = bfloat16Value(bits[i]);
  return result;
}

function encodeFloat16(values: FloatData): Uint16Array {
  const result = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) result[i] = float16Bits(values[i]);
  return result;
}

function encodeBfloat16(values: FloatData): Uint16Array {
  const result = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) result[i] = bfloat16Bits(values[i]);
  return result;
}

function realParts(pairs: FloatData, result: FloatData): FloatData {
  for (let i = 0; i < result.length; i++) result[i] = pairs[2 * i];
  return result;
}

function float64IfWide(complex: DType): "float32" | "float64" {
  return complex === "complex128" ? "float64" : "float32";
}

function interleave(to: DType, reals: FloatData): Data {
  const result = allocate(to, reals.length) as FloatData;
  for (let i = 0; i < reals.length; i++) result[2 * i] = reals[i];
  return result;
}

/** Each value rounded once to float32 or float64. */
function toFloats(to: "float32" | "float64", values: Data): FloatData {
  if (!isBig(values)) return convert(to, values) as FloatData;
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  const signed = values[Symbol.toStringTag] === "BigInt64Array";
  return to === "float32" ? wordsToFloat32(words, signed) : wordsToFloat64(words, signed);
}

function isBig(values: Data): values is BigData {
  const kind = values[Symbol.toStringTag];
  return kind === "BigInt64Array" || kind === "BigUint64Array";
}

/** `high * 2^32 + low` is rounded once, as both terms are exact. */
function wordsToFloat64(words: Int32Array, signed: boolean): Float64Array {
  const result = new Float64Array(words.length / 2);
  for (let i = 0; i < result.length; i++) {
    const high = signed ? words[2 * i + 1] : words[2 * i + 1] >>> 0;
    result[i] = high * 2 ** 32 + (words[2 * i] >>> 0);
  }
  return result;
}

/**
 * The same for float32. From 2^53 on the sum in double precision would be rounded a first time, so
 * there the low 11 bits are folded into a sticky bit: it is far below float32's last place and
 * keeps the sum exact.
 */
function wordsToFloat32(words: Int32Array, signed: boolean): Float32Array {
  const result = new Float32Array(words.length / 2);
  for (let i = 0; i < result.length; i++) {
    const high = signed ? words[2 * i + 1] : words[2 * i + 1] >>> 0;
    let low = words[2 * i];
    if ((high >= 2 ** 21 || high < -(2 ** 21)) && (low & 0x7ff) !== 0) low = (low & ~0x7ff) | 0x800;
    result[i] = high * 2 ** 32 + (low >>> 0);
  }
  return result;
}

/** Integers of at most 32 bits: integers wrap, floats are cut toward zero and saturate. */
function toSmallInts(to: DType, from: DType, values: Data): Data {
  if (isBig(values)) return convert(to, lowWords(values));
  if (!isFloating(from) && !isComplex(from)) return convert(to, values);
  const { min, max } = iinfo(to);
  return convert(to, clamp(values as FloatData, Number(min), Number(max)));
}

function lowWords(values: BigData): Int32Array {
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  const result = new Int32Array(values.length);
  for (let i = 0; i < result.length; i++) result[i] = words[2 * i];
  return result;
}

/** Each value inside [min, max], NaN as 0. */
function clamp(values: FloatData, min: number, max: number): Float64Array {
  const result = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    result[i] = x < min ? min : x > max ? max : x === x ? x : 0;
  }
  return result;
}

/** 64-bit integers: integers wrap, floats are cut toward zero and saturate. */
function toBigInts(to: "int64" | "uint64", from: DType, values: Data): BigData {
  const result = allocate(to, values.length) as BigData;
  if (isBig(values)) result.set(values);
  else if (isFloating(from) || isComplex(from)) saturate(to, values as FloatData, result);
  else extend(new Int32Array(values), from === "uint32", result);
  return result;
}

function saturate(to: "int64" | "uint64", values: FloatData, result: BigData): void {
  const { min, max } = iinfo(to);
  const end = Number(max);
  const start = Number(min);
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    // `end` is rounded up to a power of two, the first number above `max`.
    result[i] = x >= end ? max : x <= start ? min : x === x ? BigInt(Math.trunc(x)) : 0n;
  }
}

/** Writes 32-bit integers as 64-bit ones, word by word. */
function extend(values: Int32Array, unsigned: boolean, result: BigData): void {
  const words = new Int32Array(result.buffer, result.byteOffset, 2 * result.length);
  for (let i = 0; i < values.length; i++) {
    words[2 * i] = values[i];
    words[2 * i + 1] = unsigned ? 0 : values[i] >> 31;
  }
}

/** 1 for every element that is not zero; NaN counts as such. */
function isNonZero(from: DType, data: Data): Uint8Array {
  if (isComplex(from)) {
    const pairs = data as FloatData;
    const result = new Uint8Array(pairs.length / 2);
    for (let i = 0; i < result.length; i++) {
      result[i] = pairs[2 * i] !== 0 || pairs[2 * i + 1] !== 0 ? 1 : 0;
    }
    return result;
  }
  const values = realValues(from, data);
  const result = new Uint8Array(values.length);
  if (isBig(values)) {
    for (let i = 0; i < result.length; i++) result[i] = values[i] !== 0n ? 1 : 0;
    return result;
  }
  // Through float64, which holds every number of the remaining kinds: one loop, one kind of array.
  const wide = new Float64Array(values);
  for (let i = 0; i < result.length; i++) result[i] = wide[i] !== 0 ? 1 : 0;
  return result;
}
