import type { NDArray, Shape } from "@flaxen/ndarray";
import { checkFloatDType, checkOptions, checkSampleShape } from "./arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { floatSample } from "./float-sample.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { nextAfter } from "./next-after.ts";
import { normalValues } from "./normal-values.ts";
import { handOver } from "./traced-key.ts";

/** Options of {@link normal}. */
export interface NormalOptions {
  /** A real floating-point dtype (default float32, or float64 after `enableX64(true)`). */
  readonly dtype?: FloatDType;
}

/**
 * Draws from the standard normal distribution, as `jax.random.normal` does.
 *
 * Formula: `sqrt(2) * erfInv(u)` with `u` uniform on `(-1, 1)`.
 *
 * @param key - The random key.
 * @param shape - Shape of the result (default `[]`).
 * @param options - `dtype`, see {@link NormalOptions}.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `shape` not an array or `dtype` not a real floating-point dtype.
 * @throws {@link RangeError} if `shape` holds anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { key, normal } from "@flaxen/rng";
 *
 * normal(key(0), [2]); // => Array([1.6226422, 2.0252647], dtype=float32)
 * normal(key(0), [1000, 10]).shape; // => [1000, 10]
 * ```
 */
export function normal(
  key: Key,
  shape: Shape = [],
  options: NormalOptions = {},
): NDArray<FloatDType> {
  useKey("normal", key);
  checkOptions("normal", options);
  const size = checkSampleShape("normal", shape);
  const dtype = checkFloatDType("normal", options.dtype);
  const traced = handOver("normal", [key], shape, dtype, (key) => normal(key, shape, { dtype }));
  if (traced) return traced;
  // The lower limit is the smallest value above -1.
  const lowest = nextAfter(dtype, -1, Infinity);
  return floatSample(normalValues(key, size, dtype, lowest, 1), shape, dtype);
}
