import { describe } from "@flaxen/dtype";
import type { Filter } from "./filters.ts";
import { toPredicates } from "./filters.ts";
import { comparePaths, formatPath, toPart } from "./paths.ts";
import type { Path } from "./paths.ts";
import type { NestedState, PureState, StateOf } from "./state-types.ts";
import { findVariables, isNode, traverse } from "./traverse.ts";
import { isVariable } from "./variable.ts";
import type { Variable } from "./variable.ts";

/** Paths and leaves in sorted order. */
export type FlatState<L = Variable<unknown>> = [Path, L][];

/**
 * Collects the Variables of an object into a State: nested plain objects with the very Variables of
 * the object as leaves, under field names and list indices in sorted order.
 *
 * An object that can be reached on several ways appears once, under its first sorted path.
 *
 * @param node - a Module, an Rngs, an optimizer, another State, or any array, plain object or Map of
 *   these.
 * @param filters - without any, everything is collected; with one, what it selects; with several,
 *   one State each, and a Variable goes to the first filter that selects it. Variables that no
 *   filter selects are left out.
 * @returns one State, or as many as there are filters.
 * @throws {@link TypeError} if `node` cannot hold state or a filter is none.
 * @throws {@link RangeError} if `rest` or `true` is followed by a further filter.
 *
 * @example
 * ```ts
 * import { BatchNorm, BatchStat, Param, Rngs, state } from "@flaxen/nnx";
 *
 * const norm = new BatchNorm(2, { rngs: new Rngs(0) });
 * Object.keys(state(norm)); // => ["bias", "mean", "scale", "var"]
 * const [params, stats] = state(norm, Param, BatchStat);
 * params.scale === norm.scale; // => true
 * stats.mean.value; // => [0, 0]
 * ```
 */
export function state<T extends object, const F extends readonly Filter[]>(
  node: T,
  ...filters: F
): StateOf<T, F>;
export function state(node: object, ...filters: readonly Filter[]): object | object[] {
  checkNode("state", node);
  const groups = groupByFilter("state", findVariables(node), filters);
  const states = groups.selected.map((group) => nest("state", group));
  return filters.length < 2 ? states[0] : states;
}

/**
 * Lists the leaves of a State with their paths, sorted.
 *
 * @param state - nested objects, arrays or Maps; a leaf is everything that is none of these.
 * @returns `[path, leaf]` pairs; a path holds names, and numbers for list indices.
 * @throws {@link TypeError} if `state` is not nested objects.
 *
 * @example
 * ```ts
 * import { Linear, Rngs, Sequential, state, toFlatState } from "@flaxen/nnx";
 *
 * const model = new Sequential(new Linear(1, 1, { rngs: new Rngs(0) }));
 * toFlatState(state(model)).map(([path]) => path.join(".")); // => ["layers.0.bias", "layers.0.kernel"]
 * ```
 */
export function toFlatState(state: NestedState): FlatState;
export function toFlatState<L = unknown>(state: object): FlatState<L>;
export function toFlatState(state: object): FlatState<unknown> {
  checkNode("toFlatState", state, "state");
  return leavesOf(state);
}

/**
 * Builds the nested State from paths and leaves: the inverse of `toFlatState`.
 *
 * @param flat - `[path, leaf]` pairs in any order; a path of no parts makes its leaf the whole State.
 * @returns nested plain objects with sorted keys.
 * @throws {@link RangeError} if a path occurs twice or leads through the leaf of another one.
 *
 * @example
 * ```ts
 * import { fromFlatState } from "@flaxen/nnx";
 *
 * fromFlatState([[["linear", "bias"], 1], [["layers", 0], 2]]); // => { layers: { 0: 2 }, linear: { bias: 1 } }
 * fromFlatState([[["a"], 1], [["a", "b"], 2]]); // throws RangeError: fromFlatState: paths must lead to distinct leaves, got a and a.b.
 * ```
 */
export function fromFlatState(flat: FlatState): NestedState;
export function fromFlatState(flat: Iterable<readonly [Path, unknown]>): object;
export function fromFlatState(flat: Iterable<readonly [Path, unknown]>): object {
  const paths = [...flat].map(([path, leaf]): [Path, unknown] => [
    path.map((part) => (typeof part === "string" ? toPart(part) : part)),
    leaf,
  ]);
  return nest("fromFlatState", paths);
}

/**
 * Replaces every Variable of a State by its value.
 *
 * @param state - a State, or anything that `state` accepts.
 * @returns new nested plain objects with the same keys; list indices are keys too.
 * @throws {@link TypeError} if `state` cannot hold state.
 *
 * @example
 * ```ts
 * import { Linear, Rngs, state, toPureDict } from "@flaxen/nnx";
 *
 * const linear = new Linear(2, 1, { rngs: new Rngs(0), useBias: false });
 * toPureDict(state(linear)).kernel.shape; // => [2, 1]
 * ```
 */
export function toPureDict<S extends object>(state: S): PureState<S> {
  checkNode("toPureDict", state, "state");
  const pure = leavesOf(state).map(([path, leaf]): [Path, unknown] => [
    path,
    isVariable(leaf) ? leaf.value : leaf,
  ]);
  return nest("toPureDict", pure) as PureState<S>;
}

/** Refuses what can hold no state, e.g. a number or an array. */
export function checkNode(callee: string, node: unknown, argument: string = "node"): void {
  if (!isNode(node) && !isVariable(node)) {
    throw new TypeError(
      `${callee}: ${argument} must be a Module or another object that holds Variables, got ${describe(node)}.`,
    );
  }
}

/** All leaves of nested objects with sorted paths, Variables and bare values alike. */
export function leavesOf(state: unknown): [Path, unknown][] {
  const { leaves } = traverse(state, {
    isLeaf: (value) => value !== null && value !== undefined && !isNode(value),
    repeatLeaves: true,
  });
  return leaves.map(([path, leaf]) => [path, leaf]);
}

/** As {@link leavesOf}, many times faster for nested plain objects with leaves at just these sorted paths. */
export function leavesAt(
  paths: readonly (readonly [Path, ...unknown[]])[],
  state: unknown,
): readonly (readonly [Path, unknown])[] {
  const leaves: (readonly [Path, unknown])[] = [];
  return takeLeaves(paths, 0, paths.length, 0, state, leaves) ? leaves : leavesOf(state);
}

/** Takes the leaves at the paths from `begin` to `end`, which are the same up to `depth`. */
function takeLeaves(
  paths: readonly (readonly [Path, ...unknown[]])[],
  begin: number,
  end: number,
  depth: number,
  value: unknown,
  leaves: (readonly [Path, unknown])[],
): boolean {
  if (typeof value !== "object" || value === null) return false;
  const [path] = paths[begin];
  if (path.length === depth) {
    leaves.push([path, value]);
    return end - begin === 1 && !isNode(value);
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  let fields = 0;
  for (let i = begin; i < end; fields++) {
    const part = paths[i][0][depth];
    let next = i + 1;
    while (next < end && paths[next][0][depth] === part) next++;
    if (!Object.hasOwn(value, part)) return false;
    const child = (value as Fields)[part];
    if (!takeLeaves(paths, i, next, depth + 1, child, leaves)) return false;
    i = next;
  }
  for (const _ in value) fields--;
  return fields === 0;
}

/** Distributes Variables over filters. */
export function groupByFilter(
  callee: string,
  variables: readonly (readonly [Path, Variable<unknown>])[],
  filters: readonly Filter[],
): { selected: (readonly [Path, Variable<unknown>])[][]; remainder: Path[] } {
  if (filters.length === 0) return { selected: [[...variables]], remainder: [] };
  const predicates = toPredicates(callee, filters);
  const selected: (readonly [Path, Variable<unknown>])[][] = filters.map(() => []);
  const remainder: Path[] = [];
  for (const [path, variable] of variables) {
    const index = predicates.findIndex((predicate) => predicate(path, variable));
    if (index < 0) remainder.push(path);
    else selected[index].push([path, variable]);
  }
  return { selected, remainder };
}

/** Builds nested plain objects, keys sorted. */
export function nest(callee: string, flat: readonly (readonly [Path, unknown])[]): object {
  // What a walk finds is sorted already.
  const sorted = isSorted(flat) ? flat : [...flat].sort(([a], [b]) => comparePaths(a, b));
  const root: Fields = {};
  // The objects that the last path leads through.
  const parents: Fields[] = [root];
  let previous: Path | null = null;
  for (const [path, leaf] of sorted) {
    let shared = 0;
    if (previous !== null) {
      while (shared < previous.length && previous[shared] === path[shared]) shared++;
      // In sorted order a path is directly followed by itself and by what it is a prefix of.
      if (shared === previous.length) {
        throw new RangeError(
          `${callee}: paths must lead to distinct leaves, got ${formatPath(previous)} and ${formatPath(path)}.`,
        );
      }
    }
    previous = path;
    const last = path.length - 1;
    if (last < 0) continue;
    parents.length = shared + 1;
    for (let i = shared; i < last; i++) {
      const child: Fields = {};
      setField(parents[i], path[i], child);
      parents.push(child);
    }
    setField(parents[last], path[last], leaf);
  }
  return sorted.length === 1 && sorted[0][0].length === 0 ? (sorted[0][1] as object) : root;
}

function isSorted(flat: readonly (readonly [Path, unknown])[]): boolean {
  for (let i = 1; i < flat.length; i++) {
    if (comparePaths(flat[i - 1][0], flat[i][0]) > 0) return false;
  }
  return true;
}

type Fields = Record<string | number, unknown>;

// Assignment is several times faster than a definition, and on a plain object the same but for one name.
export function setField(target: Fields, key: string | number, value: unknown): void {
  if (key === "__proto__") defineField(target, key, value);
  else target[key] = value;
}

/** Sets an own enumerable field even where the prototype has a setter, e.g. `__proto__`. */
export function defineField(target: object, key: string | number, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
