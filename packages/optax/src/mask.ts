import { tree } from "@flaxen/autodiff";
import type { Structure } from "@flaxen/autodiff";
import { describe } from "@flaxen/dtype";
import { countLeaves, print } from "./leaves.ts";

/** A tree of booleans like the parameters, or a function from the parameters to one. */
export type Mask = MaskTree | ((params: unknown) => MaskTree);

/** A tree of booleans. */
export type MaskTree =
  boolean | null | undefined | readonly MaskTree[] | { readonly [name: string]: MaskTree };

/** A tree of labels like the parameters, or a function from the parameters to one. */
export type Labels = LabelTree | ((params: unknown) => LabelTree);

/** A tree of labels. */
export type LabelTree =
  string | null | undefined | readonly LabelTree[] | { readonly [name: string]: LabelTree };

/** A tree that says something of each part of another one, called `owner` in messages. */
interface Prefix {
  readonly callee: string;
  readonly argument: string;
  readonly value: unknown;
  readonly owner: string;
  readonly structure: Structure;
}

/** The mask of each leaf of a tree. */
export function maskLeaves(prefix: Prefix): readonly boolean[] {
  return spread(prefix, "booleans", (value) => typeof value === "boolean");
}

/** The label of each leaf of a tree. */
export function labelLeaves(prefix: Prefix): readonly string[] {
  return spread(prefix, "labels", (value) => typeof value === "string");
}

/** Checks the values of a prefix and repeats each for the leaves below it. */
function spread<V>(
  { callee, argument, value, owner, structure }: Prefix,
  kind: string,
  holds: (value: unknown) => value is V,
): readonly V[] {
  const [values, prefix] = tree.flatten(value);
  const valid = values.filter(holds);
  if (valid.length < values.length) {
    const found = describe(values.find((item) => !holds(item)));
    throw new TypeError(`${callee}: ${argument} must be a tree of ${kind}, got ${found}.`);
  }
  const result: V[] = [];
  if (spreadPrefix(prefix, structure, valid, result)) return result;
  throw new TypeError(
    `${callee}: ${argument} must have the structure of ${owner} or of its upper part, got ${print(prefix)} for ${print(structure)}.`,
  );
}

/** Repeats each value of a prefix for the leaves below it; false when it is no prefix. */
function spreadPrefix<V>(prefix: Structure, whole: Structure, values: V[], result: V[]): boolean {
  if (prefix.kind === "leaf") {
    const value = values.shift() as V;
    for (let left = countLeaves(whole); left > 0; left--) result.push(value);
    return true;
  }
  if (prefix.kind === "empty" || whole.kind === "empty") return prefix.kind === whole.kind;
  if (whole.kind !== prefix.kind || whole.children.length !== prefix.children.length) return false;
  if (!prefix.keys.every((key, i) => key === whole.keys[i])) return false;
  return prefix.children.every((child, i) =>
    spreadPrefix(child, whole.children[i], values, result),
  );
}
