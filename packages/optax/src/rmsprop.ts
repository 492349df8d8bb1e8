import { checkBoolean } from "./arguments.ts";
import { chainAs } from "./chain.ts";
import type { CountState, EmptyState, GradientTransformation } from "./gradient-transformation.ts";
import type { Hyperparam, ScalarOrSchedule } from "./hyperparam.ts";
import { scaleByRmsAs, scaleByStddevAs } from "./scale-by-rms.ts";
import type { ScaleByRmsOptions, ScaleByRmsState, ScaleByStddevState } from "./scale-by-rms.ts";
import { scaleByLearningRateAs } from "./scale.ts";
import { momentumAs } from "./trace.ts";
import type { TraceState } from "./trace.ts";

/** Options of {@link rmsprop}. */
export interface RmspropOptions extends ScaleByRmsOptions {
  /** Whether to divide by the standard deviation and not the root mean square; `false` by default. */
  readonly centered?: boolean;
  /** Decay rate of the momentum, in `[0, 1)`; no momentum by default. */
  readonly momentum?: Hyperparam | undefined;
  /** Whether the momentum looks one step ahead; `false` by default. */
  readonly nesterov?: boolean;
}

/** The state of {@link rmsprop}: those of its rule, its learning rate and its momentum. */
export type RmspropState = readonly [
  ScaleByRmsState | ScaleByStddevState,
  EmptyState | CountState,
  EmptyState | TraceState,
];

/**
 * Builds the RMSProp optimizer: steps of about the learning rate, whatever the size of the gradients.
 *
 * `updates = -learningRate * g / sqrt(nu + eps)` with the mean `nu` of {@link scaleByRms}; with
 * `centered`, `-learningRate * g / sqrt(nu - mu^2 + eps)` with those of {@link scaleByStddev}. The
 * momentum adds up these updates, learning rate included.
 *
 * @param learningRate - A non-negative finite number, a scalar tensor, or a schedule of the count
 *   from 0 on.
 * @param options - `decay` (default 0.9) in `[0, 1)`, `eps` (default 1e-8) and `initialScale` (default
 *   0) non-negative, `epsInSqrt` (default `true`), `biasCorrection` (default `false`), `centered`
 *   (default `false`), `momentum` in `[0, 1)` (default none), `nesterov` (default `false`).
 * @returns A transformation whose state is `[{ nu }, {}, {}]`: with `mu` when centered, `count` when
 *   corrected, `{ count }` for a scheduled rate, and `{ trace }` last when there is momentum.
 * @throws {@link TypeError} if an argument has the wrong type, or (in `init`) a parameter is not
 *   floating-point, or (in `update`) the updates have another structure than the state.
 * @throws {@link RangeError} if an argument is out of its range, `nesterov` lacks a momentum, or (in `update`)
 *   the updates have other shapes than the state.
 * @see Graves (2013), "Generating Sequences With Recurrent Neural Networks", equations 38 to 41, when
 *   centered and with momentum. https://arxiv.org/abs/1308.0850
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { rmsprop } from "@flaxen/optax";
 *
 * const tx = rmsprop(0.25, { decay: 0.75, eps: 0 });
 * const params = array([1, 1]);
 * tx.update(array([4, -0.5]), tx.init(params))[0]; // => [-0.5, 0.5]
 * ```
 */
export function rmsprop(
  learningRate: ScalarOrSchedule,
  { centered = false, momentum, nesterov = false, ...options }: RmspropOptions = {},
): GradientTransformation<RmspropState> {
  checkBoolean("rmsprop", "centered", centered);
  return chainAs<RmspropState>(
    "rmsprop",
    centered ? scaleByStddevAs("rmsprop", options) : scaleByRmsAs("rmsprop", options),
    scaleByLearningRateAs("rmsprop", learningRate),
    momentumAs("rmsprop", momentum, { nesterov }),
  );
}
