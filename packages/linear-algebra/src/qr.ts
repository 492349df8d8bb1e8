import { describe } from "@flaxen/dtype";
import type { ArrayInput, NDArray } from "@flaxen/ndarray";
import { formReflected, reflectColumns } from "./householder.ts";
import { allocateReal, matrixBatch, wrap } from "./operands.ts";
import type { RealDType } from "./operands.ts";

/** What {@link qr} returns: both factors with `k = min(m, n)` or `m` columns in Q, or R alone. */
export type QRMode = "reduced" | "complete" | "r";

/** Options of {@link qr}. */
export interface QROptions {
  /** Default `"reduced"`. */
  readonly mode?: QRMode;
}

/**
 * Factorizes matrices as `x = Q R` with orthonormal columns in Q and an upper triangular R.
 *
 * Householder reflections with LAPACK's signs: the diagonal of R is negative where a reflection was needed,
 * so Q equals that of `jax.numpy.linalg.qr` to rounding. Float32 is computed in float32 with norms and dot
 * products accumulated in float64.
 *
 * @param x - Shape `[..., m, n]`, float32 or float64; integers become the default float.
 * @param options - `mode`: `"reduced"` (default) gives Q `[..., m, k]` and R `[..., k, n]` with
 *   `k = min(m, n)`, `"complete"` Q `[..., m, m]` and R `[..., m, n]`, `"r"` only the reduced R.
 * @returns `[q, r]`, or R alone.
 * @throws {@link RangeError} if `x` has fewer than 2 axes, or `mode` is unknown.
 * @throws {@link TypeError} if the dtype is float16, bfloat16 or complex.
 * @see Golub and Van Loan (2013), "Matrix Computations", 4th edition, algorithms 5.1.1 and 5.2.1; signs as in
 *   LAPACK's `xLARFG`.
 *
 * @example
 * ```ts
 * import { qr } from "@flaxen/linear-algebra";
 *
 * const [q, r] = qr([[3, 1], [4, 2]]);
 * Array.from(q.data, (x) => x.toFixed(4)); // => ["-0.6000", "-0.8000", "-0.8000", "0.6000"]
 * Array.from(r.data, (x) => x.toFixed(4)); // => ["-5.0000", "-2.2000", "0.0000", "0.4000"]
 * ```
 */
export function qr(x: ArrayInput, options: QROptions & { mode: "r" }): NDArray<RealDType>;
export function qr(
  x: ArrayInput,
  options?: QROptions & { mode?: "reduced" | "complete" },
): [q: NDArray<RealDType>, r: NDArray<RealDType>];
export function qr(
  x: ArrayInput,
  options: QROptions = {},
): NDArray<RealDType> | [q: NDArray<RealDType>, r: NDArray<RealDType>] {
  const { mode = "reduced" } = options;
  if (mode !== "reduced" && mode !== "complete" && mode !== "r") {
    throw new RangeError(`qr: mode must be "reduced", "complete" or "r", got ${describe(mode)}.`);
  }
  const { dtype, batch, count, rows, columns, data } = matrixBatch("qr", "x", x);
  const k = mode === "complete" ? rows : Math.min(rows, columns);
  const q = allocateReal(dtype, mode === "r" ? 0 : count * rows * k);
  const r = allocateReal(dtype, count * k * columns);
  // Column j of the work array is contiguous from j * rows on.
  const work = allocateReal(dtype, columns * rows);
  for (let matrix = 0; matrix < count; matrix++) {
    const from = matrix * rows * columns;
    for (let j = 0; j < columns; j++) {
      for (let i = 0; i < rows; i++) work[j * rows + i] = data[from + i * columns + j];
    }
    const tau = reflectColumns(work, rows, columns);
    const rFrom = matrix * k * columns;
    for (let i = 0; i < k; i++) {
      for (let j = i; j < columns; j++) r[rFrom + i * columns + j] = work[j * rows + i];
    }
    if (mode === "r") continue;
    const reflected = allocateReal(dtype, k * rows);
    reflected.set(work.subarray(0, Math.min(k, columns) * rows));
    formReflected(reflected, tau, rows, k);
    const qFrom = matrix * rows * k;
    for (let j = 0; j < k; j++) {
      for (let i = 0; i < rows; i++) q[qFrom + i * k + j] = reflected[j * rows + i];
    }
  }
  const rArray = wrap(dtype, [...batch, k, columns], r);
  return mode === "r" ? rArray : [wrap(dtype, [...batch, rows, k], q), rArray];
}
