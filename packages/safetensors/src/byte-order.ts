import type { Data } from "@flaxen/dtype";

/**
 * Writes the numbers of `data` into `bytes` from `position` on, low byte first; `reverse` tells that
 * they lie in memory the other way round.
 */
export function writeLittleEndian(
  data: Data,
  bytes: Uint8Array,
  position: number,
  reverse: boolean = !hostIsLittleEndian(),
): void {
  const source = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  bytes.set(source, position);
  const written = bytes.subarray(position, position + source.length);
  if (reverse) reverseNumbers(written, data.BYTES_PER_ELEMENT);
}

/** Fills `data` with the numbers that {@link writeLittleEndian} wrote. */
export function readLittleEndian(
  data: Data,
  bytes: Uint8Array,
  position: number,
  reverse: boolean = !hostIsLittleEndian(),
): void {
  const target = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  target.set(bytes.subarray(position, position + target.length));
  if (reverse) reverseNumbers(target, data.BYTES_PER_ELEMENT);
}

/** Whether this machine stores the low byte of a number first, as the format does. */
function hostIsLittleEndian(): boolean {
  return new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
}

/** Reverses the bytes of each `size`-byte number in place. */
function reverseNumbers(bytes: Uint8Array, size: number): void {
  if (size === 1) return;
  for (let start = 0; start < bytes.length; start += size) {
    bytes.subarray(start, start + size).reverse();
  }
}
