import { describe } from "@flaxen/dtype";
import type { Path } from "./paths.ts";
import type { Callee } from "./places.ts";
import { isPytreePrototype } from "./pytree.ts";
import type { Pytree } from "./pytree.ts";
import { Variable, isVariable } from "./variable.ts";

/** Decides about one value at one path; the values are Variables, or Modules where modules are meant. */
export type Predicate = (path: Path, value: unknown) => boolean;

/** A class of Variables, e.g. `Param`. */
export type VariableClass = abstract new (...args: never[]) => Variable<unknown>;

/** A class of Modules or other Pytrees, e.g. `Dropout`. */
export type PytreeClass = abstract new (...args: never[]) => Pytree;

/**
 * Chooses among Variables or Modules.
 *
 * - a class selects its instances,
 * - a string selects what has it as `tag` (the streams of an Rngs),
 * - a function `(path, value) => boolean` decides itself,
 * - `rest` and `true` select everything, `null` and `false` nothing,
 * - an array selects what any of its filters selects.
 */
export type Filter =
  | VariableClass
  | PytreeClass
  | Predicate
  | string
  | typeof rest
  | boolean
  | null
  | readonly Filter[];

/**
 * The filter that selects everything; as the last of several filters, all that is left.
 *
 * @example
 * ```ts
 * import { Linear, Param, rest, Rngs, state } from "@flaxen/nnx";
 *
 * const [params, others] = state(new Linear(1, 1, { rngs: new Rngs(0) }), Param, rest);
 * Object.keys(params); // => ["bias", "kernel"]
 * Object.keys(others); // => []
 * ```
 */
export const rest: unique symbol = /* @__PURE__ */ Symbol.for("flaxen.rest");

/**
 * Selects the instances of a class.
 *
 * @param type - a class of Variables or Modules.
 * @returns a predicate for use as a filter.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { BatchStat, OfType, Param } from "@flaxen/nnx";
 *
 * OfType(Param)([], new BatchStat(array(0))); // => false
 * ```
 */
export function OfType(type: VariableClass | PytreeClass): Predicate {
  return (_path, value) => value instanceof type || isForeignInstance(value, type);
}

/**
 * Selects values whose `tag`, their own or in their metadata, is the given text.
 *
 * @param tag - the tag; the key and the count of an RNG stream have the stream's name.
 * @returns a predicate for use as a filter.
 *
 * @example
 * ```ts
 * import { Rngs, state, WithTag } from "@flaxen/nnx";
 *
 * Object.keys(state(new Rngs({ params: 0, dropout: 1 }), WithTag("dropout"))); // => ["dropout"]
 * ```
 */
export function WithTag(tag: string): Predicate {
  return (_path, value) => {
    if (isVariable(value)) return value.metadata.tag === tag;
    return typeof value === "object" && value !== null && "tag" in value && value.tag === tag;
  };
}

/**
 * Selects values with a certain part in their path.
 *
 * @param key - a field name or list index.
 * @param options - `exact` (default true): the part must equal `key`; false: contain its text.
 * @returns a predicate for use as a filter.
 *
 * @example
 * ```ts
 * import { Linear, PathContains, Rngs, state } from "@flaxen/nnx";
 *
 * const linear = new Linear(1, 1, { rngs: new Rngs(0) });
 * Object.keys(state(linear, PathContains("kernel"))); // => ["kernel"]
 * Object.keys(state(linear, PathContains("ia", { exact: false }))); // => ["bias"]
 * ```
 */
export function PathContains(
  key: string | number,
  { exact = true }: { readonly exact?: boolean } = {},
): Predicate {
  return exact
    ? (path) => path.includes(key)
    : (path) => path.some((part) => String(part).includes(String(key)));
}

/**
 * Selects what any of the filters selects; an array of filters means the same.
 *
 * @param filters - any number of filters; none select nothing.
 * @returns a predicate for use as a filter.
 * @throws {@link TypeError} if an argument is not a filter.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { Any, BatchStat, Param } from "@flaxen/nnx";
 *
 * Any(Param, BatchStat)([], new BatchStat(array(0))); // => true
 * ```
 */
export function Any(...filters: readonly Filter[]): Predicate {
  const predicates = filters.map((filter) => toPredicate("Any", filter));
  return (path, value) => predicates.some((predicate) => predicate(path, value));
}

/**
 * Selects what every one of the filters selects.
 *
 * @param filters - any number of filters; none select everything.
 * @returns a predicate for use as a filter.
 * @throws {@link TypeError} if an argument is not a filter.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { All, Param, PathContains } from "@flaxen/nnx";
 *
 * All(Param, PathContains("bias"))(["kernel"], new Param(array(0))); // => false
 * ```
 */
export function All(...filters: readonly Filter[]): Predicate {
  const predicates = filters.map((filter) => toPredicate("All", filter));
  return (path, value) => predicates.every((predicate) => predicate(path, value));
}

/**
 * Selects what the filter does not select.
 *
 * @param filter - any filter.
 * @returns a predicate for use as a filter.
 * @throws {@link TypeError} if the argument is not a filter.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { BatchStat, Not, Param } from "@flaxen/nnx";
 *
 * Not(Param)([], new BatchStat(array(0))); // => true
 * ```
 */
export function Not(filter: Filter): Predicate {
  const predicate = toPredicate("Not", filter);
  return (path, value) => !predicate(path, value);
}

/** Turns any filter into a predicate. */
export function toPredicate(callee: Callee, filter: Filter): Predicate {
  if (filter === rest || filter === true) return () => true;
  if (filter === null || filter === false) return () => false;
  if (typeof filter === "string") return WithTag(filter);
  if (typeof filter === "function") {
    return isStateClass(filter) ? OfType(filter) : (filter as Predicate);
  }
  if (Array.isArray(filter)) {
    const predicates = filter.map((one: Filter) => toPredicate(callee, one));
    return (path, value) => predicates.some((predicate) => predicate(path, value));
  }
  throw new TypeError(
    `${callee}: filter must be a class, a tag, a function, rest, a boolean, null or an array of filters, got ${describe(filter)}.`,
  );
}

/** Turns a list of filters into predicates; a filter that takes everything must be the last. */
export function toPredicates(callee: string, filters: readonly Filter[]): readonly Predicate[] {
  const everything = filters.findIndex((filter) => filter === rest || filter === true);
  if (everything >= 0 && everything < filters.length - 1) {
    throw new RangeError(
      `${callee}: rest and true must be the last filter, got one at index ${everything} of ${filters.length} filters.`,
    );
  }
  return filters.map((filter) => toPredicate(callee, filter));
}

function isStateClass(type: object): type is VariableClass | PytreeClass {
  const prototype: unknown = "prototype" in type ? type.prototype : null;
  if (typeof prototype !== "object" || prototype === null) return false;
  return isPytreePrototype(prototype) || ("kind" in prototype && "metadata" in prototype);
}

// A Variable made by another copy of this package is no `instanceof` our classes, but names its
// built-in class, and its ancestors theirs.
function isForeignInstance(value: unknown, type: VariableClass | PytreeClass): boolean {
  if (!isVariable(value) || value instanceof Variable) return false;
  const wanted = ownKind(type.prototype);
  if (wanted === undefined) return false;
  let prototype: unknown = Object.getPrototypeOf(value);
  while (typeof prototype === "object" && prototype !== null) {
    if (ownKind(prototype) === wanted) return true;
    prototype = Object.getPrototypeOf(prototype);
  }
  return false;
}

function ownKind(prototype: object): unknown {
  return Object.getOwnPropertyDescriptor(prototype, "kind")?.get?.call(prototype);
}
