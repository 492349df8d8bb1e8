import { all, greater, isfinite, logicalAnd, logicalOr, where } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { full, zerosLike } from "@flaxen/ndarray";
import { checkNonNegativeInteger } from "./arguments.ts";
import { checkTransformation } from "./chain.ts";
import { choose } from "./choose.ts";
import { increment, initialCount } from "./count.ts";
import type { GradientTransformation } from "./gradient-transformation.ts";
import { rebuild, takeLeaves } from "./leaves.ts";
import { checkState } from "./state.ts";

/** The state of {@link applyIfFinite}. */
export interface ApplyIfFiniteState<State = unknown> {
  /** Bad updates in a row up to now, an int32 scalar. */
  readonly notfiniteCount: Tensor;
  /** Whether the last updates were finite, a boolean scalar. */
  readonly lastFinite: Tensor;
  /** Bad updates in all, an int32 scalar. */
  readonly totalNotfinite: Tensor;
  /** State of the inner transformation. */
  readonly innerState: State;
}

/**
 * Builds the transformation that skips updates which hold NaN or an infinity.
 *
 * It then returns zeros and keeps the inner state. After `maxConsecutiveErrors` skips in a row it gives
 * up and applies the inner transformation to bad updates too.
 *
 * @param inner - The transformation for good updates.
 * @param maxConsecutiveErrors - Skips in a row, a non-negative integer.
 * @returns A transformation whose state is `{ notfiniteCount, lastFinite, totalNotfinite, innerState }`.
 * @throws {@link TypeError} if `inner` lacks `init` or `update`, or `maxConsecutiveErrors` is no number.
 * @throws {@link RangeError} if `maxConsecutiveErrors` is no non-negative integer.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { applyIfFinite, sgd } from "@flaxen/optax";
 *
 * const tx = applyIfFinite(sgd(0.5), 5);
 * const [updates, state] = tx.update(array([NaN, 1]), tx.init(array([0, 0])));
 * updates; // => [0, 0]
 * state.totalNotfinite; // => 1
 * tx.update(array([2, 1]), state)[0]; // => [-1, -0.5]
 * ```
 */
export function applyIfFinite<State>(
  inner: GradientTransformation<State>,
  maxConsecutiveErrors: number,
): GradientTransformation<ApplyIfFiniteState<State>> {
  checkTransformation("applyIfFinite", "inner", inner);
  checkNonNegativeInteger("applyIfFinite", "maxConsecutiveErrors", maxConsecutiveErrors);
  const owner = "applyIfFinite.update";
  return {
    init: (params) => ({
      notfiniteCount: initialCount(),
      lastFinite: full([], true, "bool"),
      totalNotfinite: initialCount(),
      innerState: inner.init(params),
    }),
    update<T>(
      updates: T,
      state: ApplyIfFiniteState<State>,
      params?: unknown,
    ): [T, ApplyIfFiniteState<State>] {
      checkState(owner, state, ["notfiniteCount", "lastFinite", "totalNotfinite", "innerState"]);
      const { leaves, structure } = takeLeaves(owner, "updates", updates);
      const lastFinite = leaves
        .map((g) => all(isfinite(g)))
        .reduce((whole, part) => logicalAnd(whole, part), full([], true, "bool") as Tensor);
      const notfiniteCount = where(lastFinite, 0, increment(state.notfiniteCount));
      const [next, innerState] = choose<[T, State]>(
        logicalOr(lastFinite, greater(notfiniteCount, maxConsecutiveErrors)),
        () => inner.update(updates, state.innerState, params),
        () => [
          rebuild<T>(
            structure,
            leaves.map((g) => zerosLike(g)),
          ),
          state.innerState,
        ],
      );
      const totalNotfinite = where(
        lastFinite,
        state.totalNotfinite,
        increment(state.totalNotfinite),
      );
      return [next, { notfiniteCount, lastFinite, totalNotfinite, innerState }];
    },
  };
}
