import { defaultInt, defaultUint, describe, isFloating, isUnsigned, itemSize } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { asNDArray, astype, flatData, NDArray, normalizeAxes, sizeOf } from "@flaxen/ndarray";
import type { ArrayInput } from "@flaxen/ndarray";
import { joinPlanes, planes } from "./complex-product.ts";
import { computeDType } from "./product-dtype.ts";

/** Options of {@link trace}. */
export interface TraceOptions {
  /** Which diagonal: above the main one when positive, below it when negative (default 0). */
  readonly offset?: number;
  /** The axis of the rows (default 0). */
  readonly axis1?: number;
  /** The axis of the columns (default 1). */
  readonly axis2?: number;
}

/**
 * Sums a diagonal of each matrix, `sum over i of x[i, i + offset]`.
 *
 * Integers narrower than the default integer, and booleans, are summed in that width. Floats are summed in
 * float64 and rounded once.
 *
 * @param x - At least 2 axes.
 * @param options - `offset` (default 0), `axis1` (default 0), `axis2` (default 1).
 * @returns The shape of `x` without the two axes.
 * @throws {@link RangeError} if `x` has fewer than 2 axes, an axis is out of range or named twice, or
 *   `offset` is not an integer.
 *
 * @example
 * ```ts
 * import { trace } from "@flaxen/linear-algebra";
 *
 * trace([[1, 2], [3, 4]]); // => 5
 * trace([[1, 2], [3, 4]], { offset: 1 }); // => 2
 * ```
 */
export function trace(x: ArrayInput, options: TraceOptions = {}): NDArray {
  const { offset = 0, axis1 = 0, axis2 = 1 } = options;
  const source = asNDArray(x);
  if (source.dtype === "complex64" || source.dtype === "complex128") {
    const [re, im] = planes(source);
    return joinPlanes(source.dtype, trace(re, options), trace(im, options));
  }
  if (source.ndim < 2) {
    throw new RangeError(
      `trace: x must have at least 2 axes, got shape ${describe(source.shape)}.`,
    );
  }
  if (!Number.isSafeInteger(offset)) {
    throw new RangeError(`trace: offset must be an integer, got ${describe(offset)}.`);
  }
  const [rowAxis, columnAxis] = normalizeAxes("trace", [axis1, axis2], source.ndim);
  const diagonal = diagonalView(source, offset, rowAxis, columnAxis);
  const shape = diagonal.shape.slice(0, -1);
  const dtype = sumDType(source.dtype);
  const compute = isFloating(dtype) ? "float64" : computeDType(dtype);
  const values = flatData(diagonal.dtype === compute ? diagonal : astype(diagonal, compute));
  const sums = sumLines(values as Summed, sizeOf(shape), diagonal.shape[shape.length]);
  const result = new NDArray(sums, shape, undefined, 0, compute);
  return compute === dtype ? result : astype(result, dtype);
}

type Summed = Float64Array | Int32Array | BigInt64Array;

/** The diagonals as a view, along its last axis. */
function diagonalView(x: NDArray, offset: number, rowAxis: number, columnAxis: number): NDArray {
  const { shape, stride } = x;
  const skipRows = Math.max(0, -offset);
  const skipColumns = Math.max(0, offset);
  const length = Math.max(0, Math.min(shape[rowAxis] - skipRows, shape[columnAxis] - skipColumns));
  const others = shape
    .map((_, axis) => axis)
    .filter((axis) => axis !== rowAxis && axis !== columnAxis);
  const skip =
    length === 0 || x.size === 0
      ? 0
      : skipRows * stride[rowAxis] + skipColumns * stride[columnAxis];
  return new NDArray(
    x.data,
    [...others.map((axis) => shape[axis]), length],
    [...others.map((axis) => stride[axis]), stride[rowAxis] + stride[columnAxis]],
    x.offset + skip,
    x.dtype,
  );
}

/** The dtype of a sum of values of `dtype`. */
function sumDType(dtype: DType): DType {
  if (isFloating(dtype)) return dtype;
  const wide = isUnsigned(dtype) ? defaultUint() : defaultInt();
  return dtype === "bool" || itemSize(dtype) < itemSize(wide) ? wide : dtype;
}

/** The sum of each of `count` contiguous lines. */
function sumLines(values: Summed, count: number, length: number): Summed {
  if (values instanceof BigInt64Array) {
    const sums = new BigInt64Array(count);
    for (let i = 0; i < values.length; i++) sums[Math.floor(i / length)] += values[i];
    return sums;
  }
  const sums = new Float64Array(count);
  for (let line = 0, at = 0; line < count; line++) {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += values[at++];
    sums[line] = sum;
  }
  // Sums of up to 2^21 int32 values are exact in float64; conversion wraps around.
  return values instanceof Int32Array ? Int32Array.from(sums) : sums;
}
