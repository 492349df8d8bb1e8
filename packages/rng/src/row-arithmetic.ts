import type { FloatDType } from "./arguments.ts";
import { arithmeticOf } from "./arithmetic.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { expLarge32, log1pLarge32, logLarge32 } from "./large-array-math32.ts";
import { VECTOR_SIZE } from "./row-sum.ts";

/**
 * Returns the elementary functions of a dtype, as JAX on a CPU has them for `size` elements next to a sum along rows of
 * `length` elements, which is no sum for a length of 1.
 */
export function rowArithmetic(dtype: FloatDType, length: number, size: number): Arithmetic {
  const arithmetic = arithmeticOf(dtype);
  if (dtype !== "float32" || length === 1 || size < VECTOR_SIZE) return arithmetic;
  return { ...arithmetic, exp: expLarge32, log: logLarge32, log1p: log1pLarge32 };
}
