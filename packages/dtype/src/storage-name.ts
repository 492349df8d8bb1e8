import type { DType } from "./dtype.ts";

/**
 * Returns the name of the typed array that stores a dtype.
 *
 * @param dtype - a dtype; anything else is known by its having no storage.
 * @returns for example `"Uint16Array"` for bfloat16; undefined for what is not the name of a dtype.
 *
 * @example
 * ```ts
 * import { storageName } from "@flaxen/dtype";
 *
 * storageName("complex64"); // => "Float32Array"
 * ```
 */
export function storageName(dtype: DType): string;
/** The same for any value. */
export function storageName(dtype: unknown): string | undefined;
export function storageName(dtype: unknown): string | undefined {
  switch (dtype) {
    case "float32":
    case "complex64":
      return "Float32Array";
    case "float64":
    case "complex128":
      return "Float64Array";
    case "int32":
      return "Int32Array";
    case "bool":
    case "uint8":
      return "Uint8Array";
    case "int8":
      return "Int8Array";
    case "int16":
      return "Int16Array";
    case "uint16":
    case "float16":
    case "bfloat16":
      return "Uint16Array";
    case "uint32":
      return "Uint32Array";
    case "int64":
      return "BigInt64Array";
    case "uint64":
      return "BigUint64Array";
    default:
      return undefined;
  }
}
