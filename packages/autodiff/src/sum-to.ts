import type { Shape } from "@flaxen/ndarray";
import { sameShape } from "./broadcasting.ts";
import { sumAxes } from "./reduction.ts";
import { reshapeTo } from "./reshape.ts";
import type { Tensor } from "./tensor.ts";

/** Reverses broadcasting: sums a cotangent over the axes along which its operand was repeated. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const extra = x.shape.length - shape.length;
  const axes: number[] = [];
  for (let axis = 0; axis < x.shape.length; axis++) {
    if (axis < extra || (shape[axis - extra] === 1 && x.shape[axis] !== 1)) axes.push(axis);
  }
  return reshapeTo(axes.length === 0 ? x : sumAxes(x, axes), shape);
}
