import { defaultFloat, describe, isFloating } from "@flaxen/dtype";
import { full, isNDArray } from "@flaxen/ndarray";
import { add } from "./elementwise-binary.ts";
import type {
  Argument,
  Arguments,
  GradOptions,
  GradResult,
  Gradient,
  ValueAndGradResult,
} from "./gradient-types.ts";
import { checkOperand, scalarTensor } from "./operands.ts";
import { checkOptions } from "./options.ts";
import { isTensor, isTracer, toTensor } from "./tensor.ts";
import type { Tensor, TensorLike } from "./tensor.ts";
import { GradTrace } from "./grad-trace.ts";
import type { TapeNode } from "./grad-trace.ts";
import type { Primitive, VjpContext } from "./primitive.ts";
import { isContainer, print, sameStructure } from "./tree-structure.ts";
import type { Structure } from "./tree-structure.ts";
import { flatten, unflatten } from "./tree.ts";

/**
 * Turns a scalar function into its gradient.
 *
 * Reverse mode: `f` runs once on tracers and its operations are walked backwards. Nest it for higher
 * derivatives. Arguments and `aux` may be trees (nested arrays and plain objects) of tensors and numbers;
 * numbers are differentiated as scalars of the default float.
 *
 * @param f - Returns a floating scalar, or `[scalar, aux]` with `hasAux`.
 * @param options - `argnums`: which arguments to differentiate (default 0, negative counts from the end);
 *   `hasAux` (default false).
 * @returns A function of the same arguments that returns the gradient, a tree like the argument (for a list
 *   of `argnums`, a list of trees); with `hasAux`, `[gradient, aux]`.
 * @throws {@link TypeError} (when called) if a differentiated argument or the result is not floating.
 * @throws {@link RangeError} (when called) if the result is not a scalar or `argnums` is out of range.
 *
 * @example
 * ```ts
 * import { grad, multiply, sum, tanh } from "@flaxen/autodiff";
 * import { array } from "@flaxen/ndarray";
 *
 * grad((x) => sum(multiply(x, x)))(array([1, 2, 3])); // => [2, 4, 6]
 * grad(grad((x) => multiply(x, multiply(x, x))))(2); // => 12
 * grad((x, y) => multiply(x, y), { argnums: [0, 1] })(2, 3); // => [3, 2]
 * grad((x) => multiply(x, 2))(array([1, 2])); // throws RangeError: grad: the function must return a scalar, got float32[2].
 * ```
 */
export function grad<A extends readonly Tensor[], R, const O extends GradOptions = {}>(
  f: (...args: A) => R,
  options?: O,
): (...args: Arguments<A>) => GradResult<A, R, O>;
export function grad<A extends readonly unknown[], R, const O extends GradOptions = {}>(
  f: (...args: A) => R,
  options?: O,
): (...args: Arguments<A>) => GradResult<A, R, O>;
export function grad(f: AnyFunction, options: GradOptions = {}): AnyFunction {
  checkFunction("grad", f);
  checkOptions("grad", options, GRAD_OPTIONS);
  const { hasAux = false } = options;
  return (...args) => {
    const { aux, gradient } = differentiate("grad", f, options, args);
    return hasAux ? [gradient, aux] : gradient;
  };
}

/**
 * As {@link grad}, with the value of the function too.
 *
 * @param f - Returns a floating scalar, or `[scalar, aux]` with `hasAux`.
 * @param options - As of {@link grad}.
 * @returns A function of the same arguments that returns `[value, gradient]`; with `hasAux`,
 *   `[[value, aux], gradient]`.
 * @throws {@link TypeError} (when called) if a differentiated argument or the result is not floating.
 * @throws {@link RangeError} (when called) if the result is not a scalar or `argnums` is out of range.
 *
 * @example
 * ```ts
 * import { mean, square, valueAndGrad } from "@flaxen/autodiff";
 * import { array } from "@flaxen/ndarray";
 *
 * const [value, gradient] = valueAndGrad((x) => mean(square(x)))(array([1, 3]));
 * value; // => 5
 * gradient; // => [1, 3]
 * ```
 */
export function valueAndGrad<A extends readonly Tensor[], R, const O extends GradOptions = {}>(
  f: (...args: A) => R,
  options?: O,
): (...args: Arguments<A>) => ValueAndGradResult<A, R, O>;
export function valueAndGrad<A extends readonly unknown[], R, const O extends GradOptions = {}>(
  f: (...args: A) => R,
  options?: O,
): (...args: Arguments<A>) => ValueAndGradResult<A, R, O>;
export function valueAndGrad(f: AnyFunction, options: GradOptions = {}): AnyFunction {
  checkFunction("valueAndGrad", f);
  checkOptions("valueAndGrad", options, GRAD_OPTIONS);
  const { hasAux = false } = options;
  return (...args) => {
    const { value, aux, gradient } = differentiate("valueAndGrad", f, options, args);
    return [hasAux ? [value, aux] : value, gradient];
  };
}

/**
 * Evaluates a function and returns its pullback (vector-Jacobian product).
 *
 * @param f - A function of tensors or trees that returns a tensor or tree.
 * @param primals - Its arguments; all of them are differentiated.
 * @returns `[out, pullback]`: `pullback(ct)`, with `ct` a tree like `out`, returns one gradient tree per
 *   argument. It may be called any number of times.
 * @throws {@link TypeError} if an argument is not floating, or `ct` has another structure or dtype than `out`.
 * @throws {@link RangeError} if a cotangent has another shape than its output.
 *
 * @example
 * ```ts
 * import { multiply, vjp } from "@flaxen/autodiff";
 * import { array } from "@flaxen/ndarray";
 *
 * const [out, pullback] = vjp((x, y) => multiply(x, y), array([1, 2]), array([3, 4]));
 * out; // => [3, 8]
 * pullback(array([1, 10])); // => [[3, 40], [1, 20]]
 * ```
 */
export function vjp<A extends readonly Tensor[], R>(
  f: (...args: A) => R,
  ...primals: Arguments<A>
): [out: R, pullback: (ct: Argument<R>) => { -readonly [K in keyof A]: Gradient<A[K]> }];
export function vjp<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  ...primals: Arguments<A>
): [out: R, pullback: (ct: Argument<R>) => { -readonly [K in keyof A]: Gradient<A[K]> }];
export function vjp(f: AnyFunction, ...primals: unknown[]): [unknown, Pullback] {
  checkFunction("vjp", f);
  return pullbackOf({ callee: "vjp", argument: "ct", like: "the output" }, f, primals);
}

/** Maps a tree of cotangents like the output to a list of trees like the primals. */
export type Pullback = (ct: unknown) => unknown;

/** How error messages name the cotangents. */
export interface CotangentNames {
  /** The transformation. */
  readonly callee: string;
  /** The argument that holds them. */
  readonly argument: string;
  /** What they must be like. */
  readonly like: string;
}

/** What {@link vjp} does, on behalf of any transformation. */
export function pullbackOf(
  names: CotangentNames,
  f: AnyFunction,
  primals: readonly unknown[],
): [out: unknown, pullback: Pullback] {
  const { callee } = names;
  const trace = new GradTrace(callee);
  const inputs = primals.map((primal, i) => new TracedArgument(trace, `argument ${i}`, primal));
  const result = runTraced(trace, () => f(...inputs.map((input) => input.traced)));
  const [outputs, structure] = flatten(result);
  const tensors = outputs.map((x) => resultTensor(callee, x));
  const lowered = tensors.map((x) => trace.lower(x));
  const indices = tensors.map((x) => trace.indexOf(x));
  const pullback = (ct: unknown): unknown => {
    const seeds = checkCotangents(names, ct, structure, lowered);
    const found = walkBack(trace.tape, indices, seeds, false);
    return inputs.map((input) => input.gradient(found));
  };
  return [unflatten(structure, lowered), pullback];
}

const GRAD_OPTIONS: readonly string[] = ["argnums", "hasAux"];

/** A function whose types the transformation does not follow. */
export type AnyFunction = (...args: any[]) => any;

/** Throws unless `f` is a function. */
export function checkFunction(callee: string, f: unknown): void {
  if (typeof f !== "function") {
    throw new TypeError(`${callee}: f must be a function, got ${describe(f)}.`);
  }
}

/** An argument whose leaves became inputs of the trace. */
class TracedArgument {
  readonly traced: unknown;
  private readonly structure: Structure;
  private readonly indices: number[] = [];
  private readonly primals: Tensor[] = [];

  constructor(trace: GradTrace, name: string, argument: unknown) {
    const [leaves, structure] = flatten(argument);
    this.structure = structure;
    const tracers = leaves.map((leaf) => {
      const primal = differentiable(trace.transform, name, leaf);
      const tracer = trace.input(primal);
      this.primals.push(primal);
      this.indices.push(tracer.index);
      return tracer;
    });
    this.traced = unflatten(structure, tracers);
  }

  /** The tree of cotangents that arrived at the leaves; zeros where none did. */
  gradient(cotangents: readonly (Tensor | null)[]): unknown {
    const found = this.indices.map((index, i) => {
      const { shape, dtype } = this.primals[i];
      return cotangents[index] ?? full(shape, 0, dtype);
    });
    return unflatten(this.structure, found);
  }
}

function differentiable(callee: string, name: string, leaf: unknown): Tensor {
  if (typeof leaf === "number") return scalarTensor(leaf, defaultFloat());
  if (!isTensor(leaf) && !isForeignArray(leaf)) {
    throw new TypeError(
      `${callee}: ${name} must be a tensor, a number or a tree of these, got ${describe(leaf)}.`,
    );
  }
  const x = toTensor(leaf as TensorLike);
  if (!isFloating(x.dtype)) {
    throw new TypeError(`${callee}: ${name} must be of a floating dtype, got ${describe(x)}.`);
  }
  return x;
}

function isForeignArray(x: unknown): boolean {
  return typeof x === "object" && x !== null && "data" in x && "shape" in x && "stride" in x;
}

function runTraced(trace: GradTrace, f: () => unknown): unknown {
  try {
    return f();
  } finally {
    trace.close();
  }
}

interface Differentiated {
  readonly value: Tensor;
  readonly aux: unknown;
  readonly gradient: unknown;
}

function differentiate(
  callee: string,
  f: AnyFunction,
  { argnums = 0, hasAux = false }: GradOptions,
  args: readonly unknown[],
): Differentiated {
  const positions = (typeof argnums === "number" ? [argnums] : argnums).map((n) =>
    checkArgnum(callee, n, args.length),
  );
  if (positions.length > 1 && new Set(positions).size < positions.length) {
    throw new RangeError(
      `${callee}: argnums must name each argument once, got ${describe(argnums)}.`,
    );
  }
  const trace = new GradTrace(callee);
  const traced = [...args];
  const inputs = positions.map((position) => {
    const input = new TracedArgument(trace, `argument ${position}`, args[position]);
    traced[position] = input.traced;
    return input;
  });
  let result = runTraced(trace, () => f(...traced));
  let aux: unknown;
  if (hasAux) {
    if (!Array.isArray(result) || result.length !== 2) {
      throw new TypeError(
        `${callee}: the function must return [value, aux] with hasAux, got ${describe(result)}.`,
      );
    }
    [result, aux] = result as [unknown, unknown];
    aux = lowerTree(trace, aux);
  }
  const output = scalarResult(callee, result);
  const value = trace.lower(output);
  const seeds = [scalarTensor(1, value.dtype)];
  const found = walkBack(trace.tape, [trace.indexOf(output)], seeds, true);
  const gradients = inputs.map((input) => input.gradient(found));
  return { value, aux, gradient: typeof argnums === "number" ? gradients[0] : gradients };
}

function checkArgnum(callee: string, n: number, count: number): number {
  const position = n < 0 ? n + count : n;
  if (!Number.isInteger(n) || position < 0 || position >= count) {
    throw new RangeError(
      `${callee}: argnums must be positions among the ${count} arguments, got ${describe(n)}.`,
    );
  }
  return position;
}

function resultTensor(callee: string, x: unknown): Tensor {
  if (typeof x === "number") return scalarTensor(x, defaultFloat());
  if (isTensor(x)) return x;
  throw new TypeError(
    `${callee}: the function must return a tensor or a tree of tensors, got ${describe(x)}.`,
  );
}

function scalarResult(callee: string, x: unknown): Tensor {
  if (typeof x === "number") return scalarTensor(x, defaultFloat());
  if (!isTensor(x)) {
    throw new TypeError(`${callee}: the function must return a scalar tensor, got ${describe(x)}.`);
  }
  if (x.shape.length !== 0) {
    throw new RangeError(`${callee}: the function must return a scalar, got ${describe(x)}.`);
  }
  if (!isFloating(x.dtype)) {
    throw new TypeError(
      `${callee}: the function must return a floating scalar, got ${describe(x)}.`,
    );
  }
  return x;
}

/** Takes the trace out of auxiliary results; what is no tracer passes through untouched. */
function lowerTree(trace: GradTrace, x: unknown): unknown {
  if (isTracer(x)) return trace.lower(x);
  if (isNDArray(x) || !isContainer(x)) return x;
  const [leaves, structure] = flatten(x);
  return unflatten(
    structure,
    leaves.map((leaf) => (isTracer(leaf) ? trace.lower(leaf) : leaf)),
  );
}

function checkCotangents(
  { callee, argument, like }: CotangentNames,
  ct: unknown,
  structure: Structure,
  outputs: readonly Tensor[],
): Tensor[] {
  const [leaves, found] = flatten(ct);
  if (!sameStructure(structure, found)) {
    throw new TypeError(
      `${callee}: ${argument} must have the structure of ${like}, ${print(structure)}, got ${print(found)}.`,
    );
  }
  return leaves.map((leaf, i) => {
    const { shape, dtype } = outputs[i];
    const seed =
      typeof leaf === "number"
        ? scalarTensor(leaf, dtype)
        : checkOperand(callee, argument, leaf as TensorLike);
    if (seed.dtype !== dtype) {
      throw new TypeError(
        `${callee}: ${argument} must have the dtype of ${like}, ${dtype}, got ${describe(seed)}.`,
      );
    }
    if (seed.shape.length !== shape.length || seed.shape.some((n, axis) => n !== shape[axis])) {
      throw new RangeError(
        `${callee}: ${argument} must have the shape of ${like}, [${shape.join(", ")}], got ${describe(seed)}.`,
      );
    }
    return seed;
  });
}

/**
 * Walks the tape backwards from the seeded outputs; returns the cotangent of every tape position that
 * received one. `release` frees each record once it is used, for tapes that are walked once.
 */
function walkBack(
  tape: (TapeNode | null)[],
  outputs: readonly number[],
  seeds: readonly Tensor[],
  release: boolean,
): (Tensor | null)[] {
  const cotangents: (Tensor | null)[] = tape.map(() => null);
  outputs.forEach((index, i) => {
    if (index >= 0) accumulate(cotangents, index, seeds[i]);
  });
  const parts = new Map<number, PendingParts[]>();
  for (let index = tape.length - 1; index >= 0; index--) {
    // Whatever was taken of a value comes after it on the tape, so all of its parts are known here.
    for (const { primitive, cts, contexts } of parts.get(index) ?? NO_PARTS) {
      accumulate(cotangents, index, primitive.vjpOfParts(cts, contexts));
    }
    parts.delete(index);
    const node = tape[index];
    if (node === null) continue;
    const ct = cotangents[index];
    if (ct !== null) {
      const { primitive, params, inputs, output, parents } = node;
      const needs = parents.map((parent) => parent >= 0);
      const context = { inputs, output, params, needs };
      if (takesPart(primitive)) {
        addPart(parts, parents[0], primitive, ct, context);
        cotangents[index] = null;
        if (release) tape[index] = null;
        continue;
      }
      const pulled = primitive.vjp(ct, context);
      for (let i = 0; i < parents.length; i++) {
        const part = pulled[i];
        if (parents[i] >= 0 && part !== null) accumulate(cotangents, parents[i], part);
      }
      cotangents[index] = null;
    }
    if (release) tape[index] = null;
  }
  return cotangents;
}

type PartPrimitive = Primitive<unknown> & Required<Pick<Primitive<unknown>, "vjpOfParts">>;

function takesPart(primitive: Primitive<unknown>): primitive is PartPrimitive {
  return primitive.vjpOfParts !== undefined;
}

const NO_PARTS: readonly never[] = [];

/** Cotangents of the parts that one primitive took of one value. */
interface PendingParts {
  readonly primitive: PartPrimitive;
  readonly cts: Tensor[];
  readonly contexts: VjpContext<unknown>[];
}

function addPart(
  parts: Map<number, PendingParts[]>,
  parent: number,
  primitive: PartPrimitive,
  ct: Tensor,
  context: VjpContext<unknown>,
): void {
  const pending = parts.get(parent) ?? [];
  parts.set(parent, pending);
  let same = pending.find((other) => other.primitive === primitive);
  if (same === undefined) pending.push((same = { primitive, cts: [], contexts: [] }));
  same.cts.push(ct);
  same.contexts.push(context);
}

function accumulate(cotangents: (Tensor | null)[], index: number, part: Tensor): void {
  const sum = cotangents[index];
  cotangents[index] = sum === null ? part : add(sum, part);
}
