import { withWorkspace } from "./gemm-workspace.ts";
import type { Workspace } from "./gemm-workspace.ts";
import { paddedLength } from "./work-arrays.ts";

/**
 * Runs `body` on a row-major matrix in a workspace, `stride` elements from row to row, and writes back what it makes of it.
 * Padded rows keep the elements of a column from sharing a few lines of the cache when the columns are a power of two.
 */
export function withPaddedRows<R>(
  a: Float64Array,
  rows: number,
  columns: number,
  body: (workspace: Workspace<Float64Array>, at: number, stride: number) => R,
): R {
  const stride = paddedLength(columns);
  return withWorkspace<Float64Array, R>(false, [rows * stride], columns, (w) => {
    const at = w.take(rows * stride);
    for (let i = 0; i < rows; i++) {
      w.data.set(a.subarray(i * columns, (i + 1) * columns), at + i * stride);
    }
    const result = body(w, at, stride);
    for (let i = 0; i < rows; i++) {
      const from = at + i * stride;
      a.set(w.data.subarray(from, from + columns), i * columns);
    }
    return result;
  });
}
