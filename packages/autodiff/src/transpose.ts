import { describe } from "@flaxen/dtype";
import {
  contiguous,
  normalizeAxes,
  normalizeAxis,
  transpose as permuteView,
} from "@flaxen/ndarray";
import { byteStrides, hasLongRows, planMove } from "./kernels/move.ts";
import { checkOperand } from "./operands.ts";
import { bind } from "./primitive.ts";
import type { Primitive } from "./primitive.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

const transposePrimitive: Primitive<{ readonly axes: readonly number[] }> = {
  name: "transpose",
  abstractEval: ([x], { axes }) => ({ shape: axes.map((axis) => x.shape[axis]), dtype: x.dtype }),
  evaluate: ([x], { axes }) => contiguous(permuteView(x, axes)),
  kernel: ([x], { axes }, out) => {
    const from = byteStrides(x.shape, x.dtype);
    const to = byteStrides(out.shape, out.dtype);
    const moved = axes.map((axis, i) => ({ length: out.shape[i], to: to[i], from: from[axis] }));
    const move = planMove(x.dtype, moved);
    return move && (([source], target) => move(target, source));
  },
  copyPays: ([x], { axes }) => axes[axes.length - 1] !== axes.length - 1 || !hasLongRows(x),
  vjp: (ct, { params: { axes } }) => [
    permute(
      ct,
      axes.map((_, i) => axes.indexOf(i)),
    ),
  ],
};

/** Permutes axes that are known to be a permutation. */
export function permute(x: Tensor, axes: readonly number[]): Tensor {
  return axes.every((axis, i) => axis === i) ? x : bind(transposePrimitive, [x], { axes });
}

/**
 * Permutes the axes.
 *
 * @param x - Input.
 * @param axes - Axis `i` of the result is axis `axes[i]` of `x` (default: reversed order).
 * @returns Dtype of `x`.
 * @throws {@link RangeError} if `axes` is no permutation.
 *
 * @example
 * ```ts
 * import { transpose } from "@flaxen/autodiff";
 *
 * transpose([[1, 2, 3], [4, 5, 6]]); // => [[1, 4], [2, 5], [3, 6]]
 * transpose([[1, 2]], [0]); // throws RangeError: transpose: axes must name each of the 2 axes once, got [0].
 * ```
 */
export function transpose(x: TensorLike, axes?: readonly number[]): Tensor {
  const operand = checkOperand("transpose", "x", x);
  const ndim = operand.shape.length;
  if (axes === undefined)
    return permute(
      operand,
      Array.from({ length: ndim }, (_, i) => ndim - 1 - i),
    );
  const normal = normalizeAxes("transpose", axes, ndim);
  if (normal.length !== ndim) {
    throw new RangeError(
      `transpose: axes must name each of the ${ndim} axes once, got ${describe(axes)}.`,
    );
  }
  return permute(operand, normal);
}

/**
 * Moves axes to other places; the others keep their order.
 *
 * @param x - Input.
 * @param source - The axes to move; negative ones count from the end.
 * @param destination - Where each of them is in the result.
 * @returns Dtype of `x`.
 * @throws {@link RangeError} if an axis is out of range or named twice, or the lists differ in length.
 *
 * @example
 * ```ts
 * import { moveaxis } from "@flaxen/autodiff";
 *
 * moveaxis([[[1, 2, 3], [4, 5, 6]]], 0, -1); // => [[[1], [2], [3]], [[4], [5], [6]]]
 * ```
 */
export function moveaxis(
  x: TensorLike,
  source: number | readonly number[],
  destination: number | readonly number[],
): Tensor {
  const operand = checkOperand("moveaxis", "x", x);
  const ndim = operand.shape.length;
  const sources = normalizeAxes("moveaxis", source, ndim);
  const destinations = normalizeAxes("moveaxis", destination, ndim);
  if (sources.length !== destinations.length) {
    throw new RangeError(
      `moveaxis: source and destination must have equal lengths, got ${describe(source)} and ${describe(destination)}.`,
    );
  }
  const order = Array.from({ length: ndim }, (_, i) => i).filter((i) => !sources.includes(i));
  const moves = destinations.map((to, i) => [to, sources[i]]).sort((a, b) => a[0] - b[0]);
  for (const [to, axis] of moves) order.splice(to, 0, axis);
  return permute(operand, order);
}

/**
 * Exchanges two axes.
 *
 * @param x - Input.
 * @param axis1 - One axis; negative ones count from the end.
 * @param axis2 - The other.
 * @returns Dtype of `x`.
 * @throws {@link RangeError} if an axis is out of range.
 *
 * @example
 * ```ts
 * import { swapaxes } from "@flaxen/autodiff";
 *
 * swapaxes([[1, 2], [3, 4]], 0, 1); // => [[1, 3], [2, 4]]
 * ```
 */
export function swapaxes(x: TensorLike, axis1: number, axis2: number): Tensor {
  const operand = checkOperand("swapaxes", "x", x);
  const ndim = operand.shape.length;
  const first = normalizeAxis("swapaxes", axis1, ndim);
  const second = normalizeAxis("swapaxes", axis2, ndim);
  const order = Array.from({ length: ndim }, (_, i) => i);
  return permute(operand, order.with(first, second).with(second, first));
}
