import { cumsum as runningSums, normalizeAxis } from "@flaxen/ndarray";
import { flip } from "./flip.ts";
import { cast, checkOperand } from "./operands.ts";
import { bind } from "./primitive.ts";
import type { Primitive } from "./primitive.ts";
import { ravel } from "./reshape.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

const cumsumPrimitive: Primitive<{ readonly axis: number }> = {
  name: "cumsum",
  abstractEval: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  evaluate: ([x], { axis }, out) => runningSums(x, axis, out.dtype),
  // Each element is in all sums from its own on.
  vjp: (ct, { params: { axis } }) => {
    const reversed = bind(cumsumPrimitive, [flip(ct, axis)], { axis });
    return [flip(reversed, axis)];
  },
};

/**
 * Running sums along an axis: `y[i] = x[0] + ... + x[i]`, in the order and with the roundings of JAX on a CPU.
 *
 * @param x - Input; bool counts as int32.
 * @param axis - Which axis; by default all elements in row-major order.
 * @returns Shape and dtype of `x`, or rank 1 without `axis`.
 * @throws {@link RangeError} if `axis` is out of range.
 *
 * @example
 * ```ts
 * import { cumsum, grad, sum } from "@flaxen/autodiff";
 * import { array } from "@flaxen/ndarray";
 *
 * cumsum([[1, 2], [3, 4]]); // => [1, 3, 6, 10]
 * cumsum([[1, 2], [3, 4]], 0); // => [[1, 2], [4, 6]]
 * grad((x) => sum(cumsum(x)))(array([1, 2, 3])); // => [3, 2, 1]
 * ```
 */
export function cumsum(x: TensorLike, axis?: number): Tensor {
  const operand = checkOperand("cumsum", "x", x);
  const source = axis === undefined ? ravel(operand) : operand;
  const position = normalizeAxis("cumsum", axis ?? 0, source.shape.length);
  return bind(cumsumPrimitive, [source.dtype === "bool" ? cast(source, "int32") : source], {
    axis: position,
  });
}
