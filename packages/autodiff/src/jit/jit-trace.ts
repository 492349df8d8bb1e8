import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import type { NDArray, Shape } from "@flaxen/ndarray";
import type { Primitive, ShapedArray } from "../primitive.ts";
import { isTracer, nextLevel, Tracer } from "../tensor.ts";
import type { Tensor, Trace } from "../tensor.ts";
import type { Graph, GraphValue, Source } from "./graph.ts";
import { applicationKey, keyOf } from "./application-key.ts";
import { callSite } from "./call-site.ts";

/** Thrown through the traced function when it uses a value of an outer transformation that was not passed to it. */
export class CapturedTracer extends Error {}

/** A tracer of {@link JitTrace}: a value of the graph. */
export class JitTracer extends Tracer {
  /** The value it stands for. */
  readonly graphValue: GraphValue;
  private readonly isWeak: boolean;
  private readonly site: Error | null;

  /** The trace calls this. */
  constructor(trace: JitTrace, operation: string, graphValue: GraphValue, weak: boolean) {
    super(trace, operation, graphValue.shape, graphValue.dtype);
    this.graphValue = graphValue;
    this.isWeak = weak;
    this.site = operation === "argument" ? null : new Error();
  }

  override get weak(): boolean {
    return this.isWeak;
  }

  override get origin(): string {
    return callSite(this.site);
  }
}

/**
 * Records a function as a graph. What depends on no input never gets here: it is evaluated while tracing.
 * Equal applications become one value.
 */
export class JitTrace implements Trace {
  /** Order of creation. */
  readonly level: number;
  /** Name of the transformation. */
  readonly transform: string;
  private readonly inputs: GraphValue[] = [];
  private readonly known = new Map<string, GraphValue>();
  private readonly constants = new Map<NDArray, GraphValue>();
  private values = 0;
  private traced = 0;
  private open = true;

  /** Starts a trace on behalf of the named transformation. */
  constructor(transform: string) {
    this.level = nextLevel();
    this.transform = transform;
  }

  /** Adds an input; a weak one stands for a bare number. */
  input(aval: ShapedArray, weak: boolean = false): JitTracer {
    const value = this.value(aval, { kind: "input", position: this.inputs.length });
    this.inputs.push(value);
    return new JitTracer(this, "argument", value, weak);
  }

  /** Adds the application to the graph, or finds an equal one there. */
  process<P>(primitive: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor {
    if (!this.open) this.refuseUse(primitive.name, inputs);
    const operands = inputs.map((x) => this.graphValue(x));
    this.traced++;
    const key = applicationKey(
      primitive,
      params,
      operands.map(({ id }) => id),
    );
    let value = key === undefined ? undefined : this.known.get(key);
    if (value === undefined) {
      value = this.value(primitive.abstractEval(operands, params), {
        kind: "application",
        primitive: primitive as Primitive<unknown>,
        params,
        operands,
      });
      if (key !== undefined) this.known.set(key, value);
    }
    return new JitTracer(this, primitive.name, value, false);
  }

  /** Ends the trace: from now on its tracers may not be used. */
  finish(outputs: readonly Tensor[]): Graph {
    const { inputs, traced } = this;
    const graph = { inputs, outputs: outputs.map((x) => this.graphValue(x)), traced };
    this.close();
    return graph;
  }

  /** From now on its tracers may not be used. */
  close(): void {
    this.open = false;
    this.known.clear();
    this.constants.clear();
  }

  /** Whether a value depends on the inputs. */
  owns(x: unknown): x is JitTracer {
    return x instanceof JitTracer && x.trace === this;
  }

  private graphValue(x: Tensor): GraphValue {
    if (this.owns(x)) return x.graphValue;
    if (isTracer(x)) throw new CapturedTracer();
    return this.constant(x);
  }

  private constant(array: NDArray): GraphValue {
    let value = this.constants.get(array);
    if (value !== undefined) return value;
    const key =
      array.shape.length === 0 ? `${array.dtype} ${keyOf(array.item() as number)}` : undefined;
    value = key === undefined ? undefined : this.known.get(key);
    value ??= this.value(array, { kind: "constant", array });
    if (key !== undefined) this.known.set(key, value);
    this.constants.set(array, value);
    return value;
  }

  private value({ shape, dtype }: ShapedArray, source: Source): GraphValue {
    const value: { id: number; shape: Shape; dtype: DType; source: Source } = {
      id: this.values++,
      shape,
      dtype,
      source,
    };
    return value;
  }

  private refuseUse(callee: string, inputs: readonly Tensor[]): never {
    const stale = inputs.find((x) => this.owns(x)) as JitTracer;
    throw new Error(
      `${callee}: a tracer must be used while its ${this.transform} is running, got ${describe(stale)} from ` +
        `${stale.operation}${stale.origin} after it returned. Return the value from the transformed function instead of storing it.`,
    );
  }
}
