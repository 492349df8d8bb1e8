import type { Shape } from "@flaxen/ndarray";

/** One loop: its length, and the number of elements by which each array moves on in a turn. */
export interface Loop {
  /** Number of turns. */
  readonly length: number;
  /** One step for each array. */
  readonly steps: readonly number[];
}

/**
 * The order of the loops.
 *
 * - `map`: nothing is reduced; `kept`, then `inner`.
 * - `rows`: the last axis is reduced; `kept`, then `reduced`, then `inner` along a row.
 * - `columns`: the last axis is kept; `kept`, then vectors along `inner`, and `reduced` for each of them.
 */
export type LoopOrder = "map" | "rows" | "columns";

/** The loops over a shape: axes of length 1 are dropped, and axes that all arrays step through evenly are merged. */
export interface LoopPlan {
  /** How the loops are nested. */
  readonly order: LoopOrder;
  /** Loops over kept axes, outermost first. */
  readonly kept: readonly Loop[];
  /** Loops over reduced axes, outermost first. */
  readonly reduced: readonly Loop[];
  /** The loop that runs in vectors; its steps are 0 or 1. */
  readonly inner: Loop;
}

interface OpenLoop {
  length: number;
  readonly isReduced: boolean;
  steps: number[];
}

/** Elements whose partial sums are kept apart; a row whose length is a multiple of it can be joined with the next. */
const PARTIALS = 8;

/**
 * Plans the loops over `shape`.
 *
 * @param arrays - Shapes that broadcast against `shape`.
 * @param reduced - Ascending axes that are reduced, or null.
 * @param resultCount - Number of arrays after `arrays` that have the shape without the reduced axes.
 * @param inOrder - Whether the order of the terms in a row matters.
 */
export function planLoops(
  shape: Shape,
  arrays: readonly Shape[],
  reduced: readonly number[] | null,
  resultCount: number,
  inOrder: boolean,
): LoopPlan {
  const { length: rank } = shape;
  const strides = arrays.map((array) => broadcastStrides(array, rank));
  if (resultCount > 0) {
    const result = resultStrides(shape, reduced ?? []);
    for (let i = 0; i < resultCount; i++) strides.push(result);
  }
  let lastAxis = rank - 1;
  while (lastAxis >= 0 && shape[lastAxis] === 1) lastAxis--;
  const loops: OpenLoop[] = [];
  for (let axis = 0; axis <= lastAxis; axis++) {
    const length = shape[axis];
    if (length === 1) continue;
    const isReduced = reduced !== null && reduced.includes(axis);
    const steps = strides.map((stride) => stride[axis]);
    const last = loops.at(-1);
    const apart = inOrder && isReduced && axis === lastAxis && length % PARTIALS !== 0;
    if (
      last !== undefined &&
      !apart &&
      last.isReduced === isReduced &&
      steps.every((step, i) => last.steps[i] === step * length)
    ) {
      last.length *= length;
      last.steps = steps;
    } else loops.push({ length, isReduced, steps });
  }
  const inner = loops.pop() ?? {
    length: 1,
    isReduced: reduced !== null,
    steps: strides.map(() => 0),
  };
  return {
    order: reduced === null ? "map" : inner.isReduced ? "rows" : "columns",
    kept: loops.filter((loop) => !loop.isReduced),
    reduced: loops.filter((loop) => loop.isReduced),
    inner,
  };
}

/** Steps of a row-major array along the axes of a shape of `rank` axes; 0 where it is repeated. */
function broadcastStrides(shape: Shape, rank: number): number[] {
  const strides = new Array<number>(rank).fill(0);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1) strides[rank - shape.length + axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/** Steps of a row-major reduction result along the axes of the reduced shape. */
function resultStrides(shape: Shape, reduced: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(0);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (reduced.includes(axis)) continue;
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}
