import { UNIFORM } from "./distributions.ts";
import { fanInitializer } from "./fan-initializer.ts";
import type { FanOptions } from "./fan-initializer.ts";
import type { Initializer } from "./initializer.ts";

/**
 * Builds an initializer that draws from the He (Kaiming) uniform distribution.
 *
 * Formula: uniform on `[-limit, limit)` with `limit = sqrt(6 / fanIn)`: `varianceScaling(2, "fan_in",
 * "uniform")`.
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
 * import { heUniform } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const initializer = heUniform();
 * const w = initializer(key(42, { partitionable: false }), [2, 3], "float32");
 * w; // => Array([[ 0.79611576, 1.2789248 , 1.2896855 ],
 * //   [-1.0108745 , -1.0855657 , 0.17398663]], dtype=float32)
 * ```
 */
export function heUniform(options: FanOptions = {}): Initializer {
  return fanInitializer("heUniform", 2, "fan_in", options, UNIFORM);
}

/**
 * Builds an initializer that draws from the He (Kaiming) uniform distribution.
 *
 * Formula: uniform on `[-limit, limit)` with `limit = sqrt(6 / fanIn)`: `varianceScaling(2, "fan_in",
 * "uniform")`.
 *
 * The same as {@link heUniform}.
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
 * import { kaimingUniform } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const initializer = kaimingUniform();
 * const w = initializer(key(42, { partitionable: false }), [2, 3], "float32");
 * w; // => Array([[ 0.79611576, 1.2789248 , 1.2896855 ],
 * //   [-1.0108745 , -1.0855657 , 0.17398663]], dtype=float32)
 * ```
 */
export function kaimingUniform(options: FanOptions = {}): Initializer {
  return fanInitializer("kaimingUniform", 2, "fan_in", options, UNIFORM);
}
