import { gemmInScratch, PANEL_N } from "./gemm-in-scratch.ts";
import { OVERWRITE } from "./gemm-mode.ts";
import { packedElementsA, packedElementsB, panelDepth } from "./gemm-packing.ts";
import type { Packing } from "./gemm-packing.ts";
import { gemmKernel, packsRight } from "./gemm-product.ts";

/** Bytes of a packed right operand that are kept; a larger one is packed anew for each range. */
const MOST_KEPT = 8 * 2 ** 20;

/**
 * Computes a range of rows and columns of C; the arguments are those of {@link gemmInScratch}.
 *
 * @returns Nothing; it cannot fail.
 */
export type OpenGemm = (
  a: number,
  b: number,
  c: number,
  first: number,
  rows: number,
  firstColumn: number,
  columns: number,
) => void;

/**
 * Prepares products of one form that are computed by ranges: the workspace is taken once, and a right operand of
 * which whole rows are computed is packed once, as long as `b` stays the same.
 *
 * The workspace stays taken from `scratch()`: release it after the last range. Every output has the bits of
 * {@link gemm}. Ranges are as in {@link gemmInScratch}.
 *
 * @param dtype - Of all three matrices.
 * @param transA - Whether A is stored transposed.
 * @param transB - Whether B is stored transposed.
 * @param m - Rows of C, 0 or more.
 * @param n - Columns of C, 0 or more.
 * @param k - Length of the summed axis, 0 or more.
 * @returns What computes a range; undefined when WebAssembly cannot be used or the workspace does not fit.
 * @throws {@link TypeError} or RangeError as {@link gemmInScratch}, at once or when a range is computed.
 *
 * @example
 * ```ts
 * import { openGemm } from "@flaxen/linear-algebra";
 * import { scratch } from "@flaxen/wasm";
 *
 * const memory = scratch();
 * if (memory) {
 *   const at = memory.allocate(48);
 *   memory.f32.set([1, 2, 3, 4, 5, 6, 7, 8], at / 4);
 *   const product = openGemm("float32", false, false, 2, 2, 2);
 *   if (product) {
 *     product(at, at + 16, at + 32, 0, 1, 0, 2);
 *     product(at, at + 16, at + 32, 1, 1, 0, 2);
 *     Array.from(memory.f32.subarray(at / 4 + 8, at / 4 + 12)); // => [19, 22, 43, 50]
 *   }
 *   memory.release(at);
 * }
 * ```
 */
export function openGemm(
  dtype: "float32" | "float64",
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
): OpenGemm | undefined {
  // Nothing is computed: this checks the arguments.
  const check = (a: number, b: number, c: number, ...range: readonly number[]): boolean =>
    gemmInScratch(dtype, transA, transB, m, n, k, a, b, c, ...range);
  if (!check(0, 0, 0, 0, 0)) return undefined;
  const kernel = gemmKernel(dtype === "float32");
  if (!kernel) return undefined;
  const { memory, bytes } = kernel;
  if (m === 0 || n === 0 || k === 0 || n === 1) {
    // One column needs the workspace of a row, which this leaves free.
    if (packedElementsA(1, panelDepth(Math.max(k, 1), 4)) * 16 > memory.available) return undefined;
    return check;
  }
  const depth = panelDepth(k, bytes);
  const wholeBytes = packedElementsB(n, k + 8) * bytes;
  const keeps = wholeBytes <= MOST_KEPT;
  const aBytes = packedElementsA(m, depth) * bytes;
  const bBytes = keeps ? wholeBytes : packedElementsB(Math.min(n, PANEL_N), depth) * bytes;
  if (aBytes + bBytes > memory.available) return undefined;
  const packedA = memory.allocate(aBytes + bBytes);
  const packedB = packedA + aBytes;
  const aStride = (transA ? m : k) * bytes;
  const bStride = (transB ? k : n) * bytes;
  const cStride = n * bytes;
  let kept = -1;
  return (a, b, c, first, rows, firstColumn, columns) => {
    check(a, b, c, first, 0, firstColumn, columns);
    if (rows === 0 || columns === 0) return;
    const keep = keeps && columns === n;
    const panels = !keep ? "one" : kept === b ? "kept" : "keep";
    const packing: Packing = { a: packedA, b: packedB, depth, panels };
    const step = keep ? n : PANEL_N;
    for (let j = firstColumn; j < firstColumn + columns; j += step) {
      kernel.product(
        transA,
        transB,
        rows,
        Math.min(step, firstColumn + columns - j),
        k,
        a + first * (transA ? bytes : aStride),
        aStride,
        b + j * (transB ? bStride : bytes),
        bStride,
        c + first * cStride + j * bytes,
        cStride,
        OVERWRITE,
        packing,
      );
    }
    // A product of few rows packs nothing, nor does one with a small right operand.
    const stays =
      panels === "kept" || (panels === "keep" && packsRight(transB, rows, n, k, depth, bytes));
    kept = stays ? b : -1;
  };
}
