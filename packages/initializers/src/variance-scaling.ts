import { describe } from "@flaxen/dtype";
import { cureOf } from "./arguments.ts";
import { NORMAL, TRUNCATED_NORMAL, UNIFORM } from "./distributions.ts";
import { fanInitializer } from "./fan-initializer.ts";
import type { Draws, FanOptions } from "./fan-initializer.ts";
import type { FanMode } from "./fans.ts";
import type { Initializer } from "./initializer.ts";

/** The distributions of {@link varianceScaling}. */
export type Distribution = "truncated_normal" | "normal" | "uniform";

/**
 * Builds an initializer whose variance adapts to the number of units that a kernel connects.
 *
 * Formula: `variance = scale / fan` with
 * - `fan_in`: `fan = fanIn`, the product of the input axes and the receptive field,
 * - `fan_out`: `fan = fanOut`, the product of the output axes and the receptive field,
 * - `fan_avg`: `fan = (fanIn + fanOut) / 2`,
 * - `fan_geo_avg`: `fan = sqrt(fanIn * fanOut)`.
 *
 * Axes in none of `inAxis`, `outAxis` and `batchAxis` are the receptive field, as the spatial axes of a convolution.
 * `"truncated_normal"` cuts off at two standard deviations and corrects the variance for it, `"uniform"` draws on
 * `[-limit, limit)` with `limit = sqrt(3 * variance)`. For complex dtypes `"truncated_normal"` cuts off the modulus, and
 * `"uniform"` draws on a disk.
 *
 * @param scale - Factor of the variance, at least 0.
 * @param mode - `"fan_in"`, `"fan_out"`, `"fan_avg"` or `"fan_geo_avg"`.
 * @param distribution - `"truncated_normal"`, `"normal"` or `"uniform"`.
 * @param options - `inAxis`, `outAxis`, `batchAxis` and `dtype`, see {@link FanOptions}.
 * @returns An {@link Initializer} for the floating-point and complex dtypes.
 * @throws {@link TypeError} if `scale` is not a number, an axis not an integer, or `dtype` not a floating-point or complex
 *   dtype.
 * @throws {@link RangeError} if `scale` is negative or not finite, `mode` or `distribution` unknown; when called, if
 *   `shape` has fewer than 2 axes under the default axes, lacks an axis named, or has an axis of length 0.
 * @see `jax.nn.initializers.variance_scaling`; He, Zhang, Ren and Sun (2015), "Delving deep into rectifiers", section
 *   2.2. https://arxiv.org/abs/1502.01852
 *
 * @example
 * ```ts
 * import { varianceScaling } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const initializer = varianceScaling(1, "fan_geo_avg", "normal");
 * const w = initializer(key(42), [2, 3], "float32");
 * w; // => Array([[-0.01808504, 0.2984707 , 0.18893738],
 * //   [ 0.09810711, -0.07924992, 0.13860156]], dtype=float32)
 * ```
 */
export function varianceScaling(
  scale: number,
  mode: FanMode,
  distribution: Distribution,
  options: FanOptions = {},
): Initializer {
  if (typeof scale !== "number") {
    throw new TypeError(
      `varianceScaling: scale must be a number, got ${describe(scale)}.${cureOf("varianceScaling", scale)}`,
    );
  }
  if (!(scale >= 0 && scale < Infinity)) {
    throw new RangeError(
      `varianceScaling: scale must be finite and at least 0, got ${describe(scale)}.`,
    );
  }
  if (mode !== "fan_in" && mode !== "fan_out" && mode !== "fan_avg" && mode !== "fan_geo_avg") {
    throw new RangeError(
      `varianceScaling: mode must be "fan_in", "fan_out", "fan_avg" or "fan_geo_avg", got ${describe(mode)}.`,
    );
  }
  return fanInitializer("varianceScaling", scale, mode, options, drawOf(distribution));
}

function drawOf(distribution: Distribution): Draws {
  switch (distribution) {
    case "truncated_normal":
      return TRUNCATED_NORMAL;
    case "normal":
      return NORMAL;
    case "uniform":
      return UNIFORM;
    default:
      throw new RangeError(
        `varianceScaling: distribution must be "truncated_normal", "normal" or "uniform", got ${describe(distribution)}.`,
      );
  }
}
