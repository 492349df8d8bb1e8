import { erfInv32, roundFloat } from "@flaxen/dtype";
import type { FloatDType } from "./arguments.ts";
import { erfInv64 } from "./erf64.ts";
import type { Key } from "./make-key.ts";
import { finishNormal, normalKernel } from "./normal-kernel.ts";
import { uniform32, uniformValues } from "./uniform-values.ts";
import { SMALL } from "./words.ts";

/**
 * Draws `sqrt(2) * erfInv(u)` with `u` uniform on `[minval, maxval)`, clipped to `[least, most]`.
 *
 * `minval` and `maxval` lie in `[-1, 1]`; all limits are values of `dtype`.
 */
export function normalValues(
  key: Key,
  size: number,
  dtype: FloatDType,
  minval: number,
  maxval: number,
  least: number = -Infinity,
  most: number = Infinity,
): Float32Array | Float64Array {
  const kernel =
    dtype === "float32" && size >= SMALL && least <= most && suitsKernel(minval, maxval)
      ? normalKernel()
      : undefined;
  if (kernel) {
    const { values, finished } = uniform32(key, size, minval, maxval, (_, at, end) =>
      finishNormal(kernel, at, end, least, most),
    );
    if (finished) return values;
  }
  const values = uniformValues(key, size, dtype, minval, maxval);
  toNormal(values, dtype);
  if (least > -Infinity || most < Infinity) clip(values, least, most);
  return values;
}

/** Whether no value can be subnormal: the kernel does not flush such numbers to 0. */
function suitsKernel(minval: number, maxval: number): boolean {
  const narrow = 2 ** -60;
  return (
    maxval - minval >= narrow &&
    (minval === 0 || Math.abs(minval) >= narrow) &&
    (maxval === 0 || Math.abs(maxval) >= narrow)
  );
}

function clip(values: Float32Array | Float64Array, least: number, most: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    values[i] = value < least ? least : value > most ? most : value;
  }
}

/** Replaces each `u` in `(-1, 1)` by `sqrt(2) * erfInv(u)`, every step rounded to `dtype`. */
function toNormal(values: Float32Array | Float64Array, dtype: FloatDType): void {
  const root2 = roundFloat(dtype, Math.SQRT2);
  switch (dtype) {
    case "float32":
      for (let i = 0; i < values.length; i++) values[i] = root2 * erfInv32(values[i]);
      return;
    case "float64":
      for (let i = 0; i < values.length; i++) values[i] = root2 * erfInv64(values[i]);
      return;
    default:
      for (let i = 0; i < values.length; i++) {
        values[i] = roundFloat(dtype, root2 * roundFloat(dtype, erfInv32(values[i])));
      }
  }
}
