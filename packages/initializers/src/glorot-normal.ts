import { TRUNCATED_NORMAL } from "./distributions.ts";
import { fanInitializer } from "./fan-initializer.ts";
import type { FanOptions } from "./fan-initializer.ts";
import type { Initializer } from "./initializer.ts";

/**
 * Builds an initializer that draws from the Glorot (Xavier) normal distribution.
 *
 * Formula: `stddev = sqrt(2 / (fanIn + fanOut))` after the cut at two standard deviations: `varianceScaling(1, "fan_avg",
 * "truncated_normal")`.
 *
 * @param options - `inAxis` (default -2), `outAxis` (default -1), `batchAxis` (default `[]`) and `dtype`, see
 *   {@link FanOptions}.
 * @returns An {@link Initializer} for the floating-point and complex dtypes.
 * @throws {@link TypeError} if an axis is not an integer or `dtype` not a floating-point or complex dtype.
 * @throws {@link RangeError} (when the initializer is called) if `shape` has fewer than 2 axes under the default axes,
 *   lacks an axis named, or has an axis of length 0.
 * @see Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward neural networks", equation 12.
 *   https://proceedings.mlr.press/v9/glorot10a.html
 *
 * @example
 * ```ts
 * import { glorotNormal } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const initializer = glorotNormal();
 * const w = initializer(key(42, { partitionable: false }), [2, 3], "float32");
 * w; // => Array([[ 0.41770416, 0.75262755, 0.76193285],
 * //   [-0.5516644 , -0.6028657 , 0.08661086]], dtype=float32)
 * ```
 */
export function glorotNormal(options: FanOptions = {}): Initializer {
  return fanInitializer("glorotNormal", 1, "fan_avg", options, TRUNCATED_NORMAL);
}

/**
 * Builds an initializer that draws from the Glorot (Xavier) normal distribution.
 *
 * Formula: `stddev = sqrt(2 / (fanIn + fanOut))` after the cut at two standard deviations: `varianceScaling(1, "fan_avg",
 * "truncated_normal")`.
 *
 * The same as {@link glorotNormal}.
 *
 * @param options - `inAxis` (default -2), `outAxis` (default -1), `batchAxis` (default `[]`) and `dtype`, see
 *   {@link FanOptions}.
 * @returns An {@link Initializer} for the floating-point and complex dtypes.
 * @throws {@link TypeError} if an axis is not an integer or `dtype` not a floating-point or complex dtype.
 * @throws {@link RangeError} (when the initializer is called) if `shape` has fewer than 2 axes under the default axes,
 *   lacks an axis named, or has an axis of length 0.
 * @see Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward neural networks", equation 12.
 *   https://proceedings.mlr.press/v9/glorot10a.html
 *
 * @example
 * ```ts
 * import { xavierNormal } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const initializer = xavierNormal();
 * const w = initializer(key(42, { partitionable: false }), [2, 3], "float32");
 * w; // => Array([[ 0.41770416, 0.75262755, 0.76193285],
 * //   [-0.5516644 , -0.6028657 , 0.08661086]], dtype=float32)
 * ```
 */
export function xavierNormal(options: FanOptions = {}): Initializer {
  return fanInitializer("xavierNormal", 1, "fan_avg", options, TRUNCATED_NORMAL);
}
