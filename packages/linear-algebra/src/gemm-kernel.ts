import { defineKernel, i32 } from "@flaxen/wasm";
import type { ModuleBuilder } from "@flaxen/wasm";
import { buildNegate, buildPackLines, buildPackRows } from "./gemm-pack.ts";
import {
  buildColumnTile,
  buildDots,
  buildRowTile,
  DOT_LINES,
  TILE_ROWS,
  TILE_VECTORS,
} from "./gemm-tiles.ts";
import type { Lanes } from "./gemm-tiles.ts";

/**
 * What most products need. Pointers and strides are in bytes. A packed operand is a row of strips, each
 * `kc` steps of 4 rows of A or of 8 (float32) or 4 (float64) columns of B.
 */
export interface CoreKernel {
  /**
   * Packs `lines` lines that are contiguous along k into strips `width` vectors wide. Reading goes up to a vector
   * past the end.
   */
  readonly packLines: PackFunction;
  /** The same for lines across which each step of k is contiguous; it reads up to 31 bytes past the end. */
  readonly packRows: PackFunction;
  /** Changes the sign of whole vectors in place. */
  readonly negate: (at: number, end: number) => void;
  /** The part of C in whole tiles: multiples of 4 rows and of a strip's columns. */
  readonly tiles: (
    a: number,
    b: number,
    c: number,
    cStride: number,
    rows: number,
    columns: number,
    kc: number,
    fresh: number,
  ) => void;
}

type PackFunction = (
  from: number,
  stride: number,
  lines: number,
  kc: number,
  to: number,
  width: number,
) => void;

/** The 1 to 3 last rows of C, in whole strips of columns. */
export interface RowEdgeKernel {
  readonly rows: (
    a: number,
    b: number,
    c: number,
    cStride: number,
    columns: number,
    kc: number,
    fresh: number,
  ) => void;
}

/** Some last columns of C down all its rows; `b` points to the first one's place in the strip. */
export interface ColumnEdgeKernel {
  readonly columns: (
    a: number,
    b: number,
    c: number,
    cStride: number,
    rows: number,
    kc: number,
    fresh: number,
  ) => void;
}

/** One row of C over a packed row of A and lines of B along k as they lie. Reading goes up to a vector past their ends. */
export interface DotsKernel {
  readonly dots: (
    a: number,
    b: number,
    bStride: number,
    c: number,
    columns: number,
    kc: number,
    fresh: number,
  ) => void;
}

/** Defines the functions that most products need. */
export function defineCore(lanes: Lanes): () => CoreKernel | undefined {
  return defineKernel<CoreKernel>((module) => {
    buildPackLines(module, lanes);
    buildPackRows(module, lanes);
    buildNegate(module, lanes);
    buildTiles(module, lanes);
  });
}

/** A packed block of A times a packed panel of B, both in whole strips. */
function buildTiles(module: ModuleBuilder, lanes: Lanes): void {
  const stripColumns = TILE_VECTORS * lanes.count;
  const tile = buildRowTile(module, lanes, TILE_ROWS, 1);
  module.function(
    "tiles",
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
      const column = f.local("i32");
      const row = f.local("i32");
      const aAt = f.local("i32");
      const cAt = f.local("i32");
      f.for(column, 0, columns, stripColumns, () => {
        f.set(aAt, a);
        f.set(cAt, i32.add(c, i32.mul(column, lanes.bytes)));
        f.for(row, 0, rows, TILE_ROWS, () => {
          f.call(tile, aAt, b, bStrip, cAt, cStride, fresh);
          f.set(aAt, i32.add(aAt, aStrip));
          f.set(cAt, i32.add(cAt, cStrip));
        });
        f.set(b, i32.add(b, bStrip));
      });
    },
  );
}

/** Defines the tiles of `rows` rows, 1 to 3: with enough accumulators to hide the latency of an addition, then narrower. */
export function defineRowEdge(lanes: Lanes, rows: number): () => RowEdgeKernel | undefined {
  const stripColumns = TILE_VECTORS * lanes.count;
  const widths = [[4, 1], [2, 1], [1]][rows - 1];
  return defineKernel<RowEdgeKernel>((module) => {
    const tiles = widths.map(
      (strips) => [strips, buildRowTile(module, lanes, rows, strips)] as const,
    );
    module.function(
      "rows",
      {
        a: "i32",
        b: "i32",
        c: "i32",
        cStride: "i32",
        columns: "i32",
        kc: "i32",
        fresh: "i32",
      },
      undefined,
      (f, { a, b, c, cStride, columns, kc, fresh }) => {
        const bStrip = f.let(i32.mul(kc, TILE_VECTORS * 16));
        for (const [strips, tile] of tiles) {
          f.while(i32.geS(columns, strips * stripColumns), () => {
            f.call(tile, a, b, bStrip, c, cStride, fresh);
            f.set(b, i32.add(b, i32.mul(bStrip, strips)));
            f.set(c, i32.add(c, strips * TILE_VECTORS * 16));
            f.set(columns, i32.sub(columns, strips * stripColumns));
          });
        }
      },
    );
  });
}

/** How the last columns are taken, by their number: the fewer at a time, the fewer products for a load. */
export function columnEdges(lanes: Lanes): readonly (readonly number[])[] {
  return lanes.count === 4 ? [[], [1], [2], [3], [4], [3, 2], [3, 3], [4, 3]] : [[], [1], [2], [3]];
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

/** Defines the tiles of `columns` columns. */
export function defineColumnEdge(
  lanes: Lanes,
  columns: number,
): () => ColumnEdgeKernel | undefined {
  return defineKernel<ColumnEdgeKernel>((module) => {
    const tiles = columnTileStrips(lanes)[columns - 1].map(
      (strips) => [strips, buildColumnTile(module, lanes, columns, strips)] as const,
    );
    module.function(
      "columns",
      { a: "i32", b: "i32", c: "i32", cStride: "i32", rows: "i32", kc: "i32", fresh: "i32" },
      undefined,
      (f, { a, b, c, cStride, rows, kc, fresh }) => {
        const aStrip = f.let(i32.mul(kc, TILE_ROWS * lanes.bytes));
        const cStrip = f.let(i32.mul(cStride, TILE_ROWS));
        const end = f.let(i32.add(b, i32.mul(kc, TILE_VECTORS * 16)));
        for (const [strips, tile] of tiles) {
          // The last strip of A may be cut short.
          f.while(i32.geS(rows, strips === 1 ? 1 : strips * TILE_ROWS), () => {
            f.call(tile, a, aStrip, b, end, c, cStride, rows, fresh);
            f.set(a, i32.add(a, i32.mul(aStrip, strips)));
            f.set(c, i32.add(c, i32.mul(cStrip, strips)));
            f.set(rows, i32.sub(rows, strips * TILE_ROWS));
          });
        }
      },
    );
  });
}

/** Defines the product of one row with lines of B along k. */
export function defineDots(lanes: Lanes): () => DotsKernel | undefined {
  return defineKernel<DotsKernel>((module) => {
    const tile = buildDots(module, lanes);
    module.function(
      "dots",
      {
        a: "i32",
        b: "i32",
        bStride: "i32",
        c: "i32",
        columns: "i32",
        kc: "i32",
        fresh: "i32",
      },
      undefined,
      (f, { a, b, bStride, c, columns, kc, fresh }) => {
        f.while(i32.gtS(columns, 0), () => {
          f.call(tile, a, b, bStride, kc, c, columns, fresh);
          f.set(b, i32.add(b, i32.mul(bStride, DOT_LINES)));
          f.set(c, i32.add(c, DOT_LINES * lanes.bytes));
          f.set(columns, i32.sub(columns, DOT_LINES));
        });
      },
    );
  });
}
