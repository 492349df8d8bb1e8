import { describe } from "@flaxen/dtype";
import { normalizeAxis } from "@flaxen/ndarray";
import { narrow } from "./compute-dtype.ts";
import { searchKernel } from "./kernels/argmax.ts";
import { checkOperand } from "./operands.ts";
import { checkOptions } from "./options.ts";
import type { Primitive, ShapedArray } from "./primitive.ts";
import { reducedShape, reductionLayout } from "./reduction-kernels.ts";
import type { ReductionParams } from "./reduction-kernels.ts";
import { REDUCTION_OPTIONS, reduceWith } from "./reduction.ts";
import type { Tensor, TensorLike } from "./tensor.ts";
import { zeroGradient } from "./zero-gradient.ts";

/** Options of {@link argmax} and {@link argmin}. */
export interface ArgReductionOptions {
  /** Axis to search (default: the flattened tensor); negative ones count from the end. */
  readonly axis?: number | undefined;
  /** Whether the axis stays with length 1 (default `false`). */
  readonly keepdims?: boolean | undefined;
}

function argRule(callee: string, x: ShapedArray, axes: readonly number[]): ShapedArray {
  if (axes.some((axis) => x.shape[axis] === 0)) {
    throw new RangeError(`${callee}: x must have elements along the axis, got ${describe(x)}.`);
  }
  return { shape: reducedShape(x.shape, axes), dtype: "int32" };
}

function argReduce(
  primitive: Primitive<ReductionParams>,
  x: Tensor,
  options: ArgReductionOptions,
): Tensor {
  checkOptions(primitive.name, options, REDUCTION_OPTIONS);
  const { axis, keepdims } = options;
  if (axis !== undefined) normalizeAxis(primitive.name, axis, x.shape.length);
  return reduceWith(primitive, x, { axis, keepdims });
}

function argmaxFloat32(
  a: Float32Array,
  o: Int32Array,
  outer: number,
  length: number,
  inner: number,
): void {
  for (let p = 0; p < outer * inner; p++) {
    const start = Math.floor(p / inner) * length * inner + (p % inner);
    let best = a[start];
    let at = 0;
    for (let k = 1, i = start + inner; k < length; k++, i += inner) {
      if (a[i] > best || (a[i] !== a[i] && best === best)) {
        best = a[i];
        at = k;
      }
    }
    o[p] = at;
  }
}

function argmaxFloat64(
  a: Float64Array,
  o: Int32Array,
  outer: number,
  length: number,
  inner: number,
): void {
  for (let p = 0; p < outer * inner; p++) {
    const start = Math.floor(p / inner) * length * inner + (p % inner);
    let best = a[start];
    let at = 0;
    for (let k = 1, i = start + inner; k < length; k++, i += inner) {
      if (a[i] > best || (a[i] !== a[i] && best === best)) {
        best = a[i];
        at = k;
      }
    }
    o[p] = at;
  }
}

function argmaxInteger(
  a: Int32Array | Uint32Array,
  o: Int32Array,
  outer: number,
  length: number,
  inner: number,
): void {
  for (let p = 0; p < outer * inner; p++) {
    const start = Math.floor(p / inner) * length * inner + (p % inner);
    let best = a[start];
    let at = 0;
    for (let k = 1, i = start + inner; k < length; k++, i += inner) {
      if (a[i] > best) {
        best = a[i];
        at = k;
      }
    }
    o[p] = at;
  }
}

function argminFloat32(
  a: Float32Array,
  o: Int32Array,
  outer: number,
  length: number,
  inner: number,
): void {
  for (let p = 0; p < outer * inner; p++) {
    const start = Math.floor(p / inner) * length * inner + (p % inner);
    let best = a[start];
    let at = 0;
    for (let k = 1, i = start + inner; k < length; k++, i += inner) {
      if (a[i] < best || (a[i] !== a[i] && best === best)) {
        best = a[i];
        at = k;
      }
    }
    o[p] = at;
  }
}

function argminFloat64(
  a: Float64Array,
  o: Int32Array,
  outer: number,
  length: number,
  inner: number,
): void {
  for (let p = 0; p < outer * inner; p++) {
    const start = Math.floor(p / inner) * length * inner + (p % inner);
    let best = a[start];
    let at = 0;
    for (let k = 1, i = start + inner; k < length; k++, i += inner) {
      if (a[i] < best || (a[i] !== a[i] && best === best)) {
        best = a[i];
        at = k;
      }
    }
    o[p] = at;
  }
}

function argminInteger(
  a: Int32Array | Uint32Array,
  o: Int32Array,
  outer: number,
  length: number,
  inner: number,
): void {
  for (let p = 0; p < outer * inner; p++) {
    const start = Math.floor(p / inner) * length * inner + (p % inner);
    let best = a[start];
    let at = 0;
    for (let k = 1, i = start + inner; k < length; k++, i += inner) {
      if (a[i] < best) {
        best = a[i];
        at = k;
      }
    }
    o[p] = at;
  }
}

const argmaxPrimitive: Primitive<ReductionParams> = {
  name: "argmax",
  abstractEval: ([x], { axes }) => argRule("argmax", x, axes),
  evaluate: ([x], { axes }, out) => {
    const { data, outer, length, inner } = reductionLayout(x, axes);
    const o = new Int32Array(outer * inner);
    if (data instanceof Float32Array) argmaxFloat32(data, o, outer, length, inner);
    else if (data instanceof Float64Array) argmaxFloat64(data, o, outer, length, inner);
    else argmaxInteger(data, o, outer, length, inner);
    return narrow(o, out.shape, "int32");
  },
  kernel: ([x], { axes }) => searchKernel("max", x, axes),
  vjp: zeroGradient,
};

/**
 * Index of the largest element along an axis: the first of equals, and the first NaN if there is one.
 *
 * @param x - Input.
 * @param options - `axis` (default: of the flattened tensor) and `keepdims` (default false).
 * @returns Dtype int32.
 * @throws {@link RangeError} if the axis is out of range or has length 0.
 *
 * @example
 * ```ts
 * import { argmax } from "@flaxen/autodiff";
 *
 * argmax([[1, 5], [7, 3]], { axis: 1 }); // => [1, 0]
 * ```
 */
export function argmax(x: TensorLike, options: ArgReductionOptions = {}): Tensor {
  return argReduce(argmaxPrimitive, checkOperand("argmax", "x", x), options);
}

const argminPrimitive: Primitive<ReductionParams> = {
  name: "argmin",
  abstractEval: ([x], { axes }) => argRule("argmin", x, axes),
  evaluate: ([x], { axes }, out) => {
    const { data, outer, length, inner } = reductionLayout(x, axes);
    const o = new Int32Array(outer * inner);
    if (data instanceof Float32Array) argminFloat32(data, o, outer, length, inner);
    else if (data instanceof Float64Array) argminFloat64(data, o, outer, length, inner);
    else argminInteger(data, o, outer, length, inner);
    return narrow(o, out.shape, "int32");
  },
  kernel: ([x], { axes }) => searchKernel("min", x, axes),
  vjp: zeroGradient,
};

/**
 * Index of the smallest element along an axis: the first of equals, and the first NaN if there is one.
 *
 * @param x - Input.
 * @param options - `axis` (default: of the flattened tensor) and `keepdims` (default false).
 * @returns Dtype int32.
 * @throws {@link RangeError} if the axis is out of range or has length 0.
 *
 * @example
 * ```ts
 * import { argmin } from "@flaxen/autodiff";
 *
 * argmin([[1, 5], [7, 3]], { axis: 1 }); // => [0, 1]
 * ```
 */
export function argmin(x: TensorLike, options: ArgReductionOptions = {}): Tensor {
  return argReduce(argminPrimitive, checkOperand("argmin", "x", x), options);
}
