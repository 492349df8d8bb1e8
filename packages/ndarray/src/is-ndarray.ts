import { NDARRAY } from "./brand.ts";
import { NDArray } from "./ndarray.ts";

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
  // The second part is for arrays of other copies of the package.
  return x instanceof NDArray || (typeof x === "object" && x !== null && NDARRAY in x);
}
