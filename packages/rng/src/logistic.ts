import type { NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { floatSample } from "./float-sample.ts";
import type { Key } from "./make-key.ts";
import { positiveUniformValues } from "./positive-uniform-values.ts";
import { checkFloatSample } from "./sample-arguments.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { handOver } from "./traced-key.ts";

/**
 * Draws from the logistic distribution of location 0 and scale 1, as `jax.random.logistic` does.
 *
 * Formula: `ln(u) - ln(1 - u)` with `u` uniform on `(0, 1)`.
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
 * import { key, logistic } from "@flaxen/rng";
 *
 * logistic(key(0), [1000]).shape; // => [1000]
 * ```
 */
export function logistic(
  key: Key,
  shape: Shape = [],
  options: FloatOptions = {},
): NDArray<FloatDType> {
  const { size, dtype } = checkFloatSample("logistic", key, shape, options);
  const traced = handOver("logistic", [key], shape, dtype, (key) =>
    logistic(key, shape, { dtype }),
  );
  if (traced) return traced;
  const { log, log1p, round } = arithmeticOf(dtype);
  const values = positiveUniformValues(key, size, dtype);
  for (let i = 0; i < size; i++) values[i] = round(log(values[i]) - log1p(-values[i]));
  return floatSample(values, shape, dtype);
}
