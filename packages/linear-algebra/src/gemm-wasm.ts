import { scratch } from "@flaxen/wasm";
import type { Scratch } from "@flaxen/wasm";
import { doubleKernel, isSmall, PANEL_M, singleKernel } from "./gemm-product.ts";
import type { GemmKernel } from "./gemm-product.ts";
import { ADD, OVERWRITE } from "./gemm-mode.ts";

/** Longest k panel by bytes of an element: a strip of B (16 KiB, 10 in float64) and one of A stay in the first-level cache. */
export const PANEL_K: Readonly<Record<4 | 8, number>> = { 4: 512, 8: 320 };
/** Elements of an operand or of C that are in the scratch memory at a time, at most. */
const BLOCK_ELEMENTS = 4 * 2 ** 20;
/** Length of k in a block, when the operands have to be brought in by blocks. */
const BLOCK_K = 1280;
/** Elements of a block of the right operand for few rows: copied and used while in the second-level cache. */
const FEW_ROWS_ELEMENTS = 2 ** 16;
/** Up to this many rows count as few: the copying of the right operand then weighs as much as the product. */
const FEW_ROWS = 32;
/** Elements of C up to which a product with a small right operand counts as small itself. */
const SMALL_RESULT = 2 ** 14;
/** Elements of C up to which copying to a new array takes less time than making one and writing to it. */
const NEW_ELEMENTS = 192;
/** Elements after each block that kernels may read or write past its end. */
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
  const bytes = single ? 4 : 8;
  const view = single ? memory.f32 : memory.f64;
  if (isSmallProduct(m, n, k, bytes)) {
    const result = small(
      kernel,
      memory,
      view,
      bytes,
      transA,
      transB,
      m,
      n,
      k,
      a,
      aOffset,
      b,
      bOffset,
      c,
      cOffset,
    );
    return result !== undefined;
  }
  const few = m <= FEW_ROWS && n * k > FEW_ROWS_ELEMENTS;
  if (!few && Math.max(m * k, k * n, m * n) <= BLOCK_ELEMENTS) {
    const kc = panelDepth(k, bytes);
    // Rows of A and C come and go by blocks that stay in the second-level cache.
    const mb = transA ? m : Math.min(m, PANEL_M);
    const bElements = packedElementsB(n, mb < m ? k : kc);
    const elements = (mb + n) * k + mb * n + 4 * SLACK + packedElementsA(mb, kc) + bElements;
    if (elements * bytes <= memory.available) {
      const aAt = memory.allocate(elements * bytes);
      const bAt = aAt + (mb * k + SLACK) * bytes;
      const cAt = bAt + (n * k + SLACK) * bytes;
      const packedA = align(cAt + (mb * n + SLACK) * bytes);
      const packedB = packedA + packedElementsA(mb, kc) * bytes;
      const aStride = (transA ? m : k) * bytes;
      const bStride = (transB ? k : n) * bytes;
      const cStride = n * bytes;
      copy(b, bOffset, view, bAt / bytes, n * k);
      for (let i = 0; i < m; i += mb) {
        const rows = Math.min(mb, m - i);
        copy(a, aOffset + i * k, view, aAt / bytes, rows * k);
        kernel.product(
          transA,
          transB,
          rows,
          n,
          k,
          aAt,
          aStride,
          bAt,
          bStride,
          cAt,
          cStride,
          packedA,
          packedB,
          kc,
          OVERWRITE,
          mb === m ? "one" : i === 0 ? "keep" : "kept",
        );
        copy(view, cAt / bytes, c, cOffset + i * n, rows * n);
      }
      memory.release(aAt);
      return true;
    }
  }
  const blocks = planBlocks(m, n, k, transB, bytes, Math.floor(memory.available / bytes));
  if (!blocks) return false;
  const { mb, nb, kb } = blocks;
  const left: Operand = { data: a, offset: aOffset, stride: transA ? m : k, alongK: !transA };
  const right: Operand = { data: b, offset: bOffset, stride: transB ? k : n, alongK: transB };
  const kc = panelDepth(kb, bytes);
  const aAt = memory.allocate(blocks.elements * bytes);
  const bAt = aAt + (mb * kb + SLACK) * bytes;
  const cAt = bAt + (nb * kb + SLACK) * bytes;
  const packedA = align(cAt + (mb * nb + SLACK) * bytes);
  const packedB = packedA + packedElementsA(mb, kc) * bytes;
  for (let j = 0; j < n; j += nb) {
    const columns = Math.min(nb, n - j);
    for (let i = 0; i < m; i += mb) {
      const rows = Math.min(mb, m - i);
      for (let p = 0; p < k; p += kb) {
        const depth = Math.min(kb, k - p);
        const aStride = copyIn(view, aAt / bytes, left, i, rows, p, depth) * bytes;
        const bStride = copyIn(view, bAt / bytes, right, j, columns, p, depth) * bytes;
        const mode = p === 0 ? OVERWRITE : ADD;
        kernel.product(
          transA,
          transB,
          rows,
          columns,
          depth,
          aAt,
          aStride,
          bAt,
          bStride,
          cAt,
          columns * bytes,
          packedA,
          packedB,
          kc,
          mode,
        );
      }
      if (columns === n) copy(view, cAt / bytes, c, cOffset + i * n, rows * n);
      else {
        for (let r = 0; r < rows; r++) {
          copy(view, cAt / bytes + r * columns, c, cOffset + (i + r) * n + j, columns);
        }
      }
    }
  }
  memory.release(aAt);
  return true;
}

/**
 * The product of small matrices in a new array, which costs less than making an array first.
 *
 * @param single - Whether they are float32.
 * @returns The product; undefined if the matrices are not so small or WebAssembly cannot be used.
 */
export function smallProduct(
  single: boolean,
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  a: Floats,
  aOffset: number,
  b: Floats,
  bOffset: number,
): Floats | undefined {
  const bytes = single ? 4 : 8;
  if (m * n > NEW_ELEMENTS || !isSmallProduct(m, n, k, bytes)) return undefined;
  const kernel = single ? singleKernel() : doubleKernel();
  const memory = kernel && scratch();
  if (!memory) return undefined;
  const view = single ? memory.f32 : memory.f64;
  return small(
    kernel,
    memory,
    view,
    bytes,
    transA,
    transB,
    m,
    n,
    k,
    a,
    aOffset,
    b,
    bOffset,
    undefined,
    0,
  );
}

function isSmallProduct(m: number, n: number, k: number, bytes: 4 | 8): boolean {
  return m <= PANEL_M && isSmall(n, k, bytes) && m * n <= SMALL_RESULT;
}

/** A product of small operands to `c` or else to a new array; undefined if there is no memory for it. */
function small(
  kernel: GemmKernel,
  memory: Scratch,
  view: Floats,
  bytes: 4 | 8,
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
  const bStart = m * n + SLACK;
  const aStart = bStart + n * k + SLACK;
  const packedA = aStart + m * k + SLACK;
  // Only a transposed B is written anew, and one row of A beside it.
  const packedB = packedA + (transB ? 4 * k + SLACK : 0);
  const elements = packedB + (transB ? packedElementsB(n, k + 4) : 0);
  if (elements * bytes > memory.available) return undefined;
  const address = memory.allocate(elements * bytes);
  const at = address / bytes;
  copy(b, bOffset, view, at + bStart, n * k);
  copy(a, aOffset, view, at + aStart, m * k);
  kernel.product(
    transA,
    transB,
    m,
    n,
    k,
    address + aStart * bytes,
    (transA ? m : k) * bytes,
    address + bStart * bytes,
    (transB ? k : n) * bytes,
    address,
    n * bytes,
    address + packedA * bytes,
    address + packedB * bytes,
    k,
    OVERWRITE,
  );
  let result = c;
  if (result === undefined) {
    const product = part(view, at, m * n);
    result = bytes === 4 ? new Float32Array(product) : new Float64Array(product);
  } else if (m * n < LOOP_COPY) copy(view, at, result, cOffset, m * n);
  else result.set(part(view, at, m * n), cOffset);
  memory.release(address);
  return result;
}

/** A part of the scratch memory, and the view of it. */
interface Part {
  readonly memory: Floats;
  readonly at: number;
  readonly count: number;
  readonly view: Floats;
}

/** Views that small products copied their results from, since making one takes longer than copying. */
const singleParts: Part[] = [];
const doubleParts: Part[] = [];
/** How many are remembered, a power of two. */
const PARTS = 64;

function part(memory: Floats, at: number, count: number): Floats {
  const parts = memory.BYTES_PER_ELEMENT === 4 ? singleParts : doubleParts;
  const known: Part | undefined = parts[count % PARTS];
  if (known?.at === at && known.count === count && known.memory === memory) return known.view;
  // Nothing keeps a memory alive that was replaced.
  if (known !== undefined && known.memory !== memory) parts.length = 0;
  const view = memory.subarray(at, at + count);
  parts[count % PARTS] = { memory, at, count, view };
  return view;
}

/** Steps of k in one packed panel: panels of nearly equal length. */
export function panelDepth(k: number, bytes: 4 | 8): number {
  return roundUp(Math.ceil(k / Math.ceil(k / PANEL_K[bytes])), 8);
}

/** Elements that a packed block of A takes. */
export function packedElementsA(m: number, kc: number): number {
  return (Math.min(PANEL_M, roundUp(m, 16)) + 16) * kc + SLACK;
}

/** Elements that a packed panel of B takes. */
export function packedElementsB(n: number, kc: number): number {
  return roundUp(n, 16) * kc + SLACK;
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
  if (m <= FEW_ROWS && n * k > FEW_ROWS_ELEMENTS) {
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

function copy(from: Floats, fromAt: number, to: Floats, toAt: number, count: number): void {
  if (count < LOOP_COPY) {
    for (let i = 0; i < count; i++) to[toAt + i] = from[fromAt + i];
  } else if (fromAt === 0 && count === from.length) {
    to.set(from, toAt);
  } else {
    to.set(from.subarray(fromAt, fromAt + count), toAt);
  }
}

function align(address: number): number {
  return roundUp(address, 64);
}

function roundUp(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}

function roundDown(count: number, multiple: number): number {
  return Math.floor(count / multiple) * multiple;
}
