import { describe, roundFloat } from "@flaxen/dtype";
import type { NDArray, Shape } from "@flaxen/ndarray";
import { checkFloatDType, checkNumber, checkOptions, checkSampleShape } from "./arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { floatSample } from "./float-sample.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { handOverKey } from "./traced-key.ts";
import { uniformValues } from "./uniform-values.ts";

/** Options of {@link uniform}. */
export interface UniformOptions {
  /** A real floating-point dtype (default float32, or float64 after `enableX64(true)`). */
  readonly dtype?: FloatDType;
  /** Lower limit, included (default 0). */
  readonly minval?: number;
  /** Upper limit (default 1), excluded up to rounding: `minval + (maxval - minval) * u` may round up to it. */
  readonly maxval?: number;
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
 *   limit not a number.
 * @throws {@link RangeError} if `shape` holds anything but non-negative integers, if a limit or the distance between
 *   them is not finite in `dtype`, or if `minval` is above `maxval`.
 *
 * @example
 * ```ts
 * import { key, uniform } from "@flaxen/rng";
 *
 * uniform(key(0), [3]); // => Array([0.947667 , 0.9785799 , 0.33229148], dtype=float32)
 * uniform(key(0), [2, 3], { minval: -1, maxval: 1 }).shape; // => [2, 3]
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
  const minval = checkNumber("uniform", "minval", options.minval ?? 0, dtype);
  const maxval = checkNumber("uniform", "maxval", options.maxval ?? 1, dtype);
  if (minval > maxval) {
    throw new RangeError(
      `uniform: minval must be at most maxval, got ${describe(minval)} and ${describe(maxval)}.`,
    );
  }
  if (!Number.isFinite(roundFloat(dtype, maxval - minval))) {
    throw new RangeError(
      `uniform: maxval - minval must be finite in ${dtype}, got ${describe(minval)} and ${describe(maxval)}.`,
    );
  }
  const fixed = { dtype, minval, maxval };
  const traced = handOverKey("uniform", key, shape, dtype, (key) => uniform(key, shape, fixed), [
    minval,
    maxval,
  ]);
  if (traced) return traced;
  return floatSample(uniformValues(key, size, dtype, minval, maxval), shape, dtype);
}
