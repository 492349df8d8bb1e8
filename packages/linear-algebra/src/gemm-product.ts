import {
  columnEdges,
  defineColumnEdge,
  defineCore,
  defineDirect,
  defineDots,
  defineRowEdge,
} from "./gemm-kernel.ts";
import type { ColumnEdgeKernel, CoreKernel, FewRowsKernel, RowEdgeKernel } from "./gemm-kernel.ts";
import { OVERWRITE, SUBTRACT } from "./gemm-mode.ts";
import type { Mode } from "./gemm-mode.ts";
import { DOUBLE, SINGLE, TILE_ROWS, TILE_VECTORS } from "./gemm-tiles.ts";
import type { Lanes } from "./gemm-tiles.ts";

/** Rows of A packed at a time: together with a panel of B's strip they stay in the second-level cache. */
export const PANEL_M = 128;
/** Up to this many rows, rows of B are read as they lie: packing them would cost more. */
const DIRECT_ROWS = 6;
/** The same for lines of B along k, which are transposed on the way. */
const DIRECT_ROWS_LINES = 1;

/**
 * The matrix product in the scratch memory, in one width. Pointers and strides are in bytes.
 *
 * Its WebAssembly comes in modules, each compiled when a product first needs it: one for whole tiles, others
 * for the edges of C and for few rows.
 */
export class GemmKernel {
  private readonly core: CoreKernel;
  private readonly bytes: number;
  /** Columns in a strip of B. */
  private readonly strip: number;
  private readonly rowEdges: readonly Lazy<RowEdgeKernel>[];
  /** For each number of last columns: the kernels that take them, with their columns. */
  private readonly columnEdges: readonly (readonly (readonly [number, Lazy<ColumnEdgeKernel>])[])[];
  private readonly direct: readonly Lazy<FewRowsKernel>[];
  private readonly dots: Lazy<FewRowsKernel>;

  constructor(core: CoreKernel, lanes: Lanes) {
    this.core = core;
    this.bytes = lanes.bytes;
    this.strip = TILE_VECTORS * lanes.count;
    this.rowEdges = [0, 1, 2, 3].map((rows) => defineRowEdge(lanes, rows));
    const widths = [0, 1, 2, 3, 4].map((columns) => defineColumnEdge(lanes, columns));
    this.columnEdges = columnEdges(lanes).map((parts) =>
      parts.map((columns) => [columns, widths[columns]] as const),
    );
    this.direct = [0, 1, 2, 3, 4].map((rows) => defineDirect(lanes, rows));
    this.dots = defineDots(lanes);
  }

  /**
   * C = op(A) op(B), C + op(A) op(B) or C - op(A) op(B) by `mode`, in k panels of `kc` steps.
   *
   * A is `m` lines along k, or `k` rows of m elements when `transA`; B is `k` rows of n elements, or `n` lines
   * along k when `transB`. None of the sizes is 0. Reading goes up to 124 bytes past the end of an operand.
   *
   * @param panels - Whether `packedB` holds one panel of B at a time, or keeps all of them, or has kept them from a
   *   call before with the same B.
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
    packedA: number,
    packedB: number,
    kc: number,
    mode: Mode,
    panels: Panels = "one",
  ): void {
    const { core, bytes } = this;
    const few = m <= (transB ? DIRECT_ROWS_LINES : DIRECT_ROWS);
    // One strip of B that lies as it would be packed.
    const packed = !transB && n === this.strip && bStride === n * bytes;
    for (let p = 0; p < k; p += kc) {
      const depth = Math.min(kc, k - p);
      const fresh = mode === OVERWRITE && p === 0 ? 1 : 0;
      const bAt = b + p * (transB ? bytes : bStride);
      const panel = panels === "one" ? packedB : packedB + p * roundUp(n, this.strip) * bytes;
      if (!few && !packed && panels !== "kept") {
        if (transB) core.packLines(bAt, bStride, n, depth, panel, TILE_VECTORS);
        else core.packRows(bAt, bStride, n, depth, panel, TILE_VECTORS);
      }
      for (let i = 0; i < m; i += PANEL_M) {
        const rows = Math.min(PANEL_M, m - i);
        const width = (TILE_ROWS * bytes) / 16;
        if (transA)
          core.packRows(a + p * aStride + i * bytes, aStride, rows, depth, packedA, width);
        else core.packLines(a + p * bytes + i * aStride, aStride, rows, depth, packedA, width);
        if (mode === SUBTRACT) {
          const strips = Math.ceil(rows / TILE_ROWS);
          core.negate(packedA, packedA + strips * TILE_ROWS * depth * bytes);
        }
        const cAt = c + i * cStride;
        if (few) {
          for (let r = 0; r < rows; r += TILE_ROWS) {
            const kernel = transB ? this.dots() : this.direct[Math.min(TILE_ROWS, rows - r)]();
            const aAt = packedA + r * depth * bytes;
            kernel!.fewRows(aAt, bAt, bStride, cAt + r * cStride, cStride, n, depth, fresh);
          }
        } else {
          this.multiply(packedA, packed ? bAt : panel, cAt, cStride, rows, n, depth, fresh);
        }
      }
    }
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
      kernel!.rows(aAt, b, c + fullRows * cStride, cStride, fullColumns, kc, fresh);
    }
    if (restColumns > 0) {
      let bAt = b + fullColumns * kc * bytes;
      let cAt = c + fullColumns * bytes;
      for (const [count, kernel] of this.columnEdges[restColumns]) {
        kernel()!.columns(a, bAt, cAt, cStride, rows, kc, fresh);
        bAt += count * bytes;
        cAt += count * bytes;
      }
    }
  }
}

/** How packed panels of B are stored, see {@link GemmKernel.product}. */
export type Panels = "one" | "keep" | "kept";

function roundUp(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}

type Lazy<K> = () => K | undefined;

/** The float32 kernel, or undefined when WebAssembly cannot be used. */
export const singleKernel: () => GemmKernel | undefined = /* @__PURE__ */ define(SINGLE);

/** The float64 kernel, or undefined when WebAssembly cannot be used. */
export const doubleKernel: () => GemmKernel | undefined = /* @__PURE__ */ define(DOUBLE);

function define(lanes: () => Lanes): () => GemmKernel | undefined {
  let core: Lazy<CoreKernel> | undefined;
  let kernel: GemmKernel | undefined;
  let known: CoreKernel | undefined;
  return () => {
    core ??= defineCore(lanes());
    const functions = core();
    // They are others when the scratch memory was replaced.
    if (functions && functions !== known) {
      kernel = new GemmKernel(functions, lanes());
      known = functions;
    }
    return functions && kernel;
  };
}
