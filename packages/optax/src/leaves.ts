import { astype, isTensor, toTensor, tree } from "@flaxen/autodiff";
import type { Structure, Tensor } from "@flaxen/autodiff";
import { defaultFloat, describe, isFloating } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { full, zeros } from "@flaxen/ndarray";
import type { TensorTree } from "./gradient-transformation.ts";

/** A tree of tensors taken apart. */
export interface Leaves {
  readonly leaves: readonly Tensor[];
  readonly structure: Structure;
}

/** Takes a tree apart and checks that each leaf is a tensor, or a number, which becomes a float. */
export function takeLeaves(callee: string, argument: string, value: unknown): Leaves {
  const [leaves, structure] = tree.flatten(value);
  leaves.forEach((leaf, i) => {
    if (isTensor(leaf) || typeof leaf === "number") return;
    const place = leafPath(structure, i);
    throw new TypeError(
      `${callee}: ${argument} must be a tree of tensors, got ${describe(leaf)}${place}.`,
    );
  });
  // A parameter 2 is as floating-point as a parameter 2.5.
  const toLeaf = (leaf: unknown): Tensor =>
    typeof leaf === "number" ? toTensor(leaf, defaultFloat()) : (leaf as Tensor);
  return { leaves: leaves.map(toLeaf), structure };
}

/** Puts a tree together again. The caller vouches that the leaves make a tree of the type. */
export function rebuild<T>(structure: Structure, leaves: readonly Tensor[]): T {
  return tree.unflatten(structure, leaves) as T;
}

/** Applies a function to each leaf of the updates. */
export function mapLeaves<T>(callee: string, updates: T, f: (leaf: Tensor) => Tensor): T {
  const { leaves, structure } = takeLeaves(callee, "updates", updates);
  return rebuild(structure, leaves.map(f));
}

/** A tensor in a dtype; itself when it has it. */
export function cast(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : astype(x, dtype);
}

/** A tree of zeros like floating-point parameters, in one dtype, a function of theirs, or theirs. */
export function zerosLikeParams(
  callee: string,
  params: unknown,
  dtype: DType | ((dtype: DType) => DType) = (own) => own,
): TensorTree {
  const dtypeOf = typeof dtype === "function" ? dtype : () => dtype;
  return likeParams(callee, params, (p) => zeros(p.shape, dtypeOf(p.dtype)));
}

/** A tree of one number with the shapes and dtypes of floating-point parameters. */
export function fullLikeParams(callee: string, params: unknown, value: number): TensorTree {
  return likeParams(callee, params, (p) => full(p.shape, value, p.dtype));
}

function likeParams(callee: string, params: unknown, make: (leaf: Tensor) => Tensor): TensorTree {
  const { leaves, structure } = takeLeaves(callee, "params", params);
  const made = leaves.map((leaf, i) => {
    if (!isFloating(leaf.dtype)) {
      const found = describe(leaf) + leafPath(structure, i);
      throw new TypeError(`${callee}: params must be floating-point tensors, got ${found}.`);
    }
    return make(leaf);
  });
  return rebuild(structure, made);
}

/** Checks that `value` has the structure and the shapes of `reference`, called `owner` in messages. */
export function takeMatching(
  callee: string,
  argument: string,
  value: unknown,
  owner: string,
  reference: Leaves,
): Leaves {
  const taken = takeLeaves(callee, argument, value);
  if (!tree.sameStructure(taken.structure, reference.structure)) {
    const found = `${print(taken.structure)} for ${print(reference.structure)}`;
    throw new TypeError(
      `${callee}: ${argument} must have the structure of ${owner}, got ${found}.`,
    );
  }
  taken.leaves.forEach((leaf, i) => {
    const wanted = reference.leaves[i];
    if (sameShape(leaf.shape, wanted.shape)) return;
    const found = `${describe(leaf)} for ${describe(wanted)}${leafPath(taken.structure, i)}`;
    throw new RangeError(`${callee}: ${argument} must have the shapes of ${owner}, got ${found}.`);
  });
  return taken;
}

/** Whether two shapes are equal. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** How many leaves a structure has. */
export function countLeaves(structure: Structure): number {
  if (structure.kind === "leaf") return 1;
  if (structure.kind === "empty") return 0;
  return structure.children.reduce((total, child) => total + countLeaves(child), 0);
}

/** Longest text of a structure in a message. */
const LONGEST_TEXT = 120;

/** A structure in short, with `*` for a leaf. */
export function print(structure: Structure): string {
  const text = tree.print(structure);
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}...`;
}

/** Where a leaf sits, as ` at layers.0.kernel`; empty for a tree that is one leaf. */
function leafPath(structure: Structure, index: number): string {
  const paths: string[] = [];
  collectPaths(structure, [], paths);
  return paths[index] === "" ? "" : ` at ${paths[index]}`;
}

function collectPaths(structure: Structure, path: readonly string[], paths: string[]): void {
  if (structure.kind === "leaf") paths.push(path.join("."));
  else if (structure.kind !== "empty") {
    structure.children.forEach((child, i) => {
      const key = structure.kind === "object" ? structure.keys[i] : String(i);
      collectPaths(child, [...path, key], paths);
    });
  }
}
