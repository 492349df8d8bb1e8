import { describe } from "@flaxen/dtype";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { normalizeAxes } from "@flaxen/ndarray";
import { checkAxes, checkInput } from "./arguments.ts";
import type { LayerNormOptions } from "./layer-norm.ts";
import { featureShape, moments } from "./moments.ts";
import { NORM_OPTIONS, Norm, normalizeBy } from "./norm.ts";
import type { NormCall } from "./norm.ts";
import { methodOf } from "./places.ts";
import type { Callee } from "./places.ts";

/** Settings of `InstanceNorm`. */
export type InstanceNormOptions = Omit<LayerNormOptions, "reductionAxes">;

/**
 * Instance normalisation: `y = (x - mean) / sqrt(var + epsilon) * scale + bias` for each feature of
 * each example.
 *
 * `mean` and `var`, without Bessel's correction, are taken over all axes but the first, which is the
 * batch, and the feature axes, in at least float32.
 *
 * @see Ulyanov, Vedaldi and Lempitsky (2016), "Instance normalization", equation 3.
 *   https://arxiv.org/abs/1607.08022
 *
 * @example
 * ```ts
 * import { InstanceNorm, Rngs } from "@flaxen/nnx";
 *
 * const norm = new InstanceNorm(1, { rngs: new Rngs(0), epsilon: 0 });
 * norm.forward([[[1], [3]], [[10], [4]]]); // => [[[-1], [1]], [[1], [-1]]]
 * ```
 */
export class InstanceNorm extends Norm {
  /** The axis or axes that scale and bias lie along. */
  readonly featureAxes: number | readonly number[];

  /**
   * Makes the parameters.
   *
   * @param numFeatures - number of elements on the feature axes, at least 1.
   * @param options - see {@link InstanceNormOptions}; `rngs` is required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown, or a dtype is not floating.
   * @throws {@link RangeError} if a number is outside its range.
   */
  constructor(numFeatures: number, options: InstanceNormOptions) {
    super("InstanceNorm", numFeatures, options, { names: OPTIONS });
    const { featureAxes = -1 } = options;
    checkAxes("InstanceNorm", "featureAxes", featureAxes);
    this.featureAxes = featureAxes;
  }

  /**
   * Normalises.
   *
   * @param x - shape `[batch, ...]` with `numFeatures` elements on the feature axes.
   * @param options - `mask` restricts the statistics.
   * @returns the shape of `x`.
   * @throws {@link RangeError} if an axis is missing, the feature axes have another size, or one of them is
   *   the first axis.
   */
  forward(x: TensorLike, { mask }: NormCall = {}): Tensor {
    const callee = methodOf(this, "InstanceNorm.forward");
    const input = checkInput(callee, x);
    const features = featureShape(callee, input, this.featureAxes, this.numFeatures);
    const axes = instanceAxes(callee, input, this.featureAxes);
    const how = { fast: this.useFastVariance, mask };
    return normalizeBy(this, callee, input, features, (h) => moments(h, axes, how));
  }
}

function instanceAxes(
  callee: Callee,
  x: Tensor,
  featureAxes: number | readonly number[],
): readonly number[] {
  const features = normalizeAxes(callee, featureAxes, x.ndim);
  if (features.includes(0)) {
    throw new RangeError(
      `${callee}: featureAxes must not contain the first axis, which is the batch, got ${describe(featureAxes)} for shape ${describe(x.shape)}.`,
    );
  }
  return x.shape.map((_, axis) => axis).filter((axis) => axis > 0 && !features.includes(axis));
}

const OPTIONS: readonly string[] = [...NORM_OPTIONS, "featureAxes"];
