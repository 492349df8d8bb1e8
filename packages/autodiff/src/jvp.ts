import { describe, isFloating } from "@flaxen/dtype";
import { full } from "@flaxen/ndarray";
import { checkFunction, pullbackOf } from "./grad.ts";
import type { AnyFunction } from "./grad.ts";
import type { Arguments, Gradient } from "./gradient-types.ts";
import type { Tensor } from "./tensor.ts";
import { flatten, unflatten } from "./tree.ts";

/**
 * Evaluates a function and its derivative along a direction (Jacobian-vector product).
 *
 * The tangent is what the transposed pullback gives: the pullback of `f` is linear, so its own pullback pushes
 * tangents forward. That costs about two reverse passes; inside of `jit` the part of them that only serves to find
 * the transposed operations is dropped. `jvp` of `grad(f)` is the product of the Hessian of `f` with a vector.
 *
 * @param f - A function of tensors or trees that returns a tensor or tree.
 * @param primals - List of its arguments; all of them are differentiated.
 * @param tangents - List of a direction for each argument, of the same structure, shapes and dtypes.
 * @returns `[out, tangent]`: `tangent` is a tree like `out`, with zeros for results that are not floating.
 * @throws {@link TypeError} if `primals` is no list, an argument is not floating, or `tangents` has another
 *   structure or dtype than `primals`.
 * @throws {@link RangeError} if a tangent has another shape than its argument.
 *
 * @example
 * ```ts
 * import { grad, jvp, multiply, sum } from "@flaxen/autodiff";
 * import type { Tensor } from "@flaxen/autodiff";
 * import { array } from "@flaxen/ndarray";
 *
 * const [out, tangent] = jvp((x, y) => multiply(x, y), [array([1, 2]), 3], [array([1, 0]), 1]);
 * out; // => [3, 6]
 * tangent; // => [4, 2]
 *
 * const cubes = (x: Tensor) => sum(multiply(x, multiply(x, x)));
 * jvp(grad(cubes), [array([1, 2])], [array([1, 1])])[1]; // => [6, 12]
 * ```
 */
export function jvp<A extends readonly Tensor[], R>(
  f: (...args: A) => R,
  primals: Arguments<A>,
  tangents: Arguments<A>,
): [out: R, tangent: Gradient<R>];
export function jvp<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  primals: Arguments<A>,
  tangents: Arguments<A>,
): [out: R, tangent: Gradient<R>];
export function jvp(f: AnyFunction, primals: unknown, tangents: unknown): [unknown, unknown] {
  checkFunction("jvp", f);
  if (!Array.isArray(primals)) {
    throw new TypeError(`jvp: primals must be a list of arguments, got ${describe(primals)}.`);
  }
  const names = { callee: "jvp", argument: "tangents", like: "primals" };
  const [out, pullback] = pullbackOf(names, f, primals as unknown[]);
  const [leaves, structure] = flatten(out);
  const tensors = leaves as readonly Tensor[];
  const zeros = tensors.map(({ shape, dtype }) => full(shape, 0, dtype));
  const floating = [...zeros.keys()].filter((i) => isFloating(zeros[i].dtype));
  // The pullback is linear, so it does not matter where it is transposed.
  const transposed = (...cts: readonly Tensor[]): unknown => {
    const filled: Tensor[] = [...zeros];
    floating.forEach((position, i) => (filled[position] = cts[i]));
    return pullback(unflatten(structure, filled));
  };
  const [, push] = pullbackOf(
    names,
    transposed,
    floating.map((position) => zeros[position]),
  );
  const found = push(tangents) as readonly Tensor[];
  const all: Tensor[] = [...zeros];
  floating.forEach((position, i) => (all[position] = found[i]));
  return [out, unflatten(structure, all)];
}
