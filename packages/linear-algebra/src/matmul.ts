import { describe, resultType } from "@flaxen/dtype";
import { asNDArray, astype, flatData, NDArray, rowMajorStrides, sizeOf } from "@flaxen/ndarray";
import type { ArrayInput, Shape } from "@flaxen/ndarray";
import { complexProduct } from "./complex-product.ts";
import { floatProduct } from "./gemm.ts";
import { integerGemm, longGemm } from "./gemm-integer.ts";
import { batchStarts, broadcastBatch } from "./operands.ts";
import { allocateProduct, computeDType } from "./product-dtype.ts";

/**
 * Multiplies matrices, `c[..., i, j] = sum over k of a[..., i, k] b[..., k, j]`.
 *
 * Leading axes broadcast. A rank-1 operand stands for a row on the left and a column on the right, and its
 * axis is missing in the result. Sums run over k in ascending order; float32 rounds every product and sum,
 * float16 and bfloat16 are computed in float32 and rounded once, integers wrap around, booleans give whether
 * any product is true; complex products are four real ones.
 *
 * @param a - Shape `[..., m, k]` or `[k]`; any strides.
 * @param b - Shape `[..., k, n]` or `[k]`; any strides.
 * @returns Shape `[..., m, n]` in the promoted dtype.
 * @throws {@link RangeError} if an operand is a scalar, the inner axes differ, or the leading axes do not
 *   broadcast.
 *
 * @example
 * ```ts
 * import { matmul } from "@flaxen/linear-algebra";
 *
 * matmul([[1, 2], [3, 4]], [[5, 6], [7, 8]]); // => [[19, 22], [43, 50]]
 * matmul([[1, 2], [3, 4]], [1, -1]); // => [-1, -1]
 * matmul([[1, 2]], [[3, 4]]); // throws RangeError: matmul: a and b must agree on the inner axis, got shapes [1, 2] and [1, 2].
 * ```
 */
export function matmul(a: ArrayInput, b: ArrayInput): NDArray {
  const x = asNDArray(a);
  const y = asNDArray(b);
  if (x.ndim === 0 || y.ndim === 0) {
    const name = x.ndim === 0 ? "a" : "b";
    throw new RangeError(`matmul: ${name} must have at least 1 axis, got shape [].`);
  }
  if (x.shape[x.ndim - 1] !== y.shape[Math.max(0, y.ndim - 2)]) {
    throw new RangeError(
      `matmul: a and b must agree on the inner axis, got shapes ${describe(x.shape)} and ${describe(y.shape)}.`,
    );
  }
  return multiply("matmul", x, y);
}

/** The product of operands that agree on the inner axis. */
export function multiply(callee: string, a: NDArray, b: NDArray): NDArray {
  return multiplyMatrices(a, b) ?? multiplyAny(callee, a, b);
}

/** The product of two matrices of the same float that kernels read as they lie; undefined for any others. */
function multiplyMatrices(a: NDArray, b: NDArray): NDArray | undefined {
  const { dtype } = a;
  if (a.shape.length !== 2 || b.shape.length !== 2 || b.dtype !== dtype) return undefined;
  if (dtype !== "float32" && dtype !== "float64") return undefined;
  // Small products are quick enough for destructuring to show.
  const m = a.shape[0];
  const k = a.shape[1];
  const n = b.shape[1];
  const aTransposed = !isStraight(a.stride, m, k);
  const bTransposed = !isStraight(b.stride, k, n);
  if (aTransposed && !isTransposed(a.stride, m, k)) return undefined;
  if (bTransposed && !isTransposed(b.stride, k, n)) return undefined;
  const x = a.data as Float32Array;
  const y = b.data as Float32Array;
  const c = floatProduct(aTransposed, bTransposed, m, n, k, x, a.offset, y, b.offset, undefined, 0);
  return new NDArray(c, [m, n], undefined, 0, dtype);
}

function isStraight(stride: Shape, rows: number, columns: number): boolean {
  return follows(columns, stride[1], 1) && follows(rows, stride[0], columns);
}

function isTransposed(stride: Shape, rows: number, columns: number): boolean {
  return follows(rows, stride[0], 1) && follows(columns, stride[1], rows);
}

function multiplyAny(callee: string, a: NDArray, b: NDArray): NDArray {
  const dtype = resultType(a.dtype, b.dtype);
  if (dtype === "complex64" || dtype === "complex128") {
    return complexProduct(dtype, a, b, (x, y) => multiply(callee, x, y));
  }
  const compute = computeDType(dtype);
  const left = layout(a.dtype === compute ? a : astype(a, compute), "row");
  const right = layout(b.dtype === compute ? b : astype(b, compute), "column");
  const batch = broadcastBatch(callee, a, b, left.batch, right.batch);
  const { length: m } = left;
  const { length: n } = right;
  const shape = [...batch, ...(a.ndim > 1 ? [m] : []), ...(b.ndim > 1 ? [n] : [])];
  const count = sizeOf(batch);
  const data = allocateProduct(compute, count * m * n);
  const product = (rows: number, leftStart: number, rightStart: number, at: number): void => {
    const { contracted: k } = left;
    if (data instanceof Float32Array || data instanceof Float64Array) {
      const x = left.data as typeof data;
      const y = right.data as typeof data;
      // A line of the left operand runs along k unless transposed; one of the right runs across it.
      floatProduct(
        left.transposed,
        right.transposed,
        rows,
        n,
        k,
        x,
        leftStart,
        y,
        rightStart,
        data,
        at,
      );
    } else if (data instanceof BigInt64Array) {
      const x = left.data as BigInt64Array;
      const y = right.data as BigInt64Array;
      longGemm(rows, n, k, x, leftStart, y, rightStart, data, at);
    } else {
      const x = left.data as Int32Array;
      const y = right.data as Int32Array;
      integerGemm(rows, n, k, x, leftStart, y, rightStart, data, at);
    }
  };
  if (data.length > 0) {
    if (sizeOf(right.batch) === 1 && left.stacked) {
      product(count * m, left.offset, right.offset, 0);
    } else {
      const leftStarts = batchStarts(batch, left.batch, left.batchStride);
      const rightStarts = batchStarts(batch, right.batch, right.batchStride);
      for (let i = 0; i < count; i++) {
        product(m, left.offset + leftStarts[i], right.offset + rightStarts[i], i * m * n);
      }
    }
  }
  const result = new NDArray(data, shape, undefined, 0, compute);
  return compute === dtype ? result : astype(result, dtype);
}

/** One operand in a form that the kernels take. */
interface Layout {
  readonly data: NDArray["data"];
  readonly offset: number;
  /** Whether each matrix lies transposed. */
  readonly transposed: boolean;
  readonly batch: Shape;
  readonly batchStride: Shape;
  /** Whether the matrices follow each other without gaps, untransposed: one tall matrix. */
  readonly stacked: boolean;
  /** Length of the axis that is not summed; 1 for a vector. */
  readonly length: number;
  /** Length of the summed axis. */
  readonly contracted: number;
}

/** Finds how an operand lies, and copies it only if no matrix kernel can read it in place. */
function layout(x: NDArray, vectorAs: "row" | "column"): Layout {
  const { shape, stride } = x;
  const last = shape.length - 1;
  const vector = last === 0;
  const isRow = vector && vectorAs === "row";
  const rows = vector ? (isRow ? 1 : shape[0]) : shape[last - 1];
  const columns = vector ? (isRow ? shape[0] : 1) : shape[last];
  const rowStride = vector ? (isRow ? columns : stride[0]) : stride[last - 1];
  const columnStride = vector ? (isRow ? stride[0] : 1) : stride[last];
  const batch = shape.slice(0, vector ? 0 : -2);
  const batchStride = stride.slice(0, batch.length);
  const float = x.data instanceof Float32Array || x.data instanceof Float64Array;
  const straight = follows(columns, columnStride, 1) && follows(rows, rowStride, columns);
  const transposed = float && follows(rows, rowStride, 1) && follows(columns, columnStride, rows);
  const length = vectorAs === "row" ? rows : columns;
  const contracted = vectorAs === "row" ? columns : rows;
  if (!straight && !transposed) {
    const data = flatData(x);
    const copied = rowMajorStrides(shape).slice(0, batch.length);
    return {
      data,
      offset: 0,
      transposed: false,
      batch,
      batchStride: copied,
      stacked: true,
      length,
      contracted,
    };
  }
  let step = rows * columns;
  let stacked = straight;
  for (let axis = batch.length - 1; axis >= 0; axis--) {
    stacked &&= follows(batch[axis], batchStride[axis], step);
    step *= batch[axis];
  }
  return {
    data: x.data,
    offset: x.offset,
    transposed: !straight,
    batch,
    batchStride,
    stacked,
    length,
    contracted,
  };
}

/** Whether an axis has the given stride, as far as its length makes it matter. */
function follows(length: number, stride: number, expected: number): boolean {
  return length <= 1 || stride === expected;
}
