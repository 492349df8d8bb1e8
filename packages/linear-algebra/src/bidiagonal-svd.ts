import { makeRotation } from "./rotate.ts";
import type { Rotation } from "./rotate.ts";
import { rotateRows } from "./row-operations.ts";
import { withWorkArrays } from "./work-arrays.ts";

const EPS = 2 ** -53;
/** The relative size of what counts as 0; each sweep cubes it in the end. */
const TOLERANCE = 10 * EPS;
/** Sweeps per singular value before giving up; 2 are usual. */
const MAX_SWEEPS = 30;

/** Matrices whose rows take part in the rotations of one side, `stride` elements apart, a multiple of 8. */
export interface Accumulators {
  readonly stride: number;
  readonly left: Float64Array;
  readonly right: Float64Array;
}

/**
 * Diagonalizes an upper bidiagonal matrix by implicit QR, in place: `diagonal` receives the singular values,
 * in no order and with signs, and `above` zeros. The rows of the accumulators are rotated along.
 *
 * Small singular values are found to high relative accuracy: a shift is used only where it does not hurt
 * them, and the sweeps run from the large end to the small one.
 *
 * @returns Whether it converged.
 * @see Demmel and Kahan (1990), "Accurate singular values of bidiagonal matrices", SIAM J. Sci. Stat.
 *   Comput. 11, 873-912. https://doi.org/10.1137/0911052
 */
export function diagonalizeBidiagonal(
  diagonal: Float64Array,
  above: Float64Array,
  accumulators?: Accumulators,
): boolean {
  const n = diagonal.length;
  return withWorkArrays(n, [n, n, n, n], (rightCos, rightSin, leftCos, leftSin) =>
    iterate(diagonal, above, { rightCos, rightSin, leftCos, leftSin }, accumulators),
  );
}

/**
 * Makes a lower bidiagonal matrix an upper one by rotations of its rows, in place: `beside` goes from below the
 * diagonal to above it. The rows of the accumulator of the left side are rotated along.
 */
export function raiseBidiagonal(
  diagonal: Float64Array,
  beside: Float64Array,
  accumulators?: Accumulators,
): void {
  const n = diagonal.length;
  withWorkArrays(n, [n, n], (cos, sin) => {
    const turn: Rotation = { c: 1, s: 0, r: 0 };
    for (let i = 0; i + 1 < n; i++) {
      makeRotation(diagonal[i], beside[i], turn);
      diagonal[i] = turn.r;
      beside[i] = turn.s * diagonal[i + 1];
      diagonal[i + 1] *= turn.c;
      cos[i] = turn.c;
      sin[i] = turn.s;
    }
    if (!accumulators || n < 2) return;
    rotateRows(accumulators.left, accumulators.stride, {
      first: 0,
      step: 1,
      count: n - 1,
      cos,
      sin,
    });
  });
}

function iterate(
  diagonal: Float64Array,
  above: Float64Array,
  chains: Chains,
  accumulators: Accumulators | undefined,
): boolean {
  const n = diagonal.length;
  const threshold = negligible(diagonal, above);
  let end = n - 1;
  let previousStart = -1;
  let previousEnd = -1;
  let step: 1 | -1 = 1;
  for (let budget = MAX_SWEEPS * n * n; end > 0;) {
    if (budget <= 0) return false;
    // The last unreduced block: rows and columns from start to end.
    let start = end;
    let largest = Math.abs(diagonal[end]);
    while (start > 0) {
      const size = Math.abs(above[start - 1]);
      if (size <= threshold) {
        above[start - 1] = 0;
        break;
      }
      start--;
      largest = Math.max(largest, size, Math.abs(diagonal[start]));
    }
    if (start === end) {
      end--;
      continue;
    }
    if (start > previousEnd || end < previousStart) {
      // A new block: towards its small end.
      step = Math.abs(diagonal[start]) >= Math.abs(diagonal[end]) ? 1 : -1;
    }
    previousStart = start;
    previousEnd = end;
    const first = step === 1 ? start : end;
    const last = step === 1 ? end : start;
    const smallest = deflate(diagonal, above, first, last, step);
    if (smallest < 0) continue;
    const shift = chooseShift(diagonal, above, first, last, step, smallest / largest, n);
    if (shift === 0) zeroShiftSweep(diagonal, above, first, last, step, chains);
    else shiftedSweep(diagonal, above, first, last, step, shift, chains);
    const lastAbove = step === 1 ? last - 1 : last;
    if (Math.abs(above[lastAbove]) <= threshold) above[lastAbove] = 0;
    const count = end - start;
    budget -= count;
    if (!accumulators) continue;
    // A sweep upwards is a sweep downwards of the reversed transpose: the sides change places.
    const { left, right, stride } = accumulators;
    const { leftCos, leftSin, rightCos, rightSin } = chains;
    const [x, y] = step === 1 ? [right, left] : [left, right];
    rotateRows(x, stride, { first, step, count, cos: rightCos, sin: rightSin });
    rotateRows(y, stride, { first, step, count, cos: leftCos, sin: leftSin });
  }
  return true;
}

/** The rotations of one sweep. */
interface Chains {
  readonly rightCos: Float64Array;
  readonly rightSin: Float64Array;
  readonly leftCos: Float64Array;
  readonly leftSin: Float64Array;
}

/** The size below which elements above the diagonal do not matter to any singular value. */
function negligible(diagonal: Float64Array, above: Float64Array): number {
  const n = diagonal.length;
  let smallest = Math.abs(diagonal[0]);
  let mu = smallest;
  for (let i = 1; i < n && smallest > 0; i++) {
    mu = Math.abs(diagonal[i]) * (mu / (mu + Math.abs(above[i - 1])));
    smallest = Math.min(smallest, mu);
  }
  return Math.max((TOLERANCE * smallest) / Math.sqrt(n), MAX_SWEEPS * n * n * 2 ** -1022);
}

/**
 * Looks for an element above the diagonal that is negligible to relative accuracy, and sets it to 0.
 *
 * @returns A lower bound of the smallest singular value, or -1 if the block has fallen apart.
 */
function deflate(
  diagonal: Float64Array,
  above: Float64Array,
  first: number,
  last: number,
  step: 1 | -1,
): number {
  const offset = step === 1 ? 0 : -1;
  const end = last - step + offset;
  if (Math.abs(above[end]) <= TOLERANCE * Math.abs(diagonal[last])) {
    above[end] = 0;
    return -1;
  }
  let mu = Math.abs(diagonal[first]);
  let smallest = mu;
  for (let i = first; i !== last; i += step) {
    const size = Math.abs(above[i + offset]);
    if (size <= TOLERANCE * mu) {
      above[i + offset] = 0;
      return -1;
    }
    mu = Math.abs(diagonal[i + step]) * (mu / (mu + size));
    smallest = Math.min(smallest, mu);
  }
  return smallest;
}

/** The smaller singular value of the last 2 × 2 block, or 0 where a shift would cost relative accuracy. */
function chooseShift(
  diagonal: Float64Array,
  above: Float64Array,
  first: number,
  last: number,
  step: 1 | -1,
  ratio: number,
  n: number,
): number {
  if (n * TOLERANCE * ratio <= EPS) return 0;
  const f = Math.abs(diagonal[last - step]);
  const g = Math.abs(above[step === 1 ? last - 1 : last]);
  const h = Math.abs(diagonal[last]);
  const shift = smallerSingularValue(f, g, h);
  return (shift / Math.abs(diagonal[first])) ** 2 < EPS ? 0 : shift;
}

/** The smaller singular value of `[[f, g], [0, h]]`, all non-negative, without loss of accuracy. */
function smallerSingularValue(f: number, g: number, h: number): number {
  const small = Math.min(f, h);
  const large = Math.max(f, h);
  if (small === 0) return 0;
  if (g < large) {
    const sum = 1 + small / large;
    const gap = (large - small) / large;
    const ratio = (g / large) ** 2;
    return small * (2 / (Math.sqrt(sum * sum + ratio) + Math.sqrt(gap * gap + ratio)));
  }
  const ratio = large / g;
  if (ratio === 0) return (small * large) / g;
  const sum = 1 + small / large;
  const gap = (large - small) / large;
  const c = 1 / (Math.sqrt(1 + (sum * ratio) ** 2) + Math.sqrt(1 + (gap * ratio) ** 2));
  return small * c * ratio * 2;
}

/** One implicit QR sweep with shift 0, which has no cancellation. */
function zeroShiftSweep(
  diagonal: Float64Array,
  above: Float64Array,
  first: number,
  last: number,
  step: 1 | -1,
  { rightCos, rightSin, leftCos, leftSin }: Chains,
): void {
  const offset = step === 1 ? 0 : -1;
  const turn: Rotation = { c: 1, s: 0, r: 0 };
  let cos = 1;
  let oldCos = 1;
  let oldSin = 0;
  for (let i = first, t = 0; i !== last; i += step, t++) {
    makeRotation(diagonal[i] * cos, above[i + offset], turn);
    cos = turn.c;
    const sin = turn.s;
    if (t > 0) above[i - step + offset] = oldSin * turn.r;
    rightCos[t] = cos;
    rightSin[t] = sin;
    makeRotation(oldCos * turn.r, diagonal[i + step] * sin, turn);
    oldCos = turn.c;
    oldSin = turn.s;
    diagonal[i] = turn.r;
    leftCos[t] = oldCos;
    leftSin[t] = oldSin;
  }
  const h = diagonal[last] * cos;
  diagonal[last] = h * oldCos;
  above[last - step + offset] = h * oldSin;
}

/** One implicit QR sweep with a shift: a bulge is chased from `first` to `last`. */
function shiftedSweep(
  diagonal: Float64Array,
  above: Float64Array,
  first: number,
  last: number,
  step: 1 | -1,
  shift: number,
  { rightCos, rightSin, leftCos, leftSin }: Chains,
): void {
  const offset = step === 1 ? 0 : -1;
  const turn: Rotation = { c: 1, s: 0, r: 0 };
  const start = diagonal[first];
  let f = (Math.abs(start) - shift) * (Math.sign(start) + shift / start);
  let g = above[first + offset];
  for (let i = first, t = 0; i !== last; i += step, t++) {
    const next = i + step;
    makeRotation(f, g, turn);
    let { c, s } = turn;
    if (t > 0) above[i - step + offset] = turn.r;
    rightCos[t] = c;
    rightSin[t] = s;
    f = c * diagonal[i] + s * above[i + offset];
    above[i + offset] = c * above[i + offset] - s * diagonal[i];
    g = s * diagonal[next];
    diagonal[next] *= c;
    makeRotation(f, g, turn);
    ({ c, s } = turn);
    leftCos[t] = c;
    leftSin[t] = s;
    diagonal[i] = turn.r;
    f = c * above[i + offset] + s * diagonal[next];
    diagonal[next] = c * diagonal[next] - s * above[i + offset];
    if (next !== last) {
      g = s * above[next + offset];
      above[next + offset] *= c;
    }
  }
  above[last - step + offset] = f;
}
