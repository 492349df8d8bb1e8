import { arithmeticOf } from "./arithmetic.ts";
import type { FloatDType } from "./arguments.ts";
import type { Key } from "./make-key.ts";
import { standardNormals } from "./standard-normals.ts";

/** Draws `size` values of `dtype` from the Maxwell distribution of scale 1. */
export function maxwellValues(
  key: Key,
  size: number,
  dtype: FloatDType,
): Float32Array | Float64Array {
  const { round } = arithmeticOf(dtype);
  const normals = standardNormals(key, 3 * size, dtype);
  const values = normals.slice(0, size);
  for (let i = 0; i < size; i++) {
    const x = normals[3 * i];
    const y = normals[3 * i + 1];
    const z = normals[3 * i + 2];
    // XLA sums the outer two squares first.
    values[i] = round(Math.sqrt(round(round(round(x * x) + round(z * z)) + round(y * y))));
  }
  return values;
}
