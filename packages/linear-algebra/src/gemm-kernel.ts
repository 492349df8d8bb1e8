import { defineKernel, f32x4, f64x2, i32, v128 } from "@flaxen/wasm";
import type { Expression, FunctionReference, Local, ModuleBuilder, Operand } from "@flaxen/wasm";

/** Rows of C in a register tile: 4 × 2 accumulators, 2 vectors of B, a splat and a product fit 15 registers. */
export const TILE_ROWS = 4;
/** Vectors across a register tile: 8 float32 or 4 float64 columns of C. */
const TILE_VECTORS = 2;
/** Steps over k between two branches back. */
const UNROLL = 8;

/**
 * The functions of one width. Pointers and strides are in bytes. A packed operand is a row of strips, each
 * `kc` steps of 4 rows of A or of 8 (float32) or 4 (float64) columns of B.
 */
export interface GemmKernel {
  /** Packs `lines` lines that are contiguous along k into strips `width` vectors wide. */
  readonly packLines: (
    from: number,
    lineStride: number,
    lines: number,
    kc: number,
    to: number,
    width: number,
  ) => void;
  /** Packs `kc` rows that are contiguous across the strips into strips `width` vectors wide. */
  readonly packRows: (
    from: number,
    rowStride: number,
    lines: number,
    kc: number,
    to: number,
    width: number,
  ) => void;
  /** C += A B (C = A B when `fresh`) for packed A and B; C has whole tiles. */
  readonly multiply: (
    a: number,
    b: number,
    c: number,
    cStride: number,
    rows: number,
    columns: number,
    kc: number,
    fresh: number,
  ) => void;
  /** Moves `rows` rows of `bytes` bytes that lie `stride` apart to the front, in place. */
  readonly compact: (at: number, stride: number, rows: number, bytes: number) => void;
}

/** What differs between the two widths. */
interface Lanes {
  readonly count: number;
  readonly bytes: number;
  readonly add: (a: Operand<"v128">, b: Operand<"v128">) => Expression<"v128">;
  readonly mul: (a: Operand<"v128">, b: Operand<"v128">) => Expression<"v128">;
  readonly loadSplat: (pointer: Operand<"i32">, offset?: number) => Expression<"v128">;
}

const SINGLE: () => Lanes = () => ({
  count: 4,
  bytes: 4,
  add: f32x4.add,
  mul: f32x4.mul,
  loadSplat: v128.load32Splat,
});

const DOUBLE: () => Lanes = () => ({
  count: 2,
  bytes: 8,
  add: f64x2.add,
  mul: f64x2.mul,
  loadSplat: v128.load64Splat,
});

/** The float32 kernel, or undefined when WebAssembly cannot be used. */
export const singleKernel: () => GemmKernel | undefined = /* @__PURE__ */ defineKernel<GemmKernel>(
  (module) => buildGemm(module, SINGLE()),
);

/** The float64 kernel, or undefined when WebAssembly cannot be used. */
export const doubleKernel: () => GemmKernel | undefined = /* @__PURE__ */ defineKernel<GemmKernel>(
  (module) => buildGemm(module, DOUBLE()),
);

function buildGemm(module: ModuleBuilder, lanes: Lanes): void {
  buildMultiply(module, lanes, buildTile(module, lanes));
  buildPackLines(module, lanes);
  buildPackRows(module, lanes);
  buildCompact(module);
}

/**
 * One register tile of C over one packed strip of A and of B.
 *
 * Each k step ends with an exit test of its own: without it V8 moves all loads of the unrolled body to its top
 * and spills. Accumulators start from C, so that sums over later k panels go on in order.
 */
function buildTile(module: ModuleBuilder, lanes: Lanes) {
  const aStep = TILE_ROWS * lanes.bytes;
  const bStep = TILE_VECTORS * 16;
  return module.function(
    "tile",
    { a: "i32", b: "i32", end: "i32", c: "i32", cStride: "i32", fresh: "i32" },
    undefined,
    (f, { a, b, end, c, cStride, fresh }) => {
      const sums = Array.from({ length: TILE_ROWS }, () => [f.local("v128"), f.local("v128")]);
      const rows = [c];
      for (let r = 1; r < TILE_ROWS; r++) rows.push(f.let(i32.add(rows[r - 1], cStride)));
      f.if(i32.eqz(fresh), () => {
        for (const [r, row] of sums.entries()) {
          for (const [v, sum] of row.entries()) f.set(sum, v128.load(rows[r], 16 * v));
        }
      });
      const bs = [f.local("v128"), f.local("v128")];
      const factor = f.local("v128");
      f.block((done) => {
        f.branchIf(done, i32.geU(b, end));
        f.loop((again) => {
          for (let step = 0; step < UNROLL; step++) {
            for (const [v, vector] of bs.entries()) f.set(vector, v128.load(b, 16 * v));
            for (const [r, row] of sums.entries()) {
              f.set(factor, lanes.loadSplat(a, r * lanes.bytes));
              for (const [v, sum] of row.entries()) {
                f.set(sum, lanes.add(sum, lanes.mul(factor, bs[v])));
              }
            }
            f.set(a, i32.add(a, aStep));
            f.set(b, i32.add(b, bStep));
            if (step < UNROLL - 1) f.branchIf(done, i32.geU(b, end));
          }
          f.branchIf(again, i32.ltU(b, end));
        });
      });
      for (const [r, row] of sums.entries()) {
        for (const [v, sum] of row.entries()) f.store(rows[r], sum, 16 * v);
      }
    },
    { exported: false },
  );
}

/** All tiles of a packed block of A and a packed panel of B; a strip of B stays in the first-level cache. */
function buildMultiply(
  module: ModuleBuilder,
  lanes: Lanes,
  tile: FunctionReference<Record<"a" | "b" | "end" | "c" | "cStride" | "fresh", "i32">>,
): void {
  module.function(
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
      const column = f.local("i32");
      const row = f.local("i32");
      const aAt = f.local("i32");
      const cAt = f.local("i32");
      const end = f.local("i32");
      f.for(column, 0, columns, TILE_VECTORS * lanes.count, () => {
        f.set(aAt, a);
        f.set(cAt, c);
        f.set(end, i32.add(b, bStrip));
        f.for(row, 0, rows, TILE_ROWS, () => {
          f.call(tile, aAt, b, end, cAt, cStride, fresh);
          f.set(aAt, i32.add(aAt, aStrip));
          f.set(cAt, i32.add(cAt, cStrip));
        });
        f.set(b, end);
        f.set(c, i32.add(c, TILE_VECTORS * 16));
      });
    },
  );
}

/** Transposes a square block of vectors: lane j of vector i becomes lane i of vector j. */
function transpose(lanes: Lanes, block: readonly Local<"v128">[]): Expression<"v128">[] {
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

/** Packs lines that are contiguous along k: square blocks are transposed in registers. */
function buildPackLines(module: ModuleBuilder, lanes: Lanes): void {
  // One vector of lines. It writes whole blocks, so up to `count - 1` steps too many; the next vector of
  // lines, or nothing, overwrites them.
  const packVector = module.function(
    "packVector",
    { from: "i32", lineStride: "i32", kc: "i32", to: "i32", toStep: "i32" },
    undefined,
    (f, { from, lineStride, kc, to, toStep }) => {
      const k = f.local("i32");
      const lines = [from];
      for (let i = 1; i < lanes.count; i++) lines.push(f.let(i32.add(lines[i - 1], lineStride)));
      const block = lines.map(() => f.local("v128"));
      f.for(k, 0, kc, lanes.count, () => {
        for (const [i, line] of lines.entries()) {
          f.set(block[i], v128.load(line));
          f.set(line, i32.add(line, 16));
        }
        for (const column of transpose(lanes, block)) {
          f.store(to, column);
          f.set(to, i32.add(to, toStep));
        }
      });
    },
    { exported: false },
  );
  module.function(
    "packLines",
    { from: "i32", lineStride: "i32", lines: "i32", kc: "i32", to: "i32", width: "i32" },
    undefined,
    (f, { from, lineStride, lines, kc, to, width }) => {
      const line = f.local("i32");
      const vector = f.local("i32");
      const toStep = f.let(i32.shl(width, 4));
      const strip = f.let(i32.mul(kc, toStep));
      f.for(line, 0, lines, i32.mul(width, lanes.count), () => {
        f.for(vector, 0, width, 1, () => {
          f.call(packVector, from, lineStride, kc, i32.add(to, i32.shl(vector, 4)), toStep);
          f.set(from, i32.add(from, i32.mul(lineStride, lanes.count)));
        });
        f.set(to, i32.add(to, strip));
      });
    },
  );
}

/** Packs rows that are contiguous across the strips: vectors are copied as they are. */
function buildPackRows(module: ModuleBuilder, lanes: Lanes): void {
  module.function(
    "packRows",
    { from: "i32", rowStride: "i32", lines: "i32", kc: "i32", to: "i32", width: "i32" },
    undefined,
    (f, { from, rowStride, lines, kc, to, width }) => {
      const line = f.local("i32");
      const at = f.local("i32");
      const end = f.local("i32");
      const packStrips = (vectors: number): void => {
        f.for(line, 0, lines, vectors * lanes.count, () => {
          f.set(at, from);
          f.set(end, i32.add(to, i32.mul(kc, 16 * vectors)));
          f.while(i32.ltU(to, end), () => {
            for (let v = 0; v < vectors; v++) f.store(to, v128.load(at, 16 * v), 16 * v);
            f.set(at, i32.add(at, rowStride));
            f.set(to, i32.add(to, 16 * vectors));
          });
          f.set(from, i32.add(from, 16 * vectors));
        });
      };
      f.if(
        i32.eq(width, 1),
        () => packStrips(1),
        () => packStrips(2),
      );
    },
  );
}

/** Closes the gaps between rows. Whole vectors are moved: what a row writes too much, the next one overwrites. */
function buildCompact(module: ModuleBuilder): void {
  module.function(
    "compact",
    { at: "i32", stride: "i32", rows: "i32", bytes: "i32" },
    undefined,
    (f, { at, stride, rows, bytes }) => {
      const row = f.local("i32");
      const byte = f.local("i32");
      const to = f.let(i32.add(at, bytes));
      const from = f.let(i32.add(at, stride));
      f.for(row, 1, rows, 1, () => {
        f.for(byte, 0, bytes, 16, () => {
          f.store(i32.add(to, byte), v128.load(i32.add(from, byte)));
        });
        f.set(to, i32.add(to, bytes));
        f.set(from, i32.add(from, stride));
      });
    },
  );
}
