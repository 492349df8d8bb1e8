import { describe } from "./describe.ts";
import { storageName } from "./storage-name.ts";

/** The name of an element type, spelt as JAX spells it. */
export type DType =
  | "bool"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "float16"
  | "bfloat16"
  | "float32"
  | "float64"
  | "complex64"
  | "complex128";

/** A complex number as it enters and leaves arrays of dtype complex64 and complex128. */
export interface Complex {
  /** The real part. */
  readonly re: number;
  /** The imaginary part. */
  readonly im: number;
}

/** The typed array that stores the elements of each dtype. */
interface Storage {
  bool: Uint8Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
  uint64: BigUint64Array;
  float16: Uint16Array;
  bfloat16: Uint16Array;
  float32: Float32Array;
  float64: Float64Array;
  complex64: Float32Array;
  complex128: Float64Array;
}

/**
 * The typed array that stores elements of dtype `D`.
 *
 * float16 and bfloat16 are stored as bit patterns in a `Uint16Array`, bool as 0 and 1 in a
 * `Uint8Array`, complex numbers as pairs (re, im); every other dtype has its own typed array.
 */
export type DataOf<D extends DType> = Storage[D];

/** The storage of any dtype. */
export type Data = DataOf<DType>;

/**
 * What reading one element of dtype `D` gives: a boolean, a bigint, a {@link Complex} or a number.
 */
export type ElementOf<D extends DType> = D extends "bool"
  ? boolean
  : D extends "int64" | "uint64"
    ? bigint
    : D extends "complex64" | "complex128"
      ? Complex
      : number;

/** Bytes of one element. */
const ITEM_SIZE: Readonly<Record<DType, number>> = {
  bool: 1,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
  complex64: 8,
  complex128: 16,
};

/**
 * Tells whether a value is the name of a dtype.
 *
 * @param x - any value.
 * @returns true for the 15 names of {@link DType}, false for everything else.
 *
 * @example
 * ```ts
 * import { isDType } from "@flaxen/dtype";
 *
 * isDType("bfloat16"); // => true
 * isDType("float"); // => false
 * ```
 */
export function isDType(x: unknown): x is DType {
  return storageName(x) !== undefined;
}

/**
 * Returns its third argument if that is a dtype, and throws in the name of the caller if not.
 *
 * @param callee - name of the function that was called, for the message.
 * @param argument - name of its argument, for the message.
 * @param x - the value to check.
 * @returns `x`, typed as a dtype.
 * @throws {@link TypeError} if `x` is not the name of a dtype.
 *
 * @example
 * ```ts
 * import { checkDType } from "@flaxen/dtype";
 *
 * checkDType("zeros", "dtype", "float32"); // => "float32"
 * checkDType("zeros", "dtype", "float"); // throws TypeError: zeros: dtype must be a dtype name, got "float".
 * ```
 */
export function checkDType(callee: string, argument: string, x: unknown): DType {
  if (!isDType(x)) {
    throw new TypeError(`${callee}: ${argument} must be a dtype name, got ${describe(x)}.`);
  }
  return x;
}

/**
 * Returns the number of bytes that one element takes.
 *
 * @param dtype - any dtype.
 * @returns 1, 2, 4, 8 or 16.
 * @throws {@link TypeError} if `dtype` is not the name of a dtype.
 *
 * @example
 * ```ts
 * import { itemSize } from "@flaxen/dtype";
 *
 * itemSize("bfloat16"); // => 2
 * itemSize("complex128"); // => 16
 * ```
 */
export function itemSize(dtype: DType): number {
  return ITEM_SIZE[checkDType("itemSize", "dtype", dtype)];
}

/**
 * Tells whether a dtype is one of the real floating-point dtypes.
 *
 * @param dtype - any dtype.
 * @returns true for float16, bfloat16, float32 and float64.
 *
 * @example
 * ```ts
 * import { isFloating } from "@flaxen/dtype";
 *
 * isFloating("bfloat16"); // => true
 * isFloating("complex64"); // => false
 * ```
 */
export function isFloating(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64" || dtype === "float16" || dtype === "bfloat16";
}

/**
 * Tells whether a dtype is an integer, signed or unsigned.
 *
 * @param dtype - any dtype.
 * @returns true for int8 to int64 and uint8 to uint64; false for bool.
 *
 * @example
 * ```ts
 * import { isInteger } from "@flaxen/dtype";
 *
 * isInteger("uint8"); // => true
 * isInteger("bool"); // => false
 * ```
 */
export function isInteger(dtype: DType): boolean {
  switch (dtype) {
    case "int8":
    case "int16":
    case "int32":
    case "int64":
      return true;
    default:
      return isUnsigned(dtype);
  }
}

/**
 * Tells whether a dtype is an unsigned integer.
 *
 * @param dtype - any dtype.
 * @returns true for uint8, uint16, uint32 and uint64.
 *
 * @example
 * ```ts
 * import { isUnsigned } from "@flaxen/dtype";
 *
 * isUnsigned("uint32"); // => true
 * isUnsigned("int32"); // => false
 * ```
 */
export function isUnsigned(dtype: DType): boolean {
  return dtype === "uint32" || dtype === "uint8" || dtype === "uint16" || dtype === "uint64";
}

/**
 * Tells whether a dtype is complex.
 *
 * @param dtype - any dtype.
 * @returns true for complex64 and complex128.
 *
 * @example
 * ```ts
 * import { isComplex } from "@flaxen/dtype";
 *
 * isComplex("complex64"); // => true
 * isComplex("float32"); // => false
 * ```
 */
export function isComplex(dtype: DType): boolean {
  return dtype === "complex64" || dtype === "complex128";
}

/**
 * Tells whether a dtype is inexact: a real or complex floating-point dtype.
 *
 * @param dtype - any dtype.
 * @returns true for the float and complex dtypes.
 *
 * @example
 * ```ts
 * import { isInexact } from "@flaxen/dtype";
 *
 * isInexact("complex64"); // => true
 * isInexact("int32"); // => false
 * ```
 */
export function isInexact(dtype: DType): boolean {
  return isFloating(dtype) || isComplex(dtype);
}

/**
 * Tells whether a dtype is bool.
 *
 * @param dtype - any dtype.
 * @returns true for bool alone.
 *
 * @example
 * ```ts
 * import { isBool } from "@flaxen/dtype";
 *
 * isBool("bool"); // => true
 * isBool("uint8"); // => false
 * ```
 */
export function isBool(dtype: DType): boolean {
  return dtype === "bool";
}
