import { isContainer, print, sameStructure } from "./tree-structure.ts";
import type { Structure } from "./tree-structure.ts";

export { print, sameStructure };

/** Nested arrays and plain objects with leaves of type `L`; `null` and `undefined` hold no leaf. */
export type Tree<L> =
  L | null | undefined | readonly Tree<L>[] | { readonly [name: string]: Tree<L> };

const NONE: readonly never[] = [];
const LEAF: Structure = { kind: "leaf", value: undefined, keys: NONE, children: NONE };
const NULL: Structure = { kind: "empty", value: null, keys: NONE, children: NONE };
const UNDEFINED: Structure = {
  kind: "empty",
  value: undefined,
  keys: NONE,
  children: NONE,
};
/** A plain assignment to `__proto__` would set the prototype. */
const FIELD = { configurable: true, enumerable: true, writable: true } as const;

/**
 * Splits a tree into its leaves, in order, and its structure.
 *
 * Arrays are walked in order and plain objects by sorted key; everything else (tensors, numbers, typed
 * arrays, class instances) is a leaf, and `null` and `undefined` hold none.
 *
 * @param tree - Any value.
 * @returns `[leaves, structure]`.
 *
 * @example
 * ```ts
 * import { tree } from "@flaxen/autodiff";
 *
 * tree.flatten({ b: [1, 2], a: 3 })[0]; // => [3, 1, 2]
 * ```
 */
export function flatten(tree: unknown): [leaves: unknown[], structure: Structure] {
  const leaves: unknown[] = [];
  return [leaves, collect(tree, leaves)];
}

/**
 * The leaves of a tree, in the order of {@link flatten}.
 *
 * @param tree - Any value.
 * @returns A new array.
 *
 * @example
 * ```ts
 * import { tree } from "@flaxen/autodiff";
 *
 * tree.leaves([1, null, { x: 2 }]); // => [1, 2]
 * ```
 */
export function leaves(tree: unknown): unknown[] {
  return flatten(tree)[0];
}

/**
 * The structure of a tree: what is left when its leaves are taken out.
 *
 * @param tree - Any value.
 * @returns A value for {@link unflatten}.
 *
 * @example
 * ```ts
 * import { tree } from "@flaxen/autodiff";
 *
 * tree.unflatten(tree.structure({ a: 0, b: [0] }), [1, 2]); // => { a: 1, b: [2] }
 * ```
 */
export function structure(tree: unknown): Structure {
  return flatten(tree)[1];
}

/**
 * Builds a tree from a structure and its leaves: the inverse of {@link flatten}.
 *
 * @param structure - Of a tree.
 * @param leaves - As many as the structure has.
 * @returns New arrays and objects around the given leaves.
 * @throws {@link RangeError} if there are too few or too many leaves.
 *
 * @example
 * ```ts
 * import { tree } from "@flaxen/autodiff";
 *
 * tree.unflatten(tree.structure([0, 0]), ["x", "y"]); // => ["x", "y"]
 * tree.unflatten(tree.structure([0, 0]), ["x"]); // throws RangeError: tree.unflatten: leaves must be as many as the structure has, got 1 for 2.
 * ```
 */
export function unflatten(structure: Structure, leaves: readonly unknown[]): unknown {
  const wanted = count(structure);
  if (leaves.length !== wanted) {
    throw new RangeError(
      `tree.unflatten: leaves must be as many as the structure has, got ${leaves.length} for ${wanted}.`,
    );
  }
  return build(structure, leaves, { next: 0 });
}

/**
 * Applies a function to corresponding leaves of one or more trees.
 *
 * @param f - Gets one leaf of each tree.
 * @param tree - Decides the structure of the result.
 * @param rest - Trees of the same structure.
 * @returns A new tree of the results.
 * @throws {@link TypeError} if a further tree has another structure.
 *
 * @example
 * ```ts
 * import { tree } from "@flaxen/autodiff";
 *
 * tree.map((x, y) => Number(x) + Number(y), { a: 1, b: [2] }, { a: 10, b: [20] }); // => { a: 11, b: [22] }
 * tree.map((x) => x, [1, 2], [1]); // throws TypeError: tree.map: every tree must have the structure of the first, [*, *], got [*].
 * ```
 */
export function map(
  f: (...leaves: any[]) => unknown,
  tree: unknown,
  ...rest: readonly unknown[]
): any {
  const [first, structure] = flatten(tree);
  const others = rest.map((other) => {
    const [leaves, otherStructure] = flatten(other);
    if (!sameStructure(structure, otherStructure)) {
      throw new TypeError(
        `tree.map: every tree must have the structure of the first, ${print(structure)}, got ${print(otherStructure)}.`,
      );
    }
    return leaves;
  });
  const mapped = first.map((leaf, i) => f(leaf, ...others.map((leaves) => leaves[i])));
  return build(structure, mapped, { next: 0 });
}

/**
 * Whether a predicate holds for every leaf.
 *
 * @param predicate - Gets each leaf.
 * @param tree - Any value.
 * @returns `true` for a tree without leaves.
 *
 * @example
 * ```ts
 * import { tree } from "@flaxen/autodiff";
 *
 * tree.all((x) => Number(x) > 0, { a: 1, b: [2] }); // => true
 * ```
 */
export function all(predicate: (leaf: any) => boolean, tree: unknown): boolean {
  return leaves(tree).every((leaf) => predicate(leaf));
}

function collect(x: unknown, leaves: unknown[]): Structure {
  if (x === null) return NULL;
  if (x === undefined) return UNDEFINED;
  if (!isContainer(x)) {
    leaves.push(x);
    return LEAF;
  }
  const children: Structure[] = [];
  if (Array.isArray(x)) {
    for (let i = 0; i < x.length; i++) children.push(collect(x[i], leaves));
    return { kind: "array", value: undefined, keys: NONE, children };
  }
  const object = x as Record<string, unknown>;
  const keys = Object.keys(object).sort();
  for (let i = 0; i < keys.length; i++) children.push(collect(object[keys[i]], leaves));
  return { kind: "object", value: undefined, keys, children };
}

function build(
  { kind, value, keys, children }: Structure,
  leaves: readonly unknown[],
  cursor: { next: number },
): unknown {
  switch (kind) {
    case "leaf":
      return leaves[cursor.next++];
    case "empty":
      return value;
    case "array": {
      const array: unknown[] = [];
      for (let i = 0; i < children.length; i++) array.push(build(children[i], leaves, cursor));
      return array;
    }
    case "object": {
      const object: Record<string, unknown> = {};
      for (let i = 0; i < keys.length; i++) {
        const key = keys[i];
        const field = build(children[i], leaves, cursor);
        if (key === "__proto__") Object.defineProperty(object, key, { ...FIELD, value: field });
        else object[key] = field;
      }
      return object;
    }
  }
}

function count({ kind, children }: Structure): number {
  let total = kind === "leaf" ? 1 : 0;
  for (let i = 0; i < children.length; i++) total += count(children[i]);
  return total;
}
