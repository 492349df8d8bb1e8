import { formReflections, reflect } from "./reflection.ts";
import type { Reflection } from "./reflection.ts";
import { combineRows, reflectBothSides } from "./row-operations.ts";
import { withWorkArrays } from "./work-arrays.ts";

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
 * @param a - Rows are `stride` elements apart, with zeros behind the n columns; see {@link paddedLength}.
 *
 * @see Golub and Van Loan (2013), "Matrix Computations", 4th edition, algorithm 5.4.2.
 */
export function bidiagonalize(
  a: Float64Array,
  rows: number,
  n: number,
  stride: number,
): Bidiagonalization {
  const diagonal = new Float64Array(n);
  const above = new Float64Array(n);
  const leftTau = new Float64Array(n);
  const rightTau = new Float64Array(n);
  const found: Reflection = { tau: 0, beta: 0 };
  withWorkArrays(n, [rows, stride, stride], (v, u, w) => {
    for (let k = 0; k < n; k++) {
      for (let i = k; i < rows; i++) v[i - k] = a[i * stride + k];
      reflect(v, rows - k, found);
      diagonal[k] = found.beta;
      leftTau[k] = found.tau;
      for (let i = k + 1; i < rows; i++) a[i * stride + k] = v[i - k];
      const width = n - k - 1;
      if (width === 0) break;
      const row = k * stride + k + 1;
      combineRows(w, a, row, stride, rows - k, width, v);
      for (let j = 0; j < width; j++) w[j] *= found.tau;
      for (let j = 0; j < width; j++) u[j] = a[row + j] - w[j];
      reflect(u, width, found);
      above[k] = found.beta;
      rightTau[k] = found.tau;
      for (let j = 0; j < width; j++) a[row + j] = u[j];
      // The first element of v belongs to row k, which is done.
      const below = v.subarray(1);
      u.fill(0, width, width + 3);
      reflectBothSides(a, row + stride, stride, rows - k - 1, width, below, w, u, found.tau);
    }
  });
  return {
    diagonal,
    above,
    left: (columns) =>
      formReflections(rows, columns, n, 0, (j, vector) => {
        vector[0] = 1;
        for (let i = j + 1; i < rows; i++) vector[i - j] = a[i * stride + j];
        return leftTau[j];
      }),
    right: () =>
      formReflections(n, n, n - 1, 1, (j, vector) => {
        vector.set(a.subarray(j * stride + j + 1, j * stride + n));
        return rightTau[j];
      }),
  };
}
