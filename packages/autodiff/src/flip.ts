import { contiguous, NDArray, normalizeAxes } from "@flaxen/ndarray";
import { sizeOf } from "./compute-dtype.ts";
import { byteStrides, hasLongRows, planMove } from "./kernels/move.ts";
import { checkOperand } from "./operands.ts";
import { bind } from "./primitive.ts";
import type { Primitive } from "./primitive.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

const flipPrimitive: Primitive<{ readonly axes: readonly number[] }> = {
  name: "flip",
  abstractEval: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  evaluate: ([x], { axes }) => {
    if (sizeOf(x.shape) === 0) return contiguous(x);
    const last = axes.reduce((at, axis) => at + (x.shape[axis] - 1) * x.stride[axis], x.offset);
    const stride = x.stride.map((step, axis) => (axes.includes(axis) ? -step : step));
    return contiguous(new NDArray(x.data, x.shape, stride, last, x.dtype));
  },
  kernel: ([x], { axes }) => {
    const steps = byteStrides(x.shape, x.dtype);
    const moved = x.shape.map((length, axis) => ({
      length,
      to: steps[axis],
      from: axes.includes(axis) ? -steps[axis] : steps[axis],
    }));
    const last = axes.reduce((at, axis) => at + (x.shape[axis] - 1) * steps[axis], 0);
    const move = planMove(x.dtype, moved, 0, last);
    return move && (([source], target) => move(target, source));
  },
  copyPays: ([x], { axes }) => axes.includes(x.shape.length - 1) || !hasLongRows(x),
  vjp: (ct, { params }) => [bind(flipPrimitive, [ct], params)],
};

/**
 * Reverses the order of the elements along axes.
 *
 * @param x - Input.
 * @param axis - Which axes (default all).
 * @returns Shape and dtype of `x`.
 * @throws {@link RangeError} if an axis is out of range or repeated.
 *
 * @example
 * ```ts
 * import { flip } from "@flaxen/autodiff";
 *
 * flip([[1, 2], [3, 4]], 1); // => [[2, 1], [4, 3]]
 * ```
 */
export function flip(x: TensorLike, axis?: number | readonly number[]): Tensor {
  const operand = checkOperand("flip", "x", x);
  return bind(flipPrimitive, [operand], {
    axes: normalizeAxes("flip", axis, operand.shape.length),
  });
}
