/**
 * Factorizes a row-major matrix as `P A = L U` in place, with partial pivoting: each pivot is the first of
 * the largest magnitude in its column. L's unit diagonal is not stored. A zero pivot leaves its column as it is.
 *
 * @param permutation - Receives the original row of each row.
 * @returns The sign of the permutation, 1 or -1.
 */
export function eliminate(
  a: Float64Array,
  rows: number,
  columns: number,
  permutation: Int32Array,
): number {
  for (let i = 0; i < rows; i++) permutation[i] = i;
  let sign = 1;
  for (let j = 0; j < Math.min(rows, columns); j++) {
    const pivot = pivotRow(a, rows, columns, j);
    if (pivot !== j) {
      swapRows(a, columns, j, pivot);
      const row = permutation[j];
      permutation[j] = permutation[pivot];
      permutation[pivot] = row;
      sign = -sign;
    }
    const diagonal = a[j * columns + j];
    if (diagonal === 0) continue;
    const from = j * columns;
    for (let i = j + 1; i < rows; i++) {
      const to = i * columns;
      const factor = a[to + j] / diagonal;
      a[to + j] = factor;
      for (let c = j + 1; c < columns; c++) a[to + c] -= factor * a[from + c];
    }
  }
  return sign;
}

/** The row with the largest element of column j on or below the diagonal; NaN counts as largest. */
function pivotRow(a: Float64Array, rows: number, columns: number, j: number): number {
  let pivot = j;
  let largest = Math.abs(a[j * columns + j]);
  for (let i = j + 1; i < rows && !Number.isNaN(largest); i++) {
    const size = Math.abs(a[i * columns + j]);
    if (!(size <= largest)) {
      pivot = i;
      largest = size;
    }
  }
  return pivot;
}

function swapRows(a: Float64Array, columns: number, i: number, j: number): void {
  const row = a.slice(i * columns, (i + 1) * columns);
  a.copyWithin(i * columns, j * columns, (j + 1) * columns);
  a.set(row, j * columns);
}
