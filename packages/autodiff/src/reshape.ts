import { describe } from "@flaxen/dtype";
import { contiguous, NDArray, normalizeAxes } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import { sameShape } from "./broadcasting.ts";
import { sizeOf } from "./compute-dtype.ts";
import { checkOperand } from "./operands.ts";
import { bind } from "./primitive.ts";
import type { Primitive } from "./primitive.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

/** Gives the row-major elements another shape of the same size. */
const reshapePrimitive: Primitive<{ readonly shape: Shape }> = {
  name: "reshape",
  abstractEval: ([x], { shape }) => ({ shape, dtype: x.dtype }),
  evaluate: ([x], { shape }) => {
    const { data, dtype, offset } = contiguous(x);
    return new NDArray(data, shape, undefined, offset, dtype);
  },
  vjp: (ct, { inputs: [x] }) => [reshapeTo(ct, x.shape)],
  alias: true,
};

/** Reshapes to a shape that is known to fit. */
export function reshapeTo(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : bind(reshapePrimitive, [x], { shape });
}

/**
 * The same elements, in row-major order, under another shape.
 *
 * @param x - Input.
 * @param shape - Of the same size; one length may be -1 and follows from the others.
 * @returns Dtype of `x`.
 * @throws {@link RangeError} if the sizes differ.
 *
 * @example
 * ```ts
 * import { reshape } from "@flaxen/autodiff";
 *
 * reshape([1, 2, 3, 4], [2, -1]); // => [[1, 2], [3, 4]]
 * reshape([1, 2, 3], [2, 2]); // throws RangeError: reshape: shape must have as many elements as x, 3, got [2, 2].
 * ```
 */
export function reshape(x: TensorLike, shape: Shape | number): Tensor {
  const operand = checkOperand("reshape", "x", x);
  const target = typeof shape === "number" ? [shape] : shape;
  if (!Array.isArray(target) || target.some((n) => typeof n !== "number")) {
    throw new TypeError(`reshape: shape must be a list of lengths, got ${describe(shape)}.`);
  }
  const free = target.indexOf(-1);
  const known = target.reduce((size, n, axis) => (axis === free ? size : size * n), 1);
  const size = sizeOf(operand.shape);
  const whole = target.every((n, axis) => axis === free || (Number.isSafeInteger(n) && n >= 0));
  if (!whole || (free < 0 ? known !== size : known === 0 || size % known !== 0)) {
    throw new RangeError(
      `reshape: shape must have as many elements as x, ${size}, got ${describe(shape)}.`,
    );
  }
  return reshapeTo(operand, free < 0 ? [...target] : target.with(free, size / known));
}

/**
 * All elements in row-major order as one axis.
 *
 * @param x - Input.
 * @returns Shape `[size]`, dtype of `x`.
 *
 * @example
 * ```ts
 * import { ravel } from "@flaxen/autodiff";
 *
 * ravel([[1, 2], [3, 4]]); // => [1, 2, 3, 4]
 * ```
 */
export function ravel(x: TensorLike): Tensor {
  const operand = checkOperand("ravel", "x", x);
  return reshapeTo(operand, [sizeOf(operand.shape)]);
}

/**
 * Inserts axes of length 1.
 *
 * @param x - Input.
 * @param axis - Position or positions of the new axes in the result; negative ones count from the end.
 * @returns Dtype of `x`.
 * @throws {@link RangeError} if a position is out of range or repeated.
 *
 * @example
 * ```ts
 * import { expandDims } from "@flaxen/autodiff";
 *
 * expandDims([1, 2], -1); // => [[1], [2]]
 * ```
 */
export function expandDims(x: TensorLike, axis: number | readonly number[]): Tensor {
  const operand = checkOperand("expandDims", "x", x);
  const added = typeof axis === "number" ? [axis] : axis;
  const axes = normalizeAxes("expandDims", added, operand.shape.length + added.length);
  const shape = [...operand.shape];
  for (const position of [...axes].sort((a, b) => a - b)) shape.splice(position, 0, 1);
  return reshapeTo(operand, shape);
}

/**
 * Removes axes of length 1.
 *
 * @param x - Input.
 * @param axis - Which to remove (default: all of length 1).
 * @returns Dtype of `x`.
 * @throws {@link RangeError} if a named axis is out of range or not of length 1.
 *
 * @example
 * ```ts
 * import { squeeze } from "@flaxen/autodiff";
 *
 * squeeze([[1], [2]]); // => [1, 2]
 * squeeze([[1], [2]], 0); // throws RangeError: squeeze: axis must name axes of length 1, got 0 for shape [2, 1].
 * ```
 */
export function squeeze(x: TensorLike, axis?: number | readonly number[]): Tensor {
  const operand = checkOperand("squeeze", "x", x);
  const { shape } = operand;
  if (axis === undefined) {
    return reshapeTo(
      operand,
      shape.filter((n) => n !== 1),
    );
  }
  const axes = normalizeAxes("squeeze", axis, shape.length);
  if (axes.some((i) => shape[i] !== 1)) {
    throw new RangeError(
      `squeeze: axis must name axes of length 1, got ${describe(axis)} for shape ${describe(shape)}.`,
    );
  }
  return reshapeTo(
    operand,
    shape.filter((_, i) => !axes.includes(i)),
  );
}
