import { SUBTRACT } from "./gemm-mode.ts";
import { withWorkspace } from "./gemm-workspace.ts";
import type { Workspace } from "./gemm-workspace.ts";

/** Up to this order a system is solved row by row. */
const LEAF = 8;
/** Up to this order it costs less to solve in place than to copy to a workspace. */
const SMALL = 32;

/** Which triangle of a matrix is read, and how. */
export interface Triangle {
  readonly lower: boolean;
  /** Whether the system is that of the transpose. */
  readonly transpose: boolean;
  /** Whether the diagonal counts as ones and is not read. */
  readonly unitDiagonal: boolean;
}

/**
 * Solves a triangular system in place: X, row-major `[n, width]`, holds the right-hand sides and receives the
 * solutions. A zero on the diagonal gives infinities and NaN.
 */
export function substitute(
  a: Float64Array,
  n: number,
  x: Float64Array,
  width: number,
  triangle: Triangle,
): void {
  if (n <= SMALL) {
    substituteRows(a, 0, n, n, x, 0, width, width, triangle);
    return;
  }
  withWorkspace<Float64Array, void>(false, [n * n, n * width], width, (w) => {
    const aAt = w.take(n * n);
    const xAt = w.take(n * width);
    w.data.set(a, aAt);
    w.data.set(x, xAt);
    substituteBlocked(w, aAt, n, n, xAt, width, width, triangle);
    x.set(w.data.subarray(xAt, xAt + n * width));
  });
}

/**
 * As {@link substitute}, for matrices in a workspace: the halves of the system are solved one after the other, with a
 * matrix product between.
 */
export function substituteBlocked(
  w: Workspace<Float64Array>,
  a: number,
  aStride: number,
  n: number,
  x: number,
  xStride: number,
  width: number,
  triangle: Triangle,
): void {
  if (n <= LEAF) {
    substituteRows(w.data, a, aStride, n, w.data, x, xStride, width, triangle);
    return;
  }
  const { lower, transpose } = triangle;
  const half = Math.ceil(n / 2 / LEAF) * LEAF;
  const rest = n - half;
  const second = a + half * aStride + half;
  const below = x + half * xStride;
  const corner = lower ? a + half * aStride : a + half;
  if (lower !== transpose) {
    substituteBlocked(w, a, aStride, half, x, xStride, width, triangle);
    const [from, to] = [x, below];
    w.multiply(
      transpose,
      false,
      rest,
      width,
      half,
      corner,
      aStride,
      from,
      xStride,
      to,
      xStride,
      SUBTRACT,
    );
    substituteBlocked(w, second, aStride, rest, below, xStride, width, triangle);
  } else {
    substituteBlocked(w, second, aStride, rest, below, xStride, width, triangle);
    const [from, to] = [below, x];
    w.multiply(
      transpose,
      false,
      half,
      width,
      rest,
      corner,
      aStride,
      from,
      xStride,
      to,
      xStride,
      SUBTRACT,
    );
    substituteBlocked(w, a, aStride, half, x, xStride, width, triangle);
  }
}

/** Solves a triangular system row by row. */
function substituteRows(
  a: Float64Array,
  aAt: number,
  aStride: number,
  n: number,
  x: Float64Array,
  xAt: number,
  xStride: number,
  width: number,
  { lower, transpose, unitDiagonal }: Triangle,
): void {
  const forward = lower !== transpose;
  const rowStride = transpose ? 1 : aStride;
  const columnStride = transpose ? aStride : 1;
  for (let step = 0; step < n; step++) {
    const i = forward ? step : n - 1 - step;
    const row = xAt + i * xStride;
    const first = forward ? 0 : i + 1;
    const last = forward ? i : n;
    for (let p = first; p < last; p++) {
      const factor = a[aAt + i * rowStride + p * columnStride];
      const from = xAt + p * xStride;
      for (let j = 0; j < width; j++) x[row + j] -= factor * x[from + j];
    }
    if (unitDiagonal) continue;
    const diagonal = a[aAt + i * aStride + i];
    for (let j = 0; j < width; j++) x[row + j] /= diagonal;
  }
}
