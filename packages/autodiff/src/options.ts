import { describe } from "@flaxen/dtype";

/** Refuses options that are no object or hold a name that the callee does not know. */
export function checkOptions(callee: string, options: object, names: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${callee}: options must be an object, got ${describe(options)}.`);
  }
  for (const name in options) {
    if (!names.includes(name)) {
      throw new TypeError(
        `${callee}: options must be among ${names.join(", ")}, got ${describe(name)}.`,
      );
    }
  }
}
