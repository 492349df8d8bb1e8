import { addDecayedWeightsAs } from "./add-decayed-weights.ts";
import type { AddDecayedWeightsOptions, DecayState } from "./add-decayed-weights.ts";
import { chainAs } from "./chain.ts";
import type { CountState, EmptyState, GradientTransformation } from "./gradient-transformation.ts";
import { scaleByAdamAs } from "./scale-by-adam.ts";
import type { ScaleByAdamOptions, ScaleByAdamState } from "./scale-by-adam.ts";
import { scaleByLearningRateAs } from "./scale.ts";
import type { ScalarOrSchedule } from "./hyperparam.ts";

/** Options of {@link adamw}. */
export interface AdamwOptions extends ScaleByAdamOptions, AddDecayedWeightsOptions {
  /**
   * Multiple of the parameters that is added to the updates, non-negative, or a schedule of it; 1e-4 by
   * default.
   */
  readonly weightDecay?: ScalarOrSchedule;
}

/** The state of {@link adamw}: those of its rule, its decay and its learning rate. */
export type AdamwState = readonly [ScaleByAdamState, DecayState, EmptyState | CountState];

/**
 * Builds the AdamW optimizer: Adam with decoupled weight decay.
 *
 * `updates = -learningRate * (adam + weightDecay * params)`, where `adam` is the update of
 * {@link scaleByAdam}.
 *
 * @param learningRate - A non-negative finite number, a scalar tensor, or a schedule of the count
 *   from 0 on.
 * @param options - The options of {@link adam}, `weightDecay` (default 1e-4, non-negative, or a
 *   schedule of the count from 0 on) and `mask` (default: all parameters decay), a tree of booleans or a function from the parameters to
 *   one.
 * @returns A transformation whose state is `[{ count, mu, nu }, {}, {}]`, with the state of
 *   {@link addDecayedWeights} for a scheduled decay and `{ count }` last for a scheduled rate, and whose
 *   `update` needs the parameters.
 * @throws {@link TypeError} if an argument has the wrong type, or a tree another structure.
 * @throws {@link RangeError} if an argument is out of its range, or a leaf has another shape.
 * @throws {@link Error} (in `update`) if the parameters are missing.
 * @see Loshchilov and Hutter (2019), "Decoupled Weight Decay Regularization", algorithm 2.
 *   https://arxiv.org/abs/1711.05101. As in Optax, the decay is multiplied by the learning rate.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { adamw } from "@flaxen/optax";
 *
 * const tx = adamw(0.5, { weightDecay: 0.125 });
 * const params = array([4]);
 * const [updates] = tx.update(array([0]), tx.init(params), params);
 * updates; // => [-0.25]
 * ```
 */
export function adamw(
  learningRate: ScalarOrSchedule,
  { weightDecay = 1e-4, mask, ...options }: AdamwOptions = {},
): GradientTransformation<AdamwState> {
  return chainAs<AdamwState>(
    "adamw",
    scaleByAdamAs("adamw", options),
    addDecayedWeightsAs("adamw", weightDecay, { mask }),
    scaleByLearningRateAs("adamw", learningRate),
  );
}
