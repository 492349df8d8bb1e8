import { describe } from "@flaxen/dtype";
import { plainGemm } from "./gemm-plain.ts";
import type { Floats } from "./gemm-copy.ts";
import { wasmProduct } from "./gemm-wasm.ts";

/** Below this many multiplications plain JavaScript is as fast as the copies to and from the scratch memory. */
const SIMD_THRESHOLD = 20;

/**
 * Multiplies two matrices held in contiguous typed arrays: `C = op(A) op(B)`.
 *
 * Every output is the sum over k in ascending order, starting from +0 and rounded after each
 * product and each sum: `c = fround(c + fround(a * b))` for `Float32Array`, `c = c + a * b` for
 * `Float64Array`. The bits do not depend on the kernel, WebAssembly or plain JavaScript. This is the
 * entry for other kernels; {@link matmul} is the one for people.
 *
 * @param transA - Whether `a` holds the transpose of the left operand.
 * @param transB - Whether `b` holds the transpose of the right operand.
 * @param m - Rows of C, 0 or more.
 * @param n - Columns of C, 0 or more.
 * @param k - Length of the summed axis, 0 or more; 0 gives zeros.
 * @param a - Row-major `[m, k]`, or `[k, m]` when `transA`.
 * @param aOffset - Index of its first element.
 * @param b - Row-major `[k, n]`, or `[n, k]` when `transB`, of the same width as `a`.
 * @param bOffset - Index of its first element.
 * @param c - Row-major `[m, n]`, overwritten; it must not share elements with `a` or `b`.
 * @param cOffset - Index of its first element.
 * @throws {@link RangeError} if a size or offset is not a non-negative integer, or a matrix does not
 *   fit into its array.
 * @throws {@link TypeError} if the arrays are not three `Float32Array` or three `Float64Array`.
 *
 * @example
 * ```ts
 * import { gemm } from "@flaxen/linear-algebra";
 *
 * const a = Float32Array.of(1, 2, 3, 4);
 * const b = Float32Array.of(5, 6, 7, 8);
 * const c = new Float32Array(4);
 * gemm(false, false, 2, 2, 2, a, 0, b, 0, c, 0);
 * Array.from(c); // => [19, 22, 43, 50]
 * gemm(true, false, 2, 2, 2, a, 0, b, 0, c, 0);
 * Array.from(c); // => [26, 30, 38, 44]
 * ```
 */
export function gemm(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  a: Float32Array | Float64Array,
  aOffset: number,
  b: Float32Array | Float64Array,
  bOffset: number,
  c: Float32Array | Float64Array,
  cOffset: number,
): void {
  checkCounts(m, n, k, aOffset, bOffset, cOffset);
  checkWidths(a, b, c);
  checkExtent("a", m * k, a, aOffset);
  checkExtent("b", k * n, b, bOffset);
  checkExtent("c", m * n, c, cOffset);
  floatProduct(transA, transB, m, n, k, a, aOffset, b, bOffset, c, cOffset);
}

/**
 * {@link gemm} for arguments that are known to be right.
 *
 * @param c - Where the product goes, or undefined for a new array.
 * @returns `c` or the new array.
 */
export function floatProduct(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  a: Floats,
  aOffset: number,
  b: Floats,
  bOffset: number,
  c: Floats | undefined,
  cOffset: number,
): Floats {
  if (m * n * k >= SIMD_THRESHOLD) {
    // One column is the transposed product: as the right operand, A fills whole vectors of columns.
    const product =
      n === 1
        ? wasmProduct(false, !transA, 1, m, k, b, bOffset, a, aOffset, c, cOffset)
        : wasmProduct(transA, transB, m, n, k, a, aOffset, b, bOffset, c, cOffset);
    if (product !== undefined) return product;
  }
  const result =
    c ?? (a instanceof Float32Array ? new Float32Array(m * n) : new Float64Array(m * n));
  if (k === 0) result.fill(0, cOffset, cOffset + m * n);
  else plainGemm(transA, transB, m, n, k, a, aOffset, b, bOffset, result, cOffset);
  return result;
}

function checkCounts(
  m: number,
  n: number,
  k: number,
  aOffset: number,
  bOffset: number,
  cOffset: number,
): void {
  // Small products cost less than the loop below.
  if (isCount(m) && isCount(n) && isCount(k)) {
    if (isCount(aOffset) && isCount(bOffset) && isCount(cOffset)) return;
  }
  for (const [name, value] of Object.entries({ m, n, k, aOffset, bOffset, cOffset })) {
    if (!isCount(value)) {
      throw new RangeError(`gemm: ${name} must be a non-negative integer, got ${describe(value)}.`);
    }
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function checkWidths(a: unknown, b: unknown, c: unknown): void {
  const single =
    a instanceof Float32Array && b instanceof Float32Array && c instanceof Float32Array;
  const double =
    a instanceof Float64Array && b instanceof Float64Array && c instanceof Float64Array;
  if (!single && !double) {
    throw new TypeError(
      `gemm: a, b and c must be Float32Arrays or Float64Arrays alike, got ${[a, b, c].map(className).join(", ")}.`,
    );
  }
}

function className(value: unknown): string {
  return (value as object | null | undefined)?.constructor?.name ?? String(value);
}

function checkExtent(name: string, count: number, data: ArrayLike<number>, offset: number): void {
  if (count > 0 && offset + count > data.length) {
    throw new RangeError(
      `gemm: ${name} must hold ${count} elements from offset ${offset} on, got length ${data.length}.`,
    );
  }
}
