import { euclideanNorm } from "./euclidean-norm.ts";

/** Columns are orthogonal when their cosine is below this. */
const ORTHOGONAL = 2 ** -52;
/** Sweeps over all pairs of columns; convergence takes fewer than 10 in practice. */
const MAX_SWEEPS = 40;

/**
 * Singular values, not sorted, of a row-major matrix, by one-sided Jacobi rotations.
 *
 * @see Golub and Van Loan (2013), "Matrix Computations", 4th edition, section 8.6.3.
 */
export function singularValues(x: Float64Array, rows: number, columns: number): Float64Array {
  const tall = rows >= columns;
  const count = tall ? columns : rows;
  const length = tall ? rows : columns;
  // Column j of the tall form is contiguous from j * length on.
  const work = new Float64Array(x.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      work[tall ? j * length + i : i * length + j] = x[i * columns + j];
    }
  }
  const scale = largestMagnitude(work);
  if (!(scale < Infinity)) return new Float64Array(count).fill(NaN);
  if (scale > 0) {
    for (let i = 0; i < work.length; i++) work[i] /= scale;
    let rotated = true;
    for (let sweep = 0; rotated && sweep < MAX_SWEEPS; sweep++) {
      rotated = false;
      for (let p = 0; p < count; p++) {
        for (let q = p + 1; q < count; q++) {
          if (orthogonalize(work, p * length, q * length, length)) rotated = true;
        }
      }
    }
  }
  return Float64Array.from(
    { length: count },
    (_, j) => scale * euclideanNorm(work, j * length, (j + 1) * length),
  );
}

function largestMagnitude(x: Float64Array): number {
  let largest = 0;
  for (const value of x) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** Rotates two columns so that they are orthogonal; false if they already were. */
function orthogonalize(x: Float64Array, p: number, q: number, length: number): boolean {
  let pp = 0;
  let qq = 0;
  let pq = 0;
  for (let i = 0; i < length; i++) {
    pp += x[p + i] * x[p + i];
    qq += x[q + i] * x[q + i];
    pq += x[p + i] * x[q + i];
  }
  if (Math.abs(pq) <= ORTHOGONAL * Math.sqrt(pp) * Math.sqrt(qq)) return false;
  const zeta = (qq - pp) / (2 * pq);
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const cosine = 1 / Math.hypot(1, t);
  const sine = cosine * t;
  for (let i = 0; i < length; i++) {
    const a = x[p + i];
    const b = x[q + i];
    x[p + i] = cosine * a - sine * b;
    x[q + i] = sine * a + cosine * b;
  }
  return true;
}
