/** A file with this header, as text or bytes, and this data; `length` overrides the true header length. */
export function file(
  header: string | Uint8Array,
  data: readonly number[] = [],
  length?: bigint,
): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

/** The header of a file as text. */
export function headerOf(bytes: Uint8Array): string {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return new TextDecoder().decode(bytes.subarray(8, 8 + length));
}

/** The header entry of an int8 tensor. */
export function int8Entry(shape: string, offsets: string): string {
  return `{"dtype":"I8","shape":${shape},"data_offsets":${offsets}}`;
}
