import { describe, finfo, promoteTypes } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import {
  add,
  astype,
  divide,
  expandDims,
  greaterEqual,
  logicalAnd,
  matmul,
  multiply,
  reshape,
  softmax,
  toTensor,
  transpose,
  where,
} from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { arange } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import { bernoulli, isKey } from "@flaxen/rng";
import type { Key } from "@flaxen/rng";
import { checkFloatDType, checkInput, checkNumber, checkOptions } from "./arguments.ts";
import { promoteDtype } from "./dtypes.ts";
import { isModule } from "./module.ts";
import type { Module } from "./module.ts";
import { sameShape } from "./update.ts";
import { Intermediate } from "./variable-types.ts";

/** Settings of `dotProductAttention`. */
export interface AttentionOptions {
  /** Added to the scores; broadcasts to `[...batch, heads, queryLength, keyLength]`. */
  readonly bias?: TensorLike | null | undefined;
  /** Where it is 0 or false, a query does not see a key; broadcasts as `bias` does. */
  readonly mask?: TensorLike | null | undefined;
  /** Whether each query sees only the keys up to its own position; false by default. */
  readonly isCausal?: boolean;
  /** Probability of a weight to be set to 0, in [0, 1); 0 by default. */
  readonly dropoutRate?: number;
  /** The key of the dropout mask, needed if there is dropout. */
  readonly dropoutRng?: Key | null | undefined;
  /** Whether all batches and heads share one dropout mask; true by default. */
  readonly broadcastDropout?: boolean;
  /** Whether there is no dropout; false by default. */
  readonly deterministic?: boolean;
  /** The dtype to compute in; by default the common one of the inputs. */
  readonly dtype?: DType | undefined;
  /** The Module that records the weights, before dropout, as `attention_weights` for `capture`. */
  readonly module?: Module | undefined;
}

/**
 * Scaled dot-product attention: `softmax(query key^T / sqrt(depth) + bias) value` for each head.
 *
 * The softmax is computed in at least float32. A query that the masks let see no key at all attends to
 * all alike. With fewer heads in key and value than in query, neighbouring query heads share one.
 *
 * @param query - shape `[...batch, queryLength, heads, depth]`.
 * @param key - shape `[...batch, keyLength, kvHeads, depth]`, where `kvHeads` divides `heads`.
 * @param value - shape `[...batch, keyLength, kvHeads, valueDepth]`.
 * @param options - see {@link AttentionOptions}.
 * @returns shape `[...batch, queryLength, heads, valueDepth]`.
 * @throws {@link RangeError} if the shapes do not fit together, or `dropoutRate` is outside its range.
 * @throws {@link TypeError} if an option is unknown or of a wrong type.
 * @throws {@link Error} if there is dropout and no `dropoutRng`.
 * @see Vaswani et al. (2017), "Attention is all you need", equation 1.
 *   https://arxiv.org/abs/1706.03762; Ainslie et al. (2023), "GQA", for shared heads.
 *   https://arxiv.org/abs/2305.13245
 *
 * @example
 * ```ts
 * import { ones, zeros } from "@flaxen/ndarray";
 * import { dotProductAttention } from "@flaxen/nnx";
 *
 * const value = [[[1, 2]], [[3, 6]]];
 * dotProductAttention(zeros([2, 1, 4]), ones([2, 1, 4]), value); // => [[[2, 4]], [[2, 4]]]
 * const options = { isCausal: true };
 * dotProductAttention(zeros([2, 1, 4]), ones([2, 1, 4]), value, options); // => [[[1, 2]], [[2, 4]]]
 * ```
 */
export function dotProductAttention(
  query: TensorLike,
  key: TensorLike,
  value: TensorLike,
  options: AttentionOptions = {},
): Tensor {
  checkOptions("dotProductAttention", options, OPTIONS);
  checkFloatDType("dotProductAttention", "dtype", options.dtype);
  if (options.module !== undefined && !isModule(options.module)) {
    throw new TypeError(
      `dotProductAttention: module must be a Module, got ${describe(options.module)}.`,
    );
  }
  const [q, k, v] = promoteDtype(
    [
      checkInput("dotProductAttention", query, "query"),
      checkInput("dotProductAttention", key, "key"),
      checkInput("dotProductAttention", value, "value"),
    ],
    options,
  );
  checkShapes(q, k, v);
  const [length, heads, depth] = q.shape.slice(-3);
  const [keyLength, kvHeads] = k.shape.slice(-3);
  const batch = q.shape.slice(0, -3);
  // The heads that share keys and values are rows of one product.
  const rows = (heads / kvHeads) * length;
  const grouped = reshape(headsFirst(q), [...batch, kvHeads, rows, depth]);
  const scaled = divide(grouped, Math.sqrt(depth));
  const scores = reshape(matmul(scaled, swapLast(headsFirst(k))), [
    ...batch,
    heads,
    length,
    keyLength,
  ]);
  const allWeights = attentionWeights(scores, options);
  options.module?.sow(Intermediate, "attention_weights", allWeights);
  const weights = dropWeights(allWeights, options);
  const mixed = matmul(reshape(weights, [...batch, kvHeads, rows, keyLength]), headsFirst(v));
  return headsFirst(reshape(mixed, [...batch, heads, length, v.shape[v.ndim - 1]]));
}

/** Softmax over the keys of the scores with bias and masks. */
function attentionWeights(scores: Tensor, { bias, mask, isCausal }: AttentionOptions): Tensor {
  const wide = astype(scores, promoteTypes(scores.dtype, "float32"));
  const biased = bias === undefined || bias === null ? wide : add(wide, bias);
  const seen = visible(scores, mask ?? null, isCausal ?? false);
  // The lowest number is finite: a row without any visible key is uniform and not NaN.
  const masked = seen === null ? biased : where(seen, biased, Number(finfo(wide.dtype).min));
  return astype(softmax(masked), scores.dtype);
}

function visible({ shape }: Tensor, mask: TensorLike | null, isCausal: boolean): Tensor | null {
  const given = mask === null ? null : astype(toTensor(mask), "bool");
  if (!isCausal) return given;
  const [length, keyLength] = shape.slice(-2);
  const positions = (n: number): Tensor => arange(0, n, 1, "int32");
  const causal = greaterEqual(expandDims(positions(length), -1), positions(keyLength));
  return given === null ? causal : logicalAnd(given, causal);
}

function dropWeights(
  weights: Tensor,
  { dropoutRate = 0, dropoutRng, broadcastDropout = true, deterministic = false }: AttentionOptions,
): Tensor {
  const valid = dropoutRate >= 0 && dropoutRate < 1;
  checkNumber("dotProductAttention", "dropoutRate", dropoutRate, valid, "be a number in [0, 1)");
  if (deterministic || dropoutRate === 0) return weights;
  if (dropoutRng === undefined || dropoutRng === null) {
    throw new Error(
      "dotProductAttention: dropoutRng must be given when there is dropout, got none. Pass a key, or deterministic: true.",
    );
  }
  if (!isKey(dropoutRng)) {
    throw new TypeError(
      `dotProductAttention: dropoutRng must be a key, got ${describe(dropoutRng)}.`,
    );
  }
  const { shape } = weights;
  const shared = shape.map((n, axis) => (axis < shape.length - 2 ? 1 : n));
  const kept = bernoulli(dropoutRng, 1 - dropoutRate, broadcastDropout ? shared : shape);
  return multiply(weights, divide(astype(kept, weights.dtype), 1 - dropoutRate));
}

/** `[..., length, heads, depth]` to `[..., heads, length, depth]` and back. */
function headsFirst(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  const { length } = axes;
  return transpose(x, [...axes.slice(0, -3), length - 2, length - 3, length - 1]);
}

function swapLast(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
}

function checkShapes({ shape: q }: Tensor, { shape: k }: Tensor, { shape: v }: Tensor): void {
  const got = `got shapes ${describe(q)}, ${describe(k)} and ${describe(v)}`;
  const agree = (rule: string, holds: boolean): void => {
    if (!holds) throw new RangeError(`dotProductAttention: ${rule}, ${got}.`);
  };
  const sameRank = q.length === k.length && q.length === v.length && q.length >= 3;
  agree("query, key and value must have one rank of at least 3", sameRank);
  const batch = (shape: Shape): Shape => shape.slice(0, -3);
  const sameBatch = sameShape(batch(q), batch(k)) && sameShape(batch(q), batch(v));
  agree("query, key and value must have the same batch axes", sameBatch);
  agree("query and key must have the same depth on the last axis", q.at(-1) === k.at(-1));
  agree(
    "key and value must have the same length and heads",
    k.at(-3) === v.at(-3) && k.at(-2) === v.at(-2),
  );
  const groups = Number(q.at(-2)) / Number(k.at(-2));
  agree("the heads of key must divide the heads of query", Number.isSafeInteger(groups));
}

const OPTIONS: readonly string[] = [
  "bias",
  "mask",
  "isCausal",
  "dropoutRate",
  "dropoutRng",
  "broadcastDropout",
  "deterministic",
  "dtype",
  "module",
];
