import type { Data } from "@flaxen/dtype";

/** Bit patterns of elements of at most 64 bits: four kinds of storage, so that loops stay quick. */
export type Patterns = Uint8Array | Uint16Array | Int32Array | Float64Array;

/** The same bytes as patterns; 64-bit integers and complex numbers are not for them. */
export function patterns(data: Data): Patterns {
  const { buffer, byteOffset, byteLength } = data;
  switch (data.BYTES_PER_ELEMENT) {
    case 1:
      return new Uint8Array(buffer, byteOffset, byteLength);
    case 2:
      return new Uint16Array(buffer, byteOffset, byteLength / 2);
    case 4:
      return new Int32Array(buffer, byteOffset, byteLength / 4);
    default:
      return new Float64Array(buffer, byteOffset, byteLength / 8);
  }
}
