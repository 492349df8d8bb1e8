import { astype, isTensor, multiply } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { describe } from "@flaxen/dtype";
import { checkFinite, checkLearningRate } from "./arguments.ts";
import { increment, initialCount } from "./count.ts";
import type { CountState, EmptyState, GradientTransformation } from "./gradient-transformation.ts";
import { rebuild, takeLeaves } from "./leaves.ts";
import type { Schedule } from "./schedules.ts";
import { checkState } from "./state.ts";

/**
 * Builds the transformation that multiplies the updates by a constant.
 *
 * @param stepSize - A finite number of either sign.
 * @returns A transformation whose state is `{}`; dtypes are kept.
 * @throws TypeError if `stepSize` is no number.
 * @throws RangeError if `stepSize` is not finite.
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
  return scaleAs("scale", stepSize);
}

/**
 * Builds the transformation that multiplies the updates by what a schedule says for their count.
 *
 * The count is 0 at the first update, so the schedule starts at its initial value.
 *
 * @param stepSizeFn - Gets the count, an int32 scalar, and returns a number or a scalar tensor.
 * @returns A transformation whose state is `{ count }`; dtypes are kept.
 * @throws TypeError if `stepSizeFn` is no function.
 * @throws TypeError or RangeError (in `update`) if it returns anything else.
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
 * @param learningRate - A non-negative finite number, or a schedule of the count, which is 0 at the
 *   first update.
 * @returns A transformation whose state is `{}` for a number and `{ count }` for a schedule.
 * @throws TypeError if `learningRate` is neither number nor function.
 * @throws RangeError if it is negative or not finite.
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
  learningRate: number | Schedule,
): GradientTransformation<EmptyState | CountState> {
  return scaleByLearningRateAs("scaleByLearningRate", learningRate);
}

/** {@link scaleByLearningRate} as a part of the optimizer `callee`, which messages name. */
export function scaleByLearningRateAs(
  callee: string,
  learningRate: number | Schedule,
): GradientTransformation<EmptyState | CountState> {
  checkLearningRate(callee, learningRate);
  return typeof learningRate === "number"
    ? scaleAs(callee, -learningRate)
    : scaleByScheduleAs(callee, "learningRate", learningRate, -1);
}

function scaleAs(callee: string, factor: number): GradientTransformation<EmptyState> {
  return {
    init: () => ({}),
    update<T>(updates: T, state: EmptyState): [T, EmptyState] {
      const { leaves, structure } = takeLeaves(`${callee}.update`, "updates", updates);
      return [
        rebuild(
          structure,
          leaves.map((leaf) => multiply(leaf, factor)),
        ),
        state,
      ];
    },
  };
}

function scaleByScheduleAs(
  callee: string,
  argument: string,
  schedule: Schedule,
  sign: 1 | -1,
): GradientTransformation<CountState> {
  return {
    init: () => ({ count: initialCount() }),
    update<T>(updates: T, state: CountState): [T, CountState] {
      checkState(`${callee}.update`, state, ["count"]);
      const { leaves, structure } = takeLeaves(`${callee}.update`, "updates", updates);
      const factor = scheduledFactor(`${callee}.update`, argument, schedule(state.count));
      const scaled = leaves.map((leaf) => multiply(leaf, likeScalar(factor, sign, leaf)));
      return [rebuild(structure, scaled), { count: increment(state.count) }];
    },
  };
}

/** Checks what a schedule returned. */
function scheduledFactor(callee: string, argument: string, value: unknown): number | Tensor {
  if (typeof value === "number") {
    if (Number.isFinite(value)) return value;
    throw new RangeError(
      `${callee}: ${argument} must return a finite number or a scalar tensor, got ${value}.`,
    );
  }
  const found = `${callee}: ${argument} must return a finite number or a scalar tensor, got ${describe(value)}.`;
  if (!isTensor(value)) throw new TypeError(found);
  if (value.ndim !== 0) throw new RangeError(found);
  return value;
}

/** The factor in the leaf's dtype, so that it does not promote the leaf; numbers never do. */
export function likeScalar(factor: number | Tensor, sign: 1 | -1, leaf: Tensor): number | Tensor {
  if (typeof factor === "number") return sign * factor;
  return multiply(astype(factor, leaf.dtype), sign);
}
