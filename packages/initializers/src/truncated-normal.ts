import { describe } from "@flaxen/dtype";
import { truncatedNormal as drawTruncatedNormal } from "@flaxen/rng";
import type { FloatDType } from "@flaxen/rng";
import { handOver } from "@flaxen/rng/tracing";
import { checkCall, checkFinite, checkFloatDType, checkOptions } from "./arguments.ts";
import type { Initializer } from "./initializer.ts";
import { scaleSample } from "./scale-sample.ts";

/** Options of {@link truncatedNormal}. */
export interface TruncatedNormalOptions {
  /** dtype of the result if none is asked for (default: the default float). */
  readonly dtype?: FloatDType;
  /** Lower limit before the multiplication by `stddev`, excluded (default -2). */
  readonly lower?: number;
  /** Upper limit before the multiplication by `stddev`, excluded (default 2). */
  readonly upper?: number;
}

/**
 * Builds an initializer that draws from the normal distribution with mean 0, cut off at two limits.
 *
 * Formula: `w = stddev * z` with `z` standard normal within `(lower, upper)`.
 *
 * Cutting off makes the standard deviation of the result smaller than `stddev` (by the factor 0.8796 at ±2); unlike the
 * variance-scaling initializers this one does not correct that.
 *
 * @param stddev - Standard deviation before the cut (default 0.01).
 * @param options - `dtype`, `lower` and `upper`, see {@link TruncatedNormalOptions}.
 * @returns An {@link Initializer} for the real floating-point dtypes.
 * @throws {@link TypeError} if `stddev` or a limit is not a number or `dtype` not a real floating-point dtype.
 * @throws {@link RangeError} if `stddev` is not finite or `lower` not below `upper`.
 * @see `jax.nn.initializers.truncated_normal`.
 *
 * @example
 * ```ts
 * import { truncatedNormal } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const initializer = truncatedNormal(5);
 * const w = initializer(key(42, { partitionable: false }), [2, 3], "float32");
 * w; // => Array([[ 2.9047365, 5.2338114, 5.29852 ],
 * //   [-3.836303 , -4.192359 , 0.6022964]], dtype=float32)
 * ```
 */
export function truncatedNormal(stddev = 0.01, options: TruncatedNormalOptions = {}): Initializer {
  checkFinite("truncatedNormal", "stddev", stddev);
  checkOptions("truncatedNormal", options);
  const { lower = -2, upper = 2 } = options;
  checkLimit("lower", lower);
  checkLimit("upper", upper);
  if (lower >= upper) {
    throw new RangeError(
      `truncatedNormal: lower must be below upper, got ${describe(lower)} and ${describe(upper)}.`,
    );
  }
  const builderDType =
    options.dtype === undefined ? undefined : checkFloatDType("truncatedNormal", options.dtype);
  const initializer: Initializer = (key, shape, dtype = builderDType) => {
    checkCall("truncatedNormal", key, shape);
    const type = checkFloatDType("truncatedNormal", dtype);
    const traced = handOver("truncatedNormal", [key], shape, type, (key) =>
      initializer(key, shape, type),
    );
    if (traced) return traced;
    return scaleSample(drawTruncatedNormal(key, lower, upper, shape, { dtype: type }), stddev);
  };
  return initializer;
}

function checkLimit(argument: string, value: unknown): void {
  if (typeof value !== "number") {
    throw new TypeError(`truncatedNormal: ${argument} must be a number, got ${describe(value)}.`);
  }
  if (Number.isNaN(value)) {
    throw new RangeError(`truncatedNormal: ${argument} must not be NaN, got NaN.`);
  }
}
