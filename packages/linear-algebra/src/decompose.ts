import { bidiagonalize } from "./bidiagonalize.ts";
import type { Bidiagonalization } from "./bidiagonalize.ts";
import { diagonalizeBidiagonal, raiseBidiagonal } from "./bidiagonal-svd.ts";
import { gemm } from "./gemm.ts";
import { normalize } from "./normalize.ts";
import { paddedLength, withWorkArrays } from "./work-arrays.ts";

/** Which singular vectors are wanted: `min(m, n)` of each side, all of them, or none. */
export type VectorCount = "thin" | "full" | "none";

/** `A = U diag(s) Vᵀ` of one matrix, row-major. */
export interface SingularVectors {
  /** `[min(m, n)]`, descending. */
  readonly s: Float64Array;
  /** `[m, left]`; empty when no vectors are wanted. */
  readonly u: Float64Array;
  /** `[n, right]`: V, not its transpose. */
  readonly v: Float64Array;
}

/**
 * The singular value decomposition of a row-major matrix, which is left as it is. Infinities and NaN give NaN.
 *
 * @see Golub and Van Loan (2013), "Matrix Computations", 4th edition, section 8.6.
 */
export function decompose(
  a: Float32Array | Float64Array,
  rows: number,
  columns: number,
  vectors: VectorCount,
): SingularVectors {
  if (rows >= columns) return decomposeTall(Float64Array.from(a), rows, columns, vectors, false);
  const turned = transposed(a, rows, columns);
  const { s, u, v } = decomposeTall(turned, columns, rows, vectors, true);
  return { s, u: v, v: u };
}

/** The singular values of a row-major matrix, descending. */
export function singularValues(
  a: Float32Array | Float64Array,
  rows: number,
  columns: number,
): Float64Array {
  return decompose(a, rows, columns, "none").s;
}

/** The transpose of a row-major matrix. */
export function transposed(
  a: Float32Array | Float64Array,
  rows: number,
  columns: number,
): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result[j * rows + i] = a[i * columns + j];
  }
  return result;
}

/**
 * {@link decompose} for `rows >= n`; overwrites the matrix. It is the transpose of the one asked for if `turned`, which
 * decides about signs: the iteration then runs on the transposed bidiagonal form, as LAPACK's does.
 */
function decomposeTall(
  a: Float64Array,
  rows: number,
  n: number,
  vectors: VectorCount,
  turned: boolean,
): SingularVectors {
  const left = vectors === "full" ? rows : n;
  const wanted = vectors !== "none";
  const scale = normalize(a);
  if (Number.isNaN(scale)) return allNaN(rows, n, left, wanted);
  const stride = paddedLength(n);
  return withWorkArrays(n, [rows * stride], (padded) => {
    for (let i = 0; i < rows; i++) padded.set(a.subarray(i * n, (i + 1) * n), i * stride);
    const found = bidiagonalize(padded, rows, n, stride);
    const { diagonal, above } = found;
    if (!wanted) {
      if (turned) raiseBidiagonal(diagonal, above);
      if (!diagonalizeBidiagonal(diagonal, above)) return allNaN(rows, n, left, wanted);
      const s = diagonal.map((value) => Math.abs(value) * scale).sort();
      return { s: s.reverse(), u: new Float64Array(0), v: new Float64Array(0) };
    }
    return withVectors(found, rows, n, left, scale, turned) ?? allNaN(rows, n, left, wanted);
  });
}

/** The decomposition from the bidiagonal form; undefined if the iteration does not converge. */
function withVectors(
  { diagonal, above, left: formLeft, right: formRight }: Bidiagonalization,
  rows: number,
  n: number,
  left: number,
  scale: number,
  turned: boolean,
): SingularVectors | undefined {
  const stride = Math.ceil(n / 8) * 8;
  // The transposes of what the rotations add to U and V.
  return withWorkArrays(n, [n * stride, n * stride], (leftTurns, rightTurns) => {
    for (let i = 0; i < n; i++) leftTurns[i * stride + i] = rightTurns[i * stride + i] = 1;
    // The transposed form has the sides of its rotations exchanged.
    const turns = turned
      ? { left: rightTurns, right: leftTurns, stride }
      : { left: leftTurns, right: rightTurns, stride };
    if (turned) raiseBidiagonal(diagonal, above, turns);
    if (!diagonalizeBidiagonal(diagonal, above, turns)) return undefined;
    const order = Array.from(diagonal.keys()).sort(
      (i, j) => Math.abs(diagonal[j]) - Math.abs(diagonal[i]),
    );
    const s = Float64Array.from(order, (i) => Math.abs(diagonal[i]) * scale);
    const signs = diagonal.map((value) => (value < 0 ? -1 : 1));
    const v = new Float64Array(n * n);
    const turnV = arranged(rightTurns, n, stride, order, turned ? undefined : signs);
    gemm(false, true, n, n, n, formRight(), 0, turnV, 0, v, 0);
    const q = formLeft(left);
    const u = new Float64Array(rows * n);
    const turnU = arranged(leftTurns, n, stride, order, turned ? signs : undefined);
    gemm(false, true, rows, n, n, columnsOf(q, rows, left, n), 0, turnU, 0, u, 0);
    if (left === n) return { s, u, v };
    for (let i = 0; i < rows; i++) q.set(u.subarray(i * n, (i + 1) * n), i * left);
    return { s, u: q, v };
  });
}

function allNaN(rows: number, n: number, left: number, wanted: boolean): SingularVectors {
  return {
    s: new Float64Array(n).fill(NaN),
    u: new Float64Array(wanted ? rows * left : 0).fill(NaN),
    v: new Float64Array(wanted ? n * n : 0).fill(NaN),
  };
}

/** Rows of a matrix in another order, with signs that belong to the old one, without the padding. */
function arranged(
  x: Float64Array,
  n: number,
  stride: number,
  order: readonly number[],
  signs?: Float64Array,
): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const from = order[i] * stride;
    result.set(x.subarray(from, from + n), i * n);
    if (signs && signs[order[i]] < 0) {
      for (let j = i * n; j < (i + 1) * n; j++) result[j] = -result[j];
    }
  }
  return result;
}

/** The first `count` columns. */
function columnsOf(x: Float64Array, rows: number, columns: number, count: number): Float64Array {
  if (count === columns) return x;
  const result = new Float64Array(rows * count);
  for (let i = 0; i < rows; i++) {
    result.set(x.subarray(i * columns, i * columns + count), i * count);
  }
  return result;
}
