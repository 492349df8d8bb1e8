import { describe } from "@flaxen/dtype";
import { add, astype, multiply, reshape, stopGradient } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { full, normalizeAxis } from "@flaxen/ndarray";
import { checkInput, checkNumber } from "./arguments.ts";
import { promoteDtype } from "./dtypes.ts";
import { moments } from "./moments.ts";
import { NORM_OPTIONS, Norm, normalizeBy } from "./norm.ts";
import type { NormOptions } from "./norm.ts";
import { methodOf } from "./places.ts";
import type { Callee } from "./places.ts";
import { BatchStat } from "./variable-types.ts";

/** Settings of `BatchNorm`. */
export interface BatchNormOptions extends NormOptions {
  /**
   * Whether to normalise with the running statistics (evaluation) and not with those of the batch
   * (training); false by default. Null means that each call has to say.
   */
  readonly useRunningAverage?: boolean | null;
  /** The feature axis; -1 by default. */
  readonly axis?: number;
  /** Share of the old running statistics in the new ones, in [0, 1]; 0.99 by default. */
  readonly momentum?: number;
  /** Added to the variance, at least 0; 1e-5 by default. */
  readonly epsilon?: number;
}

/** Settings of one call of `BatchNorm.forward`. */
export interface BatchNormCall {
  /** Takes precedence over the attribute. */
  readonly useRunningAverage?: boolean;
  /** Booleans that broadcast to the input; only true elements enter the batch statistics. */
  readonly mask?: TensorLike | undefined;
}

/**
 * Batch normalisation: `y = (x - mean) / sqrt(var + epsilon) * scale + bias` for each feature.
 *
 * In training `mean` and `var` are those of the batch, taken over all axes but the feature axis in
 * at least float32, the variance without Bessel's correction; and the running statistics become
 * `momentum * old + (1 - momentum) * batch`, without a gradient. In evaluation the running
 * statistics are used and nothing is written.
 *
 * @see Ioffe and Szegedy (2015), "Batch normalization", algorithms 1 and 2.
 *   https://arxiv.org/abs/1502.03167. The running variance here is the biased one.
 *
 * @example
 * ```ts
 * import { BatchNorm, Rngs } from "@flaxen/nnx";
 *
 * const norm = new BatchNorm(1, { rngs: new Rngs(0), momentum: 0.5, epsilon: 0 });
 * norm.forward([[1], [3]]); // => [[-1], [1]]
 * norm.mean.value; // => [1]
 * norm.eval();
 * norm.forward([[1], [3]]); // => [[0], [2]]
 * ```
 */
export class BatchNorm extends Norm {
  /** Whether running statistics are used; null if each call has to say. */
  useRunningAverage: boolean | null;
  /** The feature axis. */
  readonly axis: number;
  /** Share of the old running statistics in the new ones. */
  readonly momentum: number;
  /** Running mean, float32 of shape `[numFeatures]`, zeros at first. */
  mean: BatchStat;
  /** Running variance, float32 of shape `[numFeatures]`, ones at first. */
  var: BatchStat;

  /**
   * Makes parameters and running statistics.
   *
   * @param numFeatures - size of the feature axis, at least 1.
   * @param options - see {@link BatchNormOptions}; `rngs` is required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown, or a dtype is not floating.
   * @throws {@link RangeError} if a number is outside its range.
   */
  constructor(numFeatures: number, options: BatchNormOptions) {
    super("BatchNorm", numFeatures, options, { names: OPTIONS, defaults: { epsilon: 1e-5 } });
    const { useRunningAverage = false, axis = -1, momentum = 0.99 } = options;
    const isShare = momentum >= 0 && momentum <= 1;
    checkNumber("BatchNorm", "axis", axis, Number.isSafeInteger(axis), "be an integer");
    checkNumber("BatchNorm", "momentum", momentum, isShare, "be in [0, 1]");
    this.useRunningAverage = useRunningAverage;
    this.axis = axis;
    this.momentum = momentum;
    this.mean = new BatchStat(full([numFeatures], 0, "float32"));
    this.var = new BatchStat(full([numFeatures], 1, "float32"));
  }

  /**
   * Normalises.
   *
   * @param x - any rank above 0, with `numFeatures` elements on the feature axis.
   * @param options - `useRunningAverage` overrides the attribute; `mask` restricts the statistics.
   * @returns the shape of `x`.
   * @throws {@link RangeError} if the feature axis of `x` is missing or has another size, or if there
   *   is no element to take statistics of.
   * @throws {@link Error} if `useRunningAverage` is given nowhere.
   */
  forward(x: TensorLike, { useRunningAverage, mask }: BatchNormCall = {}): Tensor {
    const callee = methodOf(this, "BatchNorm.forward");
    const input = checkInput(callee, x);
    const axis = normalizeAxis(callee, this.axis, input.ndim);
    if (input.shape[axis] !== this.numFeatures) {
      throw new RangeError(
        `${callee}: x must have numFeatures = ${this.numFeatures} on axis ${this.axis}, got shape ${describe(input.shape)}.`,
      );
    }
    const evaluation = checkMode(callee, useRunningAverage ?? this.useRunningAverage);
    const { scale, bias, dtype } = this;
    // The running statistics take part in the common dtype.
    const [h, runningMean, runningVar] = promoteDtype(
      [input, this.mean.value, this.var.value, scale?.value ?? null, bias?.value ?? null],
      { dtype },
    );
    const [mean, variance] = evaluation
      ? [runningMean, runningVar]
      : batchStatistics(callee, h, axis, this.useFastVariance, mask);
    if (!evaluation) {
      this.mean.value = average(this.mean.value, mean, this.momentum);
      this.var.value = average(this.var.value, variance, this.momentum);
    }
    const features = input.shape.map((n, i) => (i === axis ? n : 1));
    return normalizeBy(this, callee, h, features, () => [
      reshape(mean, features),
      reshape(variance, features),
    ]);
  }

  /** Takes the flag `useRunningAverage` of `view`. */
  setView(flags: { readonly useRunningAverage?: boolean }): readonly string[] {
    if (flags.useRunningAverage !== undefined) this.useRunningAverage = flags.useRunningAverage;
    return ["useRunningAverage"];
  }
}

function checkMode(callee: Callee, evaluation: boolean | null): boolean {
  if (evaluation !== null) return evaluation;
  throw new Error(
    `${callee}: useRunningAverage must be given, got null. Set it in the constructor, pass it to forward, or call train(), eval() or view().`,
  );
}

/** Mean and biased variance over all axes but one, in at least float32. */
function batchStatistics(
  callee: Callee,
  x: Tensor,
  axis: number,
  fast: boolean,
  mask: TensorLike | undefined,
): [Tensor, Tensor] {
  if (x.size === 0) {
    throw new RangeError(
      `${callee}: x must have at least one element for each feature in training, got shape ${describe(x.shape)}.`,
    );
  }
  const reduced = x.shape.map((_, i) => i).filter((i) => i !== axis);
  const statistics = moments(x, reduced, { fast, mask });
  return statistics.map((statistic) => reshape(statistic, [x.shape[axis]])) as [Tensor, Tensor];
}

function average(old: Tensor, batch: Tensor, momentum: number): Tensor {
  const mixed = add(multiply(momentum, old), multiply(1 - momentum, batch));
  return stopGradient(astype(mixed, old.dtype));
}

const OPTIONS: readonly string[] = [...NORM_OPTIONS, "useRunningAverage", "axis", "momentum"];
