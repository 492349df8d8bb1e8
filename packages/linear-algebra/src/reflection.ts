import { euclideanNorm } from "./euclidean-norm.ts";
import { hypotenuse } from "./rotate.ts";

/** Vectors shorter than this are scaled up. */
const TINY = 2 ** -500;

/** What {@link reflect} finds besides the vector. */
export interface Reflection {
  /** 0 for the identity. */
  tau: number;
  /** What is left at the first position; the others become 0. */
  beta: number;
}

/**
 * Turns `v[0, length)` into the vector of a reflection `H = I - tau v vᵀ` that maps it to a multiple of the
 * first unit vector; `v[0]` becomes 1.
 *
 * The sign is LAPACK's: beta has the opposite sign of `v[0]`, so nothing cancels.
 */
export function reflect(v: Float64Array, length: number, out: Reflection): void {
  const alpha = v[0];
  const tail = euclideanNorm(v, 1, length);
  v[0] = 1;
  if (tail === 0) {
    out.tau = 0;
    out.beta = alpha;
    return;
  }
  const norm = hypotenuse(alpha, tail);
  if (norm < TINY) {
    // Subnormal numbers have too few bits for a quotient: the reflection of larger ones is the same.
    v[0] = alpha;
    for (let i = 0; i < length; i++) v[i] /= TINY;
    reflect(v, length, out);
    out.beta *= TINY;
    return;
  }
  const beta = alpha < 0 ? norm : -norm;
  const scale = alpha - beta;
  for (let i = 1; i < length; i++) v[i] /= scale;
  out.tau = -scale / beta;
  out.beta = beta;
}

/**
 * Forms the product `H₀ H₁ ⋯ H₍count₋₁₎` of reflections, row-major `[rows, columns]`, its first columns.
 *
 * @param load - Writes the vector of reflection j, from its leading 1 on, which stands at position
 *   `j + shift`, into its argument and returns tau.
 */
export function formReflections(
  rows: number,
  columns: number,
  count: number,
  shift: number,
  load: (j: number, v: Float64Array) => number,
): Float64Array {
  const q = new Float64Array(rows * columns);
  for (let i = 0; i < Math.min(rows, columns); i++) q[i * columns + i] = 1;
  const v = new Float64Array(rows);
  const w = new Float64Array(columns);
  for (let j = count - 1; j >= 0; j--) {
    const tau = load(j, v);
    if (tau === 0) continue;
    // Columns before the first reflected row are still those of the identity.
    reflectRows(q, j + shift, rows, columns, v, tau, w);
  }
  return q;
}

/** `Q = (I - tau v vᵀ) Q` for the rows and columns from `start` on; four rows at a time share the loads of w. */
function reflectRows(
  q: Float64Array,
  start: number,
  rows: number,
  columns: number,
  v: Float64Array,
  tau: number,
  w: Float64Array,
): void {
  const width = columns - start;
  w.fill(0, 0, width);
  let i = start;
  for (; i + 4 <= rows; i += 4) {
    const at = i - start;
    const [f0, f1, f2, f3] = [v[at], v[at + 1], v[at + 2], v[at + 3]];
    const row0 = i * columns + start;
    const row1 = row0 + columns;
    const row2 = row1 + columns;
    const row3 = row2 + columns;
    for (let c = 0; c < width; c++) {
      w[c] += f0 * q[row0 + c] + f1 * q[row1 + c] + (f2 * q[row2 + c] + f3 * q[row3 + c]);
    }
  }
  for (; i < rows; i++) {
    const factor = v[i - start];
    const row = i * columns + start;
    for (let c = 0; c < width; c++) w[c] += factor * q[row + c];
  }
  for (let c = 0; c < width; c++) w[c] *= tau;
  for (i = start; i + 4 <= rows; i += 4) {
    const at = i - start;
    const [f0, f1, f2, f3] = [v[at], v[at + 1], v[at + 2], v[at + 3]];
    const row0 = i * columns + start;
    const row1 = row0 + columns;
    const row2 = row1 + columns;
    const row3 = row2 + columns;
    for (let c = 0; c < width; c++) {
      const x = w[c];
      q[row0 + c] -= f0 * x;
      q[row1 + c] -= f1 * x;
      q[row2 + c] -= f2 * x;
      q[row3 + c] -= f3 * x;
    }
  }
  for (; i < rows; i++) {
    const factor = v[i - start];
    const row = i * columns + start;
    for (let c = 0; c < width; c++) q[row + c] -= factor * w[c];
  }
}
