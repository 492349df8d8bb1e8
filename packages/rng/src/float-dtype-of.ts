import type { FloatDType } from "./arguments.ts";

/** Returns the dtype of an array if it is a real floating-point one. */
export function floatDTypeOf(x: unknown): FloatDType | undefined {
  if (x instanceof Float32Array) return "float32";
  if (x instanceof Float64Array) return "float64";
  if (typeof x !== "object" || x === null || !("dtype" in x)) return undefined;
  switch (x.dtype) {
    case "float16":
    case "bfloat16":
    case "float32":
    case "float64":
      return x.dtype;
    default:
      return undefined;
  }
}
