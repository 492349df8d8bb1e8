import { describe } from "@flaxen/dtype";
import { isFloating } from "@flaxen/dtype";
import { bind } from "./primitive.ts";
import type { Primitive } from "./primitive.ts";
import { nextLevel, Tracer } from "./tensor.ts";
import type { Tensor, Trace } from "./tensor.ts";

/** One recorded application; `P` is hidden, since a tape mixes primitives. */
export interface TapeNode {
  /** Pulls the cotangent of the result back to the inputs. */
  readonly primitive: Primitive<unknown>;
  /** Its parameters. */
  readonly params: unknown;
  /** Operands, lowered by one level. */
  readonly inputs: readonly Tensor[];
  /** Result, lowered by one level. */
  readonly output: Tensor;
  /** Position on the tape of each operand, -1 for constants. */
  readonly parents: readonly number[];
}

/** A tracer of {@link GradTrace}: the value it stands for and its place on the tape. */
export class GradTracer extends Tracer {
  /** The value, concrete or a tracer of an outer transformation. */
  readonly primal: Tensor;
  /** Position on the tape. */
  readonly index: number;

  /** The trace calls this. */
  constructor(trace: GradTrace, operation: string, primal: Tensor, index: number) {
    super(trace, operation, primal.shape, primal.dtype);
    this.primal = primal;
    this.index = index;
  }
}

/** Records what depends on the inputs, for one walk backwards. */
export class GradTrace implements Trace {
  /** Order of creation. */
  readonly level: number;
  /** Name of the transformation. */
  readonly transform: string;
  /** One entry per input, then one per recorded application. */
  readonly tape: (TapeNode | null)[] = [];
  private open = true;

  /** Starts a trace on behalf of the named transformation. */
  constructor(transform: string) {
    this.level = nextLevel();
    this.transform = transform;
  }

  /** Adds an input. */
  input(primal: Tensor): GradTracer {
    this.tape.push(null);
    return new GradTracer(this, "argument", primal, this.tape.length - 1);
  }

  /** Applies the primitive one level down and records it if its result can carry a gradient. */
  process<P>(primitive: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor {
    if (!this.open) this.refuseUse(primitive.name, inputs);
    const primals: Tensor[] = [];
    const parents: number[] = [];
    for (const input of inputs) {
      const mine = input instanceof GradTracer && input.trace === this;
      primals.push(mine ? input.primal : input);
      parents.push(mine ? input.index : -1);
    }
    const output = bind(primitive, primals, params);
    if (!isFloating(output.dtype)) return output;
    const node = {
      primitive: primitive as Primitive<unknown>,
      params,
      inputs: primals,
      output,
      parents,
    };
    this.tape.push(node);
    return new GradTracer(this, primitive.name, output, this.tape.length - 1);
  }

  /** Removes this trace from a value. */
  lower(x: Tensor): Tensor {
    return x instanceof GradTracer && x.trace === this ? x.primal : x;
  }

  /** Position on the tape of a value, -1 if it does not depend on the inputs. */
  indexOf(x: Tensor): number {
    return x instanceof GradTracer && x.trace === this ? x.index : -1;
  }

  /** Ends the trace: from now on its tracers may not be used. */
  close(): void {
    this.open = false;
  }

  private refuseUse(callee: string, inputs: readonly Tensor[]): never {
    const stale = inputs.find((x) => x instanceof GradTracer && x.trace === this) as GradTracer;
    throw new Error(
      `${callee}: a tracer must be used while its ${this.transform} is running, got ${describe(stale)} from ` +
        `${stale.operation} after it returned. Return the value from the transformed function instead of storing it.`,
    );
  }
}
