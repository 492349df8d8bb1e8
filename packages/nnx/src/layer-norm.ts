import type { DType } from "@flaxen/dtype";
import { reshape } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { ones, zeros } from "@flaxen/initializers";
import type { Initializer } from "@flaxen/initializers";
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
import { Module } from "./module.ts";
import { featureShape, moments, normalize } from "./moments.ts";
import { methodOf } from "./places.ts";
import type { Rngs } from "./rngs.ts";
import { Param } from "./variable-types.ts";
import type { Metadata } from "./variable.ts";

/** Settings of `LayerNorm`. */
export interface LayerNormOptions {
  /** Draws one key of `params` for the scale, then one for the bias. */
  readonly rngs: Rngs;
  /** Added to the variance, at least 0; 1e-6 by default. */
  readonly epsilon?: number;
  /** Whether a learned bias is added; true by default. */
  readonly useBias?: boolean;
  /** Whether to multiply with a learned scale; true by default. */
  readonly useScale?: boolean;
  /** The axis or axes that mean and variance are taken over; -1 by default. */
  readonly reductionAxes?: number | readonly number[];
  /** The axis or axes that scale and bias lie along; -1 by default. */
  readonly featureAxes?: number | readonly number[];
  /** Whether the variance is `E[x^2] - E[x]^2` and not `E[(x - E[x])^2]`; true by default. */
  readonly useFastVariance?: boolean;
  /** The dtype of the result; by default the common one of input and parameters. */
  readonly dtype?: DType | undefined;
  /** The dtype of the parameters; float32 by default. */
  readonly paramDtype?: DType;
  /** Makes the scale; ones by default. */
  readonly scaleInit?: Initializer;
  /** Metadata of the scale; none by default. */
  readonly scaleMetadata?: Metadata | undefined;
  /** Makes the bias; zeros by default. */
  readonly biasInit?: Initializer;
  /** Metadata of the bias; none by default. */
  readonly biasMetadata?: Metadata | undefined;
}

/** Settings of one call of a normalisation without running statistics. */
export interface NormCall {
  /** Booleans that broadcast to the input; only true elements enter the statistics. */
  readonly mask?: TensorLike | undefined;
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
export class LayerNorm extends Module {
  /** Number of elements on the feature axes. */
  readonly numFeatures: number;
  /** Added to the variance. */
  readonly epsilon: number;
  /** The axis or axes that mean and variance are taken over. */
  readonly reductionAxes: number | readonly number[];
  /** The axis or axes that scale and bias lie along. */
  readonly featureAxes: number | readonly number[];
  /** Whether the variance is computed in one pass. */
  readonly useFastVariance: boolean;
  /** The dtype of the result; undefined for the common one of input and parameters. */
  readonly dtype: DType | undefined;
  /** The dtype in which the parameters were made. */
  readonly paramDtype: DType;
  /** Shape `[numFeatures]`; null without scale. */
  scale: Param | null;
  /** Shape `[numFeatures]`; null without bias. */
  bias: Param | null;

  /**
   * Makes the parameters.
   *
   * @param numFeatures - number of elements on the feature axes, at least 1.
   * @param options - see {@link LayerNormOptions}; `rngs` is required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown, or a dtype is not floating.
   * @throws {@link RangeError} if a number is outside its range.
   */
  constructor(numFeatures: number, options: LayerNormOptions) {
    super();
    checkSize("LayerNorm", "numFeatures", numFeatures);
    checkOptions("LayerNorm", options, OPTIONS);
    const {
      rngs,
      epsilon = 1e-6,
      useBias = true,
      useScale = true,
      reductionAxes = -1,
      featureAxes = -1,
      useFastVariance = true,
      dtype,
      paramDtype = "float32",
      scaleInit = ones,
      scaleMetadata,
      biasInit = zeros,
      biasMetadata,
    } = options;
    checkRngs("LayerNorm", rngs);
    checkEpsilon("LayerNorm", epsilon);
    checkAxes("LayerNorm", "reductionAxes", reductionAxes);
    checkAxes("LayerNorm", "featureAxes", featureAxes);
    checkFloatDType("LayerNorm", "dtype", dtype);
    checkFloatDType("LayerNorm", "paramDtype", paramDtype);
    this.numFeatures = numFeatures;
    this.epsilon = epsilon;
    this.reductionAxes = reductionAxes;
    this.featureAxes = featureAxes;
    this.useFastVariance = useFastVariance;
    this.dtype = dtype;
    this.paramDtype = paramDtype;
    const shape = [numFeatures];
    this.scale = useScale
      ? new Param(initialValue(scaleInit, rngs.params, shape, paramDtype), scaleMetadata)
      : null;
    this.bias = useBias
      ? new Param(initialValue(biasInit, rngs.params, shape, paramDtype), biasMetadata)
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
    const input = checkInput(methodOf(this, "LayerNorm.forward"), x);
    const features = featureShape(
      methodOf(this, "LayerNorm.forward"),
      input,
      this.featureAxes,
      this.numFeatures,
    );
    const axes = normalizeAxes(methodOf(this, "LayerNorm.forward"), this.reductionAxes, input.ndim);
    const [h, scale, bias] = promoteDtype(
      [input, this.scale?.value ?? null, this.bias?.value ?? null],
      this,
    );
    const [mean, variance] = moments(h, axes, { fast: this.useFastVariance, mask });
    return normalize(methodOf(this, "LayerNorm.forward"), h, {
      mean,
      variance,
      epsilon: this.epsilon,
      scale: scale === null ? null : reshape(scale, features),
      bias: bias === null ? null : reshape(bias, features),
      dtype: this.dtype,
    });
  }
}

const OPTIONS: readonly string[] = [
  "rngs",
  "epsilon",
  "useBias",
  "useScale",
  "reductionAxes",
  "featureAxes",
  "useFastVariance",
  "dtype",
  "paramDtype",
  "scaleInit",
  "scaleMetadata",
  "biasInit",
  "biasMetadata",
];
