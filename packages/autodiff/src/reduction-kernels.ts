import { contiguous, transpose } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { computeData, sizeOf } from "./compute-dtype.ts";
import type { ComputeData } from "./compute-dtype.ts";
import type { ShapedArray } from "./primitive.ts";

/** Parameters of every reduction: distinct axes in ascending order. */
export interface ReductionParams {
  /** Axes that are reduced away. */
  readonly axes: readonly number[];
}

/** The row-major input seen as `[outer, length, inner]`, reduced over `length`. */
export interface ReductionLayout {
  /** Elements in the compute dtype. */
  readonly data: ComputeData;
  /** Kept positions before. */
  readonly outer: number;
  /** Reduced positions. */
  readonly length: number;
  /** Kept positions after. */
  readonly inner: number;
  /** Length of the last axis if it is reduced, else 1; axes of length 1 do not count. */
  readonly run: number;
}

/** Shape without the reduced axes. */
export function reducedShape(shape: readonly number[], axes: readonly number[]): number[] {
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** Rule of reductions that keep the dtype. */
export function reductionRule([x]: readonly ShapedArray[], { axes }: ReductionParams): ShapedArray {
  return { shape: reducedShape(x.shape, axes), dtype: x.dtype };
}

/**
 * How a row-major array of that shape looks as `[outer, length, inner]` with the axes in the middle; undefined
 * if an axis longer than 1 lies between them.
 */
export function neighbourLayout(
  shape: readonly number[],
  axes: readonly number[],
): Pick<ReductionLayout, "outer" | "length" | "inner"> | undefined {
  const wide = axes.filter((axis) => shape[axis] !== 1);
  const first = wide.length === 0 ? 0 : wide[0];
  const last = wide.length === 0 ? -1 : wide[wide.length - 1];
  for (let axis = first; axis < last; axis++) {
    if (shape[axis] !== 1 && !wide.includes(axis)) return undefined;
  }
  return {
    outer: sizeOf(shape.slice(0, first)),
    length: sizeOf(shape.slice(first, last + 1)),
    inner: sizeOf(shape.slice(last + 1)),
  };
}

/** Lays the input out for reduction; copies only if the reduced axes are not neighbours. */
export function reductionLayout(x: NDArray, axes: readonly number[]): ReductionLayout {
  const { shape } = x;
  const wide = axes.filter((axis) => shape[axis] !== 1);
  const last = wide.length === 0 ? -1 : wide[wide.length - 1];
  const run = last >= 0 && shape.every((n, axis) => n === 1 || axis <= last) ? shape[last] : 1;
  const layout = neighbourLayout(shape, axes);
  if (layout === undefined) {
    const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const moved = contiguous(transpose(x, [...kept, ...axes]));
    const length = sizeOf(axes.map((axis) => shape[axis]));
    return {
      data: computeData(moved),
      outer: sizeOf(kept.map((axis) => shape[axis])),
      length,
      inner: 1,
      run,
    };
  }
  return { data: computeData(x), ...layout, run };
}
