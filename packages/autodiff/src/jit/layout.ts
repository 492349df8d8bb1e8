import { itemSize } from "@flaxen/dtype";
import { sameShape } from "../broadcasting.ts";
import { byteLength } from "../memory-kernel.ts";
import { storageOf } from "./cluster.ts";
import { isApplication } from "./graph.ts";
import type { Chain } from "./chains.ts";
import type { Graph, GraphValue } from "./graph.ts";
import type { Step } from "./steps.ts";

/** Addresses are multiples of this. */
const ALIGNMENT = 64;

/** Where arrays lie in the working memory of a run. */
export interface Layout {
  /** Offset in bytes of every array. */
  readonly offsets: ReadonlyMap<GraphValue, number>;
  /** Bytes of that memory. */
  readonly bytes: number;
}

/**
 * Lays out the working memory: arrays whose lives do not overlap share memory.
 *
 * @param graph - What is computed.
 * @param chains - In the order in which they run; all arrays of the steps of one are in use at the same time.
 * @param elsewhere - Arrays that need no place.
 */
export function layOut(
  graph: Graph,
  chains: readonly Chain[],
  elsewhere: ReadonlySet<GraphValue>,
): Layout {
  const lives = livesOf(graph, chains, elsewhere);
  shareInPlace(chains, lives);
  return placeLives(lives);
}

/** An array in the working memory, from the chain that writes it to the last one that reads it. */
interface Life {
  readonly values: GraphValue[];
  readonly bytes: number;
  readonly first: number;
  last: number;
}

/** Inputs are written before the first chain, outputs read after the last one. */
function livesOf(
  graph: Graph,
  chains: readonly Chain[],
  elsewhere: ReadonlySet<GraphValue>,
): Map<GraphValue, Life> {
  const lives = new Map<GraphValue, Life>();
  const begin = (value: GraphValue, first: number): void => {
    if (elsewhere.has(value)) return;
    lives.set(value, { values: [value], bytes: byteLength(value), first, last: first });
  };
  const read = (value: GraphValue, at: number): void => {
    const life = lives.get(storageOf(value));
    if (life !== undefined) life.last = Math.max(life.last, at);
  };
  for (const input of graph.inputs) begin(input, -1);
  chains.forEach(({ steps }, at) => {
    for (const { inputs, outputs } of steps) {
      for (const input of inputs) read(input, at);
      for (const output of outputs) begin(output, at);
    }
  });
  for (const output of graph.outputs) {
    if (isApplication(storageOf(output))) read(output, chains.length);
  }
  return lives;
}

/** Lets a loop write over an array of the same form that it reads last. */
function shareInPlace(chains: readonly Chain[], lives: Map<GraphValue, Life>): void {
  chains.forEach(({ steps }, at) => {
    const reads = steps.flatMap(({ inputs }) => inputs.map(storageOf));
    for (const step of steps) {
      if (step.group === null) continue;
      const free = step.inputs.filter((input) => {
        const storage = storageOf(input);
        const once = reads.indexOf(storage) === reads.lastIndexOf(storage);
        return once && lives.get(storage)?.last === at;
      });
      writeOver(step, new Set(free), lives);
    }
  });
}

/** Gives the results of a loop the places of these inputs, as far as they have the same form. */
function writeOver(
  { outputs, cluster }: Step,
  free: Set<GraphValue>,
  lives: Map<GraphValue, Life>,
): void {
  for (const output of outputs) {
    if (cluster.reductions.includes(output)) continue;
    const mine = lives.get(output);
    if (mine === undefined) continue;
    for (const input of free) {
      if (!sameShape(input.shape, output.shape)) continue;
      if (itemSize(input.dtype) !== itemSize(output.dtype)) continue;
      const life = lives.get(storageOf(input)) as Life;
      free.delete(input);
      life.last = mine.last;
      life.values.push(...mine.values);
      lives.set(output, life);
      break;
    }
  }
}

/** Gives each life the lowest place that is free during all of it, the longest arrays first. */
function placeLives(lives: ReadonlyMap<GraphValue, Life>): Layout {
  const offsets = new Map<GraphValue, number>();
  const placed: { readonly life: Life; readonly from: number; readonly to: number }[] = [];
  let bytes = 0;
  for (const life of [...new Set(lives.values())].sort((a, b) => b.bytes - a.bytes)) {
    const length = Math.ceil(Math.max(1, life.bytes) / ALIGNMENT) * ALIGNMENT;
    let from = 0;
    // Sorted by address, so that the first gap that is wide enough is the lowest one.
    for (const other of placed) {
      if (other.life.last < life.first || life.last < other.life.first) continue;
      if (from + length <= other.from) break;
      from = Math.max(from, other.to);
    }
    const entry = { life, from, to: from + length };
    const position = placed.findIndex((other) => other.from > from);
    placed.splice(position < 0 ? placed.length : position, 0, entry);
    bytes = Math.max(bytes, entry.to);
    for (const value of life.values) offsets.set(value, from);
  }
  return { offsets, bytes };
}
