import { euclideanNorm } from "./euclidean-norm.ts";

/**
 * Reduces the columns of a complex matrix, parts by turns, column-major, to upper triangular form in place.
 *
 * Column j then holds v of the reflection `H = I - tau v vᴴ` below the diagonal, with `v[j] = 1`; Hᴴ was applied. The
 * diagonal of R is real, with LAPACK's sign, where a reflection was needed.
 *
 * @returns tau of each reflection, parts by turns.
 */
export function reflectComplex(columns: Float64Array, rows: number, count: number): Float64Array {
  const tau = new Float64Array(2 * Math.min(rows, count));
  for (let j = 0; 2 * j < tau.length; j++) {
    const begin = 2 * (j * rows + j);
    const end = 2 * (j + 1) * rows;
    makeReflection(columns, begin, end, tau, 2 * j);
    for (let other = j + 1; other < count; other++) {
      const at = 2 * (other * rows + j);
      applyReflection(columns, begin, end, at, tau[2 * j], -tau[2 * j + 1]);
    }
  }
  return tau;
}

/** Turns reflections into the first `count` columns of their product Q, in place, as `formReflected` for real ones. */
export function formComplex(
  columns: Float64Array,
  tau: Float64Array,
  rows: number,
  count: number,
): void {
  const reflections = Math.min(tau.length / 2, count);
  for (let j = reflections; j < count; j++) {
    columns.fill(0, 2 * j * rows, 2 * (j + 1) * rows);
    columns[2 * (j * rows + j)] = 1;
  }
  for (let j = reflections - 1; j >= 0; j--) {
    const begin = 2 * (j * rows + j);
    const end = 2 * (j + 1) * rows;
    const [re, im] = [tau[2 * j], tau[2 * j + 1]];
    for (let other = j + 1; other < count; other++) {
      applyReflection(columns, begin, end, 2 * (other * rows + j), re, im);
    }
    columns.fill(0, 2 * j * rows, begin);
    for (let i = begin + 2; i < end; i += 2) {
      const [u, v] = [columns[i], columns[i + 1]];
      columns[i] = im * v - re * u;
      columns[i + 1] = -(re * v + im * u);
    }
    columns[begin] = 1 - re;
    columns[begin + 1] = -im;
  }
}

/** Replaces the tail of `x[begin, end)` by v and its first element by R's diagonal, as LAPACK's xLARFG. */
function makeReflection(
  x: Float64Array,
  begin: number,
  end: number,
  tau: Float64Array,
  at: number,
): void {
  const re = x[begin];
  const im = x[begin + 1];
  if (im === 0 && euclideanNorm(x, begin + 2, end) === 0) return;
  const length = euclideanNorm(x, begin, end);
  // Reciprocals of tiny numbers overflow: scale the column up and R's diagonal down, by a power of 2.
  const tiny = 2 ** -960;
  if (length < tiny) {
    for (let i = begin; i < end; i++) x[i] /= tiny;
    makeReflection(x, begin, end, tau, at);
    x[begin] *= tiny;
    return;
  }
  const beta = re < 0 ? length : -length;
  tau[at] = (beta - re) / beta;
  tau[at + 1] = -im / beta;
  // 1 / (alpha - beta), with the magnitude taken out first.
  const u = (re - beta) / length;
  const v = im / length;
  const square = (u * u + v * v) * length;
  const scaleRe = u / square;
  const scaleIm = -v / square;
  for (let i = begin + 2; i < end; i += 2) {
    const [p, q] = [x[i], x[i + 1]];
    x[i] = p * scaleRe - q * scaleIm;
    x[i + 1] = p * scaleIm + q * scaleRe;
  }
  x[begin] = beta;
  x[begin + 1] = 0;
}

/** Applies `I - tau v vᴴ` to the vector at `at`; v is 1 followed by the elements in [begin + 2, end). */
function applyReflection(
  x: Float64Array,
  begin: number,
  end: number,
  at: number,
  tauRe: number,
  tauIm: number,
): void {
  if (tauRe === 0 && tauIm === 0) return;
  const shift = at - begin;
  let sumRe = x[at];
  let sumIm = x[at + 1];
  for (let i = begin + 2; i < end; i += 2) {
    const p = x[i + shift];
    const q = x[i + shift + 1];
    sumRe += x[i] * p + x[i + 1] * q;
    sumIm += x[i] * q - x[i + 1] * p;
  }
  const re = tauRe * sumRe - tauIm * sumIm;
  const im = tauRe * sumIm + tauIm * sumRe;
  x[at] -= re;
  x[at + 1] -= im;
  for (let i = begin + 2; i < end; i += 2) {
    x[i + shift] -= x[i] * re - x[i + 1] * im;
    x[i + shift + 1] -= x[i] * im + x[i + 1] * re;
  }
}
