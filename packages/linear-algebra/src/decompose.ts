import { bidiagonalize } from "./bidiagonalize.ts";
import { diagonalizeBidiagonal } from "./bidiagonal-svd.ts";
import { gemm } from "./gemm.ts";
import { normalize } from "./normalize.ts";

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
  if (rows >= columns) return decomposeTall(Float64Array.from(a), rows, columns, vectors);
  const turned = transposed(a, rows, columns);
  const { s, u, v } = decomposeTall(turned, columns, rows, vectors);
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

/** {@link decompose} for `rows >= n`; overwrites the matrix. */
function decomposeTall(
  a: Float64Array,
  rows: number,
  n: number,
  vectors: VectorCount,
): SingularVectors {
  const left = vectors === "full" ? rows : n;
  const wanted = vectors !== "none";
  const scale = normalize(a);
  if (Number.isNaN(scale)) return allNaN(rows, n, left, wanted);
  const { diagonal, above, left: formLeft, right: formRight } = bidiagonalize(a, rows, n);
  if (!wanted) {
    if (!diagonalizeBidiagonal(diagonal, above)) return allNaN(rows, n, left, wanted);
    const s = diagonal.map((value) => Math.abs(value) * scale).sort();
    return { s: s.reverse(), u: new Float64Array(0), v: new Float64Array(0) };
  }
  const turns = { left: identity(n), right: identity(n) };
  if (!diagonalizeBidiagonal(diagonal, above, turns)) return allNaN(rows, n, left, wanted);
  const order = Array.from(diagonal.keys()).sort(
    (i, j) => Math.abs(diagonal[j]) - Math.abs(diagonal[i]),
  );
  const s = Float64Array.from(order, (i) => Math.abs(diagonal[i]) * scale);
  const signs = Float64Array.from(diagonal, (value) => (value < 0 ? -1 : 1));
  const v = new Float64Array(n * n);
  gemm(false, false, n, n, n, formRight(), 0, arranged(turns.right, n, order, signs), 0, v, 0);
  const q = formLeft(left);
  const u = new Float64Array(rows * n);
  gemm(
    false,
    false,
    rows,
    n,
    n,
    columnsOf(q, rows, left, n),
    0,
    arranged(turns.left, n, order),
    0,
    u,
    0,
  );
  if (left === n) return { s, u, v };
  for (let i = 0; i < rows; i++) q.set(u.subarray(i * n, (i + 1) * n), i * left);
  return { s, u: q, v };
}

function allNaN(rows: number, n: number, left: number, wanted: boolean): SingularVectors {
  return {
    s: new Float64Array(n).fill(NaN),
    u: new Float64Array(wanted ? rows * left : 0).fill(NaN),
    v: new Float64Array(wanted ? n * n : 0).fill(NaN),
  };
}

function identity(n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) result[i * n + i] = 1;
  return result;
}

/** The columns of a square matrix in another order, with signs that belong to the old one. */
function arranged(
  x: Float64Array,
  n: number,
  order: readonly number[],
  signs?: Float64Array,
): Float64Array {
  const result = new Float64Array(x.length);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const from = order[j];
      result[i * n + j] = signs ? signs[from] * x[i * n + from] : x[i * n + from];
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
