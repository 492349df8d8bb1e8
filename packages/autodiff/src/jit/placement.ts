import { itemSize } from "@flaxen/dtype";
import type { Scratch } from "@flaxen/wasm";
import { sameShape } from "../broadcasting.ts";
import { byteLength, copyIn } from "../memory-kernel.ts";
import { storageOf } from "./cluster.ts";
import { isApplication } from "./graph.ts";
import type { Chain } from "./chains.ts";
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
    chains: readonly Chain[],
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
    for (const value of constantsOf(chains.flatMap(({ steps }) => steps))) {
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
      if (!fixed.has(from) && mayReplace(chains, input, from)) fixed.set(from, slot);
      else moves.push({ from, slot, length: byteLength(output) });
      return position;
    });
    this.slots = slots;
    this.moves = moves;
    this.kept = kept;
    this.keptBytes = keptBytes;
    this.layout = layOut(graph, chains, new Set(fixed.keys()));
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
 * Whether an output may be written straight to the slot of an input: nobody reads the input afterwards or at the same
 * time, and nothing that could fail comes afterwards, so that a failing call leaves the slots as they were.
 */
function mayReplace(chains: readonly Chain[], input: GraphValue, output: GraphValue): boolean {
  const writes = ({ outputs }: Step): boolean => outputs.includes(output as never);
  const at = chains.findIndex(({ steps }) => steps.some(writes));
  const writer = chains[at].steps.find(writes) as Step;
  if (writer.group === null || writer.cluster.reductions.includes(output as never)) return false;
  // Loops after this one cannot fail, nor can what has begun; but they must not read what is overwritten here.
  const later = chains.slice(at + 1).flatMap(({ steps }) => steps);
  if (later.some(({ group }) => group === null)) return false;
  const readsOf = ({ inputs }: Step): readonly GraphValue[] =>
    inputs.filter((value) => storageOf(value) === input);
  const others = [...chains[at].steps.filter((step) => step !== writer), ...later];
  if (others.some((step) => readsOf(step).length > 0)) return false;
  const reads = readsOf(writer);
  return (
    reads.length === 0 ||
    (reads.length === 1 &&
      sameShape(reads[0].shape, output.shape) &&
      itemSize(reads[0].dtype) === itemSize(output.dtype))
  );
}
