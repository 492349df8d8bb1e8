import type { NDArray, Shape } from "@flaxen/ndarray";
import { checkFloatDType, checkOptions, checkSampleShape } from "./arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { floatSample } from "./float-sample.ts";
import { useKey } from "./key.ts";
import { limitsOf } from "./limits.ts";
import type { Key } from "./make-key.ts";
import { handOverAny } from "./traced-key.ts";
import { between, uniformValues } from "./uniform-values.ts";

/** Options of {@link uniform}. */
export interface UniformOptions {
  /** A real floating-point dtype (default float32, or float64 after `enableX64(true)`). */
  readonly dtype?: FloatDType;
  /** Lower limit, included (default 0): a number or an NDArray of numbers that broadcasts to the shape. */
  readonly minval?: number | NDArray;
  /**
   * Upper limit (default 1), likewise, excluded up to rounding: `minval + (maxval - minval) * u` may round up to it.
   */
  readonly maxval?: number | NDArray;
}

/**
 * Draws from the uniform distribution on `[minval, maxval)`, as `jax.random.uniform` does.
 *
 * Formula: `max(minval, u * (maxval - minval) + minval)` with one rounding of the product and sum, where `u` is a
 * multiple of the dtype's epsilon in `[0, 1)` (2^-23 for float32).
 *
 * @param key - The random key.
 * @param shape - Shape of the result (default `[]`).
 * @param options - `dtype`, `minval` and `maxval`, see {@link UniformOptions}.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `shape` not an array, `dtype` not a real floating-point dtype, or a
 *   limit neither a number nor an NDArray of numbers.
 * @throws {@link RangeError} if `shape` holds anything but non-negative integers, if a limit does not broadcast
 *   to it, a limit or the distance between two is not finite in `dtype`, or a `minval` is above its `maxval`.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { key, uniform } from "@flaxen/rng";
 *
 * uniform(key(0), [3]); // => Array([0.947667 , 0.9785799 , 0.33229148], dtype=float32)
 * uniform(key(0), [2, 3], { minval: -1, maxval: 1 }).shape; // => [2, 3]
 *
 * const [minval, maxval] = [array([0, 10]), array([1, 20])];
 * uniform(key(0), [2], { minval, maxval }); // => Array([ 0.947667, 19.785799], dtype=float32)
 * ```
 */
export function uniform(
  key: Key,
  shape: Shape = [],
  options: UniformOptions = {},
): NDArray<FloatDType> {
  useKey("uniform", key);
  checkOptions("uniform", options);
  const size = checkSampleShape("uniform", shape);
  const dtype = checkFloatDType("uniform", options.dtype);
  const { minval = 0, maxval = 1 } = options;
  const shared = typeof minval === "number" && typeof maxval === "number";
  const limits = limitsOf(minval, maxval, shape, dtype);
  const [low, high] = shared ? limits(0) : [0, 1];
  const traced = handOverAny(
    "uniform",
    [key, minval, maxval],
    shape,
    dtype,
    (key, minval, maxval) => uniform(key, shape, { dtype, minval, maxval }),
    [],
  );
  if (traced) return traced;
  const values = uniformValues(key, size, dtype, low, high);
  if (!shared) {
    for (let i = 0; i < size; i++) values[i] = between(...limits(i), dtype)(values[i]);
  }
  return floatSample(values, shape, dtype);
}
