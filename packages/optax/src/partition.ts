import { describe } from "@flaxen/dtype";
import { checkTransformation } from "./chain.ts";
import type { GradientTransformation } from "./gradient-transformation.ts";
import { rebuild, takeLeaves } from "./leaves.ts";
import type { Leaves } from "./leaves.ts";
import { labelLeaves } from "./mask.ts";
import type { Labels } from "./mask.ts";
import { initSelected, updateSelected } from "./masked.ts";
import type { MaskedState } from "./masked.ts";
import { checkState } from "./state.ts";

/** The state of {@link partition}. */
export interface PartitionState<States> {
  /** The state of each transformation, under its label. */
  readonly innerStates: { readonly [Label in keyof States]: MaskedState<States[Label]> };
}

/**
 * Builds the transformation that applies one of several others to each part of the updates.
 *
 * Each of them sees `null` in place of the parts of the others.
 *
 * @param transforms - Transformations by label.
 * @param paramLabels - A tree of labels with the structure of the parameters, or a function from a
 *   tree of that structure to one. A label in place of a subtree stands for all of it.
 * @returns A transformation whose state is `{ innerStates }`, by label.
 * @throws {@link TypeError} if a transformation lacks `init` or `update`, or (in `init` and `update`) the
 *   labels do not fit.
 * @throws {@link RangeError} (in `init` and `update`) if a label has no transformation.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { partition, setToZero, sgd } from "@flaxen/optax";
 *
 * const transforms = { fast: sgd(1), slow: sgd(0.25), frozen: setToZero() };
 * const tx = partition(transforms, { encoder: "frozen", body: "slow", head: "fast" });
 * const params = { encoder: array([2]), body: array([2]), head: array([2]) };
 * tx.update(params, tx.init(params))[0]; // => { encoder: [0], body: [-0.5], head: [-2] }
 * ```
 */
export function partition<States extends { readonly [label: string]: unknown }>(
  transforms: { readonly [Label in keyof States]: GradientTransformation<States[Label]> },
  paramLabels: Labels,
): GradientTransformation<PartitionState<States>> {
  if (typeof transforms !== "object" || transforms === null) {
    throw new TypeError(
      `partition: transforms must be an object of transformations, got ${describe(transforms)}.`,
    );
  }
  const groups = Object.entries<GradientTransformation>(transforms);
  for (const [label, part] of groups) {
    checkTransformation("partition", "transforms", part, ` at ${label}`);
  }
  const names = groups.map(([label]) => label);
  const labelsOf = (callee: string, owner: string, value: unknown, taken: Leaves) => {
    const labels = typeof paramLabels === "function" ? paramLabels(value) : paramLabels;
    const { structure } = taken;
    const argument = "paramLabels";
    const found = labelLeaves({ callee, argument, value: labels, owner, structure });
    const unknown = found.find((label) => !names.includes(label));
    if (unknown === undefined) return found;
    throw new RangeError(
      `${callee}: paramLabels must be among ${names.map(describe).join(", ")}, got ${describe(unknown)}.`,
    );
  };
  const assemble = (states: readonly MaskedState<unknown>[]): PartitionState<States> => {
    const innerStates = Object.fromEntries(names.map((label, i) => [label, states[i]]));
    return { innerStates: innerStates as PartitionState<States>["innerStates"] };
  };
  return {
    init(params) {
      const taken = takeLeaves("partition.init", "params", params);
      const labels = labelsOf("partition.init", "params", params, taken);
      const start = ([name, part]: (typeof groups)[number]): MaskedState<unknown> =>
        initSelected(
          part,
          taken,
          labels.map((label) => label === name),
        );
      return assemble(groups.map(start));
    },
    update<T>(
      updates: T,
      state: PartitionState<States>,
      params?: unknown,
    ): [T, PartitionState<States>] {
      const owner = "partition.update";
      checkState(owner, state, ["innerStates"]);
      checkState(owner, state.innerStates, names);
      const taken = takeLeaves(owner, "updates", updates);
      const labels = labelsOf(owner, "updates", updates, taken);
      const result = [...taken.leaves];
      const states = groups.map(([name, part]) => {
        const selected = labels.map((label) => label === name);
        const partState = state.innerStates[name];
        const [leaves, next] = updateSelected(owner, part, {
          taken,
          selected,
          state: partState,
          params,
        });
        leaves.forEach((leaf, i) => {
          if (selected[i]) result[i] = leaf;
        });
        return next;
      });
      return [rebuild(taken.structure, result), assemble(states)];
    },
  };
}
