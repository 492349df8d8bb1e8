import type { ArrayInput, NDArray } from "@flaxen/ndarray";
import { factorizeDefinite } from "./definite.ts";
import { allocateReal, squareBatch, wrap } from "./operands.ts";
import type { RealDType } from "./operands.ts";
import { place } from "./unsolvable.ts";

/** Options of {@link cholesky}. */
export interface CholeskyOptions {
  /** Whether to return the upper factor `U = Lᵀ` with `x = Uᵀ U` (default false). */
  readonly upper?: boolean;
  /** Whether to factorize `(x + xᵀ) / 2` (default true) or to read only the lower triangle of `x`. */
  readonly symmetrizeInput?: boolean;
}

/**
 * Factorizes symmetric positive definite matrices as `x = L Lᵀ` with a lower triangular L.
 *
 * A NaN gives NaN from its row on. Float32 is computed in float64 and rounded once.
 *
 * @param x - Shape `[..., n, n]`, float32 or float64; integers become the default float.
 * @param options - `upper` (default false), `symmetrizeInput` (default true).
 * @returns The factor, of the same shape, with zeros in the other triangle.
 * @throws {@link RangeError} if `x` has fewer than 2 axes or is not square, or a matrix is not positive definite.
 * @throws {@link TypeError} if the dtype is float16, bfloat16 or complex.
 * @see Golub and Van Loan (2013), "Matrix Computations", 4th edition, section 4.2.
 *
 * @example
 * ```ts
 * import { cholesky } from "@flaxen/linear-algebra";
 *
 * cholesky([[4, 2], [2, 10]]); // => [[2, 0], [1, 3]]
 * cholesky([[4, 2], [2, 10]], { upper: true }); // => [[2, 1], [0, 3]]
 * cholesky([[1, 2], [2, 1]]); // throws RangeError: cholesky: x must be positive definite, got a matrix that is not.
 * ```
 */
export function cholesky(x: ArrayInput, options: CholeskyOptions = {}): NDArray<RealDType> {
  const { upper = false, symmetrizeInput = true } = options;
  const { dtype, batch, count, rows: n, data } = squareBatch("cholesky", "x", x);
  const result = allocateReal(dtype, count * n * n);
  const l = new Float64Array(n * n);
  for (let matrix = 0; matrix < count; matrix++) {
    const from = matrix * n * n;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const below = data[from + i * n + j];
        // Halves first, so that the sum cannot overflow.
        l[i * n + j] = symmetrizeInput ? below / 2 + data[from + j * n + i] / 2 : below;
      }
    }
    if (!factorizeDefinite(l, n)) {
      throw new RangeError(
        `cholesky: x must be positive definite, got a matrix that is not${place(matrix, batch)}.`,
      );
    }
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        result[from + (upper ? j * n + i : i * n + j)] = l[i * n + j];
      }
    }
  }
  return wrap(dtype, [...batch, n, n], result);
}
