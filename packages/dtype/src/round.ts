import { checkDType } from "./dtype.ts";
import type { DType } from "./dtype.ts";
import { roundFloat } from "./round-float.ts";

/**
 * Returns the number that is left after storing `x` into an element of a dtype.
 *
 * Floating-point dtypes round to nearest, ties to even; complex dtypes round the real part.
 * Integers drop the fraction and wrap modulo 2^bits (NaN and the infinities become 0), bool is 1
 * unless `x` is 0.
 *
 * @param dtype - any dtype.
 * @param x - any number.
 * @returns the stored value; for int64 and uint64 the nearest number to it.
 * @throws {@link TypeError} if `dtype` is not the name of a dtype.
 *
 * @example
 * ```ts
 * import { roundTo } from "@flaxen/dtype";
 *
 * roundTo("float16", 0.1); // => 0.0999755859375
 * roundTo("int8", 200); // => -56
 * ```
 */
export function roundTo(dtype: DType, x: number): number {
  switch (dtype) {
    case "float64":
    case "complex128":
      return x;
    case "float32":
    case "float16":
    case "bfloat16":
      return roundFloat(dtype, x);
    case "complex64":
      return Math.fround(x);
    case "bool":
      return x === 0 ? 0 : 1;
    case "int8":
      return (x << 24) >> 24;
    case "int16":
      return (x << 16) >> 16;
    case "int32":
      return x | 0;
    case "uint8":
      return x & 0xff;
    case "uint16":
      return x & 0xffff;
    case "uint32":
      return x >>> 0;
    case "int64":
      return Number.isFinite(x) ? Number(BigInt.asIntN(64, BigInt(Math.trunc(x)))) : 0;
    case "uint64":
      return Number.isFinite(x) ? Number(BigInt.asUintN(64, BigInt(Math.trunc(x)))) : 0;
    default:
      checkDType("roundTo", "dtype", dtype);
      return x;
  }
}
