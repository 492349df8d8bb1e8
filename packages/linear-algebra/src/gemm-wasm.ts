import { copy } from "./gemm-copy.ts";
import type { Floats } from "./gemm-copy.ts";
import { ADD, OVERWRITE } from "./gemm-mode.ts";
import {
  packedElementsA,
  packedElementsB,
  panelDepth,
  PANEL_M,
  roundUp,
  SLACK,
} from "./gemm-packing.ts";
import type { Packing } from "./gemm-packing.ts";
import { gemmKernel } from "./gemm-product.ts";
import type { GemmKernel } from "./gemm-product.ts";
import { isSmallProduct, smallProduct } from "./gemm-small.ts";

/** Elements of an operand or of C that are in the scratch memory at a time, at most. */
const BLOCK_ELEMENTS = 4 * 2 ** 20;
/** Length of k in a block, when the operands have to be brought in by blocks. */
const BLOCK_K = 1280;
/** Elements of a block of the right operand for few rows: copied and used while in the second-level cache. */
const FEW_ROWS_ELEMENTS = 2 ** 16;
/** Up to this many rows count as few: the copying of the right operand then weighs as much as the product. */
const FEW_ROWS = 32;

/** One operand as it lies in the caller's array: lines of `stride` elements. */
interface Operand {
  readonly data: Floats;
  readonly offset: number;
  readonly stride: number;
  /** Whether a line runs along k. */
  readonly alongK: boolean;
}

/**
 * The matrix product by SIMD, with operands copied to the scratch memory, whole or in blocks.
 *
 * @param c - Where it goes, or undefined for a new array.
 * @returns `c` or the new array; undefined when WebAssembly cannot be used.
 */
export function wasmProduct(
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
): Floats | undefined {
  const single = a instanceof Float32Array;
  const kernel = gemmKernel(single);
  if (!kernel) return undefined;
  if (isSmallProduct(m, n, k, kernel.bytes)) {
    return smallProduct(kernel, transA, transB, m, n, k, a, aOffset, b, bOffset, c, cOffset);
  }
  const result = c ?? (single ? new Float32Array(m * n) : new Float64Array(m * n));
  const left = { data: a, offset: aOffset, stride: transA ? m : k, alongK: !transA };
  const right = { data: b, offset: bOffset, stride: transB ? k : n, alongK: transB };
  const done =
    wholeProduct(kernel, m, n, k, left, right, result, cOffset) ||
    blockedProduct(kernel, m, n, k, left, right, result, cOffset);
  return done ? result : undefined;
}

/** Brings in all of B, and A and C by blocks of rows that stay in the second-level cache; false if it is too large. */
function wholeProduct(
  kernel: GemmKernel,
  m: number,
  n: number,
  k: number,
  left: Operand,
  right: Operand,
  c: Floats,
  cOffset: number,
): boolean {
  if (isFew(m, n, k) || Math.max(m * k, k * n, m * n) > BLOCK_ELEMENTS) return false;
  const { memory, data, bytes } = kernel;
  const depth = panelDepth(k, bytes);
  const mb = left.alongK ? Math.min(m, PANEL_M) : m;
  const packedElements = packedElementsA(mb, depth) + packedElementsB(n, mb < m ? k : depth);
  const elements = (mb + n) * k + mb * n + 4 * SLACK + packedElements;
  if (elements * bytes > memory.available) return false;
  const aAt = memory.allocate(elements * bytes);
  const bAt = aAt + (mb * k + SLACK) * bytes;
  const cAt = bAt + (n * k + SLACK) * bytes;
  const packedA = align(cAt + (mb * n + SLACK) * bytes);
  const packedB = packedA + packedElementsA(mb, depth) * bytes;
  const aStride = left.stride * bytes;
  const bStride = right.stride * bytes;
  copy(right.data, right.offset, data, bAt / bytes, n * k);
  for (let i = 0; i < m; i += mb) {
    const rows = Math.min(mb, m - i);
    const panels = mb === m ? "one" : i === 0 ? "keep" : "kept";
    const packing: Packing = { a: packedA, b: packedB, depth, panels };
    copy(left.data, left.offset + i * k, data, aAt / bytes, rows * k);
    kernel.product(
      !left.alongK,
      right.alongK,
      rows,
      n,
      k,
      aAt,
      aStride,
      bAt,
      bStride,
      cAt,
      n * bytes,
      OVERWRITE,
      packing,
    );
    copy(data, cAt / bytes, c, cOffset + i * n, rows * n);
  }
  memory.release(aAt);
  return true;
}

/** Brings in both operands by blocks; false if there is no memory for them. */
function blockedProduct(
  kernel: GemmKernel,
  m: number,
  n: number,
  k: number,
  left: Operand,
  right: Operand,
  c: Floats,
  cOffset: number,
): boolean {
  const { memory, data, bytes } = kernel;
  const available = Math.floor(memory.available / bytes);
  const blocks = planBlocks(m, n, k, right.alongK, bytes, available);
  if (!blocks) return false;
  const { mb, nb, kb } = blocks;
  const depth = panelDepth(kb, bytes);
  const aAt = memory.allocate(blocks.elements * bytes);
  const bAt = aAt + (mb * kb + SLACK) * bytes;
  const cAt = bAt + (nb * kb + SLACK) * bytes;
  const packedA = align(cAt + (mb * nb + SLACK) * bytes);
  const packedB = packedA + packedElementsA(mb, depth) * bytes;
  const packing: Packing = { a: packedA, b: packedB, depth, panels: "one" };
  for (let j = 0; j < n; j += nb) {
    const columns = Math.min(nb, n - j);
    for (let i = 0; i < m; i += mb) {
      const rows = Math.min(mb, m - i);
      for (let p = 0; p < k; p += kb) {
        const steps = Math.min(kb, k - p);
        const aStride = copyIn(data, aAt / bytes, left, i, rows, p, steps) * bytes;
        const bStride = copyIn(data, bAt / bytes, right, j, columns, p, steps) * bytes;
        kernel.product(
          !left.alongK,
          right.alongK,
          rows,
          columns,
          steps,
          aAt,
          aStride,
          bAt,
          bStride,
          cAt,
          columns * bytes,
          p === 0 ? OVERWRITE : ADD,
          packing,
        );
      }
      if (columns === n) copy(data, cAt / bytes, c, cOffset + i * n, rows * n);
      else {
        for (let r = 0; r < rows; r++) {
          copy(data, cAt / bytes + r * columns, c, cOffset + (i + r) * n + j, columns);
        }
      }
    }
  }
  memory.release(aAt);
  return true;
}

/** Whether there are few rows beside the right operand, which then comes in by blocks of its own size. */
function isFew(m: number, n: number, k: number): boolean {
  return m <= FEW_ROWS && n * k > FEW_ROWS_ELEMENTS;
}

/** Sizes of the blocks in which the operands come into the scratch memory. */
interface Blocks {
  readonly mb: number;
  readonly nb: number;
  readonly kb: number;
  /** Scratch memory for all parts. */
  readonly elements: number;
}

/** Takes the operands whole if they fit into `available` elements, else in blocks; undefined if not even those fit. */
function planBlocks(
  m: number,
  n: number,
  k: number,
  transB: boolean,
  bytes: 4 | 8,
  available: number,
): Blocks | undefined {
  let mb = m;
  let nb = n;
  let kb = k;
  if (isFew(m, n, k)) {
    if (transB) {
      kb = Math.min(k, FEW_ROWS_ELEMENTS / 32);
      nb = Math.min(n, roundUp(Math.ceil(FEW_ROWS_ELEMENTS / kb), 32));
    } else {
      nb = Math.min(n, FEW_ROWS_ELEMENTS / 32);
      kb = Math.min(k, roundUp(Math.ceil(FEW_ROWS_ELEMENTS / nb), 32));
    }
  }
  let elements = blockElements(mb, nb, kb, panelDepth(kb, bytes));
  if (Math.max(mb * kb, kb * nb, mb * nb) <= BLOCK_ELEMENTS && elements <= available) {
    return { mb, nb, kb, elements };
  }
  // Five parts: the operands, C, and the packed panels, of which that of B is the larger one.
  const limit = Math.min(BLOCK_ELEMENTS, Math.floor(available / 5) - 2 * SLACK);
  const tileColumns = 32 / bytes;
  kb = Math.min(k, BLOCK_K);
  nb = Math.min(n, roundDown(limit / (kb + 16), tileColumns));
  mb = Math.min(m, roundDown(limit / Math.max(kb, nb), 4));
  elements = nb > 0 && mb > 0 ? blockElements(mb, nb, kb, panelDepth(kb, bytes)) : Infinity;
  return elements <= available ? { mb, nb, kb, elements } : undefined;
}

function blockElements(mb: number, nb: number, kb: number, kc: number): number {
  const operands = mb * kb + nb * kb + mb * nb + 4 * SLACK;
  return operands + packedElementsA(mb, kc) + packedElementsB(nb, kc);
}

/**
 * Copies `count` lines (from `first`) across k positions `p` to `p + depth` of an operand to `view[at]`.
 *
 * @returns The stride of the copy in elements.
 */
function copyIn(
  view: Floats,
  at: number,
  operand: Operand,
  first: number,
  count: number,
  p: number,
  depth: number,
): number {
  const { data, offset, stride, alongK } = operand;
  const lines = alongK ? count : depth;
  const length = alongK ? depth : count;
  const from = offset + (alongK ? first * stride + p : p * stride + first);
  if (length === stride) copy(data, from, view, at, lines * length);
  else {
    for (let i = 0; i < lines; i++) copy(data, from + i * stride, view, at + i * length, length);
  }
  return length;
}

function align(address: number): number {
  return roundUp(address, 64);
}

function roundDown(count: number, multiple: number): number {
  return Math.floor(count / multiple) * multiple;
}
