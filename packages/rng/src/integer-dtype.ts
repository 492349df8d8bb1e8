import { defaultInt, describe } from "@flaxen/dtype";

/** The integer dtypes. */
export type IntegerDType =
  "int8" | "int16" | "int32" | "int64" | "uint8" | "uint16" | "uint32" | "uint64";

/** Returns the integer dtype of a sample, by default the default integer. */
export function checkIntegerDType(callee: string, dtype: unknown): IntegerDType {
  switch (dtype) {
    case undefined:
      return defaultInt();
    case "int8":
    case "int16":
    case "int32":
    case "int64":
    case "uint8":
    case "uint16":
    case "uint32":
    case "uint64":
      return dtype;
    default:
      throw new TypeError(`${callee}: dtype must be an integer dtype, got ${describe(dtype)}.`);
  }
}
