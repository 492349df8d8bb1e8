import type { ArrayInput, NDArray } from "@flaxen/ndarray";
import { eliminate } from "./eliminate.ts";
import { squareBatch, wrap } from "./operands.ts";
import type { RealDType } from "./operands.ts";

/**
 * Computes determinants by LU factorization with partial pivoting.
 *
 * The determinant of a `0 × 0` matrix is 1. Float32 is computed in float64 and rounded once.
 *
 * @param x - Shape `[..., n, n]`, float32 or float64; integers become the default float.
 * @returns Shape `[...]`.
 * @throws {@link RangeError} if `x` has fewer than 2 axes or is not square.
 * @throws {@link TypeError} if the dtype is float16, bfloat16 or complex.
 *
 * @example
 * ```ts
 * import { det } from "@flaxen/linear-algebra";
 *
 * det([[0, 1], [1, 0]]); // => -1
 * det([[[1, 2], [3, 4]], [[1, 2], [2, 4]]]); // => [-2, 0]
 * ```
 */
export function det(x: ArrayInput): NDArray<RealDType> {
  const matrices = squareBatch("det", "x", x);
  const { rows: n, dtype, batch } = matrices;
  const result = new Float64Array(matrices.count);
  eachElimination(matrices, (u, sign, matrix) => {
    let product = sign;
    for (let i = 0; i < n; i++) product *= u[i * n + i];
    // A zero determinant has no sign, so -0 becomes 0.
    result[matrix] = product + 0;
  });
  return wrap(dtype, batch, result);
}

/**
 * Computes the sign and the natural logarithm of the magnitude of determinants, which neither overflow nor
 * underflow.
 *
 * A singular matrix has sign 0 and logarithm -Infinity. Float32 is computed in float64 and rounded once.
 *
 * @param x - Shape `[..., n, n]`, float32 or float64; integers become the default float.
 * @returns `[sign, logabsdet]`, each of shape `[...]`.
 * @throws {@link RangeError} if `x` has fewer than 2 axes or is not square.
 * @throws {@link TypeError} if the dtype is float16, bfloat16 or complex.
 *
 * @example
 * ```ts
 * import { slogdet } from "@flaxen/linear-algebra";
 *
 * const [sign, logabsdet] = slogdet([[0, 1e30], [1e30, 0]]);
 * sign; // => -1
 * logabsdet.item().toFixed(4); // => "138.1551"
 * ```
 */
export function slogdet(x: ArrayInput): [sign: NDArray<RealDType>, logabsdet: NDArray<RealDType>] {
  const matrices = squareBatch("slogdet", "x", x);
  const { rows: n, dtype, batch } = matrices;
  const signs = new Float64Array(matrices.count);
  const logarithms = new Float64Array(matrices.count);
  eachElimination(matrices, (u, sign, matrix) => {
    let product = sign;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      product *= Math.sign(u[i * n + i]);
      sum += Math.log(Math.abs(u[i * n + i]));
    }
    signs[matrix] = product + 0;
    logarithms[matrix] = product === 0 ? -Infinity : sum;
  });
  return [wrap(dtype, batch, signs), wrap(dtype, batch, logarithms)];
}

/** Calls `visit` with the eliminated form of each matrix and the sign of its row permutation. */
function eachElimination(
  { count, rows: n, data }: { count: number; rows: number; data: Float32Array | Float64Array },
  visit: (u: Float64Array, sign: number, matrix: number) => void,
): void {
  const work = new Float64Array(n * n);
  const permutation = new Int32Array(n);
  for (let matrix = 0; matrix < count; matrix++) {
    work.set(data.subarray(matrix * n * n, (matrix + 1) * n * n));
    visit(work, eliminate(work, n, n, permutation), matrix);
  }
}
