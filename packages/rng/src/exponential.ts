import type { NDArray, Shape } from "@flaxen/ndarray";
import { exponentialValues } from "./exponential-values.ts";
import { floatSample } from "./float-sample.ts";
import type { Key } from "./make-key.ts";
import { checkFloatSample } from "./sample-arguments.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { handOver } from "./traced-key.ts";

/**
 * Draws from the exponential distribution of mean 1, as `jax.random.exponential` does.
 *
 * Formula: `-ln(1 - u)` with `u` uniform on `[0, 1)`.
 *
 * @param key - The random key.
 * @param shape - Shape of the result (default `[]`).
 * @param options - `dtype`, see {@link FloatOptions}.
 * @returns An array of the given shape and dtype; every element is at least 0.
 * @throws {@link TypeError} if `key` is not a key, `shape` not an array or `dtype` not a real floating-point dtype.
 * @throws {@link RangeError} if `shape` holds anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { exponential, key } from "@flaxen/rng";
 *
 * exponential(key(0), [3]); // => Array([2.950128 , 3.8434246 , 0.40390354], dtype=float32)
 * ```
 */
export function exponential(
  key: Key,
  shape: Shape = [],
  options: FloatOptions = {},
): NDArray<FloatDType> {
  const { size, dtype } = checkFloatSample("exponential", key, shape, options);
  const traced = handOver(
    "exponential",
    [key],
    shape,
    dtype,
    (key) => exponential(key, shape, { dtype }),
    [],
  );
  if (traced) return traced;
  return floatSample(exponentialValues(key, size, dtype), shape, dtype);
}
