import type { DType } from "@flaxen/dtype";
import { add, matmul } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { lecunNormal, zeros } from "@flaxen/initializers";
import type { Initializer } from "@flaxen/initializers";
import { checkFeatures, checkFloatDType, checkOptions, checkRngs, checkSize } from "./arguments.ts";
import { initialValue } from "./abstract.ts";
import { promoteDtype } from "./dtypes.ts";
import { Module } from "./module.ts";
import { methodOf } from "./places.ts";
import type { Rngs } from "./rngs.ts";
import { Param } from "./variable-types.ts";
import type { Metadata } from "./variable.ts";

/** Settings of `Linear`. */
export interface LinearOptions {
  /** Draws one key of `params` for the kernel, then one for the bias. */
  readonly rngs: Rngs;
  /** Whether a bias is added; true by default. */
  readonly useBias?: boolean;
  /** The dtype to compute in; by default the common one of input and parameters. */
  readonly dtype?: DType | undefined;
  /** The dtype of the parameters; float32 by default. */
  readonly paramDtype?: DType;
  /** Makes the kernel; `lecunNormal()` by default. */
  readonly kernelInit?: Initializer;
  /** Metadata of the kernel; none by default. */
  readonly kernelMetadata?: Metadata | undefined;
  /** Makes the bias; zeros by default. */
  readonly biasInit?: Initializer;
  /** Metadata of the bias; none by default. */
  readonly biasMetadata?: Metadata | undefined;
}

/**
 * An affine map of the last axis: `y = x kernel + bias`.
 *
 * @example
 * ```ts
 * import { Linear, Rngs } from "@flaxen/nnx";
 *
 * const linear = new Linear(3, 4, { rngs: new Rngs(0) });
 * linear.kernel.shape; // => [3, 4]
 * linear.forward([[1, 2, 3], [4, 5, 6]]).shape; // => [2, 4]
 * linear.forward([1, 2]); // throws RangeError: Linear.forward: x must have inFeatures = 3 on its last axis, got shape [2].
 * ```
 */
export class Linear extends Module {
  /** Size of the last axis of the input. */
  readonly inFeatures: number;
  /** Size of the last axis of the output. */
  readonly outFeatures: number;
  /** Whether a bias is added. */
  readonly useBias: boolean;
  /** The dtype to compute in; undefined for the common one of input and parameters. */
  readonly dtype: DType | undefined;
  /** The dtype in which the parameters were made. */
  readonly paramDtype: DType;
  /** Shape `[inFeatures, outFeatures]`. */
  kernel: Param;
  /** Shape `[outFeatures]`; null without bias. */
  bias: Param | null;

  /**
   * Makes the parameters.
   *
   * @param inFeatures - size of the last axis of the input, at least 1.
   * @param outFeatures - size of the last axis of the output, at least 1.
   * @param options - see {@link LinearOptions}; `rngs` is required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown, or a dtype is not floating.
   * @throws {@link RangeError} if a size is not a positive integer.
   */
  constructor(inFeatures: number, outFeatures: number, options: LinearOptions) {
    super();
    checkSize("Linear", "inFeatures", inFeatures);
    checkSize("Linear", "outFeatures", outFeatures);
    checkOptions("Linear", options, OPTIONS);
    const {
      rngs,
      useBias = true,
      dtype,
      paramDtype = "float32",
      kernelInit = lecunNormal(),
      kernelMetadata,
      biasInit = zeros,
      biasMetadata,
    } = options;
    checkRngs("Linear", rngs);
    checkFloatDType("Linear", "dtype", dtype);
    checkFloatDType("Linear", "paramDtype", paramDtype);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.useBias = useBias;
    this.dtype = dtype;
    this.paramDtype = paramDtype;
    this.kernel = new Param(
      initialValue(kernelInit, rngs.params, [inFeatures, outFeatures], paramDtype),
      kernelMetadata,
    );
    this.bias = useBias
      ? new Param(initialValue(biasInit, rngs.params, [outFeatures], paramDtype), biasMetadata)
      : null;
  }

  /**
   * Applies the map.
   *
   * @param x - shape `[..., inFeatures]`.
   * @returns shape `[..., outFeatures]`.
   * @throws {@link RangeError} if the last axis of `x` has another size.
   */
  forward(x: TensorLike): Tensor {
    const input = checkFeatures(methodOf(this, "Linear.forward"), x, "inFeatures", this.inFeatures);
    const [h, kernel, bias] = promoteDtype(
      [input, this.kernel.value, this.bias?.value ?? null],
      this,
    );
    const y = matmul(h, kernel);
    return bias === null ? y : add(y, bias);
  }
}

const OPTIONS: readonly string[] = [
  "rngs",
  "useBias",
  "dtype",
  "paramDtype",
  "kernelInit",
  "kernelMetadata",
  "biasInit",
  "biasMetadata",
];
