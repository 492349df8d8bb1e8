import { hypotenuse, makeRotation } from "./rotate.ts";
import type { Rotation } from "./rotate.ts";
import { rotateRows } from "./row-operations.ts";
import { withWorkArrays } from "./work-arrays.ts";

const EPS = 2 ** -53;
/** Sweeps per eigenvalue before giving up; 2 are usual. */
const MAX_SWEEPS = 30;

/**
 * Diagonalizes a symmetric tridiagonal matrix by implicit QL or QR, in place: `diagonal` receives the
 * eigenvalues in no order. The rows of `vectors`, `stride` elements apart, a multiple of 8, are rotated along.
 *
 * Each block is worked on from its small end, so that graded matrices keep their small eigenvalues.
 *
 * @returns Whether it converged.
 * @see Golub and Van Loan (2013), "Matrix Computations", 4th edition, algorithm 8.3.3.
 */
export function diagonalizeTridiagonal(
  diagonal: Float64Array,
  beside: Float64Array,
  vectors: Float64Array,
  stride: number,
): boolean {
  const n = diagonal.length;
  return withWorkArrays(n, [n, n], (cos, sin) =>
    iterate(diagonal, beside, vectors, stride, cos, sin),
  );
}

function iterate(
  diagonal: Float64Array,
  beside: Float64Array,
  vectors: Float64Array,
  stride: number,
  cos: Float64Array,
  sin: Float64Array,
): boolean {
  const n = diagonal.length;
  let budget = MAX_SWEEPS * n;
  for (let start = 0, end = 0; start < n; start = end + 1) {
    end = splitAfter(diagonal, beside, start, n - 1, 1);
    if (end < n - 1) beside[end] = 0;
    const forward = Math.abs(diagonal[start]) <= Math.abs(diagonal[end]);
    const step = forward ? 1 : -1;
    const last = forward ? end : start;
    for (let at = forward ? start : end; at !== last;) {
      const far = splitAfter(diagonal, beside, at, last, step);
      if (far === at) {
        at += step;
        continue;
      }
      if (budget-- === 0) return false;
      if (far !== last) beside[between(far, step)] = 0;
      if (far === at + step) {
        diagonalizePair(diagonal, beside, Math.min(at, far), vectors, stride);
        continue;
      }
      const count = sweep(diagonal, beside, at, far, step, cos, sin);
      const back = step === 1 ? -1 : 1;
      rotateRows(vectors, stride, { first: far, step: back, count, cos, sin });
    }
  }
  return true;
}

/**
 * Diagonalizes the block of positions `i` and `i + 1` by one rotation, the eigenvalue of larger magnitude first. The
 * signs of the vectors are those of LAPACK's `laev2`.
 */
function diagonalizePair(
  diagonal: Float64Array,
  beside: Float64Array,
  i: number,
  vectors: Float64Array,
  stride: number,
): void {
  const a = diagonal[i];
  const b = beside[i];
  const c = diagonal[i + 1];
  const twice = 2 * b;
  const difference = a - c;
  const root = hypotenuse(difference, twice);
  const negative = a + c < 0;
  // The eigenvalue without cancellation, and the other one from the determinant.
  const first = (a + c + (negative ? -root : root)) / 2;
  const [large, small] = Math.abs(a) > Math.abs(c) ? [a, c] : [c, a];
  const second = a + c === 0 ? -root / 2 : (large / first) * small - (b / first) * b;
  // (x, y) is the vector of one of them; the other's is at a right angle.
  const descending = difference >= 0;
  const along = difference + (descending ? root : -root);
  let x: number;
  let y: number;
  if (Math.abs(along) > Math.abs(twice)) {
    const tangent = -twice / along;
    y = 1 / Math.sqrt(1 + tangent * tangent);
    x = tangent * y;
  } else {
    const tangent = -along / twice;
    x = 1 / Math.sqrt(1 + tangent * tangent);
    y = tangent * x;
  }
  if (negative !== descending) [x, y] = [-y, x];
  diagonal[i] = first;
  diagonal[i + 1] = second;
  beside[i] = 0;
  const row = i * stride;
  for (let j = row; j < row + stride; j++) {
    const u = vectors[j];
    const v = vectors[j + stride];
    vectors[j] = x * u + y * v;
    vectors[j + stride] = x * v - y * u;
  }
}

/** Index of the element beside the diagonal between `i` and `i + step`. */
function between(i: number, step: 1 | -1): number {
  return step === 1 ? i : i - 1;
}

/** The last position of the unreduced block that begins at `from`, at most `last`. */
function splitAfter(
  diagonal: Float64Array,
  beside: Float64Array,
  from: number,
  last: number,
  step: 1 | -1,
): number {
  let i = from;
  for (; i !== last; i += step) {
    const size = Math.abs(beside[between(i, step)]);
    const scale = Math.sqrt(Math.abs(diagonal[i])) * Math.sqrt(Math.abs(diagonal[i + step]));
    if (size <= EPS * scale + 2 ** -510) break;
  }
  return i;
}

/**
 * One implicit sweep with Wilkinson's shift from the far end of a block to the end where an eigenvalue is
 * to appear.
 *
 * @returns The number of rotations.
 */
function sweep(
  diagonal: Float64Array,
  beside: Float64Array,
  target: number,
  far: number,
  step: 1 | -1,
  cos: Float64Array,
  sin: Float64Array,
): number {
  const turn: Rotation = { c: 1, s: 0, r: 0 };
  const near = beside[between(target, step)];
  const ratio = (diagonal[target + step] - diagonal[target]) / (2 * near);
  const root = Math.sqrt(ratio * ratio + 1);
  let g = diagonal[far] - diagonal[target] + near / (ratio < 0 ? ratio - root : ratio + root);
  let c = 1;
  let s = 1;
  let p = 0;
  let t = 0;
  for (let i = far; i !== target; i -= step, t++) {
    const element = beside[between(i - step, step)];
    const f = s * element;
    const b = c * element;
    makeRotation(g, f, turn);
    ({ c, s } = turn);
    if (t > 0) beside[between(i, step)] = turn.r;
    g = diagonal[i] - p;
    const r = (diagonal[i - step] - g) * s + 2 * c * b;
    p = s * r;
    diagonal[i] = g + p;
    g = c * r - b;
    cos[t] = c;
    sin[t] = s;
  }
  diagonal[target] -= p;
  beside[between(target, step)] = g;
  return t;
}
