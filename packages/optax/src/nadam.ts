import { addDecayedWeightsAs } from "./add-decayed-weights.ts";
import type { AdamState } from "./adam.ts";
import type { AdamwOptions, AdamwState } from "./adamw.ts";
import { chainAs } from "./chain.ts";
import type { GradientTransformation } from "./gradient-transformation.ts";
import type { ScalarOrSchedule } from "./hyperparam.ts";
import { scaleByAdamAs } from "./scale-by-adam.ts";
import type { ScaleByAdamOptions } from "./scale-by-adam.ts";
import { scaleByLearningRateAs } from "./scale.ts";

/**
 * Builds the NAdam optimizer: {@link adam} with a momentum that looks one step ahead.
 *
 * `updates = -learningRate * ahead / (sqrt(nu / (1 - b2^t) + epsRoot) + eps)` with
 * `ahead = b1 mu / (1 - b1^(t + 1)) + (1 - b1) g / (1 - b1^t)` and the moments of {@link scaleByAdam}.
 *
 * @param learningRate - A non-negative finite number, a scalar tensor, or a schedule of the count
 *   from 0 on.
 * @param options - Those of {@link adam}, without `nesterov`.
 * @returns A transformation with the state of {@link adam}.
 * @throws {@link TypeError} if an argument has the wrong type, or (in `init`) a parameter is not
 *   floating-point, or (in `update`) the updates have another structure than the state.
 * @throws {@link RangeError} if an argument is out of its range, or (in `update`) the updates have
 *   other shapes than the state.
 * @see Dozat (2016), "Incorporating Nesterov Momentum into Adam", algorithm 2.
 *   https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ. As in Optax, `b1` is constant and `nu` lacks
 *   the factor `b2`.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { nadam } from "@flaxen/optax";
 *
 * const tx = nadam(0.5, { b1: 0.5, eps: 0 });
 * const [updates] = tx.update(array([8]), tx.init(array([1])));
 * updates; // => Array([-0.66666234], dtype=float32)
 * ```
 */
export function nadam(
  learningRate: ScalarOrSchedule,
  options: Omit<ScaleByAdamOptions, "nesterov"> = {},
): GradientTransformation<AdamState> {
  return chainAs<AdamState>(
    "nadam",
    scaleByAdamAs("nadam", { ...options, nesterov: true }),
    scaleByLearningRateAs("nadam", learningRate),
  );
}

/**
 * Builds the NAdamW optimizer: {@link adamw} with a momentum that looks one step ahead.
 *
 * `updates = -learningRate * (nadam + weightDecay * params)`, where `nadam` is the update of
 * {@link nadam} for a learning rate of -1.
 *
 * @param learningRate - A non-negative finite number, a scalar tensor, or a schedule of the count
 *   from 0 on.
 * @param options - Those of {@link adamw}, without `nesterov`.
 * @returns A transformation with the state of {@link adamw}, whose `update` needs the parameters.
 * @throws {@link TypeError} if an argument has the wrong type, or a tree another structure.
 * @throws {@link RangeError} if an argument is out of its range, or a leaf has another shape.
 * @throws {@link Error} (in `update`) if the parameters are missing.
 * @see Dozat (2016), "Incorporating Nesterov Momentum into Adam", algorithm 2.
 *   https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ, with the weight decay of {@link adamw}.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { nadamw } from "@flaxen/optax";
 *
 * const tx = nadamw(0.5, { weightDecay: 0.125 });
 * const params = array([4]);
 * tx.update(array([0]), tx.init(params), params)[0]; // => [-0.25]
 * ```
 */
export function nadamw(
  learningRate: ScalarOrSchedule,
  { weightDecay = 1e-4, mask, ...options }: Omit<AdamwOptions, "nesterov"> = {},
): GradientTransformation<AdamwState> {
  return chainAs<AdamwState>(
    "nadamw",
    scaleByAdamAs("nadamw", { ...options, nesterov: true }),
    addDecayedWeightsAs("nadamw", weightDecay, { mask }),
    scaleByLearningRateAs("nadamw", learningRate),
  );
}
