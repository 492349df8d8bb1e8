import { allocate, describe, isInteger } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { normalizeAxis } from "./axis.ts";
import { castArray } from "./cast.ts";
import { asNDArray } from "./convert.ts";
import type { ArrayInput } from "./convert.ts";
import { copyInto, flatData } from "./copy.ts";
import { NDArray, view } from "./ndarray.ts";
import { reshape } from "./reshape.ts";
import { rowMajorStrides, sizeOf } from "./shape.ts";

/**
 * Collects the slices of an array at given indices of an axis.
 *
 * @param x - an array, or anything that `asNDArray` reads.
 * @param indices - integers of any shape in [-n, n) for an axis of length n; negative ones count from the end.
 * @param axis - an integer in [-ndim, ndim); without it `x` is flattened first.
 * @returns a new array of the shape of `x` with `axis` replaced by the shape of `indices`.
 * @throws {@link RangeError} if an index or `axis` is out of range. (JAX gives NaN for such an index, NumPy throws.)
 * @throws {@link TypeError} if `indices` are not integers.
 *
 * @example
 * ```ts
 * import { take } from "@flaxen/ndarray";
 *
 * take([[1, 2], [3, 4], [5, 6]], [2, 0], 0); // => [[5, 6], [1, 2]]
 * take([1, 2, 3], -1); // => 3
 * take([1, 2, 3], [3]); // throws RangeError: take: indices must lie in [-3, 3), got 3.
 * ```
 */
export function take<D extends DType>(
  x: NDArray<D> | ArrayInput,
  indices: ArrayInput,
  axis?: number,
): NDArray<D> {
  const array = asNDArray(x) as NDArray<D>;
  const source = axis === undefined ? reshape(array, [-1]) : array;
  const position = normalizeAxis("take", axis ?? 0, source.ndim);
  const { at, shape: inner } = readIndices(indices, source.shape[position]);
  const { shape, stride, offset, dtype } = source;
  const before = shape.slice(0, position);
  const after = shape.slice(position + 1);
  const result = [...before, ...inner, ...after];
  const flat = [...before, at.length, ...after];
  const data = allocate(dtype, sizeOf(result));
  const target = rowMajorStrides(flat);
  const rest = stride.toSpliced(position, 1);
  for (let i = 0; i < at.length; i++) {
    const slice = view(source, [...before, ...after], rest, offset + at[i] * stride[position]);
    copyInto(slice, data, target.toSpliced(position, 1), i * target[position]);
  }
  return new NDArray(data, result, undefined, 0, dtype);
}

/** The indices as numbers from 0 on. */
function readIndices(
  indices: ArrayInput,
  length: number,
): { readonly at: Float64Array; readonly shape: readonly number[] } {
  const read = asNDArray(indices);
  const at = Float64Array.from(flatData(castArray(read, "float64")));
  // Lists of plain numbers are read as floats.
  const listed = !isInteger(read.dtype) && !("dtype" in Object(indices));
  if (!isInteger(read.dtype) && !(listed && read.dtype !== "bool" && at.every(Number.isInteger))) {
    throw new TypeError(`take: indices must be integers, got ${describe(indices)}.`);
  }
  for (let i = 0; i < at.length; i++) {
    if (at[i] < -length || at[i] >= length) {
      throw new RangeError(`take: indices must lie in [${-length || 0}, ${length}), got ${at[i]}.`);
    }
    if (at[i] < 0) at[i] += length;
  }
  return { at, shape: read.shape };
}
