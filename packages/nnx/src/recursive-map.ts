import { clone, graphdef, merge } from "./graph.ts";
import { partsOf } from "./iter-graph.ts";
import { formatPath, pathKey } from "./paths.ts";
import type { Path } from "./paths.ts";
import { checkNode, defineField, leavesOf, nest, state } from "./state.ts";
import type { NestedState } from "./state-types.ts";
import { isNode } from "./traverse.ts";
import type { Node } from "./traverse.ts";
import { isVariable } from "./variable.ts";
import type { Variable } from "./variable.ts";

/**
 * Rebuilds an object from its leaves to its root: every Variable, container and static value is
 * replaced by what a function makes of it. The original stays as it is.
 *
 * A shared object is handed over once. Containers are handed over as copies whose fields have been
 * replaced already; Variables are those of the original.
 *
 * @param f - gets path and value, and returns the value or another one.
 * @param node - a Module, or any other object that `state` accepts.
 * @returns what `f` makes of the copy of `node`.
 * @throws {@link TypeError} if `node` cannot hold state.
 * @throws {@link RangeError} if the object contains itself.
 *
 * @example
 * ```ts
 * import { Dropout, Linear, recursiveMap, Rngs, Sequential } from "@flaxen/nnx";
 *
 * const rngs = new Rngs(0);
 * const model = new Sequential(new Linear(4, 8, { rngs }), new Dropout(0.5), new Linear(8, 2, { rngs }));
 * const plain = recursiveMap(
 *   (path, value) => (value instanceof Dropout ? (x: unknown) => x : value),
 *   model,
 * );
 * typeof plain.layers[1]; // => "function"
 * plain.layers[0].kernel === model.layers[0].kernel; // => true
 * model.layers[1] instanceof Dropout; // => true
 * ```
 */
export function recursiveMap<T extends object>(
  f: (path: Path, value: unknown) => unknown,
  node: T,
): T {
  checkNode("recursiveMap", node);
  const results = new Map<unknown, unknown>();
  const open = new Set<unknown>();

  function convert(path: Path, value: unknown): unknown {
    if (results.has(value)) return results.get(value);
    if (!isVariable(value) && isNode(value)) {
      if (open.has(value)) {
        throw new RangeError(
          `recursiveMap: node must not contain itself, got a cycle at ${formatPath(path)}.`,
        );
      }
      open.add(value);
      for (const [part, child] of partsOf(value)) {
        const converted = convert([...path, part], child);
        if (!Object.is(converted, child)) setChild(value, part, converted);
      }
    }
    const result = f(path, value);
    if (isVariable(value) || isNode(value)) results.set(value, result);
    return result;
  }

  return convert([], clone(node, { variables: false })) as T;
}

function setChild(node: Node, part: string | number, value: unknown): void {
  if (!(node instanceof Map)) defineField(node, part, value);
  else node.set(node.has(part) ? part : String(part), value);
}

/**
 * Makes a changed copy of an object: a function replaces each of its Variables. The original stays as
 * it is.
 *
 * @param f - gets path and Variable, and returns a Variable or a bare value; a bare value gets a new
 *   Variable of the same class and metadata.
 * @param node - a Module, or any other object that `state` accepts.
 * @returns a new object of the same class and sharing.
 * @throws {@link TypeError} if `node` cannot hold state.
 *
 * @example
 * ```ts
 * import { Linear, map, Rngs } from "@flaxen/nnx";
 * import { zerosLike } from "@flaxen/ndarray";
 *
 * const linear = new Linear(1, 2, { rngs: new Rngs(0) });
 * const silent = map((path, variable) => zerosLike(variable), linear);
 * silent.kernel.value; // => [[0, 0]]
 * silent.kernel === linear.kernel; // => false
 * ```
 */
export function map<T extends object>(f: (path: Path, variable: Variable) => unknown, node: T): T {
  checkNode("map", node);
  return merge(graphdef(node), mapState(f as (path: Path, leaf: unknown) => unknown, state(node)));
}

/**
 * Makes a State of the same paths with other leaves.
 *
 * @param f - gets path and leaf, and returns the new leaf.
 * @param state - a State, or anything that `state` accepts.
 * @returns nested plain objects.
 * @throws {@link TypeError} if `state` cannot hold state.
 *
 * @example
 * ```ts
 * import { Linear, mapState, Rngs, state } from "@flaxen/nnx";
 *
 * const linear = new Linear(1, 2, { rngs: new Rngs(0) });
 * mapState((path) => path.join("/"), state({ linear })); // => { linear: { bias: "linear/bias", kernel: "linear/kernel" } }
 * ```
 */
export function mapState<L = Variable>(f: (path: Path, leaf: L) => unknown, state: object): object {
  checkNode("mapState", state, "state");
  return nest(
    "mapState",
    leavesOf(state).map(([path, leaf]) => [path, f(path, leaf as L)]),
  );
}

/**
 * Puts States together.
 *
 * @param states - States, or anything that `state` accepts; where two have the same path, the later one
 *   wins.
 * @returns nested plain objects with the leaves of all.
 * @throws {@link TypeError} if an argument cannot hold state.
 * @throws {@link RangeError} if a path leads through a leaf of another State.
 *
 * @example
 * ```ts
 * import { mergeState } from "@flaxen/nnx";
 *
 * mergeState({ a: { b: 1, c: 2 } }, { a: { c: 3 }, d: 4 }); // => { a: { b: 1, c: 3 }, d: 4 }
 * ```
 */
export function mergeState(...states: readonly object[]): object {
  const leaves = new Map<string, readonly [Path, unknown]>();
  for (const state of states) {
    checkNode("mergeState", state, "state");
    for (const leaf of leavesOf(state)) leaves.set(pathKey(leaf[0]), leaf);
  }
  return nest("mergeState", [...leaves.values()]);
}

/**
 * Leaves out of a State what another State has: the set difference of their paths. The leaves themselves are
 * not compared.
 *
 * @param state - a State, or anything that `state` accepts.
 * @param other - the State whose paths are left out; paths that `state` does not have are ignored.
 * @returns nested plain objects with the very leaves of `state`.
 * @throws {@link TypeError} if an argument cannot hold state.
 *
 * @example
 * ```ts
 * import { Linear, PathContains, Rngs, state, stateDifference } from "@flaxen/nnx";
 *
 * const linear = new Linear(1, 2, { rngs: new Rngs(0) });
 * const others = stateDifference(state(linear), state(linear, PathContains("bias")));
 * Object.keys(others); // => ["kernel"]
 * stateDifference({ a: { b: 1, c: 2 } }, { a: { c: 3 }, d: 4 }); // => { a: { b: 1 } }
 * ```
 */
export function stateDifference(state: NestedState, other: object): NestedState;
export function stateDifference(state: object, other: object): object;
export function stateDifference(state: object, other: object): object {
  checkNode("stateDifference", state, "state");
  checkNode("stateDifference", other, "other");
  const taken = new Set(leavesOf(other).map(([path]) => pathKey(path)));
  return nest(
    "stateDifference",
    leavesOf(state).filter(([path]) => !taken.has(pathKey(path))),
  );
}
