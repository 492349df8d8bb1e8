import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { normalizeAxes } from "@flaxen/ndarray";
import { checkAxes, checkInput } from "./arguments.ts";
import type { LayerNormOptions } from "./layer-norm.ts";
import { featureShape, meanSquare } from "./moments.ts";
import { Norm, SCALE_OPTIONS, normalizeBy } from "./norm.ts";
import type { NormCall } from "./norm.ts";
import { methodOf } from "./places.ts";

/**
 * Settings of `RMSNorm`; they mean what they mean for `LayerNorm`. Without a mean, `useFastVariance` makes no difference.
 */
export type RMSNormOptions = Omit<LayerNormOptions, "useBias" | "biasInit" | "biasMetadata">;

/**
 * Normalisation by the root mean square: `y = x / sqrt(mean(x^2) + epsilon) * scale` for each example.
 *
 * The mean square is taken over the reduction axes in at least float32.
 *
 * @see Zhang and Sennrich (2019), "Root mean square layer normalization", equation 4.
 *   https://arxiv.org/abs/1910.07467
 *
 * @example
 * ```ts
 * import { RMSNorm, Rngs } from "@flaxen/nnx";
 *
 * const norm = new RMSNorm(2, { rngs: new Rngs(0), epsilon: 0 });
 * norm.forward([[2, -2], [0.5, 0.5]]); // => [[1, -1], [1, 1]]
 * norm.scale?.value; // => [1, 1]
 * ```
 */
export class RMSNorm extends Norm {
  /** The axis or axes that mean and variance are taken over. */
  readonly reductionAxes: number | readonly number[];
  /** The axis or axes that scale and bias lie along. */
  readonly featureAxes: number | readonly number[];

  /**
   * Makes the scale.
   *
   * @param numFeatures - number of elements on the feature axes, at least 1.
   * @param options - see {@link RMSNormOptions}; `rngs` is required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown, or a dtype is not floating.
   * @throws {@link RangeError} if a number is outside its range.
   */
  constructor(numFeatures: number, options: RMSNormOptions) {
    super("RMSNorm", numFeatures, options, { names: OPTIONS, defaults: { useBias: false } });
    const { reductionAxes = -1, featureAxes = -1 } = options;
    checkAxes("RMSNorm", "reductionAxes", reductionAxes);
    checkAxes("RMSNorm", "featureAxes", featureAxes);
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
    const callee = methodOf(this, "RMSNorm.forward");
    const input = checkInput(callee, x);
    const features = featureShape(callee, input, this.featureAxes, this.numFeatures);
    const axes = normalizeAxes(callee, this.reductionAxes, input.ndim);
    return normalizeBy(this, callee, input, features, (h) => [null, meanSquare(h, axes, mask)]);
  }
}

const OPTIONS: readonly string[] = [...SCALE_OPTIONS, "reductionAxes", "featureAxes"];
