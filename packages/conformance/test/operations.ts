import * as ops from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { isFloating } from "@flaxen/dtype";
import { isNDArray } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { closeDifference, cotangent, resolve } from "./answers.ts";
import type { Close, Tolerance } from "./answers.ts";

/** One operation, its value and its pullback at a fixed vector, see generate/operations.py. */
export interface Operation {
  readonly op: string;
  readonly args: readonly unknown[];
  readonly value: Close;
  /** For each floating array among the arguments. */
  readonly gradients?: readonly Close[];
}

export type ToleranceOf = (item: Operation, part: Close) => Tolerance;

export function titleOf({ op, args }: Operation): string {
  return `${op}(${JSON.stringify(args).slice(1, -1)})`;
}

/** The operation as a function of its floating arrays, and those arrays. */
function prepare({ op, args }: Operation): [f: (...x: Tensor[]) => Tensor, primals: NDArray[]] {
  const values = args.map(resolve);
  const places = [...values.keys()].filter((i) => {
    const value = values[i];
    return isNDArray(value) && isFloating(value.dtype);
  });
  const call = (ops as unknown as Record<string, (...args: readonly unknown[]) => Tensor>)[op];
  const f = (...x: Tensor[]): Tensor => {
    const filled = [...values];
    places.forEach((place, i) => (filled[place] = x[i]));
    // "..." stands before arrays that the operation takes as one list.
    if (filled[0] !== "...") return call(...filled);
    const arrays = filled.slice(1).filter((value) => typeof value === "object");
    return call(arrays, filled.at(-1));
  };
  return [f, places.map((place) => values[place] as NDArray)];
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
