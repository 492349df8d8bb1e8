import { chainAs } from "./chain.ts";
import type { CountState, EmptyState, GradientTransformation } from "./gradient-transformation.ts";
import { scaleByAdamAs } from "./scale-by-adam.ts";
import type { ScaleByAdamOptions, ScaleByAdamState } from "./scale-by-adam.ts";
import { scaleByLearningRateAs } from "./scale.ts";
import type { ScalarOrSchedule } from "./hyperparam.ts";

/** The state of {@link adam}: that of its rule, then that of its learning rate. */
export type AdamState = readonly [ScaleByAdamState, EmptyState | CountState];

/**
 * Builds the Adam optimizer: steps of about the learning rate, whatever the size of the gradients.
 *
 * `updates = -learningRate * mu / (1 - b1^t) / (sqrt(nu / (1 - b2^t) + epsRoot) + eps)` with the
 * moments of {@link scaleByAdam}.
 *
 * @param learningRate - A non-negative finite number, a scalar tensor, or a schedule of the count
 *   from 0 on.
 * @param options - `b1` (default 0.9) and `b2` (default 0.999) in `[0, 1)`, `eps` (default 1e-8) and
 *   `epsRoot` (default 0) non-negative; `nesterov` (default `false`) and `muDtype` (default: that of the
 *   parameters) as in {@link scaleByAdam}.
 * @returns A transformation whose state is `[{ count, mu, nu }, {}]`, with `{ count }` last when the
 *   rate is a schedule.
 * @throws {@link TypeError} if an argument has the wrong type, or (in `init`) a parameter is not
 *   floating-point, or (in `update`) the updates have another structure than the state.
 * @throws {@link RangeError} if an argument is out of its range, or (in `update`) the updates have
 *   other shapes than the state.
 * @see Kingma and Ba (2015), "Adam: A Method for Stochastic Optimization", algorithm 1.
 *   https://arxiv.org/abs/1412.6980
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { adam, applyUpdates } from "@flaxen/optax";
 *
 * const tx = adam(0.5);
 * const params = { w: array([1, 1]) };
 * const [updates, state] = tx.update({ w: array([0.01, -8]) }, tx.init(params));
 * applyUpdates(params, updates).w; // => Array([0.5000038, 1.4999967], dtype=float32)
 * state[0].count; // => 1
 * ```
 */
export function adam(
  learningRate: ScalarOrSchedule,
  options: ScaleByAdamOptions = {},
): GradientTransformation<AdamState> {
  return chainAs<AdamState>(
    "adam",
    scaleByAdamAs("adam", options),
    scaleByLearningRateAs("adam", learningRate),
  );
}
