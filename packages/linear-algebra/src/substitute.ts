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
  { lower, transpose, unitDiagonal }: Triangle,
): void {
  const forward = lower !== transpose;
  const rowStride = transpose ? 1 : n;
  const columnStride = transpose ? n : 1;
  for (let step = 0; step < n; step++) {
    const i = forward ? step : n - 1 - step;
    const row = i * width;
    const first = forward ? 0 : i + 1;
    const last = forward ? i : n;
    for (let p = first; p < last; p++) {
      const factor = a[i * rowStride + p * columnStride];
      const from = p * width;
      for (let j = 0; j < width; j++) x[row + j] -= factor * x[from + j];
    }
    if (unitDiagonal) continue;
    const diagonal = a[i * n + i];
    for (let j = 0; j < width; j++) x[row + j] /= diagonal;
  }
}
