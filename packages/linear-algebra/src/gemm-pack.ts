import { i32, v128 } from "@flaxen/wasm";
import type { FunctionReference, ModuleBuilder } from "@flaxen/wasm";
import { transpose } from "./gemm-tiles.ts";
import type { Lanes } from "./gemm-tiles.ts";

/**
 * Packs `lines` lines into strips `width` vectors wide, `kc` steps each, k-major. The last strip may hold
 * anything in the place of lines that are missing.
 */
export type Pack = FunctionReference<
  Record<"from" | "stride" | "lines" | "kc" | "to" | "width", "i32">
>;

/** Packs lines that are contiguous along k: square blocks are transposed in registers. */
export function buildPackLines(module: ModuleBuilder, lanes: Lanes): Pack {
  // One vector of lines. It writes whole blocks, so up to `count - 1` steps too many; the next vector of
  // lines, or nothing, overwrites them. Beyond the last line it reads the last line again.
  const packVector = module.function(
    "packVector",
    { from: "i32", stride: "i32", lines: "i32", kc: "i32", to: "i32", toStep: "i32" },
    undefined,
    (f, { from, stride, lines, kc, to, toStep }) => {
      const k = f.local("i32");
      const at = [from];
      for (let i = 1; i < lanes.count; i++) {
        at.push(f.let(i32.add(at[i - 1], i32.mul(stride, i32.gtS(lines, i)))));
      }
      const block = at.map(() => f.local("v128"));
      f.for(k, 0, kc, lanes.count, () => {
        for (const [i, line] of at.entries()) {
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
  return module.function(
    "packLines",
    { from: "i32", stride: "i32", lines: "i32", kc: "i32", to: "i32", width: "i32" },
    undefined,
    (f, { from, stride, lines, kc, to, width }) => {
      const vector = f.local("i32");
      const toStep = f.let(i32.shl(width, 4));
      const strip = f.let(i32.mul(kc, toStep));
      f.while(i32.gtS(lines, 0), () => {
        f.for(vector, 0, width, 1, () => {
          f.if(i32.gtS(lines, 0), () => {
            f.call(packVector, from, stride, lines, kc, i32.add(to, i32.shl(vector, 4)), toStep);
          });
          f.set(from, i32.add(from, i32.mul(stride, lanes.count)));
          f.set(lines, i32.sub(lines, lanes.count));
        });
        f.set(to, i32.add(to, strip));
      });
    },
  );
}

/** Packs rows that are contiguous across the strips: vectors are copied as they are, the last ones whole. */
export function buildPackRows(module: ModuleBuilder, lanes: Lanes): Pack {
  return module.function(
    "packRows",
    { from: "i32", stride: "i32", lines: "i32", kc: "i32", to: "i32", width: "i32" },
    undefined,
    (f, { from, stride, lines, kc, to, width }) => {
      const line = f.local("i32");
      const at = f.local("i32");
      const end = f.local("i32");
      const packStrips = (vectors: number): void => {
        f.for(line, 0, lines, vectors * lanes.count, () => {
          f.set(at, from);
          f.set(end, i32.add(to, i32.mul(kc, 16 * vectors)));
          f.while(i32.ltU(to, end), () => {
            for (let v = 0; v < vectors; v++) f.store(to, v128.load(at, 16 * v), 16 * v);
            f.set(at, i32.add(at, stride));
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
