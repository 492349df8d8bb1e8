import { toPredicate } from "./filters.ts";
import type { Filter } from "./filters.ts";
import { checkNode } from "./state.ts";
import { findVariables } from "./traverse.ts";
import { checkWritable, slotOf } from "./variable.ts";
import type { Variable } from "./variable.ts";

/**
 * Excludes Variables from training: `grad` treats them as constants and optimizers leave them out,
 * whatever their filters select. They get `frozen: true` as metadata.
 *
 * Freeze before the optimizer is made, which keeps state for what it trains only; `Optimizer.update` refuses to go on
 * with other parameters if it has state of each. What is saved, loaded or updated does not depend on it.
 *
 * @param node - a Module, or any other object that `state` accepts.
 * @param filter - which Variables, e.g. `PathContains("encoder")`.
 * @returns the number of Variables selected.
 * @throws {@link TypeError} if `node` cannot hold state, or `filter` is no filter.
 * @throws {@link RangeError} if the filter selects nothing.
 * @throws {@link TraceContextError} if a Variable does not belong to the running transform.
 *
 * @example
 * ```ts
 * import { sum } from "@flaxen/autodiff";
 * import { freeze, grad, Linear, PathContains, Rngs, unfreeze } from "@flaxen/nnx";
 *
 * const model = new Linear(1, 1, { rngs: new Rngs(0) });
 * freeze(model, PathContains("kernel")); // => 1
 * const gradient = grad((m: Linear) => sum(m.forward([[2]])));
 * Object.keys(gradient(model)); // => ["bias"]
 * unfreeze(model);
 * Object.keys(gradient(model)); // => ["bias", "kernel"]
 * ```
 */
export function freeze(node: object, filter: Filter): number {
  const selected = select("freeze", node, filter);
  if (selected.length === 0) {
    throw new RangeError("freeze: filter must select at least one Variable, got none.");
  }
  mark(selected, true);
  return selected.length;
}

/**
 * Undoes `freeze`.
 *
 * @param node - a Module, or any other object that `state` accepts.
 * @param filter - which Variables; all by default.
 * @returns the number of Variables that were frozen before and are not now.
 * @throws {@link TypeError} if `node` cannot hold state, or `filter` is no filter.
 * @throws {@link TraceContextError} if a Variable does not belong to the running transform.
 *
 * @example
 * ```ts
 * import { freeze, Linear, rest, Rngs, unfreeze } from "@flaxen/nnx";
 *
 * const linear = new Linear(1, 1, { rngs: new Rngs(0) });
 * freeze(linear, rest); // => 2
 * unfreeze(linear); // => 2
 * unfreeze(linear); // => 0
 * ```
 */
export function unfreeze(node: object, filter: Filter = true): number {
  const selected = select("unfreeze", node, filter).filter(isFrozen);
  mark(selected, false);
  return selected.length;
}

/** Tells whether a Variable is excluded from training. */
export function isFrozen(variable: Variable<unknown>): boolean {
  return slotOf(variable).metadata.frozen === true;
}

function select(callee: string, node: object, filter: Filter): Variable<unknown>[] {
  checkNode(callee, node);
  const selects = toPredicate(callee, filter);
  const selected: Variable<unknown>[] = [];
  for (const [path, variable] of findVariables(node)) {
    if (!selects(path, variable)) continue;
    checkWritable(variable, null);
    selected.push(variable);
  }
  return selected;
}

function mark(variables: readonly Variable<unknown>[], frozen: boolean): void {
  for (const variable of variables) {
    const slot = slotOf(variable);
    const { frozen: _, ...others } = slot.metadata;
    slot.metadata = Object.freeze(frozen ? { ...others, frozen } : others);
  }
}
