import { describe } from "@flaxen/dtype";
import { sizeOf } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";

/** One axis of a shape or several, negative to count from the back. */
export type Axes = number | readonly number[];

/** Which number of units the variance is divided by. */
export type FanMode = "fan_in" | "fan_out" | "fan_avg" | "fan_geo_avg";

/** The axes of a kernel. */
export interface KernelAxes {
  readonly inAxis: Axes;
  readonly outAxis: Axes;
  readonly batchAxis: Axes;
}

/** Asserts that `axes` is one integer or a list of integers. */
export function checkAxes(callee: string, argument: string, axes: unknown): void {
  const list: readonly unknown[] = Array.isArray(axes) ? axes : [axes];
  for (const axis of list) {
    if (typeof axis !== "number") {
      throw new TypeError(
        `${callee}: ${argument} must be an integer or an array of integers, got ${describe(axes)}.`,
      );
    }
    if (!Number.isInteger(axis)) {
      throw new RangeError(
        `${callee}: ${argument} must be an integer or an array of integers, got ${describe(axes)}.`,
      );
    }
  }
}

/** Returns the fan of a kernel, a positive number. */
export function fanOf(callee: string, shape: Shape, mode: FanMode, axes: KernelAxes): number {
  if (shape.length < 2 && axes.inAxis === -2) {
    throw new RangeError(
      `${callee}: shape must have at least 2 axes, got ${describe(shape)}. Pass inAxis and outAxis for other shapes.`,
    );
  }
  const inSize = sizeAlong(callee, "inAxis", shape, axes.inAxis);
  const outSize = sizeAlong(callee, "outAxis", shape, axes.outAxis);
  const batchSize = sizeAlong(callee, "batchAxis", shape, axes.batchAxis);
  const size = sizeOf(shape);
  if (size === 0) {
    throw new RangeError(
      `${callee}: shape must not have an axis of length 0, got ${describe(shape)}.`,
    );
  }
  const receptiveField = size / inSize / outSize / batchSize;
  const fanIn = inSize * receptiveField;
  const fanOut = outSize * receptiveField;
  switch (mode) {
    case "fan_in":
      return fanIn;
    case "fan_out":
      return fanOut;
    case "fan_avg":
      return (fanIn + fanOut) / 2;
    case "fan_geo_avg":
      return Math.sqrt(fanIn * fanOut);
  }
}

function sizeAlong(callee: string, argument: string, shape: Shape, axes: Axes): number {
  let size = 1;
  for (const axis of typeof axes === "number" ? [axes] : axes) {
    if (axis < -shape.length || axis >= shape.length) {
      throw new RangeError(
        `${callee}: ${argument} must name axes of shape ${describe(shape)}, got ${describe(axes)}.`,
      );
    }
    size *= shape[axis < 0 ? axis + shape.length : axis];
  }
  return size;
}
