import type { LoopGroup } from "../loops/loop-group.ts";
import { sizeOf } from "../compute-dtype.ts";
import { loopCut, reductionKind } from "../loops/compile-loops.ts";
import type { LoopCut } from "../loops/compile-loops.ts";
import type { MemoryKernel } from "../memory-kernel.ts";
import type { RangeKernel } from "../range-kernel.ts";
import type { ReductionParams } from "../reduction-kernels.ts";
import { clusterGraph, loopOperand, storageOf } from "./cluster.ts";
import type { Cluster } from "./cluster.ts";
import type { Application, Graph, GraphValue } from "./graph.ts";

/** One thing to run, and the arrays that it reads and writes. */
export interface Step {
  /** What runs. */
  readonly cluster: Cluster;
  /** The loop, if it is one. */
  readonly group: LoopGroup | null;
  /** Where the loop can be cut. */
  readonly cut?: LoopCut | undefined;
  /** The kernel of a primitive, if it has one. */
  readonly kernel?: MemoryKernel | undefined;
  /** How the results can be computed slice by slice along their leading axes. */
  readonly slices?: Slices | undefined;
  /** Arrays that are read, in the order in which the kernel takes them. */
  readonly inputs: readonly GraphValue[];
  /** Arrays that are written. */
  readonly outputs: readonly Application[];
}

/** Slices along the leading axes of all results. */
interface Slices {
  /** How many. */
  readonly units: number;
  /** As many of them had better be computed at once. */
  readonly step: number;
  /** For each input whether a slice reads the same slice of it only. */
  readonly follows: readonly boolean[];
}

/** Plans what a graph runs: its steps in order. */
export function planSteps(graph: Graph): Step[] {
  const clusters = clusterGraph(graph);
  const stored = storedValues(clusters, graph.outputs);
  return clusters.map((cluster) => stepOf(cluster, stored));
}

/** Values of loops that others read, or that are returned. */
function storedValues(
  clusters: readonly Cluster[],
  outputs: readonly GraphValue[],
): Set<GraphValue> {
  const stored = new Set(outputs.map(storageOf));
  for (const cluster of clusters) {
    if (cluster.kind === "loop") {
      for (const node of cluster.nodes) {
        for (const operand of node.source.operands.map(loopOperand)) {
          if (!cluster.nodes.includes(operand as Application)) stored.add(storageOf(operand));
        }
      }
    } else {
      for (const operand of cluster.nodes[0].source.operands) stored.add(storageOf(operand));
    }
  }
  return stored;
}

function stepOf(cluster: Cluster, stored: ReadonlySet<GraphValue>): Step {
  const { kind, nodes, reductions } = cluster;
  if (kind === "single") {
    const [output] = nodes;
    const { primitive, params, operands } = output.source;
    // An array without elements has nothing that a kernel could read or write.
    const empty = [output, ...operands].some(({ shape }) => sizeOf(shape) === 0);
    const kernel = empty ? undefined : primitive.kernel?.(operands, params, output);
    const slices = slicesOf(kernel?.ranges);
    return { cluster, group: null, kernel, slices, inputs: operands, outputs: nodes };
  }
  const inputs: GraphValue[] = [];
  for (const node of nodes) {
    for (const operand of node.source.operands.map(loopOperand)) {
      if (!nodes.includes(operand as Application) && !inputs.includes(operand)) {
        inputs.push(operand);
      }
    }
  }
  const indexOf = (value: GraphValue): number => {
    const input = inputs.indexOf(value);
    return input >= 0 ? input : inputs.length + nodes.indexOf(value as Application);
  };
  const kept = nodes.filter((node) => stored.has(node));
  const group: LoopGroup = {
    shape: nodes[0].shape,
    inputs: inputs.map(({ shape, dtype }) => ({ shape, dtype })),
    nodes: nodes.map(({ dtype, source: { primitive, params, operands } }) => ({
      primitive,
      params,
      operands: operands.map((operand) => indexOf(loopOperand(operand))),
      dtype,
    })),
    outputs: kept.map(indexOf),
    reductions: reductions.map(({ source: { primitive, params, operands } }) => ({
      kind: reductionKind(primitive) as "sum",
      operand: indexOf(operands[0]),
      axes: (params as ReductionParams).axes,
    })),
  };
  const cut = loopCut(group);
  const slices = cut?.leading
    ? { units: cut.turns, step: cut.step, follows: cut.moves }
    : undefined;
  return { cluster, group, cut, slices, inputs, outputs: [...kept, ...reductions] };
}

function slicesOf(ranges: RangeKernel | undefined): Slices | undefined {
  if (ranges?.follows === undefined) return undefined;
  const { units, step, follows } = ranges;
  return { units, step, follows };
}
