import { f32x4, f64x2, i32x4 } from "@flaxen/wasm";
import { evaluateComparison } from "./binary-kernels.ts";
import type { ComparisonLoops } from "./binary-kernels.ts";
import { broadcastOperands } from "./broadcasting.ts";
import { maskOf } from "./lanes.ts";
import { promotePair } from "./operands.ts";
import { bind } from "./primitive.ts";
import type { ShapedArray } from "./primitive.ts";
import type { Tensor, TensorLike } from "./tensor.ts";
import type { PlainPrimitive } from "./unary-kernels.ts";
import { zeroGradient } from "./zero-gradient.ts";

// The loops store Number(condition): a branch per element is mispredicted on random values, and made them
// twice as slow.

function comparisonRule(callee: string, inputs: readonly ShapedArray[]): ShapedArray {
  return { shape: broadcastOperands(callee, inputs), dtype: "bool" };
}

const equalLoops: ComparisonLoops = {
  f32: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Number(a[i] === b[j]);
  },
  f64: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Number(a[i] === b[j]);
  },
  integer: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Number(a[i] === b[j]);
  },
};

const equalPrimitive: PlainPrimitive = {
  name: "equal",
  abstractEval: (inputs) => comparisonRule("equal", inputs),
  evaluate: (inputs, _, out) => evaluateComparison(inputs, out, equalLoops),
  lanes: {
    float32: (f, x) => maskOf(f, x, f32x4.eq),
    float64: (f, x) => maskOf(f, x, f64x2.eq),
    int32: (f, x) => maskOf(f, x, i32x4.eq),
    uint32: (f, x) => maskOf(f, x, i32x4.eq),
    bool: (f, x) => maskOf(f, x, i32x4.eq),
  },
  vjp: zeroGradient,
};

/**
 * Whether `x === y`, element by element, with broadcasting.
 *
 * @param x - Left operand.
 * @param y - Right operand.
 * @returns Broadcast shape, dtype bool; NaN equals nothing.
 * @throws {@link RangeError} if the shapes cannot be broadcast together.
 *
 * @example
 * ```ts
 * import { equal } from "@flaxen/autodiff";
 *
 * equal([1, 2, 3], 2); // => [false, true, false]
 * ```
 */
export function equal(x: TensorLike, y: TensorLike): Tensor {
  return bind(equalPrimitive, promotePair("equal", x, y), null);
}

const notEqualLoops: ComparisonLoops = {
  f32: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Number(a[i] !== b[j]);
  },
  f64: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Number(a[i] !== b[j]);
  },
  integer: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Number(a[i] !== b[j]);
  },
};

const notEqualPrimitive: PlainPrimitive = {
  name: "notEqual",
  abstractEval: (inputs) => comparisonRule("notEqual", inputs),
  evaluate: (inputs, _, out) => evaluateComparison(inputs, out, notEqualLoops),
  lanes: {
    float32: (f, x) => maskOf(f, x, f32x4.ne),
    float64: (f, x) => maskOf(f, x, f64x2.ne),
    int32: (f, x) => maskOf(f, x, i32x4.ne),
    uint32: (f, x) => maskOf(f, x, i32x4.ne),
    bool: (f, x) => maskOf(f, x, i32x4.ne),
  },
  vjp: zeroGradient,
};

/**
 * Whether `x !== y`, element by element, with broadcasting.
 *
 * @param x - Left operand.
 * @param y - Right operand.
 * @returns Broadcast shape, dtype bool; NaN differs from everything.
 * @throws {@link RangeError} if the shapes cannot be broadcast together.
 *
 * @example
 * ```ts
 * import { notEqual } from "@flaxen/autodiff";
 *
 * notEqual([1, 2, 3], 2); // => [true, false, true]
 * ```
 */
export function notEqual(x: TensorLike, y: TensorLike): Tensor {
  return bind(notEqualPrimitive, promotePair("notEqual", x, y), null);
}

const lessLoops: ComparisonLoops = {
  f32: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Number(a[i] < b[j]);
  },
  f64: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Number(a[i] < b[j]);
  },
  integer: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Number(a[i] < b[j]);
  },
};

const lessPrimitive: PlainPrimitive = {
  name: "less",
  abstractEval: (inputs) => comparisonRule("less", inputs),
  evaluate: (inputs, _, out) => evaluateComparison(inputs, out, lessLoops),
  lanes: {
    float32: (f, x) => maskOf(f, x, f32x4.lt),
    float64: (f, x) => maskOf(f, x, f64x2.lt),
    int32: (f, x) => maskOf(f, x, i32x4.ltS),
    uint32: (f, x) => maskOf(f, x, i32x4.ltU),
    bool: (f, x) => maskOf(f, x, i32x4.gtS),
  },
  vjp: zeroGradient,
};

/**
 * Whether `x < y`, element by element, with broadcasting.
 *
 * @param x - Left operand.
 * @param y - Right operand.
 * @returns Broadcast shape, dtype bool; `false` for NaN.
 * @throws {@link RangeError} if the shapes cannot be broadcast together.
 *
 * @example
 * ```ts
 * import { less } from "@flaxen/autodiff";
 *
 * less([1, 2, 3], 2); // => [true, false, false]
 * ```
 */
export function less(x: TensorLike, y: TensorLike): Tensor {
  return bind(lessPrimitive, promotePair("less", x, y), null);
}

const lessEqualLoops: ComparisonLoops = {
  f32: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Number(a[i] <= b[j]);
  },
  f64: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Number(a[i] <= b[j]);
  },
  integer: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Number(a[i] <= b[j]);
  },
};

const lessEqualPrimitive: PlainPrimitive = {
  name: "lessEqual",
  abstractEval: (inputs) => comparisonRule("lessEqual", inputs),
  evaluate: (inputs, _, out) => evaluateComparison(inputs, out, lessEqualLoops),
  lanes: {
    float32: (f, x) => maskOf(f, x, f32x4.le),
    float64: (f, x) => maskOf(f, x, f64x2.le),
    int32: (f, x) => maskOf(f, x, i32x4.leS),
    uint32: (f, x) => maskOf(f, x, i32x4.leU),
    bool: (f, x) => maskOf(f, x, i32x4.geS),
  },
  vjp: zeroGradient,
};

/**
 * Whether `x <= y`, element by element, with broadcasting.
 *
 * @param x - Left operand.
 * @param y - Right operand.
 * @returns Broadcast shape, dtype bool; `false` for NaN.
 * @throws {@link RangeError} if the shapes cannot be broadcast together.
 *
 * @example
 * ```ts
 * import { lessEqual } from "@flaxen/autodiff";
 *
 * lessEqual([1, 2, 3], 2); // => [true, true, false]
 * ```
 */
export function lessEqual(x: TensorLike, y: TensorLike): Tensor {
  return bind(lessEqualPrimitive, promotePair("lessEqual", x, y), null);
}

const greaterLoops: ComparisonLoops = {
  f32: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Number(a[i] > b[j]);
  },
  f64: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Number(a[i] > b[j]);
  },
  integer: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Number(a[i] > b[j]);
  },
};

const greaterPrimitive: PlainPrimitive = {
  name: "greater",
  abstractEval: (inputs) => comparisonRule("greater", inputs),
  evaluate: (inputs, _, out) => evaluateComparison(inputs, out, greaterLoops),
  lanes: {
    float32: (f, x) => maskOf(f, x, f32x4.gt),
    float64: (f, x) => maskOf(f, x, f64x2.gt),
    int32: (f, x) => maskOf(f, x, i32x4.gtS),
    uint32: (f, x) => maskOf(f, x, i32x4.gtU),
    bool: (f, x) => maskOf(f, x, i32x4.ltS),
  },
  vjp: zeroGradient,
};

/**
 * Whether `x > y`, element by element, with broadcasting.
 *
 * @param x - Left operand.
 * @param y - Right operand.
 * @returns Broadcast shape, dtype bool; `false` for NaN.
 * @throws {@link RangeError} if the shapes cannot be broadcast together.
 *
 * @example
 * ```ts
 * import { greater } from "@flaxen/autodiff";
 *
 * greater([1, 2, 3], 2); // => [false, false, true]
 * ```
 */
export function greater(x: TensorLike, y: TensorLike): Tensor {
  return bind(greaterPrimitive, promotePair("greater", x, y), null);
}

const greaterEqualLoops: ComparisonLoops = {
  f32: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Number(a[i] >= b[j]);
  },
  f64: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Number(a[i] >= b[j]);
  },
  integer: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Number(a[i] >= b[j]);
  },
};

const greaterEqualPrimitive: PlainPrimitive = {
  name: "greaterEqual",
  abstractEval: (inputs) => comparisonRule("greaterEqual", inputs),
  evaluate: (inputs, _, out) => evaluateComparison(inputs, out, greaterEqualLoops),
  lanes: {
    float32: (f, x) => maskOf(f, x, f32x4.ge),
    float64: (f, x) => maskOf(f, x, f64x2.ge),
    int32: (f, x) => maskOf(f, x, i32x4.geS),
    uint32: (f, x) => maskOf(f, x, i32x4.geU),
    bool: (f, x) => maskOf(f, x, i32x4.leS),
  },
  vjp: zeroGradient,
};

/**
 * Whether `x >= y`, element by element, with broadcasting.
 *
 * @param x - Left operand.
 * @param y - Right operand.
 * @returns Broadcast shape, dtype bool; `false` for NaN.
 * @throws {@link RangeError} if the shapes cannot be broadcast together.
 *
 * @example
 * ```ts
 * import { greaterEqual } from "@flaxen/autodiff";
 *
 * greaterEqual([1, 2, 3], 2); // => [false, true, true]
 * ```
 */
export function greaterEqual(x: TensorLike, y: TensorLike): Tensor {
  return bind(greaterEqualPrimitive, promotePair("greaterEqual", x, y), null);
}
