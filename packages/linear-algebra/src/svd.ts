import type { ArrayInput, NDArray } from "@flaxen/ndarray";
import { decompose, transposed } from "./decompose.ts";
import { allocateReal, matrixBatch, wrap } from "./operands.ts";
import type { RealDType } from "./operands.ts";
import { checkNoNaN } from "./unsolvable.ts";

/** Options of {@link svd}. */
export interface SVDOptions {
  /** Whether U and Vᵀ are square (default true) or have `k = min(m, n)` columns and rows. */
  readonly fullMatrices?: boolean;
  /** Whether to compute U and Vᵀ (default true) or the singular values alone, which is quicker. */
  readonly computeUv?: boolean;
}

/**
 * Decomposes matrices as `x = U diag(s) Vᵀ` with orthogonal U and V.
 *
 * Singular values are non-negative and descend. Signs of the singular vectors, and bases of the spaces that
 * belong to equal singular values, are not promised to be those of LAPACK. A matrix with infinities gives NaN
 * everywhere. Float32 is computed in float64 and rounded once.
 *
 * @param x - Shape `[..., m, n]`, float32 or float64; integers become the default float.
 * @param options - `fullMatrices` (default true) gives U `[..., m, m]` and Vᵀ `[..., n, n]`, false
 *   `[..., m, k]` and `[..., k, n]` with `k = min(m, n)`; `computeUv` (default true), false gives s alone.
 * @returns `[u, s, vh]`, s of shape `[..., k]`; or s alone.
 * @throws {@link RangeError} if `x` has fewer than 2 axes or contains NaN.
 * @throws {@link TypeError} if the dtype is float16, bfloat16 or complex.
 * @see Demmel and Kahan (1990), "Accurate singular values of bidiagonal matrices", SIAM J. Sci. Stat.
 *   Comput. 11, 873-912. https://doi.org/10.1137/0911052
 *
 * @example
 * ```ts
 * import { svd } from "@flaxen/linear-algebra";
 *
 * const [u, s, vh] = svd([[3, 0], [4, 5], [0, 0]], { fullMatrices: false });
 * [u.shape, s.shape, vh.shape]; // => [[3, 2], [2], [2, 2]]
 * Array.from(s.data, (x) => x.toFixed(4)); // => ["6.7082", "2.2361"]
 * svd([[0, 2], [1, 0]], { computeUv: false }); // => [2, 1]
 * ```
 */
export function svd(x: ArrayInput, options: SVDOptions & { computeUv: false }): NDArray<RealDType>;
export function svd(
  x: ArrayInput,
  options?: SVDOptions & { computeUv?: true },
): [u: NDArray<RealDType>, s: NDArray<RealDType>, vh: NDArray<RealDType>];
export function svd(
  x: ArrayInput,
  options: SVDOptions = {},
): NDArray<RealDType> | [u: NDArray<RealDType>, s: NDArray<RealDType>, vh: NDArray<RealDType>] {
  const { fullMatrices = true, computeUv = true } = options;
  const matrices = matrixBatch("svd", "x", x);
  checkNoNaN("svd", "x", matrices);
  const { dtype, batch, count, rows, columns, data } = matrices;
  const k = Math.min(rows, columns);
  const left = fullMatrices ? rows : k;
  const right = fullMatrices ? columns : k;
  const values = allocateReal(dtype, count * k);
  const u = allocateReal(dtype, computeUv ? count * rows * left : 0);
  const vh = allocateReal(dtype, computeUv ? count * columns * right : 0);
  const kind = computeUv ? (fullMatrices ? "full" : "thin") : "none";
  for (let i = 0; i < count; i++) {
    const matrix = data.subarray(i * rows * columns, (i + 1) * rows * columns);
    const found = decompose(matrix, rows, columns, kind);
    values.set(found.s, i * k);
    if (!computeUv) continue;
    u.set(found.u, i * rows * left);
    vh.set(transposed(found.v, columns, right), i * columns * right);
  }
  const s = wrap(dtype, [...batch, k], values);
  if (!computeUv) return s;
  return [wrap(dtype, [...batch, rows, left], u), s, wrap(dtype, [...batch, right, columns], vh)];
}
