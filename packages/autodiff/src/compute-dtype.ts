import type { DType } from "@flaxen/dtype";
import { astype, flatData, NDArray } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";

/** Storage that loops work on. Narrower dtypes are widened to one of these and rounded once. */
export type ComputeData = Float32Array | Float64Array | Int32Array | Uint32Array;

/** The dtype in which an operation on `dtype` computes. */
export type ComputeDType = "float32" | "float64" | "int32" | "uint32";

/** float16 and bfloat16 compute in float32, small integers and bool in 32 bits. */
export function computeDType(dtype: DType): ComputeDType {
  switch (dtype) {
    case "float64":
    case "float32":
    case "int32":
    case "uint32":
      return dtype;
    case "float16":
    case "bfloat16":
      return "float32";
    case "uint8":
    case "uint16":
      return "uint32";
    default:
      return "int32";
  }
}

/** The array in its compute dtype; itself if it has it. */
export function widen(x: NDArray): NDArray<ComputeDType> {
  const dtype = computeDType(x.dtype);
  return (x.dtype === dtype ? x : astype(x, dtype)) as NDArray<ComputeDType>;
}

/** Row-major elements in the compute dtype; may alias the array, so never written to. */
export function computeData(x: NDArray): ComputeData {
  return flatData(widen(x));
}

/** Zero-filled storage of the compute dtype. */
export function allocateCompute(dtype: ComputeDType, length: number): ComputeData {
  switch (dtype) {
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
    case "int32":
      return new Int32Array(length);
    case "uint32":
      return new Uint32Array(length);
  }
}

/** Wraps computed row-major elements as an array of `dtype`, rounding or wrapping once. */
export function narrow(data: ComputeData, shape: Shape, dtype: DType): NDArray {
  const compute = computeDType(dtype);
  const x = new NDArray(data, shape, undefined, 0, compute) as NDArray;
  return compute === dtype ? x : astype(x, dtype);
}

/** Number of elements of a shape. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i];
  return size;
}
