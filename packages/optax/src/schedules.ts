import { add, clip, cos, divide, minimum, multiply, power, subtract } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { checkFinite, checkNonNegative, checkPositive } from "./arguments.ts";
import { checkCount, matching } from "./schedule.ts";
import type { MatchingSchedule } from "./schedule.ts";

/**
 * Builds the schedule that always has the same value.
 *
 * @param value - A finite number.
 * @returns A function from any count to `value`.
 * @throws {@link TypeError} if `value` is no number.
 * @throws {@link RangeError} if `value` is not finite.
 *
 * @example
 * ```ts
 * import { constantSchedule } from "@flaxen/optax";
 *
 * constantSchedule(0.1)(1000); // => 0.1
 * ```
 */
export function constantSchedule(value: number): (count: Tensor | number) => number {
  checkFinite("constantSchedule", "value", value);
  return (count) => {
    checkCount("constantSchedule", count);
    return value;
  };
}

/** Options of {@link cosineDecaySchedule}. */
export interface CosineDecayOptions {
  /** The fraction of the initial value that is left at the end; 0 by default. */
  readonly alpha?: number;
  /** The power that the cosine is raised to, positive; 1 by default. */
  readonly exponent?: number;
}

/**
 * Builds a schedule that falls along half a cosine wave and then stays.
 *
 * `initValue * ((1 - alpha) * cosine^exponent + alpha)` with
 * `cosine = (1 + cos(pi * min(count, decaySteps) / decaySteps)) / 2`.
 *
 * @param initValue - Value at count 0, a finite number.
 * @param decaySteps - Count at which the end is reached, a positive finite number.
 * @param options - `alpha` (default 0), the end as a fraction of `initValue`; `exponent` (default 1),
 *   positive.
 * @returns A function of the count; a count is a non-negative number or a tensor.
 * @throws {@link TypeError} if an argument is no number.
 * @throws {@link RangeError} if an argument is out of its range.
 * @see Loshchilov and Hutter (2017), "SGDR: Stochastic Gradient Descent with Warm Restarts",
 *   equation 5, without restarts. https://arxiv.org/abs/1608.03983. As in Optax, `exponent` is an
 *   addition.
 *
 * @example
 * ```ts
 * import { cosineDecaySchedule } from "@flaxen/optax";
 *
 * const schedule = cosineDecaySchedule(1, 100, { alpha: 0.5 });
 * [0, 50, 100, 200].map((count) => schedule(count)); // => [1, 0.75, 0.5, 0.5]
 * ```
 */
export function cosineDecaySchedule(
  initValue: number,
  decaySteps: number,
  { alpha = 0, exponent = 1 }: CosineDecayOptions = {},
): MatchingSchedule {
  const callee = "cosineDecaySchedule";
  checkFinite(callee, "initValue", initValue);
  checkPositive(callee, "decaySteps", decaySteps);
  checkFinite(callee, "alpha", alpha);
  checkPositive(callee, "exponent", exponent);
  return matching(callee, {
    ofNumber(count) {
      const cosine = 0.5 * (1 + Math.cos((Math.PI * Math.min(count, decaySteps)) / decaySteps));
      return initValue * ((1 - alpha) * cosine ** exponent + alpha);
    },
    ofTensor(count) {
      const angle = divide(multiply(minimum(count, decaySteps), Math.PI), decaySteps);
      const cosine = multiply(add(cos(angle), 1), 0.5);
      const curve = exponent === 1 ? cosine : power(cosine, exponent);
      return multiply(add(multiply(curve, 1 - alpha), alpha), initValue);
    },
  });
}

/** Options of {@link linearSchedule}. */
export interface LinearScheduleOptions {
  /** Count up to which the initial value is kept, non-negative; 0 by default. */
  readonly transitionBegin?: number;
}

/**
 * Builds a schedule that goes from one value to another along a straight line and then stays.
 *
 * `initValue + (endValue - initValue) * clip((count - transitionBegin) / transitionSteps, 0, 1)`.
 *
 * @param initValue - Value at count 0, a finite number.
 * @param endValue - Value at the end, a finite number.
 * @param transitionSteps - Length of the way, a positive finite number.
 * @param options - `transitionBegin` (default 0), non-negative.
 * @returns A function of the count; a count is a non-negative number or a tensor.
 * @throws {@link TypeError} if an argument is no number.
 * @throws {@link RangeError} if an argument is out of its range.
 *
 * @example
 * ```ts
 * import { linearSchedule } from "@flaxen/optax";
 *
 * const schedule = linearSchedule(1, 0, 4, { transitionBegin: 2 });
 * [0, 2, 3, 6, 9].map((count) => schedule(count)); // => [1, 1, 0.75, 0, 0]
 * ```
 */
export function linearSchedule(
  initValue: number,
  endValue: number,
  transitionSteps: number,
  { transitionBegin = 0 }: LinearScheduleOptions = {},
): MatchingSchedule {
  const callee = "linearSchedule";
  checkFinite(callee, "initValue", initValue);
  checkFinite(callee, "endValue", endValue);
  checkPositive(callee, "transitionSteps", transitionSteps);
  checkNonNegative(callee, "transitionBegin", transitionBegin);
  return matching(callee, {
    ofNumber(count) {
      const passed = Math.min(Math.max(count - transitionBegin, 0), transitionSteps);
      return (initValue - endValue) * (1 - passed / transitionSteps) + endValue;
    },
    ofTensor(count) {
      const passed = clip(subtract(count, transitionBegin), 0, transitionSteps);
      const left = subtract(1, divide(passed, transitionSteps));
      return add(multiply(left, initValue - endValue), endValue);
    },
  });
}
