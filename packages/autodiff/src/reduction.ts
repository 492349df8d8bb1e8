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
  return shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
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

/** Sums add in float64 and round once, so the order of float32 terms hardly matters. */
function evaluateSum({ data, outer, length, inner }: ReductionLayout, out: ShapedArray): NDArray {
  const o = allocateCompute(computeDType(out.dtype), outer * inner);
  if (o instanceof Float32Array) sumFloat32(data as Float32Array, o, outer, length, inner);
  else if (o instanceof Float64Array) sumFloat64(data as Float64Array, o, outer, length, inner);
  else sumInteger(data as Int32Array | Uint32Array, o, outer, length, inner);
  return narrow(o, out.shape, out.dtype);
}

function sumFloat32(
  a: Float32Array,
  o: Float32Array,
  outer: number,
  length: number,
  inner: number,
): void {
  if (inner === 1) {
    for (let r = 0, i = 0; r < outer; r++) {
      let total = 0;
      for (const end = i + length; i < end; i++) total += a[i];
      o[r] = total;
    }
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

function sumFloat64(
  a: Float64Array,
  o: Float64Array,
  outer: number,
  length: number,
  inner: number,
): void {
  if (inner === 1) {
    for (let r = 0, i = 0; r < outer; r++) {
      let total = 0;
      for (const end = i + length; i < end; i++) total += a[i];
      o[r] = total;
    }
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
