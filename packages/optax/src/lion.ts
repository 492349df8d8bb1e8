import { sign } from "@flaxen/autodiff";
import type { DType } from "@flaxen/dtype";
import { addDecayedWeightsAs } from "./add-decayed-weights.ts";
import type { AddDecayedWeightsOptions, DecayState } from "./add-decayed-weights.ts";
import { checkDecay, checkHyperparam, checkStateDType } from "./arguments.ts";
import { chainAs } from "./chain.ts";
import { increment, initialCount } from "./count.ts";
import type {
  CountState,
  EmptyState,
  GradientTransformation,
  TensorTree,
} from "./gradient-transformation.ts";
import type { Hyperparam, ScalarOrSchedule } from "./hyperparam.ts";
import { cast, rebuild, takeLeaves, takeMatching, zerosLikeParams } from "./leaves.ts";
import { blend, blendInto } from "./moments.ts";
import { scaleByLearningRateAs } from "./scale.ts";
import { checkState } from "./state.ts";

/** The numbers of the Lion rule. */
export interface ScaleByLionOptions {
  /** Weight of the mean in the update, in `[0, 1)`; 0.9 by default. */
  readonly b1?: Hyperparam;
  /** Decay rate of the running mean of the gradients, in `[0, 1)`; 0.99 by default. */
  readonly b2?: Hyperparam;
  /** Dtype in which the mean is stored; that of the parameters by default. */
  readonly muDtype?: DType | undefined;
}

/** The state of {@link scaleByLion}. */
export interface ScaleByLionState extends CountState {
  /** Running mean of the gradients, a tree like the parameters. */
  readonly mu: TensorTree;
}

/** Options of {@link lion}. */
export interface LionOptions extends ScaleByLionOptions, AddDecayedWeightsOptions {
  /**
   * Multiple of the parameters that is added to the updates, non-negative, or a schedule of it; 1e-3 by
   * default.
   */
  readonly weightDecay?: ScalarOrSchedule;
}

/** The state of {@link lion}: those of its rule, its decay and its learning rate. */
export type LionState = readonly [ScaleByLionState, DecayState, EmptyState | CountState];

/**
 * Builds the transformation that replaces each gradient by the sign of its mix with a running mean, the
 * Lion rule without a learning rate.
 *
 * `sign(b1 mu + (1 - b1) g)`, then `mu = b2 mu + (1 - b2) g`.
 *
 * @param options - `b1` (default 0.9) and `b2` (default 0.99) in `[0, 1)`; `muDtype` (default: that of
 *   the parameters), in which `mu` is stored between updates.
 * @returns A transformation whose state is `{ count, mu }`; its updates are -1, 0 or 1.
 * @throws {@link TypeError} if an option has the wrong type, or (in `init`) a parameter is not floating-point,
 *   or (in `update`) the updates have another structure than the state.
 * @throws {@link RangeError} if an option is out of its range, or (in `update`) the updates have other shapes
 *   than the state.
 * @see Chen et al. (2023), "Symbolic Discovery of Optimization Algorithms", algorithm 2.
 *   https://arxiv.org/abs/2302.06675
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { scaleByLion } from "@flaxen/optax";
 *
 * const tx = scaleByLion({ b2: 0.5 });
 * tx.update(array([4, -0.01, 0]), tx.init(array([0, 0, 0])))[0]; // => [1, -1, 0]
 * ```
 */
export function scaleByLion(
  options: ScaleByLionOptions = {},
): GradientTransformation<ScaleByLionState> {
  return scaleByLionAs("scaleByLion", options);
}

function scaleByLionAs(
  callee: string,
  { b1 = 0.9, b2 = 0.99, muDtype }: ScaleByLionOptions,
): GradientTransformation<ScaleByLionState> {
  checkHyperparam(checkDecay, callee, "b1", b1);
  checkHyperparam(checkDecay, callee, "b2", b2);
  checkStateDType(callee, "muDtype", muDtype);
  const owner = `${callee}.update`;
  return {
    init: (params) => ({
      count: initialCount(),
      mu: zerosLikeParams(`${callee}.init`, params, muDtype),
    }),
    update<T>(updates: T, state: ScaleByLionState): [T, ScaleByLionState] {
      checkState(owner, state, ["count", "mu"]);
      const means = takeLeaves(owner, "state.mu", state.mu);
      const { leaves, structure } = takeMatching(owner, "updates", updates, "the state", means);
      const signs = leaves.map((g, i) => cast(sign(blend(means.leaves[i], g, b1)), g.dtype));
      const mu = leaves.map((g, i) => blendInto(means.leaves[i], g, b2));
      const next = { count: increment(state.count), mu: rebuild<TensorTree>(structure, mu) };
      return [rebuild(structure, signs), next];
    },
  };
}

/**
 * Builds the Lion optimizer: every parameter moves by the learning rate, in the direction of a sign.
 *
 * `updates = -learningRate * (sign + weightDecay * params)`, where `sign` is the update of
 * {@link scaleByLion}. Its learning rate is best 3 to 10 times smaller than that of {@link adamw}, its
 * weight decay as much larger.
 *
 * @param learningRate - A non-negative finite number, a scalar tensor, or a schedule of the count
 *   from 0 on.
 * @param options - `b1` (default 0.9) and `b2` (default 0.99) in `[0, 1)`; `muDtype` (default: that of
 *   the parameters); `weightDecay` (default 1e-3, non-negative, or a schedule of the count from 0 on)
 *   and `mask` (default: all parameters decay), a tree of booleans or a function from the parameters to
 *   one.
 * @returns A transformation whose state is `[{ count, mu }, {}, {}]`, with the state of
 *   {@link addDecayedWeights} for a scheduled decay and `{ count }` last for a scheduled rate, and whose
 *   `update` needs the parameters.
 * @throws {@link TypeError} if an argument has the wrong type, or a tree another structure.
 * @throws {@link RangeError} if an argument is out of its range, or a leaf has another shape.
 * @throws {@link Error} (in `update`) if the parameters are missing.
 * @see Chen et al. (2023), "Symbolic Discovery of Optimization Algorithms", algorithm 2.
 *   https://arxiv.org/abs/2302.06675
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { lion } from "@flaxen/optax";
 *
 * const tx = lion(0.5, { weightDecay: 0.125 });
 * const params = array([4, 4]);
 * tx.update(array([100, 0]), tx.init(params), params)[0]; // => [-0.75, -0.25]
 * ```
 */
export function lion(
  learningRate: ScalarOrSchedule,
  { weightDecay = 1e-3, mask, ...options }: LionOptions = {},
): GradientTransformation<LionState> {
  return chainAs<LionState>(
    "lion",
    scaleByLionAs("lion", options),
    addDecayedWeightsAs("lion", weightDecay, { mask }),
    scaleByLearningRateAs("lion", learningRate),
  );
}
