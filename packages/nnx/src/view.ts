import { rest, toPredicate } from "./filters.ts";
import type { Filter } from "./filters.ts";
import { clone } from "./graph.ts";
import { iterModules } from "./module.ts";
import { checkNode } from "./state.ts";

/** Settings of `view`. */
export interface ViewOptions {
  /** Restricts the flags to Modules that the filter selects; `rest` by default. */
  readonly only?: Filter;
  /** Whether a flag that no Module takes is an error; true by default. */
  readonly raiseIfNotFound?: boolean;
}

/** A Module that takes part in `view`. */
export interface Viewable {
  /**
   * Applies the flags that this Module knows and returns their names; a missing flag leaves things
   * as they are.
   */
  setView(flags: Readonly<Record<string, unknown>>): readonly string[];
}

/**
 * Returns a second look at a model: new Module objects with other mode flags that share the very
 * Variables of the original.
 *
 * @param node - a Module, or any other object that `state` accepts.
 * @param flags - e.g. `{ deterministic: true, useRunningAverage: true }` for evaluation. Each Module
 *   with a method `setView(flags)` gets them; `BatchNorm` and `SpectralNorm` know `useRunningAverage`, `Dropout`
 *   `deterministic`, `MultiHeadAttention` that and `decode`, `batchSize`, `maxLength`.
 * @param options - `only`: which Modules; `raiseIfNotFound` (default true).
 * @returns an object of the same class; the original keeps its flags.
 * @throws {@link RangeError} if no Module knows a flag.
 * @throws {@link TypeError} if `node` cannot hold state.
 *
 * @example
 * ```ts
 * import { BatchNorm, Rngs, view } from "@flaxen/nnx";
 *
 * const norm = new BatchNorm(2, { rngs: new Rngs(0) });
 * const evaluation = view(norm, { useRunningAverage: true });
 * evaluation.useRunningAverage; // => true
 * norm.useRunningAverage; // => false
 * evaluation.mean === norm.mean; // => true
 * view(norm, { training: false }); // throws RangeError: view: flags must be known to at least one selected Module, got training.
 * ```
 */
export function view<T extends object>(
  node: T,
  flags: Readonly<Record<string, unknown>>,
  { only = rest, raiseIfNotFound = true }: ViewOptions = {},
): T {
  checkNode("view", node);
  const selects = toPredicate("view", only);
  const copy = clone(node, { variables: false });
  const unused = new Set(Object.keys(flags));
  for (const [path, module] of iterModules(copy)) {
    if (!selects(path, module) || !isViewable(module)) continue;
    for (const name of module.setView(flags)) unused.delete(name);
  }
  if (raiseIfNotFound && unused.size > 0) {
    throw new RangeError(
      `view: flags must be known to at least one selected Module, got ${[...unused].join(", ")}.`,
    );
  }
  return copy;
}

function isViewable(module: object): module is Viewable {
  return "setView" in module && typeof module.setView === "function";
}
