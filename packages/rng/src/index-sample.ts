import type { DType } from "@flaxen/dtype";
import { NDArray } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";

/** Wraps indices in an array of an integer dtype. */
export function indexSample(indices: Uint32Array, shape: Shape, dtype: "int32" | "int64"): NDArray {
  const data = dtype === "int32" ? Int32Array.from(indices) : BigInt64Array.from(indices, BigInt);
  return new NDArray<DType>(data, shape, undefined, 0, dtype);
}
