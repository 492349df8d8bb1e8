import { describe } from "@flaxen/dtype";
import { asNDArray, reshape, transpose } from "@flaxen/ndarray";
import type { ArrayInput, NDArray } from "@flaxen/ndarray";
import { conjugate } from "./complex-product.ts";
import { multiply } from "./matmul.ts";
import { allProducts } from "./outer-product.ts";

/**
 * Sums products over the last axis of `a` and the second-to-last (or only) axis of `b`.
 *
 * For vectors and matrices this is {@link matmul}; with more axes every row of `a` meets every column of
 * `b`. A scalar multiplies. Sums are computed as by {@link matmul}.
 *
 * @param a - Shape `[..., k]` or `[]`.
 * @param b - Shape `[k]`, `[..., k, n]` or `[]`.
 * @returns Shape `a.shape[:-1] + b.shape[:-2] + b.shape[-1:]` in the promoted dtype.
 * @throws {@link RangeError} if the summed axes differ.
 *
 * @example
 * ```ts
 * import { dot } from "@flaxen/linear-algebra";
 *
 * dot([1, 2, 3], [4, 5, 6]); // => 32
 * dot(2, [4, 5]); // => [8, 10]
 * ```
 */
export function dot(a: ArrayInput, b: ArrayInput): NDArray {
  const x = asNDArray(a);
  const y = asNDArray(b);
  if (x.ndim === 0 || y.ndim === 0) {
    const flat = allProducts(x, y);
    return reshape(flat, x.ndim === 0 ? y.shape : x.shape);
  }
  const k = x.shape[x.ndim - 1];
  const axis = Math.max(0, y.ndim - 2);
  if (k !== y.shape[axis]) {
    throw new RangeError(
      `dot: a and b must agree on the summed axis, got shapes ${describe(x.shape)} and ${describe(y.shape)}.`,
    );
  }
  if (y.ndim <= 2) return multiply("dot", x, y);
  const others = y.shape.filter((_, i) => i !== axis);
  const order = [axis, ...y.shape.map((_, i) => i).filter((i) => i !== axis)];
  const columns = others.reduce((size, length) => size * length, 1);
  const product = multiply("dot", x, reshape(transpose(y, order), [k, columns]));
  return reshape(product, [...x.shape.slice(0, -1), ...others]);
}

/**
 * Sums the products of all elements of two arrays of the same size, taken in row-major order; complex elements
 * of `a` are conjugated.
 *
 * @param a - Any shape.
 * @param b - Any shape of the same size.
 * @returns A scalar in the promoted dtype.
 * @throws {@link RangeError} if the sizes differ.
 *
 * @example
 * ```ts
 * import { vdot } from "@flaxen/linear-algebra";
 *
 * vdot([[1, 2], [3, 4]], [1, 0, 0, 1]); // => 5
 * ```
 */
export function vdot(a: ArrayInput, b: ArrayInput): NDArray {
  const x = asNDArray(a);
  const y = asNDArray(b);
  if (x.size !== y.size) {
    throw new RangeError(
      `vdot: a and b must have the same size, got shapes ${describe(x.shape)} and ${describe(y.shape)}.`,
    );
  }
  return multiply("vdot", conjugate(reshape(x, [x.size])), reshape(y, [y.size]));
}

/**
 * Multiplies every element of one array by every element of another, `c[i, j] = a[i] b[j]`.
 *
 * @param a - Any shape, read in row-major order.
 * @param b - Any shape, read in row-major order.
 * @returns Shape `[a.size, b.size]` in the promoted dtype.
 *
 * @example
 * ```ts
 * import { outer } from "@flaxen/linear-algebra";
 *
 * outer([1, 2], [3, 4, 5]); // => [[3, 4, 5], [6, 8, 10]]
 * ```
 */
export function outer(a: ArrayInput, b: ArrayInput): NDArray {
  const x = asNDArray(a);
  const y = asNDArray(b);
  return reshape(allProducts(x, y), [x.size, y.size]);
}
