import type { ArrayInput, NDArray } from "@flaxen/ndarray";
import { normalize } from "./normalize.ts";
import { allocateReal, squareBatch, wrap } from "./operands.ts";
import type { RealDType } from "./operands.ts";
import { diagonalizeTridiagonal } from "./tridiagonal-eigen.ts";
import { tridiagonalize } from "./tridiagonalize.ts";
import { withWorkArrays } from "./work-arrays.ts";

/** Options of {@link eigh}. */
export interface EighOptions {
  /** Whether the upper triangle is read when `symmetrizeInput` is false (default false: the lower one). */
  readonly upper?: boolean;
  /** Whether to decompose `(x + xᵀ) / 2` (default true) or to read only one triangle of `x`. */
  readonly symmetrizeInput?: boolean;
}

/**
 * Decomposes symmetric matrices as `x = V diag(w) Vᵀ` with an orthogonal V.
 *
 * Eigenvalues ascend. Signs of the eigenvectors, and bases of the spaces that belong to equal eigenvalues,
 * are not promised to be those of LAPACK. A matrix with infinities or NaN gives NaN everywhere, as in JAX.
 * Float32 is computed in float64 and rounded once.
 *
 * @param x - Shape `[..., n, n]`, float32 or float64; integers become the default float.
 * @param options - `symmetrizeInput` (default true); if false, `upper` (default false) says which triangle
 *   is read.
 * @returns `[w, v]`: eigenvalues `[..., n]` and the eigenvectors as columns `[..., n, n]`.
 * @throws {@link RangeError} if `x` has fewer than 2 axes or is not square.
 * @throws {@link TypeError} if the dtype is float16, bfloat16 or complex.
 * @see Golub and Van Loan (2013), "Matrix Computations", 4th edition, section 8.3.
 *
 * @example
 * ```ts
 * import { eigh } from "@flaxen/linear-algebra";
 *
 * const [w, v] = eigh([[2, 1], [1, 2]]);
 * Array.from(w.data, (x) => x.toFixed(4)); // => ["1.0000", "3.0000"]
 * Math.abs(v.get(0, 0)).toFixed(4); // => "0.7071"
 * ```
 */
export function eigh(
  x: ArrayInput,
  options: EighOptions = {},
): [w: NDArray<RealDType>, v: NDArray<RealDType>] {
  const { upper = false, symmetrizeInput = true } = options;
  const { dtype, batch, count, rows: n, data } = squareBatch("eigh", "x", x);
  const values = allocateReal(dtype, count * n);
  const vectors = allocateReal(dtype, count * n * n);
  const a = new Float64Array(n * n);
  for (let matrix = 0; matrix < count; matrix++) {
    const from = matrix * n * n;
    a.fill(0);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const below = data[from + i * n + j];
        const above = data[from + j * n + i];
        // Halves first, so that the sum cannot overflow.
        a[i * n + j] = symmetrizeInput ? below / 2 + above / 2 : upper ? above : below;
      }
    }
    const found = eigenvectors(a, n);
    if (!found) {
      values.fill(NaN, matrix * n, (matrix + 1) * n);
      vectors.fill(NaN, from, from + n * n);
      continue;
    }
    values.set(found.values, matrix * n);
    vectors.set(found.vectors, from);
  }
  return [wrap(dtype, [...batch, n], values), wrap(dtype, [...batch, n, n], vectors)];
}

/** Eigenvalues, ascending, and eigenvectors from a lower triangle, which is overwritten; undefined for infinities and NaN. */
function eigenvectors(
  a: Float64Array,
  n: number,
): { values: Float64Array; vectors: Float64Array } | undefined {
  const scale = normalize(a);
  if (Number.isNaN(scale)) return undefined;
  const { diagonal, beside, vectors: form } = tridiagonalize(a, n);
  const columns = form();
  const stride = Math.ceil(n / 8) * 8;
  return withWorkArrays(n, [n * stride], (rows) => {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) rows[j * stride + i] = columns[i * n + j];
    }
    if (!diagonalizeTridiagonal(diagonal, beside, rows, stride)) return undefined;
    const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[i] - diagonal[j]);
    const vectors = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) vectors[i * n + j] = rows[order[j] * stride + i];
    }
    return { values: Float64Array.from(order, (i) => diagonal[i] * scale), vectors };
  });
}
