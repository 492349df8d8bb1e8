import type { FloatDType } from "./arguments.ts";
import type { Key } from "./make-key.ts";
import { nextAfter } from "./next-after.ts";
import { normalValues } from "./normal-values.ts";

/** Draws `size` values of `dtype` from the standard normal distribution. */
export function standardNormals(
  key: Key,
  size: number,
  dtype: FloatDType,
): Float32Array | Float64Array {
  // The lower limit is the smallest value above -1.
  return normalValues(key, size, dtype, nextAfter(dtype, -1, Infinity), 1);
}
