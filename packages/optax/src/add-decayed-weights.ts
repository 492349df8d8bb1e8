import { checkScheduled } from "./arguments.ts";
import { increment, initialCount } from "./count.ts";
import type { CountState, EmptyState, GradientTransformation } from "./gradient-transformation.ts";
import { likeScalar, valueAt } from "./hyperparam.ts";
import type { Hyperparam, ScalarOrSchedule } from "./hyperparam.ts";
import { rebuild, takeLeaves, takeMatching } from "./leaves.ts";
import { maskLeaves } from "./mask.ts";
import type { Mask } from "./mask.ts";
import type { MaskedState } from "./masked.ts";
import { addScaled } from "./moments.ts";
import { checkState } from "./state.ts";

/** Options of {@link addDecayedWeights}. */
export interface AddDecayedWeightsOptions {
  /**
   * Which parameters decay: a tree of booleans, or a function from the parameters to one. A boolean
   * in place of a subtree stands for all of it. By default all decay.
   */
  readonly mask?: Mask | undefined;
}

/** The state of {@link addDecayedWeights}: it counts when the decay is a schedule. */
export type DecayState = EmptyState | CountState | MaskedState<CountState>;

/**
 * Builds the transformation that adds a multiple of the parameters to the updates.
 *
 * `updates + weightDecay * params`. After an adaptive rule and before the learning rate this is
 * decoupled weight decay.
 *
 * @param weightDecay - A non-negative finite number, a scalar tensor, or a schedule of the count from
 *   0 on; 0 by default.
 * @param options - `mask`, a tree of booleans, or a function from the parameters to one, that says
 *   which parameters decay; by default all.
 * @returns A transformation whose `update` needs the parameters and whose state is `{}` or, for a
 *   schedule, `{ count }`, with a mask `{ innerState: { count } }`.
 * @throws {@link TypeError} if `weightDecay` is neither number nor tensor nor function, or (in `update`) the mask or the
 *   parameters do not fit the updates.
 * @throws {@link RangeError} if `weightDecay` is a negative or not finite number, or a tensor that is no
 *   scalar.
 * @throws {@link Error} (in `update`) if the parameters are missing.
 * @see Loshchilov and Hutter (2019), "Decoupled Weight Decay Regularization", algorithm 2.
 *   https://arxiv.org/abs/1711.05101
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { addDecayedWeights } from "@flaxen/optax";
 *
 * const params = { bias: array([8]), kernel: array([4]) };
 * const grads = { bias: array([1]), kernel: array([1]) };
 * const tx = addDecayedWeights(0.5, { mask: { bias: false, kernel: true } });
 * tx.update(grads, tx.init(params), params)[0]; // => { bias: [1], kernel: [3] }
 * ```
 */
export function addDecayedWeights(
  weightDecay: ScalarOrSchedule = 0,
  options: AddDecayedWeightsOptions = {},
): GradientTransformation<DecayState> {
  return addDecayedWeightsAs("addDecayedWeights", weightDecay, options);
}

/** {@link addDecayedWeights} as a part of the optimizer `callee`, which messages name. */
export function addDecayedWeightsAs(
  callee: string,
  weightDecay: ScalarOrSchedule,
  { mask }: AddDecayedWeightsOptions,
): GradientTransformation<DecayState> {
  checkScheduled(callee, "weightDecay", weightDecay);
  const owner = `${callee}.update`;
  if (typeof weightDecay !== "function") {
    return {
      init: () => ({}),
      update<T>(updates: T, state: DecayState, params?: unknown): [T, DecayState] {
        return [decay(owner, updates, params, mask, weightDecay), state];
      },
    };
  }
  // Under a mask the count sits one level deeper, as in Optax, so that saved states agree.
  const wrap = (state: CountState): DecayState =>
    mask === undefined ? state : { innerState: state };
  return {
    init: () => wrap({ count: initialCount() }),
    update<T>(updates: T, state: DecayState, params?: unknown): [T, DecayState] {
      if (mask !== undefined) checkState(owner, state, ["innerState"]);
      const inner = mask === undefined ? state : (state as MaskedState<CountState>).innerState;
      checkState(owner, inner, ["count"]);
      const { count } = inner as CountState;
      const factor = valueAt(owner, "weightDecay", weightDecay, count);
      return [decay(owner, updates, params, mask, factor), wrap({ count: increment(count) })];
    },
  };
}

/** `updates + factor * params` where the mask says so. */
function decay<T>(
  owner: string,
  updates: T,
  params: unknown,
  mask: Mask | undefined,
  factor: Hyperparam,
): T {
  if (params === undefined) {
    throw new Error(
      `${owner}: params must be given to decay them, got undefined. Call update(updates, state, params).`,
    );
  }
  const gradients = takeLeaves(owner, "updates", updates);
  const { leaves, structure } = takeMatching(owner, "params", params, "updates", gradients);
  const value = typeof mask === "function" ? mask(params) : mask;
  const decays =
    mask === undefined
      ? undefined
      : maskLeaves({ callee: owner, argument: "mask", value, owner: "params", structure });
  if (factor === 0) return updates;
  const decayed = gradients.leaves.map((g, i) => {
    if (decays?.[i] === false) return g;
    return addScaled(g, leaves[i], likeScalar(factor, 1, leaves[i]));
  });
  return rebuild(structure, decayed);
}
