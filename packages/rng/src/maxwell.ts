import type { NDArray, Shape } from "@flaxen/ndarray";
import { checkSampleShape } from "./arguments.ts";
import { floatSample } from "./float-sample.ts";
import type { Key } from "./make-key.ts";
import { maxwellValues } from "./maxwell-values.ts";
import { checkFloatSample } from "./sample-arguments.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { handOver } from "./traced-key.ts";

/**
 * Draws from the Maxwell distribution of scale 1, as `jax.random.maxwell` does.
 *
 * Formula: `sqrt(x * x + y * y + z * z)` with three standard normal numbers.
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
 * import { key, maxwell } from "@flaxen/rng";
 *
 * maxwell(key(0), [1000]).shape; // => [1000]
 * ```
 */
export function maxwell(
  key: Key,
  shape: Shape = [],
  options: FloatOptions = {},
): NDArray<FloatDType> {
  const { size, dtype } = checkFloatSample("maxwell", key, shape, options);
  const traced = handOver("maxwell", [key], shape, dtype, (key) => maxwell(key, shape, { dtype }));
  if (traced) return traced;
  checkSampleShape("maxwell", [...shape, 3]);
  return floatSample(maxwellValues(key, size, dtype), shape, dtype);
}
