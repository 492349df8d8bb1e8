import { describe } from "@flaxen/dtype";

/** The lengths of the axes of an array, first axis first; `[]` is the shape of a scalar. */
export type Shape = readonly number[];

/**
 * Asserts that a value is a shape, in the name of the caller.
 *
 * @param callee - name of the function that was called, for the message.
 * @param shape - the value to check.
 * @throws {@link TypeError} if `shape` is not an array of numbers.
 * @throws {@link RangeError} if a length is not a non-negative integer, or the size is above 2^53 -
 *   1.
 *
 * @example
 * ```ts
 * import { checkShape } from "@flaxen/ndarray";
 *
 * checkShape("zeros", [2, -1]); // throws RangeError: zeros: shape must hold non-negative integers, got [2, -1].
 * ```
 */
export function checkShape(callee: string, shape: unknown): asserts shape is Shape {
  if (!Array.isArray(shape)) refuseLengths(callee, shape);
  const lengths = shape as Shape;
  let size = 1;
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i];
    if (!Number.isSafeInteger(length) || length < 0) refuseLengths(callee, shape);
    size *= length;
  }
  if (size > Number.MAX_SAFE_INTEGER) {
    throw new RangeError(
      `${callee}: shape must have a size of at most 2^53 - 1, got ${describe(shape)}.`,
    );
  }
}

function refuseLengths(callee: string, shape: unknown): never {
  if (!Array.isArray(shape) || shape.some((length) => typeof length !== "number")) {
    throw new TypeError(`${callee}: shape must be an array of integers, got ${describe(shape)}.`);
  }
  throw new RangeError(`${callee}: shape must hold non-negative integers, got ${describe(shape)}.`);
}

/**
 * Returns the number of elements of a shape, the product of its lengths.
 *
 * @param shape - a shape; `[]` has one element.
 * @returns a non-negative integer.
 *
 * @example
 * ```ts
 * import { sizeOf } from "@flaxen/ndarray";
 *
 * sizeOf([2, 3]); // => 6
 * sizeOf([]); // => 1
 * ```
 */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i];
  return size;
}

/**
 * Returns the strides of a row-major array without gaps: the last axis moves fastest.
 *
 * @param shape - a shape.
 * @returns one stride an axis, counted in elements.
 *
 * @example
 * ```ts
 * import { rowMajorStrides } from "@flaxen/ndarray";
 *
 * rowMajorStrides([2, 3, 4]); // => [12, 4, 1]
 * ```
 */
export function rowMajorStrides(shape: Shape): number[] {
  const stride = copyLengths(shape);
  for (let i = shape.length - 1, step = 1; i >= 0; i--) {
    stride[i] = step;
    step *= shape[i];
  }
  return stride;
}

/**
 * A copy of a list of one number for each axis. Engines keep lists in several forms, by how they were made, and compile
 * code for the forms that it has met; these copies all have the same one.
 */
export function copyLengths(list: Shape): number[] {
  switch (list.length) {
    case 0:
      return [];
    case 1:
      return [list[0]];
    case 2:
      return [list[0], list[1]];
    case 3:
      return [list[0], list[1], list[2]];
    case 4:
      return [list[0], list[1], list[2], list[3]];
    default:
      return list.slice();
  }
}

/** Tells whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * Tells whether elements lie in row-major order without gaps, whatever the offset.
 *
 * The strides of axes of length 1 do not matter, nor any stride of an empty array.
 */
export function isRowMajor(shape: Shape, stride: Shape): boolean {
  let step = 1;
  let inOrder = true;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] === 0) return true;
    if (shape[i] !== 1 && stride[i] !== step) inOrder = false;
    step *= shape[i];
  }
  return inOrder;
}
