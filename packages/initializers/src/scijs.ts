/**
 * Initial weights as scijs arrays: {@link forScijs} turns an {@link Initializer} into one that returns a genuine
 * `ndarray`.
 *
 * @packageDocumentation
 */
import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { flatData } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import type { Key } from "@flaxen/rng";
import type { Initializer } from "./initializer.ts";

/** The typed arrays whose entries scijs packages read as they are. */
export type ScijsData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>;

/** The function that the npm package `ndarray` exports. */
export type ScijsConstructor<T> = (
  data: ScijsData,
  shape: number[],
  stride: number[],
  offset: number,
) => T;

/** An {@link Initializer} that returns arrays of another library. */
export type ScijsInitializer<T> = (key: Key, shape: Shape, dtype?: DType) => T;

/**
 * Builds the function that makes initializers return arrays of the npm package `ndarray`.
 *
 * Most scijs packages read the arrays of this library as they are; this is for those that need the very constructor. Its
 * classes come from `new Function`, which a page's content security policy may forbid.
 *
 * @param ndarray - What `import ndarray from "ndarray"` gives.
 * @returns A function from an {@link Initializer} to one with a genuine `ndarray` as result, its data row by row.
 * @throws {@link TypeError} if `ndarray` or the initializer is not a function; when called, if the dtype is complex, float16 or
 *   bfloat16, whose storage scijs packages would misread.
 *
 * @example
 * ```ts
 * import ndarray from "ndarray";
 * import { ones } from "@flaxen/initializers";
 * import { forScijs } from "@flaxen/initializers/scijs";
 * import { key } from "@flaxen/rng";
 *
 * const w = forScijs(ndarray)(ones)(key(0), [2, 3]);
 * w.get(1, 2); // => 1
 * w.dtype; // => "float32"
 * ```
 */
export function forScijs<T>(
  ndarray: ScijsConstructor<T>,
): (initializer: Initializer) => ScijsInitializer<T> {
  if (typeof ndarray !== "function") {
    throw new TypeError(
      `forScijs: ndarray must be the function of that package, got ${describe(ndarray)}.`,
    );
  }
  return (initializer) => {
    if (typeof initializer !== "function") {
      throw new TypeError(
        `forScijs: initializer must be a function, got ${describe(initializer)}.`,
      );
    }
    return (key, shape, dtype) => {
      const weights = initializer(key, shape, dtype);
      switch (weights.dtype) {
        case "float16":
        case "bfloat16":
        case "complex64":
        case "complex128":
          throw new TypeError(
            `forScijs: dtype must be one that ndarray knows, got ${describe(weights.dtype)}.`,
          );
      }
      // One stride an axis, as ndarray derives them for rows without gaps.
      const stride = weights.shape.map((_, axis) =>
        weights.shape.slice(axis + 1).reduce((product, length) => product * length, 1),
      );
      return ndarray(flatData(weights) as ScijsData, [...weights.shape], stride, 0);
    };
  };
}
