import { itemSize } from "@flaxen/dtype";
import type { Scratch } from "@flaxen/wasm";
import { sameShape } from "../broadcasting.ts";
import { byteLength, copyIn } from "../memory-kernel.ts";
import { storageOf } from "./cluster.ts";
import { isApplication } from "./graph.ts";
import type { Graph, GraphValue } from "./graph.ts";
import { layOut } from "./layout.ts";
import type { Layout } from "./layout.ts";
import type { Step } from "./steps.ts";

/** A carried output that was computed elsewhere and has to be moved to its slot after the last step. */
export interface Move {
  /** The array. */
  readonly from: GraphValue;
  /** Address of the slot. */
  readonly slot: number;
  /** In bytes. */
  readonly length: number;
}

/** Where every array of a program lies. */
export class Placement {
  /** For each input the address of its slot, which outlasts a call; null for what lies in the working memory. */
  readonly slots: (number | null)[];
  /** For each output the position of the input whose slot it takes, or null. */
  readonly carried: readonly (number | null)[];
  /** What is left to do after the last step. */
  readonly moves: readonly Move[];
  /** Addresses of slots and constants, to be dropped with the program. */
  readonly kept: readonly number[];
  /** Bytes of slots and constants. */
  readonly keptBytes: number;
  /** Bytes of the working memory. */
  readonly bytes: number;
  private readonly layout: Layout;
  private readonly fixed = new Map<GraphValue, number>();

  /** Reserves slots for carried values, as far as there is room, and memory for constants. */
  constructor(
    graph: Graph,
    steps: readonly Step[],
    carried: readonly (number | null)[],
    memory: Scratch,
  ) {
    const { fixed } = this;
    const kept: number[] = [];
    let keptBytes = 0;
    const keep = (value: GraphValue): number | null => {
      const length = byteLength(value);
      // Half of the memory stays free for work.
      if (length > memory.available - memory.capacity / 2) return null;
      const address = memory.keep(length);
      if (address === undefined) return null;
      kept.push(address);
      keptBytes += length;
      fixed.set(value, address);
      return address;
    };
    for (const value of constantsOf(steps)) {
      const address = keep(value);
      if (address === null || value.source.kind !== "constant") continue;
      copyIn(memory, address, value.source.array);
    }
    const slots: (number | null)[] = graph.inputs.map(() => null);
    const moves: Move[] = [];
    this.carried = graph.outputs.map((output, i) => {
      const position = carried[i] ?? null;
      // Only what is computed under the very form of the input can take its place, and only once.
      if (position === null || !isApplication(storageOf(output))) return null;
      const input = graph.inputs[position];
      if (slots[position] !== null) return null;
      if (!sameShape(input.shape, output.shape) || input.dtype !== output.dtype) return null;
      const slot = keep(input);
      if (slot === null) return null;
      slots[position] = slot;
      const from = storageOf(output);
      if (!fixed.has(from) && mayReplace(steps, input, from)) fixed.set(from, slot);
      else moves.push({ from, slot, length: byteLength(output) });
      return position;
    });
    this.slots = slots;
    this.moves = moves;
    this.kept = kept;
    this.keptBytes = keptBytes;
    this.layout = layOut(graph, steps, new Set(fixed.keys()));
    this.bytes = this.layout.bytes;
  }

  /** Address of an array when the working memory begins at `base`. */
  addressOf(value: GraphValue, base: number): number {
    const storage = storageOf(value);
    return this.fixed.get(storage) ?? base + (this.layout.offsets.get(storage) as number);
  }
}

/** Constants that steps read. */
export function constantsOf(steps: readonly Step[]): Set<GraphValue> {
  const constants = new Set<GraphValue>();
  for (const { inputs } of steps) {
    for (const value of inputs.map(storageOf)) {
      if (value.source.kind === "constant") constants.add(value);
    }
  }
  return constants;
}

/**
 * Whether an output may be written straight to the slot of an input: nobody reads the input afterwards, and
 * nothing that could fail comes afterwards, so that a failing call leaves the slots as they were.
 */
function mayReplace(steps: readonly Step[], input: GraphValue, output: GraphValue): boolean {
  const at = steps.findIndex(({ outputs }) => outputs.includes(output as never));
  const { group, cluster } = steps[at];
  if (group === null || cluster.reductions.includes(output as never)) return false;
  if (steps.some((step, i) => i > at && step.group === null)) return false;
  // Loops after this one cannot fail, but they must not read what is overwritten here.
  return steps.every(({ inputs }, i) => {
    const reads = inputs.filter((value) => storageOf(value) === input);
    if (i < at || reads.length === 0) return true;
    if (i > at || reads.length > 1) return false;
    return (
      sameShape(reads[0].shape, output.shape) && itemSize(reads[0].dtype) === itemSize(output.dtype)
    );
  });
}
