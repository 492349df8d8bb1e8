import { finfo } from "@flaxen/dtype";
import type { FloatDType } from "./arguments.ts";
import type { Key } from "./make-key.ts";
import { uniformValues } from "./uniform-values.ts";

/** Draws `size` values of `dtype` uniform on `(0, 1)`: like JAX's with the smallest normal number in the place of 0. */
export function positiveUniformValues(
  key: Key,
  size: number,
  dtype: FloatDType,
): Float32Array | Float64Array {
  const { tiny } = finfo(dtype);
  const values = uniformValues(key, size, dtype, 0, 1);
  for (let i = 0; i < size; i++) if (values[i] === 0) values[i] = tiny;
  return values;
}
