import { checkDType, describe, isDType, isFloating, isInteger } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { astype, isTensor, toTensor } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import type { NDArray } from "@flaxen/ndarray";
import { isPytree } from "./pytree.ts";
import { isVariable } from "./variable.ts";
import type { Callee } from "./places.ts";

/** Asserts that `options` is an object with none but the named fields. */
export function checkOptions(callee: Callee, options: unknown, names: readonly string[]): void {
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
export function checkSize(callee: Callee, argument: string, size: unknown): void {
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
  callee: Callee,
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

/** Asserts that a number is in its range. */
export function checkNumber(
  callee: Callee,
  argument: string,
  value: unknown,
  valid: boolean,
  rule: string,
): void {
  if (typeof value === "number" && valid) return;
  const message = `${callee}: ${argument} must ${rule}, got ${describe(value)}.`;
  throw typeof value === "number" ? new RangeError(message) : new TypeError(message);
}

/** Asserts that what is added to a variance is at least 0. */
export function checkEpsilon(callee: Callee, epsilon: number): void {
  const valid = epsilon >= 0 && epsilon < Infinity;
  checkNumber(callee, "epsilon", epsilon, valid, "be at least 0 and finite");
}

/** Asserts an axis or a list of axes; whether an input has them shows later. */
export function checkAxes(callee: Callee, argument: string, axes: unknown): void {
  const valid = Array.isArray(axes) ? axes.every(Number.isSafeInteger) : Number.isSafeInteger(axes);
  if (valid) return;
  const message = `${callee}: ${argument} must be an axis or a list of axes, got ${describe(axes)}.`;
  throw typeof axes === "number" ? new RangeError(message) : new TypeError(message);
}

/** Asserts that a value is a Module with a forward method. */
export function checkLayer(callee: Callee, argument: string, layer: unknown): void {
  if (isPytree(layer) && "forward" in layer && typeof layer.forward === "function") return;
  throw new TypeError(
    `${callee}: ${argument} must be a Module with a forward method, got ${describe(layer)}.`,
  );
}

/** Asserts that random streams were given. */
export function checkRngs(callee: Callee, rngs: unknown): void {
  if (!isPytree(rngs) || !("stream" in rngs)) {
    throw new TypeError(
      `${callee}: rngs must be an Rngs, got ${describe(rngs)}. Pass { rngs: new Rngs(0) }.`,
    );
  }
}

/** Asserts that a dtype, if given at all, is one to compute in. */
export function checkFloatDType(callee: Callee, argument: string, dtype: DType | undefined): void {
  if (dtype === undefined) return;
  if (!isDType(dtype)) checkDType(String(callee), argument, dtype);
  if (!isFloating(dtype)) {
    throw new TypeError(`${callee}: ${argument} must be a floating dtype, got ${describe(dtype)}.`);
  }
}

/** Converts the input of a layer. */
export function checkInput(callee: Callee, x: TensorLike, argument: string = "x"): Tensor {
  if (isTensor(x)) return x;
  if (isVariable(x)) {
    throw new TypeError(
      `${callee}: ${argument} must be an array, got a ${x.kind}. Pass its value.`,
    );
  }
  const plain = ["number", "boolean", "bigint"].includes(typeof x);
  if (!plain && (typeof x !== "object" || x === null || !isArrayLike(x))) {
    throw new TypeError(`${callee}: ${argument} must be an array, got ${describe(x)}.`);
  }
  return toTensor(x);
}

/** Converts indices; whole numbers in lists count as integers. */
export function checkIndices(callee: Callee, argument: string, x: TensorLike): Tensor {
  if (Array.isArray(x) || typeof x === "number") {
    const wide = toTensor(x, "float64") as NDArray<"float64">;
    if (wide.data.every(Number.isSafeInteger)) return astype(wide, "int32");
  }
  const indices = checkInput(callee, x, argument);
  if (isInteger(indices.dtype)) return indices;
  throw new TypeError(`${callee}: ${argument} must be integers, got ${describe(indices)}.`);
}

function isArrayLike(x: object): boolean {
  return Array.isArray(x) || ArrayBuffer.isView(x) || ("data" in x && "shape" in x);
}

/** Converts the input of a layer and asserts the size of its last axis. */
export function checkFeatures(
  callee: Callee,
  x: TensorLike,
  name: string,
  size: number,
  argument: string = "x",
): Tensor {
  const input = checkInput(callee, x, argument);
  if (input.shape.at(-1) !== size) {
    throw new RangeError(
      `${callee}: ${argument} must have ${name} = ${size} on its last axis, got shape ${describe(input.shape)}.`,
    );
  }
  return input;
}
