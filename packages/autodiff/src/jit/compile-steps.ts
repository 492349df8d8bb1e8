import type { Scratch } from "@flaxen/wasm";
import { chainRanges } from "../chain-ranges.ts";
import type { LoopFunction } from "../loops/compile-loops.ts";
import type { LoopGroup } from "../loops/loop-group.ts";
import { loopPaysSharing, loopRanges } from "../loops/loop-ranges.ts";
import { copyIn, copyOut } from "../memory-kernel.ts";
import { runRanges } from "../range-kernel.ts";
import type { RangeKernel } from "../range-kernel.ts";
import { sharedRun } from "../threads/pool.ts";
import type { Run } from "../threads/pool.ts";
import type { Chain } from "./chains.ts";
import type { Application, GraphValue } from "./graph.ts";
import { loopsOf } from "./loop-cache.ts";
import type { Step } from "./steps.ts";

/** A chain, ready to run. */
export interface CompiledChain {
  /** Its steps, in order. */
  readonly steps: readonly CompiledStep[];
  /** Finds the addresses of its arrays anew. */
  locate(addressOf: (value: GraphValue) => number): void;
  /** Runs on the arrays at these addresses. */
  run(): void;
}

/** What is known of a step. */
interface CompiledStep {
  /** How it runs. */
  readonly kind: "loop" | "kernel" | "evaluate";
  /** Of the primitive, or of all in a loop. */
  readonly name: string;
}

/** Finds or makes the code of each chain. */
export function compileChains(chains: readonly Chain[], memory: Scratch): CompiledChain[] {
  const groups = new Map<Step, LoopGroup>();
  for (const { steps } of chains) {
    for (const step of steps) {
      if (step.group === null) continue;
      const ranged = step.cut !== undefined && (steps.length > 1 || loopPaysSharing(step.group));
      groups.set(step, ranged ? { ...step.group, ranged } : step.group);
    }
  }
  const loops = loopsOf([...groups.values()]) ?? [];
  const functions = new Map([...groups.keys()].map((step, i) => [step, loops[i]]));
  const compileStep = (step: Step): Compiled => {
    const [group, loop] = [groups.get(step), functions.get(step)];
    return group !== undefined && loop !== undefined
      ? compileLoop(step, group, loop)
      : compileSingle(step, memory);
  };
  return chains.map((chain) => located(compileChain(chain, chain.steps.map(compileStep))));
}

/** Code over the addresses of arrays. */
interface Compiled {
  readonly steps: readonly CompiledStep[];
  readonly arrays: readonly GraphValue[];
  /** Gives what runs on arrays at these addresses. */
  readonly bind: (addresses: readonly number[]) => () => void;
  readonly ranges?: RangeKernel | undefined;
}

function located({ steps, arrays, bind }: Compiled): CompiledChain {
  let run = (): void => {};
  return {
    steps,
    locate: (addressOf) => (run = bind(arrays.map(addressOf))),
    run: () => run(),
  };
}

function compileChain({ units, block }: Chain, parts: readonly Compiled[]): Compiled {
  if (parts.length === 1) return parts[0];
  const arrays = [...new Set(parts.flatMap((part) => part.arrays))];
  const links = parts.map((part) => ({
    kernel: part.ranges as RangeKernel,
    arrays: part.arrays.map((value) => arrays.indexOf(value)),
  }));
  const ranges = chainRanges(units, block, links);
  const alone: Run = (addresses) => {
    if (runRanges(ranges, addresses)) return;
    // There is no room for the workspaces of all.
    for (const [i, { bind }] of parts.entries()) {
      bind(links[i].arrays.map((position) => addresses[position]))();
    }
  };
  const run = sharedRun(ranges, alone);
  const steps = parts.flatMap((part) => part.steps);
  return { steps, arrays, bind: (addresses) => () => run(addresses) };
}

function compileLoop(
  { cluster, cut, inputs, outputs }: Step,
  group: LoopGroup,
  loop: LoopFunction,
): Compiled {
  const arrays = [...inputs, ...outputs];
  const names = [...cluster.nodes, ...cluster.reductions].map(
    ({ source }) => source.primitive.name,
  );
  const steps = [{ kind: "loop", name: names.join(" ") }] as const;
  if (!group.ranged || cut === undefined) {
    return { steps, arrays, bind: (addresses) => () => loop(...addresses) };
  }
  const ranges = loopRanges(group, cut, loop);
  const alone: Run = (addresses) => loop(...addresses, 0, cut.turns);
  const run = sharedRun(ranges, alone);
  return { steps, arrays, bind: (addresses) => () => run(addresses), ranges };
}

function compileSingle({ outputs: [output], inputs, kernel }: Step, memory: Scratch): Compiled {
  const { name } = output.source.primitive;
  const arrays = [...inputs, output];
  const kind = kernel === undefined ? "evaluate" : "kernel";
  return {
    steps: [{ kind, name }],
    arrays,
    bind(addresses) {
      const from = addresses.slice(0, -1);
      const to = addresses[from.length];
      return kernel === undefined
        ? () => evaluateInMemory(output, inputs, memory, from, to)
        : () => kernel(from, to);
    },
    ranges: kernel?.ranges,
  };
}

/** Evaluates on copies of the arrays: an operation may keep what it is given. */
function evaluateInMemory(
  output: Application,
  inputs: readonly GraphValue[],
  memory: Scratch,
  from: readonly number[],
  to: number,
): void {
  const { primitive, params } = output.source;
  const operands = inputs.map((input, i) => copyOut(memory, from[i], input));
  copyIn(memory, to, primitive.evaluate(operands, params, output));
}
