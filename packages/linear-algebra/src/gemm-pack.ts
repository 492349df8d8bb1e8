import { i32, v128 } from "@flaxen/wasm";
import type { FunctionReference, ModuleBuilder } from "@flaxen/wasm";
import { transpose } from "./gemm-tiles.ts";
import type { Lanes } from "./gemm-tiles.ts";

/** Square blocks of lines packed between two branches back. */
const PACK_UNROLL = 4;
/** Vectors in a line of the cache. */
const LINE_VECTORS = 4;

/**
 * Packs `lines` lines into strips `width` vectors wide, `kc` steps each, k-major. The last strip may hold
 * anything in the place of lines that are missing.
 */
export type Pack = FunctionReference<
  Record<"from" | "stride" | "lines" | "kc" | "to" | "width", "i32">
>;

/** Packs lines that are contiguous along k: square blocks are transposed in registers. */
export function buildPackLines(module: ModuleBuilder, lanes: Lanes): Pack {
  const widths = lanes.count === 4 ? [1, 2] : [2];
  const packVectors = widths.map((width) => buildPackVector(module, lanes, width));
  return module.function(
    "packLines",
    { from: "i32", stride: "i32", lines: "i32", kc: "i32", to: "i32", width: "i32" },
    undefined,
    (f, { from, stride, lines, kc, to, width }) => {
      const vector = f.local("i32");
      const strip = f.let(i32.mul(kc, i32.shl(width, 4)));
      const pack = (packVector: PackVector): void => {
        f.call(packVector, from, stride, lines, kc, i32.add(to, i32.shl(vector, 4)));
      };
      f.while(i32.gtS(lines, 0), () => {
        f.for(vector, 0, width, 1, () => {
          f.if(i32.gtS(lines, 0), () => {
            if (packVectors.length === 1) pack(packVectors[0]);
            else {
              f.if(
                i32.eq(width, 1),
                () => pack(packVectors[0]),
                () => pack(packVectors[1]),
              );
            }
          });
          f.set(from, i32.add(from, i32.mul(stride, lanes.count)));
          f.set(lines, i32.sub(lines, lanes.count));
        });
        f.set(to, i32.add(to, strip));
      });
    },
  );
}

type PackVector = FunctionReference<Record<"from" | "stride" | "lines" | "kc" | "to", "i32">>;

/**
 * Packs one vector of lines for strips `width` vectors wide. It writes whole blocks, so up to `count - 1` steps
 * too many; the next vector of lines, or nothing, overwrites them. Beyond the last line it reads the last line again.
 */
function buildPackVector(module: ModuleBuilder, lanes: Lanes, width: number): PackVector {
  const blockBytes = 16 * width * lanes.count;
  return module.function(
    `packVector${width}`,
    { from: "i32", stride: "i32", lines: "i32", kc: "i32", to: "i32" },
    undefined,
    (f, { from, stride, lines, kc, to }) => {
      const at = [from];
      for (let i = 1; i < lanes.count; i++) {
        at.push(f.let(i32.add(at[i - 1], i32.mul(stride, i32.gtS(lines, i)))));
      }
      const block = at.map(() => f.local("v128"));
      f.block((done) => {
        f.loop((again) => {
          for (let turn = 0; turn < PACK_UNROLL; turn++) {
            if (turn > 0) f.branchIf(done, i32.leS(kc, turn * lanes.count));
            for (const [i, line] of at.entries()) f.set(block[i], v128.load(line, 16 * turn));
            for (const [i, column] of transpose(lanes, block).entries()) {
              f.store(to, column, turn * blockBytes + 16 * width * i);
            }
          }
          for (const line of at) f.set(line, i32.add(line, 16 * PACK_UNROLL));
          f.set(to, i32.add(to, PACK_UNROLL * blockBytes));
          f.set(kc, i32.sub(kc, PACK_UNROLL * lanes.count));
          f.branchIf(again, i32.gtS(kc, 0));
        });
      });
    },
    { exported: false },
  );
}

/**
 * Packs rows that are contiguous across the strips: vectors are copied as they are, the last ones whole. Strips
 * are taken together as long as they fill a line of the cache.
 */
export function buildPackRows(module: ModuleBuilder, lanes: Lanes): Pack {
  return module.function(
    "packRows",
    { from: "i32", stride: "i32", lines: "i32", kc: "i32", to: "i32", width: "i32" },
    undefined,
    (f, { from, stride, lines, kc, to, width }) => {
      const at = f.local("i32");
      const end = f.local("i32");
      const places = Array.from({ length: LINE_VECTORS }, () => f.local("i32"));
      const packStrips = (vectors: number, strips: number): void => {
        const stripBytes = f.let(i32.mul(kc, 16 * vectors));
        const taken = strips * vectors;
        const least = strips === 1 ? 1 : taken * lanes.count;
        f.while(i32.geS(lines, least), () => {
          f.set(at, from);
          f.set(end, i32.add(to, stripBytes));
          f.set(places[0], to);
          for (let s = 1; s < strips; s++) f.set(places[s], i32.add(places[s - 1], stripBytes));
          f.while(i32.ltU(places[0], end), () => {
            for (let v = 0; v < taken; v++) {
              f.store(places[Math.floor(v / vectors)], v128.load(at, 16 * v), 16 * (v % vectors));
            }
            f.set(at, i32.add(at, stride));
            for (let s = 0; s < strips; s++) f.set(places[s], i32.add(places[s], 16 * vectors));
          });
          f.set(from, i32.add(from, 16 * taken));
          f.set(to, i32.add(to, i32.mul(stripBytes, strips)));
          f.set(lines, i32.sub(lines, taken * lanes.count));
        });
      };
      const packAll = (vectors: number): void => {
        packStrips(vectors, LINE_VECTORS / vectors);
        packStrips(vectors, 1);
      };
      if (lanes.count === 2) packAll(2);
      else {
        f.if(
          i32.eq(width, 1),
          () => packAll(1),
          () => packAll(2),
        );
      }
    },
  );
}

/** Changes the sign of whole vectors in place. */
export function buildNegate(
  module: ModuleBuilder,
  lanes: Lanes,
): FunctionReference<Record<"at" | "end", "i32">> {
  return module.function("negate", { at: "i32", end: "i32" }, undefined, (f, { at, end }) => {
    f.while(i32.ltU(at, end), () => {
      f.store(at, lanes.neg(v128.load(at)));
      f.set(at, i32.add(at, 16));
    });
  });
}
