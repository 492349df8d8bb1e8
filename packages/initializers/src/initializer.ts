import type { DType } from "@flaxen/dtype";
import type { NDArray, Shape } from "@flaxen/ndarray";
import type { Key } from "@flaxen/rng";

/**
 * Makes an array of initial weights: a function of a random key, a shape and a dtype.
 *
 * The same arguments always give the same array. Without a dtype the one given to the builder counts, else the default
 * float.
 */
export type Initializer = (key: Key, shape: Shape, dtype?: DType) => NDArray;
