import type { Scratch } from "@flaxen/wasm";
import { sizeOf } from "../compute-dtype.ts";
import { copyIn, copyOut } from "../memory-kernel.ts";
import type { Application, GraphValue } from "./graph.ts";
import { loopsOf } from "./loop-cache.ts";
import type { Step } from "./steps.ts";

/** One step, ready to run. */
export interface CompiledStep {
  /** How it runs. */
  readonly kind: "loop" | "kernel" | "evaluate";
  /** Of the primitive, or of all in a loop. */
  readonly name: string;
  /** Finds the addresses of its arrays anew. */
  locate(addressOf: (value: GraphValue) => number): void;
  /** Runs on the arrays at these addresses. */
  run(): void;
}

/** Finds or makes the code of each step. */
export function compileSteps(steps: readonly Step[], memory: Scratch): CompiledStep[] {
  const groups = steps.flatMap(({ group }) => (group === null ? [] : [group]));
  const loops = loopsOf(groups) ?? [];
  let next = 0;
  return steps.map((step) =>
    step.group === null ? compileSingle(step, memory) : compileLoop(step, loops[next++]),
  );
}

function compileLoop(
  { cluster, inputs, outputs }: Step,
  loop: (...addresses: number[]) => void,
): CompiledStep {
  const arrays = [...inputs, ...outputs];
  let addresses: number[] = [];
  const names = [...cluster.nodes, ...cluster.reductions].map(
    ({ source }) => source.primitive.name,
  );
  return {
    kind: "loop",
    name: names.join(" "),
    locate: (addressOf) => (addresses = arrays.map(addressOf)),
    run: () => loop(...addresses),
  };
}

function compileSingle({ outputs: [output], inputs }: Step, memory: Scratch): CompiledStep {
  const { primitive, params } = output.source;
  const { name } = primitive;
  // An array without elements has nothing that a kernel could read or write.
  const empty = [output, ...inputs].some(({ shape }) => sizeOf(shape) === 0);
  const kernel = empty ? undefined : primitive.kernel?.(inputs, params, output);
  let from: number[] = [];
  let to = 0;
  const locate = (addressOf: (value: GraphValue) => number): void => {
    from = inputs.map(addressOf);
    to = addressOf(output);
  };
  if (kernel !== undefined) return { kind: "kernel", name, locate, run: () => kernel(from, to) };
  return {
    kind: "evaluate",
    name,
    locate,
    run: () => evaluateInMemory(output, inputs, memory, from, to),
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
