import { itemSize } from "@flaxen/dtype";
import { isTensor } from "@flaxen/autodiff";
import { isKey } from "@flaxen/rng";
import { toPredicate } from "./filters.ts";
import type { Filter } from "./filters.ts";
import { checkNode } from "./state.ts";
import { findVariables } from "./traverse.ts";
import { Param } from "./variable-types.ts";

/** Numbers of elements and bytes. */
export interface Size {
  readonly elements: number;
  readonly bytes: number;
}

/** What a value takes; a key counts as one element of 8 bytes. */
export function sizeOfValue(value: unknown): Size {
  if (isTensor(value)) return { elements: value.size, bytes: value.size * itemSize(value.dtype) };
  if (isKey(value)) return { elements: 1, bytes: 8 };
  if (!Array.isArray(value)) return { elements: 0, bytes: 0 };
  return value.map(sizeOfValue).reduce(addSizes, { elements: 0, bytes: 0 });
}

/** The sum of two sizes. */
export function addSizes(a: Size, b: Size): Size {
  return { elements: a.elements + b.elements, bytes: a.bytes + b.bytes };
}

/** Prints a size as `4,224 (16.9 KB)`, in units of 1000. */
export function formatSize({ elements, bytes }: Size): string {
  return `${group(elements)} (${formatBytes(bytes)})`;
}

function formatBytes(bytes: number): string {
  const unit = [
    ["GB", 1e9],
    ["MB", 1e6],
    ["KB", 1e3],
  ] as const;
  for (const [name, size] of unit) {
    if (bytes > size) {
      const [whole, fraction] = (bytes / size).toFixed(1).split(".");
      return `${group(Number(whole))}.${fraction} ${name}`;
    }
  }
  return `${group(bytes)} B`;
}

/** Prints a whole number with commas. */
export function group(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/**
 * Counts the elements of the parameters of a model; one that is shared counts once.
 *
 * @param node - a Module, or any other object that `state` accepts.
 * @param filter - which Variables; `Param` by default.
 * @returns a whole number.
 * @throws {@link TypeError} if `node` cannot hold state, or `filter` is no filter.
 *
 * @example
 * ```ts
 * import { BatchStat, countParams, Linear, Rngs } from "@flaxen/nnx";
 *
 * const linear = new Linear(784, 128, { rngs: new Rngs(0) });
 * countParams(linear); // => 100480
 * countParams(linear, BatchStat); // => 0
 * ```
 */
export function countParams(node: object, filter: Filter = Param): number {
  checkNode("countParams", node);
  const selects = toPredicate("countParams", filter);
  let count = 0;
  for (const [path, variable] of findVariables(node)) {
    if (selects(path, variable)) count += sizeOfValue(variable.value).elements;
  }
  return count;
}
