import type { Complex } from "@flaxen/dtype";
import { readElement } from "./element.ts";
import type { NDArray } from "./ndarray.ts";

/** A scalar, or nested JavaScript arrays of scalars. */
export type NestedArray = number | boolean | bigint | Complex | readonly NestedArray[];

/** The elements of `x` as nested arrays, one level an axis. */
export function toNested(x: NDArray): NestedArray {
  return nest(x, 0, x.offset);
}

function nest(x: NDArray, axis: number, index: number): NestedArray {
  if (axis === x.shape.length) return readElement(x.dtype, x.data, index);
  const list: NestedArray[] = [];
  for (let i = 0; i < x.shape[axis]; i++) list.push(nest(x, axis + 1, index + i * x.stride[axis]));
  return list;
}
