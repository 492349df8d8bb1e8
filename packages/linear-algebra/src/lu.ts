import { NDArray } from "@flaxen/ndarray";
import type { ArrayInput } from "@flaxen/ndarray";
import { eliminate } from "./eliminate.ts";
import { matrixBatch, wrap } from "./operands.ts";
import type { RealDType } from "./operands.ts";

/**
 * Factorizes matrices with partial pivoting: `x[permutation] = L U`.
 *
 * L is lower triangular with ones on its diagonal, U upper triangular. Float32 is computed in float64 and
 * rounded once. A singular matrix has zeros on the diagonal of U.
 *
 * @param x - Shape `[..., m, n]`, float32 or float64; integers become the default float.
 * @returns `[permutation, l, u]`: int32 `[..., m]`, `[..., m, k]` and `[..., k, n]` with `k = min(m, n)`.
 * @throws {@link RangeError} if `x` has fewer than 2 axes.
 * @throws {@link TypeError} if the dtype is float16, bfloat16 or complex.
 * @see Golub and Van Loan (2013), "Matrix Computations", 4th edition, algorithm 3.4.1.
 *
 * @example
 * ```ts
 * import { lu } from "@flaxen/linear-algebra";
 *
 * const [permutation, l, u] = lu([[0, 1], [2, 4]]);
 * permutation; // => [1, 0]
 * l; // => [[1, 0], [0, 1]]
 * u; // => [[2, 4], [0, 1]]
 * ```
 */
export function lu(
  x: ArrayInput,
): [permutation: NDArray<"int32">, l: NDArray<RealDType>, u: NDArray<RealDType>] {
  const { dtype, batch, count, rows, columns, data } = matrixBatch("lu", "x", x);
  const k = Math.min(rows, columns);
  const work = Float64Array.from(data);
  const permutation = new Int32Array(count * rows);
  const l = new Float64Array(count * rows * k);
  const u = new Float64Array(count * k * columns);
  for (let matrix = 0; matrix < count; matrix++) {
    const a = work.subarray(matrix * rows * columns, (matrix + 1) * rows * columns);
    eliminate(a, rows, columns, permutation.subarray(matrix * rows, (matrix + 1) * rows));
    const lFrom = matrix * rows * k;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < Math.min(i, k); j++) l[lFrom + i * k + j] = a[i * columns + j];
      if (i < k) l[lFrom + i * k + i] = 1;
    }
    const uFrom = matrix * k * columns;
    for (let i = 0; i < k; i++) {
      for (let j = i; j < columns; j++) u[uFrom + i * columns + j] = a[i * columns + j];
    }
  }
  return [
    new NDArray<"int32">(permutation, [...batch, rows]),
    wrap(dtype, [...batch, rows, k], l),
    wrap(dtype, [...batch, k, columns], u),
  ];
}
