import { finfo } from "@flaxen/dtype";
import type { NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { floatSample } from "./float-sample.ts";
import type { Key } from "./make-key.ts";
import { checkFloatSample } from "./sample-arguments.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import { handOver } from "./traced-key.ts";
import { uniformValues } from "./uniform-values.ts";
import type { FloatDType } from "./arguments.ts";

/**
 * Draws from the Laplace distribution of location 0 and scale 1, as `jax.random.laplace` does.
 *
 * Formula: `sign(u) * ln(1 - |u|)` with `u` uniform on `(-1, 1)`.
 *
 * @param key - The random key.
 * @param shape - Shape of the result (default `[]`).
 * @param options - `dtype`, see {@link FloatOptions}.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `shape` not an array or `dtype` not a real floating-point dtype.
 * @throws {@link RangeError} if `shape` holds anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { key, laplace } from "@flaxen/rng";
 *
 * laplace(key(0), [1000]).shape; // => [1000]
 * ```
 */
export function laplace(
  key: Key,
  shape: Shape = [],
  options: FloatOptions = {},
): NDArray<FloatDType> {
  const { size, dtype } = checkFloatSample("laplace", key, shape, options);
  const traced = handOver("laplace", [key], shape, dtype, (key) => laplace(key, shape, { dtype }));
  if (traced) return traced;
  const { log1p, round } = arithmeticOf(dtype);
  const values = uniformValues(key, size, dtype, round(finfo(dtype).epsneg - 1), 1);
  for (let i = 0; i < size; i++) {
    const u = values[i];
    values[i] = Math.sign(u) * log1p(-Math.abs(u));
  }
  return floatSample(values, shape, dtype);
}
