import { formReflections, reflect } from "./reflection.ts";
import type { Reflection } from "./reflection.ts";

/** `A = Q B Pᵀ` with an upper bidiagonal B. */
export interface Bidiagonalization {
  /** The diagonal of B, `[n]`. */
  readonly diagonal: Float64Array;
  /** The elements above it, `[n - 1]`, followed by a 0. */
  readonly above: Float64Array;
  /** The first `columns` columns of Q, row-major. */
  readonly left: (columns: number) => Float64Array;
  /** P, row-major. */
  readonly right: () => Float64Array;
}

/**
 * Reduces a row-major matrix with at least as many rows as columns to bidiagonal form by reflections from
 * the left and the right. It is overwritten with their vectors.
 *
 * @see Golub and Van Loan (2013), "Matrix Computations", 4th edition, algorithm 5.4.2.
 */
export function bidiagonalize(a: Float64Array, rows: number, n: number): Bidiagonalization {
  const diagonal = new Float64Array(n);
  const above = new Float64Array(n);
  const leftTau = new Float64Array(n);
  const rightTau = new Float64Array(n);
  const v = new Float64Array(rows);
  const u = new Float64Array(n);
  const w = new Float64Array(n);
  const found: Reflection = { tau: 0, beta: 0 };
  for (let k = 0; k < n; k++) {
    for (let i = k; i < rows; i++) v[i - k] = a[i * n + k];
    reflect(v, rows - k, found);
    diagonal[k] = found.beta;
    leftTau[k] = found.tau;
    for (let i = k + 1; i < rows; i++) a[i * n + k] = v[i - k];
    const width = n - k - 1;
    if (width === 0) break;
    multiplyTransposed(a, k, rows, n, v, found.tau, w);
    const row = k * n + k + 1;
    for (let j = 0; j < width; j++) u[j] = a[row + j] - w[j];
    reflect(u, width, found);
    above[k] = found.beta;
    rightTau[k] = found.tau;
    for (let j = 0; j < width; j++) a[row + j] = u[j];
    updateRows(a, k, rows, n, v, w, u, found.tau);
  }
  return {
    diagonal,
    above,
    left: (columns) =>
      formReflections(rows, columns, n, 0, (j, vector) => {
        vector[0] = 1;
        for (let i = j + 1; i < rows; i++) vector[i - j] = a[i * n + j];
        return leftTau[j];
      }),
    right: () =>
      formReflections(n, n, n - 1, 1, (j, vector) => {
        vector.set(a.subarray(j * n + j + 1, (j + 1) * n));
        return rightTau[j];
      }),
  };
}

/** `w = tau Aᵀ v` for the rows from k and the columns behind k. */
function multiplyTransposed(
  a: Float64Array,
  k: number,
  rows: number,
  n: number,
  v: Float64Array,
  tau: number,
  w: Float64Array,
): void {
  const width = n - k - 1;
  w.fill(0, 0, width);
  if (tau === 0) return;
  let i = k;
  for (; i + 2 <= rows; i += 2) {
    const row = i * n + k + 1;
    const next = row + n;
    const f = v[i - k];
    const g = v[i - k + 1];
    for (let j = 0; j < width; j++) w[j] += f * a[row + j] + g * a[next + j];
  }
  if (i < rows) {
    const row = i * n + k + 1;
    const f = v[i - k];
    for (let j = 0; j < width; j++) w[j] += f * a[row + j];
  }
  for (let j = 0; j < width; j++) w[j] *= tau;
}

/** `A = (A - v wᵀ)(I - tau u uᵀ)` for the rows and columns behind k, in one pass over the rows. */
function updateRows(
  a: Float64Array,
  k: number,
  rows: number,
  n: number,
  v: Float64Array,
  w: Float64Array,
  u: Float64Array,
  tau: number,
): void {
  const width = n - k - 1;
  for (let i = k + 1; i < rows; i++) {
    const row = i * n + k + 1;
    const factor = v[i - k];
    let sum0 = 0;
    let sum1 = 0;
    let j = 0;
    for (; j + 2 <= width; j += 2) {
      const x = a[row + j] - factor * w[j];
      const y = a[row + j + 1] - factor * w[j + 1];
      a[row + j] = x;
      a[row + j + 1] = y;
      sum0 += x * u[j];
      sum1 += y * u[j + 1];
    }
    if (j < width) {
      a[row + j] -= factor * w[j];
      sum0 += a[row + j] * u[j];
    }
    const z = tau * (sum0 + sum1);
    for (j = 0; j < width; j++) a[row + j] -= z * u[j];
  }
}
