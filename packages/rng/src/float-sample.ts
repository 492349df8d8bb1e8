import { bfloat16Bits, float16Bits } from "@flaxen/dtype";
import { NDArray } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import type { FloatDType } from "./arguments.ts";

/** Wraps values, which are values of `dtype` already, in an array of that dtype. */
export function floatSample(
  values: Float32Array | Float64Array,
  shape: Shape,
  dtype: FloatDType,
): NDArray<FloatDType> {
  const data =
    dtype === "float32" || dtype === "float64"
      ? values
      : new Uint16Array(values.map(dtype === "float16" ? float16Bits : bfloat16Bits));
  return new NDArray<FloatDType>(data, shape, undefined, 0, dtype);
}
