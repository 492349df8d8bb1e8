import { SUBTRACT } from "./gemm-mode.ts";
import type { Workspace } from "./gemm-workspace.ts";
import { withPaddedRows } from "./padded-rows.ts";

/** Order of the blocks that are factorized row by row. */
const LEAF = 16;
/** Columns that are solved for one by one. */
const SOLVE_LEAF = 8;
/** Rows of the symmetric product that are computed at a time, up to the end of their diagonal block. */
const ROWS = 64;
/** Up to this order it costs less to factorize in place than to copy to a workspace. */
const SMALL = 32;

/**
 * Factorizes a symmetric positive definite matrix as `A = L Lᵀ` in place: A's lower triangle, row-major
 * `[n, n]`, becomes L; the upper one is left undefined.
 *
 * @returns Whether every pivot was positive or NaN.
 */
export function factorizeDefinite(l: Float64Array, n: number): boolean {
  if (n <= SMALL) return factorizeRows(l, 0, n, n);
  return withPaddedRows(l, n, n, (w, at, stride) => factorizeHalves(w, at, stride, n));
}

/** Factorizes the leading half, the rows below it, then what is left of the other half. */
function factorizeHalves(
  w: Workspace<Float64Array>,
  at: number,
  stride: number,
  n: number,
): boolean {
  if (n <= LEAF) return factorizeRows(w.data, at, stride, n);
  const half = Math.ceil(n / 2 / LEAF) * LEAF;
  const rest = n - half;
  const below = at + half * stride;
  const corner = below + half;
  if (!factorizeHalves(w, at, stride, half)) return false;
  solveRight(w, at, below, stride, rest, half);
  for (let row = 0; row < rest; row += ROWS) {
    const rows = Math.min(ROWS, rest - row);
    const [a, c] = [below + row * stride, corner + row * stride];
    const columns = row + rows;
    w.multiply(false, true, rows, columns, half, a, stride, below, stride, c, stride, SUBTRACT);
  }
  return factorizeHalves(w, corner, stride, rest);
}

/** Solves `X Lᵀ = B` for a lower triangular L of order n; X overwrites B, `[rows, n]`. */
function solveRight(
  w: Workspace<Float64Array>,
  l: number,
  x: number,
  stride: number,
  rows: number,
  n: number,
): void {
  const { data } = w;
  if (n <= SOLVE_LEAF) {
    for (let i = 0; i < rows; i++) {
      const row = x + i * stride;
      for (let j = 0; j < n; j++) {
        const other = l + j * stride;
        let sum = data[row + j];
        for (let p = 0; p < j; p++) sum -= data[row + p] * data[other + p];
        data[row + j] = sum / data[other + j];
      }
    }
    return;
  }
  const half = Math.ceil(n / 2 / SOLVE_LEAF) * SOLVE_LEAF;
  const below = l + half * stride;
  solveRight(w, l, x, stride, rows, half);
  w.multiply(
    false,
    true,
    rows,
    n - half,
    half,
    x,
    stride,
    below,
    stride,
    x + half,
    stride,
    SUBTRACT,
  );
  solveRight(w, below + half, x + half, stride, rows, n - half);
}

/** Factorizes row by row; false if a pivot is not positive, while NaN passes. */
function factorizeRows(l: Float64Array, at: number, stride: number, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const row = at + i * stride;
    for (let j = 0; j <= i; j++) {
      const other = at + j * stride;
      let sum = l[row + j];
      for (let p = 0; p < j; p++) sum -= l[row + p] * l[other + p];
      if (j < i) l[row + j] = sum / l[other + j];
      else if (sum <= 0) return false;
      else l[row + i] = Math.sqrt(sum);
    }
  }
  return true;
}
