import type { NDArray } from "@flaxen/ndarray";
import { unflatten } from "../tree.ts";
import type { Arguments } from "../gradient-types.ts";
import { Entries } from "./entries.ts";
import type { Entry } from "./entries.ts";
import { checkJit } from "./jitted.ts";
import type { Jitted, JitOptions } from "./jitted.ts";
import { ResultTemplate } from "./result-template.ts";
import { inputOf, standIn, takeArguments } from "./signature.ts";
import type { Signature } from "./signature.ts";
import { stage } from "./stage.ts";

/**
 * Compiles a function of tensors: its first call for each combination of shapes and dtypes is traced to a graph,
 * which is simplified, fused and laid out in one stretch of memory; later calls run that program. The results have
 * the same bits as without `jit`.
 *
 * `f` must compute its result from its arguments by operations: whatever else it does happens once, while it is
 * traced. Arguments and result may be trees (nested arrays and plain objects). Tensors, numbers and random keys are
 * data; booleans, strings and functions are part of the program, which is compiled anew for other ones. Inside of
 * another transformation the function runs as it is and becomes part of that.
 *
 * @param f - A function of tensors, numbers and keys.
 * @param options - `cacheSize`.
 * @returns A function of the same arguments, with `explain()` and `clear()`.
 * @throws {@link TypeError} if `f` is no function or (when called) an argument holds something else.
 * @throws {@link RangeError} if `cacheSize` is not a positive integer.
 * @throws {@link Error} (when called) if `f` reads the value of a tensor that depends on its arguments.
 *
 * @example
 * ```ts
 * import { add, jit, multiply, relu } from "@flaxen/autodiff";
 * import { array } from "@flaxen/ndarray";
 *
 * const f = jit((x, y) => relu(add(multiply(x, y), 1)));
 * f(array([1, 2]), array([3, -4])); // => [4, 0]
 * f(array([1, 2]), 2); // => [3, 5]
 * f.explain().length; // => 2
 * ```
 */
export function jit<A extends readonly any[], R>(
  f: (...args: A) => R,
  options: JitOptions = {},
): ((...args: Arguments<A>) => R) & Jitted {
  const entries = new Entries<Signature, CompiledFunction>(checkJit(f, options));
  const traced = f as (...args: readonly unknown[]) => unknown;
  const call = (...args: Arguments<A>): R => {
    const taken = takeArguments("jit", args);
    if (taken === undefined) return f(...(args as unknown as A));
    const { signature } = taken;
    const entry =
      entries.find(signature) ??
      entries.compile(signature, () => compile(traced, signature, entries));
    if (entry === undefined) return f(...(args as unknown as A));
    return entry.template.build(entry.program.call(taken.arrays) as NDArray[]) as R;
  };
  return Object.assign(call, entries.report());
}

interface CompiledFunction extends Entry<Signature> {
  readonly template: ResultTemplate;
}

function compile(
  f: (...args: readonly unknown[]) => unknown,
  signature: Signature,
  entries: Entries<Signature, CompiledFunction>,
): CompiledFunction | undefined {
  const inputs = signature.types.flatMap((type) => inputOf(type) ?? []);
  let template: ResultTemplate | undefined;
  const graph = stage("jit", inputs, (tracers) => {
    let next = 0;
    const leaves = signature.types.map((type) =>
      type.kind === "static" ? type.value : standIn(type, tracers[next++]),
    );
    const result = ResultTemplate.of(f(...(unflatten(signature.structure, leaves) as unknown[])));
    template = result.template;
    return result.tracers;
  });
  if (graph === undefined || template === undefined) return undefined;
  return { signature, program: entries.programFor(graph), template };
}
