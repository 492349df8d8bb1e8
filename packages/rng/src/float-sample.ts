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
  if (dtype === "float32" || dtype === "float64") return wrap(values, shape, dtype);
  const toBits = dtype === "float16" ? float16Bits : bfloat16Bits;
  const stored = new Uint16Array(values.length);
  for (let i = 0; i < stored.length; i++) stored[i] = toBits(values[i]);
  return wrap(stored, shape, dtype);
}

function wrap(
  data: Float32Array | Float64Array | Uint16Array,
  shape: Shape,
  dtype: FloatDType,
): NDArray<FloatDType> {
  return new NDArray<FloatDType>(data, shape, undefined, 0, dtype);
}
