import { describe } from "@flaxen/dtype";
import { normalizeAxis } from "@flaxen/ndarray";
import { checkOperand } from "./operands.ts";
import { checkOptions } from "./options.ts";
import { reshapeTo } from "./reshape.ts";
import { slice } from "./slice.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

/** Options of {@link split} and {@link unstack}. */
export interface SplitOptions {
  /** Axis to cut (default 0); negative ones count from the end. */
  readonly axis?: number | undefined;
}

const SPLIT_OPTIONS: readonly string[] = ["axis"];

/** The parts of an axis between neighbouring bounds. */
function cut(x: Tensor, axis: number, bounds: readonly number[]): Tensor[] {
  const { shape } = x;
  const start = shape.map(() => 0);
  return bounds.slice(1).map((end, i) => {
    return slice(x, start.with(axis, bounds[i]), shape.with(axis, end));
  });
}

/**
 * Cuts the tensor into parts along an axis, as `jax.numpy.split`.
 *
 * The gradient is one `concatenate`, however many parts there are.
 *
 * @param x - Input.
 * @param sections - How many parts of one length, which must divide the axis; or the index at which each part
 *   but the first begins, in ascending order.
 * @param options - `axis` (default 0).
 * @returns The parts, in order; dtype of `x`.
 * @throws {@link RangeError} if `axis` is out of range, the number is below 1 or does not divide the axis, or
 *   an index is out of range or below the one before it.
 * @throws {@link TypeError} if `sections` is neither an integer nor a list of integers.
 *
 * @example
 * ```ts
 * import { split } from "@flaxen/autodiff";
 *
 * split([1, 2, 3, 4], 2); // => [[1, 2], [3, 4]]
 * split([[1, 2, 3]], [1], { axis: 1 }).length; // => 2
 * split([1, 2, 3], 2); // throws RangeError: split: sections must divide the axis of length 3, got 2.
 * ```
 */
export function split(
  x: TensorLike,
  sections: number | readonly number[],
  options: SplitOptions = {},
): Tensor[] {
  checkOptions("split", options, SPLIT_OPTIONS);
  const operand = checkOperand("split", "x", x);
  const axis = normalizeAxis("split", options.axis ?? 0, operand.shape.length);
  const length = operand.shape[axis];
  const list: unknown = sections;
  if (Array.isArray(list)) {
    if (!list.every(Number.isSafeInteger)) {
      throw new TypeError(
        `split: sections must be an integer or a list of integers, got ${describe(sections)}.`,
      );
    }
    const bounds: number[] = [0, ...(list as number[]), length];
    if (bounds.some((bound, i) => i > 0 && bound < bounds[i - 1])) {
      throw new RangeError(
        `split: sections must be indices in ascending order from 0 to ${length}, got ${describe(sections)}.`,
      );
    }
    return cut(operand, axis, bounds);
  }
  if (typeof sections !== "number" || !Number.isSafeInteger(sections)) {
    throw new TypeError(
      `split: sections must be an integer or a list of integers, got ${describe(sections)}.`,
    );
  }
  if (sections < 1 || length % sections !== 0) {
    throw new RangeError(
      `split: sections must divide the axis of length ${length}, got ${sections}.`,
    );
  }
  const size = length / sections;
  return cut(
    operand,
    axis,
    Array.from({ length: sections + 1 }, (_, i) => i * size),
  );
}

/**
 * Cuts the tensor into its slices of one index along an axis, without that axis: the inverse of `stack`.
 *
 * The gradient is one `concatenate`, however many slices there are.
 *
 * @param x - Input of rank 1 or more.
 * @param options - `axis` (default 0).
 * @returns As many tensors as the axis is long; dtype of `x`.
 * @throws {@link RangeError} if `axis` is out of range, or `x` is a scalar.
 *
 * @example
 * ```ts
 * import { unstack } from "@flaxen/autodiff";
 *
 * unstack([[1, 2], [3, 4]], { axis: 1 }); // => [[1, 3], [2, 4]]
 * ```
 */
export function unstack(x: TensorLike, options: SplitOptions = {}): Tensor[] {
  checkOptions("unstack", options, SPLIT_OPTIONS);
  const operand = checkOperand("unstack", "x", x);
  if (operand.shape.length === 0) {
    throw new RangeError(`unstack: x must have at least one axis, got ${describe(operand)}.`);
  }
  const axis = normalizeAxis("unstack", options.axis ?? 0, operand.shape.length);
  const bounds = Array.from({ length: operand.shape[axis] + 1 }, (_, i) => i);
  const shape = operand.shape.toSpliced(axis, 1);
  return cut(operand, axis, bounds).map((part) => reshapeTo(part, shape));
}
