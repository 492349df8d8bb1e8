import { add, clip, divide, multiply, power as raise, subtract } from "@flaxen/autodiff";
import { checkFinite, checkNonNegative, checkPositive } from "./arguments.ts";
import { matching } from "./schedule.ts";
import type { MatchingSchedule } from "./schedule.ts";
import type { LinearScheduleOptions } from "./schedules.ts";

/** Options of {@link polynomialSchedule}. */
export interface PolynomialScheduleOptions extends LinearScheduleOptions {
  /** The power of what is left of the way, positive; 1, a straight line, by default. */
  readonly power?: number;
}

/**
 * Builds a schedule that goes from one value to another along a power of the way left and then stays.
 *
 * `(initValue - endValue) * left^power + endValue` with
 * `left = 1 - clip((count - transitionBegin) / transitionSteps, 0, 1)`.
 *
 * @param initValue - Value at count 0, a finite number.
 * @param endValue - Value at the end, a finite number.
 * @param transitionSteps - Length of the way, a positive finite number.
 * @param options - `power` (default 1), positive; `transitionBegin` (default 0), non-negative.
 * @returns A function of the count; a count is a non-negative number or a tensor.
 * @throws {@link TypeError} if an argument is no number.
 * @throws {@link RangeError} if an argument is out of its range.
 *
 * @example
 * ```ts
 * import { polynomialSchedule } from "@flaxen/optax";
 *
 * const schedule = polynomialSchedule(1, 0, 4, { power: 2 });
 * [0, 1, 2, 4, 9].map((count) => schedule(count)); // => [1, 0.5625, 0.25, 0, 0]
 * ```
 */
export function polynomialSchedule(
  initValue: number,
  endValue: number,
  transitionSteps: number,
  { power = 1, transitionBegin = 0 }: PolynomialScheduleOptions = {},
): MatchingSchedule {
  const callee = "polynomialSchedule";
  checkFinite(callee, "initValue", initValue);
  checkFinite(callee, "endValue", endValue);
  checkPositive(callee, "transitionSteps", transitionSteps);
  checkPositive(callee, "power", power);
  checkNonNegative(callee, "transitionBegin", transitionBegin);
  return matching(callee, {
    ofNumber(count) {
      const passed = Math.min(Math.max(count - transitionBegin, 0), transitionSteps);
      return (initValue - endValue) * (1 - passed / transitionSteps) ** power + endValue;
    },
    ofTensor(count) {
      const passed = clip(subtract(count, transitionBegin), 0, transitionSteps);
      const left = subtract(1, divide(passed, transitionSteps));
      return add(multiply(raise(left, power), initValue - endValue), endValue);
    },
  });
}
