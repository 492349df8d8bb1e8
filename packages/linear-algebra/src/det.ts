import type { DType } from "@flaxen/dtype";
import { asNDArray } from "@flaxen/ndarray";
import type { ArrayInput, NDArray } from "@flaxen/ndarray";
import { eliminateComplex } from "./complex-eliminate.ts";
import { checkInexact, complexBatch, wrapComplex } from "./complex-operands.ts";
import type { ComplexBatch, ComplexDType } from "./complex-operands.ts";
import { eliminate } from "./eliminate.ts";
import { checkSquare, squareBatch, wrap } from "./operands.ts";
import type { RealDType } from "./operands.ts";

/** `D` where it is known to be complex, else `Real`. */
export type ComplexOr<D extends DType, Real extends DType> = [D] extends [ComplexDType] ? D : Real;

/**
 * Computes determinants by LU factorization with partial pivoting.
 *
 * The determinant of a `0 × 0` matrix is 1. Float32 and complex64 are computed in float64 and
 * rounded once.
 *
 * @param x - Shape `[..., n, n]`, float32, float64, complex64 or complex128; integers become the
 *   default float.
 * @returns Shape `[...]`.
 * @throws {@link RangeError} if `x` has fewer than 2 axes or is not square.
 * @throws {@link TypeError} if the dtype is float16 or bfloat16.
 *
 * @example
 * ```ts
 * import { det } from "@flaxen/linear-algebra";
 *
 * det([[0, 1], [1, 0]]); // => -1
 * det([[[1, 2], [3, 4]], [[1, 2], [2, 4]]]); // => [-2, 0]
 * ```
 */
export function det<D extends DType>(x: NDArray<D>): NDArray<ComplexOr<D, RealDType>>;
export function det(x: ArrayInput): NDArray<RealDType>;
export function det(x: ArrayInput): NDArray<RealDType | ComplexDType> {
  const input = asNDArray(x);
  checkInexact("det", "x", input.dtype);
  if (input.dtype === "complex64" || input.dtype === "complex128") {
    return complexDet(input.dtype, input);
  }
  const matrices = squareBatch("det", "x", input);
  const { rows: n, dtype, batch } = matrices;
  const result = new Float64Array(matrices.count);
  eachElimination(matrices, (u, sign, matrix) => {
    let product = sign;
    // A zero pivot decides, whatever the others are.
    let zero = false;
    for (let i = 0; i < n; i++) {
      product *= u[i * n + i];
      zero ||= u[i * n + i] === 0;
    }
    // A zero determinant has no sign, so -0 becomes 0.
    result[matrix] = zero ? 0 : product + 0;
  });
  return wrap(dtype, batch, result);
}

/**
 * Computes the sign and the natural logarithm of the magnitude of determinants, which neither overflow nor
 * underflow.
 *
 * The sign of a complex determinant is the number of magnitude 1 in its direction. A singular matrix has sign 0 and
 * logarithm -Infinity. Float32 and complex64 are computed in float64 and
 * rounded once.
 *
 * @param x - Shape `[..., n, n]`, float32, float64, complex64 or complex128; integers become the
 *   default float.
 * @returns `[sign, logabsdet]`, each of shape `[...]`.
 * @throws {@link RangeError} if `x` has fewer than 2 axes or is not square.
 * @throws {@link TypeError} if the dtype is float16 or bfloat16.
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
export function slogdet<D extends DType>(
  x: NDArray<D>,
): [sign: NDArray<ComplexOr<D, RealDType>>, logabsdet: NDArray<RealDType>];
export function slogdet(x: ArrayInput): [sign: NDArray<RealDType>, logabsdet: NDArray<RealDType>];
export function slogdet(
  x: ArrayInput,
): [sign: NDArray<RealDType | ComplexDType>, logabsdet: NDArray<RealDType>] {
  const input = asNDArray(x);
  checkInexact("slogdet", "x", input.dtype);
  if (input.dtype === "complex64" || input.dtype === "complex128") {
    return complexSlogdet(input.dtype, input);
  }
  const matrices = squareBatch("slogdet", "x", input);
  const { rows: n, dtype, batch } = matrices;
  const signs = new Float64Array(matrices.count);
  const logarithms = new Float64Array(matrices.count);
  eachElimination(matrices, (u, sign, matrix) => {
    let product = sign;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const pivot = u[i * n + i];
      // NaN counts as positive, as in NumPy.
      product *= pivot < 0 ? -1 : pivot === 0 ? 0 : 1;
      sum += Math.log(Math.abs(pivot));
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

function complexDet(dtype: ComplexDType, x: NDArray): NDArray<ComplexDType> {
  const matrices = squareComplexBatch("det", x);
  const { rows: n, count, batch } = matrices;
  const result = new Float64Array(2 * count);
  eachComplexElimination(matrices, (u, sign, matrix) => {
    let re = sign;
    let im = 0;
    let zero = false;
    for (let i = 0; i < n; i++) {
      const at = 2 * (i * n + i);
      [re, im] = [re * u[at] - im * u[at + 1], re * u[at + 1] + im * u[at]];
      zero ||= u[at] === 0 && u[at + 1] === 0;
    }
    result[2 * matrix] = zero ? 0 : re + 0;
    result[2 * matrix + 1] = zero ? 0 : im + 0;
  });
  return wrapComplex(dtype, batch, result);
}

function complexSlogdet(
  dtype: ComplexDType,
  x: NDArray,
): [sign: NDArray<ComplexDType>, logabsdet: NDArray<RealDType>] {
  const matrices = squareComplexBatch("slogdet", x);
  const { rows: n, count, batch } = matrices;
  const signs = new Float64Array(2 * count);
  const logarithms = new Float64Array(count);
  eachComplexElimination(matrices, (u, sign, matrix) => {
    let re = sign;
    let im = 0;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const at = 2 * (i * n + i);
      const size = Math.hypot(u[at], u[at + 1]);
      sum += Math.log(size);
      const [x, y] = size === 0 ? [0, 0] : [u[at] / size, u[at + 1] / size];
      [re, im] = [re * x - im * y, re * y + im * x];
    }
    signs[2 * matrix] = re + 0;
    signs[2 * matrix + 1] = im + 0;
    logarithms[matrix] = re === 0 && im === 0 ? -Infinity : sum;
  });
  const real = dtype === "complex64" ? "float32" : "float64";
  return [wrapComplex(dtype, batch, signs), wrap(real, batch, logarithms)];
}

function squareComplexBatch(callee: string, x: NDArray): ComplexBatch {
  checkSquare(callee, "x", x.shape);
  return complexBatch(callee, "x", x);
}

/** As {@link eachElimination}, parts by turns. */
function eachComplexElimination(
  { count, rows: n, data }: ComplexBatch,
  visit: (u: Float64Array, sign: number, matrix: number) => void,
): void {
  const permutation = new Int32Array(n);
  for (let matrix = 0; matrix < count; matrix++) {
    const work = data.slice(2 * matrix * n * n, 2 * (matrix + 1) * n * n);
    visit(work, eliminateComplex(work, n, n, permutation), matrix);
  }
}
