import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { astype, isTracer, lessEqual, equal, add, reshape, where } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { lecunNormal, zeros } from "@flaxen/initializers";
import type { Initializer } from "@flaxen/initializers";
import { arange, checkShape, full } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import type { Key } from "@flaxen/rng";
import { checkFeatures, checkNumber, checkOptions, checkRngs, checkSize } from "./arguments.ts";
import { combineMasks } from "./attention-masks.ts";
import { dotProductAttention } from "./attention.ts";
import type { AttentionOptions } from "./attention.ts";
import { LayerNorm } from "./layer-norm.ts";
import { LinearGeneral } from "./linear-general.ts";
import { Module } from "./module.ts";
import { methodOf } from "./places.ts";
import { drawKey } from "./random-source.ts";
import type { RandomSource } from "./random-source.ts";
import type { RngStream, Rngs } from "./rngs.ts";
import { sameShape } from "./update.ts";
import { Cache } from "./variable-types.ts";
import type { Metadata } from "./variable.ts";

/** Settings of `MultiHeadAttention`. */
export interface MultiHeadAttentionOptions {
  /** Draws the keys of `params`; with dropout its `dropout` stream is forked, too. */
  readonly rngs: Rngs;
  /** Features of all heads of the queries together, a multiple of `numHeads`; `inFeatures` by default. */
  readonly qkvFeatures?: number;
  /** Size of the last axis of the output; `inFeatures` by default. */
  readonly outFeatures?: number;
  /** Number of heads of keys and values, a divisor of `numHeads`; `numHeads` by default. */
  readonly numKvHeads?: number;
  /** Size of the last axis of what keys and values are made from; `inFeatures` by default. */
  readonly inKvFeatures?: number;
  /** Probability of an attention weight to be set to 0, in [0, 1); 0 by default. */
  readonly dropoutRate?: number;
  /** Whether all batches and heads share one dropout mask; true by default. */
  readonly broadcastDropout?: boolean;
  /** Whether there is no dropout; null, the default, means that each call has to say. */
  readonly deterministic?: boolean | null;
  /** Whether calls take one position each and remember keys and values; false by default. */
  readonly decode?: boolean;
  /** Whether queries and keys pass a `LayerNorm` without bias; false by default. */
  readonly normalizeQk?: boolean;
  /** Whether the maps have biases; true by default. */
  readonly useBias?: boolean;
  /** Whether the layer keeps a dropout stream of its own; true by default. */
  readonly keepRngs?: boolean;
  /** Computes the attention; `dotProductAttention` by default. */
  readonly attentionFn?: (
    query: Tensor,
    key: Tensor,
    value: Tensor,
    options: AttentionOptions,
  ) => Tensor;
  /** The dtype to compute in; by default the common one of input and parameters. */
  readonly dtype?: DType | undefined;
  /** The dtype of the parameters; float32 by default. */
  readonly paramDtype?: DType;
  /** Makes the kernels; `lecunNormal()` by default. */
  readonly kernelInit?: Initializer;
  /** Metadata of the three kernels of the inputs; none by default. */
  readonly kernelMetadata?: Metadata | undefined;
  /** Makes the kernel of the output map; `kernelInit` by default. */
  readonly outKernelInit?: Initializer;
  /** Metadata of the kernel of the output; none by default. */
  readonly outKernelMetadata?: Metadata | undefined;
  /** Makes the biases; zeros by default. */
  readonly biasInit?: Initializer;
  /** Metadata of the three biases of the inputs; none by default. */
  readonly biasMetadata?: Metadata | undefined;
  /** Makes the bias of the output map; `biasInit` by default. */
  readonly outBiasInit?: Initializer;
  /** Metadata of the bias of the output; none by default. */
  readonly outBiasMetadata?: Metadata | undefined;
  /** Metadata of the scale that normalises queries; none by default. */
  readonly queryLnScaleMetadata?: Metadata | undefined;
  /** Metadata of the scale that normalises keys; none by default. */
  readonly keyLnScaleMetadata?: Metadata | undefined;
}

/** Settings of one call of `MultiHeadAttention.forward`. */
export interface MultiHeadAttentionCall {
  /** What keys are made from; the input of the queries by default. */
  readonly inputsK?: TensorLike | null | undefined;
  /** What values are made from; `inputsK` by default. */
  readonly inputsV?: TensorLike | null | undefined;
  /** Broadcasts to `[...batch, numHeads, queryLength, keyLength]`; 0 or false hides a key. */
  readonly mask?: TensorLike | null | undefined;
  /** Whether each position sees only those up to itself; false by default. */
  readonly isCausal?: boolean;
  /** Takes precedence over the attribute. */
  readonly deterministic?: boolean;
  /** Takes precedence over the attribute. */
  readonly decode?: boolean;
  /** Takes precedence over the layer's own stream; not forked. */
  readonly rngs?: RandomSource;
  /** Whether the weights, before dropout, are recorded for `capture` as `attention_weights`; false by default. */
  readonly sowWeights?: boolean;
}

/**
 * Multi-head attention: queries, keys and values are affine maps of the inputs, and an affine map joins
 * the heads.
 *
 * With `decode` a call takes one position: its key and value are put into the cache that `initCache`
 * has made, and the query sees the positions so far.
 *
 * @see Vaswani et al. (2017), "Attention is all you need", section 3.2.2.
 *   https://arxiv.org/abs/1706.03762
 *
 * @example
 * ```ts
 * import { ones } from "@flaxen/ndarray";
 * import { makeCausalMask, MultiHeadAttention, Rngs } from "@flaxen/nnx";
 *
 * const attention = new MultiHeadAttention(2, 8, { rngs: new Rngs(0) });
 * const x = ones([5, 3, 8]);
 * attention.forward(x).shape; // => [5, 3, 8]
 * attention.forward(x, { mask: makeCausalMask(ones([5, 3])) }).shape; // => [5, 3, 8]
 * attention.query.kernel.shape; // => [8, 2, 4]
 * ```
 */
export class MultiHeadAttention extends Module {
  /** Number of heads of the queries. */
  readonly numHeads: number;
  /** Size of the last axis of the input. */
  readonly inFeatures: number;
  /** Features of all heads of the queries together. */
  readonly qkvFeatures: number;
  /** Size of the last axis of the output. */
  readonly outFeatures: number;
  /** Number of heads of keys and values. */
  readonly numKvHeads: number;
  /** Size of the last axis of what keys and values are made from. */
  readonly inKvFeatures: number;
  /** Features of one head. */
  readonly headDim: number;
  /** Probability of an attention weight to be set to 0. */
  readonly dropoutRate: number;
  /** Whether all batches and heads share one dropout mask. */
  readonly broadcastDropout: boolean;
  /** Whether there is no dropout; null if each call has to say. */
  deterministic: boolean | null;
  /** Whether calls take one position each and remember keys and values. */
  decode: boolean;
  /** The dtype to compute in; undefined for the common one of input and parameters. */
  readonly dtype: DType | undefined;
  /** The dtype in which the parameters were made. */
  readonly paramDtype: DType;
  /** Computes the attention. */
  readonly attentionFn: NonNullable<MultiHeadAttentionOptions["attentionFn"]>;
  /** Kernel `[inFeatures, numHeads, headDim]`. */
  query: LinearGeneral;
  /** Kernel `[inKvFeatures, numKvHeads, headDim]`. */
  key: LinearGeneral;
  /** Kernel `[inKvFeatures, numKvHeads, headDim]`. */
  value: LinearGeneral;
  /** Normalises queries; null without `normalizeQk`. */
  queryLn: LayerNorm | null;
  /** Normalises keys; null without `normalizeQk`. */
  keyLn: LayerNorm | null;
  /** Kernel `[numHeads, headDim, outFeatures]`. */
  out: LinearGeneral;
  /** The layer's own dropout stream; null without dropout. */
  rngs: RngStream | null;
  /** Keys so far, shape `[...batch, length, numKvHeads, headDim]`; null before `initCache`. */
  cachedKey: Cache | null;
  /** Values so far, of the same shape; null before `initCache`. */
  cachedValue: Cache | null;
  /** Number of positions so far, an int32 scalar; null before `initCache`. */
  cacheIndex: Cache | null;

  /**
   * Makes the parameters.
   *
   * @param numHeads - number of heads of the queries, at least 1.
   * @param inFeatures - size of the last axis of the input, at least 1.
   * @param options - see {@link MultiHeadAttentionOptions}; `rngs` is required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown, or a dtype is not floating.
   * @throws {@link RangeError} if a size is not a positive integer, or the heads do not divide what they
   *   share.
   */
  constructor(numHeads: number, inFeatures: number, options: MultiHeadAttentionOptions) {
    super();
    checkSize("MultiHeadAttention", "numHeads", numHeads);
    checkSize("MultiHeadAttention", "inFeatures", inFeatures);
    checkOptions("MultiHeadAttention", options, OPTIONS);
    const {
      rngs,
      qkvFeatures = inFeatures,
      outFeatures = inFeatures,
      numKvHeads = numHeads,
      inKvFeatures = inFeatures,
      dropoutRate = 0,
      broadcastDropout = true,
      deterministic = null,
      decode = false,
      normalizeQk = false,
      useBias = true,
      keepRngs = true,
      attentionFn = dotProductAttention,
      dtype,
      paramDtype = "float32",
      kernelInit = lecunNormal(),
      kernelMetadata,
      outKernelInit = kernelInit,
      outKernelMetadata,
      biasInit = zeros,
      biasMetadata,
      outBiasInit = biasInit,
      outBiasMetadata,
      queryLnScaleMetadata,
      keyLnScaleMetadata,
    } = options;
    checkRngs("MultiHeadAttention", rngs);
    checkSize("MultiHeadAttention", "outFeatures", outFeatures);
    checkSize("MultiHeadAttention", "inKvFeatures", inKvFeatures);
    checkShare("qkvFeatures", qkvFeatures, "be a multiple of", "numHeads", numHeads);
    checkShare("numKvHeads", numKvHeads, "divide", "numHeads", numHeads);
    const isRate = dropoutRate >= 0 && dropoutRate < 1;
    checkNumber("MultiHeadAttention", "dropoutRate", dropoutRate, isRate, "be in [0, 1)");
    this.numHeads = numHeads;
    this.inFeatures = inFeatures;
    this.qkvFeatures = qkvFeatures;
    this.outFeatures = outFeatures;
    this.numKvHeads = numKvHeads;
    this.inKvFeatures = inKvFeatures;
    this.headDim = qkvFeatures / numHeads;
    this.dropoutRate = dropoutRate;
    this.broadcastDropout = broadcastDropout;
    this.deterministic = deterministic;
    this.decode = decode;
    this.dtype = dtype;
    this.paramDtype = paramDtype;
    this.attentionFn = attentionFn;
    const { headDim } = this;
    const shared = { rngs, useBias, dtype, paramDtype };
    const inputs = { ...shared, kernelInit, kernelMetadata, biasInit, biasMetadata };
    this.query = new LinearGeneral(inFeatures, [numHeads, headDim], inputs);
    this.key = new LinearGeneral(inKvFeatures, [numKvHeads, headDim], inputs);
    this.value = new LinearGeneral(inKvFeatures, [numKvHeads, headDim], inputs);
    const norm = { rngs, useBias: false, dtype, paramDtype };
    this.queryLn = normalizeQk
      ? new LayerNorm(headDim, { ...norm, scaleMetadata: queryLnScaleMetadata })
      : null;
    this.keyLn = normalizeQk
      ? new LayerNorm(headDim, { ...norm, scaleMetadata: keyLnScaleMetadata })
      : null;
    this.out = new LinearGeneral([numHeads, headDim], outFeatures, {
      ...shared,
      axis: [-2, -1],
      kernelInit: outKernelInit,
      kernelMetadata: outKernelMetadata,
      biasInit: outBiasInit,
      biasMetadata: outBiasMetadata,
    });
    this.rngs = keepRngs && dropoutRate > 0 ? rngs.dropout.fork() : null;
    this.cachedKey = null;
    this.cachedValue = null;
    this.cacheIndex = null;
  }

  /** Names of several words have underscores in files. */
  override get fileNames(): Readonly<Record<string, string>> {
    return {
      queryLn: "query_ln",
      keyLn: "key_ln",
      cachedKey: "cached_key",
      cachedValue: "cached_value",
      cacheIndex: "cache_index",
    };
  }

  /**
   * Attends.
   *
   * @param inputsQ - shape `[...batch, queryLength, inFeatures]`; with `decode` the length is 1.
   * @param options - see {@link MultiHeadAttentionCall}; keys and values are made from `inputsQ`
   *   unless `inputsK`, shape `[...batch, keyLength, inKvFeatures]`, is given.
   * @returns shape `[...batch, queryLength, outFeatures]`.
   * @throws {@link RangeError} if the shapes do not fit, or the cache is full.
   * @throws {@link TypeError} if `inputsV` is given without `inputsK`, or an option is unknown.
   * @throws {@link Error} if there is dropout and `deterministic` or a stream is given nowhere, or there is
   *   no cache to decode with.
   */
  forward(inputsQ: TensorLike, options: MultiHeadAttentionCall = {}): Tensor {
    const callee = methodOf(this, "MultiHeadAttention.forward");
    checkOptions(callee, options, CALL_OPTIONS);
    const { inputsK, inputsV, mask = null, isCausal = false } = options;
    if ((inputsV ?? null) !== null && (inputsK ?? null) === null) {
      throw new TypeError(
        `${callee}: inputsV must not be given without inputsK, got ${describe(inputsV)}. Give inputsK alone where both are the same.`,
      );
    }
    const sourceQ = checkFeatures(callee, inputsQ, "inFeatures", this.inFeatures, "inputsQ");
    const sourceK = checkFeatures(
      callee,
      inputsK ?? sourceQ,
      "inKvFeatures",
      this.inKvFeatures,
      "inputsK",
    );
    const sourceV = checkFeatures(
      callee,
      inputsV ?? sourceK,
      "inKvFeatures",
      this.inKvFeatures,
      "inputsV",
    );
    const projected = this.query.forward(sourceQ);
    const query = this.queryLn?.forward(projected) ?? projected;
    const newKey = this.key.forward(sourceK);
    const key = this.keyLn?.forward(newKey) ?? newKey;
    const value = this.value.forward(sourceV);
    const decode = options.decode ?? this.decode;
    const memory = decode ? this.remember(key, value, mask) : { key, value, mask, isCausal };
    const dropoutRng = this.dropoutKey(options.deterministic ?? this.deterministic, options.rngs);
    const mixed = this.attentionFn(query, memory.key, memory.value, {
      mask: memory.mask,
      isCausal: memory.isCausal,
      dropoutRng,
      dropoutRate: this.dropoutRate,
      broadcastDropout: this.broadcastDropout,
      deterministic: dropoutRng === null,
      dtype: this.dtype,
      ...(options.sowWeights === true ? { module: this } : {}),
    });
    return this.out.forward(mixed);
  }

  /**
   * Makes an empty cache for decoding.
   *
   * @param inputShape - `[...batch, length, features]`: the shape that a whole input would have.
   * @param dtype - dtype of the cache; float32 by default.
   * @throws {@link RangeError} if `inputShape` has fewer than 2 axes or no valid lengths.
   */
  initCache(inputShape: Shape, dtype: DType = "float32"): void {
    checkShape("MultiHeadAttention.initCache", inputShape);
    if (inputShape.length < 2) {
      throw new RangeError(
        `MultiHeadAttention.initCache: inputShape must have at least 2 axes, got ${describe(inputShape)}.`,
      );
    }
    const shape = [...inputShape.slice(0, -1), this.numKvHeads, this.headDim];
    this.cachedKey = new Cache(full(shape, 0, dtype));
    this.cachedValue = new Cache(full(shape, 0, dtype));
    this.cacheIndex = new Cache(full([], 0, "int32"));
  }

  /**
   * Takes the flags `deterministic`, `decode`, and `batchSize` with `maxLength` of `view`; the last two
   * give the view an empty cache of its own.
   *
   * @throws {@link RangeError} if one of `batchSize` and `maxLength` is missing or no size.
   */
  setView(flags: {
    readonly deterministic?: boolean;
    readonly decode?: boolean;
    readonly batchSize?: number | readonly number[];
    readonly maxLength?: number;
  }): readonly string[] {
    const { deterministic, decode, batchSize, maxLength } = flags;
    if (deterministic !== undefined) this.deterministic = deterministic;
    if (decode !== undefined) this.decode = decode;
    if (batchSize !== undefined || maxLength !== undefined) {
      if (batchSize === undefined || maxLength === undefined) {
        throw new RangeError(
          `view: batchSize and maxLength must be given together, got ${describe(batchSize)} and ${describe(maxLength)}.`,
        );
      }
      const batch = typeof batchSize === "number" ? [batchSize] : batchSize;
      this.initCache([...batch, maxLength, this.inFeatures], this.dtype ?? "float32");
    }
    return ["deterministic", "decode", "batchSize", "maxLength"];
  }

  /** Puts one position into the cache; returns everything so far and a mask that hides the rest. */
  private remember(
    key: Tensor,
    value: Tensor,
    mask: TensorLike | null,
  ): { key: Tensor; value: Tensor; mask: Tensor | null; isCausal: false } {
    const { cachedKey, cachedValue, cacheIndex } = this;
    if (cachedKey === null || cachedValue === null || cacheIndex === null) {
      throw new Error(
        `${methodOf(this, "MultiHeadAttention.forward")}: the cache must be made before decoding, got none. Call initCache with the shape of a whole input.`,
      );
    }
    const { shape } = cachedKey;
    const [length, ...rest] = shape.slice(-3);
    const batch = shape.slice(0, -3);
    if (!sameShape(key.shape, [...batch, 1, ...rest])) {
      throw new RangeError(
        `${methodOf(this, "MultiHeadAttention.forward")}: key must have one position and the batch axes of the cache, shape ${describe([...batch, 1, ...rest])}, got shape ${describe(key.shape)}.`,
      );
    }
    const index = cacheIndex.value;
    if (!isTracer(index) && Number(index.item()) >= length) {
      throw new RangeError(
        `${methodOf(this, "MultiHeadAttention.forward")}: the cache must have room for one more position, got ${length} of ${length}.`,
      );
    }
    const positions = arange(0, length, 1, "int32");
    const here = reshape(equal(positions, index), [length, 1, 1]);
    cachedKey.value = where(here, astype(key, cachedKey.dtype), cachedKey.value);
    cachedValue.value = where(here, astype(value, cachedValue.dtype), cachedValue.value);
    cacheIndex.value = add(index, 1);
    const past = reshape(lessEqual(positions, index), [...batch.map(() => 1), 1, 1, length]);
    return {
      key: cachedKey.value,
      value: cachedValue.value,
      mask: combineMasks([mask, past], { dtype: "bool" }),
      // The cache holds nothing of the future.
      isCausal: false,
    };
  }

  /** The key of this call's dropout mask; null for none. */
  private dropoutKey(deterministic: boolean | null, rngs: RandomSource | undefined): Key | null {
    if (this.dropoutRate === 0) return null;
    if (deterministic === null) {
      throw new Error(
        `${methodOf(this, "MultiHeadAttention.forward")}: deterministic must be given, got null. Set it in the constructor, pass it to forward, or call train(), eval() or view().`,
      );
    }
    if (deterministic) return null;
    return drawKey(methodOf(this, "MultiHeadAttention.forward"), rngs ?? this.rngs, "dropout");
  }
}

function checkShare(
  argument: string,
  size: number,
  rule: "divide" | "be a multiple of",
  whole: string,
  total: number,
): void {
  checkSize("MultiHeadAttention", argument, size);
  const remainder = rule === "divide" ? total % size : size % total;
  if (remainder !== 0) {
    throw new RangeError(
      `MultiHeadAttention: ${argument} must ${rule} ${whole} = ${total}, got ${size}.`,
    );
  }
}

const CALL_OPTIONS: readonly string[] = [
  "inputsK",
  "inputsV",
  "mask",
  "isCausal",
  "deterministic",
  "decode",
  "rngs",
  "sowWeights",
];

const OPTIONS: readonly string[] = [
  "rngs",
  "qkvFeatures",
  "outFeatures",
  "numKvHeads",
  "inKvFeatures",
  "dropoutRate",
  "broadcastDropout",
  "deterministic",
  "decode",
  "normalizeQk",
  "useBias",
  "keepRngs",
  "attentionFn",
  "dtype",
  "paramDtype",
  "kernelInit",
  "kernelMetadata",
  "outKernelInit",
  "outKernelMetadata",
  "biasInit",
  "biasMetadata",
  "outBiasInit",
  "outBiasMetadata",
  "queryLnScaleMetadata",
  "keyLnScaleMetadata",
];
