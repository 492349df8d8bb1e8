import { f32x4, f64x2, i32, v128 } from "@flaxen/wasm";
import type {
  Expression,
  FunctionBuilder,
  FunctionReference,
  Label,
  Local,
  ModuleBuilder,
  Operand,
} from "@flaxen/wasm";

/** Rows of C in a register tile: 4 × 2 accumulators, 2 vectors of B, a splat and a product fit 15 registers. */
export const TILE_ROWS = 4;
/** Vectors across a register tile: 8 float32 or 4 float64 columns of C. */
export const TILE_VECTORS = 2;
/** Steps over k between two branches back, in the tile that does nearly all the work. */
const UNROLL = 8;
/** The same in the tiles at the edges, of which there are many: the module is built and compiled at the first use. */
const UNROLL_EDGE = 2;

/** Lines of B that {@link buildDots} takes together. */
export const DOT_LINES = 8;

/** What differs between the two widths. */
export interface Lanes {
  readonly count: number;
  readonly bytes: 4 | 8;
  readonly add: (a: Operand<"v128">, b: Operand<"v128">) => Expression<"v128">;
  readonly mul: (a: Operand<"v128">, b: Operand<"v128">) => Expression<"v128">;
  readonly neg: (a: Operand<"v128">) => Expression<"v128">;
  readonly loadSplat: (pointer: Operand<"i32">, offset?: number) => Expression<"v128">;
}

/** Four lanes of 4 bytes. */
export const SINGLE: () => Lanes = () => ({
  count: 4,
  bytes: 4,
  add: f32x4.add,
  mul: f32x4.mul,
  neg: f32x4.neg,
  loadSplat: v128.load32Splat,
});

/** Two lanes of 8 bytes. */
export const DOUBLE: () => Lanes = () => ({
  count: 2,
  bytes: 8,
  add: f64x2.add,
  mul: f64x2.mul,
  neg: f64x2.neg,
  loadSplat: v128.load64Splat,
});

type Pointers<Name extends string> = FunctionReference<Record<Name, "i32">>;

/** A tile of C over one packed strip of A and `strips` packed strips of B. */
export type RowTile = Pointers<"a" | "b" | "bStrip" | "c" | "cStride" | "fresh">;
/** A tile of C of few columns over one or more packed strips of A and part of one of B. */
export type ColumnTile = Pointers<
  "a" | "aStrip" | "b" | "end" | "c" | "cStride" | "rows" | "fresh"
>;
/** Part of one row of C over a row of a packed strip of A and lines of B as they lie. */
export type Dots = Pointers<"a" | "b" | "bStride" | "kc" | "c" | "columns" | "fresh">;

/**
 * Repeats `step` until `pointer` reaches `end`.
 *
 * Each step ends with an exit test of its own: without it V8 moves all loads of the unrolled body to its top
 * and spills.
 */
export function unrolled(
  f: FunctionBuilder,
  pointer: Local<"i32">,
  end: Local<"i32">,
  turns: number,
  step: (turn: number, done: Label) => void,
): void {
  f.block((done) => {
    f.branchIf(done, i32.geU(pointer, end));
    f.loop((again) => {
      for (let i = 0; i < turns; i++) {
        step(i, done);
        if (i < turns - 1) f.branchIf(done, i32.geU(pointer, end));
      }
      f.branchIf(again, i32.ltU(pointer, end));
    });
  });
}

/** Local variables, one for each of `count`. */
export function locals(f: FunctionBuilder, count: number): Local<"v128">[] {
  return Array.from({ length: count }, () => f.local("v128"));
}

/**
 * A register tile of `rows` rows over `strips` strips of B side by side. Accumulators start from C unless
 * `fresh`, so that sums over later k panels go on in order.
 */
export function buildRowTile(
  module: ModuleBuilder,
  lanes: Lanes,
  rows: number,
  strips: number,
): RowTile {
  const aStep = TILE_ROWS * lanes.bytes;
  const bStep = TILE_VECTORS * 16;
  return module.function(
    `tile${rows}x${strips}`,
    { a: "i32", b: "i32", bStrip: "i32", c: "i32", cStride: "i32", fresh: "i32" },
    undefined,
    (f, { a, b, bStrip, c, cStride, fresh }) => {
      const sums = Array.from({ length: rows }, () => locals(f, strips * TILE_VECTORS));
      const end = f.let(i32.add(b, bStrip));
      const cRows = [c];
      for (let r = 1; r < rows; r++) cRows.push(f.let(i32.add(cRows[r - 1], cStride)));
      const bs = [b];
      for (let s = 1; s < strips; s++) bs.push(f.let(i32.add(bs[s - 1], bStrip)));
      f.if(i32.eqz(fresh), () => {
        for (const [r, row] of sums.entries()) {
          for (const [v, sum] of row.entries()) f.set(sum, v128.load(cRows[r], 16 * v));
        }
      });
      // A few rows keep their factors and walk along B; the full tile keeps B and walks down A.
      const along = rows === 1;
      const vectors = locals(f, along ? 1 : strips * TILE_VECTORS);
      const factor = f.local("v128");
      unrolled(f, b, end, rows === TILE_ROWS ? UNROLL : UNROLL_EDGE, () => {
        if (along) {
          f.set(factor, lanes.loadSplat(a));
          for (const [v, sum] of sums[0].entries()) {
            const strip = bs[Math.floor(v / TILE_VECTORS)];
            f.set(
              sum,
              lanes.add(sum, lanes.mul(factor, v128.load(strip, 16 * (v % TILE_VECTORS)))),
            );
          }
        } else {
          for (const [v, vector] of vectors.entries()) {
            const strip = bs[Math.floor(v / TILE_VECTORS)];
            f.set(vector, v128.load(strip, 16 * (v % TILE_VECTORS)));
          }
          for (const [r, row] of sums.entries()) {
            f.set(factor, lanes.loadSplat(a, r * lanes.bytes));
            for (const [v, sum] of row.entries()) {
              f.set(sum, lanes.add(sum, lanes.mul(factor, vectors[v])));
            }
          }
        }
        f.set(a, i32.add(a, aStep));
        for (const strip of bs) f.set(strip, i32.add(strip, bStep));
      });
      for (const [r, row] of sums.entries()) {
        for (const [v, sum] of row.entries()) f.store(cRows[r], sum, 16 * v);
      }
    },
    { exported: false },
  );
}

/**
 * A register tile of 1 to 4 columns, with lanes down the rows of `strips` strips of A. One strip may be cut
 * short: only `rows` of its rows are read from and written to C.
 */
export function buildColumnTile(
  module: ModuleBuilder,
  lanes: Lanes,
  columns: number,
  strips: number,
): ColumnTile {
  const vectors = TILE_ROWS / lanes.count;
  return module.function(
    `columns${columns}x${strips}`,
    {
      a: "i32",
      aStrip: "i32",
      b: "i32",
      end: "i32",
      c: "i32",
      cStride: "i32",
      rows: "i32",
      fresh: "i32",
    },
    undefined,
    (f, { a, aStrip, b, end, c, cStride, rows, fresh }) => {
      const as = [a];
      for (let s = 1; s < strips; s++) as.push(f.let(i32.add(as[s - 1], aStrip)));
      // sums[j][i] holds column j of the i-th vector of rows.
      const sums = Array.from({ length: columns }, () => locals(f, strips * vectors));
      const at = f.local("i32");
      const eachRow = (visit: (vector: number, lane: number) => void): void => {
        f.set(at, c);
        f.block((done) => {
          for (let row = 0; row < strips * TILE_ROWS; row++) {
            if (row > 0) f.set(at, i32.add(at, cStride));
            if (row > 0 && strips === 1) f.branchIf(done, i32.leS(rows, row));
            visit(Math.floor(row / lanes.count), row % lanes.count);
          }
        });
      };
      f.if(i32.eqz(fresh), () => {
        eachRow((vector, lane) => {
          for (const [j, column] of sums.entries()) {
            const sum = column[vector];
            const offset = j * lanes.bytes;
            f.set(
              sum,
              lanes.count === 4
                ? v128.load32Lane(at, sum, lane, offset)
                : v128.load64Lane(at, sum, lane, offset),
            );
          }
        });
      });
      const factors = locals(f, columns);
      const vector = f.local("v128");
      unrolled(f, b, end, UNROLL_EDGE, () => {
        for (const [j, factor] of factors.entries()) {
          f.set(factor, lanes.loadSplat(b, j * lanes.bytes));
        }
        for (const [s, strip] of as.entries()) {
          for (let v = 0; v < vectors; v++) {
            f.set(vector, v128.load(strip, 16 * v));
            for (const [j, column] of sums.entries()) {
              const sum = column[s * vectors + v];
              f.set(sum, lanes.add(sum, lanes.mul(vector, factors[j])));
            }
          }
          f.set(strip, i32.add(strip, TILE_ROWS * lanes.bytes));
        }
        f.set(b, i32.add(b, TILE_VECTORS * 16));
      });
      eachRow((vector, lane) => {
        for (const [j, column] of sums.entries()) {
          storeLane(f, lanes, at, column[vector], lane, j * lanes.bytes);
        }
      });
    },
    { exported: false },
  );
}

/** Writes one lane of a vector. */
export function storeLane(
  f: FunctionBuilder,
  lanes: Lanes,
  at: Local<"i32">,
  vector: Local<"v128">,
  lane: number,
  offset: number,
): void {
  if (lanes.count === 4) f.store32Lane(at, vector, lane, offset);
  else f.store64Lane(at, vector, lane, offset);
}

/**
 * One row of C, 8 columns wide, over lines of B along k as they lie: square blocks are transposed in registers.
 * It reads up to a vector past the end of the lines; it writes `columns` elements.
 */
export function buildDots(module: ModuleBuilder, lanes: Lanes): Dots {
  const aStep = TILE_ROWS * lanes.bytes;
  return module.function(
    "dots8",
    { a: "i32", b: "i32", bStride: "i32", kc: "i32", c: "i32", columns: "i32", fresh: "i32" },
    undefined,
    (f, { a, b, bStride, kc, c, columns, fresh }) => {
      const vectors = DOT_LINES / lanes.count;
      const sums = locals(f, vectors);
      const end = f.let(i32.add(a, i32.mul(kc, aStep)));
      // Beyond the last line it reads the last line again.
      const lines = [b];
      for (let i = 1; i < DOT_LINES; i++) {
        lines.push(f.let(i32.add(lines[i - 1], i32.mul(bStride, i32.gtS(columns, i)))));
      }
      f.if(i32.eqz(fresh), () => {
        for (const [v, sum] of sums.entries()) f.set(sum, v128.load(c, 16 * v));
      });
      const block = locals(f, lanes.count);
      const steps = sums.map(() => locals(f, lanes.count));
      const factor = f.local("v128");
      f.block((done) => {
        f.loop((again) => {
          for (const [v, step] of steps.entries()) {
            for (const [i, vector] of block.entries()) {
              const line = lines[v * lanes.count + i];
              f.set(vector, v128.load(line));
              f.set(line, i32.add(line, 16));
            }
            for (const [i, column] of transpose(lanes, block).entries()) f.set(step[i], column);
          }
          for (let i = 0; i < lanes.count; i++) {
            f.set(factor, lanes.loadSplat(a));
            for (const [v, sum] of sums.entries()) {
              f.set(sum, lanes.add(sum, lanes.mul(factor, steps[v][i])));
            }
            f.set(a, i32.add(a, aStep));
            if (i < lanes.count - 1) f.branchIf(done, i32.geU(a, end));
          }
          f.branchIf(again, i32.ltU(a, end));
        });
      });
      storeColumns(f, lanes, c, sums, columns);
    },
    { exported: false },
  );
}

/** Writes the first `columns` elements of some vectors. */
export function storeColumns(
  f: FunctionBuilder,
  lanes: Lanes,
  c: Local<"i32">,
  vectors: readonly Local<"v128">[],
  columns: Local<"i32">,
): void {
  f.block((done) => {
    for (const [v, sum] of vectors.entries()) {
      f.if(
        i32.geS(columns, (v + 1) * lanes.count),
        () => f.store(c, sum, 16 * v),
        () => {
          for (let lane = 0; lane < lanes.count - 1; lane++) {
            f.branchIf(done, i32.leS(columns, v * lanes.count + lane));
            storeLane(f, lanes, c, sum, lane, 16 * v + lane * lanes.bytes);
          }
          f.branch(done);
        },
      );
    }
  });
}

/** Transposes a square block of vectors: lane j of vector i becomes lane i of vector j. */
export function transpose(lanes: Lanes, block: readonly Local<"v128">[]): Expression<"v128">[] {
  if (lanes.count === 2) {
    const [x, y] = block;
    return [f64x2.shuffle(x, y, [0, 2]), f64x2.shuffle(x, y, [1, 3])];
  }
  const [x, y, z, w] = block;
  const low = (a: Local<"v128">, b: Local<"v128">): Expression<"v128"> =>
    f32x4.shuffle(a, b, [0, 4, 1, 5]);
  const high = (a: Local<"v128">, b: Local<"v128">): Expression<"v128"> =>
    f32x4.shuffle(a, b, [2, 6, 3, 7]);
  return [
    f32x4.shuffle(low(x, y), low(z, w), [0, 1, 4, 5]),
    f32x4.shuffle(low(x, y), low(z, w), [2, 3, 6, 7]),
    f32x4.shuffle(high(x, y), high(z, w), [0, 1, 4, 5]),
    f32x4.shuffle(high(x, y), high(z, w), [2, 3, 6, 7]),
  ];
}
