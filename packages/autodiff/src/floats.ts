import type { NDArray } from "@flaxen/ndarray";
import { allocateCompute, computeData, computeDType, narrow, sizeOf } from "./compute-dtype.ts";
import type { ShapedArray } from "./primitive.ts";

/** Storage that the kernels compute on. */
export type Floats = Float32Array | Float64Array;

/** The row-major elements of `x` for a kernel to read; 16-bit floats are widened to float32. */
export function floatsOf(x: NDArray): Floats {
  return computeData(x) as Floats;
}

/** The array that `out` describes with what a kernel writes to zeros, rounded once. */
export function writeFloats({ shape, dtype }: ShapedArray, kernel: (to: Floats) => void): NDArray {
  const data = allocateCompute(computeDType(dtype), sizeOf(shape)) as Floats;
  kernel(data);
  return narrow(data, shape, dtype);
}
