/** Longest list that {@link describe} prints in full. */
const LONGEST_LIST = 8;

/**
 * Describes a value in a few words, for error messages.
 *
 * Numbers stay plain, strings are quoted, lists print as `[2, 3]` (at most 8 entries), anything
 * with a dtype and a shape as `float32[2, 3]`; other objects and functions are given by name.
 *
 * @param value - any value.
 * @returns a short one-line text.
 *
 * @example
 * ```ts
 * import { describe } from "@flaxen/dtype";
 *
 * describe([2, 3]); // => "[2, 3]"
 * describe("relu"); // => "\"relu\""
 * describe({ dtype: "float32", shape: [2, 3] }); // => "float32[2, 3]"
 * ```
 */
export function describe(value: unknown): string {
  switch (typeof value) {
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${value}n`;
    case "string":
      return JSON.stringify(value);
    case "function":
      return value.name || "a function";
    case "object":
      return value === null ? "null" : describeObject(value);
    default:
      return String(value);
  }
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return describeList(value);
  if (ArrayBuffer.isView(value) && "length" in value) {
    return `${nameOf(value)}(${String(value.length)})`;
  }
  // A Variable has the shape of what it holds but is no array: the name tells which it is.
  if (Symbol.for("flaxen.Variable") in value) return nameOf(value);
  if ("dtype" in value && "shape" in value && Array.isArray(value.shape)) {
    return `${String(value.dtype)}${describeList(value.shape)}`;
  }
  if (Symbol.for("flaxen.Key") in value) return "Key";
  return nameOf(value);
}

function describeList(list: readonly unknown[]): string {
  const shown = list.slice(0, LONGEST_LIST).map(describe);
  if (list.length > LONGEST_LIST) shown.push("...");
  return `[${shown.join(", ")}]`;
}

function nameOf(value: object): string {
  const name: unknown = (value.constructor as { name?: unknown } | null | undefined)?.name;
  return typeof name === "string" && name ? name : "Object";
}
