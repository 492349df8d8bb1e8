import type { DType } from "@flaxen/dtype";
import { NDArray } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";

/** Wraps indices, which are not used again, in an array of an integer dtype. */
export function indexSample(indices: Uint32Array, shape: Shape, dtype: "int32" | "int64"): NDArray {
  const data = dtype === "int32" ? asInt32(indices) : BigInt64Array.from(indices, BigInt);
  return new NDArray<DType>(data, shape, undefined, 0, dtype);
}

function asInt32(indices: Uint32Array): Int32Array {
  const { buffer, byteLength } = indices;
  // A part of a larger array must not keep all of it in memory.
  return byteLength === buffer.byteLength ? new Int32Array(buffer) : Int32Array.from(indices);
}
