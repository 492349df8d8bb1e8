import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { broadcastTo, reshape } from "@flaxen/autodiff";
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

/** Settings of `GroupNorm`. */
export interface GroupNormOptions extends Omit<LayerNormOptions, "reductionAxes" | "featureAxes"> {
  /** Number of groups, a divisor of `numFeatures`; 32 by default, unless `groupSize` is given. */
  readonly numGroups?: number | null;
  /** Number of features in a group, a divisor of `numFeatures`; excludes `numGroups`. */
  readonly groupSize?: number | null;
  /**
   * The axes that mean and variance are taken over, the last one among them; by default all but the
   * first, which is the batch.
   */
  readonly reductionAxes?: readonly number[];
}

/**
 * Group normalisation: `y = (x - mean) / sqrt(var + epsilon) * scale + bias`, where neighbouring
 * features form groups that share `mean` and `var`.
 *
 * These are taken over all axes but the first, which is the batch, and over the features of a group,
 * without Bessel's correction and in at least float32. Features are on the last axis.
 *
 * @see Wu and He (2018), "Group normalization", equation 7. https://arxiv.org/abs/1803.08494
 *
 * @example
 * ```ts
 * import { GroupNorm, Rngs } from "@flaxen/nnx";
 *
 * const norm = new GroupNorm(4, { numGroups: 2, rngs: new Rngs(0), epsilon: 0 });
 * norm.forward([[1, 3, 20, 10]]); // => [[-1, 1, 1, -1]]
 * new GroupNorm(8, { rngs: new Rngs(0) }); // throws RangeError: GroupNorm: numGroups must divide numFeatures = 8, got 32.
 * ```
 */
export class GroupNorm extends Module {
  /** Size of the last axis. */
  readonly numFeatures: number;
  /** Added to the variance. */
  readonly epsilon: number;
  /** Number of groups. */
  readonly numGroups: number;
  /** Number of features in a group. */
  readonly groupSize: number;
  /** The axes that mean and variance are taken over; null for all but the first. */
  readonly reductionAxes: readonly number[] | null;
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
   * @param numFeatures - size of the last axis, at least 1.
   * @param options - see {@link GroupNormOptions}; `rngs` is required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown, or a dtype is not floating.
   * @throws {@link RangeError} if a number is outside its range, the groups do not divide the features, or
   *   `numGroups` and `groupSize` are both given.
   */
  constructor(numFeatures: number, options: GroupNormOptions) {
    super();
    checkSize("GroupNorm", "numFeatures", numFeatures);
    checkOptions("GroupNorm", options, OPTIONS);
    const {
      rngs,
      epsilon = 1e-6,
      useBias = true,
      useScale = true,
      numGroups,
      groupSize,
      reductionAxes,
      useFastVariance = true,
      dtype,
      paramDtype = "float32",
      scaleInit = ones,
      scaleMetadata,
      biasInit = zeros,
      biasMetadata,
    } = options;
    checkRngs("GroupNorm", rngs);
    checkEpsilon("GroupNorm", epsilon);
    if (reductionAxes !== undefined) checkAxes("GroupNorm", "reductionAxes", reductionAxes);
    checkFloatDType("GroupNorm", "dtype", dtype);
    checkFloatDType("GroupNorm", "paramDtype", paramDtype);
    this.numFeatures = numFeatures;
    this.epsilon = epsilon;
    this.groupSize = sizeOfGroup(numFeatures, numGroups ?? null, groupSize ?? null);
    this.numGroups = numFeatures / this.groupSize;
    this.reductionAxes = reductionAxes ?? null;
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
   * @param x - shape `[batch, ..., numFeatures]`.
   * @param options - `mask` restricts the statistics.
   * @returns the shape of `x`.
   * @throws {@link RangeError} if `x` has another size on the last axis, or the reduction axes do not fit it.
   */
  forward(x: TensorLike, { mask }: NormCall = {}): Tensor {
    const input = checkInput(methodOf(this, "GroupNorm.forward"), x);
    const axes = groupAxes(methodOf(this, "GroupNorm.forward"), input, this.reductionAxes);
    const features = featureShape(methodOf(this, "GroupNorm.forward"), input, -1, this.numFeatures);
    const [h, scale, bias] = promoteDtype(
      [input, this.scale?.value ?? null, this.bias?.value ?? null],
      this,
    );
    const grouped = [...input.shape.slice(0, -1), this.numGroups, this.groupSize];
    const chosen = mask === undefined ? mask : broadcastTo(mask, input.shape);
    const [mean, variance] = moments(reshape(h, grouped), axes, {
      fast: this.useFastVariance,
      mask: chosen === undefined ? chosen : reshape(chosen, grouped),
    });
    return normalize(methodOf(this, "GroupNorm.forward"), h, {
      mean: spread(mean, this.groupSize),
      variance: spread(variance, this.groupSize),
      epsilon: this.epsilon,
      scale: scale === null ? null : reshape(scale, features),
      bias: bias === null ? null : reshape(bias, features),
      dtype: this.dtype,
    });
  }
}

function sizeOfGroup(
  numFeatures: number,
  numGroups: number | null,
  groupSize: number | null,
): number {
  if (numGroups !== null && groupSize !== null) {
    throw new RangeError(
      `GroupNorm: numGroups and groupSize must not both be given, got ${numGroups} and ${groupSize}.`,
    );
  }
  const [name, divisor] =
    groupSize === null ? ["numGroups", numGroups ?? 32] : ["groupSize", groupSize];
  checkSize("GroupNorm", name, divisor);
  if (numFeatures % divisor !== 0) {
    throw new RangeError(
      `GroupNorm: ${name} must divide numFeatures = ${numFeatures}, got ${divisor}.`,
    );
  }
  return groupSize ?? numFeatures / divisor;
}

/** The axes to reduce of an input whose last axis is split into groups and their features. */
function groupAxes(
  callee: Callee,
  x: Tensor,
  reductionAxes: readonly number[] | null,
): readonly number[] {
  const last = x.ndim - 1;
  if (last < 1) {
    throw new RangeError(
      `${callee}: x must have at least 2 axes, the batch and the features, got shape ${describe(x.shape)}.`,
    );
  }
  const axes =
    reductionAxes === null
      ? x.shape.map((_, axis) => axis).slice(1)
      : normalizeAxes(callee, reductionAxes, x.ndim);
  if (!axes.includes(last)) {
    throw new RangeError(
      `${callee}: reductionAxes must contain the last axis, got ${describe(reductionAxes)} for shape ${describe(x.shape)}.`,
    );
  }
  return axes.map((axis) => (axis === last ? last + 1 : axis));
}

/** Gives each feature what its group has: `[..., numGroups, 1]` becomes `[..., numFeatures]`. */
function spread(statistic: Tensor, groupSize: number): Tensor {
  const { shape } = statistic;
  const outer = shape.slice(0, -1);
  const wide = broadcastTo(statistic, [...outer, groupSize]);
  return reshape(wide, [...shape.slice(0, -2), shape[shape.length - 2] * groupSize]);
}

const OPTIONS: readonly string[] = [
  "rngs",
  "epsilon",
  "useBias",
  "useScale",
  "numGroups",
  "groupSize",
  "reductionAxes",
  "useFastVariance",
  "dtype",
  "paramDtype",
  "scaleInit",
  "scaleMetadata",
  "biasInit",
  "biasMetadata",
];
