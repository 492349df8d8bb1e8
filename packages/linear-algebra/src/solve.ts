import { describe, resultType } from "@flaxen/dtype";
import { asNDArray, expandDims, eye, rowMajorStrides, sizeOf } from "@flaxen/ndarray";
import type { ArrayInput, NDArray } from "@flaxen/ndarray";
import { eliminate } from "./eliminate.ts";
import { batchStarts, broadcastBatch, realDType, toBatch, wrap } from "./operands.ts";
import type { RealDType } from "./operands.ts";
import { substitute } from "./substitute.ts";

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
 * A singular `a` gives infinities and NaN, as in JAX. Float32 is computed in float64 and rounded once.
 *
 * @param a - Shape `[..., n, n]`, float32 or float64; integers become the default float.
 * @param b - Shape `[n]` for one right-hand side, or `[..., n, k]`; leading axes broadcast.
 * @returns The solutions, `[..., n]` or `[..., n, k]`.
 * @throws {@link RangeError} if `a` is not square, `b` is a scalar or has other than n rows, or the leading
 *   axes do not broadcast.
 * @throws {@link TypeError} if a dtype is float16, bfloat16 or complex.
 * @see Golub and Van Loan (2013), "Matrix Computations", 4th edition, section 3.4.
 *
 * @example
 * ```ts
 * import { solve } from "@flaxen/linear-algebra";
 *
 * solve([[0, 1], [2, 0]], [3, 4]); // => [2, 3]
 * solve([[1, 2], [2, 4]], [1, 1]); // => [-Infinity, Infinity]
 * solve([[1, 2]], [1]); // throws RangeError: solve: a must be square on its last two axes, got shape [1, 2].
 * ```
 */
export function solve(a: ArrayInput, b: ArrayInput): NDArray<RealDType> {
  return solveWith("solve", a, b, factorizeGeneral);
}

/**
 * Solves triangular systems `a x = b`, reading one triangle of `a`.
 *
 * A zero on the diagonal gives infinities and NaN, as in JAX. Float32 is computed in float64 and rounded once.
 *
 * @param a - Shape `[..., n, n]`, float32 or float64; integers become the default float.
 * @param b - Shape `[n]` for one right-hand side, or `[..., n, k]`; leading axes broadcast.
 * @param options - `lower`, `transposeA`, `unitDiagonal`; all false by default.
 * @returns The solutions, `[..., n]` or `[..., n, k]`.
 * @throws {@link RangeError} if `a` is not square, `b` is a scalar or has other than n rows, or the leading
 *   axes do not broadcast.
 * @throws {@link TypeError} if a dtype is float16, bfloat16 or complex.
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
  a: ArrayInput,
  b: ArrayInput,
  options: TriangularSolveOptions = {},
): NDArray<RealDType> {
  const { lower = false, transposeA: transpose = false, unitDiagonal = false } = options;
  return solveWith("triangularSolve", a, b, (factor, n) => (x, width) => {
    substitute(factor, n, x, width, { lower, transpose, unitDiagonal });
  });
}

/**
 * Inverts square matrices by solving for the identity.
 *
 * A singular matrix gives infinities and NaN, as in JAX. To apply an inverse, {@link solve} is quicker and
 * more accurate. Float32 is computed in float64 and rounded once.
 *
 * @param x - Shape `[..., n, n]`, float32 or float64; integers become the default float.
 * @returns The inverses, of the same shape.
 * @throws {@link RangeError} if `x` has fewer than 2 axes or is not square.
 * @throws {@link TypeError} if the dtype is float16, bfloat16 or complex.
 *
 * @example
 * ```ts
 * import { inv } from "@flaxen/linear-algebra";
 *
 * inv([[1, 2], [3, 4]]).get(0, 0).toFixed(4); // => "-2.0000"
 * inv([[1, 2], [2, 4]]); // => [[-Infinity, Infinity], [Infinity, -Infinity]]
 * ```
 */
export function inv(x: ArrayInput): NDArray<RealDType> {
  const a = asNDArray(x);
  checkSquare("inv", "x", a);
  return solveChecked("inv", a, eye(a.shape[a.ndim - 1]), factorizeGeneral);
}

/** Overwrites right-hand sides, row-major `[n, width]`, with the solutions. */
type Solver = (x: Float64Array, width: number) => void;

/** Prepares a solver from a matrix, which it may overwrite. */
type Factorize = (a: Float64Array, n: number) => Solver;

const factorizeGeneral: Factorize = (a, n) => {
  const permutation = new Int32Array(n);
  eliminate(a, n, n, permutation);
  return (x, width) => {
    const right = x.slice();
    for (let i = 0; i < n; i++) {
      const from = permutation[i] * width;
      x.set(right.subarray(from, from + width), i * width);
    }
    substitute(a, n, x, width, { lower: true, transpose: false, unitDiagonal: true });
    substitute(a, n, x, width, { lower: false, transpose: false, unitDiagonal: false });
  };
};

function checkSquare(callee: string, argument: string, { shape }: NDArray): void {
  if (shape.length < 2) {
    throw new RangeError(
      `${callee}: ${argument} must have at least 2 axes, got shape ${describe(shape)}.`,
    );
  }
  if (shape[shape.length - 1] !== shape[shape.length - 2]) {
    throw new RangeError(
      `${callee}: ${argument} must be square on its last two axes, got shape ${describe(shape)}.`,
    );
  }
}

function solveWith(
  callee: string,
  a: ArrayInput,
  b: ArrayInput,
  factorize: Factorize,
): NDArray<RealDType> {
  const matrix = asNDArray(a);
  const right = asNDArray(b);
  checkSquare(callee, "a", matrix);
  if (right.ndim === 0) {
    throw new RangeError(`${callee}: b must have at least 1 axis, got shape [].`);
  }
  if (matrix.shape[matrix.ndim - 1] !== right.shape[Math.max(0, right.ndim - 2)]) {
    throw new RangeError(
      `${callee}: b must have as many rows as a, got shapes ${describe(matrix.shape)} and ${describe(right.shape)}.`,
    );
  }
  return solveChecked(callee, matrix, right, factorize);
}

/** Solves for operands whose shapes agree, one factorization for each matrix of `a`. */
function solveChecked(
  callee: string,
  a: NDArray,
  b: NDArray,
  factorize: Factorize,
): NDArray<RealDType> {
  const promoted = resultType(
    realDType(callee, callee === "inv" ? "x" : "a", a.dtype),
    realDType(callee, "b", b.dtype),
  );
  const dtype = realDType(callee, "a", promoted);
  const vector = b.ndim === 1;
  const left = toBatch(a, dtype);
  const right = toBatch(vector ? expandDims(b, 1) : b, dtype);
  const batch = broadcastBatch(callee, a, b, left.batch, right.batch);
  const { rows: n } = left;
  const { columns: width } = right;
  const size = n * width;
  const x = new Float64Array(sizeOf(batch) * size);
  const lefts = batchStarts(batch, left.batch, rowMajorStrides(left.batch));
  const rights = batchStarts(batch, right.batch, rowMajorStrides(right.batch));
  const solvers = new Map<number, Solver>();
  for (let i = 0; i < lefts.length; i++) {
    const from = rights[i] * size;
    const block = x.subarray(i * size, (i + 1) * size);
    block.set(right.data.subarray(from, from + size));
    let solver = solvers.get(lefts[i]);
    if (!solver) {
      const start = lefts[i] * n * n;
      solver = factorize(Float64Array.from(left.data.subarray(start, start + n * n)), n);
      solvers.set(lefts[i], solver);
    }
    solver(block, width);
  }
  return wrap(dtype, [...batch, n, ...(vector ? [] : [width])], x);
}
