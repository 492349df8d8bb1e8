import { TRUNCATED_NORMAL } from "./distributions.ts";
import { fanInitializer } from "./fan-initializer.ts";
import type { FanOptions } from "./fan-initializer.ts";
import type { Initializer } from "./initializer.ts";

/**
 * Builds an initializer that draws from the He (Kaiming) normal distribution.
 *
 * Formula: `stddev = sqrt(2 / fanIn)` after the cut at two standard deviations: `varianceScaling(2, "fan_in",
 * "truncated_normal")`.
 *
 * @param options - `inAxis` (default -2), `outAxis` (default -1), `batchAxis` (default `[]`) and `dtype`, see
 *   {@link FanOptions}.
 * @returns An {@link Initializer} for the floating-point and complex dtypes.
 * @throws {@link TypeError} if an axis is not an integer or `dtype` not a floating-point or complex dtype.
 * @throws {@link RangeError} (when the initializer is called) if `shape` has fewer than 2 axes under the default axes,
 *   lacks an axis named, or has an axis of length 0.
 * @see He, Zhang, Ren and Sun (2015), "Delving deep into rectifiers", equation 10. https://arxiv.org/abs/1502.01852
 *
 * @example
 * ```ts
 * import { heNormal } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const initializer = heNormal();
 * const w = initializer(key(42, { partitionable: false }), [2, 3], "float32");
 * w; // => Array([[ 0.6604483, 1.1900088, 1.2047217],
 * //   [-0.8722581, -0.9532144, 0.1369438]], dtype=float32)
 * ```
 */
export function heNormal(options: FanOptions = {}): Initializer {
  return fanInitializer("heNormal", 2, "fan_in", options, TRUNCATED_NORMAL);
}

/**
 * Builds an initializer that draws from the He (Kaiming) normal distribution.
 *
 * Formula: `stddev = sqrt(2 / fanIn)` after the cut at two standard deviations: `varianceScaling(2, "fan_in",
 * "truncated_normal")`.
 *
 * The same as {@link heNormal}.
 *
 * @param options - `inAxis` (default -2), `outAxis` (default -1), `batchAxis` (default `[]`) and `dtype`, see
 *   {@link FanOptions}.
 * @returns An {@link Initializer} for the floating-point and complex dtypes.
 * @throws {@link TypeError} if an axis is not an integer or `dtype` not a floating-point or complex dtype.
 * @throws {@link RangeError} (when the initializer is called) if `shape` has fewer than 2 axes under the default axes,
 *   lacks an axis named, or has an axis of length 0.
 * @see He, Zhang, Ren and Sun (2015), "Delving deep into rectifiers", equation 10. https://arxiv.org/abs/1502.01852
 *
 * @example
 * ```ts
 * import { kaimingNormal } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const initializer = kaimingNormal();
 * const w = initializer(key(42, { partitionable: false }), [2, 3], "float32");
 * w; // => Array([[ 0.6604483, 1.1900088, 1.2047217],
 * //   [-0.8722581, -0.9532144, 0.1369438]], dtype=float32)
 * ```
 */
export function kaimingNormal(options: FanOptions = {}): Initializer {
  return fanInitializer("kaimingNormal", 2, "fan_in", options, TRUNCATED_NORMAL);
}
