import { describe } from "@flaxen/dtype";
import {
  checkFinite,
  checkNonNegative,
  checkNonNegativeInteger,
  checkPositive,
} from "./arguments.ts";
import { joined } from "./join-schedules.ts";
import type { MatchingSchedule } from "./schedule.ts";
import { constantSchedule, cosineDecaySchedule, linearSchedule } from "./schedules.ts";

/** Options of {@link warmupCosineDecaySchedule}. */
export interface WarmupCosineDecayOptions {
  /** Count at which the peak is reached, a non-negative integer. */
  readonly warmupSteps: number;
  /** Count at which the end is reached, warm-up included: a finite number above `warmupSteps`. */
  readonly decaySteps: number;
  /** Value at the end, a finite number; 0 by default. */
  readonly endValue?: number;
  /** The power that the cosine is raised to, positive; 1 by default. */
  readonly exponent?: number;
}

/**
 * Builds a schedule that rises along a straight line, falls along half a cosine wave and then stays.
 *
 * {@link linearSchedule} from `initValue` to `peakValue` in `warmupSteps`, then
 * {@link cosineDecaySchedule} to `endValue` in `decaySteps - warmupSteps`.
 *
 * @param initValue - Value at count 0, a finite number.
 * @param peakValue - Value after the warm-up, a finite number.
 * @param options - `warmupSteps`, a non-negative integer; `decaySteps`, above it, in which the warm-up
 *   is counted; `endValue` (default 0), finite; `exponent` (default 1), positive.
 * @returns A function of the count; a count is a non-negative number or a tensor. As in Optax, a peak
 *   of 0 has an end of 0.
 * @throws {@link TypeError} if an argument is no number.
 * @throws {@link RangeError} if an argument is out of its range.
 * @see Goyal et al. (2017), "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", section 2.2,
 *   for the warm-up. https://arxiv.org/abs/1706.02677. Loshchilov and Hutter (2017), "SGDR: Stochastic
 *   Gradient Descent with Warm Restarts", equation 5, for the cosine. https://arxiv.org/abs/1608.03983
 *
 * @example
 * ```ts
 * import { warmupCosineDecaySchedule } from "@flaxen/optax";
 *
 * const schedule = warmupCosineDecaySchedule(0, 1, { warmupSteps: 10, decaySteps: 110 });
 * [0, 5, 10, 60, 110].map((count) => schedule(count)); // => [0, 0.5, 1, 0.5, 0]
 * ```
 */
export function warmupCosineDecaySchedule(
  initValue: number,
  peakValue: number,
  { warmupSteps, decaySteps, endValue = 0, exponent = 1 }: WarmupCosineDecayOptions,
): MatchingSchedule {
  const callee = "warmupCosineDecaySchedule";
  checkFinite(callee, "initValue", initValue);
  checkFinite(callee, "peakValue", peakValue);
  checkNonNegativeInteger(callee, "warmupSteps", warmupSteps);
  checkFinite(callee, "endValue", endValue);
  checkPositive(callee, "exponent", exponent);
  checkPositive(callee, "decaySteps", decaySteps);
  if (decaySteps <= warmupSteps) {
    throw new RangeError(
      `${callee}: decaySteps must be more than warmupSteps = ${warmupSteps}, got ${describe(decaySteps)}.`,
    );
  }
  const alpha = peakValue === 0 ? 0 : endValue / peakValue;
  const fall = cosineDecaySchedule(peakValue, decaySteps - warmupSteps, { alpha, exponent });
  if (warmupSteps === 0) return joined(callee, [fall], []);
  return joined(callee, [linearSchedule(initValue, peakValue, warmupSteps), fall], [warmupSteps]);
}

/**
 * Builds a schedule that rises along a straight line and then stays.
 *
 * `initValue + (peakValue - initValue) * min(count / warmupSteps, 1)`.
 *
 * @param initValue - Value at count 0, a finite number.
 * @param peakValue - Value after the warm-up, a finite number.
 * @param warmupSteps - Count at which the peak is reached, non-negative and finite.
 * @returns A function of the count; a count is a non-negative number or a tensor.
 * @throws {@link TypeError} if an argument is no number.
 * @throws {@link RangeError} if an argument is out of its range.
 * @see Goyal et al. (2017), "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", section 2.2.
 *   https://arxiv.org/abs/1706.02677
 *
 * @example
 * ```ts
 * import { warmupConstantSchedule } from "@flaxen/optax";
 *
 * const schedule = warmupConstantSchedule(0, 1, 10);
 * [0, 5, 10, 1000].map((count) => schedule(count)); // => [0, 0.5, 1, 1]
 * ```
 */
export function warmupConstantSchedule(
  initValue: number,
  peakValue: number,
  warmupSteps: number,
): MatchingSchedule {
  const callee = "warmupConstantSchedule";
  checkFinite(callee, "initValue", initValue);
  checkFinite(callee, "peakValue", peakValue);
  checkNonNegative(callee, "warmupSteps", warmupSteps);
  const rise =
    warmupSteps === 0
      ? constantSchedule(peakValue)
      : linearSchedule(initValue, peakValue, warmupSteps);
  return joined(callee, [rise], []);
}
