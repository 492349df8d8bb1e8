/**
 * Reads and writes `.safetensors` files, the exchange format of model weights: one call each way,
 * between named arrays and bytes. Stands on `@flaxen/dtype` and `@flaxen/ndarray` alone.
 *
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { decode, encode } from "@flaxen/safetensors";
 *
 * const file = encode({ "linear.kernel": array([[1, 2], [3, 4]]) });
 * decode(file).tensors.get("linear.kernel"); // => [[1, 2], [3, 4]]
 * ```
 *
 * @packageDocumentation
 */
export { decode } from "./decode.ts";
export type { Decoded } from "./decode.ts";
export { encode } from "./encode.ts";
export type { EncodeOptions } from "./encode.ts";
export { MAX_HEADER_LENGTH } from "./format.ts";
