import { asNDArray, reshape, transpose } from "@flaxen/ndarray";
import type { ArrayInput, NDArray } from "@flaxen/ndarray";
import { allProducts } from "./outer-product.ts";

/**
 * Computes the Kronecker product: every element of `a` is replaced by its product with the whole of `b`.
 *
 * The operand with fewer axes gets leading axes of length 1.
 *
 * @param a - Any shape.
 * @param b - Any shape.
 * @returns Shape `[a.shape[i] * b.shape[i], ...]` in the promoted dtype.
 *
 * @example
 * ```ts
 * import { kron } from "@flaxen/linear-algebra";
 *
 * kron([1, 10], [1, 2]); // => [1, 2, 10, 20]
 * kron([[1, 0], [0, 1]], [[1, 2]]); // => [[1, 2, 0, 0], [0, 0, 1, 2]]
 * ```
 */
export function kron(a: ArrayInput, b: ArrayInput): NDArray {
  const x = asNDArray(a);
  const y = asNDArray(b);
  const ndim = Math.max(x.ndim, y.ndim);
  const outer = [...new Array<number>(ndim - x.ndim).fill(1), ...x.shape];
  const inner = [...new Array<number>(ndim - y.ndim).fill(1), ...y.shape];
  const products = reshape(allProducts(x, y), [...outer, ...inner]);
  const order = outer.flatMap((_, axis) => [axis, ndim + axis]);
  return reshape(
    transpose(products, order),
    outer.map((length, axis) => length * inner[axis]),
  );
}
