import { flatData, NDArray } from "@flaxen/ndarray";
import { f32x4, f64x2, v128 } from "@flaxen/wasm";
import { binaryRule, evaluateComparison } from "./binary-kernels.ts";
import type { ComparisonLoops } from "./binary-kernels.ts";
import { computeData } from "./compute-dtype.ts";
import { double, eachPart, maskOf, single } from "./lanes.ts";
import { reductionKernel } from "./loops/eager-loops.ts";
import { cast, checkOperand } from "./operands.ts";
import { checkOptions } from "./options.ts";
import { bind } from "./primitive.ts";
import type { Primitive, ShapedArray } from "./primitive.ts";
import { reducedShape, reductionLayout } from "./reduction-kernels.ts";
import type { ReductionParams } from "./reduction-kernels.ts";
import { REDUCTION_OPTIONS, reduceWith } from "./reduction.ts";
import type { ReductionOptions } from "./reduction.ts";
import type { Tensor, TensorLike } from "./tensor.ts";
import { boolLikeOperand } from "./unary-kernels.ts";
import type { PlainPrimitive } from "./unary-kernels.ts";
import { zeroGradient } from "./zero-gradient.ts";

function asBool(callee: string, argument: string, x: TensorLike): Tensor {
  return cast(checkOperand(callee, argument, x), "bool");
}

function boolArray(data: Uint8Array, out: ShapedArray): NDArray {
  return new NDArray(data, out.shape, undefined, 0, "bool") as NDArray;
}

const isnanPrimitive: PlainPrimitive = {
  name: "isnan",
  abstractEval: boolLikeOperand,
  evaluate: ([x], _, out) => {
    const a = computeData(x);
    const o = new Uint8Array(a.length);
    for (let i = 0; i < a.length; i++) o[i] = Number(a[i] !== a[i]);
    return boolArray(o, out);
  },
  lanes: {
    float32: (f, x) => maskOf(f, x, (y) => f32x4.ne(y, y)),
    float64: (f, x) => maskOf(f, x, (y) => f64x2.ne(y, y)),
  },
  vjp: zeroGradient,
};

/**
 * Whether each element is NaN.
 *
 * @param x - Input; never true for integers.
 * @returns Shape of `x`, dtype bool.
 *
 * @example
 * ```ts
 * import { isnan } from "@flaxen/autodiff";
 *
 * isnan([1, NaN]); // => [false, true]
 * ```
 */
export function isnan(x: TensorLike): Tensor {
  return bind(isnanPrimitive, [checkOperand("isnan", "x", x)], null);
}

const isfinitePrimitive: PlainPrimitive = {
  name: "isfinite",
  abstractEval: boolLikeOperand,
  evaluate: ([x], _, out) => {
    const a = computeData(x);
    const o = new Uint8Array(a.length);
    for (let i = 0; i < a.length; i++) o[i] = Number(a[i] - a[i] === 0);
    return boolArray(o, out);
  },
  lanes: {
    float32: (f, x) => maskOf(f, x, (y) => f32x4.lt(f32x4.abs(y), single(f, Infinity))),
    float64: (f, x) => maskOf(f, x, (y) => f64x2.lt(f64x2.abs(y), double(f, Infinity))),
  },
  vjp: zeroGradient,
};

/**
 * Whether each element is neither infinite nor NaN.
 *
 * @param x - Input; always true for integers.
 * @returns Shape of `x`, dtype bool.
 *
 * @example
 * ```ts
 * import { isfinite } from "@flaxen/autodiff";
 *
 * isfinite([1, -Infinity, NaN]); // => [true, false, false]
 * ```
 */
export function isfinite(x: TensorLike): Tensor {
  return bind(isfinitePrimitive, [checkOperand("isfinite", "x", x)], null);
}

const logicalNotPrimitive: PlainPrimitive = {
  name: "logicalNot",
  abstractEval: boolLikeOperand,
  evaluate: ([x], _, out) => {
    const a = flatData(x) as Uint8Array;
    const o = new Uint8Array(a.length);
    for (let i = 0; i < a.length; i++) o[i] = Number(a[i] === 0);
    return boolArray(o, out);
  },
  lanes: {
    bool: (f, x) => eachPart(f, x, v128.not),
  },
  vjp: zeroGradient,
};

/**
 * Whether each element is false.
 *
 * @param x - Bool, or numbers of which 0 is false.
 * @returns Shape of `x`, dtype bool.
 *
 * @example
 * ```ts
 * import { logicalNot } from "@flaxen/autodiff";
 *
 * logicalNot([true, false]); // => [false, true]
 * ```
 */
export function logicalNot(x: TensorLike): Tensor {
  return bind(logicalNotPrimitive, [asBool("logicalNot", "x", x)], null);
}

/** Operands of logical operations are bool, which computes in integers. */
function boolLoops(integer: ComparisonLoops["integer"]): ComparisonLoops {
  return { f32: neverFloat, f64: neverFloat, integer };
}

function neverFloat(): void {}

const logicalAndRow: ComparisonLoops["integer"] = (o, p, n, a, i, di, b, j, dj) => {
  for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = a[i] & b[j];
};

const logicalAndPrimitive: PlainPrimitive = {
  name: "logicalAnd",
  abstractEval: (inputs) => binaryRule("logicalAnd", inputs),
  evaluate: (inputs, _, out) => evaluateComparison(inputs, out, boolLoops(logicalAndRow)),
  lanes: {
    bool: (f, x) => eachPart(f, x, v128.and),
  },
  vjp: zeroGradient,
};

/**
 * Whether both operands are true, element by element, with broadcasting.
 *
 * @param x - Bool, or numbers of which 0 is false.
 * @param y - As `x`.
 * @returns Broadcast shape, dtype bool.
 * @throws {@link RangeError} if the shapes cannot be broadcast together.
 *
 * @example
 * ```ts
 * import { logicalAnd } from "@flaxen/autodiff";
 *
 * logicalAnd([true, false, true], [true, false, false]); // => [true, false, false]
 * ```
 */
export function logicalAnd(x: TensorLike, y: TensorLike): Tensor {
  return bind(
    logicalAndPrimitive,
    [asBool("logicalAnd", "x", x), asBool("logicalAnd", "y", y)],
    null,
  );
}

const logicalOrRow: ComparisonLoops["integer"] = (o, p, n, a, i, di, b, j, dj) => {
  for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = a[i] | b[j];
};

const logicalOrPrimitive: PlainPrimitive = {
  name: "logicalOr",
  abstractEval: (inputs) => binaryRule("logicalOr", inputs),
  evaluate: (inputs, _, out) => evaluateComparison(inputs, out, boolLoops(logicalOrRow)),
  lanes: {
    bool: (f, x) => eachPart(f, x, v128.or),
  },
  vjp: zeroGradient,
};

/**
 * Whether an operand is true, element by element, with broadcasting.
 *
 * @param x - Bool, or numbers of which 0 is false.
 * @param y - As `x`.
 * @returns Broadcast shape, dtype bool.
 * @throws {@link RangeError} if the shapes cannot be broadcast together.
 *
 * @example
 * ```ts
 * import { logicalOr } from "@flaxen/autodiff";
 *
 * logicalOr([true, false, true], [true, false, false]); // => [true, false, true]
 * ```
 */
export function logicalOr(x: TensorLike, y: TensorLike): Tensor {
  return bind(logicalOrPrimitive, [asBool("logicalOr", "x", x), asBool("logicalOr", "y", y)], null);
}

const logicalXorRow: ComparisonLoops["integer"] = (o, p, n, a, i, di, b, j, dj) => {
  for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = a[i] ^ b[j];
};

const logicalXorPrimitive: PlainPrimitive = {
  name: "logicalXor",
  abstractEval: (inputs) => binaryRule("logicalXor", inputs),
  evaluate: (inputs, _, out) => evaluateComparison(inputs, out, boolLoops(logicalXorRow)),
  lanes: {
    bool: (f, x) => eachPart(f, x, v128.xor),
  },
  vjp: zeroGradient,
};

/**
 * Whether exactly one operand is true, element by element, with broadcasting.
 *
 * @param x - Bool, or numbers of which 0 is false.
 * @param y - As `x`.
 * @returns Broadcast shape, dtype bool.
 * @throws {@link RangeError} if the shapes cannot be broadcast together.
 *
 * @example
 * ```ts
 * import { logicalXor } from "@flaxen/autodiff";
 *
 * logicalXor([true, false, true], [true, false, false]); // => [false, false, true]
 * ```
 */
export function logicalXor(x: TensorLike, y: TensorLike): Tensor {
  return bind(
    logicalXorPrimitive,
    [asBool("logicalXor", "x", x), asBool("logicalXor", "y", y)],
    null,
  );
}

const anyPrimitive: Primitive<ReductionParams> = {
  name: "any",
  reduction: "any",
  kernel: (inputs, params, out) => reductionKernel(anyPrimitive, inputs, params, out),
  abstractEval: ([x], { axes }) => ({ shape: reducedShape(x.shape, axes), dtype: "bool" }),
  evaluate: ([x], { axes }, out) => {
    const { data, outer, length, inner } = reductionLayout(x, axes);
    const o = new Uint8Array(outer * inner);
    for (let r = 0, i = 0; r < outer; r++) {
      for (let k = 0; k < length; k++) {
        for (let p = r * inner, end = p + inner; p < end; p++, i++) if (data[i] !== 0) o[p] = 1;
      }
    }
    return boolArray(o, out);
  },
  vjp: zeroGradient,
};

/**
 * Whether any element over axes is true; false for none.
 *
 * @param x - Bool, or numbers of which 0 is false.
 * @param options - `axis` (default all) and `keepdims` (default false).
 * @returns Dtype bool.
 * @throws {@link RangeError} if an axis is out of range or repeated.
 *
 * @example
 * ```ts
 * import { any } from "@flaxen/autodiff";
 *
 * any([[1, 0], [0, 0]], { axis: 1 }); // => [true, false]
 * ```
 */
export function any(x: TensorLike, options: ReductionOptions = {}): Tensor {
  checkOptions("any", options, REDUCTION_OPTIONS);
  return reduceWith(anyPrimitive, asBool("any", "x", x), options);
}

const allPrimitive: Primitive<ReductionParams> = {
  name: "all",
  reduction: "all",
  kernel: (inputs, params, out) => reductionKernel(allPrimitive, inputs, params, out),
  abstractEval: ([x], { axes }) => ({ shape: reducedShape(x.shape, axes), dtype: "bool" }),
  evaluate: ([x], { axes }, out) => {
    const { data, outer, length, inner } = reductionLayout(x, axes);
    const o = new Uint8Array(outer * inner).fill(1);
    for (let r = 0, i = 0; r < outer; r++) {
      for (let k = 0; k < length; k++) {
        for (let p = r * inner, end = p + inner; p < end; p++, i++) if (data[i] === 0) o[p] = 0;
      }
    }
    return boolArray(o, out);
  },
  vjp: zeroGradient,
};

/**
 * Whether every element over axes is true; true for none.
 *
 * @param x - Bool, or numbers of which 0 is false.
 * @param options - `axis` (default all) and `keepdims` (default false).
 * @returns Dtype bool.
 * @throws {@link RangeError} if an axis is out of range or repeated.
 *
 * @example
 * ```ts
 * import { all } from "@flaxen/autodiff";
 *
 * all([[1, 0], [0, 0]], { axis: 1 }); // => [false, false]
 * ```
 */
export function all(x: TensorLike, options: ReductionOptions = {}): Tensor {
  checkOptions("all", options, REDUCTION_OPTIONS);
  return reduceWith(allPrimitive, asBool("all", "x", x), options);
}
