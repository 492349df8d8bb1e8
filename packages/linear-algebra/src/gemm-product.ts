import { scratch } from "@flaxen/wasm";
import type { Scratch } from "@flaxen/wasm";
import {
  columnEdges,
  defineColumnEdge,
  defineCore,
  defineDots,
  defineRowEdge,
} from "./gemm-kernel.ts";
import type { ColumnEdgeKernel, CoreKernel, DotsKernel, RowEdgeKernel } from "./gemm-kernel.ts";
import type { LeftOrder } from "./gemm-last-column.ts";
import { OVERWRITE, SUBTRACT } from "./gemm-mode.ts";
import type { Mode } from "./gemm-mode.ts";
import { PANEL_M, roundUp } from "./gemm-packing.ts";
import type { Packing } from "./gemm-packing.ts";
import { DOUBLE, SINGLE, TILE_ROWS, TILE_VECTORS } from "./gemm-tiles.ts";
import type { Lanes } from "./gemm-tiles.ts";
import { defineFewRows, defineManyRows, defineNarrow, defineTranspose } from "./gemm-unpacked.ts";
import type { TransposeKernel, UnpackedFunction, UnpackedKernel } from "./gemm-unpacked.ts";

/** Up to this many rows, B is read as it lies: packing it would cost more. */
const FEW_ROWS = 6;
/** The same when B has at most so many bytes, a part of the second-level cache. */
const SEVERAL_ROWS = 12;
const MIDDLE_BYTES = 2 ** 17;
/** B is read as it lies as well when it has no more bytes than this, half of the first-level cache. */
const SMALL_BYTES = 2 ** 14;

/**
 * The matrix product in the scratch memory, in one width: what {@link gemmKernel} finds. Pointers and strides are in bytes.
 *
 * Its WebAssembly comes in modules, each compiled when a product first needs it: one for whole tiles, others
 * for the edges of C and for few rows.
 */
export class GemmKernel {
  /** The scratch memory, in which the operands lie. */
  readonly memory: Scratch;
  /** All of it by elements. */
  readonly data: Float32Array | Float64Array;
  /** Bytes of an element. */
  readonly bytes: 4 | 8;
  private readonly core: CoreKernel;
  /** Columns in a strip of B. */
  private readonly strip: number;
  private readonly rowEdges: readonly (() => RowEdgeKernel)[];
  /** For each number of last columns: the kernels that take them, with their columns. */
  private readonly columnEdges: readonly (readonly (readonly [number, () => ColumnEdgeKernel])[])[];
  private readonly lines: UnpackedKernels;
  private readonly steps: UnpackedKernels;
  private readonly transpose: () => TransposeKernel;
  private readonly dots: () => DotsKernel;

  constructor(core: CoreKernel, lanes: Lanes, memory: Scratch) {
    this.memory = memory;
    this.data = lanes.bytes === 4 ? memory.f32 : memory.f64;
    this.bytes = lanes.bytes;
    this.core = core;
    this.strip = TILE_VECTORS * lanes.count;
    this.rowEdges = [0, 1, 2, 3].map((rows) => once(defineRowEdge(lanes, rows)));
    const widths = [0, 1, 2, 3, 4].map((columns) => once(defineColumnEdge(lanes, columns)));
    this.columnEdges = columnEdges(lanes).map((parts) =>
      parts.map((columns) => [columns, widths[columns]] as const),
    );
    this.lines = unpackedKernels(lanes, "lines");
    this.steps = unpackedKernels(lanes, "steps");
    this.transpose = once(defineTranspose(lanes));
    this.dots = once(defineDots(lanes));
  }

  /**
   * C = op(A) op(B), C + op(A) op(B) or C - op(A) op(B) by `mode`.
   *
   * A is `m` lines along k, or `k` rows of m elements when `transA`; B is `k` rows of n elements, or `n` lines
   * along k when `transB`. None of the sizes is 0. Reading goes up to 124 bytes past the end of an operand.
   */
  product(
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
    mode: Mode,
    packing: Packing,
  ): void {
    const { core, bytes } = this;
    const { depth: kc, panels } = packing;
    if (mode !== SUBTRACT && !packsRight(transB, m, n, k, kc, bytes) && (m > 1 || !transB)) {
      const fresh = mode === OVERWRITE ? 1 : 0;
      const unpacked = this.unpacked(transA, m, n);
      if (!transB) {
        // All of a small B stays in the cache; else each panel is used by all rows.
        const depth = isSmall(n, k, bytes) ? k : kc;
        for (let p = 0; p < k; p += depth) {
          const aAt = a + p * (transA ? aStride : bytes);
          const bAt = b + p * bStride;
          const steps = Math.min(depth, k - p);
          const go = p === 0 ? fresh : 0;
          unpacked(aAt, aStride, bAt, bStride, c, cStride, m, n, steps, go);
        }
        return;
      }
      const stride = roundUp(n, this.strip) * bytes;
      this.transpose().transposeLines(b, bStride, n, k, packing.b, stride);
      unpacked(a, aStride, packing.b, stride, c, cStride, m, n, k, fresh);
      return;
    }
    const width = (TILE_ROWS * bytes) / 16;
    // One strip of B that lies as it would be packed.
    const packed = !transB && n === this.strip && bStride === n * bytes;
    const dots = transB && m === 1;
    for (let p = 0; p < k; p += kc) {
      const depth = Math.min(kc, k - p);
      const fresh = mode === OVERWRITE && p === 0 ? 1 : 0;
      const bAt = b + p * (transB ? bytes : bStride);
      const panel = packing.b + (panels === "one" ? 0 : p) * roundUp(n, this.strip) * bytes;
      if (!dots && !packed && panels !== "kept") {
        if (transB) core.packLines(bAt, bStride, n, depth, panel, TILE_VECTORS);
        else core.packRows(bAt, bStride, n, depth, panel, TILE_VECTORS);
      }
      for (let i = 0; i < m; i += PANEL_M) {
        const rows = Math.min(PANEL_M, m - i);
        if (transA)
          core.packRows(a + p * aStride + i * bytes, aStride, rows, depth, packing.a, width);
        else core.packLines(a + p * bytes + i * aStride, aStride, rows, depth, packing.a, width);
        if (mode === SUBTRACT) {
          const strips = Math.ceil(rows / TILE_ROWS);
          core.negate(packing.a, packing.a + strips * TILE_ROWS * depth * bytes);
        }
        const cAt = c + i * cStride;
        if (dots) this.dots().dots(packing.a, bAt, bStride, cAt, n, depth, fresh);
        else this.multiply(packing.a, packed ? bAt : panel, cAt, cStride, rows, n, depth, fresh);
      }
    }
  }

  /** What multiplies `m` rows, at least 1, and a B of `n` columns that is not transposed, both as they lie. */
  unpacked(transA: boolean, m: number, n: number): UnpackedFunction {
    const { fewRows, narrow, even, any } = transA ? this.steps : this.lines;
    if (m < TILE_ROWS) return fewRows[m]().multiply;
    const vectors = (n * this.bytes + 15) >> 4;
    if (vectors === 1) return narrow().multiply;
    return ((vectors & 1) === 0 && (n & 3) !== 1 ? even : any)().multiply;
  }

  /** A packed block of A times a packed panel of B; the edges have tiles of their own, so that C is written exactly. */
  private multiply(
    a: number,
    b: number,
    c: number,
    cStride: number,
    rows: number,
    columns: number,
    kc: number,
    fresh: number,
  ): void {
    const { bytes, strip } = this;
    const restRows = rows % TILE_ROWS;
    const restColumns = columns % strip;
    const fullRows = rows - restRows;
    const fullColumns = columns - restColumns;
    this.core.tiles(a, b, c, cStride, fullRows, fullColumns, kc, fresh);
    if (restRows > 0) {
      const kernel = this.rowEdges[restRows]();
      const aAt = a + fullRows * kc * bytes;
      kernel.rows(aAt, b, c + fullRows * cStride, cStride, fullColumns, kc, fresh);
    }
    if (restColumns > 0) {
      let bAt = b + fullColumns * kc * bytes;
      let cAt = c + fullColumns * bytes;
      for (const [count, kernel] of this.columnEdges[restColumns]) {
        kernel().columns(a, bAt, cAt, cStride, rows, kc, fresh);
        bAt += count * bytes;
        cAt += count * bytes;
      }
    }
  }
}

/** Whether the right operand is so small that it is read as it lies. */
export function isSmall(n: number, k: number, bytes: number): boolean {
  return n * k * bytes <= SMALL_BYTES;
}

/**
 * Whether the product leaves B in packed panels; if not, it reads it as it lies, or a transposed one after a transposition
 * that takes the room of a panel. Only a product that subtracts packs it always, if there is more than one row.
 */
export function packsRight(
  transB: boolean,
  m: number,
  n: number,
  k: number,
  kc: number,
  bytes: number,
): boolean {
  if (transB) return m > 1 && !(isSmall(n, k, bytes) && k <= kc);
  return !isSmall(n, k, bytes) && m > (n * k * bytes <= MIDDLE_BYTES ? SEVERAL_ROWS : FEW_ROWS);
}

type Lazy<K> = () => K | undefined;

/** Remembers what was compiled: as long as there is a core kernel, the others compile as well. */
function once<K>(define: Lazy<K>): () => K {
  let known: K | undefined;
  return () => (known ??= define()!);
}

/** What multiplies operands as they lie, for a left operand in one order. */
interface UnpackedKernels {
  /** By the number of rows, 1 to 3. */
  readonly fewRows: readonly (() => UnpackedKernel)[];
  /** Four rows or more, by the number of columns. */
  readonly narrow: () => UnpackedKernel;
  readonly even: () => UnpackedKernel;
  readonly any: () => UnpackedKernel;
}

function unpackedKernels(lanes: Lanes, order: LeftOrder): UnpackedKernels {
  return {
    fewRows: [0, 1, 2, 3].map((rows) => once(defineFewRows(lanes, order, rows))),
    narrow: once(defineNarrow(lanes, order)),
    even: once(defineManyRows(lanes, order, true)),
    any: once(defineManyRows(lanes, order, false)),
  };
}

const singleKernel = /* @__PURE__ */ define(SINGLE);
const doubleKernel = /* @__PURE__ */ define(DOUBLE);

/** The kernel for float32 or else float64, or undefined when WebAssembly cannot be used. */
export function gemmKernel(single: boolean): GemmKernel | undefined {
  return single ? singleKernel() : doubleKernel();
}

function define(lanes: () => Lanes): () => GemmKernel | undefined {
  let core: Lazy<CoreKernel> | undefined;
  let kernel: GemmKernel | undefined;
  let known: CoreKernel | undefined;
  return () => {
    core ??= defineCore(lanes());
    const functions = core();
    // They are others when the scratch memory was replaced.
    if (functions && functions !== known) {
      const memory = scratch();
      kernel = memory && new GemmKernel(functions, lanes(), memory);
      known = functions;
    }
    return functions && kernel;
  };
}
