import { finfo } from "@flaxen/dtype";
import type { NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { floatSample } from "./float-sample.ts";
import type { Key } from "./make-key.ts";
import { checkFloatSample } from "./sample-arguments.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import { tangent32 } from "./tangent32.ts";
import { handOver } from "./traced-key.ts";
import { uniformValues } from "./uniform-values.ts";
import type { FloatDType } from "./arguments.ts";

/**
 * Draws from the Cauchy distribution of location 0 and scale 1, as `jax.random.cauchy` does.
 *
 * Formula: `tan(pi * (u - 1/2))` with `u` uniform on `(0, 1)`.
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
 * import { cauchy, key } from "@flaxen/rng";
 *
 * cauchy(key(0), [1000]).shape; // => [1000]
 * ```
 */
export function cauchy(
  key: Key,
  shape: Shape = [],
  options: FloatOptions = {},
): NDArray<FloatDType> {
  const { size, dtype } = checkFloatSample("cauchy", key, shape, options);
  const traced = handOver("cauchy", [key], shape, dtype, (key) => cauchy(key, shape, { dtype }));
  if (traced) return traced;
  const { round } = arithmeticOf(dtype);
  const tangent = dtype === "float64" ? Math.tan : tangent32;
  const pi = round(Math.PI);
  const values = uniformValues(key, size, dtype, finfo(dtype).eps, 1);
  for (let i = 0; i < size; i++) {
    values[i] = round(tangent(round(pi * round(values[i] - 0.5))));
  }
  return floatSample(values, shape, dtype);
}
