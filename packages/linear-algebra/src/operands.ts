import { defaultFloat, describe, isFloating, isInteger } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { asNDArray, astype, flatData, NDArray, sizeOf } from "@flaxen/ndarray";
import type { ArrayInput, Shape } from "@flaxen/ndarray";

/** The dtypes that factorizations and solvers compute. */
export type RealDType = "float32" | "float64";

/** A batch of matrices, row-major and contiguous; never written to. */
export interface MatrixBatch {
  readonly dtype: RealDType;
  /** Lengths of the leading axes. */
  readonly batch: Shape;
  /** Number of matrices. */
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array | Float64Array;
}

/**
 * The dtype in which an operand of this dtype is factorized; integers and booleans become the default float.
 *
 * Like the LAPACK kernels under JAX, these algorithms have no float16 or bfloat16 form.
 */
export function realDType(callee: string, argument: string, dtype: DType): RealDType {
  if (dtype === "float32" || dtype === "float64") return dtype;
  if (dtype === "bool" || isInteger(dtype)) return defaultFloat();
  const cure = isFloating(dtype) ? " Convert it with astype first." : "";
  throw new TypeError(
    `${callee}: ${argument} must have dtype float32 or float64, got ${dtype}.${cure}`,
  );
}

/** Reads an operand as a batch of matrices over its last two axes. */
export function matrixBatch(callee: string, argument: string, input: ArrayInput): MatrixBatch {
  const x = asNDArray(input);
  if (x.ndim < 2) {
    throw new RangeError(
      `${callee}: ${argument} must have at least 2 axes, got shape ${describe(x.shape)}.`,
    );
  }
  return toBatch(x, realDType(callee, argument, x.dtype));
}

/** Reads an operand as a batch of square matrices over its last two axes. */
export function squareBatch(callee: string, argument: string, input: ArrayInput): MatrixBatch {
  const x = asNDArray(input);
  checkSquare(callee, argument, x.shape);
  return matrixBatch(callee, argument, x);
}

/** Refuses shapes whose last two axes are not those of a square matrix. */
export function checkSquare(callee: string, argument: string, shape: Shape): void {
  if (shape.length < 2) {
    throw new RangeError(
      `${callee}: ${argument} must have at least 2 axes, got shape ${describe(shape)}.`,
    );
  }
  if (shape[shape.length - 1] !== shape[shape.length - 2]) {
    throw new RangeError(
      `${callee}: ${argument} must be square on its last two axes, got shape ${describe(shape)}.`,
    );
  }
}

/** Reads an array of 2 axes or more as a batch of matrices of the given dtype. */
export function toBatch(x: NDArray, dtype: RealDType): MatrixBatch {
  const batch = x.shape.slice(0, -2);
  const [rows, columns] = x.shape.slice(-2);
  const data = flatData(x.dtype === dtype ? x : astype(x, dtype)) as Float32Array | Float64Array;
  return { dtype, batch, count: sizeOf(batch), rows, columns, data };
}

/** Storage for results of a dtype. */
export function allocateReal(dtype: RealDType, length: number): Float32Array | Float64Array {
  return dtype === "float32" ? new Float32Array(length) : new Float64Array(length);
}

/** A fresh array over `data`; values computed in float64 are rounded to `dtype` once. */
export function wrap(
  dtype: RealDType,
  shape: Shape,
  data: Float32Array | Float64Array,
): NDArray<RealDType> {
  if (dtype === "float32") {
    const rounded = data instanceof Float32Array ? data : Float32Array.from(data);
    return new NDArray<RealDType>(rounded, shape);
  }
  return new NDArray<RealDType>(data, shape);
}

/** The common shape of two lists of leading axes. */
export function broadcastBatch(
  callee: string,
  a: NDArray,
  b: NDArray,
  aBatch: Shape,
  bBatch: Shape,
): number[] {
  const ndim = Math.max(aBatch.length, bBatch.length);
  const shape: number[] = [];
  for (let axis = 0; axis < ndim; axis++) {
    const i = aBatch[aBatch.length - ndim + axis] ?? 1;
    const j = bBatch[bBatch.length - ndim + axis] ?? 1;
    if (i !== j && i !== 1 && j !== 1) {
      throw new RangeError(
        `${callee}: a and b must have batch axes that broadcast, got shapes ${describe(a.shape)} and ${describe(b.shape)}.`,
      );
    }
    shape.push(i === 1 ? j : i);
  }
  return shape;
}

/**
 * Where each matrix of a broadcast batch starts.
 *
 * @param shape - The common batch shape.
 * @param own - The operand's batch shape, which broadcasts to `shape`.
 * @param stride - The operand's strides over `own`.
 */
export function batchStarts(shape: Shape, own: Shape, stride: Shape): number[] {
  let starts = [0];
  for (let axis = 0; axis < shape.length; axis++) {
    const at = own.length - shape.length + axis;
    const step = at >= 0 && own[at] !== 1 ? stride[at] : 0;
    starts = starts.flatMap((start) =>
      Array.from({ length: shape[axis] }, (_, i) => start + i * step),
    );
  }
  return starts;
}
