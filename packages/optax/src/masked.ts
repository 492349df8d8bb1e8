import { tree } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { checkTransformation } from "./chain.ts";
import type { GradientTransformation } from "./gradient-transformation.ts";
import { rebuild, takeLeaves, takeMatching } from "./leaves.ts";
import type { Leaves } from "./leaves.ts";
import { maskLeaves } from "./mask.ts";
import type { Mask } from "./mask.ts";
import { checkState } from "./state.ts";

/** The state of {@link masked}. */
export interface MaskedState<State> {
  /** State of the inner transformation, for parameters with `null` in place of those masked out. */
  readonly innerState: State;
}

/**
 * Builds the transformation that applies another one to the parts of the updates that a mask selects
 * and leaves the others as they are.
 *
 * The inner transformation sees `null` in place of what is masked out, so it keeps no state for it.
 *
 * @param inner - A transformation.
 * @param mask - A tree of booleans with the structure of the parameters, or a function from a tree of
 *   that structure to one; `true` selects. A boolean in place of a subtree stands for all of it.
 * @returns A transformation whose state is `{ innerState }`.
 * @throws {@link TypeError} if `inner` lacks `init` or `update`, or (in `init` and `update`) the mask does not
 *   fit.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { masked, scale } from "@flaxen/optax";
 *
 * const tx = masked(scale(-1), { bias: false, kernel: true });
 * const params = { bias: array([1]), kernel: array([2]) };
 * tx.update(params, tx.init(params))[0]; // => { bias: [1], kernel: [-2] }
 * ```
 */
export function masked<State>(
  inner: GradientTransformation<State>,
  mask: Mask,
): GradientTransformation<MaskedState<State>> {
  checkTransformation("masked", "inner", inner);
  return maskedAs("masked", inner, mask);
}

/** {@link masked} of a known transformation, as the transformation `callee`, which messages name. */
export function maskedAs<State>(
  callee: string,
  inner: GradientTransformation<State>,
  mask: Mask,
): GradientTransformation<MaskedState<State>> {
  const select = (owner: string, argument: string, value: unknown, taken: Leaves) =>
    maskLeaves({
      callee: owner,
      argument: "mask",
      value: typeof mask === "function" ? mask(value) : mask,
      owner: argument,
      structure: taken.structure,
    });
  return {
    init(params) {
      const taken = takeLeaves(`${callee}.init`, "params", params);
      return initSelected(inner, taken, select(`${callee}.init`, "params", params, taken));
    },
    update<T>(updates: T, state: MaskedState<State>, params?: unknown): [T, MaskedState<State>] {
      const owner = `${callee}.update`;
      const taken = takeLeaves(owner, "updates", updates);
      const selected = select(owner, "updates", updates, taken);
      const [leaves, next] = updateSelected(owner, inner, { taken, selected, state, params });
      return [rebuild(taken.structure, leaves), next];
    },
  };
}

/** The first state of a transformation of selected leaves. */
export function initSelected<State>(
  inner: GradientTransformation<State>,
  params: Leaves,
  selected: readonly boolean[],
): MaskedState<State> {
  return { innerState: inner.init(blank(params, selected)) };
}

/** What an update of selected leaves works on. */
interface Selection<State> {
  readonly taken: Leaves;
  readonly selected: readonly boolean[];
  readonly state: MaskedState<State>;
  readonly params: unknown;
}

/** Updates selected leaves and returns all. */
export function updateSelected<State>(
  owner: string,
  inner: GradientTransformation<State>,
  { taken, selected, state, params }: Selection<State>,
): [Tensor[], MaskedState<State>] {
  checkState(owner, state, ["innerState"]);
  const weights =
    params === undefined
      ? undefined
      : blank(takeMatching(owner, "params", params, "updates", taken), selected);
  const given = blank(taken, selected);
  const [updates, innerState] = inner.update(given, state.innerState, weights);
  const reference = takeLeaves(owner, "updates", given);
  const name = "the updates of the inner transformation";
  const { leaves } = takeMatching(owner, name, updates, "updates", reference);
  let next = 0;
  return [taken.leaves.map((g, i) => (selected[i] ? leaves[next++] : g)), { innerState }];
}

/** The tree with `null` in place of the leaves that are not selected. */
function blank({ leaves, structure }: Leaves, selected: readonly boolean[]): unknown {
  return tree.unflatten(
    structure,
    leaves.map((leaf, i) => (selected[i] ? leaf : null)),
  );
}
