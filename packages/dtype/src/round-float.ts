import { bfloat16Bits, bfloat16Value } from "./bfloat16.ts";
import type { DType } from "./dtype.ts";
import { float16Bits, float16Value } from "./float16.ts";

/**
 * Rounds a number to a floating-point dtype: to the nearest of its values, ties to even.
 *
 * @param dtype - a real floating-point dtype. Others are not known here: their numbers come back as they are.
 * @param x - any number.
 * @returns the nearest value of the dtype; beyond its largest ones an infinity.
 *
 * @example
 * ```ts
 * import { roundFloat } from "@flaxen/dtype";
 *
 * roundFloat("bfloat16", Math.PI); // => 3.140625
 * roundFloat("float16", 65520); // => Infinity
 * ```
 */
export function roundFloat(dtype: DType, x: number): number {
  switch (dtype) {
    case "float32":
      return Math.fround(x);
    case "float16":
      return float16Value(float16Bits(x));
    case "bfloat16":
      return bfloat16Value(bfloat16Bits(x));
    default:
      return x;
  }
}
