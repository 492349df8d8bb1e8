import { add, greater, multiply, rsqrt, square, where } from "@flaxen/autodiff";
import { checkHyperparam, checkNonNegative } from "./arguments.ts";
import { chainAs } from "./chain.ts";
import type {
  CountState,
  EmptyState,
  GradientTransformation,
  TensorTree,
} from "./gradient-transformation.ts";
import type { Hyperparam, ScalarOrSchedule } from "./hyperparam.ts";
import { cast, fullLikeParams, rebuild, takeLeaves, takeMatching } from "./leaves.ts";
import { scaleByLearningRateAs } from "./scale.ts";
import { checkState } from "./state.ts";

/** The numbers of the Adagrad rule. */
export interface ScaleByRssOptions {
  /** The sum of the squares before the first update, non-negative; 0.1 by default. */
  readonly initialAccumulatorValue?: number;
  /** Added under the square root, non-negative; 1e-7 by default. */
  readonly eps?: Hyperparam;
}

/** The state of {@link scaleByRss}. */
export interface ScaleByRssState {
  /** Sum of the squared gradients, a tree like the parameters. */
  readonly sumOfSquares: TensorTree;
}

/** The state of {@link adagrad}: that of its rule, then that of its learning rate. */
export type AdagradState = readonly [ScaleByRssState, EmptyState | CountState];

/**
 * Builds the transformation that divides each gradient by the root of the sum of all its squares, the
 * Adagrad rule without a learning rate.
 *
 * `sumOfSquares = sumOfSquares + g^2`, then `g / sqrt(sumOfSquares + eps)`, or 0 while the sum is 0.
 *
 * @param options - `initialAccumulatorValue` (default 0.1) and `eps` (default 1e-7), non-negative.
 * @returns A transformation whose state is `{ sumOfSquares }`, in the dtype of the parameters.
 * @throws {@link TypeError} if an option is no number, or (in `init`) a parameter is not floating-point, or
 *   (in `update`) the updates have another structure than the state.
 * @throws {@link RangeError} if an option is out of its range, or (in `update`) the updates have other shapes
 *   than the state.
 * @see Duchi et al. (2011), "Adaptive Subgradient Methods for Online Learning and Stochastic
 *   Optimization", figure 1 with diagonal matrices. https://jmlr.org/papers/v12/duchi11a.html. As in
 *   Optax, the sum starts above 0.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { scaleByRss } from "@flaxen/optax";
 *
 * const tx = scaleByRss({ initialAccumulatorValue: 12, eps: 0 });
 * tx.update(array([2, 0]), tx.init(array([0, 0]))); // => [[0.5, 0], { sumOfSquares: [16, 12] }]
 * ```
 */
export function scaleByRss(
  options: ScaleByRssOptions = {},
): GradientTransformation<ScaleByRssState> {
  return scaleByRssAs("scaleByRss", options);
}

function scaleByRssAs(
  callee: string,
  { initialAccumulatorValue = 0.1, eps = 1e-7 }: ScaleByRssOptions,
): GradientTransformation<ScaleByRssState> {
  checkNonNegative(callee, "initialAccumulatorValue", initialAccumulatorValue);
  checkHyperparam(checkNonNegative, callee, "eps", eps);
  const owner = `${callee}.update`;
  return {
    init: (params) => ({
      sumOfSquares: fullLikeParams(`${callee}.init`, params, initialAccumulatorValue),
    }),
    update<T>(updates: T, state: ScaleByRssState): [T, ScaleByRssState] {
      checkState(owner, state, ["sumOfSquares"]);
      const sums = takeLeaves(owner, "state.sumOfSquares", state.sumOfSquares);
      const { leaves, structure } = takeMatching(owner, "updates", updates, "the state", sums);
      const next = leaves.map((g, i) => {
        const sum = sums.leaves[i];
        return cast(add(square(g), sum), sum.dtype);
      });
      const scaled = leaves.map((g, i) => {
        // 1 in place of a sum of 0 keeps the slope of the root finite there.
        const isPositive = greater(next[i], 0);
        const factor = where(isPositive, rsqrt(add(where(isPositive, next[i], 1), eps)), 0);
        return cast(multiply(factor, g), next[i].dtype);
      });
      return [rebuild(structure, scaled), { sumOfSquares: rebuild<TensorTree>(structure, next) }];
    },
  };
}

/**
 * Builds the Adagrad optimizer: steps that shrink with the sum of all squared gradients.
 *
 * `updates = -learningRate * g / sqrt(sumOfSquares + eps)` with the sum of {@link scaleByRss}.
 *
 * @param learningRate - A non-negative finite number, a scalar tensor, or a schedule of the count
 *   from 0 on.
 * @param options - `initialAccumulatorValue` (default 0.1) and `eps` (default 1e-7), non-negative.
 * @returns A transformation whose state is `[{ sumOfSquares }, {}]`, with `{ count }` last for a
 *   scheduled rate.
 * @throws {@link TypeError} if an argument has the wrong type, or (in `init`) a parameter is not
 *   floating-point, or (in `update`) the updates have another structure than the state.
 * @throws {@link RangeError} if an argument is out of its range, or (in `update`) the updates have other shapes
 *   than the state.
 * @see Duchi et al. (2011), "Adaptive Subgradient Methods for Online Learning and Stochastic
 *   Optimization", figure 1 with diagonal matrices. https://jmlr.org/papers/v12/duchi11a.html
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { adagrad } from "@flaxen/optax";
 *
 * const tx = adagrad(0.5, { initialAccumulatorValue: 0, eps: 0 });
 * const params = array([1, 1]);
 * tx.update(array([4, -8]), tx.init(params))[0]; // => [-0.5, 0.5]
 * ```
 */
export function adagrad(
  learningRate: ScalarOrSchedule,
  options: ScaleByRssOptions = {},
): GradientTransformation<AdagradState> {
  return chainAs<AdagradState>(
    "adagrad",
    scaleByRssAs("adagrad", options),
    scaleByLearningRateAs("adagrad", learningRate),
  );
}
