import { defineKernel, i32, i32x4, v128 } from "@flaxen/wasm";
import type { FunctionReference, ModuleBuilder, Operand } from "@flaxen/wasm";
import { buildLastColumn, LAST_COLUMN_VECTORS } from "./gemm-last-column.ts";
import type { LeftOrder } from "./gemm-last-column.ts";
import {
  locals,
  storeColumns,
  TILE_ROWS,
  TILE_VECTORS,
  transpose,
  unrolled,
} from "./gemm-tiles.ts";
import type { Lanes } from "./gemm-tiles.ts";

/** Steps over k between two branches back, in tiles of 4 rows or more and in the others, which are many to build and compile. */
const UNROLL = 4;
const UNROLL_EDGE = 2;
/** Vector registers of the 15 that hold sums and loaded vectors; the last is for a product. */
const REGISTERS = 14;

/**
 * Rows of C over both operands as they lie, with strides in bytes. Reading goes up to 28 bytes past the end of B;
 * sums go on from C unless `fresh`.
 */
export type UnpackedFunction = (
  a: number,
  aStride: number,
  b: number,
  bStride: number,
  c: number,
  cStride: number,
  rows: number,
  columns: number,
  kc: number,
  fresh: number,
) => void;

/** For as many rows as it was defined for. */
export interface UnpackedKernel {
  readonly multiply: UnpackedFunction;
}

/** Writes lines along k as rows across k, `toStride` bytes apart, up to 3 steps and columns too many. */
export interface TransposeKernel {
  readonly transposeLines: (
    from: number,
    stride: number,
    lines: number,
    kc: number,
    to: number,
    toStride: number,
  ) => void;
}

const PARAMETERS = {
  a: "i32",
  aStride: "i32",
  b: "i32",
  bStride: "i32",
  c: "i32",
  cStride: "i32",
  rows: "i32",
  columns: "i32",
  kc: "i32",
  fresh: "i32",
} as const;

type Tile = FunctionReference<typeof PARAMETERS>;

/**
 * Tiles of `tileRows` rows, `vectors` vectors wide, one below the other as long as there are so many rows. It reads
 * whole vectors of B and writes the first `columns` elements of each row.
 */
function buildTile(
  module: ModuleBuilder,
  lanes: Lanes,
  order: LeftOrder,
  tileRows: number,
  vectors: number,
): Tile {
  return module.function(
    `tile${tileRows}x${vectors}`,
    PARAMETERS,
    undefined,
    (f, { a, aStride, b, bStride, c, cStride, rows, columns, kc, fresh }) => {
      const sums = Array.from({ length: tileRows }, () => locals(f, vectors));
      const end = f.let(i32.add(b, i32.mul(kc, bStride)));
      const bAt = f.local("i32");
      const cAt = f.local("i32");
      const as = Array.from({ length: order === "lines" ? tileRows : 1 }, () => f.local("i32"));
      const factor = f.local("v128");
      const line = tileRows === 1 ? [] : locals(f, vectors);
      // V8 moves all loads of a basic block to its top, so a test that never succeeds ends it before they spill.
      const loads = REGISTERS - tileRows * vectors - (line.length || 1);
      const turns = tileRows >= TILE_ROWS ? UNROLL : UNROLL_EDGE;
      const eachRow = (visit: (row: (typeof sums)[number]) => void): void => {
        f.set(cAt, c);
        for (const [r, row] of sums.entries()) {
          if (r > 0) f.set(cAt, i32.add(cAt, cStride));
          visit(row);
        }
      };
      f.while(i32.geS(rows, tileRows), () => {
        f.if(
          fresh,
          () => {
            for (const sum of sums.flat()) f.set(sum, i32x4.const([0, 0, 0, 0]));
          },
          () => {
            eachRow((row) => {
              for (const [v, sum] of row.entries()) f.set(sum, v128.load(cAt, 16 * v));
            });
          },
        );
        f.set(as[0], a);
        for (let r = 1; r < as.length; r++) f.set(as[r], i32.add(as[r - 1], aStride));
        f.set(bAt, b);
        unrolled(f, bAt, end, turns, (turn, done) => {
          const load = (count: number): void => {
            if (count > 0 && count % loads === 0) f.branchIf(done, i32.gtU(bAt, end));
          };
          for (const [v, vector] of line.entries()) f.set(vector, v128.load(bAt, 16 * v));
          for (const [r, row] of sums.entries()) {
            if (tileRows > 1) load(r);
            f.set(
              factor,
              order === "lines"
                ? lanes.loadSplat(as[r], turn * lanes.bytes)
                : lanes.loadSplat(as[0], r * lanes.bytes),
            );
            for (const [v, sum] of row.entries()) {
              if (tileRows === 1) load(v);
              f.set(sum, lanes.add(sum, lanes.mul(factor, line[v] ?? v128.load(bAt, 16 * v))));
            }
          }
          if (order === "steps") f.set(as[0], i32.add(as[0], aStride));
          else if (turn === turns - 1) {
            for (const at of as) f.set(at, i32.add(at, turns * lanes.bytes));
          }
          f.set(bAt, i32.add(bAt, bStride));
        });
        f.if(
          i32.geS(columns, vectors * lanes.count),
          () => {
            eachRow((row) => {
              for (const [v, sum] of row.entries()) f.store(cAt, sum, 16 * v);
            });
          },
          () => eachRow((row) => storeColumns(f, lanes, cAt, row, columns)),
        );
        f.set(
          a,
          i32.add(a, order === "lines" ? i32.mul(aStride, tileRows) : tileRows * lanes.bytes),
        );
        f.set(c, i32.add(c, i32.mul(cStride, tileRows)));
        f.set(rows, i32.sub(rows, tileRows));
      });
    },
    { exported: false },
  );
}

/** Rows of the tiles for a right operand of no more columns than a vector has lanes. */
const NARROW_ROWS: readonly number[] = [8, 4, 2, 1];

/** Defines the product of 4 rows or more with so few columns. */
export function defineNarrow(lanes: Lanes, order: LeftOrder): () => UnpackedKernel | undefined {
  return defineKernel<UnpackedKernel>((module) => {
    const tiles = NARROW_ROWS.map((rows) => buildTile(module, lanes, order, rows, 1));
    module.function(
      "multiply",
      PARAMETERS,
      undefined,
      (f, { a, aStride, b, bStride, c, cStride, rows, columns, kc, fresh }) => {
        const aStep = order === "lines" ? aStride : lanes.bytes;
        for (const [i, tile] of tiles.entries()) {
          const count = f.let(i32.and(rows, -NARROW_ROWS[i]));
          f.call(tile, a, aStride, b, bStride, c, cStride, count, columns, kc, fresh);
          f.set(a, i32.add(a, i32.mul(count, aStep)));
          f.set(c, i32.add(c, i32.mul(count, cStride)));
          f.set(rows, i32.sub(rows, count));
        }
      },
    );
  });
}

/** Vectors of the last tiles when those of a row are odd in number: one alone would leave registers idle. */
const WIDE_VECTORS = 3;

/**
 * Defines the product of 4 rows or more with more columns: no tile is of one row or one vector.
 *
 * @param even - Whether the vectors of a row are even in number and the last one has more than one column, so that pairs
 *   of them are all that is needed.
 */
export function defineManyRows(
  lanes: Lanes,
  order: LeftOrder,
  even: boolean,
): () => UnpackedKernel | undefined {
  return defineKernel<UnpackedKernel>((module) => {
    const define = (rows: number, vectors: number): Tile =>
      buildTile(module, lanes, order, rows, vectors);
    const [fours, threes, twos] = [4, 3, 2].map((rows) => define(rows, TILE_VECTORS));
    const wide = even ? [] : [3, 2].map((rows) => define(rows, WIDE_VECTORS));
    const lastColumn = even || lanes.count < 4 ? undefined : buildLastColumn(module, lanes, order);
    module.function(
      "multiply",
      PARAMETERS,
      undefined,
      (f, { a, aStride, b, bStride, c, cStride, rows, columns, kc, fresh }) => {
        const aStep = order === "lines" ? aStride : lanes.bytes;
        const aAt = f.local("i32");
        const cAt = f.local("i32");
        const count = f.local("i32");
        const down = (tile: Tile, tileRows: Operand<"i32">): void => {
          f.set(count, tileRows);
          f.call(tile, aAt, aStride, b, bStride, cAt, cStride, count, columns, kc, fresh);
          f.set(aAt, i32.add(aAt, i32.mul(count, aStep)));
          f.set(cAt, i32.add(cAt, i32.mul(count, cStride)));
        };
        const across = (vectors: number, tiles: () => void): void => {
          f.set(aAt, a);
          f.set(cAt, c);
          tiles();
          f.set(b, i32.add(b, 16 * vectors));
          f.set(c, i32.add(c, 16 * vectors));
          f.set(columns, i32.sub(columns, vectors * lanes.count));
        };
        if (lastColumn !== undefined) {
          // A column beyond whole vectors, if it saves more than the rows that are computed twice, which sums that go on
          // from C cannot be; it saves most where a vector for it would be paired with another.
          const together = LAST_COLUMN_VECTORS * lanes.count;
          const least = i32.sub(3 * together, i32.mul(i32.and(columns, 4), together / 2));
          const single = i32.and(i32.eq(i32.and(columns, 3), 1), i32.gtS(columns, 5));
          f.if(i32.and(i32.and(single, i32.ne(fresh, 0)), i32.geS(rows, least)), () => {
            f.set(columns, i32.sub(columns, 1));
            const bLast = f.let(i32.add(b, i32.mul(columns, lanes.bytes)));
            const cLast = f.let(i32.add(c, i32.mul(columns, lanes.bytes)));
            const most = f.let(i32.sub(rows, together));
            const row = f.local("i32");
            f.for(row, 0, rows, together, () => {
              f.if(i32.gtS(row, most), () => f.set(row, most));
              f.set(aAt, i32.add(a, i32.mul(row, aStep)));
              f.set(cAt, i32.add(cLast, i32.mul(row, cStride)));
              f.call(lastColumn, aAt, aStride, bLast, bStride, cAt, cStride, kc);
            });
          });
        }
        // Threes take the rows that fours would leave with those of one or two fours more; only 5 rows are too few.
        const five = f.let(i32.eq(rows, 5));
        const inThrees = f.let(i32.mul(i32.and(i32.sub(0, rows), 3), 3));
        f.if(five, () => f.set(inThrees, 3));
        const inFours = f.let(i32.sub(rows, i32.add(inThrees, i32.mul(five, 2))));
        const pair = (): void =>
          across(TILE_VECTORS, () => {
            f.if(inFours, () => down(fours, inFours));
            f.if(inThrees, () => down(threes, inThrees));
            f.if(five, () => down(twos, 2));
          });
        if (even) {
          f.while(i32.gtS(columns, 0), pair);
          return;
        }
        // Of threes and twos, the twos take 0, 4 or 2 rows.
        const inTwos = f.let(i32.remU(i32.mul(rows, 4), 6));
        const inWideThrees = f.let(i32.sub(rows, inTwos));
        const [wideThrees, wideTwos] = wide;
        f.while(i32.gtS(columns, 0), () => {
          const three = i32.and(
            i32.gtS(columns, TILE_VECTORS * lanes.count),
            i32.leS(columns, WIDE_VECTORS * lanes.count),
          );
          f.if(
            three,
            () => {
              across(WIDE_VECTORS, () => {
                down(wideThrees, inWideThrees);
                f.if(inTwos, () => down(wideTwos, inTwos));
              });
            },
            pair,
          );
        });
      },
    );
  });
}

/** For 1 to 3 rows: how many vectors the tiles are wide at most; accumulators fit the registers. */
const FEW_ROWS_VECTORS: readonly number[] = [8, 4, 3];

/** Defines the product of 1 to 3 rows, in tiles wide enough to hide the latency of an addition. */
export function defineFewRows(
  lanes: Lanes,
  order: LeftOrder,
  tileRows: number,
): () => UnpackedKernel | undefined {
  return defineKernel<UnpackedKernel>((module) => {
    const most = FEW_ROWS_VECTORS[tileRows - 1];
    const tiles = Array.from({ length: most }, (_, i) =>
      buildTile(module, lanes, order, tileRows, most - i),
    );
    module.function(
      "multiply",
      PARAMETERS,
      undefined,
      (f, { a, aStride, b, bStride, c, cStride, rows, columns, kc, fresh }) => {
        f.while(i32.gtS(columns, 0), () => {
          f.block((done) => {
            for (const [i, tile] of tiles.entries()) {
              const vectors = most - i;
              f.if(i32.gtS(columns, (vectors - 1) * lanes.count), () => {
                f.call(tile, a, aStride, b, bStride, c, cStride, rows, columns, kc, fresh);
                f.set(b, i32.add(b, 16 * vectors));
                f.set(c, i32.add(c, 16 * vectors));
                f.set(columns, i32.sub(columns, vectors * lanes.count));
                f.branch(done);
              });
            }
          });
        });
      },
    );
  });
}

/** Defines the transposition of a right operand. */
export function defineTranspose(lanes: Lanes): () => TransposeKernel | undefined {
  return defineKernel<TransposeKernel>((module) => {
    module.function(
      "transposeLines",
      { from: "i32", stride: "i32", lines: "i32", kc: "i32", to: "i32", toStride: "i32" },
      undefined,
      (f, { from, stride, lines, kc, to, toStride }) => {
        const at = Array.from({ length: lanes.count }, () => f.local("i32"));
        const block = locals(f, lanes.count);
        const place = f.local("i32");
        const left = f.local("i32");
        f.while(i32.gtS(lines, 0), () => {
          f.set(at[0], from);
          // Beyond the last line it reads the last line again.
          for (let i = 1; i < at.length; i++) {
            f.set(at[i], i32.add(at[i - 1], i32.mul(stride, i32.gtS(lines, i))));
          }
          f.set(place, to);
          f.for(left, 0, kc, lanes.count, () => {
            for (const [i, line] of at.entries()) f.set(block[i], v128.load(line));
            for (const column of transpose(lanes, block)) {
              f.store(place, column);
              f.set(place, i32.add(place, toStride));
            }
            for (const line of at) f.set(line, i32.add(line, 16));
          });
          f.set(from, i32.add(from, i32.mul(stride, lanes.count)));
          f.set(to, i32.add(to, 16));
          f.set(lines, i32.sub(lines, lanes.count));
        });
      },
    );
  });
}
