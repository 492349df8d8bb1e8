import { i32, v128 } from "@flaxen/wasm";
import type { FunctionReference, ModuleBuilder } from "@flaxen/wasm";
import { buildLaneTile, eachStrip, NARROW, PAIR, WIDE } from "./tiles.ts";
import type { PackedTile, PlaceTile } from "./tiles.ts";
import type { FloatVectors } from "./vectors.ts";

/** Adds the function of `ForwardKernel` for strips that `tile` computes, `rows` rows at a time. */
export function buildForward(
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

/** The same for `GradientKernel`. */
export function buildGradient(
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

/** The same for `LaneKernel`. */
export function buildLanes(module: ModuleBuilder, vectors: FloatVectors): void {
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
