import type { Path } from "./paths.ts";
import { compareParts, toPart } from "./paths.ts";
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

interface Frame {
  readonly path: Path;
  readonly node: Node;
  readonly children: readonly (readonly [string | number, unknown])[];
  next: number;
}

/**
 * Walks everything reachable from `root`, keys sorted, without recursion; cycles are fine.
 */
export function traverse(
  root: unknown,
  { isLeaf, repeatLeaves = false }: TraverseOptions,
): Traversal {
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
