import { broadcastToPrimitive } from "../broadcast-to.ts";
import { sameShape } from "../broadcasting.ts";
import { sizeOf } from "../compute-dtype.ts";
import { canLoop, canReduce, reductionKind } from "../loops/compile-loops.ts";
import type { ReductionParams } from "../reduction-kernels.ts";
import { applicationsOf, isApplication } from "./graph.ts";
import type { Application, Graph, GraphValue } from "./graph.ts";

/** More nodes than this in one loop would spill registers. */
const MOST_NODES = 48;

/** Applications that run together: one primitive, or an element-wise loop with the reductions of what it computes. */
export interface Cluster {
  /** What runs. */
  readonly kind: "loop" | "single";
  /** Operands before results. */
  readonly nodes: Application[];
  /** Reductions of values of the loop. */
  readonly reductions: Application[];
}

/** What an operand of a loop is read from: a broadcast is an operand that is read repeatedly. */
export function loopOperand(value: GraphValue): GraphValue {
  if (isApplication(value) && value.source.primitive === (broadcastToPrimitive as unknown)) {
    return value.source.operands[0];
  }
  return value;
}

/** What has to be computed before an application. */
function operandsOf(node: Application, inLoop: boolean): readonly GraphValue[] {
  const { operands } = node.source;
  return inLoop ? operands.map(loopOperand) : operands;
}

/** The array that holds the elements of a value: reshaping moves nothing. */
export function storageOf(value: GraphValue): GraphValue {
  let storage = value;
  while (isApplication(storage) && storage.source.primitive.alias === true) {
    storage = storage.source.operands[0];
  }
  return storage;
}

function isLoopable(node: Application): boolean {
  const { primitive, operands } = node.source;
  return (
    sizeOf(node.shape) > 0 &&
    canLoop(
      primitive,
      operands.map(({ dtype }) => dtype),
      node.dtype,
    )
  );
}

/** Groups what a graph computes into clusters, in an order in which they can run. */
export function clusterGraph({ outputs }: Graph): Cluster[] {
  return new Clustering().run(outputs);
}

class Clustering {
  private readonly clusters = new Map<Application, Cluster>();

  run(outputs: readonly GraphValue[]): Cluster[] {
    // A broadcast that only loops read is not computed.
    const needed = applicationsOf(outputs, (value) => operandsOf(value, isLoopable(value)));
    for (const value of needed) {
      if (storageOf(value) !== value) continue;
      if (isLoopable(value)) this.placeInLoop(value);
      else this.place(value);
    }
    return this.inOrder();
  }

  private placeInLoop(node: Application): void {
    let home: Cluster | undefined;
    for (const operand of operandsOf(node, true)) {
      const cluster = this.clusterOf(operand);
      if (cluster === undefined || cluster === home || !this.computes(cluster, operand)) continue;
      if (!sameShape(operand.shape, node.shape)) continue;
      if (home === undefined) {
        if (this.mayJoin(cluster, node)) home = cluster;
      } else if (this.mayMerge(home, cluster, node)) {
        home = this.merge(home, cluster);
      }
    }
    home ??= { kind: "loop", nodes: [], reductions: [] };
    home.nodes.push(node);
    this.clusters.set(node, home);
  }

  private place(node: Application): void {
    const operand = node.source.operands[0];
    const cluster = operand === undefined ? undefined : this.clusterOf(operand);
    const kind = reductionKind(node.source.primitive);
    if (kind !== undefined && cluster !== undefined && this.computes(cluster, operand)) {
      const { axes } = node.source.params as ReductionParams;
      if (canReduce(kind, operand.shape, axes, operand.dtype)) {
        cluster.reductions.push(node);
        this.clusters.set(node, cluster);
        return;
      }
    }
    this.clusters.set(node, { kind: "single", nodes: [node], reductions: [] });
  }

  private clusterOf(value: GraphValue): Cluster | undefined {
    const storage = storageOf(value);
    return isApplication(storage) ? this.clusters.get(storage) : undefined;
  }

  /** Whether a loop computes the very value, and not its storage or a reduction. */
  private computes(cluster: Cluster, value: GraphValue): boolean {
    return cluster.kind === "loop" && cluster.nodes.includes(value as Application);
  }

  /** Whether all other operands of the node can be there before the loop runs. */
  private mayJoin(cluster: Cluster, node: Application): boolean {
    if (cluster.nodes.length >= MOST_NODES) return false;
    return operandsOf(node, true).every((operand) => {
      const other = this.clusterOf(operand);
      if (other === undefined) return true;
      if (other === cluster) return this.computes(cluster, operand);
      return !this.dependsOn(other, [cluster]);
    });
  }

  private mayMerge(home: Cluster, cluster: Cluster, node: Application): boolean {
    if (home.nodes.length + cluster.nodes.length >= MOST_NODES) return false;
    const both = [home, cluster];
    const later = [...this.operandClusters(home), ...this.operandClusters(cluster)];
    for (const operand of operandsOf(node, true)) {
      const other = this.clusterOf(operand);
      if (other === undefined) continue;
      if (!both.includes(other)) later.push(other);
      else if (!this.computes(other, operand)) return false;
    }
    return later.every((other) => {
      // A loop that reads a reduction of the other one has to run after it.
      if (both.includes(other)) return !this.readsReduction(home, cluster);
      return !this.dependsOn(other, both);
    });
  }

  private readsReduction(a: Cluster, b: Cluster): boolean {
    const reads = (reader: Cluster, other: Cluster): boolean =>
      reader.nodes.some((node) =>
        operandsOf(node, true).some(
          (operand) => this.clusterOf(operand) === other && !this.computes(other, operand),
        ),
      );
    return reads(a, b) || reads(b, a);
  }

  private merge(home: Cluster, cluster: Cluster): Cluster {
    for (const node of [...cluster.nodes, ...cluster.reductions]) this.clusters.set(node, home);
    home.nodes.push(...cluster.nodes);
    home.nodes.sort((a, b) => a.id - b.id);
    home.reductions.push(...cluster.reductions);
    return home;
  }

  private operandClusters(cluster: Cluster): Set<Cluster> {
    const found = new Set<Cluster>();
    for (const node of cluster.nodes) {
      for (const operand of operandsOf(node, cluster.kind === "loop")) {
        const other = this.clusterOf(operand);
        if (other !== undefined && other !== cluster) found.add(other);
      }
    }
    return found;
  }

  /** Whether a cluster needs the result of any of the targets, by whatever way. */
  private dependsOn(start: Cluster, targets: readonly Cluster[]): boolean {
    const first = Math.min(...targets.map(({ nodes }) => nodes[0].id));
    const seen = new Set([start]);
    for (const cluster of seen) {
      if (targets.includes(cluster)) return true;
      for (const other of this.operandClusters(cluster)) {
        if (lastId(other) >= first) seen.add(other);
      }
    }
    return false;
  }

  /** Operands before results, else as traced. */
  private inOrder(): Cluster[] {
    const ordered = new Set<Cluster>();
    const waiting = [...new Set(this.clusters.values())].sort((a, b) => lastId(a) - lastId(b));
    const stack: Cluster[] = [];
    for (const next of waiting) {
      stack.push(next);
      for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
        const missing = [...this.operandClusters(top)].filter((other) => !ordered.has(other));
        if (missing.length === 0 || ordered.has(top)) {
          ordered.add(top);
          stack.pop();
        } else {
          stack.push(...missing);
        }
      }
    }
    return [...ordered];
  }
}

function lastId({ nodes, reductions }: Cluster): number {
  const [node] = nodes.slice(-1);
  return reductions.reduce((last, { id }) => Math.max(last, id), node.id);
}
