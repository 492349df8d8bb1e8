import { allocate, describe, itemSize } from "@flaxen/dtype";
import { NDArray } from "@flaxen/ndarray";
import { readLittleEndian } from "./byte-order.ts";
import { MAX_HEADER_LENGTH, PREFIX_LENGTH } from "./format.ts";
import { parseHeader } from "./header.ts";
import type { TensorEntry } from "./header.ts";
import { utf8Text } from "./text.ts";

/** What {@link decode} reads from a file. */
export interface Decoded {
  /** The tensors by name, in the order of the header. */
  readonly tensors: Map<string, NDArray>;
  /** The free-form strings of the file; empty where it has none. */
  readonly metadata: Record<string, string>;
}

/**
 * Reads the tensors and the metadata of a safetensors file.
 *
 * Everything is checked before the first tensor is allocated: the lengths, the UTF-8 and the JSON
 * of the header, the names, dtypes and shapes, and that the data of the tensors covers the rest of
 * the file without overlap or hole. What is allocated therefore never exceeds the file.
 *
 * Each tensor is a copy in storage of its own, so the bytes may start at any address and may be
 * changed or dropped afterwards. Stricter than the reference implementation: repeated names,
 * unknown fields, and BOOL bytes other than 0 and 1 are refused.
 *
 * @param bytes - The whole file, header at most {@link MAX_HEADER_LENGTH} bytes long.
 * @returns The tensors, row-major and contiguous, and the metadata.
 * @throws {@link TypeError} if `bytes` is neither a Uint8Array nor an ArrayBuffer, or a tensor has
 *   a dtype that is not supported (the 8-bit floats, for instance).
 * @throws {@link RangeError} if the file is truncated or corrupt; the message names the tensor.
 * @see The format, https://huggingface.co/docs/safetensors
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { decode, encode } from "@flaxen/safetensors";
 *
 * const bytes = encode({ bias: array([0.5, -1]) }, { metadata: { epoch: "3" } });
 * const { tensors, metadata } = decode(bytes);
 * tensors.get("bias"); // => [0.5, -1]
 * metadata; // => { epoch: "3" }
 *
 * decode(bytes.subarray(0, 40)); // throws RangeError: decode: header length must be at most the 32 bytes that follow it, got 88.
 * ```
 */
export function decode(bytes: Uint8Array | ArrayBuffer): Decoded {
  const file = asBytes(bytes);
  const start = PREFIX_LENGTH + headerLength(file);
  // A copy, because a decoder may refuse bytes of shared memory.
  const text = utf8Text(Uint8Array.from(file.subarray(PREFIX_LENGTH, start)));
  if (text === null) throw new RangeError("decode: header must be UTF-8, got other bytes.");
  const { entries, metadata } = parseHeader(text);
  const data = file.subarray(start);
  checkLayout(entries, data.length);
  for (const entry of entries) if (entry.dtype === "bool") checkBooleans(entry, data);
  const tensors = new Map<string, NDArray>();
  for (const entry of entries) tensors.set(entry.name, readTensor(entry, data));
  return { tensors, metadata };
}

function asBytes(value: unknown): Uint8Array {
  // By tag and not by instanceof: values of another realm are as good.
  const tag = Object.prototype.toString.call(value);
  if (tag === "[object Uint8Array]") {
    const { buffer, byteOffset, byteLength } = value as Uint8Array;
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  if (tag === "[object ArrayBuffer]") return new Uint8Array(value as ArrayBuffer);
  throw new TypeError(
    `decode: bytes must be a Uint8Array or an ArrayBuffer, got ${describe(value)}.`,
  );
}

/** The length of the header, checked against the cap and against the file. */
function headerLength(file: Uint8Array): number {
  if (file.length < PREFIX_LENGTH) {
    throw new RangeError(
      `decode: bytes must hold at least the ${PREFIX_LENGTH} bytes of the header length, got ${file.length}.`,
    );
  }
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (length > MAX_HEADER_LENGTH) {
    throw new RangeError(
      `decode: header length must be at most ${MAX_HEADER_LENGTH}, got ${length}.`,
    );
  }
  const rest = file.length - PREFIX_LENGTH;
  if (length > rest) {
    throw new RangeError(
      `decode: header length must be at most the ${rest} bytes that follow it, got ${length}.`,
    );
  }
  return Number(length);
}

/** Checks that the tensors fill the `available` bytes exactly, one after another. */
function checkLayout(entries: readonly TensorEntry[], available: number): void {
  for (const entry of entries) checkExtent(entry, available);
  const inOrder = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of inOrder) {
    if (begin !== covered) {
      throw new RangeError(
        `decode: data_offsets of ${JSON.stringify(name)} must begin at ${covered}, where the tensor before it ends, got [${begin}, ${end}].`,
      );
    }
    covered = end;
  }
  if (covered !== available) {
    throw new RangeError(
      `decode: bytes must end with the last tensor, got ${available - covered} more.`,
    );
  }
}

/** Checks that the bytes of one tensor lie in the file and are as many as its shape needs. */
function checkExtent({ name, dtype, shape, begin, end }: TensorEntry, available: number): void {
  const label = JSON.stringify(name);
  if (end < begin) {
    throw new RangeError(
      `decode: data_offsets of ${label} must not decrease, got [${begin}, ${end}].`,
    );
  }
  if (end > available) {
    throw new RangeError(
      `decode: data_offsets of ${label} must end within the ${available} bytes of data, got [${begin}, ${end}].`,
    );
  }
  // An axis of length 0 must not hide others whose strides are past exact integers.
  const extent = shape.reduce((product, length) => product * (length || 1), itemSize(dtype));
  if (!Number.isSafeInteger(extent)) {
    throw new RangeError(
      `decode: shape of ${label} must describe fewer than 2^53 bytes, got ${describe(shape)}.`,
    );
  }
  const expected = shape.includes(0) ? 0 : extent;
  if (end - begin !== expected) {
    throw new RangeError(
      `decode: data_offsets of ${label} must span ${expected} bytes for ${describe({ dtype, shape })}, got [${begin}, ${end}].`,
    );
  }
}

function checkBooleans({ name, begin, end }: TensorEntry, data: Uint8Array): void {
  const wrong = data.subarray(begin, end).find((byte) => byte > 1);
  if (wrong !== undefined) {
    throw new RangeError(
      `decode: ${JSON.stringify(name)} must hold only the bytes 0 and 1 as BOOL, got ${wrong}.`,
    );
  }
}

function readTensor({ dtype, shape, begin }: TensorEntry, data: Uint8Array): NDArray {
  const storage = allocate(
    dtype,
    shape.reduce((product, length) => product * length, 1),
  );
  readLittleEndian(storage, data, begin);
  return new NDArray(storage, shape, undefined, 0, dtype);
}
