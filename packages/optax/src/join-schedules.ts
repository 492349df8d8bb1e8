import { broadcastTo, isTensor, less, maximum, subtract, where } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { defaultFloat, describe, isFloating } from "@flaxen/dtype";
import { full, isNDArray } from "@flaxen/ndarray";
import { checkCount } from "./schedule.ts";
import type { MatchingSchedule, Schedule } from "./schedule.ts";

/**
 * Builds a schedule that follows several others, one after the other.
 *
 * Each one counts from 0 again: from `boundaries[i]` on, the value is
 * `schedules[i + 1](count - boundaries[i])`.
 *
 * @param schedules - At least one.
 * @param boundaries - The count at which each schedule but the first begins: increasing non-negative
 *   integers, one fewer than schedules.
 * @returns A function of the count; a count is a non-negative number or a tensor. A tensor is passed to
 *   every schedule, as 0 to those that have not begun.
 * @throws {@link TypeError} if a schedule is no function, or (when called) returns neither number nor tensor.
 * @throws {@link RangeError} if there is no schedule, or the boundaries are not such integers.
 *
 * @example
 * ```ts
 * import { constantSchedule, joinSchedules, linearSchedule } from "@flaxen/optax";
 *
 * const schedule = joinSchedules([linearSchedule(0, 1, 2), constantSchedule(0.5)], [2]);
 * [0, 1, 2, 3].map((count) => schedule(count)); // => [0, 0.5, 0.5, 0.5]
 * ```
 */
export function joinSchedules(
  schedules: readonly Schedule[],
  boundaries: readonly number[],
): MatchingSchedule {
  const callee = "joinSchedules";
  if (!Array.isArray(schedules) || !schedules.every((part) => typeof part === "function")) {
    throw new TypeError(
      `${callee}: schedules must be an array of functions, got ${describe(schedules)}.`,
    );
  }
  if (schedules.length === 0) {
    throw new RangeError(`${callee}: schedules must have at least one schedule, got [].`);
  }
  const rule = `${callee}: boundaries must be ${schedules.length - 1} increasing non-negative integers`;
  if (!Array.isArray(boundaries) || !boundaries.every((at) => typeof at === "number")) {
    throw new TypeError(`${rule}, got ${describe(boundaries)}.`);
  }
  const isIncreasing = boundaries.every(
    (at, i) => Number.isSafeInteger(at) && at >= 0 && (i === 0 || at > boundaries[i - 1]),
  );
  if (!isIncreasing || boundaries.length !== schedules.length - 1) {
    throw new RangeError(`${rule}, got ${describe(boundaries)}.`);
  }
  return joined(callee, [...schedules], [...boundaries]);
}

/** Schedules that are known to fit their boundaries, as the schedule `callee`, which messages name. */
export function joined(
  callee: string,
  schedules: readonly Schedule[],
  boundaries: readonly number[],
): MatchingSchedule {
  const starts = [0, ...boundaries];
  function schedule(count: number): number;
  function schedule(count: Tensor): Tensor;
  function schedule(count: Tensor | number): Tensor | number;
  function schedule(count: Tensor | number): Tensor | number {
    checkCount(callee, count);
    if (typeof count === "number") {
      const i = starts.findLastIndex((start) => count >= start);
      return toNumber(callee, schedules[i](count - starts[i]));
    }
    return schedules
      .map((part, i) => {
        const passed = i === 0 ? count : maximum(subtract(count, starts[i]), 0);
        return toValues(callee, part(passed), count);
      })
      .reduce((before, after, i) => where(less(count, starts[i]), before, after));
  }
  return schedule;
}

function toNumber(callee: string, value: unknown): number {
  if (typeof value === "number") return value;
  if (isNDArray(value) && value.size === 1) return Number(value);
  throw new TypeError(`${callee}: schedules must return a number, got ${describe(value)}.`);
}

/** What a schedule returned, as floats of the shape of the count. */
function toValues(callee: string, value: unknown, count: Tensor): Tensor {
  if (isTensor(value)) return value;
  if (typeof value === "number") {
    const dtype = isFloating(count.dtype) ? count.dtype : defaultFloat();
    return broadcastTo(full([], value, dtype), count.shape);
  }
  throw new TypeError(
    `${callee}: schedules must return a number or a tensor, got ${describe(value)}.`,
  );
}
