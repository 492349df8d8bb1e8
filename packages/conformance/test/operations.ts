import * as ops from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { isFloating } from "@flaxen/dtype";
import { flatData, isNDArray } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { setWasmEnabled } from "@flaxen/wasm";
import { closeDifference, cotangent, resolve } from "./answers.ts";
import type { Close, Tolerance } from "./answers.ts";

/** One operation, its value and its pullback at a fixed vector, see generate/operations.py. */
export interface Operation {
  readonly op: string;
  readonly args: readonly unknown[];
  readonly value: Close;
  /** Which element of the result, if that is a list. */
  readonly part?: number;
  /** For each floating array among the arguments. */
  readonly gradients?: readonly Close[];
}

/** An operation, its value and its tangent along a fixed vector. */
export interface Tangent extends Operation {
  readonly tangent: Close;
}

export type ToleranceOf = (item: Operation, part: Close) => Tolerance;

/** A function of the floating arrays of a case, and these. */
type Prepared = readonly [f: (...x: Tensor[]) => Tensor, primals: readonly NDArray[]];

export function titleOf({ op, args }: Operation): string {
  return `${op}(${JSON.stringify(args).slice(1, -1)})`;
}

/** The operation as a function of those of its arrays that `choose` wants, and those arrays. */
function prepare({ op, args, part }: Operation, choose = isFloatingArray): Prepared {
  const values = args.map(resolve);
  const places = [...values.keys()].filter((i) => choose(values[i]));
  const call = (ops as unknown as Record<string, (...args: readonly unknown[]) => unknown>)[op];
  const apply = (filled: readonly unknown[]): unknown => {
    // "..." stands before arrays that the operation takes as one list.
    if (filled[0] !== "...") return call(...filled);
    const arrays = filled.slice(1).filter((value) => typeof value === "object");
    return call(arrays, filled.at(-1));
  };
  const f = (...x: Tensor[]): Tensor => {
    const filled = [...values];
    places.forEach((place, i) => (filled[place] = x[i]));
    const result = apply(filled);
    return (part === undefined ? result : (result as readonly unknown[])[part]) as Tensor;
  };
  return [f, places.map((place) => values[place] as NDArray)];
}

function isFloatingArray(value: unknown): boolean {
  return isNDArray(value) && isFloating(value.dtype);
}

/** Compares value and gradients of an operation with those of JAX. */
export function operationDifference(item: Operation, tolerance: ToleranceOf): string | undefined {
  const [f, primals] = prepare(item);
  const { value, gradients } = item;
  const problems: string[] = [];
  const compare = (name: string, actual: unknown, answer: Close): void => {
    const problem = closeDifference(actual, answer, tolerance(item, answer));
    if (problem !== undefined) problems.push(`${name} ${problem}`);
  };
  if (gradients === undefined) compare("value", f(...primals), value);
  else {
    const [out, pullback] = ops.vjp(f, ...primals);
    compare("value", out, value);
    const found = pullback(cotangent(value.shape, value.dtype) as never) as readonly unknown[];
    gradients.forEach((answer, i) => compare(`gradient ${i}`, found[i], answer));
  }
  return problems.length === 0 ? undefined : problems.join("; ");
}

/** Compares the tangent of an operation with that of JAX. */
export function tangentDifference(item: Tangent, tolerance: ToleranceOf): string | undefined {
  const [f, primals] = prepare(item);
  const moves = primals.map(({ shape, dtype }) => cotangent(shape, dtype));
  const [out, tangent] = ops.jvp(f, primals as Tensor[], moves);
  return (
    closeDifference(out, item.value, tolerance(item, item.value)) ??
    closeDifference(tangent, item.tangent, tolerance(item, item.tangent))
  );
}

/** Compares the pullback of the first argument's pullback with that of JAX. */
export function secondDifference(item: Operation, tolerance: ToleranceOf): string | undefined {
  const [f, [x, ...others]] = prepare(item);
  const slope = (x: Tensor): Tensor => {
    const [out, pullback] = ops.vjp((x: Tensor) => f(x, ...others), x);
    return pullback(cotangent(out.shape, out.dtype) as never)[0] as Tensor;
  };
  const [out, pullback] = ops.vjp(slope, x);
  const [curvature] = pullback(cotangent(out.shape, out.dtype) as never) as readonly unknown[];
  const { value, gradients } = item;
  return (
    closeDifference(out, value, tolerance(item, value)) ??
    closeDifference(curvature, gradients![0], tolerance(item, gradients![0]))
  );
}

/**
 * Runs an operation and its gradients eagerly with WebAssembly, and says which of three other ways gives other bits:
 * plain JavaScript, `jit`, and a program of `jit` in plain JavaScript.
 */
export function waysDifference(item: Operation): string | undefined {
  const { value, gradients } = item;
  const [f, inputs] = prepare(item, gradients === undefined ? isNDArray : isFloatingArray);
  const run = (...x: Tensor[]): Tensor[] => {
    if (gradients === undefined) return [f(...x)];
    const [out, pullback] = ops.vjp(f, ...x);
    return [out, ...(pullback(cotangent(value.shape, value.dtype) as never) as Tensor[])];
  };
  const compiled = ops.jit(run);
  const expected = run(...inputs).map(bitsOf);
  const differs = (results: readonly Tensor[]): boolean =>
    results.some((result, i) => bitsOf(result) !== expected[i]);
  const ways: Readonly<Record<string, () => readonly Tensor[]>> = {
    "plain JavaScript": () => inPlainJavaScript(() => run(...inputs)),
    jit: () => compiled(...inputs) as Tensor[],
    "jit in plain JavaScript": () => inPlainJavaScript(() => compiled(...inputs) as Tensor[]),
  };
  const wrong = Object.keys(ways).filter((name) => differs(ways[name]()));
  return wrong.length === 0 ? undefined : `other bits: ${wrong.join(", ")}`;
}

function inPlainJavaScript<T>(f: () => T): T {
  setWasmEnabled(false);
  try {
    return f();
  } finally {
    setWasmEnabled(true);
  }
}

/** Form and elements in a form that tells 0 from -0 and does not tell NaNs apart. */
function bitsOf(x: Tensor): string {
  const { dtype, shape } = x;
  const data = flatData(x as NDArray) as ArrayLike<number>;
  const nan = dtype === "float16" ? 0x7c00 : dtype === "bfloat16" ? 0x7f80 : Infinity;
  const element = (v: number): string =>
    (v & 0x7fff) > nan ? "NaN" : Object.is(v, -0) ? "-0" : String(v);
  return `${dtype}[${shape.join()}] ${Array.from(data, element).join()}`;
}
