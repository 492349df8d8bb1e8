import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { isTensor, Tracer } from "@flaxen/autodiff";
import type { Primitive, Tensor, Trace } from "@flaxen/autodiff";
import type { Initializer } from "@flaxen/initializers";
import type { Shape } from "@flaxen/ndarray";
import { floatingPointOperations } from "./flops.ts";
import type { RngStream } from "./rngs.ts";

/** Applies operations to shapes and dtypes only, and counts what they would cost. */
export class AbstractTrace implements Trace {
  // Below every gradient, which may be taken of abstract values.
  readonly level: number = 0;
  readonly transform: string = "evalShape";
  /** Floating-point operations so far. */
  flops: number = 0;

  process<P>(primitive: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor {
    const { shape, dtype } = primitive.abstractEval(inputs, params);
    this.flops += floatingPointOperations(primitive.name, inputs, params, shape);
    return new AbstractArray(this, primitive.name, shape, dtype);
  }
}

/** An array of which only shape and dtype are known; so are the results of all operations on it. */
export class AbstractArray extends Tracer {
  /** Refuses: there are no values. */
  override get data(): never {
    return refuse("data", this);
  }

  /** Refuses: there are no values. */
  override toArray(): never {
    return refuse("toArray", this);
  }

  /** Refuses: there are no values. */
  override item(): never {
    return refuse("item", this);
  }

  /** Refuses: there are no values. */
  override get(..._index: number[]): never {
    return refuse("get", this);
  }

  /** Refuses: there are no values. */
  override valueOf(): never {
    return refuse("valueOf", this);
  }

  /** E.g. `AbstractArray(float32[2, 3])`. */
  override toString(): string {
    return `AbstractArray(${describe(this)})`;
  }
}

function refuse(member: string, array: AbstractArray): never {
  throw new Error(
    `Tensor.${member}: the array must have values, got an abstract ${describe(array)}. Give the model values with loadSafetensors or update, or make it without evalShape.`,
  );
}

/** Tells whether an array has no values, as in a model that `evalShape` has made. */
export function isAbstract(value: unknown): value is AbstractArray {
  return value instanceof AbstractArray;
}

// Whether initializers are skipped right now: the trace that stands in for them. It is null again as soon
// as evalShape returns.
let running: AbstractTrace | null = null;

/** Runs `body` with initial values left out. */
export function runAbstractly<R>(trace: AbstractTrace, body: () => R): R {
  const outer = running;
  running = trace;
  try {
    return body();
  } finally {
    running = outer;
  }
}

/** Makes the initial value of a parameter with the next key of a stream. */
export function initialValue(
  init: Initializer,
  stream: RngStream,
  shape: Shape,
  dtype: DType,
): Tensor {
  const key = stream.next();
  return running === null
    ? init(key, shape, dtype)
    : new AbstractArray(running, "argument", [...shape], dtype);
}

/** The abstract array in place of an array. */
export function toAbstract(trace: AbstractTrace, value: unknown): unknown {
  if (!isTensor(value)) return value;
  return new AbstractArray(trace, "argument", value.shape, value.dtype);
}
