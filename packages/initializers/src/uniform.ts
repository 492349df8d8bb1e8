import { uniform as drawUniform } from "@flaxen/rng";
import type { FloatDType } from "@flaxen/rng";
import { handOver } from "@flaxen/rng/tracing";
import { checkCall, checkFinite, checkFloatDType } from "./arguments.ts";
import type { Initializer } from "./initializer.ts";
import { scaleSample } from "./scale-sample.ts";

/**
 * Builds an initializer that draws from the uniform distribution.
 *
 * Formula: `w = scale * u` with `u` uniform on `[0, 1)`.
 *
 * @param scale - Upper limit, excluded up to rounding (default 0.01).
 * @param dtype - dtype of the result if none is asked for (default: the default float).
 * @returns An {@link Initializer} for the real floating-point dtypes.
 * @throws {@link TypeError} if `scale` is not a number or `dtype` not a real floating-point dtype.
 * @throws {@link RangeError} if `scale` is not finite.
 * @see `jax.nn.initializers.uniform`.
 *
 * @example
 * ```ts
 * import { uniform } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const initializer = uniform(10);
 * const w = initializer(key(42, { partitionable: false }), [2, 3], "float32");
 * w; // => Array([[7.298188 , 8.691938 , 8.7230015],
 * //   [2.0818567, 1.8662417, 5.5022564]], dtype=float32)
 * ```
 */
export function uniform(scale = 0.01, dtype?: FloatDType): Initializer {
  checkFinite("uniform", "scale", scale);
  const builderDType = dtype === undefined ? dtype : checkFloatDType("uniform", dtype);
  const initializer: Initializer = (key, shape, dtype = builderDType) => {
    checkCall("uniform", key, shape);
    const type = checkFloatDType("uniform", dtype);
    const traced = handOver("uniform", [key], shape, type, (key) => initializer(key, shape, type));
    if (traced) return traced;
    return scaleSample(drawUniform(key, shape, { dtype: type }), scale);
  };
  return initializer;
}
