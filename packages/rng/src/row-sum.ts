import type { FloatDType } from "./arguments.ts";
import { arithmeticOf } from "./arithmetic.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { expLarge32, log1pLarge32, logLarge32 } from "./large-array-math32.ts";

/** From so many elements on, XLA sums an array with vector instructions. */
export const VECTOR_SIZE = 4096;

/**
 * Returns the elementary functions of a dtype, as JAX on a CPU has them for `size` elements next to a sum along rows of
 * `length` elements, which is no sum for a length of 1.
 */
export function rowArithmetic(dtype: FloatDType, length: number, size: number): Arithmetic {
  const arithmetic = arithmeticOf(dtype);
  if (dtype !== "float32" || length === 1 || size < VECTOR_SIZE) return arithmetic;
  return { ...arithmetic, exp: expLarge32, log: logLarge32, log1p: log1pLarge32 };
}

/**
 * Returns a function that sums `length` neighbours, with the roundings that JAX has on a CPU when it sums the last axis of
 * an array of `size` elements.
 *
 * Small arrays, and those of 16-bit numbers, are summed one element after the other. Larger ones are cut into vectors
 * of 64 bytes, the last filled up with zeros; four vectors at a time are added to each other and then to those before,
 * and in the end the two halves of the vector, of its half and so on.
 */
export function rowSum(
  dtype: FloatDType,
  length: number,
  size: number,
): (values: ArrayLike<number>, start: number) => number {
  const { round } = arithmeticOf(dtype);
  const lanes = dtype === "float64" ? 8 : 16;
  if (size < VECTOR_SIZE || dtype === "float16" || dtype === "bfloat16") {
    return (values, start) => {
      let sum = 0;
      for (let i = start; i < start + length; i++) sum = round(sum + values[i]);
      return sum;
    };
  }
  const total = new Float64Array(lanes);
  const four = new Float64Array(lanes);
  return (values, start) => {
    const end = start + length;
    total.fill(0);
    for (let from = start; from < end; from += 4 * lanes) {
      four.fill(0);
      for (let i = from; i < Math.min(from + 4 * lanes, end); i++) {
        const lane = (i - from) % lanes;
        four[lane] = round(four[lane] + values[i]);
      }
      for (let lane = 0; lane < lanes; lane++) total[lane] = round(total[lane] + four[lane]);
    }
    for (let half = lanes / 2; half >= 1; half /= 2) {
      for (let lane = 0; lane < half; lane++) total[lane] = round(total[lane] + total[lane + half]);
    }
    return total[0];
  };
}
