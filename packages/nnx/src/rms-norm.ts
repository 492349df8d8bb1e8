import type { DType } from "@flaxen/dtype";
import { reshape } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { ones } from "@flaxen/initializers";
import { normalizeAxes } from "@flaxen/ndarray";
import {
  checkAxes,
  checkEpsilon,
  checkFloatDType,
  checkInput,
  checkOptions,
  checkRngs,
  checkSize,
} from "./arguments.ts";
import { initialValue } from "./abstract.ts";
import { promoteDtype } from "./dtypes.ts";
import type { LayerNormOptions, NormCall } from "./layer-norm.ts";
import { Module } from "./module.ts";
import { featureShape, meanSquare, normalize } from "./moments.ts";
import { methodOf } from "./places.ts";
import { Param } from "./variable-types.ts";

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
export class RMSNorm extends Module {
  /** Number of elements on the feature axes. */
  readonly numFeatures: number;
  /** Added to the mean square. */
  readonly epsilon: number;
  /** The axis or axes that mean and variance are taken over. */
  readonly reductionAxes: number | readonly number[];
  /** The axis or axes that scale and bias lie along. */
  readonly featureAxes: number | readonly number[];
  /** The dtype of the result; undefined for the common one of input and parameters. */
  readonly dtype: DType | undefined;
  /** The dtype in which the parameters were made. */
  readonly paramDtype: DType;
  /** Shape `[numFeatures]`; null without scale. */
  scale: Param | null;

  /**
   * Makes the scale.
   *
   * @param numFeatures - number of elements on the feature axes, at least 1.
   * @param options - see {@link RMSNormOptions}; `rngs` is required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown, or a dtype is not floating.
   * @throws {@link RangeError} if a number is outside its range.
   */
  constructor(numFeatures: number, options: RMSNormOptions) {
    super();
    checkSize("RMSNorm", "numFeatures", numFeatures);
    checkOptions("RMSNorm", options, OPTIONS);
    const {
      rngs,
      epsilon = 1e-6,
      useScale = true,
      reductionAxes = -1,
      featureAxes = -1,
      dtype,
      paramDtype = "float32",
      scaleInit = ones,
      scaleMetadata,
    } = options;
    checkRngs("RMSNorm", rngs);
    checkEpsilon("RMSNorm", epsilon);
    checkAxes("RMSNorm", "reductionAxes", reductionAxes);
    checkAxes("RMSNorm", "featureAxes", featureAxes);
    checkFloatDType("RMSNorm", "dtype", dtype);
    checkFloatDType("RMSNorm", "paramDtype", paramDtype);
    this.numFeatures = numFeatures;
    this.epsilon = epsilon;
    this.reductionAxes = reductionAxes;
    this.featureAxes = featureAxes;
    this.dtype = dtype;
    this.paramDtype = paramDtype;
    const shape = [numFeatures];
    this.scale = useScale
      ? new Param(initialValue(scaleInit, rngs.params, shape, paramDtype), scaleMetadata)
      : null;
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
    const input = checkInput(methodOf(this, "RMSNorm.forward"), x);
    const features = featureShape(
      methodOf(this, "RMSNorm.forward"),
      input,
      this.featureAxes,
      this.numFeatures,
    );
    const axes = normalizeAxes(methodOf(this, "RMSNorm.forward"), this.reductionAxes, input.ndim);
    const [h, scale] = promoteDtype([input, this.scale?.value ?? null], this);
    return normalize(methodOf(this, "RMSNorm.forward"), h, {
      mean: null,
      variance: meanSquare(h, axes, mask),
      epsilon: this.epsilon,
      scale: scale === null ? null : reshape(scale, features),
      bias: null,
      dtype: this.dtype,
    });
  }
}

const OPTIONS: readonly string[] = [
  "rngs",
  "epsilon",
  "useFastVariance",
  "useScale",
  "reductionAxes",
  "featureAxes",
  "dtype",
  "paramDtype",
  "scaleInit",
  "scaleMetadata",
];
