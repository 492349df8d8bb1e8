import { erfInv32, roundTo } from "@flaxen/dtype";
import type { FloatDType } from "./arguments.ts";
import { erfInv64 } from "./erf64.ts";

/** Replaces each `u` in `(-1, 1)` by `sqrt(2) * erfInv(u)`, every step rounded to `dtype`. */
export function toNormal(values: Float32Array | Float64Array, dtype: FloatDType): void {
  const root2 = roundTo(dtype, Math.SQRT2);
  switch (dtype) {
    case "float32":
      for (let i = 0; i < values.length; i++) values[i] = root2 * erfInv32(values[i]);
      return;
    case "float64":
      for (let i = 0; i < values.length; i++) values[i] = root2 * erfInv64(values[i]);
      return;
    default:
      for (let i = 0; i < values.length; i++) {
        values[i] = roundTo(dtype, root2 * roundTo(dtype, erfInv32(values[i])));
      }
  }
}
