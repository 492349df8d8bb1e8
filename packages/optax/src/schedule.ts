import { astype, isTensor } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { defaultFloat, describe, isFloating, isInteger } from "@flaxen/dtype";

/**
 * A hyper-parameter as a function of the number of updates so far.
 *
 * Transformations pass their count, an int32 scalar; a number may be passed to look at the schedule.
 * The schedules of this package answer a number with a number and a tensor with a tensor.
 */
export type Schedule = (count: Tensor | number) => Tensor | number;

/** A {@link Schedule} that answers in kind: number for number, tensor for tensor. */
export interface MatchingSchedule {
  /** The value at a number of updates. */
  (count: number): number;
  /** The value at a count that may be traced, in floating point, with the shape of the count. */
  (count: Tensor): Tensor;
  /** Either. */
  (count: Tensor | number): Tensor | number;
}

/** The two ways to work out a schedule; the tensor is floating-point. */
export interface Curve {
  ofNumber(count: number): number;
  ofTensor(count: Tensor): Tensor;
}

/** A schedule from its curve. */
export function matching(callee: string, curve: Curve): MatchingSchedule {
  function schedule(count: number): number;
  function schedule(count: Tensor): Tensor;
  function schedule(count: Tensor | number): Tensor | number;
  function schedule(count: Tensor | number): Tensor | number {
    checkCount(callee, count);
    if (typeof count === "number") return curve.ofNumber(count);
    // In floating point from the start: int32 could not hold every number of steps.
    return curve.ofTensor(isFloating(count.dtype) ? count : astype(count, defaultFloat()));
  }
  return schedule;
}

/** Checks what a schedule is called with. */
export function checkCount(callee: string, count: unknown): void {
  const rule = `${callee}: count must be a non-negative number or a numeric tensor`;
  if (typeof count === "number") {
    if (count >= 0) return;
    throw new RangeError(`${rule}, got ${count}.`);
  }
  if (isTensor(count) && (isInteger(count.dtype) || isFloating(count.dtype))) return;
  throw new TypeError(`${rule}, got ${describe(count)}.`);
}
