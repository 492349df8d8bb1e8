import { describe } from "@flaxen/dtype";
import { equal } from "./comparison.ts";
import { allocateCompute, computeDType, narrow } from "./compute-dtype.ts";
import { divide, multiply } from "./elementwise-binary.ts";
import { reductionKernel } from "./loops/eager-loops.ts";
import { cast, checkOperand } from "./operands.ts";
import { checkOptions } from "./options.ts";
import type { Primitive, ShapedArray, VjpContext } from "./primitive.ts";
import { reducedShape, reductionLayout } from "./reduction-kernels.ts";
import type { ReductionParams } from "./reduction-kernels.ts";
import { keptShape, REDUCTION_OPTIONS, reduceWith, sumAxes } from "./reduction.ts";
import type { ReductionOptions } from "./reduction.ts";
import { reshapeTo } from "./reshape.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

function extremumRule(callee: string, x: ShapedArray, axes: readonly number[]): ShapedArray {
  if (axes.some((axis) => x.shape[axis] === 0)) {
    throw new RangeError(
      `${callee}: x must have elements along the reduced axes, got ${describe(x)}.`,
    );
  }
  return { shape: reducedShape(x.shape, axes), dtype: x.dtype };
}

/** The elements that equal the result share its cotangent evenly. */
function extremumGradient(
  ct: Tensor,
  { inputs: [x], output, params: { axes } }: VjpContext<ReductionParams>,
): readonly Tensor[] {
  const kept = keptShape(x.shape, axes);
  const found = cast(equal(x, reshapeTo(output, kept)), ct.dtype);
  const count = reshapeTo(sumAxes(found, axes), kept);
  return [divide(multiply(reshapeTo(ct, kept), found), count)];
}

function maxFloat32(
  a: Float32Array,
  o: Float32Array,
  outer: number,
  length: number,
  inner: number,
): void {
  for (let r = 0, i = 0; r < outer; r++) {
    const begin = r * inner;
    if (inner === 1) {
      let best = a[i++];
      for (let k = 1; k < length; k++) best = Math.max(best, a[i++]);
      o[r] = best;
      continue;
    }
    for (let c = 0; c < inner; c++, i++) o[begin + c] = a[i];
    for (let k = 1; k < length; k++) {
      for (let c = 0, p = begin; c < inner; c++, i++, p++) o[p] = Math.max(o[p], a[i]);
    }
  }
}

function maxFloat64(
  a: Float64Array,
  o: Float64Array,
  outer: number,
  length: number,
  inner: number,
): void {
  for (let r = 0, i = 0; r < outer; r++) {
    const begin = r * inner;
    if (inner === 1) {
      let best = a[i++];
      for (let k = 1; k < length; k++) best = Math.max(best, a[i++]);
      o[r] = best;
      continue;
    }
    for (let c = 0; c < inner; c++, i++) o[begin + c] = a[i];
    for (let k = 1; k < length; k++) {
      for (let c = 0, p = begin; c < inner; c++, i++, p++) o[p] = Math.max(o[p], a[i]);
    }
  }
}

function maxInteger(
  a: Int32Array | Uint32Array,
  o: Int32Array | Uint32Array,
  outer: number,
  length: number,
  inner: number,
): void {
  for (let r = 0, i = 0; r < outer; r++) {
    const begin = r * inner;
    if (inner === 1) {
      let best = a[i++];
      for (let k = 1; k < length; k++) best = Math.max(best, a[i++]);
      o[r] = best;
      continue;
    }
    for (let c = 0; c < inner; c++, i++) o[begin + c] = a[i];
    for (let k = 1; k < length; k++) {
      for (let c = 0, p = begin; c < inner; c++, i++, p++) o[p] = Math.max(o[p], a[i]);
    }
  }
}

function minFloat32(
  a: Float32Array,
  o: Float32Array,
  outer: number,
  length: number,
  inner: number,
): void {
  for (let r = 0, i = 0; r < outer; r++) {
    const begin = r * inner;
    if (inner === 1) {
      let best = a[i++];
      for (let k = 1; k < length; k++) best = Math.min(best, a[i++]);
      o[r] = best;
      continue;
    }
    for (let c = 0; c < inner; c++, i++) o[begin + c] = a[i];
    for (let k = 1; k < length; k++) {
      for (let c = 0, p = begin; c < inner; c++, i++, p++) o[p] = Math.min(o[p], a[i]);
    }
  }
}

function minFloat64(
  a: Float64Array,
  o: Float64Array,
  outer: number,
  length: number,
  inner: number,
): void {
  for (let r = 0, i = 0; r < outer; r++) {
    const begin = r * inner;
    if (inner === 1) {
      let best = a[i++];
      for (let k = 1; k < length; k++) best = Math.min(best, a[i++]);
      o[r] = best;
      continue;
    }
    for (let c = 0; c < inner; c++, i++) o[begin + c] = a[i];
    for (let k = 1; k < length; k++) {
      for (let c = 0, p = begin; c < inner; c++, i++, p++) o[p] = Math.min(o[p], a[i]);
    }
  }
}

function minInteger(
  a: Int32Array | Uint32Array,
  o: Int32Array | Uint32Array,
  outer: number,
  length: number,
  inner: number,
): void {
  for (let r = 0, i = 0; r < outer; r++) {
    const begin = r * inner;
    if (inner === 1) {
      let best = a[i++];
      for (let k = 1; k < length; k++) best = Math.min(best, a[i++]);
      o[r] = best;
      continue;
    }
    for (let c = 0; c < inner; c++, i++) o[begin + c] = a[i];
    for (let k = 1; k < length; k++) {
      for (let c = 0, p = begin; c < inner; c++, i++, p++) o[p] = Math.min(o[p], a[i]);
    }
  }
}

const maxPrimitive: Primitive<ReductionParams> = {
  name: "max",
  reduction: "max",
  kernel: (inputs, params, out) => reductionKernel(maxPrimitive, inputs, params, out),
  abstractEval: ([x], { axes }) => extremumRule("max", x, axes),
  evaluate: ([x], { axes }, out) => {
    const { data, outer, length, inner } = reductionLayout(x, axes);
    const o = allocateCompute(computeDType(out.dtype), outer * inner);
    if (o.length === 0) return narrow(o, out.shape, out.dtype);
    if (o instanceof Float32Array) maxFloat32(data as Float32Array, o, outer, length, inner);
    else if (o instanceof Float64Array) maxFloat64(data as Float64Array, o, outer, length, inner);
    else maxInteger(data as Int32Array | Uint32Array, o, outer, length, inner);
    return narrow(o, out.shape, out.dtype);
  },
  vjp: extremumGradient,
};

/**
 * Largest element over axes; NaN if there is one among them.
 *
 * @param x - Input.
 * @param options - `axis` (default all) and `keepdims` (default false).
 * @returns Dtype of `x`. Equal maxima share the cotangent evenly.
 * @throws {@link RangeError} if an axis is out of range or repeated, or a reduced axis has length 0.
 *
 * @example
 * ```ts
 * import { max } from "@flaxen/autodiff";
 *
 * max([[1, 5], [7, 3]], { axis: 1 }); // => [5, 7]
 * max([]); // throws RangeError: max: x must have elements along the reduced axes, got float32[0].
 * ```
 */
export function max(x: TensorLike, options: ReductionOptions = {}): Tensor {
  checkOptions("max", options, REDUCTION_OPTIONS);
  return reduceWith(maxPrimitive, checkOperand("max", "x", x), options);
}

const minPrimitive: Primitive<ReductionParams> = {
  name: "min",
  reduction: "min",
  kernel: (inputs, params, out) => reductionKernel(minPrimitive, inputs, params, out),
  abstractEval: ([x], { axes }) => extremumRule("min", x, axes),
  evaluate: ([x], { axes }, out) => {
    const { data, outer, length, inner } = reductionLayout(x, axes);
    const o = allocateCompute(computeDType(out.dtype), outer * inner);
    if (o.length === 0) return narrow(o, out.shape, out.dtype);
    if (o instanceof Float32Array) minFloat32(data as Float32Array, o, outer, length, inner);
    else if (o instanceof Float64Array) minFloat64(data as Float64Array, o, outer, length, inner);
    else minInteger(data as Int32Array | Uint32Array, o, outer, length, inner);
    return narrow(o, out.shape, out.dtype);
  },
  vjp: extremumGradient,
};

/**
 * Smallest element over axes; NaN if there is one among them.
 *
 * @param x - Input.
 * @param options - `axis` (default all) and `keepdims` (default false).
 * @returns Dtype of `x`. Equal minima share the cotangent evenly.
 * @throws {@link RangeError} if an axis is out of range or repeated, or a reduced axis has length 0.
 *
 * @example
 * ```ts
 * import { min } from "@flaxen/autodiff";
 *
 * min([[1, 5], [7, 3]], { axis: 1 }); // => [1, 3]
 * min([]); // throws RangeError: min: x must have elements along the reduced axes, got float32[0].
 * ```
 */
export function min(x: TensorLike, options: ReductionOptions = {}): Tensor {
  checkOptions("min", options, REDUCTION_OPTIONS);
  return reduceWith(minPrimitive, checkOperand("min", "x", x), options);
}
