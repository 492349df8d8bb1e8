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
  if (dtype === "float32") return uniform32(key, size, minval, maxval).values;
  const wide = dtype === "float64";
  const half = dtype === "float16";
  const values = new (wide ? Float64Array : Float32Array)(size);
  const move = between(minval, maxval, dtype);
  if (wide) {
    const words = new Uint32Array(values.buffer);
    fillWideWords(key, words);
    for (let i = 0; i < size; i++) {
      // The upper 52 of 64 random bits.
      values[i] = move(words[2 * i + 1] * 2 ** -32 + (words[2 * i] >>> 12) * 2 ** -52);
    }
  } else {
    // The 10 stored mantissa bits of float16 come from 16 random bits, the 7 of bfloat16 from 8.
    const words = new (half ? Uint16Array : Uint8Array)(size);
    fillNarrowWords(key, words);
    for (let i = 0; i < size; i++) {
      values[i] = move(half ? (words[i] >>> 6) * 2 ** -10 : (words[i] >>> 1) * 2 ** -7);
    }
  }
  return values;
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
  const finished = fillWords(key, words, (kernel, at, end) => {
    kernel.u(at, end, Math.fround(maxval - minval + 0), minval);
    finish?.(kernel, at, end);
  });
  if (!finished) {
    const move = between(minval, maxval, "float32");
    for (let i = 0; i < size; i++) values[i] = move((words[i] >>> 9) * 2 ** -23);
  }
  return { values, finished };
}

/** Returns a function that moves a value uniform on `[0, 1)` to `[minval, maxval)`; the limits are values of `dtype`. */
export function between(
  minval: number,
  maxval: number,
  dtype: FloatDType,
): (unit: number) => number {
  const span = roundFloat(dtype, maxval - minval);
  return (unit) =>
    dtype === "float64"
      ? fma64(unit, span, minval)
      : roundFloat(
          dtype,
          (dtype === "float32" ? unit * span : roundFloat(dtype, unit * span)) + minval,
        );
}
