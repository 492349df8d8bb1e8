import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from "@flaxen/dtype";
import type { FloatDType } from "./arguments.ts";

const WORD = /* @__PURE__ */ new ArrayBuffer(4);
const F32 = /* @__PURE__ */ new Float32Array(WORD);
const U32 = /* @__PURE__ */ new Uint32Array(WORD);

/**
 * Returns the neighbour of `x`, a value of `dtype`, in the direction of the infinity `towards`.
 *
 * As in JAX on a CPU, where subnormal numbers of 32 and 64 bits count as 0, the neighbour of 0 is 0; that of float16
 * is not.
 */
export function nextAfter(dtype: FloatDType, x: number, towards: number): number {
  if (x === towards || (x === 0 && dtype !== "float16")) return x;
  // Away from zero the bit pattern grows by one, towards zero it falls by one.
  const step = x > 0 === towards > 0 ? 1 : -1;
  switch (dtype) {
    case "float16":
      if (x === 0) return float16Value(1) * Math.sign(towards);
      return float16Value(float16Bits(x) + step);
    case "bfloat16":
      return bfloat16Value(bfloat16Bits(x) + step);
    case "float32":
      F32[0] = x;
      U32[0] += step;
      return F32[0];
    case "float64": {
      const value = new Float64Array([x]);
      const pattern = new BigUint64Array(value.buffer);
      pattern[0] += BigInt(step);
      return value[0];
    }
  }
}
