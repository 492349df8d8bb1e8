import type { NDArray } from "@flaxen/ndarray";
import { evaluate } from "../primitive.ts";
import { applicationsOf } from "./graph.ts";
import type { Application, Graph, GraphValue, Scalars } from "./graph.ts";

/** A graph that is evaluated application by application; arrays that are no longer needed are let go. */
export class PlainProgram {
  private readonly graph: Graph;
  private readonly order: readonly Application[];
  /** What no later application and no output needs, by application. */
  private readonly spent: readonly (readonly GraphValue[])[];

  /** Orders the graph. */
  constructor(graph: Graph) {
    this.graph = graph;
    this.order = applicationsOf(graph.outputs);
    const needed = new Set(graph.outputs);
    const spent = this.order.map((): GraphValue[] => []);
    for (let at = this.order.length - 1; at >= 0; at--) {
      for (const operand of this.order[at].source.operands) {
        if (!needed.has(operand)) spent[at].push(operand);
        needed.add(operand);
      }
    }
    this.spent = spent;
  }

  /** Number of applications. */
  get length(): number {
    return this.order.length;
  }

  /** Computes the outputs; `scalars` take the place of constants. */
  call(inputs: readonly NDArray[], scalars: Scalars): NDArray[] {
    const { inputs: places, outputs } = this.graph;
    const values = new Map<GraphValue, NDArray>(places.map((place, i) => [place, inputs[i]]));
    const valueOf = (value: GraphValue): NDArray =>
      value.source.kind === "constant"
        ? (scalars.get(value) ?? value.source.array)
        : (values.get(value) as NDArray);
    this.order.forEach((value, at) => {
      const { primitive, params, operands } = value.source;
      values.set(value, evaluate(primitive, operands.map(valueOf), params));
      for (const operand of this.spent[at]) values.delete(operand);
    });
    return outputs.map(valueOf);
  }
}
