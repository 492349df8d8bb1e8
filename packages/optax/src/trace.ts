import { add, astype, multiply } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { checkBoolean, checkDecay } from "./arguments.ts";
import type { GradientTransformation, TensorTree } from "./gradient-transformation.ts";
import { rebuild, takeLeaves, takeMatching, zerosLikeParams } from "./leaves.ts";
import { checkState } from "./state.ts";

/** Options of {@link trace}. */
export interface TraceOptions {
  /** Whether to look one step ahead along the trace; `false` by default. */
  readonly nesterov?: boolean;
}

/** The state of {@link trace}. */
export interface TraceState {
  /** The decayed sum of the gradients, a tree like the parameters. */
  readonly trace: TensorTree;
}

/**
 * Builds the transformation that replaces the updates by their decayed sum, which is momentum.
 *
 * `trace = g + decay * trace`; the updates are `trace`, or `g + decay * trace` once more when
 * `nesterov` is set. The gradient is not damped by `1 - decay`.
 *
 * @param decay - Decay rate of the sum, in `[0, 1)`.
 * @param options - `nesterov` (default `false`).
 * @returns A transformation whose state is `{ trace }`, in the dtype of the parameters.
 * @throws TypeError if an argument has the wrong type, or (in `init`) a parameter is not
 *   floating-point, or (in `update`) the updates have another structure than the state.
 * @throws RangeError if `decay` is out of range, or (in `update`) the updates have other
 *   shapes than the state.
 * @see Sutskever et al. (2013), "On the importance of initialization and momentum in deep learning",
 *   section 2. https://proceedings.mlr.press/v28/sutskever13.html
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { trace } from "@flaxen/optax";
 *
 * const tx = trace(0.5);
 * let [updates, state] = tx.update(array([2]), tx.init(array([0])));
 * [updates, state] = tx.update(array([2]), state);
 * updates; // => [3]
 * state; // => { trace: [3] }
 * ```
 */
export function trace(
  decay: number,
  options: TraceOptions = {},
): GradientTransformation<TraceState> {
  return traceAs("trace", "decay", decay, options);
}

/** {@link trace} as a part of the optimizer `callee`, where the decay is called `argument`. */
export function traceAs(
  callee: string,
  argument: string,
  decay: number,
  { nesterov = false }: TraceOptions,
): GradientTransformation<TraceState> {
  checkDecay(callee, argument, decay);
  checkBoolean(callee, "nesterov", nesterov);
  return {
    init: (params) => ({ trace: zerosLikeParams(`${callee}.init`, params) }),
    update<T>(updates: T, state: TraceState): [T, TraceState] {
      const owner = `${callee}.update`;
      checkState(owner, state, ["trace"]);
      const traces = takeLeaves(owner, "state.trace", state.trace);
      const { leaves, structure } = takeMatching(owner, "updates", updates, "the state", traces);
      const next = leaves.map((g, i) => accumulate(g, traces.leaves[i], decay));
      const moved = nesterov ? leaves.map((g, i) => accumulate(g, next[i], decay)) : next;
      return [rebuild(structure, moved), { trace: rebuild(structure, next) }];
    },
  };
}

/** `g + decay * sum`, in the dtype of the sum. */
function accumulate(g: Tensor, sum: Tensor, decay: number): Tensor {
  const result = add(g, multiply(sum, decay));
  return result.dtype === sum.dtype ? result : astype(result, sum.dtype);
}
