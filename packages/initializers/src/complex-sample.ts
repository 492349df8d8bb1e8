import { roundTo } from "@flaxen/dtype";
import { NDArray } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import type { ComplexDType } from "@flaxen/rng";

/** The storage of a complex array: real and imaginary part of each number in turn. */
export type Pairs = Float32Array | Float64Array;

/** The dtype of the parts of a complex dtype. */
export function partOf(dtype: ComplexDType): "float32" | "float64" {
  return dtype === "complex64" ? "float32" : "float64";
}

/** Storage for `size` complex numbers. */
export function allocatePairs(dtype: ComplexDType, size: number): Pairs {
  return dtype === "complex64" ? new Float32Array(2 * size) : new Float64Array(2 * size);
}

/** Wraps fresh pairs, multiplied in place by a number that is first rounded to the dtype of the parts. */
export function complexSample(
  pairs: Pairs,
  factor: number,
  shape: Shape,
  dtype: ComplexDType,
): NDArray {
  const rounded = roundTo(partOf(dtype), factor);
  for (let i = 0; i < pairs.length; i++) pairs[i] *= rounded;
  return new NDArray<ComplexDType>(pairs, shape, undefined, 0, dtype);
}
