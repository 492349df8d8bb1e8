import { F32, U32 } from "./float32-bits.ts";

/** 2^112: the difference of the exponent biases of float32 (127) and float16 (15). */
const REBIAS = 2 ** 112;

/**
 * Returns the bit pattern of the float16 nearest to a number.
 *
 * The rounding is direct from double precision, to nearest with ties to even. Subnormals are kept,
 * values of magnitude 65520 and more become infinite, and every NaN becomes 0x7e00.
 *
 * @param x - any number.
 * @returns an integer in [0, 65535].
 *
 * @example
 * ```ts
 * import { float16Bits } from "@flaxen/dtype";
 *
 * float16Bits(1); // => 0x3c00
 * float16Bits(65520); // => 0x7c00
 * ```
 */
export function float16Bits(x: number): number {
  if (x !== x) return 0x7e00;
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const a = Math.abs(x);
  F32[0] = a;
  const exponent = Math.max((U32[0] >>> 23) - 127, -14);
  // The number in units of the last place: adding 2^52 rounds it to an integer, ties to even.
  U32[0] = (137 - exponent) << 23;
  const units = a * F32[0] + 2 ** 52 - 2 ** 52;
  return sign | Math.min(((exponent + 14) << 10) + units, 0x7c00);
}

/**
 * Returns the number that a float16 bit pattern stands for.
 *
 * @param bits - an integer in [0, 65535]; higher bits are ignored.
 * @returns the exact value.
 *
 * @example
 * ```ts
 * import { float16Value } from "@flaxen/dtype";
 *
 * float16Value(0x3555); // => 0.333251953125
 * ```
 */
export function float16Value(bits: number): number {
  const magnitude = bits & 0x7fff;
  // The pattern, moved into float32's fields, is the value with the wrong bias, subnormals included. The exponent of
  // infinities and NaN becomes that of float32.
  U32[0] = (magnitude << 13) + (magnitude < 0x7c00 ? 0 : 224 << 23);
  const value = F32[0] * REBIAS;
  return (bits & 0x8000) === 0 ? value : -value;
}
