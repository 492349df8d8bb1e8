/**
 * Encodes a non-negative integer as unsigned LEB128: seven bits a byte, lowest first, the top bit set on
 * all but the last byte.
 *
 * @param value - An integer in [0, 2^32).
 * @returns The bytes, as few as possible.
 * @throws {@link RangeError} if `value` is not such an integer.
 *
 * @example
 * ```ts
 * import { encodeUnsigned } from "@flaxen/wasm";
 *
 * encodeUnsigned(624485); // => [0xe5, 0x8e, 0x26]
 * ```
 */
export function encodeUnsigned(value: number): number[] {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) {
    throw new RangeError(`encodeUnsigned: value must be an integer in [0, 2^32), got ${value}.`);
  }
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return bytes;
}

/**
 * Encodes a 64-bit integer as signed LEB128, the form of `i32.const` and `i64.const` operands.
 *
 * @param value - An integer in [-2^63, 2^63); a number must be a safe integer.
 * @returns The bytes, as few as possible.
 * @throws {@link RangeError} if `value` is not such an integer.
 *
 * @example
 * ```ts
 * import { encodeSigned } from "@flaxen/wasm";
 *
 * encodeSigned(-123456); // => [0xc0, 0xbb, 0x78]
 * encodeSigned(64); // => [0xc0, 0x00]
 * ```
 */
export function encodeSigned(value: number | bigint): number[] {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new RangeError(`encodeSigned: value must be a safe integer, got ${value}.`);
  }
  let rest = BigInt(value);
  if (BigInt.asIntN(64, rest) !== rest) {
    throw new RangeError(`encodeSigned: value must be in [-2^63, 2^63), got ${value}.`);
  }
  const bytes: number[] = [];
  for (;;) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    // The last byte's bit 6 is the sign; it must agree with what is left.
    if ((rest === 0n && byte < 0x40) || (rest === -1n && byte >= 0x40)) {
      bytes.push(byte);
      return bytes;
    }
    bytes.push(byte | 0x80);
  }
}
