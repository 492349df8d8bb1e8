import {
  add,
  divide,
  maximum,
  multiply,
  reciprocal,
  rsqrt,
  sqrt,
  square,
  subtract,
} from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { checkBoolean, checkDecay, checkHyperparam, checkNonNegative } from "./arguments.ts";
import { increment, initialCount } from "./count.ts";
import type { CountState, GradientTransformation, TensorTree } from "./gradient-transformation.ts";
import type { Hyperparam } from "./hyperparam.ts";
import {
  cast,
  fullLikeParams,
  rebuild,
  takeLeaves,
  takeMatching,
  zerosLikeParams,
} from "./leaves.ts";
import { biasOf, blendInto, blendSquare, oncePerDType } from "./moments.ts";
import { checkState } from "./state.ts";

/** The numbers of the RMSProp rule. */
export interface ScaleByRmsOptions {
  /** Decay rate of the running means, in `[0, 1)`; 0.9 by default. */
  readonly decay?: Hyperparam;
  /** Added to the denominator, non-negative; 1e-8 by default. */
  readonly eps?: Hyperparam;
  /** The mean of the squares before the first update, non-negative; 0 by default. */
  readonly initialScale?: number;
  /** Whether `eps` is added under the square root and not to it; `true` by default. */
  readonly epsInSqrt?: boolean;
  /** Whether the means are corrected for their start at 0; `false` by default. */
  readonly biasCorrection?: boolean;
}

/** The state of {@link scaleByRms}. */
export interface ScaleByRmsState {
  /** Updates so far, an int32 scalar; there only with `biasCorrection`. */
  readonly count?: Tensor;
  /** Running mean of the squared gradients, a tree like the parameters. */
  readonly nu: TensorTree;
}

/** The state of {@link scaleByStddev}. */
export interface ScaleByStddevState extends ScaleByRmsState {
  /** Running mean of the gradients, a tree like the parameters. */
  readonly mu: TensorTree;
}

/**
 * Builds the transformation that divides each gradient by the root of the running mean of its squares,
 * the RMSProp rule without a learning rate.
 *
 * `nu = decay nu + (1 - decay) g^2`, then `g / sqrt(nu + eps)`, or `g / (sqrt(nu) + eps)` without
 * `epsInSqrt`. With `biasCorrection`, `nu / (1 - decay^t)` is in place of `nu`.
 *
 * @param options - `decay` (default 0.9) in `[0, 1)`, `eps` (default 1e-8) and `initialScale` (default
 *   0) non-negative, `epsInSqrt` (default `true`), `biasCorrection` (default `false`).
 * @returns A transformation whose state is `{ nu }`, or `{ count, nu }` with `biasCorrection`.
 * @throws {@link TypeError} if an option has the wrong type, or (in `init`) a parameter is not floating-point,
 *   or (in `update`) the updates have another structure than the state.
 * @throws {@link RangeError} if an option is out of its range, or (in `update`) the updates have other shapes
 *   than the state.
 * @see Tieleman and Hinton (2012), "Lecture 6.5: rmsprop", slide 29.
 *   https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf. As in Optax, the options
 *   are additions.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { scaleByRms } from "@flaxen/optax";
 *
 * const tx = scaleByRms({ decay: 0.75, eps: 0 });
 * tx.update(array([4, -8]), tx.init(array([0, 0]))); // => [[2, -2], { nu: [4, 16] }]
 * ```
 */
export function scaleByRms(
  options: ScaleByRmsOptions = {},
): GradientTransformation<ScaleByRmsState> {
  return scaleByRmsAs("scaleByRms", options);
}

/** {@link scaleByRms} as a part of the optimizer `callee`, which messages name. */
export function scaleByRmsAs(
  callee: string,
  options: ScaleByRmsOptions,
): GradientTransformation<ScaleByRmsState> {
  const rule = checkRule(callee, options);
  const { decay, initialScale, biasCorrection } = rule;
  const owner = `${callee}.update`;
  return {
    init(params) {
      const nu = fullLikeParams(`${callee}.init`, params, initialScale);
      return biasCorrection ? { count: initialCount(), nu } : { nu };
    },
    update<T>(updates: T, state: ScaleByRmsState): [T, ScaleByRmsState] {
      checkState(owner, state, biasCorrection ? ["count", "nu"] : ["nu"]);
      const squares = takeLeaves(owner, "state.nu", state.nu);
      const { leaves, structure } = takeMatching(owner, "updates", updates, "the state", squares);
      const next = counted(biasCorrection, state);
      const correct = correction(decay, next);
      const nu = leaves.map((g, i) => blendSquare(squares.leaves[i], g, decay));
      const scaled = leaves.map((g, i) => normalize(g, correct(nu[i]), rule));
      return [rebuild(structure, scaled), { ...next, nu: rebuild<TensorTree>(structure, nu) }];
    },
  };
}

/**
 * Builds the transformation that divides each gradient by its running standard deviation, the centered
 * RMSProp rule without a learning rate.
 *
 * `mu = decay mu + (1 - decay) g`, `nu = decay nu + (1 - decay) g^2`, then
 * `g / sqrt(nu - mu^2 + eps)`, or `g / (sqrt(nu - mu^2) + eps)` without `epsInSqrt`. With
 * `biasCorrection`, both means are divided by `1 - decay^t`.
 *
 * @param options - Those of {@link scaleByRms}.
 * @returns A transformation whose state is `{ mu, nu }`, or `{ count, mu, nu }` with `biasCorrection`.
 * @throws {@link TypeError} if an option has the wrong type, or (in `init`) a parameter is not floating-point,
 *   or (in `update`) the updates have another structure than the state.
 * @throws {@link RangeError} if an option is out of its range, or (in `update`) the updates have other shapes
 *   than the state.
 * @see Graves (2013), "Generating Sequences With Recurrent Neural Networks", equations 38 to 40.
 *   https://arxiv.org/abs/1308.0850. A variance that rounding makes negative counts as 0; in Optax it
 *   gives NaN.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { scaleByStddev } from "@flaxen/optax";
 *
 * const tx = scaleByStddev({ decay: 0.5, eps: 0 });
 * tx.update(array([4, -8]), tx.init(array([0, 0])))[0]; // => [2, -2]
 * ```
 */
export function scaleByStddev(
  options: ScaleByRmsOptions = {},
): GradientTransformation<ScaleByStddevState> {
  return scaleByStddevAs("scaleByStddev", options);
}

/** {@link scaleByStddev} as a part of the optimizer `callee`, which messages name. */
export function scaleByStddevAs(
  callee: string,
  options: ScaleByRmsOptions,
): GradientTransformation<ScaleByStddevState> {
  const rule = checkRule(callee, options);
  const { decay, initialScale, biasCorrection } = rule;
  const owner = `${callee}.update`;
  return {
    init(params) {
      const mu = zerosLikeParams(`${callee}.init`, params);
      const nu = fullLikeParams(`${callee}.init`, params, initialScale);
      return biasCorrection ? { count: initialCount(), mu, nu } : { mu, nu };
    },
    update<T>(updates: T, state: ScaleByStddevState): [T, ScaleByStddevState] {
      checkState(owner, state, biasCorrection ? ["count", "mu", "nu"] : ["mu", "nu"]);
      const means = takeLeaves(owner, "state.mu", state.mu);
      const squares = takeMatching(owner, "state.nu", state.nu, "state.mu", means);
      const { leaves, structure } = takeMatching(owner, "updates", updates, "the state", means);
      const next = counted(biasCorrection, state);
      const correct = correction(decay, next);
      const mu = leaves.map((g, i) => blendInto(means.leaves[i], g, decay));
      const nu = leaves.map((g, i) => blendSquare(squares.leaves[i], g, decay));
      const scaled = leaves.map((g, i) => {
        const variance = subtract(correct(nu[i]), square(correct(mu[i])));
        return normalize(g, maximum(variance, 0), rule);
      });
      const trees = {
        mu: rebuild<TensorTree>(structure, mu),
        nu: rebuild<TensorTree>(structure, nu),
      };
      return [rebuild(structure, scaled), { ...next, ...trees }];
    },
  };
}

function checkRule(
  callee: string,
  {
    decay = 0.9,
    eps = 1e-8,
    initialScale = 0,
    epsInSqrt = true,
    biasCorrection = false,
  }: ScaleByRmsOptions,
): Required<ScaleByRmsOptions> {
  checkHyperparam(checkDecay, callee, "decay", decay);
  checkHyperparam(checkNonNegative, callee, "eps", eps);
  checkNonNegative(callee, "initialScale", initialScale);
  checkBoolean(callee, "epsInSqrt", epsInSqrt);
  checkBoolean(callee, "biasCorrection", biasCorrection);
  return { decay, eps, initialScale, epsInSqrt, biasCorrection };
}

/** The count of the next state, for a rule that has one. */
function counted(biasCorrection: boolean, { count }: ScaleByRmsState): Partial<CountState> {
  return biasCorrection ? { count: increment(count as Tensor) } : {};
}

/** Corrects running means for their start at 0 if there is a count. */
function correction(decay: Hyperparam, { count }: Partial<CountState>): (mean: Tensor) => Tensor {
  if (count === undefined) return (mean) => mean;
  const factor = oncePerDType((dtype) => cast(biasOf(decay, count, dtype), dtype));
  return (mean) => divide(mean, factor(mean.dtype));
}

/** The gradient over the root of `nu`, in the dtype of the state. */
function normalize(
  g: Tensor,
  nu: Tensor,
  { eps, epsInSqrt }: Pick<Required<ScaleByRmsOptions>, "eps" | "epsInSqrt">,
): Tensor {
  const factor = epsInSqrt ? rsqrt(add(nu, eps)) : reciprocal(add(sqrt(nu), eps));
  return cast(multiply(g, factor), nu.dtype);
}
