import { describe, isComplex, isFloating, isInteger } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { astype, flatData, NDArray, sizeOf } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";

/** The complex dtypes. */
export type ComplexDType = "complex64" | "complex128";

/** A batch of complex matrices, row-major and contiguous, real and imaginary parts by turns; never written to. */
export interface ComplexBatch {
  /** Lengths of the leading axes. */
  readonly batch: Shape;
  /** Number of matrices. */
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** Refuses dtypes that the functions for real and complex matrices do not compute. */
export function checkInexact(callee: string, argument: string, dtype: DType): void {
  if (dtype === "float32" || dtype === "float64" || isComplex(dtype)) return;
  if (dtype === "bool" || isInteger(dtype)) return;
  const cure = isFloating(dtype) ? " Convert it with astype first." : "";
  throw new TypeError(
    `${callee}: ${argument} must have dtype float32, float64, complex64 or complex128, got ${dtype}.${cure}`,
  );
}

/** Reads an array of 2 axes or more as a batch of complex matrices. */
export function complexBatch(callee: string, argument: string, x: NDArray): ComplexBatch {
  if (x.ndim < 2) {
    throw new RangeError(
      `${callee}: ${argument} must have at least 2 axes, got shape ${describe(x.shape)}.`,
    );
  }
  const batch = x.shape.slice(0, -2);
  const [rows, columns] = x.shape.slice(-2);
  const data = flatData(astype(x, "complex128")) as Float64Array;
  return { batch, count: sizeOf(batch), rows, columns, data };
}

/** A fresh array over parts; those computed in float64 are rounded to `dtype` once. */
export function wrapComplex(
  dtype: ComplexDType,
  shape: Shape,
  data: Float32Array | Float64Array,
): NDArray<ComplexDType> {
  const rounds = dtype === "complex64" && data instanceof Float64Array;
  const rounded = rounds ? Float32Array.from(data) : data;
  return new NDArray<ComplexDType>(rounded, shape, undefined, 0, dtype);
}
