import { describe } from "./describe.ts";
import type { DType } from "./dtype.ts";

/** The limits of a floating-point dtype; see {@link finfo}. */
export interface FloatInfo {
  /** The real dtype described; float32 for complex64, float64 for complex128. */
  readonly dtype: DType;
  /** Bits of one value. */
  readonly bits: number;
  /** Stored bits of the mantissa (without the hidden one). */
  readonly nmant: number;
  /** Distance from 1 to the next larger value. */
  readonly eps: number;
  /** Distance from 1 to the next smaller value. */
  readonly epsneg: number;
  /** Smallest positive normal value. */
  readonly tiny: number;
  /** Largest finite value. */
  readonly max: number;
  /** Smallest finite value, `-max`. */
  readonly min: number;
  /** Smallest positive value. */
  readonly smallestSubnormal: number;
}

/** The limits of an integer dtype; see {@link iinfo}. */
export interface IntegerInfo<D extends DType = DType> {
  /** The dtype described. */
  readonly dtype: D;
  /** Bits of one value. */
  readonly bits: number;
  /** Smallest value; a bigint for int64 and uint64. */
  readonly min: D extends "int64" | "uint64" ? bigint : number;
  /** Largest value; a bigint for int64 and uint64. */
  readonly max: D extends "int64" | "uint64" ? bigint : number;
}

/**
 * Returns the limits of a floating-point dtype.
 *
 * With M = nmant and E the largest exponent: `eps = 2^-M`, `max = (2 - 2^-M) * 2^E`,
 * `tiny = 2^(1 - E)`, `smallestSubnormal = tiny * eps`.
 *
 * @param dtype - a float dtype, or a complex dtype for the limits of its parts.
 * @returns a {@link FloatInfo}; all its values are exact numbers.
 * @throws {@link TypeError} if `dtype` is not a float or complex dtype.
 *
 * @example
 * ```ts
 * import { finfo } from "@flaxen/dtype";
 *
 * finfo("float16").max; // => 65504
 * finfo("bfloat16").eps; // => 0.0078125
 * ```
 */
export function finfo(dtype: DType): FloatInfo {
  switch (dtype) {
    case "float16":
      return floatInfo(dtype, 16, 10, 15);
    case "bfloat16":
      return floatInfo(dtype, 16, 7, 127);
    case "float32":
    case "complex64":
      return floatInfo("float32", 32, 23, 127);
    case "float64":
    case "complex128":
      return floatInfo("float64", 64, 52, 1023);
    default:
      throw new TypeError(
        `finfo: dtype must be a floating-point or complex dtype, got ${describe(dtype)}.`,
      );
  }
}

function floatInfo(dtype: DType, bits: number, nmant: number, emax: number): FloatInfo {
  const eps = 2 ** -nmant;
  const tiny = 2 ** (1 - emax);
  const max = (2 - eps) * 2 ** emax;
  return {
    dtype,
    bits,
    nmant,
    eps,
    epsneg: eps / 2,
    tiny,
    max,
    min: -max,
    smallestSubnormal: tiny * eps,
  };
}

/**
 * Returns the limits of an integer dtype.
 *
 * @param dtype - an integer dtype.
 * @returns an {@link IntegerInfo}; `min` and `max` are bigints for int64 and uint64.
 * @throws {@link TypeError} if `dtype` is not an integer dtype.
 *
 * @example
 * ```ts
 * import { iinfo } from "@flaxen/dtype";
 *
 * iinfo("int8").min; // => -128
 * iinfo("uint64").max; // => 18446744073709551615n
 * ```
 */
export function iinfo<D extends DType>(dtype: D): IntegerInfo<D> {
  return integerInfo(dtype) as IntegerInfo<D>;
}

interface AnyIntegerInfo {
  readonly dtype: DType;
  readonly bits: number;
  readonly min: number | bigint;
  readonly max: number | bigint;
}

function integerInfo(dtype: DType): AnyIntegerInfo {
  switch (dtype) {
    case "int8":
      return { dtype, bits: 8, min: -128, max: 127 };
    case "int16":
      return { dtype, bits: 16, min: -32768, max: 32767 };
    case "int32":
      return { dtype, bits: 32, min: -2147483648, max: 2147483647 };
    case "int64":
      return { dtype, bits: 64, min: -(2n ** 63n), max: 2n ** 63n - 1n };
    case "uint8":
      return { dtype, bits: 8, min: 0, max: 255 };
    case "uint16":
      return { dtype, bits: 16, min: 0, max: 65535 };
    case "uint32":
      return { dtype, bits: 32, min: 0, max: 4294967295 };
    case "uint64":
      return { dtype, bits: 64, min: 0n, max: 2n ** 64n - 1n };
    default:
      throw new TypeError(`iinfo: dtype must be an integer dtype, got ${describe(dtype)}.`);
  }
}
