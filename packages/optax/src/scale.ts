import { multiply } from "@flaxen/autodiff";
import { describe } from "@flaxen/dtype";
import { checkFinite, checkScheduled } from "./arguments.ts";
import { increment, initialCount } from "./count.ts";
import type { CountState, EmptyState, GradientTransformation } from "./gradient-transformation.ts";
import { likeScalar, valueAt } from "./hyperparam.ts";
import type { Hyperparam, ScalarOrSchedule } from "./hyperparam.ts";
import { mapLeaves } from "./leaves.ts";
import type { Schedule } from "./schedule.ts";
import { checkState } from "./state.ts";

/**
 * Builds the transformation that multiplies the updates by a constant.
 *
 * @param stepSize - A finite number of either sign.
 * @returns A transformation whose state is `{}`; dtypes are kept.
 * @throws {@link TypeError} if `stepSize` is no number.
 * @throws {@link RangeError} if `stepSize` is not finite.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { scale } from "@flaxen/optax";
 *
 * scale(-0.5).update({ w: array([2, 4]) }, {})[0]; // => { w: [-1, -2] }
 * ```
 */
export function scale(stepSize: number): GradientTransformation<EmptyState> {
  checkFinite("scale", "stepSize", stepSize);
  return scaleAs("scale", stepSize, 1);
}

/**
 * Builds the transformation that multiplies the updates by what a schedule says for their count.
 *
 * The count is 0 at the first update, so the schedule starts at its initial value.
 *
 * @param stepSizeFn - Gets the count, an int32 scalar, and returns a number or a scalar tensor.
 * @returns A transformation whose state is `{ count }`; dtypes are kept.
 * @throws {@link TypeError} if `stepSizeFn` is no function.
 * @throws {@link TypeError} or RangeError (in `update`) if it returns anything else.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { linearSchedule, scaleBySchedule } from "@flaxen/optax";
 *
 * const tx = scaleBySchedule(linearSchedule(1, 0, 2));
 * let [updates, state] = tx.update(array([4]), tx.init(array([0])));
 * updates; // => [4]
 * [updates, state] = tx.update(array([4]), state);
 * updates; // => [2]
 * state; // => { count: 2 }
 * ```
 */
export function scaleBySchedule(stepSizeFn: Schedule): GradientTransformation<CountState> {
  if (typeof stepSizeFn !== "function") {
    throw new TypeError(
      `scaleBySchedule: stepSizeFn must be a function of the count, got ${describe(stepSizeFn)}.`,
    );
  }
  return scaleByScheduleAs("scaleBySchedule", "stepSizeFn", stepSizeFn, 1);
}

/**
 * Builds the transformation that multiplies the updates by minus the learning rate: the last step of
 * a descent.
 *
 * @param learningRate - A non-negative finite number, a scalar tensor, or a schedule of the count,
 *   which is 0 at the first update.
 * @returns A transformation whose state is `{ count }` for a schedule and `{}` otherwise.
 * @throws {@link TypeError} if `learningRate` is neither number nor tensor nor function.
 * @throws {@link RangeError} if it is a negative or not finite number, or a tensor that is no scalar.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { scaleByLearningRate } from "@flaxen/optax";
 *
 * scaleByLearningRate(0.5).update(array([2, 4]), {})[0]; // => [-1, -2]
 * ```
 */
export function scaleByLearningRate(
  learningRate: ScalarOrSchedule,
): GradientTransformation<EmptyState | CountState> {
  return scaleByLearningRateAs("scaleByLearningRate", learningRate);
}

/** {@link scaleByLearningRate} as a part of the optimizer `callee`, which messages name. */
export function scaleByLearningRateAs(
  callee: string,
  learningRate: ScalarOrSchedule,
): GradientTransformation<EmptyState | CountState> {
  checkScheduled(callee, "learningRate", learningRate);
  if (typeof learningRate === "function") {
    return scaleByScheduleAs(callee, "learningRate", learningRate, -1);
  }
  return scaleAs(callee, learningRate, -1);
}

function scaleAs(
  callee: string,
  factor: Hyperparam,
  sign: 1 | -1,
): GradientTransformation<EmptyState> {
  const owner = `${callee}.update`;
  return {
    init: () => ({}),
    update<T>(updates: T, state: EmptyState): [T, EmptyState] {
      return [mapLeaves(owner, updates, (g) => multiply(g, likeScalar(factor, sign, g))), state];
    },
  };
}

function scaleByScheduleAs(
  callee: string,
  argument: string,
  schedule: Schedule,
  sign: 1 | -1,
): GradientTransformation<CountState> {
  const owner = `${callee}.update`;
  return {
    init: () => ({ count: initialCount() }),
    update<T>(updates: T, state: CountState): [T, CountState] {
      checkState(owner, state, ["count"]);
      const factor = valueAt(owner, argument, schedule, state.count);
      const scaled = mapLeaves(owner, updates, (g) => multiply(g, likeScalar(factor, sign, g)));
      return [scaled, { count: increment(state.count) }];
    },
  };
}
