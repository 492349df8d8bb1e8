import { add, divide, multiply, sqrt } from "@flaxen/autodiff";
import { addDecayedWeightsAs } from "./add-decayed-weights.ts";
import type { AddDecayedWeightsOptions, DecayState } from "./add-decayed-weights.ts";
import { checkDecay, checkHyperparam, checkNonNegative } from "./arguments.ts";
import { chainAs } from "./chain.ts";
import type {
  CountState,
  EmptyState,
  GradientTransformation,
  TensorTree,
} from "./gradient-transformation.ts";
import type { Hyperparam, ScalarOrSchedule } from "./hyperparam.ts";
import { cast, rebuild, takeLeaves, takeMatching, zerosLikeParams } from "./leaves.ts";
import { blendSquare } from "./moments.ts";
import { scaleByLearningRateAs } from "./scale.ts";
import { checkState } from "./state.ts";

/** The numbers of the Adadelta rule. */
export interface ScaleByAdadeltaOptions {
  /** Decay rate of both running means, in `[0, 1)`; 0.9 by default. */
  readonly rho?: Hyperparam;
  /** Added under both square roots, non-negative; 1e-6 by default. */
  readonly eps?: Hyperparam;
}

/** The state of {@link scaleByAdadelta}. */
export interface ScaleByAdadeltaState {
  /** Running mean of the squared gradients, a tree like the parameters. */
  readonly eG: TensorTree;
  /** Running mean of the squared updates, a tree like the parameters. */
  readonly eX: TensorTree;
}

/** Options of {@link adadelta}. */
export interface AdadeltaOptions extends ScaleByAdadeltaOptions {
  /**
   * Multiple of the parameters that is added to the gradients, non-negative, or a schedule of it; 0 by
   * default.
   */
  readonly weightDecay?: ScalarOrSchedule;
  /** Which parameters decay, as in {@link AddDecayedWeightsOptions}; by default all. */
  readonly weightDecayMask?: AddDecayedWeightsOptions["mask"];
}

/** The state of {@link adadelta}: those of its decay, its rule and its learning rate. */
export type AdadeltaState = readonly [DecayState, ScaleByAdadeltaState, EmptyState | CountState];

/**
 * Builds the transformation that gives the updates the size of recent updates, the Adadelta rule
 * without a learning rate.
 *
 * `eG = rho eG + (1 - rho) g^2`, `updates = sqrt(eX + eps) / sqrt(eG + eps) * g`, then
 * `eX = rho eX + (1 - rho) updates^2`.
 *
 * @param options - `rho` (default 0.9) in `[0, 1)`, `eps` (default 1e-6) non-negative.
 * @returns A transformation whose state is `{ eG, eX }`, in the dtype of the parameters.
 * @throws {@link TypeError} if an option is no number, or (in `init`) a parameter is not floating-point, or
 *   (in `update`) the updates have another structure than the state.
 * @throws {@link RangeError} if an option is out of its range, or (in `update`) the updates have other shapes
 *   than the state.
 * @see Zeiler (2012), "ADADELTA: An Adaptive Learning Rate Method", algorithm 1.
 *   https://arxiv.org/abs/1212.5701
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { scaleByAdadelta } from "@flaxen/optax";
 *
 * const tx = scaleByAdadelta({ rho: 0.75, eps: 1 });
 * const [updates] = tx.update(array([0, 4]), tx.init(array([0, 0])));
 * updates; // => Array([0.       , 1.7888544], dtype=float32)
 * ```
 */
export function scaleByAdadelta(
  options: ScaleByAdadeltaOptions = {},
): GradientTransformation<ScaleByAdadeltaState> {
  return scaleByAdadeltaAs("scaleByAdadelta", options);
}

function scaleByAdadeltaAs(
  callee: string,
  { rho = 0.9, eps = 1e-6 }: ScaleByAdadeltaOptions,
): GradientTransformation<ScaleByAdadeltaState> {
  checkHyperparam(checkDecay, callee, "rho", rho);
  checkHyperparam(checkNonNegative, callee, "eps", eps);
  const owner = `${callee}.update`;
  return {
    init: (params) => ({
      eG: zerosLikeParams(`${callee}.init`, params),
      eX: zerosLikeParams(`${callee}.init`, params),
    }),
    update<T>(updates: T, state: ScaleByAdadeltaState): [T, ScaleByAdadeltaState] {
      checkState(owner, state, ["eG", "eX"]);
      const squares = takeLeaves(owner, "state.eG", state.eG);
      const steps = takeMatching(owner, "state.eX", state.eX, "state.eG", squares);
      const { leaves, structure } = takeMatching(owner, "updates", updates, "the state", squares);
      const eG = leaves.map((g, i) => blendSquare(squares.leaves[i], g, rho));
      const scaled = leaves.map((g, i) => {
        const ratio = divide(sqrt(add(steps.leaves[i], eps)), sqrt(add(eG[i], eps)));
        return cast(multiply(ratio, g), eG[i].dtype);
      });
      const eX = scaled.map((u, i) => blendSquare(steps.leaves[i], u, rho));
      const next = {
        eG: rebuild<TensorTree>(structure, eG),
        eX: rebuild<TensorTree>(structure, eX),
      };
      return [rebuild(structure, scaled), next];
    },
  };
}

/**
 * Builds the Adadelta optimizer: steps of the size of recent steps, which needs no learning rate.
 *
 * `updates = -learningRate * adadelta(g + weightDecay * params)`, where `adadelta` is the rule of
 * {@link scaleByAdadelta}.
 *
 * @param learningRate - A non-negative finite number, a scalar tensor, or a schedule of the count
 *   from 0 on; 1 gives the algorithm of the paper.
 * @param options - `rho` (default 0.9) in `[0, 1)`, `eps` (default 1e-6) non-negative; `weightDecay`
 *   (default 0, non-negative, or a schedule of the count from 0 on) and `weightDecayMask` (default: all
 *   parameters decay), a tree of booleans or a function from the parameters to one.
 * @returns A transformation whose state is `[{}, { eG, eX }, {}]`, with the state of
 *   {@link addDecayedWeights} for a scheduled decay and `{ count }` last for a scheduled rate, and whose
 *   `update` needs the parameters.
 * @throws {@link TypeError} if an argument has the wrong type, or a tree another structure.
 * @throws {@link RangeError} if an argument is out of its range, or a leaf has another shape.
 * @throws {@link Error} (in `update`) if the parameters are missing.
 * @see Zeiler (2012), "ADADELTA: An Adaptive Learning Rate Method", algorithm 1.
 *   https://arxiv.org/abs/1212.5701. As in Optax, learning rate and weight decay are additions.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { adadelta } from "@flaxen/optax";
 *
 * const tx = adadelta(1, { rho: 0 });
 * const params = array([1]);
 * const [updates] = tx.update(array([50]), tx.init(params), params);
 * updates; // => Array([-0.001], dtype=float32)
 * ```
 */
export function adadelta(
  learningRate: ScalarOrSchedule,
  { weightDecay = 0, weightDecayMask, ...options }: AdadeltaOptions = {},
): GradientTransformation<AdadeltaState> {
  return chainAs<AdadeltaState>(
    "adadelta",
    addDecayedWeightsAs("adadelta", weightDecay, { mask: weightDecayMask }),
    scaleByAdadeltaAs("adadelta", options),
    scaleByLearningRateAs("adadelta", learningRate),
  );
}
