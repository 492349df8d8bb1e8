import { describe } from "@flaxen/dtype";
import { rest, toPredicate } from "./filters.ts";
import type { Filter } from "./filters.ts";
import { compareParts, toPart } from "./paths.ts";
import type { Path } from "./paths.ts";
import { checkNode } from "./state.ts";
import { entriesOf, isNode } from "./traverse.ts";
import type { Node } from "./traverse.ts";
import { isVariable } from "./variable.ts";

/**
 * Lists everything inside an object, children before parents and names sorted: containers and
 * Variables once each, under their first path, and every static value.
 *
 * @param node - a Module, or any other object that `state` accepts.
 * @returns `[path, value]` pairs; the root comes last and has the empty path.
 * @throws {@link TypeError} if `node` cannot hold state.
 *
 * @example
 * ```ts
 * import { Dropout, iterGraph } from "@flaxen/nnx";
 *
 * const dropout = new Dropout(0.5);
 * const found = iterGraph(dropout);
 * found.map(([path]) => path.join(".")); // => ["broadcastDims", "deterministic", "rate", "rngCollection", "rngs", ""]
 * found[2]; // => [["rate"], 0.5]
 * ```
 */
export function iterGraph(node: object): [Path, unknown][] {
  checkNode("iterGraph", node);
  const found: [Path, unknown][] = [];
  const seen = new Set<unknown>();
  // A container is put back below its children, to be listed after them.
  const stack: { path: Path; value: unknown; entered: boolean }[] = [
    { path: [], value: node, entered: false },
  ];
  for (let frame = stack.pop(); frame !== undefined; frame = stack.pop()) {
    const { path, value, entered } = frame;
    if (!isShareable(value) || entered) {
      found.push([path, value]);
      continue;
    }
    if (seen.has(value)) continue;
    seen.add(value);
    stack.push({ path, value, entered: true });
    if (isVariable(value)) continue;
    for (const [part, child] of partsOf(value).reverse()) {
      stack.push({ path: [...path, part], value: child, entered: false });
    }
  }
  return found;
}

/** Settings of `findDuplicates`. */
export interface FindDuplicatesOptions {
  /** Which repetitions count; `rest` by default. */
  readonly only?: Filter;
}

/**
 * Finds the Variables, Modules and other containers that can be reached on several ways.
 *
 * @param node - a Module, or any other object that `state` accepts.
 * @param options - `only` (default `rest`): which repetitions count.
 * @returns for each such object its paths, the first one in sorted order in front. What is inside an
 *   object that is repeated is not listed again.
 * @throws {@link TypeError} if `node` cannot hold state, or `only` is no filter.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { findDuplicates, Param } from "@flaxen/nnx";
 *
 * const shared = new Param(array(0));
 * findDuplicates({ a: shared, b: [shared], c: new Param(array(0)) }); // => [[["a"], ["b", 0]]]
 * ```
 */
export function findDuplicates(
  node: object,
  { only = rest }: FindDuplicatesOptions = {},
): Path[][] {
  checkNode("findDuplicates", node);
  const counts = toPredicate("findDuplicates", only);
  const paths = new Map<unknown, Path[]>();
  const stack: [Path, unknown][] = [[[], node]];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [path, value] = next;
    if (!isShareable(value)) continue;
    const known = paths.get(value);
    if (known !== undefined) {
      if (counts(path, value)) known.push(path);
      continue;
    }
    paths.set(value, [path]);
    if (isVariable(value)) continue;
    for (const [part, child] of partsOf(value).reverse()) stack.push([[...path, part], child]);
  }
  return [...paths.values()].filter((group) => group.length > 1);
}

function isShareable(value: unknown): value is object {
  return isVariable(value) || isNode(value);
}

/** All fields of a container, sorted. */
export function partsOf(node: Node): (readonly [string | number, unknown])[] {
  const parts = entriesOf(node).map(
    ([key, value]) => [typeof key === "string" ? toPart(key) : keyPart(key), value] as const,
  );
  return parts.sort(([a], [b]) => compareParts(a, b));
}

// Maps without state may have any keys.
function keyPart(key: unknown): string | number {
  return typeof key === "number" ? key : describe(key);
}
