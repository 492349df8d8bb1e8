import type { Filter } from "./filters.ts";
import type { State, States } from "./state-types.ts";
import { checkNode, groupByFilter, nest } from "./state.ts";
import { findVariables, isNode, traverse } from "./traverse.ts";
import { isVariable } from "./variable.ts";

/**
 * Takes Variables out of an object: their fields are deleted, wherever they are.
 *
 * @param node - a Module, or any other object that `state` accepts.
 * @param filters - as for `state`, but at least one; what no filter selects stays.
 * @returns one State for one filter, else one for each.
 * @throws {@link TypeError} if `node` cannot hold state, there is no filter, or a Variable to be taken
 *   is an element of a list. Then nothing is changed.
 * @throws {@link RangeError} if `rest` or `true` is followed by a further filter.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { Intermediate, Linear, pop, Rngs } from "@flaxen/nnx";
 *
 * const model = { linear: new Linear(1, 1, { rngs: new Rngs(0) }), seen: new Intermediate(array(2)) };
 * pop(model, Intermediate).seen.value; // => 2
 * Object.keys(model); // => ["linear"]
 * ```
 */
export function pop<T extends object, const F extends readonly [Filter, ...Filter[]]>(
  node: T,
  ...filters: F
): F extends readonly [infer One] ? State<T, One> : States<T, F>;
export function pop(node: object, ...filters: readonly Filter[]): object | object[] {
  checkNode("pop", node);
  if (filters.length === 0) {
    throw new TypeError("pop: filters must be given, got none. Pass rest to take everything.");
  }
  const { selected } = groupByFilter("pop", findVariables(node), filters);
  const taken = new Set<unknown>(selected.flat().map(([, variable]) => variable));
  const { entered } = traverse(node, { isLeaf: isVariable });
  const holders = entered.filter(
    ([, holder]) => Array.isArray(holder) && holder.some((element) => taken.has(element)),
  );
  if (holders.length > 0 || !isNode(node)) {
    const where = isNode(node)
      ? holders.map(([path]) => path.join(".") || "(root)").join(", ")
      : "(root)";
    throw new TypeError(
      `pop: filters must select fields and entries of Maps, got elements of lists at ${where}. Use state, and replace the list.`,
    );
  }
  for (const [, holder] of entered) {
    if (holder instanceof Map) {
      for (const [key, value] of holder) if (taken.has(value)) holder.delete(key);
    } else {
      for (const [key, value] of Object.entries(holder)) {
        if (taken.has(value)) Reflect.deleteProperty(holder, key);
      }
    }
  }
  const states = selected.map((group) => nest("pop", group));
  return states.length === 1 ? states[0] : states;
}
