import type { Filter } from "./filters.ts";

/** A choice of Variables to differentiate, as the function of the same name makes it. */
export interface DiffState<N extends number = number, F extends Filter = Filter> {
  /** Position of the argument. */
  readonly argnum: N;
  /** Which of its Variables. */
  readonly filter: F;
}

/**
 * Chooses which Variables of an argument `grad` differentiates, in place of its Params.
 *
 * @param argnum - position of the argument; negative counts from the end.
 * @param filter - selects the Variables.
 * @returns an element for `argnums`.
 *
 * @example
 * ```ts
 * import { sum } from "@flaxen/autodiff";
 * import { DiffState, grad, Linear, PathContains, Rngs } from "@flaxen/nnx";
 *
 * const model = new Linear(1, 1, { rngs: new Rngs(0) });
 * const f = grad((m: Linear) => sum(m.forward([[1]])), {
 *   argnums: DiffState(0, PathContains("bias")),
 * });
 * Object.keys(f(model)); // => ["bias"]
 * ```
 */
export function DiffState<const N extends number, const F extends Filter>(
  argnum: N,
  filter: F,
): DiffState<N, F> {
  return { argnum, filter };
}
