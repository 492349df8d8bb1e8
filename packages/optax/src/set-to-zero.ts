import { zerosLike } from "@flaxen/ndarray";
import type { EmptyState, GradientTransformation } from "./gradient-transformation.ts";
import { mapLeaves } from "./leaves.ts";
import { maskedAs } from "./masked.ts";
import type { MaskedState } from "./masked.ts";
import type { Mask } from "./mask.ts";

/**
 * Builds the transformation that replaces the updates by zeros, so that the parameters stay.
 *
 * @returns A transformation whose state is `{}`.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { setToZero } from "@flaxen/optax";
 *
 * setToZero().update(array([1, -2]), {}); // => [[0, 0], {}]
 * ```
 */
export function setToZero(): GradientTransformation<EmptyState> {
  return setToZeroAs("setToZero");
}

function setToZeroAs(callee: string): GradientTransformation<EmptyState> {
  return {
    init: () => ({}),
    update<T>(updates: T, state: EmptyState): [T, EmptyState] {
      return [mapLeaves(`${callee}.update`, updates, (g) => zerosLike(g)), state];
    },
  };
}

/**
 * Builds the transformation that sets the updates of selected parameters to zero.
 *
 * At the end of a {@link chain} it keeps those parameters as they are.
 *
 * @param mask - A tree of booleans with the structure of the parameters, or a function from a tree of
 *   that structure to one; `true` freezes. A boolean in place of a subtree stands for all of it.
 * @returns A transformation whose state is `{ innerState: {} }`.
 * @throws {@link TypeError} (in `init` and `update`) if the mask does not fit.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { chain, freeze, sgd } from "@flaxen/optax";
 *
 * const tx = chain(sgd(0.5), freeze({ encoder: true, head: false }));
 * const params = { encoder: [array([2])], head: array([2]) };
 * tx.update(params, tx.init(params))[0]; // => { encoder: [[0]], head: [-1] }
 * ```
 */
export function freeze(mask: Mask): GradientTransformation<MaskedState<EmptyState>> {
  return maskedAs("freeze", setToZeroAs("freeze"), mask);
}
