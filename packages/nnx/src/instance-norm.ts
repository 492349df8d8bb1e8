import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { reshape } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { ones, zeros } from "@flaxen/initializers";
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
import { featureShape, moments, normalize } from "./moments.ts";
import { methodOf } from "./places.ts";
import type { Callee } from "./places.ts";
import { Param } from "./variable-types.ts";

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
export class InstanceNorm extends Module {
  /** Number of elements on the feature axes. */
  readonly numFeatures: number;
  /** Added to the variance. */
  readonly epsilon: number;
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
   * @param options - see {@link InstanceNormOptions}; `rngs` is required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown, or a dtype is not floating.
   * @throws {@link RangeError} if a number is outside its range.
   */
  constructor(numFeatures: number, options: InstanceNormOptions) {
    super();
    checkSize("InstanceNorm", "numFeatures", numFeatures);
    checkOptions("InstanceNorm", options, OPTIONS);
    const {
      rngs,
      epsilon = 1e-6,
      useBias = true,
      useScale = true,
      featureAxes = -1,
      useFastVariance = true,
      dtype,
      paramDtype = "float32",
      scaleInit = ones,
      scaleMetadata,
      biasInit = zeros,
      biasMetadata,
    } = options;
    checkRngs("InstanceNorm", rngs);
    checkEpsilon("InstanceNorm", epsilon);
    checkAxes("InstanceNorm", "featureAxes", featureAxes);
    checkFloatDType("InstanceNorm", "dtype", dtype);
    checkFloatDType("InstanceNorm", "paramDtype", paramDtype);
    this.numFeatures = numFeatures;
    this.epsilon = epsilon;
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
   * @param x - shape `[batch, ...]` with `numFeatures` elements on the feature axes.
   * @param options - `mask` restricts the statistics.
   * @returns the shape of `x`.
   * @throws {@link RangeError} if an axis is missing, the feature axes have another size, or one of them is
   *   the first axis.
   */
  forward(x: TensorLike, { mask }: NormCall = {}): Tensor {
    const input = checkInput(methodOf(this, "InstanceNorm.forward"), x);
    const features = featureShape(
      methodOf(this, "InstanceNorm.forward"),
      input,
      this.featureAxes,
      this.numFeatures,
    );
    const axes = instanceAxes(methodOf(this, "InstanceNorm.forward"), input, this.featureAxes);
    const [h, scale, bias] = promoteDtype(
      [input, this.scale?.value ?? null, this.bias?.value ?? null],
      this,
    );
    const [mean, variance] = moments(h, axes, { fast: this.useFastVariance, mask });
    return normalize(methodOf(this, "InstanceNorm.forward"), h, {
      mean,
      variance,
      epsilon: this.epsilon,
      scale: scale === null ? null : reshape(scale, features),
      bias: bias === null ? null : reshape(bias, features),
      dtype: this.dtype,
    });
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

const OPTIONS: readonly string[] = [
  "rngs",
  "epsilon",
  "useBias",
  "useScale",
  "featureAxes",
  "useFastVariance",
  "dtype",
  "paramDtype",
  "scaleInit",
  "scaleMetadata",
  "biasInit",
  "biasMetadata",
];
