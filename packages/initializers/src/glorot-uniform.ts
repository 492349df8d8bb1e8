import { UNIFORM } from "./distributions.ts";
import { fanInitializer } from "./fan-initializer.ts";
import type { FanOptions } from "./fan-initializer.ts";
import type { Initializer } from "./initializer.ts";

/**
 * Builds an initializer that draws from the Glorot (Xavier) uniform distribution.
 *
 * Formula: uniform on `[-limit, limit)` with `limit = sqrt(6 / (fanIn + fanOut))`: `varianceScaling(1, "fan_avg",
 * "uniform")`.
 *
 * @param options - `inAxis` (default -2), `outAxis` (default -1), `batchAxis` (default `[]`) and `dtype`, see
 *   {@link FanOptions}.
 * @returns An {@link Initializer} for the floating-point and complex dtypes.
 * @throws {@link TypeError} if an axis is not an integer or `dtype` not a floating-point or complex dtype.
 * @throws {@link RangeError} (when the initializer is called) if `shape` has fewer than 2 axes under the default axes,
 *   lacks an axis named, or has an axis of length 0.
 * @see Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward neural networks", equation 16.
 *   https://proceedings.mlr.press/v9/glorot10a.html
 *
 * @example
 * ```ts
 * import { glorotUniform } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const initializer = glorotUniform();
 * const w = initializer(key(42, { partitionable: false }), [2, 3], "float32");
 * w; // => Array([[ 0.50350785, 0.8088631 , 0.81566876],
 * //   [-0.6393332 , -0.6865721 , 0.11003882]], dtype=float32)
 * ```
 */
export function glorotUniform(options: FanOptions = {}): Initializer {
  return fanInitializer("glorotUniform", 1, "fan_avg", options, UNIFORM);
}

/**
 * Builds an initializer that draws from the Glorot (Xavier) uniform distribution.
 *
 * Formula: uniform on `[-limit, limit)` with `limit = sqrt(6 / (fanIn + fanOut))`: `varianceScaling(1, "fan_avg",
 * "uniform")`.
 *
 * The same as {@link glorotUniform}.
 *
 * @param options - `inAxis` (default -2), `outAxis` (default -1), `batchAxis` (default `[]`) and `dtype`, see
 *   {@link FanOptions}.
 * @returns An {@link Initializer} for the floating-point and complex dtypes.
 * @throws {@link TypeError} if an axis is not an integer or `dtype` not a floating-point or complex dtype.
 * @throws {@link RangeError} (when the initializer is called) if `shape` has fewer than 2 axes under the default axes,
 *   lacks an axis named, or has an axis of length 0.
 * @see Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward neural networks", equation 16.
 *   https://proceedings.mlr.press/v9/glorot10a.html
 *
 * @example
 * ```ts
 * import { xavierUniform } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const initializer = xavierUniform();
 * const w = initializer(key(42, { partitionable: false }), [2, 3], "float32");
 * w; // => Array([[ 0.50350785, 0.8088631 , 0.81566876],
 * //   [-0.6393332 , -0.6865721 , 0.11003882]], dtype=float32)
 * ```
 */
export function xavierUniform(options: FanOptions = {}): Initializer {
  return fanInitializer("xavierUniform", 1, "fan_avg", options, UNIFORM);
}
