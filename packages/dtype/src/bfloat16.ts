import { F32, U32 } from "./float32-bits.ts";

/**
 * Returns the bit pattern of the bfloat16 nearest to a number.
 *
 * As in JAX, the number is rounded to float32 first and then to bfloat16, both to nearest with ties
 * to even; a double near a tie can therefore be rounded twice. Every NaN becomes 0x7fc0.
 *
 * @param x - any number.
 * @returns an integer in [0, 65535].
 *
 * @example
 * ```ts
 * import { bfloat16Bits } from "@flaxen/dtype";
 *
 * bfloat16Bits(1); // => 0x3f80
 * bfloat16Bits(-Infinity); // => 0xff80
 * ```
 */
export function bfloat16Bits(x: number): number {
  if (x !== x) return 0x7fc0;
  F32[0] = x;
  const bits = U32[0];
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/**
 * Returns the number that a bfloat16 bit pattern stands for.
 *
 * @param bits - an integer in [0, 65535]; higher bits are ignored.
 * @returns the exact value.
 *
 * @example
 * ```ts
 * import { bfloat16Value } from "@flaxen/dtype";
 *
 * bfloat16Value(0x4049); // => 3.140625
 * ```
 */
export function bfloat16Value(bits: number): number {
  U32[0] = bits << 16;
  return F32[0];
}
