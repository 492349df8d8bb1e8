import { describe, resultType } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { asNDArray, full, isNDArray, NDArray } from "@flaxen/ndarray";
import type { ArrayInput, Shape } from "@flaxen/ndarray";
import { handOver } from "@flaxen/rng/tracing";
import type { TracedDraw } from "@flaxen/rng/tracing";
import { drawPrimitive } from "./draw.ts";
import type { Primitive } from "./primitive.ts";

/** A running transformation: decides what applying a primitive to its tracers means. */
export interface Trace {
  /** Inner transformations have higher levels; the highest among the operands processes. */
  readonly level: number;
  /** Name of the transformation, for messages. */
  readonly transform: string;
  /** Applies a primitive of which at least one input is a tracer of this trace. */
  process<P>(primitive: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor;
}

let traces = 0;

/**
 * The level of a new trace. It is the order of creation: an inner transformation starts after the outer ones
 * that are still running, so no depth needs to be kept and a throwing function leaves nothing to restore.
 */
export function nextLevel(): number {
  return ++traces;
}

const TRACER: unique symbol = /* @__PURE__ */ Symbol.for("flaxen.Tracer");

/**
 * A stand-in for an array while a function is transformed: it has a shape and a dtype, and no values
 * that may be read.
 */
export class Tracer {
  /** The transformation that this tracer belongs to. */
  readonly trace: Trace;
  /** Name of the operation that produced it. */
  readonly operation: string;
  /** Length of each axis. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: DType;

  /** Transformations call this, users never do. */
  constructor(trace: Trace, operation: string, shape: Shape, dtype: DType) {
    this.trace = trace;
    this.operation = operation;
    this.shape = shape;
    this.dtype = dtype;
  }

  /** Whether it stands for a bare number, whose dtype follows the other operands. */
  get weak(): boolean {
    return false;
  }

  /** Where in the user's code it was made, as ` at file:line`, if the transformation keeps track of that. */
  get origin(): string {
    return "";
  }

  /** Number of axes. */
  get ndim(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    let size = 1;
    for (const n of this.shape) size *= n;
    return size;
  }

  /** Always throws: a tracer has no values. */
  get data(): never {
    return refuseRead("data", this);
  }

  /** Always throws: a tracer has no storage. */
  get stride(): never {
    return refuseRead("stride", this);
  }

  /** Always throws: a tracer has no storage. */
  get offset(): never {
    return refuseRead("offset", this);
  }

  /** Always throws: a tracer has no values. */
  toArray(): never {
    return refuseRead("toArray", this);
  }

  /** Always throws: a tracer has no values. */
  item(): never {
    return refuseRead("item", this);
  }

  /** Always throws: a tracer has no values. */
  get(..._index: number[]): never {
    return refuseRead("get", this);
  }

  /** Describes the tracer, e.g. `Tracer(float32[2, 3] from add in grad)`. */
  toString(): string {
    return `Tracer(${describe(this)} from ${this.operation} in ${this.trace.transform})`;
  }

  /** Always throws: arithmetic such as `x + 1` would read the value. */
  valueOf(): never {
    return refuseRead("valueOf", this);
  }

  // On the prototype, so that a tracer costs no more for its brand. Emitting declarations file by file
  // forbids computed member names, hence not as members. The second is what console.log asks in Node.
  static {
    const inspect = Symbol.for("nodejs.util.inspect.custom");
    Object.defineProperty(this.prototype, TRACER, { value: true });
    // What the samplers of @flaxen/rng call for draws that depend on tracers.
    Object.defineProperty(this.prototype, Symbol.for("flaxen.HandOver"), { value: handOver });
    Object.defineProperty(this.prototype, Symbol.for("flaxen.SamplerTrace"), {
      value(this: Tracer, draw: TracedDraw): Tensor {
        const inputs = draw.inputs as readonly Tensor[];
        const { trace } = inputs
          .filter(isTracer)
          .reduce((a, b) => (b.trace.level > a.trace.level ? b : a));
        const { primitive, params } = drawPrimitive(draw);
        return trace.process(primitive, inputs, params);
      },
    });
    Object.defineProperty(this.prototype, inspect, {
      value(this: Tracer): string {
        return this.toString();
      },
    });
  }
}

function refuseRead(member: string, x: Tracer): never {
  const { operation, trace } = x;
  const origin = operation === "argument" ? "an argument" : `the result of ${operation}${x.origin}`;
  const shape = `[${x.shape.join(", ")}]`;
  throw new Error(
    `Tensor.${member}: the tensor must be concrete, got a tracer of ${x.dtype}${shape}, ${origin} inside ${trace.transform}. ` +
      (member === "valueOf"
        ? "Use operations such as add(x, 1) in place of x + 1."
        : "Return it from the transformed function (hasAux passes extra values) and read it there."),
  );
}

/** An array or, inside a transformation, its stand-in. Both have `shape`, `dtype`, `ndim` and `size`. */
export type Tensor = NDArray | Tracer;

/** What every operation accepts; a bare number or boolean takes its dtype from the other operands. */
export type TensorLike = Tensor | ArrayInput;

/**
 * Whether a value is a {@link Tracer}.
 *
 * @param x - Any value.
 * @returns `true` inside a transformation for values that depend on its arguments.
 *
 * @example
 * ```ts
 * import { isTracer } from "@flaxen/autodiff";
 *
 * isTracer(3); // => false
 * ```
 */
export function isTracer(x: unknown): x is Tracer {
  if (x instanceof NDArray) return false;
  // The second part is for tracers of other copies of the package.
  return x instanceof Tracer || (typeof x === "object" && x !== null && TRACER in x);
}

/**
 * Whether a value is a {@link Tensor}: an NDArray or a tracer.
 *
 * @param x - Any value.
 * @returns `false` for numbers and nested arrays, which operations accept but which are no tensors.
 *
 * @example
 * ```ts
 * import { isTensor } from "@flaxen/autodiff";
 * import { array } from "@flaxen/ndarray";
 *
 * isTensor(array([1])); // => true
 * isTensor([1]); // => false
 * ```
 */
export function isTensor(x: unknown): x is Tensor {
  return isNDArray(x) || isTracer(x);
}

/**
 * Converts to a tensor: tensors pass through, everything else becomes an array.
 *
 * @param x - A tensor, a foreign `{ data, shape, stride, offset }`, a typed array, nested arrays or a number.
 * @param dtype - Dtype of a conversion (default: that of `x`; of a bare number int32 if it is an integer,
 *   else the default float). Tensors are not cast: use `astype`.
 * @returns A tensor of the same shape.
 * @throws {@link TypeError} if `x` is none of these.
 *
 * @example
 * ```ts
 * import { toTensor } from "@flaxen/autodiff";
 *
 * toTensor([1, 2]).dtype; // => "float32"
 * toTensor(2.5, "float64").dtype; // => "float64"
 * ```
 */
export function toTensor(x: TensorLike, dtype?: DType): Tensor {
  if (isTracer(x)) return x;
  if (isNDArray(x)) return x;
  if (typeof x === "number" || typeof x === "boolean" || typeof x === "bigint") {
    return full([], x, dtype ?? scalarDType(x));
  }
  return dtype === undefined ? asNDArray(x) : asNDArray(x, dtype);
}

/** Dtype of a bare scalar on its own. Integers stay 32 bit wide with x64 too: int64 has no operations. */
export function scalarDType(x: number | boolean | bigint): DType {
  const dtype = resultType(x);
  return dtype === "int64" ? "int32" : dtype;
}
