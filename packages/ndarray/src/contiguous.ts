import type { DType } from "@flaxen/dtype";
import { asNDArray } from "./convert.ts";
import type { ArrayInput } from "./convert.ts";
import { flatData, gather } from "./copy.ts";
import { NDArray } from "./ndarray.ts";
import { isRowMajor } from "./shape.ts";

/**
 * Tells whether the elements of an array lie in row-major order without gaps.
 *
 * @param x - an array; its offset does not matter.
 * @returns true if they do; always true for an empty array.
 *
 * @example
 * ```ts
 * import { isContiguous, transpose, zeros } from "@flaxen/ndarray";
 *
 * isContiguous(zeros([2, 3])); // => true
 * isContiguous(transpose(zeros([2, 3]))); // => false
 * ```
 */
export function isContiguous(x: NDArray): boolean {
  return isRowMajor(x.shape, x.stride);
}

/**
 * Returns the array in plain form: row-major, offset 0, and `data` of exactly its own elements.
 *
 * @param x - an array, or anything that `asNDArray` reads.
 * @returns `x` itself if it is in that form, else a copy (or a shorter view of its storage).
 *
 * @example
 * ```ts
 * import { arange, contiguous } from "@flaxen/ndarray";
 *
 * contiguous(arange(6).step(2)).data; // => new Int32Array([0, 2, 4])
 * ```
 */
export function contiguous<D extends DType>(x: NDArray<D> | ArrayInput): NDArray<D> {
  const source = asNDArray(x) as NDArray<D>;
  const data = flatData(source);
  if (data === source.data && isPlainStride(source)) return source;
  return new NDArray(data, source.shape, undefined, 0, source.dtype);
}

/** Tells whether even the strides that do not matter are those of a fresh array. */
function isPlainStride(x: NDArray): boolean {
  let step = 1;
  for (let axis = x.ndim - 1; axis >= 0; axis--) {
    if (x.stride[axis] !== step) return false;
    step *= x.shape[axis];
  }
  return true;
}

/**
 * Returns a row-major copy of an array that shares no memory with it.
 *
 * @param x - an array, or anything that `asNDArray` reads.
 * @returns an array of the same shape, dtype and elements.
 *
 * @example
 * ```ts
 * import { array, copy } from "@flaxen/ndarray";
 *
 * const x = array([1, 2]);
 * copy(x).set(0, 5);
 * x; // => [1, 2]
 * ```
 */
export function copy<D extends DType>(x: NDArray<D> | ArrayInput): NDArray<D> {
  const source = asNDArray(x) as NDArray<D>;
  return new NDArray(gather(source), source.shape, undefined, 0, source.dtype);
}
