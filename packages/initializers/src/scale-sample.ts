import { bfloat16Bits, bfloat16Value, float16Bits, float16Value, roundTo } from "@flaxen/dtype";
import type { NDArray } from "@flaxen/ndarray";

/** Multiplies a fresh row-major sample, in place, by a number that is first rounded to its dtype. */
export function scaleSample(sample: NDArray, factor: number): NDArray {
  const { data, dtype } = sample;
  const rounded = roundTo(dtype, factor);
  if (data instanceof Float32Array || data instanceof Float64Array) {
    for (let i = 0; i < data.length; i++) data[i] *= rounded;
  } else {
    const toBits = dtype === "float16" ? float16Bits : bfloat16Bits;
    const toValue = dtype === "float16" ? float16Value : bfloat16Value;
    const words = data as Uint16Array;
    for (let i = 0; i < words.length; i++) words[i] = toBits(toValue(words[i]) * rounded);
  }
  return sample;
}
