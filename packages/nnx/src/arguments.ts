import { checkDType, describe, isFloating } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { isTensor, toTensor } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { isPytree } from "./pytree.ts";
import { isVariable } from "./variable.ts";

/** Asserts that `options` is an object with none but the named fields. */
export function checkOptions(callee: string, options: unknown, names: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`${callee}: options must be an object, got ${describe(options)}.`);
  }
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) {
      throw new TypeError(
        `${callee}: options must be among ${names.join(", ")}, got ${describe(name)}.`,
      );
    }
  }
}

/** Asserts that a size is a positive integer. */
export function checkSize(callee: string, argument: string, size: unknown): void {
  if (typeof size !== "number") {
    throw new TypeError(
      `${callee}: ${argument} must be a positive integer, got ${describe(size)}.`,
    );
  }
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new RangeError(
      `${callee}: ${argument} must be a positive integer, got ${describe(size)}.`,
    );
  }
}

/**
 * Asserts positive integers, one for each axis; a number stands for as many as there are axes.
 *
 * @param rank - the number of axes; null for any number but 0.
 */
export function checkSizes(
  callee: string,
  argument: string,
  sizes: number | readonly number[],
  rank: number | null,
): readonly number[] {
  const list =
    typeof sizes === "number" && rank !== null ? new Array<number>(rank).fill(sizes) : sizes;
  if (!Array.isArray(list)) {
    throw new TypeError(
      `${callee}: ${argument} must be an array of positive integers, got ${describe(sizes)}.`,
    );
  }
  if (!list.every((size) => Number.isSafeInteger(size) && size >= 1)) {
    throw new RangeError(
      `${callee}: ${argument} must be positive integers, got ${describe(sizes)}.`,
    );
  }
  if (rank === null ? list.length === 0 : list.length !== rank) {
    const rule =
      rank === null ? "at least one element" : `one element for each spatial axis (${rank})`;
    throw new RangeError(`${callee}: ${argument} must have ${rule}, got ${describe(sizes)}.`);
  }
  return [...list];
}

/** Asserts that random streams were given. */
export function checkRngs(callee: string, rngs: unknown): void {
  if (!isPytree(rngs) || !("stream" in rngs)) {
    throw new TypeError(
      `${callee}: rngs must be an Rngs, got ${describe(rngs)}. Pass { rngs: new Rngs(0) }.`,
    );
  }
}

/** Asserts that a dtype, if given at all, is one to compute in. */
export function checkFloatDType(callee: string, argument: string, dtype: DType | undefined): void {
  if (dtype === undefined) return;
  if (!isFloating(checkDType(callee, argument, dtype))) {
    throw new TypeError(`${callee}: ${argument} must be a floating dtype, got ${describe(dtype)}.`);
  }
}

/** Converts the input of a layer. */
export function checkInput(callee: string, x: TensorLike): Tensor {
  if (isTensor(x)) return x;
  if (isVariable(x)) {
    throw new TypeError(`${callee}: x must be an array, got a ${x.kind}. Pass its value.`);
  }
  const plain = ["number", "boolean", "bigint"].includes(typeof x);
  if (!plain && (typeof x !== "object" || x === null || !isArrayLike(x))) {
    throw new TypeError(`${callee}: x must be an array, got ${describe(x)}.`);
  }
  return toTensor(x);
}

function isArrayLike(x: object): boolean {
  return Array.isArray(x) || ArrayBuffer.isView(x) || ("data" in x && "shape" in x);
}

/** Converts the input of a layer and asserts the size of its last axis. */
export function checkFeatures(callee: string, x: TensorLike, name: string, size: number): Tensor {
  const input = checkInput(callee, x);
  if (input.shape.at(-1) !== size) {
    throw new RangeError(
      `${callee}: x must have ${name} = ${size} on its last axis, got shape ${describe(input.shape)}.`,
    );
  }
  return input;
}
