import { allocate, describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import {
  broadcastTo as broadcastView,
  checkShape,
  contiguous,
  NDArray,
  sizeOf,
} from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import { sameShape } from "./broadcasting.ts";
import { byteStrides, planMove } from "./kernels/move.ts";
import { checkOperand } from "./operands.ts";
import { bind } from "./primitive.ts";
import type { Primitive } from "./primitive.ts";
import { sumTo } from "./sum-to.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

/** Repeats axes of length 1, and leading axes. */
export const broadcastToPrimitive: Primitive<{ readonly shape: Shape }> = {
  name: "broadcastTo",
  abstractEval: ([x], { shape }) => {
    const extra = shape.length - x.shape.length;
    if (extra < 0 || !x.shape.every((n, axis) => n === 1 || n === shape[axis + extra])) {
      throw new RangeError(
        `broadcastTo: shape must be one that ${describe(x.shape)} broadcasts to, got ${describe(shape)}.`,
      );
    }
    return { shape, dtype: x.dtype };
  },
  evaluate: ([x], { shape }) =>
    sizeOf(x.shape) === 1 ? repeat(x, shape) : contiguous(broadcastView(x, shape)),
  kernel: ([x], { shape }) => {
    const from = byteStrides(x.shape, x.dtype);
    const to = byteStrides(shape, x.dtype);
    const extra = shape.length - x.shape.length;
    const moved = shape.map((length, axis) => ({
      length,
      to: to[axis],
      from: axis < extra || x.shape[axis - extra] === 1 ? 0 : from[axis - extra],
    }));
    const move = planMove(x.dtype, moved);
    return move && (([source], target) => move(target, source));
  },
  copyPays: ([x]) => sizeOf(x.shape) !== 1,
  vjp: (ct, { inputs: [x] }) => [sumTo(ct, x.shape)],
};

/** Many copies of the only element: the gradient of every full sum. */
function repeat({ data, offset, dtype }: NDArray, shape: Shape): NDArray {
  const copies = allocate(dtype, sizeOf(shape)) as Float32Array;
  copies.fill((data as Float32Array)[offset]);
  return new NDArray<DType>(copies, shape, undefined, 0, dtype);
}

/** Broadcasts to a shape; the tensor itself if it has it. */
export function expandTo(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : bind(broadcastToPrimitive, [x], { shape });
}

/**
 * Repeats axes of length 1, and leading axes, to a larger shape.
 *
 * @param x - Input.
 * @param shape - Ends in the lengths of `x`, or any length where `x` has 1.
 * @returns A row-major copy; dtype of `x`.
 * @throws {@link RangeError} if `x` does not broadcast to `shape`.
 *
 * @example
 * ```ts
 * import { broadcastTo } from "@flaxen/autodiff";
 *
 * broadcastTo([1, 2], [2, 2]); // => [[1, 2], [1, 2]]
 * broadcastTo([1, 2], [3]); // throws RangeError: broadcastTo: shape must be one that [2] broadcasts to, got [3].
 * ```
 */
export function broadcastTo(x: TensorLike, shape: Shape): Tensor {
  const operand = checkOperand("broadcastTo", "x", x);
  checkShape("broadcastTo", shape);
  return expandTo(operand, shape);
}
