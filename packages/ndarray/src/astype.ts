import { checkDType } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { castArray } from "./cast.ts";
import { asNDArray } from "./convert.ts";
import type { ArrayInput } from "./convert.ts";
import type { NDArray } from "./ndarray.ts";

/**
 * Converts the elements of an array to another dtype, with JAX's results on a CPU.
 *
 * Integers wrap modulo 2^bits. Floats become integers by dropping the fraction; they saturate at
 * the limits, and NaN becomes 0. Every value other than 0 becomes true. Real dtypes drop the
 * imaginary part. The conversion to float16 and bfloat16 goes through float32, as in XLA. Unlike
 * XLA, subnormal numbers are kept.
 *
 * @param x - an array, or anything that `asNDArray` reads.
 * @param dtype - the dtype of the result.
 * @returns a row-major array; `x` itself if it is an array of that dtype already.
 * @throws {@link TypeError} if `dtype` is not the name of a dtype, or `x` cannot be read as an
 *   array.
 *
 * @example
 * ```ts
 * import { array, astype } from "@flaxen/ndarray";
 *
 * astype(array([1.9, -1.9, 300, NaN]), "int8"); // => [1, -1, 127, 0]
 * astype(array([300, -1], "int32"), "uint8"); // => [44, 255]
 * ```
 */
export function astype<D extends DType>(x: ArrayInput, dtype: D): NDArray<D> {
  checkDType("astype", "dtype", dtype);
  return castArray(asNDArray(x), dtype);
}
