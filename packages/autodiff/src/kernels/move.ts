import { itemSize } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import type { ShapedArray } from "../primitive.ts";
import { elementFunctions, runFunctions } from "./move-functions.ts";
import type { ItemSize } from "./move-functions.ts";

/** One axis of a move: its length, and the bytes from one element to the next on either side. */
export interface MoveAxis {
  readonly length: number;
  readonly to: number;
  readonly from: number;
}

/** Moves elements between two addresses of the scratch memory. */
export type Mover = (to: number, from: number) => void;

function nothing(): void {}

/** Bytes from one element to the next on each axis of a row-major array. */
export function byteStrides(shape: readonly number[], dtype: DType): number[] {
  const strides = shape.map(() => 0);
  let step = itemSize(dtype);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/** Rows at least this long are moved by plain loops as fast as by copies to a kernel and back. */
const LONG_ROW_BYTES = 128;

/** Whether the last axis is so long that plain loops move whole rows by `set`. */
export function hasLongRows({ shape, dtype }: ShapedArray): boolean {
  return shape.length > 0 && shape[shape.length - 1] * itemSize(dtype) >= LONG_ROW_BYTES;
}

/**
 * Plans the move of every element of a box, whose first one is `toStart` and `fromStart` bytes after the
 * addresses given later; undefined when WebAssembly cannot be used. No two elements go to one place.
 */
export function planMove(
  dtype: DType,
  axes: readonly MoveAxis[],
  toStart: number = 0,
  fromStart: number = 0,
): Mover | undefined {
  if (axes.some(({ length }) => length === 0)) return nothing;
  const size = itemSize(dtype) as ItemSize;
  const merged = mergeAxes(axes);
  const mover = planInner(size, merged);
  if (mover === undefined || (toStart === 0 && fromStart === 0)) return mover;
  return (to, from) => mover(to + toStart, from + fromStart);
}

/** Axes longer than 1, in the order in which they are written; neighbours are joined where possible. */
function mergeAxes(axes: readonly MoveAxis[]): MoveAxis[] {
  const merged: MoveAxis[] = [];
  const written = axes
    .filter(({ length }) => length > 1)
    .sort((a, b) => Math.abs(b.to) - Math.abs(a.to));
  for (const axis of written) {
    const last = merged.at(-1);
    if (last && last.to === axis.length * axis.to && last.from === axis.length * axis.from) {
      merged[merged.length - 1] = { ...axis, length: last.length * axis.length };
    } else merged.push(axis);
  }
  return merged;
}

/** Outer axes as the arguments of the loops: outermost first, `null` standing for a single turn. */
type Inner = (
  to: number,
  from: number,
  n2: number,
  to2: number,
  from2: number,
  n1: number,
  to1: number,
  from1: number,
) => void;

function planInner(size: ItemSize, axes: readonly MoveAxis[]): Mover | undefined {
  const outer = [...axes];
  const inner = outer.pop() ?? { length: 1, to: size, from: size };
  const { length, to: toStep, from: fromStep } = inner;
  if (toStep === size && fromStep === size) {
    const functions = runFunctions();
    const bytes = length * size;
    return (
      functions &&
      overAxes(outer, (...moved) => {
        functions.runs(...moved, bytes);
      })
    );
  }
  const functions = elementFunctions(size);
  if (functions === undefined) return undefined;
  if (toStep === size && fromStep === 0) {
    return overAxes(outer, (...moved) => {
      functions.fill(...moved, length);
    });
  }
  if (toStep === size && fromStep === -size) {
    return overAxes(outer, (...moved) => {
      functions.reverse(...moved, length);
    });
  }
  const neighbours = outer.findIndex(({ from }) => from === size);
  if (toStep === size && neighbours >= 0 && outer[neighbours].length > 1) {
    const [rows] = outer.splice(neighbours, 1);
    // The rows take the place of the inner one of the two outer axes.
    return overAxes([...outer, rows], (...moved) => {
      functions.transpose(...moved, length, fromStep);
    });
  }
  // Order does not matter here, so the longest axis makes the loop.
  const longest = axes.reduce((best, axis) => (axis.length > best.length ? axis : best), inner);
  const chosen = length >= 8 ? inner : longest;
  const others = axes.filter((axis) => axis !== chosen);
  return overAxes(others, (...moved) => {
    functions.strided(...moved, chosen.length, chosen.to, chosen.from);
  });
}

/** Runs a loop with two outer axes over any number of them. */
function overAxes(axes: readonly MoveAxis[], run: Inner): Mover {
  const one = axes.at(-1) ?? { length: 1, to: 0, from: 0 };
  const two = axes.at(-2) ?? { length: 1, to: 0, from: 0 };
  const mover: Mover = (to, from) => {
    run(to, from, two.length, two.to, two.from, one.length, one.to, one.from);
  };
  return axes.slice(0, -2).reduceRight<Mover>((inside, axis) => {
    return (to, from) => {
      for (let i = 0; i < axis.length; i++) inside(to + i * axis.to, from + i * axis.from);
    };
  }, mover);
}
