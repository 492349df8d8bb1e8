import { describe } from "@flaxen/dtype";
import { gemmKernel, isSmall } from "./gemm-product.ts";
import type { GemmKernel } from "./gemm-product.ts";
import { OVERWRITE } from "./gemm-mode.ts";
import type { Packing } from "./gemm-packing.ts";
import { packedElementsA, packedElementsB, panelDepth } from "./gemm-packing.ts";

/** Columns of the right operand that are packed at a time, which bounds the workspace. */
export const PANEL_N = 2048;

/**
 * Multiplies two matrices that lie in the scratch memory of `@flaxen/wasm`: `C = op(A) op(B)`, in place.
 *
 * Nothing is copied in or out; packed panels take up to 5 MiB (float32) or 6 MiB (float64) of
 * `scratch().allocate`, which are released again. Every output has the bits of {@link gemm}, so C may
 * also be computed by panels of its rows in separate calls.
 *
 * @param dtype - Of all three matrices.
 * @param transA - Whether A is stored transposed.
 * @param transB - Whether B is stored transposed.
 * @param m - Rows of C, 0 or more.
 * @param n - Columns of C, 0 or more.
 * @param k - Length of the summed axis, 0 or more; 0 gives zeros.
 * @param a - Address in bytes of row-major `[m, k]`, or `[k, m]` when `transA`.
 * @param b - Address in bytes of row-major `[k, n]`, or `[n, k]` when `transB`.
 * @param c - Address in bytes of row-major `[m, n]`, overwritten; it must not overlap `a` or `b`.
 * @param first - First row of C that is computed (default 0).
 * @param rows - How many rows are (default all from `first` on); the others stay as they are.
 * @param firstColumn - First column of C that is computed (default 0).
 * @param columns - How many columns are (default all from `firstColumn` on); the others stay as they are.
 * @returns Whether it was computed; false, with C as it was, when WebAssembly cannot be used or the
 *   workspace does not fit. Then {@link gemm} on the views of the memory does it.
 * @throws {@link TypeError} if `dtype` is another one.
 * @throws {@link RangeError} if a size or address is not a non-negative integer, or a matrix does not lie
 *   in the scratch memory.
 *
 * @example
 * ```ts
 * import { gemmInScratch } from "@flaxen/linear-algebra";
 * import { scratch } from "@flaxen/wasm";
 *
 * const memory = scratch();
 * if (memory) {
 *   const at = memory.allocate(48);
 *   memory.f32.set([1, 2, 3, 4, 5, 6, 7, 8], at / 4);
 *   if (gemmInScratch("float32", false, false, 2, 2, 2, at, at + 16, at + 32)) {
 *     Array.from(memory.f32.subarray(at / 4 + 8, at / 4 + 12)); // => [19, 22, 43, 50]
 *   }
 *   memory.release(at);
 * }
 * ```
 */
export function gemmInScratch(
  dtype: "float32" | "float64",
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  a: number,
  b: number,
  c: number,
  first: number = 0,
  rows: number = m - first,
  firstColumn: number = 0,
  columns: number = n - firstColumn,
): boolean {
  const single = dtype === "float32";
  if (!single && dtype !== "float64") {
    throw new TypeError(
      `gemmInScratch: dtype must be "float32" or "float64", got ${describe(dtype)}.`,
    );
  }
  const kernel = gemmKernel(single);
  if (!kernel) return false;
  const { memory, bytes } = kernel;
  const { capacity } = memory;
  const fits =
    isCount(m) &&
    isCount(n) &&
    isCount(k) &&
    isCount(first) &&
    isCount(rows) &&
    isCount(firstColumn) &&
    isCount(columns) &&
    first + rows <= m &&
    firstColumn + columns <= n &&
    isExtent(a, m * k * bytes, capacity) &&
    isExtent(b, k * n * bytes, capacity) &&
    isExtent(c, m * n * bytes, capacity);
  if (!fits) explain(m, n, k, a, b, c, bytes, capacity, first, rows, firstColumn, columns);
  if (rows === 0 || columns === 0) return true;
  const cStride = n * bytes;
  const cFrom = c + first * cStride + firstColumn * bytes;
  if (k === 0) {
    for (let row = 0; row < rows; row++) {
      memory.u8.fill(0, cFrom + row * cStride, cFrom + row * cStride + columns * bytes);
    }
    return true;
  }
  const aStride = (transA ? m : k) * bytes;
  const bStride = (transB ? k : n) * bytes;
  const aFrom = a + first * (transA ? bytes : aStride);
  const bFrom = b + firstColumn * (transB ? bStride : bytes);
  if (n === 1) {
    // The transposed product: as the right operand, A fills whole vectors of columns.
    const row = k * bytes;
    return product(kernel, false, !transA, 1, rows, k, b, row, aFrom, aStride, cFrom, 0);
  }
  return product(
    kernel,
    transA,
    transB,
    rows,
    columns,
    k,
    aFrom,
    aStride,
    bFrom,
    bStride,
    cFrom,
    cStride,
  );
}

function product(
  kernel: GemmKernel,
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  a: number,
  aStride: number,
  b: number,
  bStride: number,
  c: number,
  cStride: number,
): boolean {
  const { memory, bytes } = kernel;
  if (isSmall(n, k, bytes) && !transB) {
    kernel.unpacked(transA, m, n)(a, aStride, b, bStride, c, cStride, m, n, k, 1);
    return true;
  }
  const depth = panelDepth(k, bytes);
  const aBytes = packedElementsA(m, depth) * bytes;
  const needed = aBytes + packedElementsB(Math.min(n, PANEL_N), depth) * bytes;
  if (needed > memory.available) return false;
  const packed = memory.allocate(needed);
  const packing: Packing = { a: packed, b: packed + aBytes, depth, panels: "one" };
  for (let j = 0; j < n; j += PANEL_N) {
    kernel.product(
      transA,
      transB,
      m,
      Math.min(PANEL_N, n - j),
      k,
      a,
      aStride,
      b + j * (transB ? bStride : bytes),
      bStride,
      c + j * bytes,
      cStride,
      OVERWRITE,
      packing,
    );
  }
  memory.release(packed);
  return true;
}

/** Throws the error of the first argument that is wrong. */
function explain(
  m: number,
  n: number,
  k: number,
  a: number,
  b: number,
  c: number,
  bytes: number,
  capacity: number,
  first: number,
  rows: number,
  firstColumn: number,
  columns: number,
): void {
  checkCount("m", m);
  checkCount("n", n);
  checkCount("k", k);
  checkExtent("a", a, m * k * bytes, capacity);
  checkExtent("b", b, k * n * bytes, capacity);
  checkExtent("c", c, m * n * bytes, capacity);
  checkCount("first", first);
  checkCount("rows", rows);
  if (first + rows > m) {
    throw new RangeError(
      `gemmInScratch: first + rows must be at most m = ${m}, got ${first} + ${rows}.`,
    );
  }
  checkCount("firstColumn", firstColumn);
  checkCount("columns", columns);
  if (firstColumn + columns > n) {
    throw new RangeError(
      `gemmInScratch: firstColumn + columns must be at most n = ${n}, got ${firstColumn} + ${columns}.`,
    );
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isExtent(address: number, bytes: number, capacity: number): boolean {
  return isCount(address) && address + bytes <= capacity;
}

function checkCount(name: string, value: number): void {
  if (!isCount(value)) {
    throw new RangeError(
      `gemmInScratch: ${name} must be a non-negative integer, got ${describe(value)}.`,
    );
  }
}

function checkExtent(name: string, address: number, bytes: number, capacity: number): void {
  checkCount(name, address);
  if (address + bytes > capacity) {
    throw new RangeError(
      `gemmInScratch: ${name} must have its ${bytes} bytes in the ${capacity} of the scratch memory, got address ${address}.`,
    );
  }
}
