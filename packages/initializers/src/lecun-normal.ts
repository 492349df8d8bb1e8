import { TRUNCATED_NORMAL } from "./distributions.ts";
import { fanInitializer } from "./fan-initializer.ts";
import type { FanOptions } from "./fan-initializer.ts";
import type { Initializer } from "./initializer.ts";

/**
 * Builds an initializer that draws from the LeCun normal distribution.
 *
 * Formula: `stddev = sqrt(1 / fanIn)` after the cut at two standard deviations: `varianceScaling(1, "fan_in",
 * "truncated_normal")`.
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
 * import { lecunNormal } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const initializer = lecunNormal();
 * const w = initializer(key(42, { partitionable: false }), [2, 3], "float32");
 * w; // => Array([[ 0.46700746, 0.8414632 , 0.8518668 ],
 * //   [-0.61677957, -0.67402434, 0.09683388]], dtype=float32)
 * ```
 */
export function lecunNormal(options: FanOptions = {}): Initializer {
  return fanInitializer("lecunNormal", 1, "fan_in", options, TRUNCATED_NORMAL);
}
