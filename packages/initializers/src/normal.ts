import { normal as drawNormal } from "@flaxen/rng";
import { handOver } from "@flaxen/rng/tracing";
import { checkCall, checkFinite, checkInexactDType } from "./arguments.ts";
import type { InexactDType } from "./arguments.ts";
import type { Initializer } from "./initializer.ts";
import { scaleSample } from "./scale-sample.ts";

/**
 * Builds an initializer that draws from the normal distribution with mean 0.
 *
 * Formula: `w = stddev * z` with `z` standard normal; for complex dtypes `z = (x + i y) / sqrt(2)` with `x` and `y`
 * standard normal.
 *
 * @param stddev - Standard deviation (default 0.01).
 * @param dtype - dtype of the result if none is asked for (default: the default float).
 * @returns An {@link Initializer} for the floating-point and complex dtypes.
 * @throws {@link TypeError} if `stddev` is not a number or `dtype` not a floating-point or complex dtype.
 * @throws {@link RangeError} if `stddev` is not finite.
 * @see `jax.nn.initializers.normal`.
 *
 * @example
 * ```ts
 * import { normal } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const initializer = normal(5);
 * const w = initializer(key(42, { partitionable: false }), [2, 3], "float32");
 * w; // => Array([[ 3.061326 , 5.6129413, 5.686659 ],
 * //   [-4.0636625, -4.452025 , 0.6311572]], dtype=float32)
 * ```
 */
export function normal(stddev = 0.01, dtype?: InexactDType): Initializer {
  checkFinite("normal", "stddev", stddev);
  const builderDType = dtype === undefined ? dtype : checkInexactDType("normal", dtype);
  const initializer: Initializer = (key, shape, dtype = builderDType) => {
    checkCall("normal", key, shape);
    const type = checkInexactDType("normal", dtype);
    const traced = handOver("normal", [key], shape, type, (key) => initializer(key, shape, type));
    if (traced) return traced;
    return scaleSample(drawNormal(key, shape, { dtype: type }), stddev);
  };
  return initializer;
}
