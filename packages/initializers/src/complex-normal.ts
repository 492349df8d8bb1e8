import { roundTo } from "@flaxen/dtype";
import type { Shape } from "@flaxen/ndarray";
import { normal, split } from "@flaxen/rng";
import type { Key } from "@flaxen/rng";
import { allocatePairs, partOf } from "./complex-sample.ts";
import type { ComplexDType, Pairs } from "./complex-sample.ts";

/** Draws `(x + i y) / sqrt(2)` with `x` and `y` standard normal, as `jax.random.normal` does for complex dtypes. */
export function complexNormal(key: Key, shape: Shape, dtype: ComplexDType): Pairs {
  const part = partOf(dtype);
  const [realKey, imaginaryKey] = split(key);
  const real = normal(realKey, shape, { dtype: part }).data as Pairs;
  const imaginary = normal(imaginaryKey, shape, { dtype: part }).data as Pairs;
  const pairs = allocatePairs(dtype, real.length);
  // XLA multiplies by the reciprocal of the rounded root.
  const factor = roundTo(part, 1 / roundTo(part, Math.SQRT2));
  for (let i = 0; i < real.length; i++) {
    pairs[2 * i] = real[i] * factor;
    pairs[2 * i + 1] = imaginary[i] * factor;
  }
  return pairs;
}
