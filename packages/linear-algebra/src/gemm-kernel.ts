import { defineKernel, i32 } from "@flaxen/wasm";
import type { FunctionBuilder, Local, ModuleBuilder, Operand } from "@flaxen/wasm";
import { SUBTRACT } from "./gemm-mode.ts";
import { buildNegate, buildPackLines, buildPackRows } from "./gemm-pack.ts";
import {
  buildColumnTile,
  buildDots,
  buildRowDirect,
  buildRowTile,
  DOT_LINES,
  DOUBLE,
  SINGLE,
  TILE_ROWS,
  TILE_VECTORS,
} from "./gemm-tiles.ts";
import type { ColumnTile, Lanes } from "./gemm-tiles.ts";

/** Rows of A packed at a time: together with a panel of B's strip they stay in the second-level cache. */
export const PANEL_M = 128;
/** Up to this many rows, rows of B are read as they lie: packing them would cost more. */
const DIRECT_ROWS = 3;
/** The same for lines of B along k, which are transposed on the way. */
const DIRECT_ROWS_LINES = 1;

/**
 * The functions of one width. Pointers and strides are in bytes. A packed operand is a row of strips, each
 * `kc` steps of 4 rows of A or of 8 (float32) or 4 (float64) columns of B.
 */
export interface GemmKernel {
  /**
   * C = A B, C + A B or C - A B by `mode`, in k panels of `kc` steps.
   *
   * `aLines` tells whether A is `m` lines along k, not `k` rows of m elements; `bLines` whether B is `n` lines
   * along k, not `k` rows of n elements. Reading goes up to 124 bytes past the end of an operand.
   */
  readonly product: (
    aLines: number,
    bLines: number,
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
    mode: number,
  ) => void;
}

/** The float32 kernel, or undefined when WebAssembly cannot be used. */
export const singleKernel: () => GemmKernel | undefined = /* @__PURE__ */ defineKernel<GemmKernel>(
  (module) => buildGemm(module, SINGLE()),
);

/** The float64 kernel, or undefined when WebAssembly cannot be used. */
export const doubleKernel: () => GemmKernel | undefined = /* @__PURE__ */ defineKernel<GemmKernel>(
  (module) => buildGemm(module, DOUBLE()),
);

function buildGemm(module: ModuleBuilder, lanes: Lanes): void {
  const multiply = buildMultiply(module, lanes);
  const direct = buildDirect(module, lanes);
  const dots = buildDotRows(module, lanes);
  const packLines = buildPackLines(module, lanes);
  const packRows = buildPackRows(module, lanes);
  const negate = buildNegate(module, lanes);
  const aWidth = TILE_ROWS / lanes.count;
  module.function(
    "product",
    {
      aLines: "i32",
      bLines: "i32",
      m: "i32",
      n: "i32",
      k: "i32",
      a: "i32",
      aStride: "i32",
      b: "i32",
      bStride: "i32",
      c: "i32",
      cStride: "i32",
      packedA: "i32",
      packedB: "i32",
      kc: "i32",
      mode: "i32",
    },
    undefined,
    (f, p) => {
      const { m, n, k, a, aStride, b, bStride, c, cStride, packedA, packedB, kc } = p;
      const fresh = f.let(i32.eqz(p.mode));
      const isDirect = f.let(i32.leS(m, choose(p.bLines, DIRECT_ROWS_LINES, DIRECT_ROWS)));
      const depth = f.local("i32");
      const row = f.local("i32");
      const rows = f.local("i32");
      const aAt = f.local("i32");
      const cAt = f.local("i32");
      const pack = (lines: Local<"i32">, ...operands: Operand<"i32">[]): void => {
        f.if(
          lines,
          () => f.call(packLines, ...operands),
          () => f.call(packRows, ...operands),
        );
      };
      f.while(i32.gtS(k, 0), () => {
        f.set(depth, kc);
        f.if(i32.ltS(k, kc), () => f.set(depth, k));
        f.if(i32.eqz(isDirect), () => pack(p.bLines, b, bStride, n, depth, packedB, TILE_VECTORS));
        f.set(aAt, a);
        f.set(cAt, c);
        f.for(row, 0, m, PANEL_M, () => {
          f.set(rows, i32.sub(m, row));
          f.if(i32.gtS(rows, PANEL_M), () => f.set(rows, PANEL_M));
          pack(p.aLines, aAt, aStride, rows, depth, packedA, aWidth);
          f.if(i32.eq(p.mode, SUBTRACT), () => {
            const elements = i32.mul(i32.and(i32.add(rows, TILE_ROWS - 1), -TILE_ROWS), depth);
            f.call(negate, packedA, i32.add(packedA, i32.mul(elements, lanes.bytes)));
          });
          f.if(
            isDirect,
            () => {
              const operands = [packedA, b, bStride, cAt, cStride, rows, n, depth, fresh];
              f.if(
                p.bLines,
                () => f.call(dots, ...operands),
                () => f.call(direct, ...operands),
              );
            },
            () => f.call(multiply, packedA, packedB, cAt, cStride, rows, n, depth, fresh),
          );
          f.set(aAt, i32.add(aAt, i32.mul(PANEL_M, choose(p.aLines, aStride, lanes.bytes))));
          f.set(cAt, i32.add(cAt, i32.mul(cStride, PANEL_M)));
        });
        f.set(a, i32.add(a, i32.mul(depth, choose(p.aLines, lanes.bytes, aStride))));
        f.set(b, i32.add(b, i32.mul(depth, choose(p.bLines, lanes.bytes, bStride))));
        f.set(fresh, 0);
        f.set(k, i32.sub(k, depth));
      });
    },
  );
}

/** `yes` where the condition is 1, `no` where it is 0. */
function choose(condition: Operand<"i32">, yes: Operand<"i32">, no: Operand<"i32">) {
  return i32.add(i32.mul(condition, yes), i32.mul(i32.eqz(condition), no));
}

/** A packed block of A times a packed panel of B, with tiles for the edges, so that C is written exactly. */
function buildMultiply(module: ModuleBuilder, lanes: Lanes) {
  const stripColumns = TILE_VECTORS * lanes.count;
  const full = buildRowTile(module, lanes, TILE_ROWS, 1);
  // Tiles with enough accumulators to hide the latency of an addition, then narrower ones for the rest.
  const rowTiles = [[4, 1], [2, 1], [1]].map(
    (widths, i) =>
      [
        i + 1,
        widths.map((strips) => [strips, buildRowTile(module, lanes, i + 1, strips)] as const),
      ] as const,
  );
  const columnTiles = columnTileStrips(lanes).map(
    (strips, i) =>
      [i + 1, strips.map((s) => [s, buildColumnTile(module, lanes, i + 1, s)] as const)] as const,
  );
  return module.function(
    "multiply",
    {
      a: "i32",
      b: "i32",
      c: "i32",
      cStride: "i32",
      rows: "i32",
      columns: "i32",
      kc: "i32",
      fresh: "i32",
    },
    undefined,
    (f, { a, b, c, cStride, rows, columns, kc, fresh }) => {
      const aStrip = f.let(i32.mul(kc, TILE_ROWS * lanes.bytes));
      const bStrip = f.let(i32.mul(kc, TILE_VECTORS * 16));
      const cStrip = f.let(i32.mul(cStride, TILE_ROWS));
      const fullRows = f.let(i32.and(rows, -TILE_ROWS));
      const fullColumns = f.let(i32.and(columns, -stripColumns));
      const restRows = f.let(i32.sub(rows, fullRows));
      const restColumns = f.let(i32.sub(columns, fullColumns));
      const column = f.local("i32");
      const row = f.local("i32");
      const aAt = f.local("i32");
      const bAt = f.let(b);
      const cAt = f.local("i32");
      f.for(column, 0, fullColumns, stripColumns, () => {
        f.set(aAt, a);
        f.set(cAt, i32.add(c, i32.mul(column, lanes.bytes)));
        f.for(row, 0, fullRows, TILE_ROWS, () => {
          f.call(full, aAt, bAt, bStrip, cAt, cStride, fresh);
          f.set(aAt, i32.add(aAt, aStrip));
          f.set(cAt, i32.add(cAt, cStrip));
        });
        f.set(bAt, i32.add(bAt, bStrip));
      });
      f.if(restRows, () => {
        f.set(aAt, i32.add(a, i32.mul(i32.shrU(fullRows, 2), aStrip)));
        for (const [count, tiles] of rowTiles) {
          f.if(i32.eq(restRows, count), () => {
            f.set(bAt, b);
            f.set(cAt, i32.add(c, i32.mul(fullRows, cStride)));
            f.set(column, fullColumns);
            for (const [strips, tile] of tiles) {
              f.while(i32.geS(column, strips * stripColumns), () => {
                f.call(tile, aAt, bAt, bStrip, cAt, cStride, fresh);
                f.set(bAt, i32.add(bAt, i32.mul(bStrip, strips)));
                f.set(cAt, i32.add(cAt, strips * TILE_VECTORS * 16));
                f.set(column, i32.sub(column, strips * stripColumns));
              });
            }
          });
        }
      });
      f.if(restColumns, () => {
        const at = { a: aAt, b: bAt, c: cAt, row, end: f.local("i32") };
        f.set(bAt, i32.add(b, i32.mul(i32.divU(fullColumns, stripColumns), bStrip)));
        f.set(column, i32.mul(fullColumns, lanes.bytes));
        const finish = (tiles: readonly (readonly [number, ColumnTile])[], count: number): void => {
          f.set(at.end, i32.add(bAt, bStrip));
          f.set(aAt, a);
          f.set(cAt, i32.add(c, column));
          f.set(row, rows);
          walkColumn(f, tiles, at, { aStrip, cStride, cStrip, fresh });
          f.set(bAt, i32.add(bAt, count * lanes.bytes));
          f.set(column, i32.add(column, count * lanes.bytes));
          f.set(restColumns, i32.sub(restColumns, count));
        };
        const widest = columnTiles.length;
        // 5 columns are 3 + 2 and 6 are 3 + 3: tiles of one column have the fewest products for a load.
        if (stripColumns > widest + 1) {
          const [, tiles] = columnTiles[2];
          const inThrees = i32.or(i32.eq(restColumns, 5), i32.eq(restColumns, 6));
          f.if(inThrees, () => finish(tiles, 3));
        }
        for (const [count, tiles] of columnTiles.toReversed()) {
          f.if(i32.geS(restColumns, count), () => finish(tiles, count));
        }
      });
    },
    { exported: false },
  );
}

/** For 1, 2, … columns: how many strips of A the tiles take, widest first; accumulators fit the registers. */
function columnTileStrips(lanes: Lanes): number[][] {
  return lanes.count === 4
    ? [
        [8, 2, 1],
        [4, 1],
        [3, 1],
        [2, 1],
      ]
    : [[4, 1], [2, 1], [1]];
}

/** Computes a few columns of C down all rows, `at.row` of which are still to do. */
function walkColumn(
  f: FunctionBuilder,
  tiles: readonly (readonly [number, ColumnTile])[],
  at: Record<"a" | "b" | "c" | "row" | "end", Local<"i32">>,
  steps: Record<"aStrip" | "cStride" | "cStrip" | "fresh", Local<"i32">>,
): void {
  for (const [strips, tile] of tiles) {
    const rows = strips === 1 ? 1 : strips * TILE_ROWS;
    f.while(i32.geS(at.row, rows), () => {
      const { aStrip, cStride, cStrip, fresh } = steps;
      f.call(tile, at.a, aStrip, at.b, at.end, at.c, cStride, at.row, fresh);
      f.set(at.a, i32.add(at.a, i32.mul(aStrip, strips)));
      f.set(at.c, i32.add(at.c, i32.mul(cStrip, strips)));
      f.set(at.row, i32.sub(at.row, strips * TILE_ROWS));
    });
  }
}

/** A few rows of C, one by one, with B as it lies. */
function buildDirect(module: ModuleBuilder, lanes: Lanes) {
  const tiles = [8, 4, 2].map(
    (vectors) => [vectors, buildRowDirect(module, lanes, vectors)] as const,
  );
  return module.function(
    "direct",
    {
      a: "i32",
      b: "i32",
      bStride: "i32",
      c: "i32",
      cStride: "i32",
      rows: "i32",
      columns: "i32",
      kc: "i32",
      fresh: "i32",
    },
    undefined,
    (f, { a, b, bStride, c, cStride, rows, columns, kc, fresh }) => {
      const left = f.local("i32");
      const bAt = f.local("i32");
      const cAt = f.local("i32");
      f.while(i32.gtS(rows, 0), () => {
        f.set(left, columns);
        f.set(bAt, b);
        f.set(cAt, c);
        f.while(i32.gtS(left, 0), () => {
          f.block((done) => {
            for (const [i, [vectors, tile]] of tiles.entries()) {
              const narrower = i + 1 < tiles.length ? tiles[i + 1][0] * lanes.count : 0;
              f.if(i32.gtS(left, narrower), () => {
                f.call(tile, a, bAt, bStride, kc, cAt, left, fresh);
                f.set(bAt, i32.add(bAt, 16 * vectors));
                f.set(cAt, i32.add(cAt, 16 * vectors));
                f.set(left, i32.sub(left, vectors * lanes.count));
                f.branch(done);
              });
            }
          });
        });
        f.set(a, i32.add(a, lanes.bytes));
        f.set(c, i32.add(c, cStride));
        f.set(rows, i32.sub(rows, 1));
      });
    },
    { exported: false },
  );
}

/** A few rows of C, one by one, with lines of B along k as they lie. */
function buildDotRows(module: ModuleBuilder, lanes: Lanes) {
  const tile = buildDots(module, lanes);
  return module.function(
    "dots",
    {
      a: "i32",
      b: "i32",
      bStride: "i32",
      c: "i32",
      cStride: "i32",
      rows: "i32",
      columns: "i32",
      kc: "i32",
      fresh: "i32",
    },
    undefined,
    (f, { a, b, bStride, c, cStride, rows, columns, kc, fresh }) => {
      const column = f.local("i32");
      const bAt = f.local("i32");
      const cAt = f.local("i32");
      f.while(i32.gtS(rows, 0), () => {
        f.set(bAt, b);
        f.set(cAt, c);
        f.for(column, 0, columns, DOT_LINES, () => {
          f.call(tile, a, bAt, bStride, kc, cAt, i32.sub(columns, column), fresh);
          f.set(bAt, i32.add(bAt, i32.mul(bStride, DOT_LINES)));
          f.set(cAt, i32.add(cAt, DOT_LINES * lanes.bytes));
        });
        f.set(a, i32.add(a, lanes.bytes));
        f.set(c, i32.add(c, cStride));
        f.set(rows, i32.sub(rows, 1));
      });
    },
    { exported: false },
  );
}
