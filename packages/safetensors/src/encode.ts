import { describe, itemSize } from "@flaxen/dtype";
import type { Data } from "@flaxen/dtype";
import { asNDArray, flatData } from "@flaxen/ndarray";
import type { NDArray, NDArrayLike } from "@flaxen/ndarray";
import { writeLittleEndian } from "./byte-order.ts";
import { codeOf, MAX_HEADER_LENGTH, METADATA_KEY, PREFIX_LENGTH } from "./format.ts";
import { compareCodePoints, isWellFormed, utf8Bytes } from "./text.ts";

/** Options of {@link encode}. */
export interface EncodeOptions {
  /** Free-form strings for the header, sorted by name; none by default. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A tensor that has its place in the file. */
interface Placed {
  readonly name: string;
  readonly code: string;
  readonly shape: readonly number[];
  /** Bytes of one element. */
  readonly size: number;
  readonly data: Data;
}

/**
 * Writes named tensors as the bytes of a safetensors file.
 *
 * The same tensors give the same bytes, whatever their order and on every machine: names are sorted
 * by code point, the header is padded with spaces to a multiple of 8 bytes, and numbers are
 * little-endian. The data is laid out by falling element size, then by name, so that each tensor
 * starts at a multiple of its element size and a reader may map the file.
 *
 * @param tensors - An object, a Map or an iterable of `[name, array]`; strided views are written
 *   row-major. Any dtype but complex128, which the format lacks.
 * @param options - `metadata`, an object of strings.
 * @returns The file in a buffer of its own.
 * @throws {@link TypeError} if a tensor is no array or complex128, or metadata is not of strings.
 * @throws {@link RangeError} if a name occurs twice, is `__metadata__`, or holds an unpaired
 *   surrogate, or if the header would exceed {@link MAX_HEADER_LENGTH}.
 * @see The format, https://huggingface.co/docs/safetensors
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { encode } from "@flaxen/safetensors";
 *
 * const bytes = encode({ w: array([[1, 2]], "uint8") });
 * bytes.length; // => 66
 * String.fromCharCode(...bytes.subarray(8, 64)); // => '{"w":{"dtype":"U8","shape":[1,2],"data_offsets":[0,2]}} '
 * [...bytes.subarray(64)]; // => [1, 2]
 * ```
 */
export function encode(
  tensors: Readonly<Record<string, NDArrayLike>> | Iterable<readonly [string, NDArrayLike]>,
  { metadata = {} }: EncodeOptions = {},
): Uint8Array {
  const placed = [...namedArrays(tensors)]
    .sort(([a], [b]) => compareCodePoints(a, b))
    .map(([name, array]) => place(name, array));
  const layout = [...placed].sort((a, b) => b.size - a.size);
  const offsets = new Map<Placed, number>();
  let length = 0;
  for (const tensor of layout) {
    offsets.set(tensor, length);
    length += tensor.data.byteLength;
  }
  const header = utf8Bytes(headerText(placed, offsets, checkMetadata(metadata)));
  const padding = -header.length & 7;
  const start = PREFIX_LENGTH + header.length + padding;
  checkHeaderLength(header.length + padding);
  const bytes = new Uint8Array(start + length);
  new DataView(bytes.buffer).setUint32(0, header.length + padding, true);
  bytes.set(header, PREFIX_LENGTH);
  bytes.fill(0x20, start - padding, start);
  for (const [tensor, offset] of offsets) writeLittleEndian(tensor.data, bytes, start + offset);
  return bytes;
}

/** The checked names with their arrays. */
function namedArrays(tensors: unknown): Map<string, NDArray> {
  if (typeof tensors !== "object" || tensors === null) {
    throw new TypeError(
      `encode: tensors must be an object or an iterable of [name, array], got ${describe(tensors)}.`,
    );
  }
  const pairs =
    Symbol.iterator in tensors ? (tensors as Iterable<unknown>) : Object.entries(tensors);
  const result = new Map<string, NDArray>();
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== "string") {
      throw new TypeError(
        `encode: tensors must be an object or an iterable of [name, array], got the item ${describe(pair)}.`,
      );
    }
    const name: string = pair[0];
    if (result.has(name)) {
      throw new RangeError(`encode: names must be unique, got ${JSON.stringify(name)} twice.`);
    }
    if (name === METADATA_KEY) {
      throw new RangeError(
        `encode: names must differ from the reserved one, got ${JSON.stringify(name)}.`,
      );
    }
    checkWellFormed("names", name);
    result.set(name, checkArray(name, pair[1]));
  }
  return result;
}

function checkArray(name: string, value: unknown): NDArray {
  const fits = typeof value === "object" && value !== null && "data" in value && "shape" in value;
  if (!fits) {
    throw new TypeError(
      `encode: ${JSON.stringify(name)} must be an array with data and shape, got ${describe(value)}.`,
    );
  }
  return asNDArray(value as NDArrayLike);
}

function place(name: string, array: NDArray): Placed {
  const code = codeOf(array.dtype);
  if (code === undefined) {
    throw new TypeError(
      `encode: dtype of ${JSON.stringify(name)} must be one that the format has, got ${array.dtype}. Convert it to complex64, or store its two parts.`,
    );
  }
  return { name, code, shape: array.shape, size: itemSize(array.dtype), data: flatData(array) };
}

function checkMetadata(metadata: unknown): [string, string][] {
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) {
    throw new TypeError(
      `encode: metadata must be an object of strings, got ${describe(metadata)}.`,
    );
  }
  const pairs = Object.entries(metadata as Record<string, unknown>).map(
    ([name, value]): [string, string] => {
      checkWellFormed("metadata", name);
      if (typeof value !== "string") {
        throw new TypeError(
          `encode: metadata must be an object of strings, got ${describe(value)} for ${JSON.stringify(name)}.`,
        );
      }
      checkWellFormed("metadata", value);
      return [name, value];
    },
  );
  return pairs.sort(([a], [b]) => compareCodePoints(a, b));
}

function checkWellFormed(argument: string, text: string): void {
  if (isWellFormed(text)) return;
  throw new RangeError(
    `encode: ${argument} must not hold unpaired surrogates, got ${JSON.stringify(text)}.`,
  );
}

function checkHeaderLength(length: number): void {
  if (length <= MAX_HEADER_LENGTH) return;
  throw new RangeError(
    `encode: names and metadata must fit a header of ${MAX_HEADER_LENGTH} bytes, got ${length}.`,
  );
}

/** The header's JSON without blanks. Built by hand: an object would put names like "0" first. */
function headerText(
  placed: readonly Placed[],
  offsets: ReadonlyMap<Placed, number>,
  metadata: readonly [string, string][],
): string {
  const fields: string[] = [];
  if (metadata.length > 0) {
    const strings = metadata.map(([name, value]) => field(name, JSON.stringify(value)));
    fields.push(field(METADATA_KEY, `{${strings.join(",")}}`));
  }
  for (const tensor of placed) {
    const { name, code, shape, data } = tensor;
    const begin = offsets.get(tensor)!;
    const range = `${begin},${begin + data.byteLength}`;
    const entry = `{"dtype":"${code}","shape":[${shape.join(",")}],"data_offsets":[${range}]}`;
    fields.push(field(name, entry));
  }
  return `{${fields.join(",")}}`;
}

function field(name: string, json: string): string {
  return `${JSON.stringify(name)}:${json}`;
}
