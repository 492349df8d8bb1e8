import { roundFloat } from "@flaxen/dtype";
import type { FloatDType } from "./arguments.ts";
import { fma64 } from "./fma64.ts";
import type { Key } from "./make-key.ts";
import type { Finish } from "./uniform-kernel.ts";
import { fillNarrowWords, fillWideWords, fillWords } from "./words.ts";

/** Draws `size` values of `dtype` uniform on `[minval, maxval)`; the limits are values of `dtype` too. */
export function uniformValues(
  key: Key,
  size: number,
  dtype: FloatDType,
  minval: number,
  maxval: number,
): Float32Array | Float64Array {
  switch (dtype) {
    case "float32":
      return uniform32(key, size, minval, maxval).values;
    case "float64":
      return uniform64(key, size, minval, maxval);
    default:
      return uniform16(key, size, dtype, minval, maxval);
  }
}

/**
 * Returns uniform float32 values, and whether `finish` was applied to them: the kernel does it chunk by chunk.
 */
export function uniform32(
  key: Key,
  size: number,
  minval: number,
  maxval: number,
  finish?: Finish,
): { readonly values: Float32Array; readonly finished: boolean } {
  // Words and values share their memory: value i replaces word i.
  const values = new Float32Array(size);
  const words = new Uint32Array(values.buffer);
  // Scaling the span by 2^-23 is exact, so the product and sum below still round once.
  const step = 2 ** -23 * Math.fround(maxval - minval);
  const finished = fillWords(key, words, (kernel, at, end) => {
    kernel.u(at, end, step, minval);
    finish?.(kernel, at, end);
  });
  if (!finished) {
    for (let i = 0; i < size; i++) {
      const value = Math.fround((words[i] >>> 9) * step + minval);
      values[i] = value > minval ? value : minval;
    }
  }
  return { values, finished };
}

function uniform16(
  key: Key,
  size: number,
  dtype: "float16" | "bfloat16",
  minval: number,
  maxval: number,
): Float32Array {
  const values = new Float32Array(size);
  // The 10 stored mantissa bits of float16 come from 16 random bits, the 7 of bfloat16 from 8.
  const half = dtype === "float16";
  const words = half ? new Uint16Array(size) : new Uint8Array(size);
  fillNarrowWords(key, words);
  const drop = half ? 6 : 1;
  const step = (half ? 2 ** -10 : 2 ** -7) * roundFloat(dtype, maxval - minval);
  for (let i = 0; i < size; i++) {
    const value = roundFloat(dtype, roundFloat(dtype, (words[i] >>> drop) * step) + minval);
    values[i] = value > minval ? value : minval;
  }
  return values;
}

function uniform64(key: Key, size: number, minval: number, maxval: number): Float64Array {
  const values = new Float64Array(size);
  const words = new Uint32Array(values.buffer);
  fillWideWords(key, words);
  const span = maxval - minval;
  for (let i = 0; i < size; i++) {
    // The upper 52 of 64 random bits.
    const unit = words[2 * i + 1] * 2 ** -32 + (words[2 * i] >>> 12) * 2 ** -52;
    const value = fma64(unit, span, minval);
    values[i] = value > minval ? value : minval;
  }
  return values;
}

/** Moves a value uniform on `[0, 1)` to `[minval, maxval)`, with the roundings of {@link uniformValues}. */
export function between(unit: number, minval: number, maxval: number, dtype: FloatDType): number {
  const span = roundFloat(dtype, maxval - minval);
  const value =
    dtype === "float64"
      ? fma64(unit, span, minval)
      : dtype === "float32"
        ? Math.fround(unit * span + minval)
        : roundFloat(dtype, roundFloat(dtype, unit * span) + minval);
  return value > minval ? value : minval;
}
