import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { normalizeAxes } from "./axis.ts";
import { asNDArray } from "./convert.ts";
import type { ArrayInput } from "./convert.ts";
import { gather } from "./copy.ts";
import { NDArray, view } from "./ndarray.ts";
import { checkShape, isRowMajor, rowMajorStrides, sizeOf } from "./shape.ts";
import type { Shape } from "./shape.ts";

/**
 * Returns the elements of an array, in row-major order, in another shape.
 *
 * @param x - the array, or anything that `asNDArray` reads.
 * @param shape - a shape of the same size; one length may be -1 and is then computed.
 * @returns a view if `x` is contiguous, else a copy.
 * @throws {@link RangeError} if the sizes differ, `shape` is malformed, or it holds -1 beside a
 *   length of 0.
 * @throws {@link TypeError} if `shape` is not an array of numbers.
 *
 * @example
 * ```ts
 * import { arange, reshape } from "@flaxen/ndarray";
 *
 * reshape(arange(6), [2, -1]); // => [[0, 1, 2], [3, 4, 5]]
 * ```
 */
export function reshape<D extends DType>(x: NDArray<D> | ArrayInput, shape: Shape): NDArray<D> {
  const source = asNDArray(x) as NDArray<D>;
  const target = completeShape(shape, source);
  if (!isRowMajor(source.shape, source.stride)) {
    return new NDArray(gather(source), target, undefined, 0, source.dtype);
  }
  return view(source, target, rowMajorStrides(target), source.offset);
}

/** `shape` with its -1, if any, replaced by the length that makes the sizes equal. */
function completeShape(shape: Shape, x: NDArray): Shape {
  const hole = Array.isArray(shape) ? shape.indexOf(-1) : -1;
  const known = hole < 0 ? shape : shape.with(hole, 1);
  checkShape("reshape", known);
  const size = sizeOf(known);
  if (hole >= 0 && size === 0) {
    throw new RangeError(
      `reshape: shape must not hold both -1 and a length of 0, got ${describe(shape)}.`,
    );
  }
  if (hole < 0 ? size !== x.size : x.size % size !== 0) {
    throw new RangeError(
      `reshape: shape must fit the ${x.size} elements of x, ` +
        `got ${describe(shape)} for x of shape ${describe(x.shape)}.`,
    );
  }
  return hole < 0 ? shape : shape.with(hole, x.size / size);
}

/**
 * Returns a view with permuted axes; by default their order is reversed.
 *
 * @param x - the array, or anything that `asNDArray` reads.
 * @param axes - the axis that becomes the first, the second, ...; negative ones count from the
 *   back.
 * @returns a view of the same elements.
 * @throws {@link RangeError} if `axes` does not name every axis once.
 *
 * @example
 * ```ts
 * import { transpose, zeros } from "@flaxen/ndarray";
 *
 * transpose([[1, 2], [3, 4]]); // => [[1, 3], [2, 4]]
 * transpose(zeros([2, 3, 4]), [0, -1, 1]).shape; // => [2, 4, 3]
 * ```
 */
export function transpose<D extends DType>(
  x: NDArray<D> | ArrayInput,
  axes?: readonly number[],
): NDArray<D> {
  const source = asNDArray(x) as NDArray<D>;
  const { ndim } = source;
  const order =
    axes === undefined
      ? Array.from({ length: ndim }, (_, i) => ndim - 1 - i)
      : normalizeAxes("transpose", axes, ndim);
  if (order.length !== ndim) {
    throw new RangeError(`transpose: axes must name all ${ndim} axes of x, got ${describe(axes)}.`);
  }
  return permuted(source, order);
}

function permuted<D extends DType>(x: NDArray<D>, order: readonly number[]): NDArray<D> {
  const shape = order.map((axis) => x.shape[axis]);
  const stride = order.map((axis) => x.stride[axis]);
  return view(x, shape, stride, x.offset);
}

/**
 * Returns a view with new axes of length 1.
 *
 * @param x - the array, or anything that `asNDArray` reads.
 * @param axis - where the new axes are in the result: in [-r, r) for a result of rank r.
 * @returns a view of the same elements.
 * @throws {@link RangeError} if an axis is out of range or named twice.
 *
 * @example
 * ```ts
 * import { expandDims } from "@flaxen/ndarray";
 *
 * expandDims([1, 2], 0); // => [[1, 2]]
 * expandDims([1, 2], [0, -1]).shape; // => [1, 2, 1]
 * ```
 */
export function expandDims<D extends DType>(
  x: NDArray<D> | ArrayInput,
  axis: number | readonly number[],
): NDArray<D> {
  const source = asNDArray(x) as NDArray<D>;
  const added = Array.isArray(axis) ? axis.length : 1;
  const axes = normalizeAxes("expandDims", axis, source.ndim + added);
  const shape = source.shape.slice();
  const stride = source.stride.slice();
  for (const position of axes.sort((a, b) => a - b)) {
    shape.splice(position, 0, 1);
    stride.splice(position, 0, 0);
  }
  return view(source, shape, stride, source.offset);
}

/**
 * Returns a view without axes of length 1.
 *
 * @param x - the array, or anything that `asNDArray` reads.
 * @param axis - the axes to drop, in [-ndim, ndim); default every axis of length 1.
 * @returns a view of the same elements.
 * @throws {@link RangeError} if a named axis is out of range, named twice, or not of length 1.
 *
 * @example
 * ```ts
 * import { squeeze } from "@flaxen/ndarray";
 *
 * squeeze([[[1], [2]]]); // => [1, 2]
 * squeeze([[[1], [2]]], 0); // => [[1], [2]]
 * ```
 */
export function squeeze<D extends DType>(
  x: NDArray<D> | ArrayInput,
  axis?: number | readonly number[],
): NDArray<D> {
  const source = asNDArray(x) as NDArray<D>;
  const { shape, stride, ndim } = source;
  const named = axis === undefined ? undefined : normalizeAxes("squeeze", axis, ndim);
  const long = named?.find((i) => shape[i] !== 1);
  if (long !== undefined) {
    throw new RangeError(
      `squeeze: axis must name axes of length 1, got axis ${long} of shape ${describe(shape)}.`,
    );
  }
  const kept = (_: number, i: number): boolean =>
    named === undefined ? shape[i] !== 1 : !named.includes(i);
  return view(source, shape.filter(kept), stride.filter(kept), source.offset);
}

/**
 * Returns a view with the elements of some axes in reverse order.
 *
 * @param x - the array, or anything that `asNDArray` reads.
 * @param axis - the axes to reverse, in [-ndim, ndim); default all of them.
 * @returns a view of the same elements.
 * @throws {@link RangeError} if an axis is out of range or named twice.
 *
 * @example
 * ```ts
 * import { flip } from "@flaxen/ndarray";
 *
 * flip([[1, 2], [3, 4]], 1); // => [[2, 1], [4, 3]]
 * ```
 */
export function flip<D extends DType>(
  x: NDArray<D> | ArrayInput,
  axis?: number | readonly number[],
): NDArray<D> {
  const source = asNDArray(x) as NDArray<D>;
  const stride = source.stride.slice();
  let { offset } = source;
  for (const i of normalizeAxes("flip", axis, source.ndim)) {
    if (source.shape[i] > 0) offset += stride[i] * (source.shape[i] - 1);
    stride[i] = -stride[i] + 0;
  }
  return view(source, source.shape, stride, offset);
}

/**
 * Returns a view with some axes moved and the others in their old order.
 *
 * @param x - the array, or anything that `asNDArray` reads.
 * @param source - the axes to move, in [-ndim, ndim).
 * @param destination - where each of them is in the result.
 * @returns a view of the same elements.
 * @throws {@link RangeError} if an axis is out of range or named twice, or the two lists differ in
 *   length.
 *
 * @example
 * ```ts
 * import { moveaxis, zeros } from "@flaxen/ndarray";
 *
 * moveaxis(zeros([2, 3, 4]), 0, -1).shape; // => [3, 4, 2]
 * ```
 */
export function moveaxis<D extends DType>(
  x: NDArray<D> | ArrayInput,
  source: number | readonly number[],
  destination: number | readonly number[],
): NDArray<D> {
  const from = asNDArray(x) as NDArray<D>;
  const sources = normalizeAxes("moveaxis", source, from.ndim);
  const destinations = normalizeAxes("moveaxis", destination, from.ndim);
  if (sources.length !== destinations.length) {
    throw new RangeError(
      `moveaxis: source and destination must have equal lengths, ` +
        `got ${describe(source)} and ${describe(destination)}.`,
    );
  }
  const order = Array.from({ length: from.ndim }, (_, i) => i).filter((i) => !sources.includes(i));
  const moves = destinations.map((to, i) => [to, sources[i]]).sort((a, b) => a[0] - b[0]);
  for (const [to, axis] of moves) order.splice(to, 0, axis);
  return permuted(from, order);
}
