import { defaultFloat, describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { isNDArray, NDArray } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import { isKey, keyData, wrapKeyData } from "@flaxen/rng";
import type { Key } from "@flaxen/rng";
import { sameShape } from "../broadcasting.ts";
import { scalarTensor } from "../operands.ts";
import { isTracer, scalarDType, toTensor } from "../tensor.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { flatten } from "../tree.ts";
import { print, sameStructure } from "../tree-structure.ts";
import type { Structure } from "../tree-structure.ts";

/** What a compiled function has to know of one leaf of its arguments. */
export type LeafType =
  | { readonly kind: "array" | "number"; readonly shape: Shape; readonly dtype: DType }
  | { readonly kind: "key"; readonly partitionable: boolean }
  | { readonly kind: "static"; readonly value: unknown };

/** One leaf: its type, and its value as an array if it is data. */
export interface Leaf {
  readonly type: LeafType;
  readonly array: NDArray | null;
}

const WORDS: Shape = [2];

/**
 * Takes a leaf of an argument: arrays, numbers and keys are data, booleans, strings and functions are part of the
 * code.
 *
 * @returns undefined for a tracer.
 */
export function takeLeaf(callee: string, argument: string, x: unknown): Leaf | undefined {
  switch (typeof x) {
    case "number": {
      const array = scalarTensor(x, scalarDType(x));
      return { type: { kind: "number", shape: array.shape, dtype: array.dtype }, array };
    }
    case "boolean":
    case "string":
    case "function":
    case "bigint":
    case "symbol":
      return { type: { kind: "static", value: x }, array: null };
  }
  if (isNDArray(x)) return { type: { kind: "array", shape: x.shape, dtype: x.dtype }, array: x };
  if (isTracer(x)) return undefined;
  if (isKey(x)) {
    const words = keyData(x) as NDArray;
    if (isTracer(words)) return undefined;
    return { type: { kind: "key", partitionable: x.partitionable }, array: words };
  }
  if (typeof x === "object" && x !== null && "data" in x && "shape" in x) {
    const array = toTensor(x as TensorLike) as NDArray;
    return { type: { kind: "array", shape: array.shape, dtype: array.dtype }, array };
  }
  throw new TypeError(
    `${callee}: ${argument} must hold tensors, numbers, keys and plain values, got ${describe(x)}.`,
  );
}

/** The shape and dtype of the array that a leaf becomes; null for static ones. */
export function inputOf(
  type: LeafType,
): { readonly shape: Shape; readonly dtype: DType; readonly weak: boolean } | null {
  switch (type.kind) {
    case "array":
    case "number":
      return { shape: type.shape, dtype: type.dtype, weak: type.kind === "number" };
    case "key":
      return { shape: WORDS, dtype: "uint32", weak: false };
    case "static":
      return null;
  }
}

/** What the traced function gets for a leaf. */
export function standIn(type: LeafType, tracer: Tensor): Tensor | Key {
  if (type.kind !== "key") return tracer;
  return wrapKeyData(tracer as NDArray<"uint32">, { partitionable: type.partitionable });
}

/** What a compiled function depends on: the structure of its arguments and the types of their leaves. */
export class Signature {
  /** Without the leaves. */
  readonly structure: Structure;
  /** In order. */
  readonly types: readonly LeafType[];
  private readonly width = defaultFloat();

  /** Describes arguments. */
  constructor(structure: Structure, types: readonly LeafType[]) {
    this.structure = structure;
    this.types = types;
  }

  /** The first thing in which another signature differs, in words; null if there is none. */
  difference(other: Signature): string | null {
    if (this.width !== other.width) return "the default float width";
    if (!sameStructure(this.structure, other.structure)) {
      return `structure ${print(other.structure)} in place of ${print(this.structure)}`;
    }
    for (let i = 0; i < this.types.length; i++) {
      if (!sameType(this.types[i], other.types[i])) {
        return `leaf ${i}: ${printType(other.types[i])} in place of ${printType(this.types[i])}`;
      }
    }
    return null;
  }

  /** Whether a function compiled for the one can be called with the other. */
  equals(other: Signature): boolean {
    if (this.width !== other.width || this.types.length !== other.types.length) return false;
    for (let i = 0; i < this.types.length; i++) {
      if (!sameType(this.types[i], other.types[i])) return false;
    }
    return sameStructure(this.structure, other.structure);
  }

  /** The leaves' types, e.g. `(float32[2, 3], number, "mean")`. */
  toString(): string {
    return `(${this.types.map(printType).join(", ")})`;
  }
}

/** Whether the same program serves both leaves. */
export function sameType(a: LeafType, b: LeafType): boolean {
  if (a.kind === "static") return b.kind === "static" && Object.is(a.value, b.value);
  if (a.kind === "key") return b.kind === "key" && a.partitionable === b.partitionable;
  return a.kind === b.kind && a.dtype === b.dtype && sameShape(a.shape, b.shape);
}

/** For reports, e.g. `float32[2, 3]`. */
export function printType(type: LeafType): string {
  switch (type.kind) {
    case "array":
      return describe({ shape: type.shape, dtype: type.dtype });
    case "number":
      return `number (${type.dtype})`;
    case "key":
      return "Key";
    case "static":
      return describe(type.value);
  }
}

/** Flattens arguments and takes their leaves; undefined if there is a tracer among them. */
export function takeArguments(
  callee: string,
  args: readonly unknown[],
): { readonly signature: Signature; readonly arrays: NDArray[] } | undefined {
  const [leaves, structure] = flatten(args);
  const types: LeafType[] = [];
  const arrays: NDArray[] = [];
  for (let i = 0; i < leaves.length; i++) {
    const leaf = takeLeaf(callee, "arguments", leaves[i]);
    if (leaf === undefined) return undefined;
    types.push(leaf.type);
    if (leaf.array !== null) arrays.push(leaf.array);
  }
  return { signature: new Signature(structure, types), arrays };
}
