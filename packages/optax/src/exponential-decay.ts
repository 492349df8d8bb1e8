import { clip, divide, floor, maximum, minimum, multiply, power, subtract } from "@flaxen/autodiff";
import { full } from "@flaxen/ndarray";
import { checkBoolean, checkFinite, checkNonNegative, checkPositive } from "./arguments.ts";
import { matching } from "./schedule.ts";
import type { MatchingSchedule } from "./schedule.ts";

/** Options of {@link exponentialDecay}. */
export interface ExponentialDecayOptions {
  /** Count up to which the initial value is kept, non-negative; 0 by default. */
  readonly transitionBegin?: number;
  /** Whether the value falls in steps, at whole multiples of `transitionSteps`; `false` by default. */
  readonly staircase?: boolean;
  /** Where the value stops: a lower bound for `decayRate < 1`, else an upper one; none by default. */
  readonly endValue?: number | undefined;
}

/**
 * Builds a schedule that is multiplied by the same number again and again.
 *
 * `initValue * decayRate^((count - transitionBegin) / transitionSteps)` after `transitionBegin`, the
 * exponent rounded down with `staircase`, and bounded by `endValue`.
 *
 * @param initValue - Value at count 0, a finite number.
 * @param transitionSteps - Counts in which the value is multiplied by `decayRate` once, a positive
 *   finite number.
 * @param decayRate - A positive finite number; greater than 1 for growth.
 * @param options - `transitionBegin` (default 0), non-negative; `staircase` (default `false`);
 *   `endValue` (default none), a finite number.
 * @returns A function of the count; a count is a non-negative number or a tensor.
 * @throws {@link TypeError} if an argument has the wrong type.
 * @throws {@link RangeError} if an argument is out of its range.
 *
 * @example
 * ```ts
 * import { exponentialDecay } from "@flaxen/optax";
 *
 * const schedule = exponentialDecay(8, 10, 0.25, { endValue: 1 });
 * [0, 5, 10, 1000].map((count) => schedule(count)); // => [8, 4, 2, 1]
 * ```
 */
export function exponentialDecay(
  initValue: number,
  transitionSteps: number,
  decayRate: number,
  { transitionBegin = 0, staircase = false, endValue }: ExponentialDecayOptions = {},
): MatchingSchedule {
  const callee = "exponentialDecay";
  checkFinite(callee, "initValue", initValue);
  checkPositive(callee, "transitionSteps", transitionSteps);
  checkPositive(callee, "decayRate", decayRate);
  checkNonNegative(callee, "transitionBegin", transitionBegin);
  checkBoolean(callee, "staircase", staircase);
  if (endValue !== undefined) checkFinite(callee, "endValue", endValue);
  const isFalling = decayRate < 1;
  return matching(callee, {
    ofNumber(count) {
      const times = Math.max(count - transitionBegin, 0) / transitionSteps;
      const value = initValue * decayRate ** (staircase ? Math.floor(times) : times);
      if (endValue === undefined) return value;
      return isFalling ? Math.max(value, endValue) : Math.min(value, endValue);
    },
    ofTensor(count) {
      const times = divide(clip(subtract(count, transitionBegin), 0), transitionSteps);
      const base = full([], decayRate, count.dtype);
      const value = multiply(power(base, staircase ? floor(times) : times), initValue);
      if (endValue === undefined) return value;
      return isFalling ? maximum(value, endValue) : minimum(value, endValue);
    },
  });
}
