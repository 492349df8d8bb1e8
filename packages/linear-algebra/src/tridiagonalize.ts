import { formReflections, reflect } from "./reflection.ts";
import type { Reflection } from "./reflection.ts";

/** `A = Q T Qᵀ` with a symmetric tridiagonal T. */
export interface Tridiagonalization {
  /** The diagonal of T, `[n]`. */
  readonly diagonal: Float64Array;
  /** The elements beside it, `[n - 1]`, followed by a 0. */
  readonly beside: Float64Array;
  /** Q, row-major. */
  readonly vectors: () => Float64Array;
}

/**
 * Reduces a symmetric matrix, of which only the lower triangle is read, to tridiagonal form by reflections.
 * It is overwritten with their vectors.
 *
 * @see Golub and Van Loan (2013), "Matrix Computations", 4th edition, algorithm 8.3.1.
 */
export function tridiagonalize(a: Float64Array, n: number): Tridiagonalization {
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const tau = new Float64Array(n);
  // The reflection v of this step and its product w, and those of the step before, whose update is pending.
  let v = new Float64Array(n);
  let w = new Float64Array(n);
  let oldV = new Float64Array(n);
  let oldW = new Float64Array(n);
  const tail = new Float64Array(n);
  const found: Reflection = { tau: 0, beta: 0 };
  for (let k = 0; k < n; k++) {
    for (let i = k; i < n; i++) a[i * n + k] -= oldV[i] * oldW[k] + oldW[i] * oldV[k];
    diagonal[k] = a[k * n + k];
    const length = n - k - 1;
    if (length === 0) break;
    for (let i = 0; i < length; i++) tail[i] = a[(k + 1 + i) * n + k];
    reflect(tail, length, found);
    beside[k] = found.beta;
    tau[k] = found.tau;
    v.fill(0, 0, k + 1);
    v.set(tail.subarray(0, length), k + 1);
    for (let i = k + 1; i < n; i++) a[i * n + k] = v[i];
    updateAndMultiply(a, n, k + 1, oldV, oldW, v, w);
    // w = tau A v - (tau² vᵀ A v / 2) v
    let product = 0;
    for (let i = k + 1; i < n; i++) product += w[i] * v[i];
    const half = (found.tau * product) / 2;
    for (let i = k + 1; i < n; i++) w[i] = found.tau * (w[i] - half * v[i]);
    [v, w, oldV, oldW] = [oldV, oldW, v, w];
  }
  return {
    diagonal,
    beside,
    vectors: () =>
      formReflections(n, n, n - 1, 1, (j, vector) => {
        for (let i = j + 1; i < n; i++) vector[i - j - 1] = a[i * n + j];
        return tau[j];
      }),
  };
}

/** `A -= x yᵀ + y xᵀ` and `w = A v` for the rows and columns from `start` on, in one pass over the triangle. */
function updateAndMultiply(
  a: Float64Array,
  n: number,
  start: number,
  x: Float64Array,
  y: Float64Array,
  v: Float64Array,
  w: Float64Array,
): void {
  w.fill(0);
  for (let i = start; i < n; i++) {
    const row = i * n;
    const f = x[i];
    const g = y[i];
    const h = v[i];
    let sum = 0;
    for (let j = start; j < i; j++) {
      const value = a[row + j] - (f * y[j] + g * x[j]);
      a[row + j] = value;
      sum += value * v[j];
      w[j] += value * h;
    }
    const value = a[row + i] - 2 * f * g;
    a[row + i] = value;
    w[i] += sum + value * h;
  }
}
