import { storageName } from "@flaxen/dtype";
import type { Data, DType } from "@flaxen/dtype";

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
  return storageName(name) === kind ? (name as DType) : undefined;
}

/** Tells whether a typed array is of the kind that stores a dtype. */
export function stores(dtype: DType, data: unknown): data is Data {
  return kindOf(data) === storageName(dtype);
}
