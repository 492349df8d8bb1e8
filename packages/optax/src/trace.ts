import type { DType } from "@flaxen/dtype";
import { checkBoolean, checkDecay, checkHyperparam, checkStateDType } from "./arguments.ts";
import type { EmptyState, GradientTransformation, TensorTree } from "./gradient-transformation.ts";
import type { Hyperparam } from "./hyperparam.ts";
import { cast, rebuild, takeLeaves, takeMatching, zerosLikeParams } from "./leaves.ts";
import { identity } from "./identity.ts";
import { addScaled } from "./moments.ts";
import { checkState } from "./state.ts";

/** Options of {@link trace}. */
export interface TraceOptions {
  /** Whether to look one step ahead along the trace; `false` by default. */
  readonly nesterov?: boolean;
  /** Dtype in which the sum is stored; that of the parameters by default. */
  readonly accumulatorDtype?: DType | undefined;
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
 * @param decay - Decay rate of the sum, a number in `[0, 1)` or a scalar tensor.
 * @param options - `nesterov` (default `false`); `accumulatorDtype` (default: that of the parameters),
 *   in which the sum is stored between updates.
 * @returns A transformation whose state is `{ trace }`.
 * @throws {@link TypeError} if an argument has the wrong type, or (in `init`) a parameter is not
 *   floating-point, or (in `update`) the updates have another structure than the state.
 * @throws {@link RangeError} if `decay` is out of range, or (in `update`) the updates have other
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
  decay: Hyperparam,
  options: TraceOptions = {},
): GradientTransformation<TraceState> {
  return traceAs("trace", "decay", decay, options);
}

/** {@link trace} as a part of the optimizer `callee`, where the decay is called `argument`. */
function traceAs(
  callee: string,
  argument: string,
  decay: Hyperparam,
  { nesterov = false, accumulatorDtype }: TraceOptions,
): GradientTransformation<TraceState> {
  checkHyperparam(checkDecay, callee, argument, decay);
  checkBoolean(callee, "nesterov", nesterov);
  checkStateDType(callee, "accumulatorDtype", accumulatorDtype);
  return {
    init: (params) => ({ trace: zerosLikeParams(`${callee}.init`, params, accumulatorDtype) }),
    update<T>(updates: T, state: TraceState): [T, TraceState] {
      const owner = `${callee}.update`;
      checkState(owner, state, ["trace"]);
      const traces = takeLeaves(owner, "state.trace", state.trace);
      const { leaves, structure } = takeMatching(owner, "updates", updates, "the state", traces);
      // In the dtype of the gradients only when the sum is stored in one of its own.
      const working = (i: number): DType =>
        accumulatorDtype === undefined ? traces.leaves[i].dtype : leaves[i].dtype;
      const sums = leaves.map((g, i) => addScaled(g, traces.leaves[i], decay));
      const next = sums.map((sum, i) => cast(sum, traces.leaves[i].dtype));
      const moved = sums.map((sum, i) => {
        const current = accumulatorDtype === undefined ? next[i] : sum;
        return cast(nesterov ? addScaled(leaves[i], current, decay) : current, working(i));
      });
      return [rebuild(structure, moved), { trace: rebuild(structure, next) }];
    },
  };
}

/** The momentum of the optimizer `callee`, which may have none. */
export function momentumAs(
  callee: string,
  momentum: Hyperparam | undefined,
  options: TraceOptions,
): GradientTransformation<EmptyState | TraceState> {
  if (momentum !== undefined) return traceAs(callee, "momentum", momentum, options);
  const { nesterov = false, accumulatorDtype } = options;
  checkBoolean(callee, "nesterov", nesterov);
  checkStateDType(callee, "accumulatorDtype", accumulatorDtype);
  if (!nesterov) return identity();
  throw new RangeError(`${callee}: momentum must be given when nesterov is true, got undefined.`);
}
