import { scratch } from "@flaxen/wasm";
import { doubleKernel, singleKernel, TILE_ROWS } from "./gemm-kernel.ts";

/** Length of the k panels: a strip of B (8 KiB) and one of A stay in the first-level cache. */
const PANEL_K = 256;
/** Rows of A packed at a time: 96 KiB, which the second-level cache keeps. */
const PANEL_M = 96;
/** Elements of an operand or of C that are in the scratch memory at a time, at most. */
const BLOCK_ELEMENTS = 4 * 2 ** 20;
/** Length of k in a block, when the operands have to be brought in by blocks. */
const BLOCK_K = 1024;
/** Elements after each block that packing may read or write past its end. */
const SLACK = 64;
/** Copies of fewer elements are quicker element by element than by making a view. */
const LOOP_COPY = 48;

type Floats = Float32Array | Float64Array;

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
 * @returns Whether it was computed; false when WebAssembly cannot be used.
 */
export function wasmGemm(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  a: Floats,
  aOffset: number,
  b: Floats,
  bOffset: number,
  c: Floats,
  cOffset: number,
): boolean {
  const single = c instanceof Float32Array;
  const kernel = single ? singleKernel() : doubleKernel();
  const memory = kernel && scratch();
  if (!memory) return false;
  const bytes = c.BYTES_PER_ELEMENT;
  const tileColumns = 32 / bytes;
  const view = single ? memory.f32 : memory.f64;
  const left: Operand = { data: a, offset: aOffset, stride: transA ? m : k, alongK: !transA };
  const right: Operand = { data: b, offset: bOffset, stride: transB ? k : n, alongK: transB };

  const blocks = planBlocks(m, n, k, tileColumns, Math.floor(memory.available / bytes));
  if (!blocks) return false;
  const { mb, nb, kb } = blocks;
  const kc = Math.min(PANEL_K, kb);
  const mPad = roundUp(mb, TILE_ROWS);
  const nPad = roundUp(nb, tileColumns);
  const aAt = memory.allocate((mPad * kb + SLACK) * bytes);
  try {
    const bAt = memory.allocate((nPad * kb + SLACK) * bytes);
    const cAt = memory.allocate((mPad * nPad + SLACK) * bytes);
    const packedA = memory.allocate((PANEL_M * kc + SLACK) * bytes);
    const packedB = memory.allocate((nPad * kc + SLACK) * bytes);
    const aWidth = (TILE_ROWS * bytes) / 16;
    for (let j = 0; j < n; j += nb) {
      const columns = Math.min(nb, n - j);
      const cStride = roundUp(columns, tileColumns) * bytes;
      for (let i = 0; i < m; i += mb) {
        const rows = Math.min(mb, m - i);
        for (let p = 0; p < k; p += kb) {
          const depth = Math.min(kb, k - p);
          const aStride = copyIn(view, aAt / bytes, left, i, rows, TILE_ROWS, p, depth) * bytes;
          const bStride =
            copyIn(view, bAt / bytes, right, j, columns, tileColumns, p, depth) * bytes;
          for (let q = 0; q < depth; q += PANEL_K) {
            const kq = Math.min(PANEL_K, depth - q);
            const packRight = right.alongK ? kernel.packLines : kernel.packRows;
            packRight(bAt + q * (right.alongK ? bytes : bStride), bStride, columns, kq, packedB, 2);
            for (let r = 0; r < rows; r += PANEL_M) {
              const rq = Math.min(PANEL_M, rows - r);
              const from = left.alongK
                ? aAt + r * aStride + q * bytes
                : aAt + q * aStride + r * bytes;
              const packLeft = left.alongK ? kernel.packLines : kernel.packRows;
              packLeft(from, aStride, rq, kq, packedA, aWidth);
              const fresh = p + q === 0 ? 1 : 0;
              kernel.multiply(packedA, packedB, cAt + r * cStride, cStride, rq, columns, kq, fresh);
            }
          }
        }
        if (columns === n) {
          if (columns % tileColumns !== 0) kernel.compact(cAt, cStride, rows, columns * bytes);
          copy(view, cAt / bytes, c, cOffset + i * n, rows * n);
        } else {
          for (let r = 0; r < rows; r++) {
            copy(view, (cAt + r * cStride) / bytes, c, cOffset + (i + r) * n + j, columns);
          }
        }
      }
    }
  } finally {
    memory.release(aAt);
  }
  return true;
}

/** Sizes of the blocks in which the operands come into the scratch memory. */
interface Blocks {
  readonly mb: number;
  readonly nb: number;
  readonly kb: number;
}

/** Takes the operands whole if they fit into `available` elements, else in large blocks; undefined if not even those fit. */
function planBlocks(
  m: number,
  n: number,
  k: number,
  tileColumns: number,
  available: number,
): Blocks | undefined {
  // Five parts: the operands, C, and the packed panels, of which that of B is the larger one.
  const limit = Math.min(BLOCK_ELEMENTS, Math.floor(available / 5) - SLACK);
  const mPad = roundUp(m, TILE_ROWS);
  const nPad = roundUp(n, tileColumns);
  if (Math.max(mPad * k, k * nPad, mPad * nPad, PANEL_M * PANEL_K) <= limit) {
    return { mb: m, nb: n, kb: k };
  }
  const kb = Math.min(k, BLOCK_K);
  const nb = Math.min(n, roundDown(limit / kb, tileColumns));
  const mb = Math.min(m, roundDown(limit / Math.max(kb, nb), TILE_ROWS));
  return nb > 0 && mb > 0 && limit >= PANEL_M * PANEL_K ? { mb, nb, kb } : undefined;
}

/**
 * Copies `count` lines (from `first`) across k positions `p` to `p + depth` of an operand to `view[at]`, and
 * zeros behind them, so that tiles at the edge compute on zeros or on neighbouring elements.
 *
 * @returns The stride of the copy in elements.
 */
function copyIn(
  view: Floats,
  at: number,
  operand: Operand,
  first: number,
  count: number,
  tile: number,
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
  const end = at + lines * length;
  const missing = alongK ? (roundUp(count, tile) - count) * length : 0;
  view.fill(0, end, end + missing + tile);
  return length;
}

function copy(from: Floats, fromAt: number, to: Floats, toAt: number, count: number): void {
  if (count < LOOP_COPY) {
    for (let i = 0; i < count; i++) to[toAt + i] = from[fromAt + i];
  } else {
    to.set(from.subarray(fromAt, fromAt + count), toAt);
  }
}

function roundUp(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}

function roundDown(count: number, multiple: number): number {
  return Math.floor(count / multiple) * multiple;
}
