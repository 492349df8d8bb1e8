import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { normalizeAxes } from "@flaxen/ndarray";
import { checkAxes, checkInput } from "./arguments.ts";
import { featureShape, moments } from "./moments.ts";
import { NORM_OPTIONS, Norm, normalizeBy } from "./norm.ts";
import type { NormCall, NormOptions } from "./norm.ts";
import { methodOf } from "./places.ts";

/** Settings of `LayerNorm`. */
export interface LayerNormOptions extends NormOptions {
  /** The axis or axes that mean and variance are taken over; -1 by default. */
  readonly reductionAxes?: number | readonly number[];
  /** The axis or axes that scale and bias lie along; -1 by default. */
  readonly featureAxes?: number | readonly number[];
}

/**
 * Layer normalisation: `y = (x - mean) / sqrt(var + epsilon) * scale + bias` for each example.
 *
 * `mean` and `var`, without Bessel's correction, are taken over the reduction axes in at least
 * float32. Note that `epsilon` is 1e-6, where PyTorch has 1e-5.
 *
 * @see Ba, Kiros and Hinton (2016), "Layer normalization", equation 4.
 *   https://arxiv.org/abs/1607.06450
 *
 * @example
 * ```ts
 * import { LayerNorm, Rngs } from "@flaxen/nnx";
 *
 * const norm = new LayerNorm(2, { rngs: new Rngs(0), epsilon: 0 });
 * norm.forward([[1, 3], [10, 4]]); // => [[-1, 1], [1, -1]]
 * norm.forward([1, 2, 3]); // throws RangeError: LayerNorm.forward: x must have numFeatures = 2 on axis -1, got shape [3].
 * ```
 */
export class LayerNorm extends Norm {
  /** The axis or axes that mean and variance are taken over. */
  readonly reductionAxes: number | readonly number[];
  /** The axis or axes that scale and bias lie along. */
  readonly featureAxes: number | readonly number[];

  /**
   * Makes the parameters.
   *
   * @param numFeatures - number of elements on the feature axes, at least 1.
   * @param options - see {@link LayerNormOptions}; `rngs` is required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown, or a dtype is not floating.
   * @throws {@link RangeError} if a number is outside its range.
   */
  constructor(numFeatures: number, options: LayerNormOptions) {
    super("LayerNorm", numFeatures, options, { names: OPTIONS });
    const { reductionAxes = -1, featureAxes = -1 } = options;
    checkAxes("LayerNorm", "reductionAxes", reductionAxes);
    checkAxes("LayerNorm", "featureAxes", featureAxes);
    this.reductionAxes = reductionAxes;
    this.featureAxes = featureAxes;
  }

  /**
   * Normalises.
   *
   * @param x - any shape with `numFeatures` elements on the feature axes.
   * @param options - `mask` restricts the statistics.
   * @returns the shape of `x`.
   * @throws {@link RangeError} if an axis is missing, or the feature axes have another size.
   */
  forward(x: TensorLike, { mask }: NormCall = {}): Tensor {
    const callee = methodOf(this, "LayerNorm.forward");
    const input = checkInput(callee, x);
    const features = featureShape(callee, input, this.featureAxes, this.numFeatures);
    const axes = normalizeAxes(callee, this.reductionAxes, input.ndim);
    const how = { fast: this.useFastVariance, mask };
    return normalizeBy(this, callee, input, features, (h) => moments(h, axes, how));
  }
}

const OPTIONS: readonly string[] = [...NORM_OPTIONS, "reductionAxes", "featureAxes"];
