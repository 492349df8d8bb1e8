import { isDType } from "@flaxen/dtype";
import type { Data, DType } from "@flaxen/dtype";

/** The name of the typed array that stores a dtype. */
export function storageName(dtype: DType): string {
  switch (dtype) {
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
    case "int32":
      return "Int32Array";
    case "uint32":
      return "Uint32Array";
    case "int64":
      return "BigInt64Array";
    case "uint64":
      return "BigUint64Array";
    case "float32":
    case "complex64":
      return "Float32Array";
    case "float64":
    case "complex128":
      return "Float64Array";
  }
}

/**
 * The name of a typed array's kind ("Float32Array"), "" for anything else.
 *
 * Read from the built-in getter, it holds for arrays of other realms and for subclasses (Node's
 * Buffer).
 */
export function kindOf(data: unknown): string {
  return ArrayBuffer.isView(data)
    ? ((data as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] ?? "")
    : "";
}

/** The dtype of plain numbers in a typed array, undefined if there is none. */
export function dtypeOfData(data: unknown): DType | undefined {
  const kind = kindOf(data).replace("Clamped", "");
  const name = kind.replace(/Big|Array/g, "").toLowerCase();
  return isDType(name) && storageName(name) === kind ? name : undefined;
}

/** Tells whether a typed array is of the kind that stores a dtype. */
export function stores(dtype: DType, data: unknown): data is Data {
  return kindOf(data) === storageName(dtype);
}
