import { describe } from "@flaxen/dtype";
import { asNDArray, normalizeAxes, reshape, transpose } from "@flaxen/ndarray";
import type { ArrayInput, NDArray } from "@flaxen/ndarray";
import { multiply } from "./matmul.ts";

/** Which axes {@link tensordot} sums over: how many, or which of each operand. */
export type TensordotAxes =
  number | readonly [a: number | readonly number[], b: number | readonly number[]];

/**
 * Sums products over several axes at once.
 *
 * Sums are computed as by `matmul`, over the summed axes in the order given.
 *
 * @param a - Any shape.
 * @param b - Any shape.
 * @param axes - The number n of axes to sum over, the last of `a` and the first of `b` (default 2; 0 gives all
 *   products), or `[axesOfA, axesOfB]`, paired in order.
 * @returns The other axes of `a`, then those of `b`, in the promoted dtype.
 * @throws {@link RangeError} if paired axes differ in number or length, an axis is out of range or named twice, or
 *   `axes` is not a non-negative integer within both ranks.
 *
 * @example
 * ```ts
 * import { tensordot } from "@flaxen/linear-algebra";
 *
 * tensordot([[1, 2], [3, 4]], [[1, 1], [0, 1]]); // => 7
 * tensordot([[1, 2], [3, 4]], [10, 1], 1); // => [12, 34]
 * tensordot([[1, 2], [3, 4]], [10, 1], [0, 0]); // => [13, 24]
 * ```
 */
export function tensordot(a: ArrayInput, b: ArrayInput, axes: TensordotAxes = 2): NDArray {
  const x = asNDArray(a);
  const y = asNDArray(b);
  const [left, right] = pairAxes(x, y, axes);
  const lengths = left.map((axis) => x.shape[axis]);
  if (left.length !== right.length || lengths.some((n, i) => n !== y.shape[right[i]])) {
    throw new RangeError(
      `tensordot: a and b must agree on the summed axes, got shapes ${describe(x.shape)} and ${describe(y.shape)} with axes ${describe(left)} and ${describe(right)}.`,
    );
  }
  const rows = otherAxes(x, left);
  const columns = otherAxes(y, right);
  const k = lengths.reduce((size, length) => size * length, 1);
  const shapeOf = (array: NDArray, kept: number[]): number[] =>
    kept.map((axis) => array.shape[axis]);
  const [m, n] = [shapeOf(x, rows), shapeOf(y, columns)];
  const product = multiply(
    "tensordot",
    reshape(transpose(x, [...rows, ...left]), [sizeOf(m), k]),
    reshape(transpose(y, [...right, ...columns]), [k, sizeOf(n)]),
  );
  return reshape(product, [...m, ...n]);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

function otherAxes(x: NDArray, axes: readonly number[]): number[] {
  return x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
}

/** The summed axes of both operands. */
function pairAxes(x: NDArray, y: NDArray, axes: TensordotAxes): [number[], number[]] {
  if (Array.isArray(axes) && axes.length === 2) {
    const [left, right] = axes as readonly [number | number[], number | number[]];
    return [normalizeAxes("tensordot", left, x.ndim), normalizeAxes("tensordot", right, y.ndim)];
  }
  if (
    !Number.isSafeInteger(axes) ||
    (axes as number) < 0 ||
    (axes as number) > Math.min(x.ndim, y.ndim)
  ) {
    throw new RangeError(
      `tensordot: axes must be an integer in [0, ${Math.min(x.ndim, y.ndim)}] or a pair of lists, got ${describe(axes)}.`,
    );
  }
  const count = axes as number;
  const indices = Array.from({ length: count }, (_, i) => i);
  return [indices.map((i) => x.ndim - count + i), indices];
}
