import {
  add,
  divide,
  equal,
  lessEqual,
  logicalOr,
  multiply,
  sqrt,
  square,
  sum,
  where,
} from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { addDecayedWeightsAs } from "./add-decayed-weights.ts";
import type { DecayState } from "./add-decayed-weights.ts";
import type { AdamwOptions } from "./adamw.ts";
import { checkHyperparam, checkNonNegative } from "./arguments.ts";
import { chainAs } from "./chain.ts";
import type { CountState, EmptyState, GradientTransformation } from "./gradient-transformation.ts";
import { likeScalar } from "./hyperparam.ts";
import type { Hyperparam, ScalarOrSchedule } from "./hyperparam.ts";
import { rebuild, takeLeaves, takeMatching } from "./leaves.ts";
import { scaleByAdamAs } from "./scale-by-adam.ts";
import type { ScaleByAdamState } from "./scale-by-adam.ts";
import { scaleByLearningRateAs } from "./scale.ts";

/** Options of {@link scaleByTrustRatio}. */
export interface ScaleByTrustRatioOptions {
  /** The least that a norm counts as, non-negative; 0 by default. */
  readonly minNorm?: Hyperparam;
  /** Multiplies the ratio, non-negative; 1 by default. */
  readonly trustCoefficient?: Hyperparam;
  /** Added to the norm of the updates, non-negative; 0 by default. */
  readonly eps?: Hyperparam;
}

/** Options of {@link lamb}. */
export type LambOptions = Omit<AdamwOptions, "nesterov" | "muDtype">;

/** The state of {@link lamb}: those of its rule, its decay, its ratios and its learning rate. */
export type LambState = readonly [
  ScaleByAdamState,
  DecayState,
  EmptyState,
  EmptyState | CountState,
];

/**
 * Builds the transformation that gives the update of each parameter tensor a length in proportion to
 * that of the parameter.
 *
 * `updates * trustCoefficient * |params| / (|updates| + eps)` for each leaf, with Euclidean norms of at
 * least `minNorm`; a leaf stays as it is if one of the norms is 0.
 *
 * @param options - `minNorm` (default 0), `trustCoefficient` (default 1), `eps` (default 0),
 *   non-negative.
 * @returns A transformation whose state is `{}` and whose `update` needs the parameters.
 * @throws {@link TypeError} if an option is no number, or (in `update`) the parameters do not fit the updates.
 * @throws {@link RangeError} if an option is out of its range, or (in `update`) a leaf has another shape.
 * @throws {@link Error} (in `update`) if the parameters are missing.
 * @see You et al. (2020), "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes",
 *   algorithm 2, with the identity as its function phi. https://arxiv.org/abs/1904.00962. As in Optax,
 *   the options are additions.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { scaleByTrustRatio } from "@flaxen/optax";
 *
 * const params = array([6, 8]);
 * scaleByTrustRatio().update(array([0, 2]), {}, params)[0]; // => [0, 10]
 * ```
 */
export function scaleByTrustRatio(
  options: ScaleByTrustRatioOptions = {},
): GradientTransformation<EmptyState> {
  return scaleByTrustRatioAs("scaleByTrustRatio", options);
}

function scaleByTrustRatioAs(
  callee: string,
  { minNorm = 0, trustCoefficient = 1, eps = 0 }: ScaleByTrustRatioOptions,
): GradientTransformation<EmptyState> {
  checkHyperparam(checkNonNegative, callee, "minNorm", minNorm);
  checkHyperparam(checkNonNegative, callee, "trustCoefficient", trustCoefficient);
  checkHyperparam(checkNonNegative, callee, "eps", eps);
  const owner = `${callee}.update`;
  return {
    init: () => ({}),
    update<T>(updates: T, state: EmptyState, params?: unknown): [T, EmptyState] {
      if (params === undefined) {
        throw new Error(
          `${owner}: params must be given to measure them, got undefined. Call update(updates, state, params).`,
        );
      }
      const taken = takeLeaves(owner, "updates", updates);
      const { leaves } = takeMatching(owner, "params", params, "updates", taken);
      const scaled = taken.leaves.map((g, i) => {
        const [size, length] = [normAtLeast(leaves[i], minNorm), normAtLeast(g, minNorm)];
        const isZero = logicalOr(equal(size, 0), equal(length, 0));
        // 1 in place of a norm of 0 keeps the slope of the quotient finite there.
        const ratio = divide(multiply(size, trustCoefficient), add(where(isZero, 1, length), eps));
        return multiply(g, likeScalar(where(isZero, 1, ratio), 1, g));
      });
      return [rebuild(taken.structure, scaled), state];
    },
  };
}

/** The larger of a norm and `least`, with a slope of 0 where that is `least`. */
function normAtLeast(x: Tensor, least: Hyperparam): Tensor {
  const squares = sum(square(x));
  const isSmall = lessEqual(sqrt(squares), least);
  return where(isSmall, least, sqrt(where(isSmall, 1, squares)));
}

/**
 * Builds the LAMB optimizer: {@link adamw} with steps whose length follows that of each parameter
 * tensor, for large batches.
 *
 * `updates = -learningRate * ratio * (adam + weightDecay * params)`, where `adam` is the update of
 * {@link scaleByAdam} and `ratio` that of {@link scaleByTrustRatio}.
 *
 * @param learningRate - A non-negative finite number, a scalar tensor, or a schedule of the count
 *   from 0 on.
 * @param options - `b1` (default 0.9) and `b2` (default 0.999) in `[0, 1)`, `eps` (default 1e-6) and
 *   `epsRoot` (default 0) non-negative; `weightDecay` (default 0, non-negative, or a schedule of the
 *   count from 0 on) and `mask` (default: all parameters decay), a tree of booleans or a function from
 *   the parameters to one.
 * @returns A transformation whose state is `[{ count, mu, nu }, {}, {}, {}]`, with the state of
 *   {@link addDecayedWeights} for a scheduled decay and `{ count }` last for a scheduled rate, and whose
 *   `update` needs the parameters.
 * @throws {@link TypeError} if an argument has the wrong type, or a tree another structure.
 * @throws {@link RangeError} if an argument is out of its range, or a leaf has another shape.
 * @throws {@link Error} (in `update`) if the parameters are missing.
 * @see You et al. (2020), "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes",
 *   algorithm 2, with the identity as its function phi. https://arxiv.org/abs/1904.00962
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { lamb } from "@flaxen/optax";
 *
 * const tx = lamb(0.5);
 * const params = array([6, 8]);
 * const [updates] = tx.update(array([0.01, 0]), tx.init(params), params);
 * updates; // => [-5, -0]
 * ```
 */
export function lamb(
  learningRate: ScalarOrSchedule,
  { weightDecay = 0, mask, eps = 1e-6, ...options }: LambOptions = {},
): GradientTransformation<LambState> {
  return chainAs<LambState>(
    "lamb",
    scaleByAdamAs("lamb", { ...options, eps }),
    addDecayedWeightsAs("lamb", weightDecay, { mask }),
    scaleByTrustRatioAs("lamb", {}),
    scaleByLearningRateAs("lamb", learningRate),
  );
}
