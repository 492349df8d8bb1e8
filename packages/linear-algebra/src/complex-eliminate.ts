import type { Triangle } from "./substitute.ts";

/**
 * Factorizes a row-major complex matrix, parts by turns, as `P A = L U` in place, with partial pivoting: each
 * pivot is the first with the largest sum of the magnitudes of its parts, as LAPACK's. L's unit diagonal is not
 * stored. A zero pivot leaves its column as it is.
 *
 * @param permutation - Receives the original row of each row.
 * @returns The sign of the permutation, 1 or -1.
 */
export function eliminateComplex(
  a: Float64Array,
  rows: number,
  columns: number,
  permutation: Int32Array,
): number {
  for (let i = 0; i < rows; i++) permutation[i] = i;
  let sign = 1;
  const width = 2 * columns;
  for (let j = 0; j < Math.min(rows, columns); j++) {
    const pivot = pivotRow(a, rows, columns, j);
    if (pivot !== j) {
      const row = a.slice(j * width, (j + 1) * width);
      a.copyWithin(j * width, pivot * width, (pivot + 1) * width);
      a.set(row, pivot * width);
      [permutation[j], permutation[pivot]] = [permutation[pivot], permutation[j]];
      sign = -sign;
    }
    const from = j * width;
    if (a[from + 2 * j] === 0 && a[from + 2 * j + 1] === 0) continue;
    for (let i = j + 1; i < rows; i++) {
      const to = i * width;
      divide(a, to + 2 * j, a[from + 2 * j], a[from + 2 * j + 1]);
      const re = a[to + 2 * j];
      const im = a[to + 2 * j + 1];
      subtractScaled(a, to, a, from, re, im, 2 * (j + 1), width);
    }
  }
  return sign;
}

/** As `substitute`, for complex matrices, parts by turns. */
export function substituteComplex(
  a: Float64Array,
  n: number,
  x: Float64Array,
  width: number,
  { lower, transpose, unitDiagonal }: Triangle,
): void {
  const forward = lower !== transpose;
  for (let step = 0; step < n; step++) {
    const i = forward ? step : n - 1 - step;
    const row = 2 * i * width;
    const first = forward ? 0 : i + 1;
    const last = forward ? i : n;
    for (let p = first; p < last; p++) {
      const at = 2 * (transpose ? p * n + i : i * n + p);
      subtractScaled(x, row, x, 2 * p * width, a[at], a[at + 1], 0, 2 * width);
    }
    if (unitDiagonal) continue;
    const diagonal = 2 * (i * n + i);
    for (let j = 0; j < width; j++) divide(x, row + 2 * j, a[diagonal], a[diagonal + 1]);
  }
}

/** `x[to + c] -= factor * y[from + c]` for parts c in [begin, end). */
function subtractScaled(
  x: Float64Array,
  to: number,
  y: Float64Array,
  from: number,
  re: number,
  im: number,
  begin: number,
  end: number,
): void {
  for (let c = begin; c < end; c += 2) {
    const u = y[from + c];
    const v = y[from + c + 1];
    x[to + c] -= re * u - im * v;
    x[to + c + 1] -= re * v + im * u;
  }
}

/**
 * Divides the complex number at `x[at]`, scaled by the larger part so that squares do not overflow.
 *
 * @see Smith (1962), "Algorithm 116: Complex division".
 */
function divide(x: Float64Array, at: number, re: number, im: number): void {
  const u = x[at];
  const v = x[at + 1];
  if (Math.abs(re) >= Math.abs(im)) {
    const ratio = im / re;
    const denominator = re + im * ratio;
    x[at] = (u + v * ratio) / denominator;
    x[at + 1] = (v - u * ratio) / denominator;
  } else {
    const ratio = re / im;
    const denominator = im + re * ratio;
    x[at] = (u * ratio + v) / denominator;
    x[at + 1] = (v * ratio - u) / denominator;
  }
}

/** The row with the largest element of column j on or below the diagonal; NaN counts as largest. */
function pivotRow(a: Float64Array, rows: number, columns: number, j: number): number {
  let pivot = j;
  let largest = -1;
  for (let i = j; i < rows && !Number.isNaN(largest); i++) {
    const at = 2 * (i * columns + j);
    const size = Math.abs(a[at]) + Math.abs(a[at + 1]);
    if (!(size <= largest)) {
      pivot = i;
      largest = size;
    }
  }
  return pivot;
}
