import type { NDArray } from "./ndarray.ts";

/** Marks arrays of the NDArray class, whichever copy of the package made them. */
export const NDARRAY: unique symbol = /* @__PURE__ */ Symbol.for("flaxen.NDArray");

/**
 * Tells whether a value is an array of this package, whichever copy of the package made it.
 *
 * @param x - any value.
 * @returns true for {@link NDArray}; false for other strided objects, typed arrays and lists.
 *
 * @example
 * ```ts
 * import { isNDArray, zeros } from "@flaxen/ndarray";
 *
 * isNDArray(zeros([2])); // => true
 * isNDArray([0, 0]); // => false
 * ```
 */
export function isNDArray(x: unknown): x is NDArray {
  return typeof x === "object" && x !== null && NDARRAY in x;
}
