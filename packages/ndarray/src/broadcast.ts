import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { asNDArray } from "./convert.ts";
import type { ArrayInput } from "./convert.ts";
import { view } from "./ndarray.ts";
import type { NDArray } from "./ndarray.ts";
import { checkShape } from "./shape.ts";
import type { Shape } from "./shape.ts";

/**
 * Returns the shape in which arrays of the given shapes meet.
 *
 * Shapes are aligned at their last axes; along each axis all lengths must be equal or 1.
 *
 * @param shapes - any number of shapes.
 * @returns the joint shape; `[]` for none.
 * @throws {@link RangeError} if two lengths differ and neither is 1, or one is not a non-negative integer.
 * @throws {@link TypeError} if a shape is not an array of numbers.
 *
 * @example
 * ```ts
 * import { broadcastShapes } from "@flaxen/ndarray";
 *
 * broadcastShapes([2, 1], [3]); // => [2, 3]
 * broadcastShapes([2], [3]); // throws RangeError: broadcastShapes: shapes must be broadcast-compatible, got [2] and [3].
 * ```
 */
export function broadcastShapes(...shapes: Shape[]): number[] {
  const result: number[] = [];
  for (const shape of shapes) {
    checkShape("broadcastShapes", shape);
    while (result.length < shape.length) result.unshift(1);
    const shift = result.length - shape.length;
    for (let axis = 0; axis < shape.length; axis++) {
      const length = shape[axis];
      if (result[shift + axis] === 1) result[shift + axis] = length;
      else if (length !== 1 && length !== result[shift + axis]) {
        throw new RangeError(
          `broadcastShapes: shapes must be broadcast-compatible, ` +
            `got ${shapes.map(describe).join(" and ")}.`,
        );
      }
    }
  }
  return result;
}

/**
 * Returns a view that repeats an array along new axes and axes of length 1.
 *
 * @param x - the array, or anything that `asNDArray` reads.
 * @param shape - the shape to have; it ends in the shape of `x`, where lengths of 1 may have grown.
 * @returns a view with stride 0 along the repeated axes: never write into it.
 * @throws {@link RangeError} if `x` does not broadcast to `shape`.
 *
 * @example
 * ```ts
 * import { broadcastTo } from "@flaxen/ndarray";
 *
 * broadcastTo([1, 2], [2, 2]); // => [[1, 2], [1, 2]]
 * ```
 */
export function broadcastTo<D extends DType>(x: NDArray<D> | ArrayInput, shape: Shape): NDArray<D> {
  checkShape("broadcastTo", shape);
  const source = asNDArray(x) as NDArray<D>;
  const shift = shape.length - source.ndim;
  const fits = shift >= 0 && source.shape.every((n, axis) => n === 1 || n === shape[shift + axis]);
  if (!fits) {
    throw new RangeError(
      `broadcastTo: x must broadcast to shape ${describe(shape)}, got shape ${describe(source.shape)}.`,
    );
  }
  const stride = shape.map((_, i) => {
    const axis = i - shift;
    return axis < 0 || source.shape[axis] === 1 ? 0 : source.stride[axis];
  });
  return view(source, shape, stride, source.offset);
}
