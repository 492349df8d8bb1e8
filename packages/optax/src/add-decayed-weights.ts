import { add, multiply, tree } from "@flaxen/autodiff";
import type { Structure } from "@flaxen/autodiff";
import { describe } from "@flaxen/dtype";
import { checkNonNegative } from "./arguments.ts";
import type { EmptyState, GradientTransformation } from "./gradient-transformation.ts";
import { countLeaves, print, rebuild, takeLeaves, takeMatching } from "./leaves.ts";

/** Options of {@link addDecayedWeights}. */
export interface AddDecayedWeightsOptions {
  /**
   * Which parameters decay: a tree of booleans, or a function from the parameters to one. A boolean
   * in place of a subtree stands for all of it. By default all decay.
   */
  readonly mask?: Mask | undefined;
}

/** A tree of booleans like the parameters, or a function from the parameters to one. */
export type Mask = MaskTree | ((params: unknown) => MaskTree);

/** A tree of booleans. */
export type MaskTree =
  boolean | null | undefined | readonly MaskTree[] | { readonly [name: string]: MaskTree };

/**
 * Builds the transformation that adds a multiple of the parameters to the updates.
 *
 * `updates + weightDecay * params`. After an adaptive rule and before the learning rate this is
 * decoupled weight decay.
 *
 * @param weightDecay - A non-negative finite number; 0 by default.
 * @param options - `mask`, a tree of booleans, or a function from the parameters to one, that says
 *   which parameters decay; by default all.
 * @returns A transformation whose state is `{}` and whose `update` needs the parameters.
 * @throws TypeError if `weightDecay` is no number, or (in `update`) the mask or the
 *   parameters do not fit the updates.
 * @throws RangeError if `weightDecay` is negative or not finite.
 * @throws Error (in `update`) if the parameters are missing.
 * @see Loshchilov and Hutter (2019), "Decoupled Weight Decay Regularization", algorithm 2.
 *   https://arxiv.org/abs/1711.05101
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { addDecayedWeights } from "@flaxen/optax";
 *
 * const params = { bias: array([8]), kernel: array([4]) };
 * const grads = { bias: array([1]), kernel: array([1]) };
 * const tx = addDecayedWeights(0.5, { mask: { bias: false, kernel: true } });
 * tx.update(grads, tx.init(params), params)[0]; // => { bias: [1], kernel: [3] }
 * ```
 */
export function addDecayedWeights(
  weightDecay = 0,
  options: AddDecayedWeightsOptions = {},
): GradientTransformation<EmptyState> {
  return addDecayedWeightsAs("addDecayedWeights", weightDecay, options);
}

/** {@link addDecayedWeights} as a part of the optimizer `callee`, which messages name. */
export function addDecayedWeightsAs(
  callee: string,
  weightDecay: number,
  { mask }: AddDecayedWeightsOptions,
): GradientTransformation<EmptyState> {
  checkNonNegative(callee, "weightDecay", weightDecay);
  const owner = `${callee}.update`;
  return {
    init: () => ({}),
    update<T>(updates: T, state: EmptyState, params?: unknown): [T, EmptyState] {
      if (params === undefined) {
        throw new Error(
          `${owner}: params must be given to decay them, got undefined. Call update(updates, state, params).`,
        );
      }
      const gradients = takeLeaves(owner, "updates", updates);
      const { leaves, structure } = takeMatching(owner, "params", params, "updates", gradients);
      const decays = maskLeaves(owner, mask, params, structure);
      if (weightDecay === 0) return [updates, state];
      const decayed = gradients.leaves.map((g, i) =>
        decays[i] ? add(g, multiply(leaves[i], weightDecay)) : g,
      );
      return [rebuild(structure, decayed), state];
    },
  };
}

/** The mask of each leaf of the parameters. */
function maskLeaves(
  callee: string,
  mask: Mask | undefined,
  params: unknown,
  structure: Structure,
): readonly boolean[] {
  if (mask === undefined) return Array<boolean>(countLeaves(structure)).fill(true);
  const [values, maskStructure] = tree.flatten(typeof mask === "function" ? mask(params) : mask);
  const wrong = values.find((value) => typeof value !== "boolean");
  if (wrong !== undefined) {
    throw new TypeError(`${callee}: mask must be a tree of booleans, got ${describe(wrong)}.`);
  }
  const spread: boolean[] = [];
  if (!spreadPrefix(maskStructure, structure, [...(values as boolean[])], spread)) {
    throw new TypeError(
      `${callee}: mask must have the structure of params or of its upper part, got ${print(maskStructure)} for ${print(structure)}.`,
    );
  }
  return spread;
}

/** Repeats each value of a prefix for the leaves below it; false when it is no prefix. */
function spreadPrefix(
  prefix: Structure,
  whole: Structure,
  values: boolean[],
  spread: boolean[],
): boolean {
  if (prefix.kind === "leaf") {
    const value = values.shift()!;
    for (let left = countLeaves(whole); left > 0; left--) spread.push(value);
    return true;
  }
  if (prefix.kind === "empty" || whole.kind === "empty") return prefix.kind === whole.kind;
  if (whole.kind !== prefix.kind || whole.children.length !== prefix.children.length) return false;
  if (prefix.kind === "object" && whole.kind === "object") {
    if (!prefix.keys.every((key, i) => key === whole.keys[i])) return false;
  }
  return prefix.children.every((child, i) =>
    spreadPrefix(child, whole.children[i], values, spread),
  );
}
