import { add, astype } from "@flaxen/autodiff";
import { rebuild, takeLeaves, takeMatching } from "./leaves.ts";

/**
 * Adds updates to parameters.
 *
 * @param params - A tree of tensors; left as it is.
 * @param updates - A tree of the same structure and shapes, as `update` returned it.
 * @returns The new parameters, each in the dtype of the old one.
 * @throws {@link TypeError} if the trees differ in structure or a leaf is no tensor.
 * @throws {@link RangeError} if two leaves differ in shape.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { applyUpdates } from "@flaxen/optax";
 *
 * applyUpdates({ w: array([1, 2]) }, { w: array([0.5, -1]) }); // => { w: [1.5, 1] }
 * ```
 */
export function applyUpdates<T>(params: T, updates: unknown): T {
  const parameters = takeLeaves("applyUpdates", "params", params);
  const { leaves } = takeMatching("applyUpdates", "updates", updates, "params", parameters);
  const next = parameters.leaves.map((p, i) => {
    const moved = add(p, leaves[i]);
    return moved.dtype === p.dtype ? moved : astype(moved, p.dtype);
  });
  return rebuild(parameters.structure, next);
}
