import { roundFloat } from "@flaxen/dtype";
import { allocatePairs, partOf } from "./complex.ts";
import type { ComplexDType, Pairs } from "./complex.ts";
import type { Key } from "./make-key.ts";
import { splitKey } from "./split.ts";
import { standardNormals } from "./standard-normals.ts";

/** Draws `size` numbers `(x + i y) / sqrt(2)` with `x` and `y` standard normal. */
export function complexNormals(key: Key, size: number, dtype: ComplexDType): Pairs {
  const part = partOf(dtype);
  const [realKey, imaginaryKey] = splitKey(key);
  const real = standardNormals(realKey, size, part);
  const imaginary = standardNormals(imaginaryKey, size, part);
  const pairs = allocatePairs(dtype, size);
  // XLA multiplies by the reciprocal of the rounded root.
  const factor = roundFloat(part, 1 / roundFloat(part, Math.SQRT2));
  for (let i = 0; i < size; i++) {
    pairs[2 * i] = real[i] * factor;
    pairs[2 * i + 1] = imaginary[i] * factor;
  }
  return pairs;
}
