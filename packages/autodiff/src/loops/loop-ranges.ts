import { emitKernel, loadKernel, scratch } from "@flaxen/wasm";
import { sizeOf } from "../compute-dtype.ts";
import type { Range, RangeKernel } from "../range-kernel.ts";
import type { LoopDescription } from "../threads/description.ts";
import { WORTH_SHARING } from "../threads/pool.ts";
import { buildLoop } from "./compile-loops.ts";
import type { LoopCut, LoopFunction } from "./compile-loops.ts";
import type { LoopGroup } from "./loop-group.ts";

/** About what it costs to bring an element to or from the memory, in floating-point operations. */
const ELEMENT_COST = 4;

/** About what a loop costs, in floating-point operations. */
function loopFlops({ shape, inputs, nodes, outputs }: LoopGroup): number {
  const moved = inputs.filter((input) => sizeOf(input.shape) > 1).length + outputs.length;
  const computed = nodes.reduce((sum, { primitive }) => sum + (primitive.lanes?.cost ?? 1), 0);
  return sizeOf(shape) * (ELEMENT_COST * moved + computed);
}

/** Whether it pays to spread a loop over threads, if there may be any. */
export function loopPaysSharing(group: LoopGroup): boolean {
  const isShared = !(scratch()?.memory.buffer instanceof ArrayBuffer);
  return isShared && loopFlops(group) >= WORTH_SHARING;
}

/** The loop of a group that is `ranged`, by turns of its outermost loop. */
export function loopRanges(group: LoopGroup, cut: LoopCut, run: LoopFunction): RangeKernel {
  return {
    units: cut.turns,
    step: cut.step,
    flops: loopFlops(group),
    ...(cut.leading && { follows: cut.moves }),
    describe: () => ({ kind: "loop", units: cut.turns, code: codeOf(group) }),
    open: (addresses) => rangeOf(run, addresses),
  };
}

/** The same from its description. */
export function loadedLoopRanges({ units, code }: LoopDescription): RangeKernel | undefined {
  const bytes = Uint8Array.from(code, (character) => character.charCodeAt(0));
  const run = loadKernel<{ run: LoopFunction }>(bytes)?.run;
  if (run === undefined) return undefined;
  return {
    units,
    step: 1,
    flops: 0,
    describe: () => ({ kind: "loop", units, code }),
    open: (addresses) => rangeOf(run, addresses),
  };
}

function rangeOf(run: LoopFunction, addresses: readonly number[]): Range {
  return (first, count) => run(...addresses, first, count);
}

function codeOf(group: LoopGroup): string {
  const bytes = emitKernel((module) => buildLoop(module, "run", group)) ?? new Uint8Array();
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
