import type { Path } from "./paths.ts";
import { compareParts, toPart } from "./paths.ts";
import { notePlaces } from "./places.ts";
import { isPytree } from "./pytree.ts";
import { isVariable } from "./variable.ts";
import type { Variable } from "./variable.ts";

/** A container that the walk enters. */
export type Node = object;

/** What a walk found, each object once, under its first path in sorted order. */
export interface Traversal {
  /** The leaves in depth-first order of sorted paths. */
  readonly leaves: readonly (readonly [Path, unknown])[];
  /** The containers, each before its children. */
  readonly entered: readonly (readonly [Path, Node])[];
  /** The containers, each after its children. */
  readonly left: readonly (readonly [Path, Node])[];
}

/** Settings of a walk. */
export interface TraverseOptions {
  /** Tells leaves; asked before a value is taken for a container. */
  readonly isLeaf: (value: unknown) => boolean;
  /** Reports a leaf again under each further path; containers are always entered once. */
  readonly repeatLeaves?: boolean;
}

/**
 * Walks everything reachable from `root`, keys sorted, without recursion; cycles are fine. What it
 * returns may be shared with other calls and must not be changed.
 *
 * The Variables of Pytrees are remembered: while no field has been given another container or
 * Variable, the next walk only compares fields. As long as the static fields are the same too, it
 * returns the very same object.
 */
export function traverse(root: unknown, options: TraverseOptions): Traversal {
  if (options.isLeaf !== isVariable || options.repeatLeaves === true) return walk(root, options);
  if (isPytree(root) && !isVariable(root)) return remembered(root);
  return (Array.isArray(root) ? joined(root) : null) ?? walk(root, options);
}

interface Frame {
  readonly path: Path;
  readonly node: Node;
  readonly children: readonly (readonly [string | number, unknown])[];
  next: number;
}

function walk(root: unknown, { isLeaf, repeatLeaves = false }: TraverseOptions): Traversal {
  const leaves: [Path, unknown][] = [];
  const entered: [Path, Node][] = [];
  const left: [Path, Node][] = [];
  const seen = new Set<unknown>();
  const stack: Frame[] = [];
  const wanted = (value: unknown): boolean => isLeaf(value) || isNode(value);

  function visit(path: Path, value: unknown): void {
    const leaf = isLeaf(value);
    if (seen.has(value) && !(leaf && repeatLeaves)) return;
    seen.add(value);
    if (leaf) {
      leaves.push([path, value]);
    } else if (isNode(value)) {
      entered.push([path, value]);
      stack.push({ path, node: value, children: childrenOf(value, wanted), next: 0 });
    }
  }

  visit([], root);
  while (stack.length > 0) {
    const frame = stack[stack.length - 1];
    if (frame.next === frame.children.length) {
      left.push([frame.path, frame.node]);
      stack.pop();
    } else {
      const [part, child] = frame.children[frame.next++];
      visit([...frame.path, part], child);
    }
  }
  return { leaves, entered, left };
}

/** The fields of a container as the last walk found them, in the order of their creation. */
interface Fields {
  readonly node: Node;
  readonly keys: readonly unknown[];
  readonly values: readonly unknown[];
  /** Plain objects that were no containers, but would be if they lost a field. */
  readonly undecided: readonly unknown[];
}

interface Memory {
  readonly traversal: Traversal;
  readonly fields: readonly Fields[];
  /** Lists that begin with this traversal, by its index there. */
  readonly joins: (Join | null)[];
}

/** The walks of some elements of a list, put together. */
interface Join extends Traversal {
  /** What becomes of it with one more element, by index; null if the two share an object. */
  readonly next: WeakMap<Traversal, (Join | null)[]>;
}

// A cache and not a setting: it holds nothing that the objects themselves do not hold.
const MEMORY: WeakMap<object, Memory> = /* @__PURE__ */ new WeakMap();

function remembered(root: object): Traversal {
  const memory = MEMORY.get(root);
  if (memory === undefined) return remember(root, walk(root, { isLeaf: isVariable }));
  const change = compare(memory.fields);
  if (change === "none") return memory.traversal;
  // With other static fields only, the lists stay.
  const { leaves, entered, left } = memory.traversal;
  return remember(
    root,
    change === "static" ? { leaves, entered, left } : walk(root, { isLeaf: isVariable }),
  );
}

function remember(root: object, traversal: Traversal): Traversal {
  const fields = traversal.entered.map(([, node]): Fields => {
    const entries = entriesOf(node);
    const values = entries.map(([, value]) => value);
    return {
      node,
      keys: entries.map(([key]) => key),
      values,
      undecided: values.filter(isUndecided),
    };
  });
  MEMORY.set(root, { traversal, fields, joins: [] });
  notePlaces(root, traversal.leaves, traversal.entered);
  return traversal;
}

function isUndecided(value: unknown): boolean {
  if (typeof value !== "object" || value === null || isNode(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** What has happened to fields since they were remembered. */
function compare(fields: readonly Fields[]): "none" | "static" | "structure" {
  let change: "none" | "static" = "none";
  for (const { node, keys, values, undecided } of fields) {
    const same =
      node instanceof Map ? compareMap(node, keys, values) : compareFields(node, keys, values);
    if (same === "structure") return same;
    if (same === "static") change = same;
    for (const value of undecided) if (isNode(value)) return "structure";
  }
  return change;
}

function compareFields(
  node: Node,
  keys: readonly unknown[],
  values: readonly unknown[],
): "none" | "static" | "structure" {
  let change: "none" | "static" = "none";
  let i = 0;
  // Much faster than Object.keys. Inherited fields are no state, and with them the walk is done anew.
  for (const key in node) {
    if (key !== keys[i]) return "structure";
    const value = (node as Readonly<Record<string, unknown>>)[key];
    if (value !== values[i] && !Object.is(value, values[i])) {
      if (isWanted(value) || isWanted(values[i])) return "structure";
      change = "static";
    }
    i++;
  }
  return i === keys.length ? change : "structure";
}

function compareMap(
  node: ReadonlyMap<unknown, unknown>,
  keys: readonly unknown[],
  values: readonly unknown[],
): "none" | "static" | "structure" {
  if (node.size !== keys.length) return "structure";
  let change: "none" | "static" = "none";
  let i = 0;
  for (const [key, value] of node) {
    if (!Object.is(key, keys[i])) return "structure";
    if (!Object.is(value, values[i])) {
      if (isWanted(value) || isWanted(values[i])) return "structure";
      change = "static";
    }
    i++;
  }
  return change;
}

function isWanted(value: unknown): boolean {
  return isVariable(value) || isNode(value);
}

/**
 * Puts the walk of a list together from those of its elements; null if that is not so simple. Lists of
 * arguments are new for every call, their Pytrees are not.
 */
function joined(root: readonly unknown[]): Traversal | null {
  const others: Traversal[] = [];
  let join: Join | null = null;
  for (let i = 0; i < root.length; i++) {
    const value = root[i];
    if (isVariable(value)) return null;
    if (isPytree(value)) {
      const traversal = remembered(value);
      const joins: (Join | null)[] =
        join === null ? (MEMORY.get(value) as Memory).joins : joinsOf(join, traversal);
      if (joins[i] === undefined) joins[i] = append(join, traversal, i);
      join = joins[i];
      if (join === null) return null;
    } else if (isNode(value)) {
      const traversal = walk(value, { isLeaf: isVariable });
      if (!isBare(traversal)) return null;
      others.push(prefix(traversal, i));
    }
  }
  const leaves = join?.leaves ?? [];
  const here: readonly [Path, Node] = [[], root];
  let entered: readonly (readonly [Path, Node])[] = [here].concat(join?.entered ?? []);
  let left: readonly (readonly [Path, Node])[] = join?.left ?? [];
  for (const other of others) {
    entered = entered.concat(other.entered);
    left = left.concat(other.left);
  }
  return { leaves, entered, left: left.concat([here]) };
}

function joinsOf(join: Join, traversal: Traversal): (Join | null)[] {
  const known = join.next.get(traversal);
  if (known !== undefined) return known;
  const joins: (Join | null)[] = [];
  join.next.set(traversal, joins);
  return joins;
}

/** One more element at the end of a list; null if it shares an object with those before. */
function append(join: Join | null, traversal: Traversal, index: number): Join | null {
  const { leaves, entered, left } = prefix(traversal, index);
  const next = new WeakMap<Traversal, (Join | null)[]>();
  if (join === null) return { leaves, entered, left, next };
  const before = new Set<unknown>();
  for (const [, member] of [...join.leaves, ...join.entered]) before.add(member);
  if ([...leaves, ...entered].some(([, member]) => before.has(member))) return null;
  return {
    leaves: [...join.leaves, ...leaves],
    entered: [...join.entered, ...entered],
    left: [...join.left, ...left],
    next,
  };
}

function prefix({ leaves, entered, left }: Traversal, index: number): Traversal {
  const add = <T>(list: readonly (readonly [Path, T])[]): (readonly [Path, T])[] =>
    list.map(([path, value]) => [[index, ...path], value]);
  return { leaves: add(leaves), entered: add(entered), left: add(left) };
}

/** Tells whether containers hold neither Variables nor Pytrees, e.g. a batch. */
function isBare({ leaves, entered }: Traversal): boolean {
  return leaves.length === 0 && !entered.some(([, node]) => isPytree(node));
}

/** The Variables reachable from `root`. */
export function findVariables(root: unknown): readonly (readonly [Path, Variable<unknown>])[] {
  return traverse(root, { isLeaf: isVariable }).leaves as readonly (readonly [
    Path,
    Variable<unknown>,
  ])[];
}

/** Tells whether the walk enters a value: a Pytree, an array, a Map or a plain object. */
export function isNode(value: unknown): value is Node {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value) || value instanceof Map || isPytree(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  // A plain object that carries a brand, such as a random key, or that is an array of another
  // library, `{ data, shape, stride, offset }`, is a value and not a container.
  if (Object.getOwnPropertySymbols(value).length > 0) return false;
  return !("data" in value && "shape" in value && "stride" in value && "offset" in value);
}

/** The own fields, elements or Map entries of a node, in the order of their creation. */
export function entriesOf(node: Node): readonly (readonly [unknown, unknown])[] {
  return node instanceof Map ? [...node] : Object.entries(node);
}

function childrenOf(
  node: Node,
  wanted: (value: unknown) => boolean,
): readonly (readonly [string | number, unknown])[] {
  const children: [string | number, unknown][] = [];
  if (Array.isArray(node)) {
    for (let i = 0; i < node.length; i++) if (wanted(node[i])) children.push([i, node[i]]);
    return children;
  }
  if (node instanceof Map) {
    for (const [key, value] of node) if (wanted(value)) children.push([partOf(key), value]);
  } else {
    for (const key of Object.keys(node)) {
      const value = (node as Readonly<Record<string, unknown>>)[key];
      if (wanted(value)) children.push([toPart(key), value]);
    }
  }
  return children.length < 2 ? children : children.sort(([a], [b]) => compareParts(a, b));
}

function partOf(key: unknown): string | number {
  if (typeof key === "string") return toPart(key);
  if (typeof key === "number" && Number.isSafeInteger(key) && key >= 0) return key;
  throw new TypeError(
    `state: the keys of a Map that holds state must be strings or non-negative integers, got ${String(key)}.`,
  );
}

/** The child of a node under a path part, undefined if there is none. */
export function childOf(node: Node, part: string | number): unknown {
  if (node instanceof Map) return node.get(part) ?? node.get(String(part));
  return Object.hasOwn(node, part) ? (node as Record<string | number, unknown>)[part] : undefined;
}
