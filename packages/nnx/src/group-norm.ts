import { describe } from "@flaxen/dtype";
import { broadcastTo, reshape } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { normalizeAxes } from "@flaxen/ndarray";
import { checkAxes, checkInput, checkSize } from "./arguments.ts";
import { featureShape, moments } from "./moments.ts";
import { NORM_OPTIONS, Norm, normalizeBy } from "./norm.ts";
import type { NormCall, NormOptions } from "./norm.ts";
import { methodOf } from "./places.ts";
import type { Callee } from "./places.ts";

/** Settings of `GroupNorm`. */
export interface GroupNormOptions extends NormOptions {
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
export class GroupNorm extends Norm {
  /** Number of groups. */
  readonly numGroups: number;
  /** Number of features in a group. */
  readonly groupSize: number;
  /** The axes that mean and variance are taken over; null for all but the first. */
  readonly reductionAxes: readonly number[] | null;

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
    super("GroupNorm", numFeatures, options, { names: OPTIONS });
    const { numGroups = null, groupSize = null, reductionAxes } = options;
    if (reductionAxes !== undefined) checkAxes("GroupNorm", "reductionAxes", reductionAxes);
    this.groupSize = sizeOfGroup(numFeatures, numGroups, groupSize);
    this.numGroups = numFeatures / this.groupSize;
    this.reductionAxes = reductionAxes ?? null;
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
    const callee = methodOf(this, "GroupNorm.forward");
    const input = checkInput(callee, x);
    const axes = groupAxes(callee, input, this.reductionAxes);
    const features = featureShape(callee, input, -1, this.numFeatures);
    const grouped = [...input.shape.slice(0, -1), this.numGroups, this.groupSize];
    const chosen = mask === undefined ? mask : reshape(broadcastTo(mask, input.shape), grouped);
    return normalizeBy(this, callee, input, features, (h) => {
      const how = { fast: this.useFastVariance, mask: chosen };
      const [mean, variance] = moments(reshape(h, grouped), axes, how);
      return [spread(mean, this.groupSize), spread(variance, this.groupSize)];
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

const OPTIONS: readonly string[] = [...NORM_OPTIONS, "numGroups", "groupSize", "reductionAxes"];
