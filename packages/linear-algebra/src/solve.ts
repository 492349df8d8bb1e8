import { defaultFloat, describe, isComplex, isInexact, resultType } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { asNDArray, expandDims, eye, rowMajorStrides, sizeOf } from "@flaxen/ndarray";
import type { ArrayInput, NDArray } from "@flaxen/ndarray";
import { eliminateComplex, substituteComplex } from "./complex-eliminate.ts";
import { checkInexact, complexBatch, wrapComplex } from "./complex-operands.ts";
import type { ComplexDType } from "./complex-operands.ts";
import { eliminate } from "./eliminate.ts";
import { batchStarts, broadcastBatch, checkSquare, toBatch, wrap } from "./operands.ts";
import type { RealDType } from "./operands.ts";
import { substitute } from "./substitute.ts";
import type { Triangle } from "./substitute.ts";
import { singularError } from "./unsolvable.ts";

/** Options of {@link triangularSolve}. */
export interface TriangularSolveOptions {
  /** Whether `a` is lower triangular (default false); the other triangle is not read. */
  readonly lower?: boolean;
  /** Whether to solve `aᵀ x = b` (default false). */
  readonly transposeA?: boolean;
  /** Whether the diagonal of `a` counts as ones and is not read (default false). */
  readonly unitDiagonal?: boolean;
}

/**
 * Solves linear systems `a x = b` by LU factorization with partial pivoting.
 *
 * Infinities and NaN give what follows from them. Float32 and complex64 are computed in float64 and rounded
 * once.
 *
 * @param a - Shape `[..., n, n]`, float32, float64, complex64 or complex128; integers become the
 *   default float.
 * @param b - Shape `[n]` for one right-hand side, or `[..., n, k]`; leading axes broadcast.
 * @returns The solutions, `[..., n]` or `[..., n, k]`.
 * @throws {@link RangeError} if `a` is not square, `b` is a scalar or has other than n rows, the leading axes do
 *   not broadcast, or a matrix is singular: elimination meets a pivot of exactly 0.
 * @throws {@link TypeError} if a dtype is float16 or bfloat16.
 * @see Golub and Van Loan (2013), "Matrix Computations", 4th edition, section 3.4.
 *
 * @example
 * ```ts
 * import { solve } from "@flaxen/linear-algebra";
 *
 * solve([[0, 1], [2, 0]], [3, 4]); // => [2, 3]
 * solve([[1, 2], [2, 4]], [1, 1]); // throws RangeError: solve: a must be nonsingular, got a singular matrix.
 * solve([[1, 2]], [1]); // throws RangeError: solve: a must be square on its last two axes, got shape [1, 2].
 * ```
 */
export function solve(a: NDArray<ComplexDType>, b: ArrayInput): NDArray<ComplexDType>;
export function solve(a: ArrayInput, b: NDArray<ComplexDType>): NDArray<ComplexDType>;
export function solve(a: ArrayInput, b: ArrayInput): NDArray<RealDType>;
export function solve(a: ArrayInput, b: ArrayInput): NDArray<RealDType | ComplexDType> {
  return solveWith("solve", a, b, GENERAL);
}

/**
 * Solves triangular systems `a x = b`, reading one triangle of `a`.
 *
 * Infinities and NaN give what follows from them. Float32 and complex64 are computed in float64 and rounded
 * once.
 *
 * @param a - Shape `[..., n, n]`, float32, float64, complex64 or complex128; integers become the
 *   default float.
 * @param b - Shape `[n]` for one right-hand side, or `[..., n, k]`; leading axes broadcast.
 * @param options - `lower`, `transposeA`, `unitDiagonal`; all false by default.
 * @returns The solutions, `[..., n]` or `[..., n, k]`.
 * @throws {@link RangeError} if `a` is not square, `b` is a scalar or has other than n rows, the leading axes do
 *   not broadcast, or there is a 0 on the diagonal of `a` that is read.
 * @throws {@link TypeError} if a dtype is float16 or bfloat16.
 *
 * @example
 * ```ts
 * import { triangularSolve } from "@flaxen/linear-algebra";
 *
 * triangularSolve([[2, 1], [0, 4]], [4, 8]); // => [1, 2]
 * triangularSolve([[2, 0], [1, 4]], [4, 8], { lower: true }); // => [2, 1.5]
 * ```
 */
export function triangularSolve(
  a: NDArray<ComplexDType>,
  b: ArrayInput,
  options?: TriangularSolveOptions,
): NDArray<ComplexDType>;
export function triangularSolve(
  a: ArrayInput,
  b: NDArray<ComplexDType>,
  options?: TriangularSolveOptions,
): NDArray<ComplexDType>;
export function triangularSolve(
  a: ArrayInput,
  b: ArrayInput,
  options?: TriangularSolveOptions,
): NDArray<RealDType>;
export function triangularSolve(
  a: ArrayInput,
  b: ArrayInput,
  options: TriangularSolveOptions = {},
): NDArray<RealDType | ComplexDType> {
  const { lower = false, transposeA: transpose = false, unitDiagonal = false } = options;
  const triangle = { lower, transpose, unitDiagonal };
  return solveWith("triangularSolve", a, b, {
    real(factor, n) {
      if (!unitDiagonal && hasZeroPivot(factor, n, 1)) return undefined;
      return (x, width) => substitute(factor, n, x, width, triangle);
    },
    complex(factor, n) {
      if (!unitDiagonal && hasZeroPivot(factor, n, 2)) return undefined;
      return (x, width) => substituteComplex(factor, n, x, width, triangle);
    },
  });
}

/**
 * Inverts square matrices by solving for the identity.
 *
 * To apply an inverse, {@link solve} is quicker and more accurate. Infinities and NaN give what follows from
 * them. Float32 and complex64 are computed in float64 and rounded once.
 *
 * @param x - Shape `[..., n, n]`, float32, float64, complex64 or complex128; integers become the
 *   default float.
 * @returns The inverses, of the same shape.
 * @throws {@link RangeError} if `x` has fewer than 2 axes or is not square, or a matrix is singular: elimination
 *   meets a pivot of exactly 0.
 * @throws {@link TypeError} if the dtype is float16 or bfloat16.
 *
 * @example
 * ```ts
 * import { inv } from "@flaxen/linear-algebra";
 *
 * inv([[1, 2], [3, 4]]).get(0, 0).toFixed(4); // => "-2.0000"
 * inv([[1, 2], [2, 4]]); // throws RangeError: inv: x must be nonsingular, got a singular matrix.
 * ```
 */
export function inv(x: NDArray<ComplexDType>): NDArray<ComplexDType>;
export function inv(x: ArrayInput): NDArray<RealDType>;
export function inv(x: ArrayInput): NDArray<RealDType | ComplexDType> {
  return invert("inv", x, "throw");
}

/** {@link inv} under another name; singular matrices throw or give NaN. */
export function invert(
  callee: string,
  x: ArrayInput,
  singular: "throw" | "nan",
): NDArray<RealDType | ComplexDType> {
  const a = asNDArray(x);
  checkSquare(callee, "x", a.shape);
  const identity = eye(a.shape[a.ndim - 1], undefined, "bool");
  return solveChecked(callee, "x", a, identity, GENERAL, singular);
}

/** Overwrites right-hand sides, row-major `[n, width]`, with the solutions. */
type Solver = (x: Float64Array, width: number) => void;

/** Prepares a solver from a matrix, which it may overwrite; undefined if the matrix is singular. */
type Factorize = (a: Float64Array, n: number) => Solver | undefined;

/** A factorization for either kind of matrix; complex ones have their parts by turns. */
interface Method {
  readonly real: Factorize;
  readonly complex: Factorize;
}

const LOWER: Triangle = { lower: true, transpose: false, unitDiagonal: true };
const UPPER: Triangle = { lower: false, transpose: false, unitDiagonal: false };

const GENERAL: Method = {
  real(a, n) {
    const permutation = new Int32Array(n);
    eliminate(a, n, n, permutation);
    if (hasZeroPivot(a, n, 1)) return undefined;
    return (x, width) => {
      permuteRows(x, width, permutation);
      substitute(a, n, x, width, LOWER);
      substitute(a, n, x, width, UPPER);
    };
  },
  complex(a, n) {
    const permutation = new Int32Array(n);
    eliminateComplex(a, n, n, permutation);
    if (hasZeroPivot(a, n, 2)) return undefined;
    return (x, width) => {
      permuteRows(x, 2 * width, permutation);
      substituteComplex(a, n, x, width, LOWER);
      substituteComplex(a, n, x, width, UPPER);
    };
  },
};

/** Whether an element of the diagonal is exactly 0; elements are `parts` numbers. */
function hasZeroPivot(a: Float64Array, n: number, parts: 1 | 2): boolean {
  for (let i = 0; i < n; i++) {
    const at = parts * (i * n + i);
    if (a[at] === 0 && (parts === 1 || a[at + 1] === 0)) return true;
  }
  return false;
}

/** Row i becomes row `permutation[i]`; rows are `width` numbers long. */
function permuteRows(x: Float64Array, width: number, permutation: Int32Array): void {
  const before = x.slice();
  for (const [i, row] of permutation.entries()) {
    x.set(before.subarray(row * width, (row + 1) * width), i * width);
  }
}

function solveWith(
  callee: string,
  a: ArrayInput,
  b: ArrayInput,
  method: Method,
): NDArray<RealDType | ComplexDType> {
  const matrix = asNDArray(a);
  const right = asNDArray(b);
  checkSquare(callee, "a", matrix.shape);
  if (right.ndim === 0) {
    throw new RangeError(`${callee}: b must have at least 1 axis, got shape [].`);
  }
  if (matrix.shape[matrix.ndim - 1] !== right.shape[Math.max(0, right.ndim - 2)]) {
    throw new RangeError(
      `${callee}: b must have as many rows as a, got shapes ${describe(matrix.shape)} and ${describe(right.shape)}.`,
    );
  }
  return solveChecked(callee, "a", matrix, right, method, "throw");
}

/** Solves for operands whose shapes agree, one factorization for each matrix of `a`. */
function solveChecked(
  callee: string,
  argument: "a" | "x",
  a: NDArray,
  b: NDArray,
  method: Method,
  singular: "throw" | "nan",
): NDArray<RealDType | ComplexDType> {
  checkInexact(callee, argument, a.dtype);
  checkInexact(callee, "b", b.dtype);
  const dtype = inexact(resultType(a.dtype, b.dtype)) as RealDType | ComplexDType;
  const vector = b.ndim === 1;
  const columns = vector ? expandDims(b, 1) : b;
  const complex = isComplex(dtype);
  const left = complex ? complexBatch(callee, argument, a) : toBatch(a, dtype as RealDType);
  const right = complex ? complexBatch(callee, "b", columns) : toBatch(columns, dtype as RealDType);
  const factorize = complex ? method.complex : method.real;
  const parts = complex ? 2 : 1;
  const batch = broadcastBatch(callee, a, b, left.batch, right.batch);
  const { rows: n } = left;
  const { columns: width } = right;
  const size = parts * n * width;
  const x = new Float64Array(sizeOf(batch) * size);
  const lefts = batchStarts(batch, left.batch, rowMajorStrides(left.batch));
  const rights = batchStarts(batch, right.batch, rowMajorStrides(right.batch));
  const solvers = new Map<number, Solver | undefined>();
  for (let i = 0; i < lefts.length; i++) {
    const from = rights[i] * size;
    const block = x.subarray(i * size, (i + 1) * size);
    block.set(right.data.subarray(from, from + size));
    if (!solvers.has(lefts[i])) {
      const start = parts * lefts[i] * n * n;
      const matrix = Float64Array.from(left.data.subarray(start, start + parts * n * n));
      solvers.set(lefts[i], factorize(matrix, n));
    }
    const solver = solvers.get(lefts[i]);
    if (solver) solver(block, width);
    else if (singular === "nan") block.fill(NaN);
    else throw singularError(callee, argument, lefts[i], left.batch);
  }
  const shape = [...batch, n, ...(vector ? [] : [width])];
  return dtype === "complex64" || dtype === "complex128"
    ? wrapComplex(dtype, shape, x)
    : wrap(dtype, shape, x);
}

/** The dtype to compute in: integers and booleans become the default float. */
function inexact(dtype: DType): DType {
  return isInexact(dtype) ? dtype : defaultFloat();
}
