import { describe, isComplex } from "@flaxen/dtype";
import { flatData, sizeOf, zeros } from "@flaxen/ndarray";
import { handOver } from "@flaxen/rng/tracing";
import { checkCall } from "./arguments.ts";
import type { Initializer } from "./initializer.ts";
import { checkOrthogonal, checkQRDType, orthogonalKernel } from "./orthogonal.ts";
import type { OrthogonalOptions } from "./orthogonal.ts";

/**
 * Builds an initializer for convolution kernels that are an orthogonal matrix at their centre and zero elsewhere.
 *
 * Formula: `w[centre] = q`, an orthogonal matrix of shape `[inFeatures, outFeatures]` as of {@link orthogonal}, where the
 * centre of a spatial axis of length `k` is `floor((k - 1) / 2)`.
 *
 * @param scale - Factor of the result (default 1).
 * @param options - `columnAxis` (of the last two axes) and `dtype`, see {@link OrthogonalOptions}.
 * @returns An {@link Initializer} for float32, float64, complex64 and complex128, and shapes of 3, 4 or 5
 *   axes, `[...spatial, inFeatures, outFeatures]`.
 * @throws {@link TypeError} if `scale` or `columnAxis` is not a number, or `dtype` not one of these.
 * @throws {@link RangeError} if `scale` is not finite or `columnAxis` not an integer; when called, if `shape` does not
 *   have 3, 4 or 5 axes, has more input than output features, has an empty spatial axis, or lacks `columnAxis`.
 * @see Xiao, Bahri, Sohl-Dickstein, Schoenholz and Pennington (2018), "Dynamical isometry and a mean field theory of
 *   CNNs". https://arxiv.org/abs/1806.05393
 *
 * @example
 * ```ts
 * import { deltaOrthogonal } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const initializer = deltaOrthogonal();
 * const w = initializer(key(42, { partitionable: false }), [3, 3, 3], "float32");
 * w; // => Array([[[ 0. , 0. , 0. ],
 * //   [ 0. , 0. , 0. ],
 * //   [ 0. , 0. , 0. ]],
 * //   [[ 0.27858758, -0.79498315, -0.5388789 ],
 * //   [ 0.9120717 , 0.04322896, 0.40774557],
 * //   [-0.30085573, -0.60508907, 0.73712486]],
 * //   [[ 0. , 0. , 0. ],
 * //   [ 0. , 0. , 0. ],
 * //   [ 0. , 0. , 0. ]]], dtype=float32)
 * ```
 */
export function deltaOrthogonal(scale = 1, options: OrthogonalOptions = {}): Initializer {
  const { columnAxis, builderDType } = checkOrthogonal("deltaOrthogonal", scale, options);
  const initializer: Initializer = (key, shape, dtype = builderDType) => {
    checkCall("deltaOrthogonal", key, shape);
    const type = checkQRDType("deltaOrthogonal", dtype);
    if (shape.length < 3 || shape.length > 5) {
      throw new RangeError(
        `deltaOrthogonal: shape must have 3, 4 or 5 axes, got ${describe(shape)}.`,
      );
    }
    const spatial = shape.slice(0, -2);
    const features = shape.slice(-2);
    if (features[1] < features[0]) {
      throw new RangeError(
        `deltaOrthogonal: shape must not have more input than output features, got ${describe(shape)}.`,
      );
    }
    if (spatial.includes(0)) {
      throw new RangeError(
        `deltaOrthogonal: shape must not have a spatial axis of length 0, got ${describe(shape)}.`,
      );
    }
    const traced = handOver("deltaOrthogonal", [key], shape, type, (key) =>
      initializer(key, shape, type),
    );
    if (traced) return traced;
    const matrix = orthogonalKernel("deltaOrthogonal", key, features, type, scale, columnAxis);
    let centre = 0;
    for (const length of spatial) centre = centre * length + Math.floor((length - 1) / 2);
    const kernel = zeros(shape, type);
    const numbers = flatData(matrix) as Float32Array;
    // A complex element takes two numbers.
    const width = isComplex(type) ? 2 : 1;
    kernel.data.set(numbers, width * centre * sizeOf(features));
    return kernel;
  };
  return initializer;
}
