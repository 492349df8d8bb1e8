import { i32, i32x4, v128 } from "@flaxen/wasm";
import type { FunctionReference, ModuleBuilder } from "@flaxen/wasm";
import { locals, storeLane, transpose, unrolled } from "./gemm-tiles.ts";
import type { Lanes } from "./gemm-tiles.ts";

/** How the left operand lies: its lines run along k, or each step of k is contiguous. */
export type LeftOrder = "lines" | "steps";

/** Vectors of rows that {@link buildLastColumn} takes together: enough sums to hide the latency of an addition. */
export const LAST_COLUMN_VECTORS = 3;

const PARAMETERS = {
  a: "i32",
  aStride: "i32",
  b: "i32",
  bStride: "i32",
  c: "i32",
  cStride: "i32",
  kc: "i32",
} as const;

/**
 * The last column of C, as many rows as are taken together, over both operands as they lie. Lanes go down the rows:
 * of lines along k, square blocks are transposed in registers. It reads up to a vector past the ends of lines.
 */
export function buildLastColumn(
  module: ModuleBuilder,
  lanes: Lanes,
  order: LeftOrder,
): FunctionReference<typeof PARAMETERS> {
  return module.function(
    "lastColumn",
    PARAMETERS,
    undefined,
    (f, { a, aStride, b, bStride, c, cStride, kc }) => {
      const sums = locals(f, LAST_COLUMN_VECTORS);
      const factor = f.local("v128");
      for (const sum of sums) f.set(sum, i32x4.const([0, 0, 0, 0]));
      if (order === "steps") {
        const end = f.let(i32.add(b, i32.mul(kc, bStride)));
        unrolled(f, b, end, 2, () => {
          f.set(factor, lanes.loadSplat(b));
          for (const [v, sum] of sums.entries()) {
            f.set(sum, lanes.add(sum, lanes.mul(v128.load(a, 16 * v), factor)));
          }
          f.set(a, i32.add(a, aStride));
          f.set(b, i32.add(b, bStride));
        });
      } else {
        const block = locals(f, lanes.count);
        const steps = locals(f, lanes.count);
        const aAt = f.local("i32");
        const bAt = f.local("i32");
        f.block((done) => {
          f.loop((again) => {
            f.set(aAt, a);
            for (const sum of sums) {
              // A test that never succeeds here keeps V8 from loading all blocks at once, which would spill.
              f.branchIf(done, i32.leS(kc, 0));
              for (const line of block) {
                f.set(line, v128.load(aAt));
                f.set(aAt, i32.add(aAt, aStride));
              }
              for (const [s, step] of transpose(lanes, block).entries()) f.set(steps[s], step);
              f.set(bAt, b);
              f.block((last) => {
                for (const [s, step] of steps.entries()) {
                  if (s > 0) {
                    f.branchIf(last, i32.leS(kc, s));
                    f.set(bAt, i32.add(bAt, bStride));
                  }
                  f.set(factor, lanes.loadSplat(bAt));
                  f.set(sum, lanes.add(sum, lanes.mul(step, factor)));
                }
              });
            }
            f.set(a, i32.add(a, 16));
            f.set(b, i32.add(bAt, bStride));
            f.set(kc, i32.sub(kc, lanes.count));
            f.branchIf(again, i32.gtS(kc, 0));
          });
        });
      }
      for (const sum of sums) {
        for (let lane = 0; lane < lanes.count; lane++) {
          storeLane(f, lanes, c, sum, lane, 0);
          f.set(c, i32.add(c, cStride));
        }
      }
    },
    { exported: false },
  );
}
