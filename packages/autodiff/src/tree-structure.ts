import { isNDArray } from "@flaxen/ndarray";
import { isKey } from "@flaxen/rng";
import { isTracer } from "./tensor.ts";

/** A tree without its leaves, as `tree.structure` returns it. */
export interface Structure {
  /** What stands in this place. */
  readonly kind: "leaf" | "empty" | "array" | "object";
  /** What holds no leaf in an empty place: `null` or `undefined`. */
  readonly value: null | undefined;
  /** The sorted keys of an object; empty otherwise. */
  readonly keys: readonly string[];
  /** The places of the elements or fields, in order; empty for anything but arrays and objects. */
  readonly children: readonly Structure[];
}

/**
 * Whether two structures are equal, `null` and `undefined` told apart.
 *
 * @param a - Of one tree.
 * @param b - Of another.
 * @returns Whether their leaves correspond.
 *
 * @example
 * ```ts
 * import { tree } from "@flaxen/autodiff";
 *
 * tree.sameStructure(tree.structure({ a: 1 }), tree.structure({ a: [1] })); // => false
 * ```
 */
export function sameStructure(a: Structure, b: Structure): boolean {
  return (
    a.kind === b.kind &&
    a.value === b.value &&
    a.children.length === b.children.length &&
    a.keys.every((key, i) => key === b.keys[i]) &&
    a.children.every((child, i) => sameStructure(child, b.children[i]))
  );
}

/** Whether a value is a container of a tree and not a leaf. */
export function isContainer(x: unknown): x is readonly unknown[] | Record<string, unknown> {
  if (typeof x !== "object" || x === null) return false;
  if (Array.isArray(x)) return true;
  if (isTracer(x) || isNDArray(x) || isKey(x)) return false;
  const prototype: unknown = Object.getPrototypeOf(x);
  return (prototype === Object.prototype || prototype === null) && !isForeignArray(x);
}

/** A hand-made `{ data, shape, stride, offset }` is one array, not an object of four leaves. */
function isForeignArray(x: object): boolean {
  return "data" in x && "shape" in x && "stride" in x && "offset" in x;
}

/**
 * Text of a structure for messages, with `*` for a leaf.
 *
 * @param structure - Of a tree.
 * @returns One line.
 *
 * @example
 * ```ts
 * import { tree } from "@flaxen/autodiff";
 *
 * tree.print(tree.structure({ b: [1, null], a: 2 })); // => "{a: *, b: [*, null]}"
 * ```
 */
export function print({ kind, value, keys, children }: Structure): string {
  switch (kind) {
    case "leaf":
      return "*";
    case "array":
      return `[${children.map(print).join(", ")}]`;
    case "object":
      return `{${keys.map((key, i) => `${key}: ${print(children[i])}`).join(", ")}}`;
    case "empty":
      return String(value);
  }
}
