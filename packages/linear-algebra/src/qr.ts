import { describe } from "@flaxen/dtype";
import { asNDArray } from "@flaxen/ndarray";
import type { ArrayInput, NDArray } from "@flaxen/ndarray";
import { BLOCK, reflectBlocks } from "./block-reflector.ts";
import { formComplex, reflectComplex } from "./complex-householder.ts";
import { checkInexact, complexBatch, wrapComplex } from "./complex-operands.ts";
import type { ComplexBatch, ComplexDType } from "./complex-operands.ts";
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
 * so Q equals that of `jax.numpy.linalg.qr` to rounding. Float32 is computed in float32, more than 32 columns by
 * blocks of reflections; complex64 is computed in float64 and rounded once.
 *
 * @param x - Shape `[..., m, n]`, float32, float64, complex64 or complex128; integers become the
 *   default float.
 * @param options - `mode`: `"reduced"` (default) gives Q `[..., m, k]` and R `[..., k, n]` with
 *   `k = min(m, n)`, `"complete"` Q `[..., m, m]` and R `[..., m, n]`, `"r"` only the reduced R.
 * @returns `[q, r]`, or R alone.
 * @throws {@link RangeError} if `x` has fewer than 2 axes, or `mode` is unknown.
 * @throws {@link TypeError} if the dtype is float16 or bfloat16.
 * @see Golub and Van Loan (2013), "Matrix Computations", 4th edition, algorithms 5.1.1, 5.2.1 and
 *   section 5.2.2; signs as in LAPACK's `xLARFG`.
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
export function qr(
  x: NDArray<ComplexDType>,
  options: QROptions & { mode: "r" },
): NDArray<ComplexDType>;
export function qr(
  x: NDArray<ComplexDType>,
  options?: QROptions & { mode?: "reduced" | "complete" },
): [q: NDArray<ComplexDType>, r: NDArray<ComplexDType>];
export function qr(x: ArrayInput, options: QROptions & { mode: "r" }): NDArray<RealDType>;
export function qr(
  x: ArrayInput,
  options?: QROptions & { mode?: "reduced" | "complete" },
): [q: NDArray<RealDType>, r: NDArray<RealDType>];
export function qr(
  x: ArrayInput,
  options: QROptions = {},
):
  | NDArray<RealDType | ComplexDType>
  | [q: NDArray<RealDType | ComplexDType>, r: NDArray<RealDType | ComplexDType>] {
  const { mode = "reduced" } = options;
  if (mode !== "reduced" && mode !== "complete" && mode !== "r") {
    throw new RangeError(`qr: mode must be "reduced", "complete" or "r", got ${describe(mode)}.`);
  }
  const input = asNDArray(x);
  checkInexact("qr", "x", input.dtype);
  if (input.dtype === "complex64" || input.dtype === "complex128") {
    return complexQR(complexBatch("qr", "x", input), input.dtype, mode);
  }
  const { dtype, batch, count, rows, columns, data } = matrixBatch("qr", "x", input);
  const k = mode === "complete" ? rows : Math.min(rows, columns);
  const q = allocateReal(dtype, mode === "r" ? 0 : count * rows * k);
  const r = allocateReal(dtype, count * k * columns);
  const kept = mode === "r" ? 0 : k;
  // Column j of the work array is contiguous from j * rows on, and so are those of Q.
  const work = allocateReal(dtype, columns * rows);
  const basis = allocateReal(dtype, kept * rows);
  for (let matrix = 0; matrix < count; matrix++) {
    transposeInto(work, 0, data, matrix * rows * columns, rows, columns);
    factorize(work, rows, columns, basis, kept);
    transposeTriangle(r, matrix * k * columns, work, rows, k, columns);
    transposeInto(q, matrix * rows * k, basis, 0, kept, rows);
  }
  const rArray = wrap(dtype, [...batch, k, columns], r);
  return mode === "r" ? rArray : [wrap(dtype, [...batch, rows, k], q), rArray];
}

/** The factorization of complex matrices, one reflection after the other. */
function complexQR(
  { batch, count, rows, columns, data }: ComplexBatch,
  dtype: ComplexDType,
  mode: QRMode,
): NDArray<ComplexDType> | [q: NDArray<ComplexDType>, r: NDArray<ComplexDType>] {
  const k = mode === "complete" ? rows : Math.min(rows, columns);
  const kept = mode === "r" ? 0 : k;
  const q = new Float64Array(2 * count * rows * kept);
  const r = new Float64Array(2 * count * k * columns);
  const work = new Float64Array(2 * rows * columns);
  const basis = new Float64Array(2 * rows * kept);
  for (let matrix = 0; matrix < count; matrix++) {
    const from = matrix * rows * columns;
    for (let at = 0; at < rows * columns; at++) {
      const to = 2 * ((at % columns) * rows + Math.floor(at / columns));
      work[to] = data[2 * (from + at)];
      work[to + 1] = data[2 * (from + at) + 1];
    }
    const tau = reflectComplex(work, rows, columns);
    for (let i = 0; i < k; i++) {
      for (let j = i; j < columns; j++) {
        const to = 2 * ((matrix * k + i) * columns + j);
        r[to] = work[2 * (j * rows + i)];
        r[to + 1] = work[2 * (j * rows + i) + 1];
      }
    }
    if (kept === 0) continue;
    basis.set(work.subarray(0, 2 * Math.min(kept, columns) * rows));
    formComplex(basis, tau, rows, kept);
    for (let at = 0; at < rows * kept; at++) {
      const column = 2 * ((at % kept) * rows + Math.floor(at / kept));
      q[2 * (matrix * rows * kept + at)] = basis[column];
      q[2 * (matrix * rows * kept + at) + 1] = basis[column + 1];
    }
  }
  const rArray = wrapComplex(dtype, [...batch, k, columns], r);
  return mode === "r" ? rArray : [wrapComplex(dtype, [...batch, rows, k], q), rArray];
}

/** Overwrites the columns with R and what lies below it, and `basis` with the first `kept` columns of Q. */
function factorize(
  work: Float32Array | Float64Array,
  rows: number,
  columns: number,
  basis: Float32Array | Float64Array,
  kept: number,
): void {
  if (Math.min(rows, columns) > BLOCK) {
    reflectBlocks(work, rows, columns, basis);
    return;
  }
  const tau = new Float64Array(Math.min(rows, columns));
  reflectColumns(work, 0, rows, rows, columns, tau);
  if (kept === 0) return;
  basis.set(work.subarray(0, Math.min(kept, columns) * rows));
  formReflected(basis, tau, rows, kept);
}

/** Writes the transpose of a row-major matrix `[rows, columns]`, in square tiles that stay in the cache. */
function transposeInto(
  to: Float32Array | Float64Array,
  toAt: number,
  from: Float32Array | Float64Array,
  fromAt: number,
  rows: number,
  columns: number,
): void {
  const tile = 16;
  for (let top = 0; top < rows; top += tile) {
    const bottom = Math.min(rows, top + tile);
    for (let left = 0; left < columns; left += tile) {
      const right = Math.min(columns, left + tile);
      for (let i = top; i < bottom; i++) {
        const row = fromAt + i * columns;
        for (let j = left; j < right; j++) to[toAt + j * rows + i] = from[row + j];
      }
    }
  }
}

/** Writes the upper triangle of a column-major matrix to the row-major R. */
function transposeTriangle(
  r: Float32Array | Float64Array,
  rAt: number,
  columns: Float32Array | Float64Array,
  rows: number,
  k: number,
  count: number,
): void {
  for (let i = 0; i < k; i++) {
    for (let j = i; j < count; j++) r[rAt + i * count + j] = columns[j * rows + i];
  }
}
