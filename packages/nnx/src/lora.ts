import type { DType } from "@flaxen/dtype";
import { add, matmul } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { heUniform, zeros } from "@flaxen/initializers";
import type { Initializer } from "@flaxen/initializers";
import {
  checkFeatures,
  checkFloatDType,
  checkLayer,
  checkOptions,
  checkRngs,
  checkSize,
} from "./arguments.ts";
import { initialValue } from "./abstract.ts";
import { promoteDtype } from "./dtypes.ts";
import { Linear } from "./linear.ts";
import type { LinearOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { methodOf } from "./places.ts";
import type { Rngs } from "./rngs.ts";
import { Param } from "./variable-types.ts";
import type { Metadata } from "./variable.ts";

/**
 * A parameter of a low-rank adapter, so that adapters can be trained or saved alone.
 *
 * @example
 * ```ts
 * import { LoRALinear, LoRAParam, Rngs, state, toFlatState } from "@flaxen/nnx";
 *
 * const linear = new LoRALinear(2, 3, { loraRank: 1, rngs: new Rngs(0) });
 * const adapters = toFlatState(state(linear, LoRAParam));
 * adapters.map(([path]) => path.join(".")); // => ["lora.loraA", "lora.loraB"]
 * ```
 */
export class LoRAParam<T = Tensor> extends Param<T> {
  /** `"LoRAParam"`. */
  override get kind(): "LoRAParam" {
    return "LoRAParam";
  }
}

/** A class of parameters for adapters. */
export type LoRAParamClass = new (value: Tensor, metadata?: Metadata) => Param;

/** Settings of `LoRA`. */
export interface LoRAOptions {
  /** Draws one key of `params` for `loraA`, then one for `loraB`. */
  readonly rngs: Rngs;
  /** The layer whose output is added; none by default. */
  readonly baseModule?: LoRABase | null;
  /** Makes `loraA`; `heUniform()` by default. */
  readonly aInitializer?: Initializer;
  /** Metadata of `loraA`; none by default. */
  readonly aMetadata?: Metadata | undefined;
  /** Makes `loraB`; zeros by default, so that an untrained adapter changes nothing. */
  readonly bInitializer?: Initializer;
  /** Metadata of `loraB`; none by default. */
  readonly bMetadata?: Metadata | undefined;
  /** The class of the parameters; `LoRAParam` by default. */
  readonly loraParamType?: LoRAParamClass;
  /** The dtype to compute in; by default the common one of input and parameters. */
  readonly dtype?: DType | undefined;
  /** The dtype of the parameters; float32 by default. */
  readonly paramDtype?: DType;
}

/** A layer that can be adapted. */
export interface LoRABase extends Module {
  /** Applies the layer. */
  forward(x: Tensor): Tensor;
}

/**
 * A low-rank adapter: `y = x loraA loraB`, plus the output of the layer that is adapted.
 *
 * @see Hu et al. (2021), "LoRA: low-rank adaptation of large language models", equation 3.
 *   https://arxiv.org/abs/2106.09685. Here nothing is scaled by `alpha / rank`.
 *
 * @example
 * ```ts
 * import { ones } from "@flaxen/ndarray";
 * import { Linear, LoRA, Rngs } from "@flaxen/nnx";
 *
 * const rngs = new Rngs(0);
 * const base = new Linear(4, 3, { rngs });
 * const adapted = new LoRA(4, 2, 3, { baseModule: base, rngs });
 * adapted.loraA.shape; // => [4, 2]
 * const x = ones([1, 4]);
 * String(adapted.forward(x)) === String(base.forward(x)); // => true
 * ```
 */
export class LoRA extends Module {
  /** Size of the last axis of the input. */
  readonly inFeatures: number;
  /** Size of the last axis of the output. */
  readonly outFeatures: number;
  /** The dtype to compute in; undefined for the common one of input and parameters. */
  readonly dtype: DType | undefined;
  /** The dtype in which the parameters were made. */
  readonly paramDtype: DType;
  /** The layer whose output is added; null for none. */
  baseModule: LoRABase | null;
  /** Shape `[inFeatures, loraRank]`. */
  loraA: Param;
  /** Shape `[loraRank, outFeatures]`. */
  loraB: Param;

  /**
   * Makes the parameters.
   *
   * @param inFeatures - size of the last axis of the input, at least 1.
   * @param loraRank - rank of the adapter, at least 1.
   * @param outFeatures - size of the last axis of the output, at least 1.
   * @param options - see {@link LoRAOptions}; `rngs` is required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown or of a wrong type.
   * @throws {@link RangeError} if a size is not a positive integer.
   */
  constructor(inFeatures: number, loraRank: number, outFeatures: number, options: LoRAOptions) {
    super();
    checkSize("LoRA", "inFeatures", inFeatures);
    checkSize("LoRA", "loraRank", loraRank);
    checkSize("LoRA", "outFeatures", outFeatures);
    checkOptions("LoRA", options, OPTIONS);
    const {
      rngs,
      baseModule = null,
      aInitializer = heUniform(),
      aMetadata,
      bInitializer = zeros,
      bMetadata,
      loraParamType: Type = LoRAParam,
      dtype,
      paramDtype = "float32",
    } = options;
    checkRngs("LoRA", rngs);
    checkFloatDType("LoRA", "dtype", dtype);
    checkFloatDType("LoRA", "paramDtype", paramDtype);
    if (baseModule !== null) checkLayer("LoRA", "baseModule", baseModule);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.dtype = dtype;
    this.paramDtype = paramDtype;
    this.baseModule = baseModule;
    this.loraA = new Type(
      initialValue(aInitializer, rngs.params, [inFeatures, loraRank], paramDtype),
      aMetadata,
    );
    this.loraB = new Type(
      initialValue(bInitializer, rngs.params, [loraRank, outFeatures], paramDtype),
      bMetadata,
    );
  }

  /** Names of several words have underscores in files. */
  override get fileNames(): Readonly<Record<string, string>> {
    return { baseModule: "base_module", loraA: "lora_a", loraB: "lora_b" };
  }

  /**
   * Applies the adapter.
   *
   * @param x - shape `[..., inFeatures]`.
   * @returns shape `[..., outFeatures]`.
   * @throws {@link RangeError} if the last axis of `x` has another size.
   */
  forward(x: TensorLike): Tensor {
    const input = checkFeatures(methodOf(this, "LoRA.forward"), x, "inFeatures", this.inFeatures);
    const [h, a, b] = promoteDtype([input, this.loraA.value, this.loraB.value], this);
    const y = matmul(matmul(h, a), b);
    return this.baseModule === null ? y : add(y, this.baseModule.forward(h));
  }
}

/** Settings of `LoRALinear`: those of `Linear` and those of its adapter. */
export interface LoRALinearOptions extends LinearOptions {
  /** Rank of the adapter, at least 1. */
  readonly loraRank: number;
  /** The dtype that the adapter computes in; by default the common one of input and parameters. */
  readonly loraDtype?: DType | undefined;
  /** The dtype of the parameters of the adapter; float32 by default. */
  readonly loraParamDtype?: DType;
  /** Makes `loraA`; `heUniform()` by default. */
  readonly aInitializer?: Initializer;
  /** Metadata of `loraA`; none by default. */
  readonly aMetadata?: Metadata | undefined;
  /** Makes `loraB`; zeros by default. */
  readonly bInitializer?: Initializer;
  /** Metadata of `loraB`; none by default. */
  readonly bMetadata?: Metadata | undefined;
  /** The class of the adapter's parameters; `LoRAParam` by default. */
  readonly loraParamType?: LoRAParamClass;
}

/**
 * A `Linear` with a low-rank adapter: `y = x kernel + bias + x loraA loraB`.
 *
 * Kernel and bias have the paths of a `Linear`, so its files can be loaded with `strict: false`.
 *
 * @example
 * ```ts
 * import { DiffState, grad, LoRALinear, LoRAParam, Rngs } from "@flaxen/nnx";
 * import { sum } from "@flaxen/autodiff";
 *
 * const linear = new LoRALinear(4, 3, { loraRank: 2, rngs: new Rngs(0) });
 * const loss = (model: LoRALinear) => sum(model.forward([1, 2, 3, 4]));
 * const grads = grad(loss, { argnums: DiffState(0, LoRAParam) })(linear);
 * Object.keys(grads); // => ["lora"]
 * ```
 */
export class LoRALinear extends Linear {
  /** The adapter. */
  lora: LoRA;

  /**
   * Makes the parameters: first those of `Linear`, then those of the adapter.
   *
   * @param inFeatures - size of the last axis of the input, at least 1.
   * @param outFeatures - size of the last axis of the output, at least 1.
   * @param options - see {@link LoRALinearOptions}; `rngs` and `loraRank` are required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown or of a wrong type.
   * @throws {@link RangeError} if a size is not a positive integer.
   */
  constructor(inFeatures: number, outFeatures: number, options: LoRALinearOptions) {
    const [linear, lora] = divideOptions(options);
    super(inFeatures, outFeatures, linear);
    this.lora = new LoRA(inFeatures, options.loraRank, outFeatures, lora);
  }

  /**
   * Applies map and adapter.
   *
   * @param x - shape `[..., inFeatures]`.
   * @returns shape `[..., outFeatures]`.
   * @throws {@link RangeError} if the last axis of `x` has another size.
   */
  override forward(x: TensorLike): Tensor {
    return add(super.forward(x), this.lora.forward(x));
  }
}

/** The options of the map, which refuses unknown ones, and those of the adapter. */
function divideOptions(options: LoRALinearOptions): [LinearOptions, LoRAOptions] {
  if (typeof options !== "object" || options === null) return [options, options];
  const {
    loraRank: _,
    loraDtype: dtype,
    loraParamDtype: paramDtype = "float32",
    aInitializer = heUniform(),
    aMetadata,
    bInitializer = zeros,
    bMetadata,
    loraParamType = LoRAParam,
    ...linear
  } = options;
  const { rngs } = linear;
  return [
    linear,
    { rngs, dtype, paramDtype, aInitializer, aMetadata, bInitializer, bMetadata, loraParamType },
  ];
}

const OPTIONS: readonly string[] = [
  "rngs",
  "baseModule",
  "aInitializer",
  "aMetadata",
  "bInitializer",
  "bMetadata",
  "loraParamType",
  "dtype",
  "paramDtype",
];
