import { euclideanNorm } from "./euclidean-norm.ts";
import { hypotenuse } from "./rotate.ts";
import { combineRows, subtractOuter } from "./row-operations.ts";
import { paddedLength, withWorkArrays } from "./work-arrays.ts";

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
  const stride = paddedLength(columns);
  return withWorkArrays(columns, [rows * stride, rows, stride], (q, v, w) => {
    for (let i = 0; i < Math.min(rows, columns); i++) q[i * stride + i] = 1;
    for (let j = count - 1; j >= 0; j--) {
      const tau = load(j, v);
      if (tau === 0) continue;
      // Columns before the first reflected row are still those of the identity.
      const start = j + shift;
      const at = start * stride + start;
      combineRows(w, q, at, stride, rows - start, columns - start, v);
      for (let c = 0; c < columns - start; c++) w[c] *= tau;
      subtractOuter(q, at, stride, rows - start, columns - start, v, w);
    }
    const result = new Float64Array(rows * columns);
    for (let i = 0; i < rows; i++) {
      result.set(q.subarray(i * stride, i * stride + columns), i * columns);
    }
    return result;
  });
}
