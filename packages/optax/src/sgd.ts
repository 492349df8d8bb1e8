import type { DType } from "@flaxen/dtype";
import { chainAs } from "./chain.ts";
import type { CountState, EmptyState, GradientTransformation } from "./gradient-transformation.ts";
import { scaleByLearningRateAs } from "./scale.ts";
import type { Hyperparam, ScalarOrSchedule } from "./hyperparam.ts";
import { momentumAs } from "./trace.ts";
import type { TraceState } from "./trace.ts";

/** Options of {@link sgd}. */
export interface SgdOptions {
  /** Decay rate of the momentum, in `[0, 1)`; no momentum by default. */
  readonly momentum?: Hyperparam | undefined;
  /** Whether the momentum looks one step ahead; `false` by default. */
  readonly nesterov?: boolean;
  /** Dtype in which the momentum is stored; that of the parameters by default. */
  readonly accumulatorDtype?: DType | undefined;
}

/** The state of {@link sgd}: that of its momentum, then that of its learning rate. */
export type SgdState = readonly [EmptyState | TraceState, EmptyState | CountState];

/**
 * Builds stochastic gradient descent, with momentum if asked for.
 *
 * `trace = g + momentum * trace`, `updates = -learningRate * trace`; without momentum
 * `-learningRate * g`. With `nesterov`, `-learningRate * (g + momentum * trace)`.
 *
 * @param learningRate - A non-negative finite number, a scalar tensor, or a schedule of the count
 *   from 0 on.
 * @param options - `momentum` in `[0, 1)` (default none), `nesterov` (default `false`),
 *   `accumulatorDtype` of the momentum (default: that of the parameters).
 * @returns A transformation whose state is `[{}, {}]`, with `{ trace }` first when there is momentum
 *   and `{ count }` last when the rate is a schedule.
 * @throws {@link TypeError} if an argument has the wrong type.
 * @throws {@link RangeError} if an argument is out of its range, or `nesterov` lacks a momentum.
 * @see Sutskever et al. (2013), "On the importance of initialization and momentum in deep learning",
 *   section 2. https://proceedings.mlr.press/v28/sutskever13.html. As in Optax, the learning rate
 *   is applied after the momentum.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { applyUpdates, sgd } from "@flaxen/optax";
 *
 * const tx = sgd(0.25, { momentum: 0.5 });
 * let params = array([1, 2]);
 * let state = tx.init(params);
 * for (let step = 0; step < 2; step++) {
 *   const [updates, next] = tx.update(params, state); // the gradient of (x^2) / 2 is x
 *   params = applyUpdates(params, updates);
 *   state = next;
 * }
 * params; // => [0.4375, 0.875]
 * ```
 */
export function sgd(
  learningRate: ScalarOrSchedule,
  { momentum, nesterov = false, accumulatorDtype }: SgdOptions = {},
): GradientTransformation<SgdState> {
  return chainAs<SgdState>(
    "sgd",
    momentumAs("sgd", momentum, { nesterov, accumulatorDtype }),
    scaleByLearningRateAs("sgd", learningRate),
  );
}
