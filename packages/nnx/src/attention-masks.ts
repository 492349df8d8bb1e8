import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import {
  astype,
  broadcastTo,
  expandDims,
  greaterEqual,
  logicalAnd,
  multiply,
} from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { arange } from "@flaxen/ndarray";
import { checkInput } from "./arguments.ts";

/** Settings of `makeCausalMask`. */
export interface CausalMaskOptions {
  /** Number of axes of length 1 put in front; 0 by default. */
  readonly extraBatchDims?: number;
  /** The dtype of the mask; float32 by default. */
  readonly dtype?: DType;
}

/** Settings of `makeAttentionMask`. */
export interface AttentionMaskOptions extends CausalMaskOptions {
  /** Compares a query element with a key element; `multiply` by default. */
  readonly pairwiseFn?: (query: Tensor, key: Tensor) => Tensor;
}

/**
 * Makes an attention mask from what is known of each query and of each key, e.g. 1 for a token and 0
 * for padding.
 *
 * @param queryInput - shape `[...batch, queryLength]`.
 * @param keyInput - shape `[...batch, keyLength]`.
 * @param options - see {@link AttentionMaskOptions}.
 * @returns shape `[...batch, 1, queryLength, keyLength]`: element `q, k` is
 *   `pairwiseFn(queryInput[q], keyInput[k])`.
 * @throws {@link RangeError} if the batch axes do not broadcast, or an input is a scalar.
 *
 * @example
 * ```ts
 * import { makeAttentionMask } from "@flaxen/nnx";
 *
 * makeAttentionMask([1, 1, 0], [1, 0]); // => [[[1, 0], [1, 0], [0, 0]]]
 * ```
 */
export function makeAttentionMask(
  queryInput: TensorLike,
  keyInput: TensorLike,
  { pairwiseFn = multiply, extraBatchDims = 0, dtype = "float32" }: AttentionMaskOptions = {},
): Tensor {
  const query = checkSequence("makeAttentionMask", "queryInput", queryInput);
  const key = checkSequence("makeAttentionMask", "keyInput", keyInput);
  const pairs = pairwiseFn(expandDims(query, -1), expandDims(key, -2));
  const front = Array.from({ length: extraBatchDims }, (_, axis) => axis);
  return astype(expandDims(expandDims(pairs, -3), front), dtype);
}

/**
 * Makes the mask that lets each position attend to itself and to what lies before it.
 *
 * @param x - shape `[...batch, length]`; its elements do not matter.
 * @param options - see {@link CausalMaskOptions}.
 * @returns shape `[...batch, 1, length, length]`, ones on and below the diagonal.
 * @throws {@link RangeError} if `x` is a scalar.
 *
 * @example
 * ```ts
 * import { makeCausalMask } from "@flaxen/nnx";
 *
 * makeCausalMask([7, 7, 7]); // => [[[1, 0, 0], [1, 1, 0], [1, 1, 1]]]
 * ```
 */
export function makeCausalMask(x: TensorLike, options: CausalMaskOptions = {}): Tensor {
  const { shape } = checkSequence("makeCausalMask", "x", x);
  const positions = broadcastTo(arange(0, shape[shape.length - 1], 1, "int32"), shape);
  return makeAttentionMask(positions, positions, { ...options, pairwiseFn: greaterEqual });
}

/**
 * Combines masks by logical and.
 *
 * @param masks - arrays of one rank that broadcast together; null and undefined are left out.
 * @param options - `dtype` of the result, float32 by default.
 * @returns the common shape; null if there is no mask.
 * @throws {@link RangeError} if the ranks differ or the shapes do not broadcast.
 *
 * @example
 * ```ts
 * import { combineMasks } from "@flaxen/nnx";
 *
 * combineMasks([[1, 1, 0], null, [1, 0, 0]]); // => [1, 0, 0]
 * combineMasks([null]); // => null
 * combineMasks([[1, 0], [[1]]]); // throws RangeError: combineMasks: masks must have the same rank, got 1, 2.
 * ```
 */
export function combineMasks(
  masks: readonly (TensorLike | null | undefined)[],
  { dtype = "float32" }: { readonly dtype?: DType } = {},
): Tensor | null {
  const given = masks
    .filter((mask) => mask !== null && mask !== undefined)
    .map((mask) => checkInput("combineMasks", mask));
  if (given.length === 0) return null;
  if (given.some(({ ndim }) => ndim !== given[0].ndim)) {
    throw new RangeError(
      `combineMasks: masks must have the same rank, got ${given.map(({ ndim }) => ndim).join(", ")}.`,
    );
  }
  return astype(
    given.reduce((a, b) => logicalAnd(a, b)),
    dtype,
  );
}

function checkSequence(callee: string, argument: string, x: TensorLike): Tensor {
  const sequence = checkInput(callee, x, argument);
  if (sequence.ndim > 0) return sequence;
  throw new RangeError(`${callee}: ${argument} must have at least one axis, got ${describe(x)}.`);
}
