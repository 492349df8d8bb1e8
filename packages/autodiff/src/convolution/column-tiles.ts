import { i32, v128 } from "@flaxen/wasm";
import type { FunctionBuilder, Local, ModuleBuilder } from "@flaxen/wasm";
import { PAIR } from "./tiles.ts";
import type { PackedTile, PlaceTile } from "./tiles.ts";
import { transpose, unrolled, vectorLocals } from "./vectors.ts";
import type { FloatVectors } from "./vectors.ts";

// With one or two columns, the tiles of `tiles.ts` would compute vectors of which most lanes are thrown away. Here the
// lanes go down the rows.

/** Most columns that a column tile has. */
export const FEW_COLUMNS = 2;
/** Vectors of rows of a column tile. */
const ROW_VECTORS = 4;

/** Rows of a column tile. */
export function columnTileRows(vectors: FloatVectors): number {
  return ROW_VECTORS * vectors.count;
}

/** {@link buildPlaceTile} for a few columns; `columns` is not read. */
export function buildColumnPlaceTile(
  module: ModuleBuilder,
  vectors: FloatVectors,
  columns: number,
): PlaceTile {
  const { count: lanes, bytes } = vectors;
  return module.function(
    `columnPlaces${columns}`,
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
    (f, { outer, runs, runsEnd, x, b, out, fresh }) => {
      const sums = columnSums(f, columns);
      const bases = Array.from({ length: columnTileRows(vectors) }, (_, r) =>
        f.let(i32.add(x, i32.load(outer, PAIR * r))),
      );
      f.if(i32.eqz(fresh), () => loadColumns(f, vectors, sums, outer, out));
      const [place, count] = [f.local("i32"), f.local("i32")];
      const block = vectorLocals(f, lanes);
      const steps = vectorLocals(f, lanes);
      const multiply = (v: number, step: number): void => {
        for (const [c, column] of sums.entries()) {
          const factor = vectors.loadSplat(b, 16 * step + c * bytes);
          f.set(column[v], vectors.add(column[v], vectors.mul(steps[step], factor)));
        }
      };
      // As many steps as lanes: blocks of rows are transposed in registers.
      const eachBlock = (body: (v: number) => void): void => {
        for (let v = 0; v < ROW_VECTORS; v++) {
          for (const [i, vector] of block.entries()) {
            f.set(vector, v128.load(i32.add(bases[v * lanes + i], place)));
          }
          for (const [step, vector] of transpose(vectors, block).entries()) {
            f.set(steps[step], vector);
          }
          body(v);
        }
      };
      f.loop((again) => {
        f.set(place, i32.load(runs));
        f.set(count, i32.load(runs, 4));
        f.while(i32.geS(count, lanes), () => {
          f.block((done) => {
            eachBlock((v) => {
              for (let step = 0; step < lanes; step++) multiply(v, step);
              // Never taken: it keeps V8 from loading all blocks first and spilling them.
              f.branchIf(done, i32.ltS(count, 0));
            });
          });
          f.set(place, i32.add(place, lanes * bytes));
          f.set(b, i32.add(b, 16 * lanes));
          f.set(count, i32.sub(count, lanes));
        });
        f.if(count, () => {
          eachBlock((v) => {
            f.block((done) => {
              for (let step = 0; step < lanes - 1; step++) {
                multiply(v, step);
                if (step < lanes - 2) f.branchIf(done, i32.leS(count, step + 1));
              }
            });
          });
          f.set(b, i32.add(b, i32.shl(count, 4)));
        });
        f.set(runs, i32.add(runs, PAIR));
        f.branchIf(again, i32.ltU(runs, runsEnd));
      });
      storeColumns(f, vectors, sums, outer, out);
    },
    { exported: false },
  );
}

/** {@link buildPackedTile} for a few columns; `columns` is not read. */
export function buildColumnPackedTile(
  module: ModuleBuilder,
  vectors: FloatVectors,
  columns: number,
): PackedTile {
  return module.function(
    `columnPacked${columns}`,
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
    (f, { outer, a, steps, b, out, fresh }) => {
      const sums = columnSums(f, columns);
      f.if(i32.eqz(fresh), () => loadColumns(f, vectors, sums, outer, out));
      const factors = vectorLocals(f, columns);
      const rows = f.local("v128");
      unrolled(
        f,
        steps,
        4,
        (turn) => {
          for (const [c, factor] of factors.entries()) {
            f.set(factor, vectors.loadSplat(b, 16 * turn + c * vectors.bytes));
          }
          for (let v = 0; v < ROW_VECTORS; v++) {
            f.set(rows, v128.load(a, 16 * (turn * ROW_VECTORS + v)));
            for (const [c, column] of sums.entries()) {
              f.set(column[v], vectors.add(column[v], vectors.mul(rows, factors[c])));
            }
          }
        },
        () => {
          f.set(a, i32.add(a, 4 * 16 * ROW_VECTORS));
          f.set(b, i32.add(b, 4 * 16));
        },
      );
      storeColumns(f, vectors, sums, outer, out);
    },
    { exported: false },
  );
}

function columnSums(f: FunctionBuilder, columns: number): Local<"v128">[][] {
  return Array.from({ length: columns }, () => vectorLocals(f, ROW_VECTORS));
}

function loadColumns(
  f: FunctionBuilder,
  vectors: FloatVectors,
  sums: readonly (readonly Local<"v128">[])[],
  outer: Local<"i32">,
  out: Local<"i32">,
): void {
  const at = f.local("i32");
  for (let row = 0; row < columnTileRows(vectors); row++) {
    const vector = Math.floor(row / vectors.count);
    f.set(at, i32.add(out, i32.load(outer, PAIR * row + 4)));
    for (const [c, column] of sums.entries()) {
      const from = i32.add(at, c * vectors.bytes);
      f.set(column[vector], vectors.loadLane(from, column[vector], row % vectors.count));
    }
  }
}

function storeColumns(
  f: FunctionBuilder,
  vectors: FloatVectors,
  sums: readonly (readonly Local<"v128">[])[],
  outer: Local<"i32">,
  out: Local<"i32">,
): void {
  const at = f.local("i32");
  for (let row = 0; row < columnTileRows(vectors); row++) {
    const vector = Math.floor(row / vectors.count);
    f.set(at, i32.add(out, i32.load(outer, PAIR * row + 4)));
    for (const [c, column] of sums.entries()) {
      vectors.storeLane(f, at, column[vector], row % vectors.count, c * vectors.bytes);
    }
  }
}
