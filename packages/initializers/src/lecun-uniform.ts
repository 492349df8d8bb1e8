import { UNIFORM } from "./distributions.ts";
import { fanInitializer } from "./fan-initializer.ts";
import type { FanOptions } from "./fan-initializer.ts";
import type { Initializer } from "./initializer.ts";

/**
 * Builds an initializer that draws from the LeCun uniform distribution.
 *
 * Formula: uniform on `[-limit, limit)` with `limit = sqrt(3 / fanIn)`: `varianceScaling(1, "fan_in",
 * "uniform")`.
 *
 * @param options - `inAxis` (default -2), `outAxis` (default -1), `batchAxis` (default `[]`) and `dtype`, see
 *   {@link FanOptions}.
 * @returns An {@link Initializer} for the floating-point and complex dtypes.
 * @throws {@link TypeError} if an axis is not an integer or `dtype` not a floating-point or complex dtype.
 * @throws {@link RangeError} (when the initializer is called) if `shape` has fewer than 2 axes under the default axes,
 *   lacks an axis named, or has an axis of length 0.
 * @see LeCun, Bottou, Orr and Müller (1998), "Efficient backprop", equation 16.
 *   https://doi.org/10.1007/3-540-49430-8_2
 *
 * @example
 * ```ts
 * import { lecunUniform } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const initializer = lecunUniform();
 * const w = initializer(key(42, { partitionable: false }), [2, 3], "float32");
 * w; // => Array([[ 0.56293887, 0.90433645, 0.9119454 ],
 * //   [-0.71479625, -0.7676109 , 0.12302713]], dtype=float32)
 * ```
 */
export function lecunUniform(options: FanOptions = {}): Initializer {
  return fanInitializer("lecunUniform", 1, "fan_in", options, UNIFORM);
}
