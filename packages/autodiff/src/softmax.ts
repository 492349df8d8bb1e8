import { exp32, log32 } from "@flaxen/dtype";
import { normalizeAxes } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { computeDType, narrow } from "./compute-dtype.ts";
import { add, maximum, multiply, subtract } from "./elementwise-binary.ts";
import { exp, rsqrt, square } from "./elementwise-unary.ts";
import { rowKernel, SHORT_ROW } from "./kernels/softmax.ts";
import { cast, checkInexact, checkOperand } from "./operands.ts";
import { checkOptions } from "./options.ts";
import { bind } from "./primitive.ts";
import type { Primitive, ShapedArray } from "./primitive.ts";
import { reductionLayout, reductionRule } from "./reduction-kernels.ts";
import type { ReductionParams } from "./reduction-kernels.ts";
import { keptShape, mean, reduceWith, sum } from "./reduction.ts";
import type { ReductionOptions } from "./reduction.ts";
import { reshapeTo } from "./reshape.ts";
import { where as select } from "./selection.ts";
import type { Tensor, TensorLike } from "./tensor.ts";
import { permute } from "./transpose.ts";
import { likeOperand } from "./unary-kernels.ts";

/** Options of {@link softmax} and {@link logSoftmax}. */
export interface SoftmaxOptions {
  /** Axis or axes over which the result is normalised (default -1). */
  readonly axis?: number | readonly number[] | undefined;
  /** Elements that take part (default all), broadcast against the input. */
  readonly where?: TensorLike | undefined;
}

/** Options of {@link logsumexp}. */
export interface LogsumexpOptions extends ReductionOptions {
  /** Elements that take part (default all), broadcast against the input. */
  readonly where?: TensorLike | undefined;
}

const SOFTMAX_OPTIONS: readonly string[] = ["axis", "where"];
const LOGSUMEXP_OPTIONS: readonly string[] = ["axis", "keepdims", "where"];
const STANDARDIZE_OPTIONS: readonly string[] = ["axis", "epsilon"];

interface SoftmaxParams extends ReductionParams {
  /** Whether an infinite maximum is replaced by 0, as in logsumexp, instead of giving NaN everywhere. */
  readonly finiteShift: boolean;
}

type Rows<T> = (
  a: T,
  o: T,
  outer: number,
  length: number,
  inner: number,
  finiteShift: boolean,
) => void;

/** Runs rows over neighbouring axes: the result lies as the operand does. */
function evaluateRows(
  x: NDArray,
  axes: readonly number[],
  out: ShapedArray,
  size: (outer: number, length: number, inner: number) => number,
  rows32: Rows<Float32Array>,
  rows64: Rows<Float64Array>,
  finiteShift: boolean = false,
): NDArray {
  const { data, outer, length, inner } = reductionLayout(x, axes);
  const n = size(outer, length, inner);
  if (computeDType(out.dtype) === "float64") {
    const o = new Float64Array(n);
    rows64(data as Float64Array, o, outer, length, inner, finiteShift);
    return narrow(o, out.shape, out.dtype);
  }
  const o = new Float32Array(n);
  rows32(data as Float32Array, o, outer, length, inner, finiteShift);
  return narrow(o, out.shape, out.dtype);
}

function everyElement(outer: number, length: number, inner: number): number {
  return outer * length * inner;
}

function everyRow(outer: number, _length: number, inner: number): number {
  return outer * inner;
}

/** Long rows are added in four lanes, as SIMD kernels do; short ones and columns in one. Rounds to float32. */
function totalOf(lanes: Float64Array): number {
  return Math.fround(lanes[0] + lanes[2] + (lanes[1] + lanes[3]));
}

function softmaxRows32(
  a: Float32Array,
  o: Float32Array,
  outer: number,
  length: number,
  inner: number,
  finiteShift: boolean,
): void {
  const inLanes = inner === 1 && length > SHORT_ROW;
  const sums = new Float64Array(4);
  for (let row = 0; row < outer * inner; row++) {
    const begin = Math.floor(row / inner) * length * inner + (row % inner);
    const end = begin + length * inner;
    let top = -Infinity;
    for (let i = begin; i < end; i += inner) top = Math.max(top, a[i]);
    if (finiteShift && top - top !== 0) top = 0;
    sums.fill(0);
    for (let i = begin, lane = 0; i < end; i += inner) {
      o[i] = exp32(Math.fround(a[i] - top));
      sums[lane] += o[i];
      if (inLanes) lane = (lane + 1) & 3;
    }
    const total = totalOf(sums);
    for (let i = begin; i < end; i += inner) o[i] /= total;
  }
}

function softmaxRows64(
  a: Float64Array,
  o: Float64Array,
  outer: number,
  length: number,
  inner: number,
  finiteShift: boolean,
): void {
  for (let row = 0; row < outer * inner; row++) {
    const begin = Math.floor(row / inner) * length * inner + (row % inner);
    const end = begin + length * inner;
    let top = -Infinity;
    for (let i = begin; i < end; i += inner) top = Math.max(top, a[i]);
    if (finiteShift && top - top !== 0) top = 0;
    let total = 0;
    for (let i = begin; i < end; i += inner) {
      o[i] = Math.exp(a[i] - top);
      total += o[i];
    }
    for (let i = begin; i < end; i += inner) o[i] /= total;
  }
}

function logSoftmaxRows32(
  a: Float32Array,
  o: Float32Array,
  outer: number,
  length: number,
  inner: number,
): void {
  const inLanes = inner === 1 && length > SHORT_ROW;
  const sums = new Float64Array(4);
  for (let row = 0; row < outer * inner; row++) {
    const begin = Math.floor(row / inner) * length * inner + (row % inner);
    const end = begin + length * inner;
    let top = -Infinity;
    for (let i = begin; i < end; i += inner) top = Math.max(top, a[i]);
    sums.fill(0);
    for (let i = begin, lane = 0; i < end; i += inner) {
      o[i] = a[i] - top;
      sums[lane] += exp32(o[i]);
      if (inLanes) lane = (lane + 1) & 3;
    }
    const logarithm = log32(totalOf(sums));
    for (let i = begin; i < end; i += inner) o[i] -= logarithm;
  }
}

function logSoftmaxRows64(
  a: Float64Array,
  o: Float64Array,
  outer: number,
  length: number,
  inner: number,
): void {
  for (let row = 0; row < outer * inner; row++) {
    const begin = Math.floor(row / inner) * length * inner + (row % inner);
    const end = begin + length * inner;
    let top = -Infinity;
    for (let i = begin; i < end; i += inner) top = Math.max(top, a[i]);
    let total = 0;
    for (let i = begin; i < end; i += inner) {
      o[i] = a[i] - top;
      total += Math.exp(o[i]);
    }
    const logarithm = Math.log(total);
    for (let i = begin; i < end; i += inner) o[i] -= logarithm;
  }
}

function logsumexpRows32(
  a: Float32Array,
  o: Float32Array,
  outer: number,
  length: number,
  inner: number,
): void {
  const inLanes = inner === 1 && length > SHORT_ROW;
  const sums = new Float64Array(4);
  for (let row = 0; row < outer * inner; row++) {
    const begin = Math.floor(row / inner) * length * inner + (row % inner);
    const end = begin + length * inner;
    let top = -Infinity;
    for (let i = begin; i < end; i += inner) top = Math.max(top, a[i]);
    const shift = top - top === 0 ? top : 0;
    sums.fill(0);
    for (let i = begin, lane = 0; i < end; i += inner) {
      sums[lane] += exp32(Math.fround(a[i] - shift));
      if (inLanes) lane = (lane + 1) & 3;
    }
    o[row] = log32(totalOf(sums)) + shift;
  }
}

function logsumexpRows64(
  a: Float64Array,
  o: Float64Array,
  outer: number,
  length: number,
  inner: number,
): void {
  for (let row = 0; row < outer * inner; row++) {
    const begin = Math.floor(row / inner) * length * inner + (row % inner);
    const end = begin + length * inner;
    let top = -Infinity;
    for (let i = begin; i < end; i += inner) top = Math.max(top, a[i]);
    const shift = top - top === 0 ? top : 0;
    let total = 0;
    for (let i = begin; i < end; i += inner) total += Math.exp(a[i] - shift);
    o[row] = Math.log(total) + shift;
  }
}

const softmaxPrimitive: Primitive<SoftmaxParams> = {
  name: "softmax",
  abstractEval: likeOperand,
  evaluate: ([x], { axes, finiteShift }, out) =>
    evaluateRows(x, axes, out, everyElement, softmaxRows32, softmaxRows64, finiteShift),
  kernel: ([x], { axes, finiteShift }) => rowKernel("softmax", x, axes, finiteShift),
  vjp: (ct, { output, params: { axes } }) => {
    const along = sum(multiply(ct, output), { axis: axes, keepdims: true });
    return [multiply(output, subtract(ct, along))];
  },
};

const logSoftmaxPrimitive: Primitive<ReductionParams> = {
  name: "logSoftmax",
  abstractEval: likeOperand,
  evaluate: ([x], { axes }, out) =>
    evaluateRows(x, axes, out, everyElement, logSoftmaxRows32, logSoftmaxRows64),
  kernel: ([x], { axes }) => rowKernel("logSoftmax", x, axes, false),
  vjp: (ct, { output, params: { axes } }) => {
    const along = sum(ct, { axis: axes, keepdims: true });
    return [subtract(ct, multiply(exp(output), along))];
  },
};

const logsumexpPrimitive: Primitive<ReductionParams> = {
  name: "logsumexp",
  abstractEval: reductionRule,
  evaluate: ([x], { axes }, out) =>
    evaluateRows(x, axes, out, everyRow, logsumexpRows32, logsumexpRows64),
  kernel: ([x], { axes }) => rowKernel("logsumexp", x, axes, true),
  // Not exp(x - output): the output holds few digits of the small differences when x is large.
  vjp: (ct, { inputs: [x], params: { axes } }) => [
    multiply(reshapeTo(ct, keptShape(x.shape, axes)), softmaxOver(x, axes, true)),
  ],
};

function softmaxOver(x: Tensor, axis: number | readonly number[], finiteShift: boolean): Tensor {
  return overNeighbours("softmax", x, axis, (moved, axes) =>
    bind(softmaxPrimitive, [moved], { axes, finiteShift }),
  );
}

function logSoftmaxOver(x: Tensor, axis: number | readonly number[]): Tensor {
  return overNeighbours("logSoftmax", x, axis, (moved, axes) =>
    bind(logSoftmaxPrimitive, [moved], { axes }),
  );
}

/** Applies a row-wise operation; axes that are not neighbours are moved to the end and back. */
function overNeighbours(
  callee: string,
  x: Tensor,
  axis: number | readonly number[],
  apply: (x: Tensor, axes: readonly number[]) => Tensor,
): Tensor {
  const ndim = x.shape.length;
  const axes = normalizeAxes(callee, axis, ndim).sort((a, b) => a - b);
  const count = axes.length;
  if (count === 0 || axes[count - 1] - axes[0] === count - 1) return apply(x, axes);
  const others = Array.from({ length: ndim }, (_, i) => i).filter((i) => !axes.includes(i));
  const order = [...others, ...axes];
  const moved = apply(
    permute(x, order),
    axes.map((_, i) => ndim - count + i),
  );
  return permute(
    moved,
    order.map((_, i) => order.indexOf(i)),
  );
}

/** The elements that take part, and `-Infinity`, which adds nothing, in place of the others. */
function mask(
  callee: string,
  x: Tensor,
  where: TensorLike,
): { readonly chosen: Tensor; readonly x: Tensor } {
  const chosen = cast(checkOperand(callee, "where", where), "bool");
  return { chosen, x: select(chosen, x, -Infinity) };
}

/**
 * `exp(x) / sum(exp(x))` along axes, with the largest element subtracted first.
 *
 * @param x - Input; integers become the default float.
 * @param options - `axis` (default -1) and `where`: elements outside it count for nothing and give 0.
 * @returns Shape of `x`; sums to 1 along the axes.
 * @throws {@link RangeError} if an axis is out of range or repeated.
 *
 * @example
 * ```ts
 * import { softmax } from "@flaxen/autodiff";
 *
 * softmax([1000, 1000]); // => [0.5, 0.5]
 * softmax([1, 1, 5], { where: [true, true, false] }); // => [0.5, 0.5, 0]
 * ```
 */
export function softmax(x: TensorLike, options: SoftmaxOptions = {}): Tensor {
  checkOptions("softmax", options, SOFTMAX_OPTIONS);
  const { axis = -1, where } = options;
  const operand = checkInexact("softmax", "x", x);
  if (where === undefined) return softmaxOver(operand, axis, false);
  const masked = mask("softmax", operand, where);
  return select(masked.chosen, softmaxOver(masked.x, axis, false), 0);
}

/**
 * `log(softmax(x))` along axes: `x - logsumexp(x)`, without overflow or loss of small probabilities.
 *
 * @param x - Input; integers become the default float.
 * @param options - `axis` (default -1) and `where`: elements outside it count for nothing and give `-Infinity`.
 * @returns Shape of `x`.
 * @throws {@link RangeError} if an axis is out of range or repeated.
 *
 * @example
 * ```ts
 * import { logSoftmax } from "@flaxen/autodiff";
 *
 * logSoftmax([0, -1000]); // => [0, -1000]
 * ```
 */
export function logSoftmax(x: TensorLike, options: SoftmaxOptions = {}): Tensor {
  checkOptions("logSoftmax", options, SOFTMAX_OPTIONS);
  const { axis = -1, where } = options;
  const operand = checkInexact("logSoftmax", "x", x);
  if (where === undefined) return logSoftmaxOver(operand, axis);
  const masked = mask("logSoftmax", operand, where);
  return select(masked.chosen, logSoftmaxOver(masked.x, axis), -Infinity);
}

/**
 * `log(sum(exp(x)))` over axes, without overflow; `-Infinity` for none.
 *
 * @param x - Input; integers become the default float.
 * @param options - `axis` (default all), `keepdims` (default false) and `where` (default all elements).
 * @returns Floating dtype of `x`.
 * @throws {@link RangeError} if an axis is out of range or repeated.
 *
 * @example
 * ```ts
 * import { logsumexp } from "@flaxen/autodiff";
 *
 * logsumexp([1000, -Infinity]); // => 1000
 * ```
 */
export function logsumexp(x: TensorLike, options: LogsumexpOptions = {}): Tensor {
  checkOptions("logsumexp", options, LOGSUMEXP_OPTIONS);
  const { where } = options;
  const operand = checkInexact("logsumexp", "x", x);
  const chosen = where === undefined ? operand : mask("logsumexp", operand, where).x;
  return reduceWith(logsumexpPrimitive, chosen, options);
}

/** Options of {@link standardize}. */
export interface StandardizeOptions {
  /** Axis or axes over which mean and variance are taken (default -1). */
  readonly axis?: number | readonly number[] | undefined;
  /** Added to the variance (default 1e-5). */
  readonly epsilon?: number | undefined;
}

/**
 * `(x - mean) / sqrt(variance + epsilon)` along axes, the variance as `max(mean(x^2) - mean^2, 0)`.
 *
 * @param x - Input; integers become the default float.
 * @param options - `axis` (default -1) and `epsilon` (default 1e-5).
 * @returns Shape of `x`.
 * @throws {@link RangeError} if an axis is out of range or repeated.
 *
 * @example
 * ```ts
 * import { standardize } from "@flaxen/autodiff";
 *
 * standardize([1, 3], { epsilon: 0 }); // => [-1, 1]
 * ```
 */
export function standardize(x: TensorLike, options: StandardizeOptions = {}): Tensor {
  checkOptions("standardize", options, STANDARDIZE_OPTIONS);
  const { axis = -1, epsilon = 1e-5 } = options;
  const operand = checkInexact("standardize", "x", x);
  const along = { axis: normalizeAxes("standardize", axis, operand.shape.length), keepdims: true };
  const average = mean(operand, along);
  const spread = maximum(subtract(mean(square(operand), along), square(average)), 0);
  return multiply(subtract(operand, average), rsqrt(add(spread, epsilon)));
}
