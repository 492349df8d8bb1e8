import { euclideanNorm } from "./euclidean-norm.ts";

type Floats = Float32Array | Float64Array;

/**
 * Reduces the columns of a matrix to upper triangular form by Householder reflections, in place.
 *
 * The matrix is column-major, from `at` on, with `stride` elements between columns. Afterwards its upper triangle
 * holds R, and column j holds, below the diagonal, the vector v of reflection j, `H = I - tau v vᵀ` with `v[j] = 1`.
 * Scalars are rounded to the width of the array, and storing rounds elements; dot products are accumulated in float64
 * and rounded once.
 *
 * @param tau - Receives tau of each reflection from `tauAt` on, 0 where the column was zero below the diagonal.
 */
export function reflectColumns(
  columns: Floats,
  at: number,
  stride: number,
  rows: number,
  count: number,
  tau: Float64Array,
  tauAt = 0,
): void {
  const round = columns instanceof Float32Array ? Math.fround : identity;
  for (let j = 0; j < Math.min(rows, count); j++) {
    const begin = at + j * stride + j + 1;
    const end = at + j * stride + rows;
    const t = makeReflection(columns, begin, end, round);
    tau[tauAt + j] = t;
    if (t === 0) continue;
    for (let other = j + 1; other < count; other++) {
      applyReflection(columns, begin, end, at + other * stride + j, t, round);
    }
  }
}

/**
 * Turns reflections, as {@link reflectColumns} leaves them, into the first `count` columns of their product Q,
 * in place. The array holds `count` columns; those without a reflection may hold anything.
 */
export function formReflected(
  columns: Floats,
  tau: Float64Array,
  rows: number,
  count: number,
): void {
  const round = columns instanceof Float32Array ? Math.fround : identity;
  for (let j = tau.length; j < count; j++) {
    columns.fill(0, j * rows, (j + 1) * rows);
    columns[j * rows + j] = 1;
  }
  for (let j = Math.min(tau.length, count) - 1; j >= 0; j--) {
    const diagonal = j * rows + j;
    const end = (j + 1) * rows;
    const t = tau[j];
    for (let other = j + 1; other < count; other++) {
      applyReflection(columns, diagonal + 1, end, other * rows + j, t, round);
    }
    columns.fill(0, j * rows, diagonal);
    columns[diagonal] = 1 - t;
    for (let i = diagonal + 1; i < end; i++) columns[i] = -t * columns[i];
  }
}

function identity(x: number): number {
  return x;
}

/**
 * Replaces the column tail by v and the element before it by R's diagonal, as LAPACK's xLARFG.
 *
 * @returns tau.
 */
function makeReflection(
  x: Floats,
  begin: number,
  end: number,
  round: (x: number) => number,
): number {
  const alpha = x[begin - 1];
  const tail = round(euclideanNorm(x, begin, end));
  if (tail === 0) return 0;
  const length = hypotenuse(alpha, tail, round);
  // Reciprocals of tiny numbers overflow: scale the column up and R's diagonal down, by a power of 2.
  const tiny = x instanceof Float32Array ? 2 ** -100 : 2 ** -960;
  if (length < tiny) {
    const scale = 1 / tiny;
    for (let i = begin - 1; i < end; i++) x[i] *= scale;
    const tau = makeReflection(x, begin, end, round);
    x[begin - 1] *= tiny;
    return tau;
  }
  const beta = alpha < 0 ? length : -length;
  const inverse = round(1 / round(alpha - beta));
  for (let i = begin; i < end; i++) x[i] *= inverse;
  x[begin - 1] = beta;
  return round(round(beta - alpha) / beta);
}

/** `sqrt(a² + b²)` without undue overflow; each step is rounded, as LAPACK's xLAPY2 does. */
function hypotenuse(a: number, b: number, round: (x: number) => number): number {
  const large = Math.max(Math.abs(a), Math.abs(b));
  if (large === Infinity) return Infinity;
  const ratio = round(Math.min(Math.abs(a), Math.abs(b)) / large);
  return round(large * round(Math.sqrt(round(1 + round(ratio * ratio)))));
}

/** Applies `I - tau v vᵀ` to the vector that starts at `at`; v is 1 followed by the elements in [begin, end). */
function applyReflection(
  x: Floats,
  begin: number,
  end: number,
  at: number,
  tau: number,
  round: (x: number) => number,
): void {
  const shift = at + 1 - begin;
  let sum0 = x[at];
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    sum0 += x[i] * x[i + shift];
    sum1 += x[i + 1] * x[i + 1 + shift];
    sum2 += x[i + 2] * x[i + 2 + shift];
    sum3 += x[i + 3] * x[i + 3 + shift];
  }
  for (; i < end; i++) sum0 += x[i] * x[i + shift];
  const factor = round(-tau * round(sum0 + sum1 + (sum2 + sum3)));
  x[at] += factor;
  for (i = begin; i < end; i++) x[i + shift] += x[i] * factor;
}
