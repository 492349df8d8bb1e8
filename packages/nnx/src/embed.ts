import type { DType } from "@flaxen/dtype";
import { astype, broadcastTo, matmul, take, transpose } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { varianceScaling } from "@flaxen/initializers";
import type { Initializer } from "@flaxen/initializers";
import {
  checkFeatures,
  checkFloatDType,
  checkIndices,
  checkOptions,
  checkRngs,
  checkSize,
} from "./arguments.ts";
import { initialValue } from "./abstract.ts";
import { promoteDtype } from "./dtypes.ts";
import { Module } from "./module.ts";
import { methodOf } from "./places.ts";
import type { Rngs } from "./rngs.ts";
import { Param } from "./variable-types.ts";
import type { Metadata } from "./variable.ts";

/** Settings of `Embed`. */
export interface EmbedOptions {
  /** Draws one key of `params`. */
  readonly rngs: Rngs;
  /** The dtype of the result; `paramDtype` by default. */
  readonly dtype?: DType | undefined;
  /** The dtype of the embedding; float32 by default. */
  readonly paramDtype?: DType;
  /** Makes the embedding; normal with a standard deviation of `sqrt(1 / features)` by default. */
  readonly embeddingInit?: Initializer;
  /** Metadata of the embedding; none by default. */
  readonly embeddingMetadata?: Metadata | undefined;
}

/**
 * A lookup table: each integer becomes its row of `embedding`.
 *
 * Negative indices count from the end. An index outside the table gives NaN, except that every index
 * finds the row of a table that has one row only.
 *
 * @example
 * ```ts
 * import { Embed, Rngs } from "@flaxen/nnx";
 *
 * const embed = new Embed(10, 4, { rngs: new Rngs(0) });
 * const h = embed.forward([[1, 2, 3], [4, 5, 6]]);
 * h.shape; // => [2, 3, 4]
 * embed.attend(h).shape; // => [2, 3, 10]
 * embed.forward([0.5]); // throws TypeError: Embed.forward: x must be integers, got float32[1].
 * ```
 */
export class Embed extends Module {
  /** Number of rows. */
  readonly numEmbeddings: number;
  /** Size of a row. */
  readonly features: number;
  /** The dtype of the result. */
  readonly dtype: DType;
  /** The dtype in which the embedding was made. */
  readonly paramDtype: DType;
  /** Shape `[numEmbeddings, features]`. */
  embedding: Param;

  /**
   * Makes the table.
   *
   * @param numEmbeddings - number of rows, at least 1.
   * @param features - size of a row, at least 1.
   * @param options - see {@link EmbedOptions}; `rngs` is required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown, or a dtype is not floating.
   * @throws {@link RangeError} if a size is not a positive integer.
   */
  constructor(numEmbeddings: number, features: number, options: EmbedOptions) {
    super();
    checkSize("Embed", "numEmbeddings", numEmbeddings);
    checkSize("Embed", "features", features);
    checkOptions("Embed", options, OPTIONS);
    const {
      rngs,
      dtype,
      paramDtype = "float32",
      embeddingInit = varianceScaling(1, "fan_in", "normal", { outAxis: 0 }),
      embeddingMetadata,
    } = options;
    checkRngs("Embed", rngs);
    checkFloatDType("Embed", "dtype", dtype);
    checkFloatDType("Embed", "paramDtype", paramDtype);
    this.numEmbeddings = numEmbeddings;
    this.features = features;
    this.dtype = dtype ?? paramDtype;
    this.paramDtype = paramDtype;
    const shape = [numEmbeddings, features];
    this.embedding = new Param(
      initialValue(embeddingInit, rngs.params, shape, paramDtype),
      embeddingMetadata,
    );
  }

  /**
   * Looks up rows.
   *
   * @param x - integers of any shape; lists of whole numbers will do.
   * @returns shape `[...x.shape, features]`.
   * @throws {@link TypeError} if `x` holds no integers.
   */
  forward(x: TensorLike): Tensor {
    const indices = checkIndices(methodOf(this, "Embed.forward"), "x", x);
    const embedding = astype(this.embedding.value, this.dtype);
    if (this.numEmbeddings === 1) return broadcastTo(embedding, [...indices.shape, this.features]);
    return take(embedding, indices, { axis: 0 });
  }

  /**
   * Compares queries with every row: `query embedding^T`, e.g. the output logits of a language model
   * whose input and output embeddings are tied.
   *
   * @param query - shape `[..., features]`.
   * @returns shape `[..., numEmbeddings]`.
   * @throws {@link RangeError} if the last axis of `query` has another size.
   */
  attend(query: TensorLike): Tensor {
    const input = checkFeatures("Embed.attend", query, "features", this.features, "query");
    const [h, embedding] = promoteDtype([input, this.embedding.value], this);
    return matmul(h, transpose(embedding));
  }
}

const OPTIONS: readonly string[] = [
  "rngs",
  "dtype",
  "paramDtype",
  "embeddingInit",
  "embeddingMetadata",
];
