import { describe, isFloating } from "@flaxen/dtype";
import { astype } from "@flaxen/ndarray";
import type { NDArray, Shape } from "@flaxen/ndarray";
import { computeDType, widen } from "./compute-dtype.ts";
import { checkIntegers, dilatedSize, resolvePadding, windowCounts } from "./conv-padding.ts";
import type { WindowGeometry, WindowPadding } from "./conv-padding.ts";
import { floatsOf, writeFloats } from "./floats.ts";
import type { Floats } from "./floats.ts";
import type { ConvolutionGeometry } from "./convolution/geometry.ts";
import {
  convolutionKernel,
  inputGradientKernel,
  kernelGradientKernel,
} from "./convolution/memory-kernels.ts";
import { convolve, convolveInputGradient, convolveKernelGradient } from "./convolution/plain.ts";
import { checkOperand } from "./operands.ts";
import { bind, evaluate } from "./primitive.ts";
import type { Primitive, ShapedArray } from "./primitive.ts";
import { isTensor } from "./tensor.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

/** Options of {@link convGeneralDilated}. */
export interface ConvOptions {
  /** Step between windows on each spatial axis, at least 1; default ones. */
  readonly strides?: Shape;
  /** `"SAME"`, `"VALID"`, `"SAME_LOWER"`, or one `[low, high]` pair for each spatial axis. */
  readonly padding: WindowPadding;
  /** Distance between neighbouring input elements on each spatial axis, at least 1; default ones. */
  readonly lhsDilation?: Shape;
  /** Distance between neighbouring kernel taps on each spatial axis, at least 1; default ones. */
  readonly rhsDilation?: Shape;
  /** Number of groups into which the features are cut, at least 1; default 1. */
  readonly featureGroupCount?: number;
}

/**
 * Convolves channels-last arrays of any number of spatial axes; the kernel is not flipped.
 *
 * `out[n, p, o] = sum over k, i of x[n, p * strides + k * rhsDilation - low, g * (inFeatures / groups) + i] * kernel[k, i, o]`
 * where `g` is the group of the output feature `o`, and elements in the padding or between dilated
 * elements are 0. Each spatial axis of the output has
 * `floor((dilated x + low + high - dilated kernel) / stride) + 1` elements. Every sum runs over taps, then
 * features, in ascending order; zeros of the padding are multiplied (an infinite kernel gives NaN there), those
 * between dilated elements are left out.
 *
 * @param x - shape `[n, ...spatial, inFeatures]`, float16, bfloat16, float32 or float64.
 * @param kernel - shape `[...spatial, inFeatures / featureGroupCount, outFeatures]`, of the dtype of `x`.
 * @param options - `padding` (required; a negative amount crops), `strides`, `lhsDilation`,
 *   `rhsDilation` (default ones) and `featureGroupCount` (default 1). With `featureGroupCount` equal
 *   to `inFeatures` the convolution is depthwise.
 * @returns shape `[n, ...spatial, outFeatures]` of the dtype of `x`. Sums are taken in float32 (float64
 *   for float64) and rounded to 16 bits once.
 * @throws {@link TypeError} if the dtypes differ or are not floating, or an option is of a wrong type.
 * @throws {@link RangeError} if the shapes do not fit together, an option is out of range, or a padding
 *   name is combined with `lhsDilation`.
 * @see Dumoulin and Visin (2016), "A guide to convolution arithmetic for deep learning".
 *   https://arxiv.org/abs/1603.07285
 *
 * @example
 * ```ts
 * import { convGeneralDilated } from "@flaxen/autodiff";
 *
 * const x = [[[1], [2], [3], [4]]]; // one row of 4 elements with 1 feature
 * const kernel = [[[1]], [[10]]]; // 2 taps
 * convGeneralDilated(x, kernel, { padding: "VALID" }); // => [[[21], [32], [43]]]
 * convGeneralDilated(x, kernel, { padding: "SAME", strides: [2] }); // => [[[21], [43]]]
 * convGeneralDilated(x, kernel, { padding: [[1, 0]] }); // => [[[10], [21], [32], [43]]]
 * ```
 */
export function convGeneralDilated(
  x: TensorLike,
  kernel: TensorLike,
  options: ConvOptions,
): Tensor {
  const callee = "convGeneralDilated";
  const input = isTensor(x) ? x : checkOperand(callee, "x", x);
  const weights = isTensor(kernel) ? kernel : checkOperand(callee, "kernel", kernel);
  return bind(convolution, [input, weights], checkConvolution(input, weights, options));
}

interface ConvParams extends WindowGeometry {
  readonly groups: number;
}

function checkConvolution(x: Tensor, kernel: Tensor, options: ConvOptions): ConvParams {
  const callee = "convGeneralDilated";
  if (!isFloating(x.dtype)) {
    throw new TypeError(
      `${callee}: x must be of dtype float16, bfloat16, float32 or float64, got ${describe(x)}.`,
    );
  }
  if (kernel.dtype !== x.dtype) {
    throw new TypeError(
      `${callee}: kernel must have the dtype ${x.dtype} of x, got ${describe(kernel)}. Use astype.`,
    );
  }
  if (x.ndim < 2) {
    throw new RangeError(
      `${callee}: x must have shape [n, ...spatial, inFeatures], got shape ${describe(x.shape)}.`,
    );
  }
  if (kernel.ndim !== x.ndim) {
    throw new RangeError(
      `${callee}: kernel must have as many axes as x, got shapes ${describe(kernel.shape)} and ${describe(x.shape)}.`,
    );
  }
  const rank = x.ndim - 2;
  const inputShape = x.shape.slice(1, -1);
  const windowShape = kernel.shape.slice(0, rank);
  if (windowShape.includes(0)) {
    throw new RangeError(
      `${callee}: kernel must have at least one tap on each spatial axis, got shape ${describe(kernel.shape)}.`,
    );
  }
  const groups = checkGroups(callee, x.shape, kernel.shape, options.featureGroupCount ?? 1);
  const ones = inputShape.map(() => 1);
  const strides = checkIntegers(callee, "strides", options.strides ?? ones, rank, 1);
  const lhsDilation = checkIntegers(callee, "lhsDilation", options.lhsDilation ?? ones, rank, 1);
  const rhsDilation = checkIntegers(callee, "rhsDilation", options.rhsDilation ?? ones, rank, 1);
  if (typeof options.padding === "string" && lhsDilation.some((dilation) => dilation !== 1)) {
    throw new RangeError(
      `${callee}: padding must be given as [low, high] pairs when lhsDilation is not 1, got ${describe(options.padding)}.`,
    );
  }
  const dilated = windowShape.map((taps, axis) => dilatedSize(taps, rhsDilation[axis]));
  const padding = resolvePadding(callee, options.padding, inputShape, dilated, strides);
  for (let axis = 0; axis < rank; axis++) {
    const [low, high] = padding[axis];
    if (dilatedSize(inputShape[axis], lhsDilation[axis]) + low + high < 0) {
      throw new RangeError(
        `${callee}: padding must not crop more elements than there are, got ${describe(padding)} for shape ${describe(x.shape)}.`,
      );
    }
  }
  return { inputShape, windowShape, strides, padding, lhsDilation, rhsDilation, groups };
}

function checkGroups(callee: string, x: Shape, kernel: Shape, groups: number): number {
  const inFeatures = x[x.length - 1];
  const [kernelFeatures, outFeatures] = kernel.slice(-2);
  if (!Number.isSafeInteger(groups) || groups < 1) {
    throw new RangeError(
      `${callee}: featureGroupCount must be a positive integer, got ${describe(groups)}.`,
    );
  }
  if (inFeatures % groups !== 0) {
    throw new RangeError(
      `${callee}: featureGroupCount must divide the ${inFeatures} features of x, got ${groups}.`,
    );
  }
  if (outFeatures % groups !== 0) {
    throw new RangeError(
      `${callee}: featureGroupCount must divide the ${outFeatures} output features of kernel, got ${groups}.`,
    );
  }
  if (kernelFeatures * groups !== inFeatures) {
    throw new RangeError(
      `${callee}: kernel must have inFeatures / featureGroupCount = ${inFeatures / groups} on its second to last axis, got shape ${describe(kernel)}.`,
    );
  }
  return groups;
}

/** The geometry for the kernels, from any two of the three shapes. */
function geometryOf(
  params: ConvParams,
  batch: number,
  inFeatures: number,
  outFeatures: number,
): ConvolutionGeometry {
  return { ...params, batch, inFeatures, outFeatures };
}

function lastOf(shape: Shape): number {
  return shape[shape.length - 1];
}

/** Evaluates a convolution: 16-bit operands as float32 ones, rounding once, and others by `loops`, which add to zeros. */
function evaluateFloats(
  primitive: Primitive<ConvParams>,
  inputs: readonly NDArray[],
  params: ConvParams,
  out: ShapedArray,
  loops: (a: Floats, b: Floats, to: Floats) => void,
): NDArray {
  if (computeDType(out.dtype) !== out.dtype) {
    return astype(evaluate(primitive, inputs.map(widen), params), out.dtype);
  }
  const [a, b] = inputs;
  return writeFloats(out, (to) => loops(floatsOf(a), floatsOf(b), to));
}

// Convolution is linear in each operand, and so are its two gradients: with `<g, conv(x, k)>` a form
// linear in each of x, k and g, the three primitives are its gradients, and the gradients of each are the
// other two. Thus they are closed under differentiation.

const convolution: Primitive<ConvParams> = {
  name: "convGeneralDilated",
  abstractEval([x, kernel], params) {
    return {
      shape: [x.shape[0], ...windowCounts(params), lastOf(kernel.shape)],
      dtype: x.dtype,
    };
  },
  evaluate([x, kernel], params, out) {
    const geometry = geometryOf(params, x.shape[0], lastOf(x.shape), lastOf(kernel.shape));
    return evaluateFloats(convolution, [x, kernel], params, out, (x, kernel, to) =>
      convolve(x, kernel, to, geometry),
    );
  },
  kernel([x, kernel], params) {
    const geometry = geometryOf(params, x.shape[0], lastOf(x.shape), lastOf(kernel.shape));
    return convolutionKernel(geometry, x.dtype);
  },
  vjp(ct, { inputs: [x, kernel], params, needs }) {
    return [
      needs[0] ? bind(inputGradient, [ct, kernel], params) : null,
      needs[1] ? bind(kernelGradient, [x, ct], params) : null,
    ];
  },
};

const inputGradient: Primitive<ConvParams> = {
  name: "convGeneralDilated (gradient of x)",
  abstractEval([gradient, kernel], params) {
    const inFeatures = kernel.shape[kernel.shape.length - 2] * params.groups;
    return { shape: [gradient.shape[0], ...params.inputShape, inFeatures], dtype: gradient.dtype };
  },
  evaluate([gradient, kernel], params, out) {
    const outFeatures = lastOf(kernel.shape);
    const geometry = geometryOf(params, gradient.shape[0], lastOf(out.shape), outFeatures);
    return evaluateFloats(inputGradient, [gradient, kernel], params, out, (gradient, kernel, to) =>
      convolveInputGradient(gradient, kernel, to, geometry),
    );
  },
  kernel([gradient, kernel], params, out) {
    const outFeatures = lastOf(kernel.shape);
    const geometry = geometryOf(params, gradient.shape[0], lastOf(out.shape), outFeatures);
    return inputGradientKernel(geometry, gradient.dtype);
  },
  vjp(ct, { inputs: [gradient, kernel], params, needs }) {
    return [
      needs[0] ? bind(convolution, [ct, kernel], params) : null,
      needs[1] ? bind(kernelGradient, [ct, gradient], params) : null,
    ];
  },
};

const kernelGradient: Primitive<ConvParams> = {
  name: "convGeneralDilated (gradient of kernel)",
  abstractEval([x, gradient], params) {
    const inFeatures = lastOf(x.shape) / params.groups;
    return { shape: [...params.windowShape, inFeatures, lastOf(gradient.shape)], dtype: x.dtype };
  },
  evaluate([x, gradient], params, out) {
    const geometry = geometryOf(params, x.shape[0], lastOf(x.shape), lastOf(gradient.shape));
    return evaluateFloats(kernelGradient, [x, gradient], params, out, (x, gradient, to) =>
      convolveKernelGradient(x, gradient, to, geometry),
    );
  },
  kernel([x, gradient], params) {
    const geometry = geometryOf(params, x.shape[0], lastOf(x.shape), lastOf(gradient.shape));
    return kernelGradientKernel(geometry, x.dtype);
  },
  vjp(ct, { inputs: [x, gradient], params, needs }) {
    return [
      needs[0] ? bind(inputGradient, [gradient, ct], params) : null,
      needs[1] ? bind(convolution, [x, ct], params) : null,
    ];
  },
};
