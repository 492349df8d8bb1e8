import { astype, cumsum, flatData, NDArray } from "@flaxen/ndarray";
import type { FloatDType } from "./arguments.ts";

/** Returns the running sums of values of `dtype`, each sum rounded, in the order of XLA on a CPU. */
export function cumulativeSum(values: Float64Array, dtype: FloatDType): Float64Array {
  const sums = cumsum(new NDArray(values, [values.length]), 0, dtype);
  return flatData<"float64">(astype(sums, "float64"));
}
