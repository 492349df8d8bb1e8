import { describe } from "@flaxen/dtype";
import { contiguous, normalizeAxes, transpose as permuteView } from "@flaxen/ndarray";
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
