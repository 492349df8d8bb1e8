/**
 * n-dimensional arrays with JAX's dtypes and printing and the members of scijs `ndarray`.
 *
 * This layer knows how elements lie in memory: creating, viewing, converting, joining and printing
 * arrays. Arithmetic is the business of the layers above. It imports `@flaxen/dtype` only.
 *
 * @example
 * ```ts
 * import { arange, reshape, transpose } from "@flaxen/ndarray";
 *
 * const x = reshape(arange(6), [2, 3]);
 * transpose(x).shape; // => [3, 2]
 * String(x.pick(1)); // => "Array([3, 4, 5], dtype=int32)"
 * ```
 *
 * @packageDocumentation
 */
export { astype } from "./astype.ts";
export { normalizeAxes, normalizeAxis } from "./axis.ts";
export { broadcastShapes, broadcastTo } from "./broadcast.ts";
export { contiguous, copy, isContiguous } from "./contiguous.ts";
export { array, asNDArray } from "./convert.ts";
export type { ArrayInput, NestedNumbers, TypedArray } from "./convert.ts";
export { flatData } from "./copy.ts";
export {
  arange,
  eye,
  full,
  fullLike,
  linspace,
  ones,
  onesLike,
  zeros,
  zerosLike,
} from "./create.ts";
export type { LinspaceOptions, ShapeDtypeStruct } from "./create.ts";
export { cumsum } from "./cumsum.ts";
export type { Scalar } from "./element.ts";
export { isNDArray } from "./is-ndarray.ts";
export { arrayEqual, concatenate, stack } from "./join.ts";
export { NDArray } from "./ndarray.ts";
export type { GenericData, NDArrayLike } from "./ndarray-like.ts";
export { expandDims, flip, moveaxis, reshape, squeeze, transpose } from "./reshape.ts";
export { checkShape, rowMajorStrides, sizeOf } from "./shape.ts";
export type { Shape } from "./shape.ts";
export { argsort, sort } from "./sort.ts";
export { take } from "./take.ts";
export type { NestedArray } from "./to-nested.ts";
export { where } from "./where.ts";
