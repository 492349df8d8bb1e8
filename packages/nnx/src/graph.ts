import { describe } from "@flaxen/dtype";
import type { Filter } from "./filters.ts";
import { formatPath, pathKey } from "./paths.ts";
import type { Path } from "./paths.ts";
import type { State, States } from "./state-types.ts";
import { checkNode, defineField, groupByFilter, leavesOf, nest } from "./state.ts";
import { entriesOf, isNode, traverse } from "./traverse.ts";
import type { Node } from "./traverse.ts";
import { isVariable, makeVariable } from "./variable.ts";
import type { Metadata, Variable } from "./variable.ts";

/** What a field holds: a container or Variable by its number, or a static value itself. */
type Entry =
  | { readonly type: "node"; readonly index: number }
  | { readonly type: "variable"; readonly index: number }
  | { readonly type: "static"; readonly value: unknown };

interface NodeDef {
  /** Null for arrays and Maps, which need no prototype to be rebuilt. */
  readonly prototype: object | null;
  readonly kind: "object" | "array" | "map";
  readonly entries: ReadonlyMap<unknown, Entry>;
}

interface VariableDef {
  readonly path: Path;
  readonly prototype: object;
  readonly metadata: Metadata;
}

/**
 * The static half of an object: classes, field names, static values, and which fields share an
 * object; everything but the Variables' values. `split` makes it and `merge` uses it up.
 *
 * @example
 * ```ts
 * import { graphdef, Linear, Rngs } from "@flaxen/nnx";
 *
 * const a = new Linear(2, 3, { rngs: new Rngs(0) });
 * const b = new Linear(2, 3, { rngs: new Rngs(1) });
 * const c = new Linear(2, 4, { rngs: new Rngs(0) });
 * graphdef(a).equals(graphdef(b)); // => true
 * graphdef(a).equals(graphdef(c)); // => false
 * ```
 */
export class GraphDef<T = unknown> {
  /** Carries the type of the described object; there is no value. */
  declare readonly type: T;
  /**
   * The described containers, the root first.
   *
   * @internal
   */
  readonly nodes: readonly NodeDef[];
  /**
   * The described Variables in the order of their paths.
   *
   * @internal
   */
  readonly variables: readonly VariableDef[];

  /**
   * Only `split` and `graphdef` make these.
   *
   * @internal
   */
  constructor(nodes: readonly NodeDef[], variables: readonly VariableDef[]) {
    this.nodes = nodes;
    this.variables = variables;
  }

  /**
   * Compares by structure: the same classes, fields, sharing and metadata, and static values that
   * are equal (arrays and plain objects by content, functions and other objects by identity).
   *
   * @param other - any other GraphDef.
   * @returns true if the two describe interchangeable objects.
   */
  equals(other: GraphDef): boolean {
    return sameGraph(this, other, Object.is);
  }

  /**
   * Compares as `equals` does, but takes any two functions for equal: closures that one line of code
   * makes again and again.
   *
   * @internal
   */
  resembles(other: GraphDef): boolean {
    return sameGraph(
      this,
      other,
      (a, b) => Object.is(a, b) || (typeof a === "function" && typeof b === "function"),
    );
  }
}

/**
 * The first difference of two lists of objects that are not equal, e.g.
 * `bn.useRunningAverage of CNN is true in place of false`.
 */
export function describeDifference(before: GraphDef, after: GraphDef): string {
  const placeOf = placesIn(before);
  for (let i = 0; i < Math.min(before.nodes.length, after.nodes.length); i++) {
    const [a, b] = [before.nodes[i], after.nodes[i]];
    if (a.prototype !== b.prototype || a.kind !== b.kind) {
      return `${placeOf(i)} is ${nameOf(b)} in place of ${nameOf(a)}`;
    }
    const added = [...b.entries.keys()].find((key) => !a.entries.has(key));
    if (added !== undefined) return `${placeOf(i, added)} is new`;
    for (const [key, entry] of a.entries) {
      const other = b.entries.get(key);
      if (other === undefined) return `${placeOf(i, key)} is missing`;
      if (entry.type === "static" && other.type === "static") {
        if (Object.is(entry.value, other.value)) continue;
        const [x, y] = [describe(entry.value), describe(other.value)];
        return `${placeOf(i, key)} is ${x === y ? "another " : ""}${y}${x === y ? "" : ` in place of ${x}`}`;
      }
      if (entry.type !== other.type) return `${placeOf(i, key)} holds state once and once not`;
    }
  }
  // Numbers are comparable where everything else is equal.
  for (const [i, { entries }] of before.nodes.entries()) {
    for (const [key, entry] of entries) {
      const other = after.nodes[i].entries.get(key);
      if (entry.type !== "static" && entry.index !== (other as typeof entry).index) {
        return `${placeOf(i, key)} is shared otherwise`;
      }
    }
  }
  return "another class or other metadata of a Variable";
}

function nameOf({ prototype, kind }: NodeDef): string {
  if (kind === "object") return (prototype?.constructor as { name?: string })?.name ?? "Object";
  return kind === "array" ? "Array" : "Map";
}

/** Prints where the entries of each node are; the root is a list of objects. */
function placesIn({ nodes }: GraphDef): (index: number, key?: unknown) => string {
  const paths: unknown[][] = [[]];
  nodes.forEach(({ entries }, i) => {
    for (const [key, entry] of entries) {
      if (entry.type === "node") paths[entry.index] ??= [...paths[i], key];
    }
  });
  return (index, key) => {
    const [root, ...rest] = key === undefined ? paths[index] : [...paths[index], key];
    const top = nodes[0].entries.get(root);
    const name = top?.type === "node" ? nameOf(nodes[top.index]) : "the objects";
    return rest.length === 0 ? name : `${rest.join(".")} of ${name}`;
  };
}

function sameGraph(
  a: GraphDef,
  b: GraphDef,
  sameStatic: (a: unknown, b: unknown) => boolean,
): boolean {
  return (
    a.nodes.length === b.nodes.length &&
    a.variables.length === b.variables.length &&
    a.nodes.every((node, i) => sameNode(node, b.nodes[i], sameStatic)) &&
    a.variables.every((variable, i) => sameVariable(variable, b.variables[i]))
  );
}

function sameNode(
  a: NodeDef,
  b: NodeDef,
  sameStatic: (a: unknown, b: unknown) => boolean,
): boolean {
  if (a.prototype !== b.prototype || a.kind !== b.kind) return false;
  if (a.entries.size !== b.entries.size) return false;
  return [...a.entries].every(([key, entry]) => {
    const other = b.entries.get(key);
    if (other === undefined || entry.type !== other.type) return false;
    return entry.type === "static"
      ? sameStatic(entry.value, (other as typeof entry).value)
      : entry.index === (other as typeof entry).index;
  });
}

function sameVariable(a: VariableDef, b: VariableDef): boolean {
  const keys = Object.keys(a.metadata);
  return (
    a.prototype === b.prototype &&
    pathKey(a.path) === pathKey(b.path) &&
    keys.length === Object.keys(b.metadata).length &&
    keys.every((key) => Object.is(a.metadata[key], b.metadata[key]))
  );
}

/** Describes an object and lists its Variables in the order of the description. */
function describeGraph(root: object): {
  readonly nodes: readonly NodeDef[];
  readonly variables: readonly (readonly [Path, Variable<unknown>])[];
} {
  const { leaves, entered } = traverse(root, { isLeaf: isVariable });
  const variables = leaves as readonly (readonly [Path, Variable<unknown>])[];
  const numbers = new Map<unknown, Entry>();
  entered.forEach(([, node], index) => numbers.set(node, { type: "node", index }));
  variables.forEach(([, variable], index) => numbers.set(variable, { type: "variable", index }));
  const nodes = entered.map(([, node]) => describeNode(node, numbers));
  return { nodes, variables };
}

function describeNode(node: Node, numbers: ReadonlyMap<unknown, Entry>): NodeDef {
  const entries = new Map<unknown, Entry>();
  for (const [key, value] of entriesOf(node)) {
    entries.set(key, numbers.get(value) ?? { type: "static", value });
  }
  if (Array.isArray(node)) return { prototype: null, kind: "array", entries };
  if (node instanceof Map) return { prototype: null, kind: "map", entries };
  return { prototype: Object.getPrototypeOf(node) as object | null, kind: "object", entries };
}

/** Builds the described object anew around the given Variables. */
function rebuild(
  nodes: readonly NodeDef[],
  variables: readonly Variable<unknown>[],
): readonly Node[] {
  const made = nodes.map(({ kind, prototype }): Node => {
    if (kind === "array") return [];
    return kind === "map" ? new Map() : (Object.create(prototype) as object);
  });
  nodes.forEach(({ entries }, i) => {
    const node = made[i];
    for (const [key, entry] of entries) {
      const value =
        entry.type === "static"
          ? entry.value
          : entry.type === "node"
            ? made[entry.index]
            : variables[entry.index];
      if (node instanceof Map) node.set(key, value);
      else defineField(node, key as string, value);
    }
  });
  return made;
}

/**
 * Takes an object apart into its static half and its state.
 *
 * @param node - a Module or any other object that `state` accepts.
 * @param filters - as for `state`, but together they must select every Variable.
 * @returns `[graphdef, state]`, or with several filters `[graphdef, ...states]`.
 * @throws {@link RangeError} if a Variable is selected by no filter, or `rest` is not the last one.
 * @throws {@link TypeError} if `node` cannot hold state or a filter is none.
 *
 * @example
 * ```ts
 * import { BatchNorm, BatchStat, merge, Param, Rngs, split } from "@flaxen/nnx";
 *
 * const norm = new BatchNorm(2, { rngs: new Rngs(0) });
 * const [graphdef, params, stats] = split(norm, Param, BatchStat);
 * merge(graphdef, params, stats).mean === norm.mean; // => true
 * split(norm, Param); // throws RangeError: split: filters must select every Variable, got none for mean, var. End the list with rest.
 * ```
 */
export function split<T extends object, const F extends readonly Filter[]>(
  node: T,
  ...filters: F
): [GraphDef<T>, ...(F extends readonly [] ? [State<T>] : States<T, F>)];
export function split(node: object, ...filters: readonly Filter[]): [GraphDef, ...object[]] {
  checkNode("split", node);
  const { nodes, variables } = describeGraph(node);
  const { selected, remainder } = groupByFilter("split", variables, filters);
  if (remainder.length > 0) {
    throw new RangeError(
      `split: filters must select every Variable, got none for ${remainder.map(formatPath).join(", ")}. End the list with rest.`,
    );
  }
  return [makeGraphDef(nodes, variables), ...selected.map((group) => nest("split", group))];
}

/**
 * Returns the static half of an object alone.
 *
 * @param node - a Module or any other object that `state` accepts.
 * @returns what `split` returns first.
 * @throws {@link TypeError} if `node` cannot hold state.
 *
 * @example
 * ```ts
 * import { graphdef, merge, Rngs, state } from "@flaxen/nnx";
 *
 * const rngs = new Rngs(0);
 * merge(graphdef(rngs), state(rngs)).names(); // => ["default"]
 * ```
 */
export function graphdef<T extends object>(node: T): GraphDef<T> {
  checkNode("graphdef", node);
  const { nodes, variables } = describeGraph(node);
  return makeGraphDef(nodes, variables);
}

function makeGraphDef<T>(
  nodes: readonly NodeDef[],
  variables: readonly (readonly [Path, Variable<unknown>])[],
): GraphDef<T> {
  return new GraphDef<T>(
    nodes,
    variables.map(([path, variable]) => ({
      path,
      prototype: Object.getPrototypeOf(variable) as object,
      metadata: variable.metadata,
    })),
  );
}

/**
 * Puts an object together again: a new object that holds the Variables of the states.
 *
 * Constructors do not run. A state may hold bare values in place of Variables; these get new
 * Variables of the described classes.
 *
 * @param graphdef - from `split` or `graphdef`.
 * @param states - together one leaf for each described Variable; later states win.
 * @returns an object of the described class, with the sharing of the original.
 * @throws {@link RangeError} if a leaf is missing or not described; the message lists all of them.
 *
 * @example
 * ```ts
 * import { Linear, merge, Param, Rngs, split, state } from "@flaxen/nnx";
 *
 * const [graphdef, params] = split(new Linear(1, 1, { rngs: new Rngs(0) }));
 * merge(graphdef, params) instanceof Linear; // => true
 * merge(graphdef, {}); // throws RangeError: merge: states must hold the Variables of the graphdef, got none for bias, kernel.
 * ```
 */
export function merge<T>(graphdef: GraphDef<T>, ...states: readonly object[]): T {
  const given = new Map<string, readonly [Path, unknown]>();
  for (const state of states) {
    checkNode("merge", state, "state");
    for (const [path, leaf] of leavesOf(state)) given.set(pathKey(path), [path, leaf]);
  }
  const missing: string[] = [];
  const variables: Variable<unknown>[] = [];
  for (const { path, prototype, metadata } of graphdef.variables) {
    const leaf = given.get(pathKey(path));
    given.delete(pathKey(path));
    if (leaf === undefined) missing.push(formatPath(path));
    else if (isVariable(leaf[1])) variables.push(leaf[1]);
    else variables.push(makeVariable(prototype, leaf[1], metadata));
  }
  if (missing.length > 0) {
    throw new RangeError(
      `merge: states must hold the Variables of the graphdef, got none for ${missing.join(", ")}.`,
    );
  }
  if (given.size > 0) {
    const unknown = [...given.values()].map(([path]) => formatPath(path));
    throw new RangeError(
      `merge: states must hold only Variables of the graphdef, got ${unknown.join(", ")} too.`,
    );
  }
  const { nodes } = graphdef;
  return (nodes.length === 0 ? variables[0] : rebuild(nodes, variables)[0]) as T;
}

/**
 * Copies an object: new containers and new Variables, which share the immutable arrays.
 *
 * @param node - a Module, a State or any other object that `state` accepts.
 * @param options - `variables` (default true): false keeps the Variables themselves, so that the
 *   copy differs in static fields only.
 * @returns an object of the same class, with the sharing of the original.
 * @throws {@link TypeError} if `node` cannot hold state.
 *
 * @example
 * ```ts
 * import { clone, Linear, Rngs } from "@flaxen/nnx";
 * import { zerosLike } from "@flaxen/ndarray";
 *
 * const model = new Linear(2, 1, { rngs: new Rngs(0), useBias: false });
 * const before = clone(model);
 * model.kernel.value = zerosLike(before.kernel.value);
 * before.kernel.value === model.kernel.value; // => false
 * ```
 */
export function clone<T extends object>(
  node: T,
  { variables: copyVariables = true }: { readonly variables?: boolean } = {},
): T {
  checkNode("clone", node);
  const { nodes, variables } = describeGraph(node);
  const kept = variables.map(([, variable]) => (copyVariables ? variable.copy() : variable));
  return (isNode(node) ? rebuild(nodes, kept)[0] : kept[0]) as T;
}
