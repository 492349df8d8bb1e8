import { isFloating } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";

/** The dtypes that have a kernel for products. */
export type ProductDType = "float32" | "float64" | "int32" | "int64";

/** The dtype whose kernel computes products of the real `dtype`; its result is converted back. */
export function computeDType(dtype: DType): ProductDType {
  if (dtype === "float64") return dtype;
  if (isFloating(dtype)) return "float32";
  // Products of unsigned integers modulo 2^n are those of the signed ones with the same bits.
  return dtype === "int64" || dtype === "uint64" ? "int64" : "int32";
}

/** Zeros for a product. */
export function allocateProduct(
  dtype: ProductDType,
  length: number,
): Float32Array | Float64Array | Int32Array | BigInt64Array {
  switch (dtype) {
    case "float32":
      return new Float32Array(length);
    case "float64":
      return new Float64Array(length);
    case "int32":
      return new Int32Array(length);
    case "int64":
      return new BigInt64Array(length);
  }
}
