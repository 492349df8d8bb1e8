import type { DType } from "@flaxen/dtype";

/**
 * The longest header in bytes that is written or read, 100 MB as in the reference implementation.
 *
 * A header of this length describes about a million tensors. The limit keeps a corrupt length from
 * asking for the memory of the whole file.
 *
 * @example
 * ```ts
 * import { MAX_HEADER_LENGTH } from "@flaxen/safetensors";
 *
 * MAX_HEADER_LENGTH; // => 100000000
 * ```
 */
export const MAX_HEADER_LENGTH: number = 100_000_000;

/** Bytes before the header: its length as an unsigned 64-bit little-endian integer. */
export const PREFIX_LENGTH: number = 8;

/** The key of the header that holds the metadata and so cannot name a tensor. */
export const METADATA_KEY = "__metadata__";

/** The format's name of each dtype; it has none for complex128. */
const CODES: Readonly<Partial<Record<DType, string>>> = {
  bool: "BOOL",
  int8: "I8",
  int16: "I16",
  int32: "I32",
  int64: "I64",
  uint8: "U8",
  uint16: "U16",
  uint32: "U32",
  uint64: "U64",
  float16: "F16",
  bfloat16: "BF16",
  float32: "F32",
  float64: "F64",
  complex64: "C64",
};

/** The format's name of a dtype, or undefined where it has none. */
export function codeOf(dtype: DType): string | undefined {
  return CODES[dtype];
}

/** The dtype that a name of the format stands for, or undefined for one that is not supported. */
export function dtypeOf(code: string): DType | undefined {
  const entry = Object.entries(CODES).find(([, candidate]) => candidate === code);
  return entry?.[0] as DType | undefined;
}

/** The supported names of the format in a sentence. */
export function supportedCodes(): string {
  return Object.values(CODES).join(", ");
}
