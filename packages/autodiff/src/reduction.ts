import { describe, isFloating, isUnsigned } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { normalizeAxes } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { expandTo } from "./broadcast-to.ts";
import { allocateCompute, computeDType, narrow, sizeOf } from "./compute-dtype.ts";
import { concatenate } from "./concatenate.ts";
import { divide, multiply, subtract } from "./elementwise-binary.ts";
import { sqrt, square } from "./elementwise-unary.ts";
import { vjp as pullBack } from "./grad.ts";
import { reductionKernel } from "./loops/eager-loops.ts";
import { cast, checkInexact, checkOperand } from "./operands.ts";
import { checkOptions } from "./options.ts";
import { bind } from "./primitive.ts";
import type { Primitive, ShapedArray } from "./primitive.ts";
import { reducedShape, reductionLayout, reductionRule } from "./reduction-kernels.ts";
import type { ReductionLayout, ReductionParams } from "./reduction-kernels.ts";
import { reshapeTo } from "./reshape.ts";
import { slice } from "./slice.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

/** Options of reductions. */
export interface ReductionOptions {
  /** Axis or axes to reduce (default all); negative ones count from the end. */
  readonly axis?: number | readonly number[] | undefined;
  /** Whether reduced axes stay with length 1 (default `false`). */
  readonly keepdims?: boolean | undefined;
}

/** Names in {@link ReductionOptions}. */
export const REDUCTION_OPTIONS: readonly string[] = ["axis", "keepdims"];

function sortedAxes(callee: string, x: Tensor, axis: ReductionOptions["axis"]): number[] {
  return normalizeAxes(callee, axis, x.shape.length).sort((a, b) => a - b);
}

/** Shape of a reduction's result with its axes kept at length 1, which broadcasts against the operand. */
export function keptShape(shape: readonly number[], axes: readonly number[]): number[] {
  const kept = shape.slice();
  for (const axis of axes) kept[axis] = 1;
  return kept;
}

export function reduceWith(
  primitive: Primitive<ReductionParams>,
  x: Tensor,
  { axis, keepdims = false }: ReductionOptions,
): Tensor {
  const axes = sortedAxes(primitive.name, x, axis);
  const result = bind(primitive, [x], { axes });
  return keepdims ? reshapeTo(result, keptShape(x.shape, axes)) : result;
}

/**
 * Sums of floats add in float64 and round once.
 *
 * Columns are added from top to bottom. Along the last axis position k goes to partial sum k mod 8, and these are joined
 * as `((p0 + p4) + (p2 + p6)) + ((p1 + p5) + (p3 + p7))`, as SIMD lanes do.
 */
function evaluateSum(layout: ReductionLayout, out: ShapedArray): NDArray {
  const { data, outer, length, inner } = layout;
  const o = allocateCompute(computeDType(out.dtype), outer * inner);
  if (o instanceof Float32Array || o instanceof Float64Array) sumFloats(layout, o);
  else sumInteger(data as Int32Array | Uint32Array, o, outer, length, inner);
  return narrow(o, out.shape, out.dtype);
}

function sumFloats(
  { data, outer, length, inner, run }: ReductionLayout,
  o: Float32Array | Float64Array,
): void {
  const a = data as typeof o;
  if (inner === 1) {
    for (let r = 0; r < outer; r++) o[r] = sumRow(a, r * length, length, run);
    return;
  }
  const totals = new Float64Array(inner);
  for (let r = 0, i = 0; r < outer; r++) {
    totals.fill(0);
    for (let k = 0; k < length; k++) {
      for (let c = 0; c < inner; c++, i++) totals[c] += a[i];
    }
    o.set(totals, r * inner);
  }
}

/** Adds `length` elements from `begin` on, in runs that begin with the first partial sum. */
function sumRow(
  a: Float32Array | Float64Array,
  begin: number,
  length: number,
  run: number,
): number {
  const last = begin + length;
  let p0 = 0;
  if (run === 1) {
    for (let i = begin; i < last; i++) p0 += a[i];
    return p0;
  }
  let [p1, p2, p3, p4, p5, p6, p7] = [0, 0, 0, 0, 0, 0, 0];
  for (let i = begin; i < last;) {
    const end = i + run;
    for (; i + 8 <= end; i += 8) {
      p0 += a[i];
      p1 += a[i + 1];
      p2 += a[i + 2];
      p3 += a[i + 3];
      p4 += a[i + 4];
      p5 += a[i + 5];
      p6 += a[i + 6];
      p7 += a[i + 7];
    }
    if (i < end) p0 += a[i++];
    if (i < end) p1 += a[i++];
    if (i < end) p2 += a[i++];
    if (i < end) p3 += a[i++];
    if (i < end) p4 += a[i++];
    if (i < end) p5 += a[i++];
    if (i < end) p6 += a[i++];
  }
  return p0 + p4 + (p2 + p6) + (p1 + p5 + (p3 + p7));
}

function sumInteger(
  a: Int32Array | Uint32Array,
  o: Int32Array | Uint32Array,
  outer: number,
  length: number,
  inner: number,
): void {
  for (let r = 0, i = 0; r < outer; r++) {
    for (let k = 0; k < length; k++) {
      for (let c = 0; c < inner; c++, i++) o[r * inner + c] += a[i];
    }
  }
}

const sumPrimitive: Primitive<ReductionParams> = {
  name: "sum",
  reduction: "sum",
  kernel: (inputs, params, out) => reductionKernel(sumPrimitive, inputs, params, out),
  abstractEval: reductionRule,
  evaluate: ([x], { axes }, out) => evaluateSum(reductionLayout(x, axes), out),
  vjp: (ct, { inputs: [x], params: { axes } }) => [
    expandTo(reshapeTo(ct, keptShape(x.shape, axes)), x.shape),
  ],
};

/** Sums over ascending axes that are known to be valid. */
export function sumAxes(x: Tensor, axes: readonly number[]): Tensor {
  return bind(sumPrimitive, [x], { axes });
}

/** Sums and products of bool and small integers are 32 bits wide. */
function accumulatorDType(dtype: DType): DType {
  if (isFloating(dtype)) return dtype;
  return isUnsigned(dtype) ? "uint32" : "int32";
}

/**
 * Sum over axes; 0 for none. Terms are added in float64 and rounded once.
 *
 * @param x - Input.
 * @param options - `axis` (default all) and `keepdims` (default false).
 * @returns Dtype of `x`; bool and small integers become int32 or uint32.
 * @throws {@link RangeError} if an axis is out of range or repeated.
 *
 * @example
 * ```ts
 * import { sum } from "@flaxen/autodiff";
 *
 * sum([[1, 2], [3, 4]]); // => 10
 * sum([[1, 2], [3, 4]], { axis: 0 }); // => [4, 6]
 * sum([[1, 2], [3, 4]], { axis: 2 }); // throws RangeError: sum: axis must be an integer in [-2, 2), got 2.
 * ```
 */
export function sum(x: TensorLike, options: ReductionOptions = {}): Tensor {
  checkOptions("sum", options, REDUCTION_OPTIONS);
  const operand = checkOperand("sum", "x", x);
  return reduceWith(sumPrimitive, cast(operand, accumulatorDType(operand.dtype)), options);
}

/**
 * Arithmetic mean over axes; NaN for none.
 *
 * @param x - Input; integers become the default float, float16 and bfloat16 are averaged in float32.
 * @param options - `axis` (default all) and `keepdims` (default false).
 * @returns Floating dtype of `x`.
 * @throws {@link RangeError} if an axis is out of range or repeated.
 *
 * @example
 * ```ts
 * import { mean } from "@flaxen/autodiff";
 *
 * mean([[1, 2], [3, 4]], { axis: 1 }); // => [1.5, 3.5]
 * ```
 */
export function mean(x: TensorLike, options: ReductionOptions = {}): Tensor {
  checkOptions("mean", options, REDUCTION_OPTIONS);
  const operand = checkInexact("mean", "x", x);
  const wide = cast(operand, computeDType(operand.dtype));
  const axes = sortedAxes("mean", operand, options.axis);
  const total = reduceWith(sumPrimitive, wide, { axis: axes, keepdims: options.keepdims });
  return cast(divide(total, countOver(operand, axes)), operand.dtype);
}

function countOver(x: Tensor, axes: readonly number[]): number {
  return sizeOf(axes.map((axis) => x.shape[axis]));
}

/** Options of {@link variance} and {@link std}. */
export interface VarianceOptions extends ReductionOptions {
  /** What to subtract from the count in the divisor (default 0; 1 for the unbiased estimate). */
  readonly ddof?: number | undefined;
}

/**
 * Mean of the squared distance from the mean, over axes.
 *
 * @param x - Input; integers become the default float.
 * @param options - `axis` (default all), `keepdims` (default false), `ddof` (default 0).
 * @returns Floating dtype of `x`; NaN if the divisor is not positive.
 * @throws {@link RangeError} if an axis is out of range or repeated.
 *
 * @example
 * ```ts
 * import { variance } from "@flaxen/autodiff";
 *
 * variance([1, 2, 3, 4]); // => 1.25
 * variance([1, 3], { ddof: 1 }); // => 2
 * ```
 */
export function variance(x: TensorLike, options: VarianceOptions = {}): Tensor {
  return varianceOf("variance", checkInexact("variance", "x", x), options);
}

const VARIANCE_OPTIONS: readonly string[] = ["axis", "keepdims", "ddof"];

function varianceOf(callee: string, x: Tensor, options: VarianceOptions): Tensor {
  checkOptions(callee, options, VARIANCE_OPTIONS);
  const { axis, keepdims, ddof = 0 } = options;
  if (typeof ddof !== "number" || Number.isNaN(ddof)) {
    throw new TypeError(`${callee}: ddof must be a number, got ${describe(ddof)}.`);
  }
  const wide = cast(x, computeDType(x.dtype));
  const axes = sortedAxes(callee, x, axis);
  const centred = subtract(wide, mean(wide, { axis: axes, keepdims: true }));
  const total = sum(square(centred), { axis: axes, keepdims });
  const divisor = countOver(x, axes) - ddof;
  return cast(divide(total, divisor > 0 ? divisor : NaN), x.dtype);
}

/**
 * Standard deviation over axes: the square root of {@link variance}.
 *
 * @param x - Input; integers become the default float.
 * @param options - `axis` (default all), `keepdims` (default false), `ddof` (default 0).
 * @returns Floating dtype of `x`. The derivative where the deviation is 0 is NaN.
 * @throws {@link RangeError} if an axis is out of range or repeated.
 *
 * @example
 * ```ts
 * import { std } from "@flaxen/autodiff";
 *
 * std([1, 3]); // => 1
 * ```
 */
export function std(x: TensorLike, options: VarianceOptions = {}): Tensor {
  return sqrt(varianceOf("std", checkInexact("std", "x", x), options));
}

function evaluateProduct(
  { data, outer, length, inner }: ReductionLayout,
  out: ShapedArray,
): NDArray {
  const compute = computeDType(out.dtype);
  const o = allocateCompute(compute, outer * inner).fill(1);
  const integer = compute === "int32" || compute === "uint32";
  for (let r = 0, i = 0; r < outer; r++) {
    for (let k = 0; k < length; k++) {
      for (let c = 0, p = r * inner; c < inner; c++, i++, p++) {
        o[p] = integer ? Math.imul(o[p], data[i]) : o[p] * data[i];
      }
    }
  }
  return narrow(o, out.shape, out.dtype);
}

/** The product of each half by the other until one is left: differentiable where an element is 0. */
function treeProduct(x: Tensor, axes: readonly number[]): Tensor {
  let product = x;
  for (const axis of axes) {
    while (product.shape[axis] > 1) {
      const { shape } = product;
      const half = shape[axis] >> 1;
      const part = (begin: number, end: number): Tensor =>
        slice(
          product,
          shape.map((_, i) => (i === axis ? begin : 0)),
          shape.with(axis, end),
        );
      const paired = multiply(part(0, half), part(half, 2 * half));
      product =
        shape[axis] % 2 === 0 ? paired : concatenate([paired, part(2 * half, shape[axis])], axis);
    }
  }
  return reshapeTo(product, reducedShape(product.shape, axes));
}

const prodPrimitive: Primitive<ReductionParams> = {
  name: "prod",
  abstractEval: reductionRule,
  evaluate: ([x], { axes }, out) => evaluateProduct(reductionLayout(x, axes), out),
  vjp: (ct, { inputs: [x], params: { axes } }) => {
    if (sizeOf(x.shape) === 0) return [null];
    const [, pullback] = pullBack((y: Tensor) => treeProduct(y, axes), x);
    return pullback(ct);
  },
};

/**
 * Product over axes; 1 for none.
 *
 * @param x - Input.
 * @param options - `axis` (default all) and `keepdims` (default false).
 * @returns Dtype of `x`; bool and small integers become int32 or uint32. The gradient is right at zeros too.
 * @throws {@link RangeError} if an axis is out of range or repeated.
 *
 * @example
 * ```ts
 * import { prod } from "@flaxen/autodiff";
 *
 * prod([2, 3, 4]); // => 24
 * ```
 */
export function prod(x: TensorLike, options: ReductionOptions = {}): Tensor {
  checkOptions("prod", options, REDUCTION_OPTIONS);
  const operand = checkOperand("prod", "x", x);
  return reduceWith(prodPrimitive, cast(operand, accumulatorDType(operand.dtype)), options);
}
