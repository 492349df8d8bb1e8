import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { isTensor, isTracer } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { isResident } from "@flaxen/autodiff/program";
import type { Shape } from "@flaxen/ndarray";
import { isAbstract } from "./abstract.ts";
import { placeOf } from "./places.ts";
import { currentScope } from "./scope.ts";
import type { Scope } from "./scope.ts";

// Key of a Variable's own value and book-keeping; it marks Variables of every copy of this package.
const SLOT: unique symbol = /* @__PURE__ */ Symbol.for("flaxen.Variable");

/** String-keyed extra information that travels with a Variable, e.g. the `tag` of an RNG stream. */
export type Metadata = Readonly<Record<string, unknown>>;

/** What a Variable holds; the transforms of this package swap it, everybody else uses `value`. */
export class VariableSlot {
  /** The current value, or the result of a compiled program that nobody has looked at yet. */
  held: unknown;
  /** The frozen metadata. */
  metadata: Metadata;
  /** The transform the Variable belongs to, null outside all of them. */
  scope: Scope | null;

  /** A slot with a first value. */
  constructor(value: unknown, metadata: Metadata, scope: Scope | null) {
    this.held = value;
    this.metadata = metadata;
    this.scope = scope;
  }

  /** The current value. */
  get value(): unknown {
    return isResident(this.held) ? this.held.read() : this.held;
  }

  /** Replaces the value. */
  set value(value: unknown) {
    this.held = value;
  }
}

/**
 * Thrown when a Variable is written in another transform than the one it belongs to.
 *
 * A transform restores and reports only the Variables that it was given; writing another one would
 * leave a traced value behind in it.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { BatchStat, grad } from "@flaxen/nnx";
 *
 * const seen = new BatchStat(array(0));
 * const remember = grad((x) => (seen.value = x));
 * remember(array(1)); // throws TraceContextError: BatchStat.value: a Variable written inside grad must be reached through an argument, got a captured float32[]. Pass the object that holds it to the function.
 * ```
 */
export class TraceContextError extends Error {
  /** Always `"TraceContextError"`. */
  override readonly name: string = "TraceContextError";
}

/**
 * The only mutable box: one value, usually an array, and metadata. Every leaf of a model's state is
 * a Variable.
 *
 * Filters tell Variables apart by class, TypeScript by the literal `kind`. A class derived from a
 * built-in one keeps its `kind`, so a filter for the built-in class selects it too.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { Variable } from "@flaxen/nnx";
 *
 * const counter = new Variable(array([1, 2]), { unit: "steps" });
 * counter.value = array([3, 4]);
 * counter.value; // => [3, 4]
 * counter.shape; // => [2]
 * counter.metadata.unit; // => "steps"
 * ```
 */
export class Variable<T = Tensor> {
  /**
   * Puts a value into a new box. A value that is not an array needs the type argument, as in
   * `new Variable<string>("red")`.
   *
   * @param value - the first value.
   * @param metadata - copied and frozen; empty by default.
   */
  constructor(value: NoInfer<T>, metadata: Metadata = {}) {
    attachSlot(this, value, metadata);
  }

  /** The name of the built-in class, e.g. `"Param"`; it survives minification. */
  get kind(): string {
    return "Variable";
  }

  /** The value now. Inside a transform this may be a traced value. */
  get value(): T {
    const slot = slotOf(this);
    const scope = currentScope();
    if (scope !== null && slot.scope === null && isParam(this.kind)) scope.capturedParamReads++;
    return slot.value as T;
  }

  /**
   * Replaces the value.
   *
   * @throws {@link TraceContextError} if the Variable does not belong to the running transform.
   */
  set value(value: T) {
    checkWritable(this, value);
    slotOf(this).value = value;
  }

  /** The metadata given at construction. */
  get metadata(): Metadata {
    return slotOf(this).metadata;
  }

  /**
   * The shape of the value.
   *
   * @throws {@link TypeError} if the value is not an array.
   */
  get shape(): Shape {
    return arrayOf(this, "shape").shape;
  }

  /**
   * The dtype of the value.
   *
   * @throws {@link TypeError} if the value is not an array.
   */
  get dtype(): DType {
    return arrayOf(this, "dtype").dtype;
  }

  /**
   * Makes a new Variable of the same class with the same metadata.
   *
   * @param value - the value of the new one; by default the present value, which is then shared.
   * @returns the new Variable, which belongs to the running transform.
   */
  copy(value: T = this.value): this {
    return makeVariable(Object.getPrototypeOf(this), value, this.metadata) as this;
  }

  /** Prints class and value, e.g. `Param(float32[2, 3])`. */
  toString(): string {
    return `${this.kind}(${describe(slotOf(this).value)})`;
  }

  // What console.log asks in Node. Emitting declarations file by file forbids computed member names.
  static {
    Object.defineProperty(this.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: Variable<unknown>): string {
        return this.toString();
      },
    });
  }
}

function isParam(kind: string): boolean {
  return kind === "Param" || kind === "LoRAParam";
}

/** The value and book-keeping of a Variable. */
export function slotOf(variable: Variable<unknown>): VariableSlot {
  return (variable as unknown as { readonly [SLOT]: VariableSlot })[SLOT];
}

/** Tells whether a value is a Variable of any copy of this package. */
export function isVariable(value: unknown): value is Variable<unknown> {
  return typeof value === "object" && value !== null && SLOT in value;
}

/** Makes a Variable of the class with that prototype without running the class's constructor. */
export function makeVariable(
  prototype: object,
  value: unknown,
  metadata: Metadata,
): Variable<unknown> {
  const variable = Object.create(prototype) as Variable<unknown>;
  attachSlot(variable, value, metadata);
  return variable;
}

/** Refuses a write of `value` that would escape the running transform. */
export function checkWritable(variable: Variable<unknown>, value: unknown): void {
  const { scope } = slotOf(variable);
  const running = currentScope();
  if (scope !== running) throw new TraceContextError(foreignWrite(variable, scope, running));
  if (running === null && isTracer(value) && !isAbstract(value)) {
    throw new TraceContextError(
      `${variable.kind}.value: value must be concrete outside the transforms of nnx, got ${String(value)}. Use grad or valueAndGrad of @flaxen/nnx around code that writes Variables.`,
    );
  }
}

function foreignWrite(
  variable: Variable<unknown>,
  scope: Scope | null,
  running: Scope | null,
): string {
  const content = describe(slotOf(variable).value);
  if (scope !== null && !scope.active) {
    return `${variable.kind}.value: a Variable made inside ${scope.name} must be returned or attached to an argument to be written afterwards, got ${content}${placeOf(variable)} that was stored elsewhere.`;
  }
  return `${variable.kind}.value: a Variable written inside ${running?.name ?? "eager code"} must be reached through an argument, got a captured ${content}${placeOf(variable)}. Pass the object that holds it to the function.`;
}

function attachSlot(variable: object, value: unknown, metadata: Metadata): void {
  const scope = currentScope();
  if (scope !== null) scope.created++;
  const slot = new VariableSlot(value, Object.freeze({ ...metadata }), scope);
  // Not enumerable: what a Variable shows is its class and value.
  Object.defineProperty(variable, SLOT, { value: slot });
}

function arrayOf(variable: Variable<unknown>, member: string): Tensor {
  const { value } = slotOf(variable);
  if (isTensor(value)) return value;
  throw new TypeError(
    `${variable.kind}.${member}: value must be an array, got ${describe(value)}.`,
  );
}
