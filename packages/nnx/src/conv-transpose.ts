import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import {
  add,
  convGeneralDilated,
  flip,
  multiply,
  pad,
  reshape,
  sum,
  toTensor,
  transpose,
} from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { lecunNormal, zeros } from "@flaxen/initializers";
import {
  checkFloatDType,
  checkInput,
  checkOptions,
  checkRngs,
  checkSize,
  checkSizes,
} from "./arguments.ts";
import { initialValue } from "./abstract.ts";
import { checkMask, checkSpatial, flattenBatch } from "./conv-input.ts";
import { isAmount } from "./conv-padding.ts";
import { promoteDtype } from "./dtypes.ts";
import type { LinearOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { methodOf } from "./places.ts";
import { Param } from "./variable-types.ts";

/**
 * How `ConvTranspose` pads the dilated input: by a rule's name, by the same number on all sides, or
 * by one number or `[low, high]` pair for each axis. A padding `p` of PyTorch corresponds to the
 * number `(kernelSize - 1) * kernelDilation - p`.
 */
export type ConvTransposePadding =
  "SAME" | "VALID" | "CIRCULAR" | number | readonly (number | readonly [number, number])[];

/** Settings of `ConvTranspose`. */
export interface ConvTransposeOptions extends LinearOptions {
  /**
   * Size of the window on each spatial axis. A number means one spatial axis, not a square:
   * images take `[3, 3]`.
   */
  readonly kernelSize: number | readonly number[];
  /** Factor by which all or each spatial axes grow; 1 by default. */
  readonly strides?: number | readonly number[];
  /** See {@link ConvTransposePadding}; `"SAME"` by default. */
  readonly padding?: ConvTransposePadding;
  /** Distance between neighbouring kernel taps; 1 by default. */
  readonly kernelDilation?: number | readonly number[];
  /** An array of the kernel's shape that the kernel is multiplied with; it is no state. */
  readonly mask?: TensorLike | undefined;
  /**
   * Whether the kernel is held as that of the convolution whose transpose this is, spatially flipped
   * and with the features swapped, as Keras and PyTorch hold it; false by default.
   */
  readonly transposeKernel?: boolean;
}

/**
 * A transposed convolution over any number of spatial axes, channels last: a convolution of stride 1
 * over the input with `strides - 1` zeros between its elements.
 *
 * On an axis of `n` elements with `k = (kernelSize - 1) * kernelDilation + 1` and stride `s`, `"SAME"`
 * gives `n * s` elements and `"VALID"` `n * s + max(k - s, 0)`; `"CIRCULAR"` folds the latter
 * periodically into `n * s`.
 *
 * @see Dumoulin and Visin (2016), "A guide to convolution arithmetic for deep learning", chapter 4.
 *   https://arxiv.org/abs/1603.07285
 *
 * @example
 * ```ts
 * import { ones } from "@flaxen/ndarray";
 * import { ConvTranspose, Rngs } from "@flaxen/nnx";
 *
 * const up = new ConvTranspose(4, 2, { kernelSize: [3, 3], strides: 2, rngs: new Rngs(0) });
 * up.kernel.shape; // => [3, 3, 4, 2]
 * up.forward(ones([5, 8, 8, 4])).shape; // => [5, 16, 16, 2]
 * ```
 */
export class ConvTranspose extends Module {
  /** Size of the last axis of the input. */
  readonly inFeatures: number;
  /** Size of the last axis of the output. */
  readonly outFeatures: number;
  /** As given: a number for one spatial axis. */
  readonly kernelSize: number | readonly number[];
  /** Factor by which each spatial axis grows. */
  readonly strides: readonly number[];
  /** As given. */
  readonly padding: ConvTransposePadding;
  /** Distance between neighbouring kernel taps on each spatial axis. */
  readonly kernelDilation: readonly number[];
  /** Whether a bias is added. */
  readonly useBias: boolean;
  /** What the kernel is multiplied with; null for nothing. */
  readonly mask: Tensor | null;
  /** The dtype to compute in; undefined for the common one of input and parameters. */
  readonly dtype: DType | undefined;
  /** The dtype in which the parameters were made. */
  readonly paramDtype: DType;
  /** Whether the kernel is held flipped and swapped. */
  readonly transposeKernel: boolean;
  /**
   * Shape `[...kernelSize, inFeatures, outFeatures]`, or with `transposeKernel`
   * `[...kernelSize, outFeatures, inFeatures]`.
   */
  kernel: Param;
  /** Shape `[outFeatures]`; null without bias. */
  bias: Param | null;

  /**
   * Makes the parameters.
   *
   * @param inFeatures - size of the last axis of the input, at least 1.
   * @param outFeatures - size of the last axis of the output, at least 1.
   * @param options - see {@link ConvTransposeOptions}; `kernelSize` and `rngs` are required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown, or one is of a wrong type.
   * @throws {@link RangeError} if a size, stride, dilation, padding or mask does not fit.
   */
  constructor(inFeatures: number, outFeatures: number, options: ConvTransposeOptions) {
    super();
    checkSize("ConvTranspose", "inFeatures", inFeatures);
    checkSize("ConvTranspose", "outFeatures", outFeatures);
    checkOptions("ConvTranspose", options, OPTIONS);
    const {
      kernelSize,
      rngs,
      strides = 1,
      padding = "SAME",
      kernelDilation = 1,
      useBias = true,
      mask,
      dtype,
      paramDtype = "float32",
      kernelInit = lecunNormal(),
      kernelMetadata,
      biasInit = zeros,
      biasMetadata,
      transposeKernel = false,
    } = options;
    const spatial = typeof kernelSize === "number" ? [kernelSize] : kernelSize;
    checkSizes("ConvTranspose", "kernelSize", spatial, null);
    const rank = spatial.length;
    checkRngs("ConvTranspose", rngs);
    checkFloatDType("ConvTranspose", "dtype", dtype);
    checkFloatDType("ConvTranspose", "paramDtype", paramDtype);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.kernelSize = kernelSize;
    this.strides = checkSizes("ConvTranspose", "strides", strides, rank);
    this.kernelDilation = checkSizes("ConvTranspose", "kernelDilation", kernelDilation, rank);
    checkPadding(padding, rank);
    this.padding = padding;
    this.useBias = useBias;
    this.dtype = dtype;
    this.paramDtype = paramDtype;
    this.transposeKernel = transposeKernel;
    const features = transposeKernel ? [outFeatures, inFeatures] : [inFeatures, outFeatures];
    const shape = [...spatial, ...features];
    this.mask = mask === undefined ? null : checkMask("ConvTranspose", toTensor(mask), shape);
    this.kernel = new Param(
      initialValue(kernelInit, rngs.params, shape, paramDtype),
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
    const { strides, kernelDilation, mask } = this;
    const rank = strides.length;
    const input = checkSpatial(
      methodOf(this, "ConvTranspose.forward"),
      checkInput(methodOf(this, "ConvTranspose.forward"), x),
      this,
    );
    const batch = input.shape.slice(0, -rank - 1);
    const weights = mask === null ? this.kernel.value : multiply(this.kernel.value, mask);
    const [h, kernel, bias] = promoteDtype([input, weights, this.bias?.value ?? null], this);
    const window = kernelDilation.map((d, axis) => (kernel.shape[axis] - 1) * d + 1);
    const y = convGeneralDilated(
      flattenBatch(h, batch),
      this.transposeKernel ? turned(kernel) : kernel,
      {
        padding: amounts(this.padding, window, strides),
        lhsDilation: strides,
        rhsDilation: kernelDilation,
      },
    );
    const periods = strides.map((stride, axis) => stride * input.shape[batch.length + axis]);
    const folded = this.padding === "CIRCULAR" ? fold(y, periods, this.transposeKernel) : y;
    const biased = bias === null ? folded : add(folded, bias);
    return batch.length === 1 ? biased : reshape(biased, [...batch, ...folded.shape.slice(1)]);
  }
}

/** The kernel of the forward convolution, as the transposed one needs it. */
function turned(kernel: Tensor): Tensor {
  const spatial = kernel.shape.map((_, axis) => axis).slice(0, -2);
  const { length } = spatial;
  return transpose(flip(kernel, spatial), [...spatial, length + 1, length]);
}

function amounts(
  padding: ConvTransposePadding,
  window: readonly number[],
  strides: readonly number[],
): readonly (readonly [number, number])[] {
  if (typeof padding !== "string") {
    return window.map((_, axis) => {
      const amount = typeof padding === "number" ? padding : padding[axis];
      return typeof amount === "number" ? [amount, amount] : amount;
    });
  }
  return window.map((k, axis) => {
    const s = strides[axis];
    if (padding !== "SAME") return [k - 1, s - 1 + Math.max(k - s, 0)];
    const low = s > k - 1 ? k - 1 : Math.ceil((k + s - 2) / 2);
    return [low, k + s - 2 - low];
  });
}

/** Adds up what lies a period apart on each spatial axis. */
function fold(y: Tensor, periods: readonly number[], transposeKernel: boolean): Tensor {
  return periods.reduce((folded, period, i) => {
    const axis = i + 1;
    const size = folded.shape[axis];
    if (size === period) return folded;
    // An even number of periods, so that the middle one stays in place.
    const missing = (((period - size) % (2 * period)) + 2 * period) % (2 * period);
    const half = Math.floor(missing / 2);
    const pair = [missing - half, half] as const;
    const [low, high] = transposeKernel ? [pair[1], pair[0]] : pair;
    const padded = pad(
      folded,
      folded.shape.map((_, a) => (a === axis ? [low, high] : [0, 0])),
    );
    const { shape } = padded;
    const rows = [...shape.slice(0, axis), shape[axis] / period, period, ...shape.slice(axis + 1)];
    return sum(reshape(padded, rows), { axis });
  }, y);
}

function checkPadding(padding: unknown, rank: number): void {
  const valid = Array.isArray(padding)
    ? padding.length === rank && padding.every(isAmount)
    : Number.isSafeInteger(padding) || ["SAME", "VALID", "CIRCULAR"].includes(padding as string);
  if (valid) return;
  const message =
    `ConvTranspose: padding must be "SAME", "VALID", "CIRCULAR", an integer, ` +
    `or ${rank} integers or [low, high] pairs, got ${describe(padding)}.`;
  const wrongType = !["string", "number"].includes(typeof padding) && !Array.isArray(padding);
  throw wrongType ? new TypeError(message) : new RangeError(message);
}

const OPTIONS: readonly string[] = [
  "kernelSize",
  "rngs",
  "strides",
  "padding",
  "kernelDilation",
  "useBias",
  "mask",
  "dtype",
  "paramDtype",
  "kernelInit",
  "kernelMetadata",
  "biasInit",
  "biasMetadata",
  "transposeKernel",
];
