import { i32, v128 } from "@flaxen/wasm";
import type { FunctionBuilder, FunctionReference, Local, ModuleBuilder } from "@flaxen/wasm";
import { loadRow, storeRows, unrolled, vectorLocals } from "./vectors.ts";
import type { FloatVectors } from "./vectors.ts";

/** Bytes of a pair of places in a table. */
export const PAIR = 8;
/** Steps between two branches back. */
const UNROLL = 8;
/** The same in narrow tiles, which do little of the work: the module is built and compiled at the first use. */
const UNROLL_NARROW = 2;

/** Rows and vectors of a register tile. */
export interface TileShape {
  readonly rows: number;
  readonly vectors: number;
}

/** 4 × 2 sums, 2 vectors of the right operand, a factor and a product fit the 15 registers that V8 uses. */
export const WIDE: TileShape = { rows: 4, vectors: 2 };
/** As many sums for the last few columns. */
export const NARROW: TileShape = { rows: 8, vectors: 1 };

type Pointers<Name extends string> = FunctionReference<Record<Name, "i32">>;

/** A tile whose left operand is read where it lies. */
export type PlaceTile = Pointers<
  "outer" | "runs" | "runsEnd" | "x" | "b" | "out" | "columns" | "fresh"
>;

/**
 * Sums of products for as many pairs of places (in x and in out) as the tile has rows, from `outer` on.
 *
 * Each run, a pair of a place and a count, takes `count` elements of x in a row and as many steps of the packed
 * right operand. Sums go on from out unless `fresh`.
 */
export function buildPlaceTile(
  module: ModuleBuilder,
  vectors: FloatVectors,
  shape: TileShape,
): PlaceTile {
  const turns = shape === WIDE ? UNROLL : UNROLL_NARROW;
  return module.function(
    `places${shape.rows}x${shape.vectors}`,
    {
      outer: "i32",
      runs: "i32",
      runsEnd: "i32",
      x: "i32",
      b: "i32",
      out: "i32",
      columns: "i32",
      fresh: "i32",
    },
    undefined,
    (f, { outer, runs, runsEnd, x, b, out, columns, fresh }) => {
      const sums = Array.from({ length: shape.rows }, () => vectorLocals(f, shape.vectors));
      const bases = sums.map((_, r) => f.let(i32.add(x, i32.load(outer, PAIR * r))));
      const to = sums.map((_, r) => f.let(i32.add(out, i32.load(outer, PAIR * r + 4))));
      f.if(i32.eqz(fresh), () => {
        for (const [r, row] of sums.entries()) loadRow(f, to[r], row);
      });
      const at = sums.map(() => f.local("i32"));
      const right = vectorLocals(f, shape.vectors);
      const factor = f.local("v128");
      const count = f.local("i32");
      const end = f.local("i32");
      f.loop((again) => {
        const place = f.let(i32.load(runs));
        for (const [r, pointer] of at.entries()) f.set(pointer, i32.add(bases[r], place));
        f.set(count, i32.load(runs, 4));
        f.set(end, i32.add(b, i32.mul(count, 16 * shape.vectors)));
        unrolled(
          f,
          count,
          turns,
          (turn) => {
            for (const [v, vector] of right.entries()) {
              f.set(vector, v128.load(b, 16 * (turn * shape.vectors + v)));
            }
            for (const [r, row] of sums.entries()) {
              f.set(factor, vectors.loadSplat(at[r], turn * vectors.bytes));
              for (const [v, sum] of row.entries()) {
                f.set(sum, vectors.add(sum, vectors.mul(factor, right[v])));
              }
            }
          },
          () => {
            for (const pointer of at) f.set(pointer, i32.add(pointer, turns * vectors.bytes));
            f.set(b, i32.add(b, turns * 16 * shape.vectors));
          },
        );
        f.set(b, end);
        f.set(runs, i32.add(runs, PAIR));
        f.branchIf(again, i32.ltU(runs, runsEnd));
      });
      storeRows(f, vectors, sums, to, columns);
    },
    { exported: false },
  );
}

/** A tile whose operands are both packed. */
export type PackedTile = Pointers<"outer" | "a" | "steps" | "b" | "out" | "columns" | "fresh">;

/** The same with a packed left operand; only the second places of the pairs, in out, are read. */
export function buildPackedTile(
  module: ModuleBuilder,
  vectors: FloatVectors,
  shape: TileShape,
): PackedTile {
  const turns = shape === WIDE ? UNROLL : UNROLL_NARROW;
  const aStep = shape.rows * vectors.bytes;
  const bStep = 16 * shape.vectors;
  return module.function(
    `packed${shape.rows}x${shape.vectors}`,
    {
      outer: "i32",
      a: "i32",
      steps: "i32",
      b: "i32",
      out: "i32",
      columns: "i32",
      fresh: "i32",
    },
    undefined,
    (f, { outer, a, steps, b, out, columns, fresh }) => {
      const sums = Array.from({ length: shape.rows }, () => vectorLocals(f, shape.vectors));
      const to = sums.map((_, r) => f.let(i32.add(out, i32.load(outer, PAIR * r + 4))));
      f.if(i32.eqz(fresh), () => {
        for (const [r, row] of sums.entries()) loadRow(f, to[r], row);
      });
      const right = vectorLocals(f, shape.vectors);
      const factor = f.local("v128");
      unrolled(
        f,
        steps,
        turns,
        (turn) => {
          for (const [v, vector] of right.entries()) {
            f.set(vector, v128.load(b, bStep * turn + 16 * v));
          }
          for (const [r, row] of sums.entries()) {
            f.set(factor, vectors.loadSplat(a, aStep * turn + r * vectors.bytes));
            for (const [v, sum] of row.entries()) {
              f.set(sum, vectors.add(sum, vectors.mul(factor, right[v])));
            }
          }
        },
        () => {
          f.set(a, i32.add(a, turns * aStep));
          f.set(b, i32.add(b, turns * bStep));
        },
      );
      storeRows(f, vectors, sums, to, columns);
    },
    { exported: false },
  );
}

/** A tile with lanes side by side in both operands. */
export type LaneTile = Pointers<"outer" | "inner" | "innerEnd" | "x" | "y" | "out" | "columns">;

/**
 * Lane by lane: for as many pairs of places (in x and in out) as the tile has rows, the sums over the pairs
 * of `inner` (further places in x, and places in y) of the products of x and y.
 */
export function buildLaneTile(
  module: ModuleBuilder,
  vectors: FloatVectors,
  shape: TileShape,
): LaneTile {
  return module.function(
    `lanes${shape.rows}x${shape.vectors}`,
    {
      outer: "i32",
      inner: "i32",
      innerEnd: "i32",
      x: "i32",
      y: "i32",
      out: "i32",
      columns: "i32",
    },
    undefined,
    (f, { outer, inner, innerEnd, x, y, out, columns }) => {
      const sums = Array.from({ length: shape.rows }, () => vectorLocals(f, shape.vectors));
      const bases = sums.map((_, r) => f.let(i32.add(x, i32.load(outer, PAIR * r))));
      const right = vectorLocals(f, shape.vectors);
      const at = f.local("i32");
      const place = f.local("i32");
      f.loop((again) => {
        f.set(at, i32.add(y, i32.load(inner, 4)));
        f.set(place, i32.load(inner));
        loadRow(f, at, right);
        for (const [r, row] of sums.entries()) {
          f.set(at, i32.add(bases[r], place));
          for (const [v, sum] of row.entries()) {
            f.set(sum, vectors.add(sum, vectors.mul(v128.load(at, 16 * v), right[v])));
          }
        }
        f.set(inner, i32.add(inner, PAIR));
        f.branchIf(again, i32.ltU(inner, innerEnd));
      });
      const to = sums.map((_, r) => f.let(i32.add(out, i32.load(outer, PAIR * r + 4))));
      storeRows(f, vectors, sums, to, columns);
    },
    { exported: false },
  );
}

/** Walks along `columns`: wide strips, and a narrow one for up to a vector of columns that are left. */
export function eachStrip(
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
