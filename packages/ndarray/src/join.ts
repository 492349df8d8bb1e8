import { allocate, describe, resultType } from "@flaxen/dtype";
import { normalizeAxis } from "./axis.ts";
import { castArray } from "./cast.ts";
import { asNDArray } from "./convert.ts";
import type { ArrayInput } from "./convert.ts";
import { copyInto, flatData } from "./copy.ts";
import { NDArray, view } from "./ndarray.ts";
import { rowMajorStrides, sameShape, sizeOf } from "./shape.ts";

/**
 * Joins arrays along an axis that they have.
 *
 * @param arrays - at least one array of rank 1 or more; shapes may differ along `axis` only.
 * @param axis - an integer in [-ndim, ndim); default 0.
 * @returns a new array; its dtype is the joint dtype of the lattice.
 * @throws {@link RangeError} if there is no array, the shapes do not fit, or `axis` is out of
 *   range.
 *
 * @example
 * ```ts
 * import { concatenate } from "@flaxen/ndarray";
 *
 * concatenate([[[1, 2]], [[3, 4], [5, 6]]]); // => [[1, 2], [3, 4], [5, 6]]
 * ```
 */
export function concatenate(arrays: readonly ArrayInput[], axis: number = 0): NDArray {
  const parts = readParts("concatenate", arrays);
  const { shape: first, ndim } = parts[0];
  if (ndim === 0) {
    throw new RangeError("concatenate: arrays must have rank 1 or more, got a scalar. Use stack.");
  }
  const joint = normalizeAxis("concatenate", axis, ndim);
  for (const { shape } of parts) {
    if (shape.length !== ndim || !shape.every((n, i) => i === joint || n === first[i])) {
      throw new RangeError(
        `concatenate: arrays must agree on every axis but ${joint}, ` +
          `got shapes ${describe(first)} and ${describe(shape)}.`,
      );
    }
  }
  const total = parts.reduce((length, { shape }) => length + shape[joint], 0);
  return joined(parts, first.with(joint, total), joint);
}

/**
 * Joins arrays of one shape along a new axis.
 *
 * @param arrays - at least one array; all shapes are equal.
 * @param axis - where the new axis is in the result, an integer in [-ndim - 1, ndim]; default 0.
 * @returns a new array; its dtype is the joint dtype of the lattice.
 * @throws {@link RangeError} if there is no array, the shapes differ, or `axis` is out of range.
 *
 * @example
 * ```ts
 * import { stack } from "@flaxen/ndarray";
 *
 * stack([[1, 2], [3, 4]], 1); // => [[1, 3], [2, 4]]
 * ```
 */
export function stack(arrays: readonly ArrayInput[], axis: number = 0): NDArray {
  const parts = readParts("stack", arrays);
  const { shape: first, ndim } = parts[0];
  const position = normalizeAxis("stack", axis, ndim + 1);
  const expanded = parts.map((part) => {
    if (!sameShape(part.shape, first)) {
      throw new RangeError(
        `stack: arrays must have equal shapes, got ${describe(first)} and ${describe(part.shape)}.`,
      );
    }
    const shape = part.shape.toSpliced(position, 0, 1);
    return view(part, shape, part.stride.toSpliced(position, 0, 0), part.offset);
  });
  return joined(expanded, first.toSpliced(position, 0, parts.length), position);
}

function readParts(callee: string, arrays: readonly ArrayInput[]): NDArray[] {
  if (!Array.isArray(arrays)) {
    throw new TypeError(`${callee}: arrays must be a list of arrays, got ${describe(arrays)}.`);
  }
  if (arrays.length === 0) {
    throw new RangeError(`${callee}: arrays must hold at least one array, got [].`);
  }
  const parts = arrays.map((x) => asNDArray(x as ArrayInput));
  const dtype = resultType(...parts.map((part) => part.dtype));
  return parts.map((part) => castArray(part, dtype));
}

/** Copies parts of one dtype side by side along `axis` of a new array. */
function joined(parts: readonly NDArray[], shape: readonly number[], axis: number): NDArray {
  const { dtype } = parts[0];
  const data = allocate(dtype, sizeOf(shape));
  const stride = rowMajorStrides(shape);
  let offset = 0;
  for (const part of parts) {
    copyInto(part, data, stride, offset);
    offset += part.shape[axis] * stride[axis];
  }
  return new NDArray(data, shape, stride, 0, dtype);
}

/**
 * Tells whether two arrays have the same shape and equal elements.
 *
 * Elements of different dtypes are compared in their joint dtype. NaN equals nothing, -0 equals 0.
 *
 * @param a - an array, or anything that `asNDArray` reads.
 * @param b - another one.
 * @returns true if shapes and elements are equal.
 *
 * @example
 * ```ts
 * import { arrayEqual } from "@flaxen/ndarray";
 *
 * arrayEqual([1, 2], new Int32Array([1, 2])); // => true
 * arrayEqual([1, 2], [[1, 2]]); // => false
 * ```
 */
export function arrayEqual(a: ArrayInput, b: ArrayInput): boolean {
  const x = asNDArray(a);
  const y = asNDArray(b);
  if (!sameShape(x.shape, y.shape)) return false;
  const dtype = resultType(x.dtype, y.dtype);
  const left = comparable(castArray(x, dtype));
  const right = comparable(castArray(y, dtype));
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

/** The elements in an array whose entries compare as the elements do; 16-bit floats are widened. */
function comparable(x: NDArray): ArrayLike<number | bigint> {
  const wide = x.dtype === "float16" || x.dtype === "bfloat16" ? castArray(x, "float32") : x;
  return flatData(wide);
}
