import { defaultFloat, describe } from "@flaxen/dtype";
import { NDArray } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import type { FloatDType } from "./arguments.ts";

/** The complex dtypes. */
export type ComplexDType = "complex64" | "complex128";

/** The storage of a complex array: real and imaginary part of each number in turn. */
export type Pairs = Float32Array | Float64Array;

/** Tells whether a dtype is a complex one. */
export function isComplexDType(dtype: unknown): dtype is ComplexDType {
  return dtype === "complex64" || dtype === "complex128";
}

/** The dtype of the parts of a complex dtype. */
export function partOf(dtype: ComplexDType): "float32" | "float64" {
  return dtype === "complex64" ? "float32" : "float64";
}

/** Storage for `size` complex numbers. */
export function allocatePairs(dtype: ComplexDType, size: number): Pairs {
  return dtype === "complex64" ? new Float32Array(2 * size) : new Float64Array(2 * size);
}

/** Wraps fresh pairs in an array. */
export function complexArray(
  pairs: Pairs,
  shape: Shape,
  dtype: ComplexDType,
): NDArray<ComplexDType> {
  return new NDArray<ComplexDType>(pairs, shape, undefined, 0, dtype);
}

/** Returns the floating-point or complex dtype of a sample, by default the default float. */
export function checkInexactDType(callee: string, dtype: unknown): FloatDType | ComplexDType {
  switch (dtype) {
    case undefined:
      return defaultFloat();
    case "float16":
    case "bfloat16":
    case "float32":
    case "float64":
    case "complex64":
    case "complex128":
      return dtype;
    default:
      throw new TypeError(
        `${callee}: dtype must be a floating-point or complex dtype, got ${describe(dtype)}.`,
      );
  }
}
