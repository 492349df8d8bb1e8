import { SUBTRACT } from "./gemm-mode.ts";
import type { Workspace } from "./gemm-workspace.ts";
import { withPaddedRows } from "./padded-rows.ts";
import { substituteBlocked } from "./substitute.ts";

/** Columns that are eliminated one by one. */
const LEAF = 8;
/** Up to this many columns it costs less to eliminate in place than to copy to a workspace. */
const SMALL = 32;

/**
 * Factorizes a row-major matrix as `P A = L U` in place, with partial pivoting: each pivot is the first of
 * the largest magnitude in its column. L's unit diagonal is not stored. A zero pivot leaves its column as it is.
 *
 * @param permutation - Receives the original row of each row.
 * @returns The sign of the permutation, 1 or -1.
 * @see Toledo (1997), "Locality of reference in LU decomposition with partial pivoting", for the recursion.
 */
export function eliminate(
  a: Float64Array,
  rows: number,
  columns: number,
  permutation: Int32Array,
): number {
  const rank = Math.min(rows, columns);
  const pivots = new Int32Array(rank);
  if (rank <= SMALL) {
    eliminateColumns(a, 0, columns, rows, 0, rank, pivots);
    finishRows(a, rows, columns, pivots);
  } else {
    withPaddedRows(a, rows, columns, (w, at, stride) => {
      eliminateHalves(w, at, stride, rows, 0, rank, pivots);
      if (columns > rank) {
        swapRows(w.data, at, stride, pivots, 0, rank, rank, columns);
        const triangle = { lower: true, transpose: false, unitDiagonal: true };
        substituteBlocked(w, at, stride, rank, at + rank, stride, columns - rank, triangle);
      }
    });
  }
  return permute(permutation, rows, pivots);
}

/** Writes the row order that the exchanges lead to, and tells its sign. */
function permute(permutation: Int32Array, rows: number, pivots: Int32Array): number {
  for (let i = 0; i < rows; i++) permutation[i] = i;
  let sign = 1;
  for (const [j, pivot] of pivots.entries()) {
    if (pivot === j) continue;
    const row = permutation[j];
    permutation[j] = permutation[pivot];
    permutation[pivot] = row;
    sign = -sign;
  }
  return sign;
}

/** Exchanges and eliminates in the columns right of the last pivot. */
function finishRows(a: Float64Array, rows: number, columns: number, pivots: Int32Array): void {
  const rank = pivots.length;
  if (columns === rank) return;
  swapRows(a, 0, columns, pivots, 0, rank, rank, columns);
  for (let i = 1; i < rows; i++) {
    for (let p = 0; p < i; p++) {
      const factor = a[i * columns + p];
      for (let c = rank; c < columns; c++) a[i * columns + c] -= factor * a[p * columns + c];
    }
  }
}

/** Factorizes columns [first, last) below row `first`, the left half, then the right one. */
function eliminateHalves(
  w: Workspace<Float64Array>,
  at: number,
  stride: number,
  rows: number,
  first: number,
  last: number,
  pivots: Int32Array,
): void {
  const { data } = w;
  if (last - first <= LEAF) {
    eliminateColumns(data, at, stride, rows, first, last, pivots);
    return;
  }
  const middle = first + Math.ceil((last - first) / 2 / LEAF) * LEAF;
  eliminateHalves(w, at, stride, rows, first, middle, pivots);
  swapRows(data, at, stride, pivots, first, middle, middle, last);
  const corner = at + first * stride + first;
  const width = middle - first;
  const right = at + first * stride + middle;
  const triangle = { lower: true, transpose: false, unitDiagonal: true };
  substituteBlocked(w, corner, stride, width, right, stride, last - middle, triangle);
  const below = at + middle * stride;
  const [l, c] = [below + first, below + middle];
  w.multiply(
    false,
    false,
    rows - middle,
    last - middle,
    width,
    l,
    stride,
    right,
    stride,
    c,
    stride,
    SUBTRACT,
  );
  eliminateHalves(w, at, stride, rows, middle, last, pivots);
  swapRows(data, at, stride, pivots, middle, last, first, middle);
}

/** Factorizes columns [first, last) below row `first` one by one; rows are exchanged in these columns only. */
function eliminateColumns(
  a: Float64Array,
  at: number,
  stride: number,
  rows: number,
  first: number,
  last: number,
  pivots: Int32Array,
): void {
  for (let j = first; j < last; j++) {
    pivots[j] = pivotRow(a, at, stride, rows, j);
    swapRows(a, at, stride, pivots, j, j + 1, first, last);
    const from = at + j * stride;
    const diagonal = a[from + j];
    if (diagonal === 0) continue;
    for (let i = j + 1; i < rows; i++) {
      const to = at + i * stride;
      const factor = a[to + j] / diagonal;
      a[to + j] = factor;
      for (let c = j + 1; c < last; c++) a[to + c] -= factor * a[from + c];
    }
  }
}

/** The row with the largest element of column j on or below the diagonal; NaN counts as largest. */
function pivotRow(a: Float64Array, at: number, stride: number, rows: number, j: number): number {
  let pivot = j;
  let largest = Math.abs(a[at + j * stride + j]);
  for (let i = j + 1; i < rows && !Number.isNaN(largest); i++) {
    const size = Math.abs(a[at + i * stride + j]);
    if (!(size <= largest)) {
      pivot = i;
      largest = size;
    }
  }
  return pivot;
}

/** Exchanges row j with row `pivots[j]`, in order for j in [first, last), in columns [left, right). */
function swapRows(
  a: Float64Array,
  at: number,
  stride: number,
  pivots: Int32Array,
  first: number,
  last: number,
  left: number,
  right: number,
): void {
  for (let j = first; j < last; j++) {
    if (pivots[j] === j) continue;
    const one = at + j * stride;
    const other = at + pivots[j] * stride;
    for (let c = left; c < right; c++) {
      const value = a[one + c];
      a[one + c] = a[other + c];
      a[other + c] = value;
    }
  }
}
