import { arithmeticOf } from "./arithmetic.ts";
import type { FloatDType } from "./arguments.ts";
import type { Key } from "./make-key.ts";
import { VECTOR_SIZE } from "./row-sum.ts";
import { standardNormals } from "./standard-normals.ts";

/** Draws `size` values of `dtype` from the Maxwell distribution of scale 1. */
export function maxwellValues(
  key: Key,
  size: number,
  dtype: FloatDType,
): Float32Array | Float64Array {
  const { fma, round } = arithmeticOf(dtype);
  const vectors = 3 * size >= VECTOR_SIZE;
  const normals = standardNormals(key, 3 * size, dtype);
  const values = normals.slice(0, size);
  for (let i = 0; i < size; i++) {
    const x = normals[3 * i];
    const y = normals[3 * i + 1];
    const z = normals[3 * i + 2];
    // XLA sums large arrays in vectors, which adds the outer two squares first, and contracts the sums of small ones.
    const square = vectors
      ? round(round(round(x * x) + round(z * z)) + round(y * y))
      : dtype === "float64"
        ? fma(z, z, fma(y, y, x * x))
        : fma(z, z, fma(x, x, round(y * y)));
    values[i] = round(Math.sqrt(square));
  }
  return values;
}
