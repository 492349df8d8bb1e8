import type { DType } from "@flaxen/dtype";
import { add, convGeneralDilated, multiply, reshape, toTensor } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { lecunNormal, zeros } from "@flaxen/initializers";
import {
  checkInput,
  checkFloatDType,
  checkOptions,
  checkRngs,
  checkSize,
  checkSizes,
} from "./arguments.ts";
import { initialValue } from "./abstract.ts";
import { checkMask, checkSpatial, flattenBatch } from "./conv-input.ts";
import { applyPadding, checkPadding } from "./conv-padding.ts";
import type { ConvPadding } from "./conv-padding.ts";
import { promoteDtype } from "./dtypes.ts";
import type { LinearOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { methodOf } from "./places.ts";
import { Param } from "./variable-types.ts";

/** Settings of `Conv`. */
export interface ConvOptions extends LinearOptions {
  /**
   * Size of the window on each spatial axis. A number means one spatial axis, not a square:
   * images take `[3, 3]`.
   */
  readonly kernelSize: number | readonly number[];
  /** Step between windows on all or each spatial axes; 1 by default. */
  readonly strides?: number | readonly number[];
  /** See {@link ConvPadding}; `"SAME"` by default. */
  readonly padding?: ConvPadding;
  /** Distance between neighbouring input elements; 1 by default. More needs padding in numbers. */
  readonly inputDilation?: number | readonly number[];
  /** Distance between neighbouring kernel taps; 1 by default. */
  readonly kernelDilation?: number | readonly number[];
  /** Number of groups into which the features are cut, a divisor of both sizes; 1 by default. */
  readonly featureGroupCount?: number;
  /** An array of the kernel's shape that the kernel is multiplied with; it is no state. */
  readonly mask?: TensorLike | undefined;
}

/**
 * A convolution over any number of spatial axes, channels last; the kernel is not flipped.
 *
 * `y[n, p, o] = sum over k, i of x[n, p * strides + k * kernelDilation - low, i] * kernel[k, i, o] + bias[o]`,
 * where `i` runs over the input features of the group of `o`. `"SAME"` pads so that the output has
 * `ceil(n / stride)` elements, an odd one at the end (`"SAME_LOWER"`: at the start); `"CIRCULAR"` and
 * `"REFLECT"` continue the input instead of padding zeros; `"CAUSAL"` pads in front only.
 *
 * @see Dumoulin and Visin (2016), "A guide to convolution arithmetic for deep learning".
 *   https://arxiv.org/abs/1603.07285
 *
 * @example
 * ```ts
 * import { ones } from "@flaxen/ndarray";
 * import { Conv, Rngs } from "@flaxen/nnx";
 *
 * const conv = new Conv(1, 16, { kernelSize: [3, 3], strides: 2, rngs: new Rngs(0) });
 * conv.kernel.shape; // => [3, 3, 1, 16]
 * conv.forward(ones([5, 8, 8, 1])).shape; // => [5, 4, 4, 16]
 * conv.forward(ones([8, 8, 1])).shape; // => [4, 4, 16]
 * ```
 */
export class Conv extends Module {
  /** Size of the last axis of the input. */
  readonly inFeatures: number;
  /** Size of the last axis of the output. */
  readonly outFeatures: number;
  /** As given: a number for one spatial axis. */
  readonly kernelSize: number | readonly number[];
  /** Step between windows on each spatial axis. */
  readonly strides: readonly number[];
  /** As given. */
  readonly padding: ConvPadding;
  /** Distance between neighbouring input elements on each spatial axis. */
  readonly inputDilation: readonly number[];
  /** Distance between neighbouring kernel taps on each spatial axis. */
  readonly kernelDilation: readonly number[];
  /** Number of feature groups. */
  readonly featureGroupCount: number;
  /** Whether a bias is added. */
  readonly useBias: boolean;
  /** What the kernel is multiplied with; null for nothing. */
  readonly mask: Tensor | null;
  /** The dtype to compute in; undefined for the common one of input and parameters. */
  readonly dtype: DType | undefined;
  /** The dtype in which the parameters were made. */
  readonly paramDtype: DType;
  /** Shape `[...kernelSize, inFeatures / featureGroupCount, outFeatures]`. */
  kernel: Param;
  /** Shape `[outFeatures]`; null without bias. */
  bias: Param | null;

  /**
   * Makes the parameters.
   *
   * @param inFeatures - size of the last axis of the input, at least 1.
   * @param outFeatures - size of the last axis of the output, at least 1.
   * @param options - see {@link ConvOptions}; `kernelSize` and `rngs` are required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown, or one is of a wrong type.
   * @throws {@link RangeError} if a size, stride, dilation, padding, group count or mask does not fit.
   */
  constructor(inFeatures: number, outFeatures: number, options: ConvOptions) {
    super();
    checkSize("Conv", "inFeatures", inFeatures);
    checkSize("Conv", "outFeatures", outFeatures);
    checkOptions("Conv", options, OPTIONS);
    const {
      kernelSize,
      rngs,
      strides = 1,
      padding = "SAME",
      inputDilation = 1,
      kernelDilation = 1,
      featureGroupCount = 1,
      useBias = true,
      mask,
      dtype,
      paramDtype = "float32",
      kernelInit = lecunNormal(),
      kernelMetadata,
      biasInit = zeros,
      biasMetadata,
    } = options;
    const spatial = typeof kernelSize === "number" ? [kernelSize] : kernelSize;
    checkSizes("Conv", "kernelSize", spatial, null);
    checkRngs("Conv", rngs);
    checkFloatDType("Conv", "dtype", dtype);
    checkFloatDType("Conv", "paramDtype", paramDtype);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.kernelSize = kernelSize;
    this.strides = checkSizes("Conv", "strides", strides, spatial.length);
    this.inputDilation = checkSizes("Conv", "inputDilation", inputDilation, spatial.length);
    this.kernelDilation = checkSizes("Conv", "kernelDilation", kernelDilation, spatial.length);
    checkPadding("Conv", padding, spatial.length, this.inputDilation);
    this.padding = padding;
    checkGroups(featureGroupCount, inFeatures, outFeatures);
    this.featureGroupCount = featureGroupCount;
    this.useBias = useBias;
    this.dtype = dtype;
    this.paramDtype = paramDtype;
    const kernelShape = [...spatial, inFeatures / featureGroupCount, outFeatures];
    this.mask = mask === undefined ? null : checkMask("Conv", toTensor(mask), kernelShape);
    this.kernel = new Param(
      initialValue(kernelInit, rngs.params, kernelShape, paramDtype),
      kernelMetadata,
    );
    this.bias = useBias
      ? new Param(initialValue(biasInit, rngs.params, [outFeatures], paramDtype), biasMetadata)
      : null;
  }

  /**
   * Convolves.
   *
   * @param x - shape `[...batch, ...spatial, inFeatures]` with any number of batch axes, also none.
   *   If `kernelSize` was a number, there may be at most one batch axis.
   * @returns shape `[...batch, ...spatial, outFeatures]`.
   * @throws {@link RangeError} if `x` has too few or too many axes or another size on the last one.
   */
  forward(x: TensorLike): Tensor {
    const { strides, inputDilation, kernelDilation, featureGroupCount, mask } = this;
    const input = checkSpatial(
      methodOf(this, "Conv.forward"),
      checkInput(methodOf(this, "Conv.forward"), x),
      this,
    );
    const batch = input.shape.slice(0, input.ndim - strides.length - 1);
    const window = kernelDilation.map((d, axis) => (this.kernel.shape[axis] - 1) * d + 1);
    const [padded, padding] = applyPadding(
      methodOf(this, "Conv.forward"),
      flattenBatch(input, batch),
      this.padding,
      window,
    );
    const weights = mask === null ? this.kernel.value : multiply(this.kernel.value, mask);
    const [h, kernel, bias] = promoteDtype([padded, weights, this.bias?.value ?? null], this);
    const y = convGeneralDilated(h, kernel, {
      strides,
      padding,
      lhsDilation: inputDilation,
      rhsDilation: kernelDilation,
      featureGroupCount,
    });
    const biased = bias === null ? y : add(y, bias);
    return batch.length === 1 ? biased : reshape(biased, [...batch, ...y.shape.slice(1)]);
  }
}

function checkGroups(groups: number, inFeatures: number, outFeatures: number): void {
  checkSize("Conv", "featureGroupCount", groups);
  if (inFeatures % groups !== 0 || outFeatures % groups !== 0) {
    throw new RangeError(
      `Conv: featureGroupCount must divide inFeatures = ${inFeatures} and outFeatures = ${outFeatures}, got ${groups}.`,
    );
  }
}

const OPTIONS: readonly string[] = [
  "kernelSize",
  "rngs",
  "strides",
  "padding",
  "inputDilation",
  "kernelDilation",
  "featureGroupCount",
  "useBias",
  "mask",
  "dtype",
  "paramDtype",
  "kernelInit",
  "kernelMetadata",
  "biasInit",
  "biasMetadata",
];
