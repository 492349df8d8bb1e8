import { arithmeticOf } from "./arithmetic.ts";
import type { Arithmetic } from "./arithmetic.ts";
import type { FloatDType } from "./arguments.ts";
import type { Key } from "./make-key.ts";
import { uniformValues } from "./uniform-values.ts";

/** Draws `size` values of `dtype` from the exponential distribution of mean 1, by logarithms of this arithmetic. */
export function exponentialValues(
  key: Key,
  size: number,
  dtype: FloatDType,
  { log1p }: Arithmetic = arithmeticOf(dtype),
): Float32Array | Float64Array {
  const values = uniformValues(key, size, dtype, 0, 1);
  for (let i = 0; i < size; i++) values[i] = -log1p(-values[i]);
  return values;
}
