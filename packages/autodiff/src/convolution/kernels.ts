import { defineKernel, i32, v128 } from "@flaxen/wasm";
import type {
  FunctionBuilder,
  FunctionReference,
  Local,
  ModuleBuilder,
  Operand,
} from "@flaxen/wasm";
import {
  buildColumnPackedTile,
  buildColumnPlaceTile,
  columnTileRows,
  FEW_COLUMNS,
} from "./column-tiles.ts";
import { buildLaneTile, buildPackedTile, buildPlaceTile, NARROW, PAIR, WIDE } from "./tiles.ts";
import type { PackedTile, PlaceTile, TileShape } from "./tiles.ts";
import { doubleVectors, singleVectors, transpose, vectorLocals } from "./vectors.ts";
import type { FloatVectors } from "./vectors.ts";

// Tables are pairs of places in bytes, PAIR bytes each. One that is walked in tiles goes on after its end with copies of
// its last pair up to a whole tile, whose sums are computed and written more than once.

/** Products of a convolution, of strips of one shape. */
export interface ForwardKernel {
  /**
   * `out[p] (+)= sum over runs of x[p + run] * b` for all pairs of places p, `columns` wide; sums go on from out
   * unless `fresh`. `b` is the first packed row of the first strip, `strip` the bytes from strip to strip.
   */
  readonly multiply: (
    outer: number,
    outerEnd: number,
    runs: number,
    runsEnd: number,
    x: number,
    b: number,
    strip: number,
    out: number,
    columns: number,
    fresh: number,
  ) => void;
}

/** Products of a kernel gradient, of strips of one shape. */
export interface GradientKernel {
  /**
   * `out[r] (+)= sum over inner of x[r + inner] * b` for all pairs of places r, `columns` wide, with room for one
   * packed strip of rows at `a`.
   */
  readonly multiply: (
    outer: number,
    outerEnd: number,
    inner: number,
    innerEnd: number,
    x: number,
    a: number,
    b: number,
    out: number,
    columns: number,
    fresh: number,
  ) => void;
}

/** The function for narrow groups side by side. */
export interface LaneKernel {
  /** `out[o] = sum over inner of x[o + inner] * y[inner]`, lane by lane, `columns` wide. */
  readonly multiply: (
    outer: number,
    outerEnd: number,
    inner: number,
    innerEnd: number,
    x: number,
    y: number,
    out: number,
    columns: number,
  ) => void;
}

/** Functions that move elements. */
export interface MoveKernel {
  /**
   * Packs the rows at the second places of a table, `columns` elements wide, into strips of two vectors; up to
   * one vector of columns that are left goes into a last strip of one.
   */
  readonly pack: (table: number, end: number, from: number, to: number, columns: number) => void;
  /** Adds rows of `columns` elements to the places where they came from: second places of a table. */
  readonly addRows: (table: number, end: number, from: number, to: number, columns: number) => void;
  /** Copies rows of `bytes` bytes between the places of a table. */
  readonly copyRows: (table: number, end: number, from: number, to: number, bytes: number) => void;
  /** Copies rows of pixels between the places of a table; `spread` has the place of each feature to take. */
  readonly spreadRows: (
    table: number,
    end: number,
    from: number,
    to: number,
    pixels: number,
    pixelBytes: number,
    spread: number,
    spreadEnd: number,
  ) => void;
  /** Copies a matrix to its transpose; strides in bytes. */
  readonly transpose: (
    from: number,
    fromStride: number,
    rows: number,
    columns: number,
    to: number,
    toStride: number,
  ) => void;
}

/** The kernels of one dtype, each compiled at its first use. */
export interface ConvolutionKernels {
  readonly bytes: number;
  /** Elements of a wide strip; a narrow one has half as many. */
  readonly strip: number;
  /** For wide strips. */
  readonly forward: () => ForwardKernel | undefined;
  readonly gradient: () => GradientKernel | undefined;
  /** For the columns that wide strips leave: a function for 1, 2, and more columns. */
  readonly forwardRest: readonly (() => ForwardKernel | undefined)[];
  readonly gradientRest: readonly (() => GradientKernel | undefined)[];
  readonly lanes: () => LaneKernel | undefined;
  readonly move: () => MoveKernel | undefined;
}

/** The kernels for float32, made at the first call. */
export function singleKernels(): ConvolutionKernels {
  single ??= defineKernels(singleVectors());
  return single;
}

/** The kernels for float64, made at the first call. */
export function doubleKernels(): ConvolutionKernels {
  double ??= defineKernels(doubleVectors());
  return double;
}

let single: ConvolutionKernels | undefined;
let double: ConvolutionKernels | undefined;

function defineKernels(vectors: FloatVectors): ConvolutionKernels {
  const few = Array.from({ length: FEW_COLUMNS }, (_, i) => i + 1);
  const tall = columnTileRows(vectors);
  const forward = (rows: number, build: (module: ModuleBuilder) => PlaceTile) =>
    defineKernel<ForwardKernel>((module) => buildForward(module, vectors, rows, build(module)));
  const gradient = (rows: number, build: (module: ModuleBuilder) => PackedTile) =>
    defineKernel<GradientKernel>((module) => buildGradient(module, vectors, rows, build(module)));
  return {
    bytes: vectors.bytes,
    strip: WIDE.vectors * vectors.count,
    forward: forward(WIDE.rows, (module) => buildPlaceTile(module, vectors, WIDE)),
    gradient: gradient(WIDE.rows, (module) => buildPackedTile(module, vectors, WIDE)),
    forwardRest: [
      ...few.map((columns) =>
        forward(tall, (module) => buildColumnPlaceTile(module, vectors, columns)),
      ),
      forward(NARROW.rows, (module) => buildPlaceTile(module, vectors, NARROW)),
    ],
    gradientRest: [
      ...few.map((columns) =>
        gradient(tall, (module) => buildColumnPackedTile(module, vectors, columns)),
      ),
      gradient(NARROW.rows, (module) => buildPackedTile(module, vectors, NARROW)),
    ],
    lanes: defineKernel<LaneKernel>((module) => buildLanes(module, vectors)),
    move: defineKernel<MoveKernel>((module) => buildMove(module, vectors)),
  };
}

function buildForward(
  module: ModuleBuilder,
  vectors: FloatVectors,
  rows: number,
  tile: PlaceTile,
): void {
  module.function(
    "multiply",
    {
      outer: "i32",
      outerEnd: "i32",
      runs: "i32",
      runsEnd: "i32",
      x: "i32",
      b: "i32",
      strip: "i32",
      out: "i32",
      columns: "i32",
      fresh: "i32",
    },
    undefined,
    (f, { outer, outerEnd, runs, runsEnd, x, b, strip, out, columns, fresh }) => {
      const at = f.local("i32");
      f.while(i32.gtS(columns, 0), () => {
        f.for(at, outer, outerEnd, PAIR * rows, () => {
          f.call(tile, at, runs, runsEnd, x, b, out, columns, fresh);
        });
        f.set(b, i32.add(b, strip));
        f.set(out, i32.add(out, 16 * WIDE.vectors));
        f.set(columns, i32.sub(columns, WIDE.vectors * vectors.count));
      });
    },
  );
}

function buildGradient(
  module: ModuleBuilder,
  vectors: FloatVectors,
  rows: number,
  tile: PackedTile,
): void {
  const pack = buildPackPlaces(module, vectors, rows);
  module.function(
    "multiply",
    {
      outer: "i32",
      outerEnd: "i32",
      inner: "i32",
      innerEnd: "i32",
      x: "i32",
      a: "i32",
      b: "i32",
      out: "i32",
      columns: "i32",
      fresh: "i32",
    },
    undefined,
    (f, { outer, outerEnd, inner, innerEnd, x, a, b, out, columns, fresh }) => {
      const steps = f.let(i32.shrU(i32.sub(innerEnd, inner), 3));
      const strip = f.let(i32.mul(steps, 16 * WIDE.vectors));
      const at = f.local("i32");
      const [bAt, outAt, left] = [f.local("i32"), f.local("i32"), f.local("i32")];
      f.for(at, outer, outerEnd, PAIR * rows, () => {
        f.call(pack, at, inner, innerEnd, x, a);
        f.set(bAt, b);
        f.set(outAt, out);
        f.set(left, columns);
        f.while(i32.gtS(left, 0), () => {
          f.call(tile, at, a, steps, bAt, outAt, left, fresh);
          f.set(bAt, i32.add(bAt, strip));
          f.set(outAt, i32.add(outAt, 16 * WIDE.vectors));
          f.set(left, i32.sub(left, WIDE.vectors * vectors.count));
        });
      });
    },
  );
}

function buildLanes(module: ModuleBuilder, vectors: FloatVectors): void {
  const wide = buildLaneTile(module, vectors, WIDE);
  const narrow = buildLaneTile(module, vectors, NARROW);
  module.function(
    "multiply",
    {
      outer: "i32",
      outerEnd: "i32",
      inner: "i32",
      innerEnd: "i32",
      x: "i32",
      y: "i32",
      out: "i32",
      columns: "i32",
    },
    undefined,
    (f, { outer, outerEnd, inner, innerEnd, x, y, out, columns }) => {
      const at = f.local("i32");
      eachStrip(f, vectors, columns, out, (shape) => {
        f.for(at, outer, outerEnd, PAIR * shape.rows, () => {
          const tile = shape === WIDE ? wide : narrow;
          f.call(tile, at, inner, innerEnd, x, y, out, columns);
        });
        f.set(x, i32.add(x, 16 * shape.vectors));
        f.set(y, i32.add(y, 16 * shape.vectors));
      });
    },
  );
}

/** Walks along `columns`: wide strips, and a narrow one for up to a vector of columns that are left. */
function eachStrip(
  f: FunctionBuilder,
  vectors: FloatVectors,
  columns: Local<"i32">,
  out: Local<"i32">,
  body: (shape: TileShape) => void,
): void {
  f.while(i32.gtS(columns, vectors.count), () => {
    body(WIDE);
    f.set(out, i32.add(out, 16 * WIDE.vectors));
    f.set(columns, i32.sub(columns, WIDE.vectors * vectors.count));
  });
  f.if(i32.gtS(columns, 0), () => body(NARROW));
}

function buildPack(module: ModuleBuilder, vectors: FloatVectors): void {
  module.function(
    "pack",
    { table: "i32", end: "i32", from: "i32", to: "i32", columns: "i32" },
    undefined,
    (f, { table, end, from, to, columns }) => {
      const at = f.local("i32");
      const row = f.local("i32");
      eachStrip(f, vectors, columns, from, (shape) => {
        f.for(at, table, end, PAIR, () => {
          f.set(row, i32.add(from, i32.load(at, 4)));
          for (let v = 0; v < shape.vectors; v++) f.store(to, v128.load(row, 16 * v), 16 * v);
          f.set(to, i32.add(to, 16 * shape.vectors));
        });
      });
    },
  );
}

type PackPlaces = FunctionReference<Record<"outer" | "inner" | "innerEnd" | "x" | "to", "i32">>;

/** Packs the elements at `rows` places of x, each plus all places of a table, step by step. */
function buildPackPlaces(module: ModuleBuilder, vectors: FloatVectors, rows: number): PackPlaces {
  const parts = rows / vectors.count;
  return module.function(
    `packPlaces${rows}`,
    { outer: "i32", inner: "i32", innerEnd: "i32", x: "i32", to: "i32" },
    undefined,
    (f, { outer, inner, innerEnd, x, to }) => {
      const bases = Array.from({ length: rows }, (_, r) =>
        f.let(i32.add(x, i32.load(outer, PAIR * r))),
      );
      const place = f.local("i32");
      const vector = f.local("v128");
      const walk = (body: (part: number) => void): void => {
        f.loop((again) => {
          f.set(place, i32.load(inner));
          for (let part = 0; part < parts; part++) {
            body(part);
            f.store(to, vector, 16 * part);
          }
          f.set(to, i32.add(to, 16 * parts));
          f.set(inner, i32.add(inner, PAIR));
          f.branchIf(again, i32.ltU(inner, innerEnd));
        });
      };
      // Places ascend, and only the last one may be there several times.
      const [first, next, last] = [bases[0], bases[rows - 2], bases[rows - 1]];
      const inRow = i32.and(
        i32.eq(i32.sub(last, first), (rows - 1) * vectors.bytes),
        i32.eq(i32.sub(last, next), vectors.bytes),
      );
      f.if(
        inRow,
        () => walk((part) => f.set(vector, v128.load(i32.add(bases[0], place), 16 * part))),
        () =>
          walk((part) => {
            for (let lane = 0; lane < vectors.count; lane++) {
              const from = i32.add(bases[part * vectors.count + lane], place);
              const value =
                lane === 0 ? vectors.loadFirst(from) : vectors.loadLane(from, vector, lane);
              f.set(vector, value);
            }
          }),
      );
    },
    { exported: false },
  );
}

function buildAddRows(module: ModuleBuilder, vectors: FloatVectors): void {
  module.function(
    "addRows",
    { table: "i32", end: "i32", from: "i32", to: "i32", columns: "i32" },
    undefined,
    (f, { table, end, from, to, columns }) => {
      const left = f.local("i32");
      const place = f.local("i32");
      const [a, b] = [f.local("i32"), f.local("i32")];
      const [sum] = vectorLocals(f, 1);
      f.while(i32.ltU(table, end), () => {
        f.set(place, i32.load(table, 4));
        f.set(a, i32.add(from, place));
        f.set(b, i32.add(to, place));
        f.set(left, columns);
        f.while(i32.geS(left, vectors.count), () => {
          f.store(b, vectors.add(v128.load(b), v128.load(a)));
          f.set(a, i32.add(a, 16));
          f.set(b, i32.add(b, 16));
          f.set(left, i32.sub(left, vectors.count));
        });
        f.while(i32.gtS(left, 0), () => {
          f.set(sum, vectors.add(vectors.loadFirst(b), vectors.loadFirst(a)));
          vectors.storeLane(f, b, sum, 0, 0);
          f.set(a, i32.add(a, vectors.bytes));
          f.set(b, i32.add(b, vectors.bytes));
          f.set(left, i32.sub(left, 1));
        });
        f.set(table, i32.add(table, PAIR));
      });
    },
  );
}

function buildMove(module: ModuleBuilder, vectors: FloatVectors): void {
  buildPack(module, vectors);
  buildAddRows(module, vectors);
  module.function(
    "copyRows",
    { table: "i32", end: "i32", from: "i32", to: "i32", bytes: "i32" },
    undefined,
    (f, { table, end, from, to, bytes }) => {
      f.while(i32.ltU(table, end), () => {
        f.copy(i32.add(to, i32.load(table, 4)), i32.add(from, i32.load(table)), bytes);
        f.set(table, i32.add(table, PAIR));
      });
    },
  );
  const move = (f: FunctionBuilder, to: Local<"i32">, from: Parameters<typeof v128.load>[0]) =>
    vectors.storeLane(f, to, vectors.loadFirst(from), 0, 0);
  module.function(
    "spreadRows",
    {
      table: "i32",
      end: "i32",
      from: "i32",
      to: "i32",
      pixels: "i32",
      pixelBytes: "i32",
      spread: "i32",
      spreadEnd: "i32",
    },
    undefined,
    (f, { table, end, from, to, pixels, pixelBytes, spread, spreadEnd }) => {
      const [pixel, a, b, at] = Array.from({ length: 4 }, () => f.local("i32"));
      f.while(i32.ltU(table, end), () => {
        f.set(a, i32.add(from, i32.load(table)));
        f.set(b, i32.add(to, i32.load(table, 4)));
        f.for(pixel, 0, pixels, 1, () => {
          f.for(at, spread, spreadEnd, 4, () => {
            move(f, b, i32.add(a, i32.load(at)));
            f.set(b, i32.add(b, vectors.bytes));
          });
          f.set(a, i32.add(a, pixelBytes));
        });
        f.set(table, i32.add(table, PAIR));
      });
    },
  );
  buildTranspose(module, vectors);
}

function buildTranspose(module: ModuleBuilder, vectors: FloatVectors): void {
  const { count, bytes } = vectors;
  const parameters = {
    from: "i32",
    fromStride: "i32",
    rows: "i32",
    columns: "i32",
    to: "i32",
    toStride: "i32",
  } as const;
  const single = module.function(
    "transposeSingle",
    parameters,
    undefined,
    (f, { from, fromStride, rows, columns, to, toStride }) => {
      const [row, column, a, b] = Array.from({ length: 4 }, () => f.local("i32"));
      f.for(column, 0, columns, 1, () => {
        f.set(a, i32.add(from, i32.mul(column, bytes)));
        f.set(b, to);
        f.for(row, 0, rows, 1, () => {
          vectors.storeLane(f, b, vectors.loadFirst(a), 0, 0);
          f.set(a, i32.add(a, fromStride));
          f.set(b, i32.add(b, bytes));
        });
        f.set(to, i32.add(to, toStride));
      });
    },
    { exported: false },
  );
  module.function(
    "transpose",
    parameters,
    undefined,
    (f, { from, fromStride, rows, columns, to, toStride }) => {
      const wholeRows = f.let(i32.and(rows, -count));
      const wholeColumns = f.let(i32.and(columns, -count));
      const [row, column, a, b] = Array.from({ length: 4 }, () => f.local("i32"));
      const block = vectorLocals(f, count);
      const last = f.local("i32");
      f.for(column, 0, wholeColumns, count, () => {
        f.set(last, i32.add(from, i32.mul(column, bytes)));
        f.for(row, 0, wholeRows, count, () => {
          f.set(a, last);
          for (const vector of block) {
            f.set(vector, v128.load(a));
            f.set(a, i32.add(a, fromStride));
          }
          f.set(last, a);
          f.set(b, i32.add(i32.add(to, i32.mul(column, toStride)), i32.mul(row, bytes)));
          for (const vector of transpose(vectors, block)) {
            f.store(b, vector);
            f.set(b, i32.add(b, toStride));
          }
        });
      });
      const rest = (firstRow: Operand<"i32">, firstColumn: Operand<"i32">): void => {
        const source = i32.add(i32.mul(firstRow, fromStride), i32.mul(firstColumn, bytes));
        const target = i32.add(i32.mul(firstColumn, toStride), i32.mul(firstRow, bytes));
        const [height, width] = [i32.sub(rows, firstRow), i32.sub(columns, firstColumn)];
        const [x, y] = [i32.add(from, source), i32.add(to, target)];
        f.call(single, x, fromStride, height, width, y, toStride);
      };
      rest(0, wholeColumns);
      f.set(columns, wholeColumns);
      rest(wholeRows, 0);
    },
  );
}
