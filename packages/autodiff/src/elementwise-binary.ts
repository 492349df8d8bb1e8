import { describe } from "@flaxen/dtype";
import { f32x4, f64x2, i32x4, v128 } from "@flaxen/wasm";
import { binaryRule, evaluateBinary } from "./binary-kernels.ts";
import type { BinaryLoops } from "./binary-kernels.ts";
import { equal } from "./comparison.ts";
import { negative } from "./elementwise-unary.ts";
import { eachPart } from "./lanes.ts";
import { isfinite } from "./logical.ts";
import { cast, promotePair } from "./operands.ts";
import { bind } from "./primitive.ts";
import type { ShapedArray, VjpContext } from "./primitive.ts";
import { floor, round } from "./rounding.ts";
import { where } from "./selection.ts";
import { sumTo } from "./sum-to.ts";
import type { Tensor, TensorLike } from "./tensor.ts";
import type { PlainPrimitive } from "./unary-kernels.ts";

function numericRule(callee: string, inputs: readonly ShapedArray[]): ShapedArray {
  const [x, y] = inputs;
  if (x.dtype === "bool") {
    throw new TypeError(
      `${callee}: x and y must not both be bool, got ${describe(x)} and ${describe(y)}.`,
    );
  }
  return binaryRule(callee, inputs);
}

function floorRemainder(x: number, y: number): number {
  const r = x % y;
  return r !== 0 && r < 0 !== y < 0 ? r + y : r;
}

function floorRemainderInteger(x: number, y: number): number {
  return y === 0 ? 0 : floorRemainder(x, y);
}

/** The operand that equals the result gets the cotangent; both share it where both do. */
function extremumGradient(
  ct: Tensor,
  { inputs: [x, y], output, needs }: VjpContext<null>,
): readonly (Tensor | null)[] {
  const { dtype } = ct;
  const fromX = equal(x, output);
  const fromY = equal(y, output);
  const share = (mine: Tensor, other: Tensor): Tensor =>
    multiply(ct, divide(cast(mine, dtype), where(other, 2, 1)));
  return [
    needs[0] ? sumTo(share(fromX, fromY), x.shape) : null,
    needs[1] ? sumTo(share(fromY, fromX), y.shape) : null,
  ];
}

const addLoops: BinaryLoops = {
  f32: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = a[i] + b[j];
  },
  f64: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = a[i] + b[j];
  },
  integer: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = a[i] + b[j];
  },
};

const addPrimitive: PlainPrimitive = {
  name: "add",
  abstractEval: (inputs) => binaryRule("add", inputs),
  evaluate: (inputs, _, out) => evaluateBinary(inputs, out, addLoops),
  lanes: {
    float32: (f, x) => eachPart(f, x, f32x4.add),
    float64: (f, x) => eachPart(f, x, f64x2.add),
    int32: (f, x) => eachPart(f, x, i32x4.add),
    uint32: (f, x) => eachPart(f, x, i32x4.add),
    bool: (f, x) => eachPart(f, x, v128.or),
  },
  vjp: (ct, { inputs: [x, y], needs }) => [
    needs[0] ? sumTo(ct, x.shape) : null,
    needs[1] ? sumTo(ct, y.shape) : null,
  ],
};

/**
 * `x + y`, element by element, with broadcasting.
 *
 * @param x - Left operand.
 * @param y - Right operand. A bare number takes the dtype of the other operand where it can.
 * @returns Broadcast shape, promoted dtype; integers wrap, bool is "or".
 * @throws {@link RangeError} if the shapes cannot be broadcast together.
 *
 * @example
 * ```ts
 * import { add } from "@flaxen/autodiff";
 *
 * add([1, 2], 1); // => [2, 3]
 * add([[1], [2]], [10, 20]); // => [[11, 21], [12, 22]]
 * add([1, 2], [1, 2, 3]); // throws RangeError: add: operands must have broadcast-compatible shapes, got [2] and [3].
 * ```
 */
export function add(x: TensorLike, y: TensorLike): Tensor {
  return bind(addPrimitive, promotePair("add", x, y), null);
}

const subtractLoops: BinaryLoops = {
  f32: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = a[i] - b[j];
  },
  f64: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = a[i] - b[j];
  },
  integer: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = a[i] - b[j];
  },
};

const subtractPrimitive: PlainPrimitive = {
  name: "subtract",
  abstractEval: (inputs) => numericRule("subtract", inputs),
  evaluate: (inputs, _, out) => evaluateBinary(inputs, out, subtractLoops),
  lanes: {
    float32: (f, x) => eachPart(f, x, f32x4.sub),
    float64: (f, x) => eachPart(f, x, f64x2.sub),
    int32: (f, x) => eachPart(f, x, i32x4.sub),
    uint32: (f, x) => eachPart(f, x, i32x4.sub),
  },
  vjp: (ct, { inputs: [x, y], needs }) => [
    needs[0] ? sumTo(ct, x.shape) : null,
    needs[1] ? sumTo(negative(ct), y.shape) : null,
  ],
};

/**
 * `x - y`, element by element, with broadcasting.
 *
 * @param x - Left operand.
 * @param y - Right operand.
 * @returns Broadcast shape, promoted dtype; integers wrap.
 * @throws {@link TypeError} if both operands are bool.
 * @throws {@link RangeError} if the shapes cannot be broadcast together.
 *
 * @example
 * ```ts
 * import { subtract } from "@flaxen/autodiff";
 *
 * subtract([3, 2], 1); // => [2, 1]
 * ```
 */
export function subtract(x: TensorLike, y: TensorLike): Tensor {
  return bind(subtractPrimitive, promotePair("subtract", x, y), null);
}

const multiplyLoops: BinaryLoops = {
  f32: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = a[i] * b[j];
  },
  f64: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = a[i] * b[j];
  },
  integer: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Math.imul(a[i], b[j]);
  },
};

const multiplyPrimitive: PlainPrimitive = {
  name: "multiply",
  abstractEval: (inputs) => binaryRule("multiply", inputs),
  evaluate: (inputs, _, out) => evaluateBinary(inputs, out, multiplyLoops),
  lanes: {
    float32: (f, x) => eachPart(f, x, f32x4.mul),
    float64: (f, x) => eachPart(f, x, f64x2.mul),
    int32: (f, x) => eachPart(f, x, i32x4.mul),
    uint32: (f, x) => eachPart(f, x, i32x4.mul),
    bool: (f, x) => eachPart(f, x, v128.and),
  },
  vjp: (ct, { inputs: [x, y], needs }) => [
    needs[0] ? sumTo(multiply(ct, y), x.shape) : null,
    needs[1] ? sumTo(multiply(ct, x), y.shape) : null,
  ],
};

/**
 * `x * y`, element by element, with broadcasting.
 *
 * @param x - Left operand.
 * @param y - Right operand.
 * @returns Broadcast shape, promoted dtype; integers wrap, bool is "and".
 * @throws {@link RangeError} if the shapes cannot be broadcast together.
 *
 * @example
 * ```ts
 * import { multiply } from "@flaxen/autodiff";
 *
 * multiply([1, 2], [3, 4]); // => [3, 8]
 * ```
 */
export function multiply(x: TensorLike, y: TensorLike): Tensor {
  return bind(multiplyPrimitive, promotePair("multiply", x, y), null);
}

const divideLoops: BinaryLoops = {
  f32: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = a[i] / b[j];
  },
  f64: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = a[i] / b[j];
  },
};

const dividePrimitive: PlainPrimitive = {
  name: "divide",
  abstractEval: (inputs) => binaryRule("divide", inputs),
  evaluate: (inputs, _, out) => evaluateBinary(inputs, out, divideLoops),
  lanes: {
    float32: (f, x) => eachPart(f, x, f32x4.div),
    float64: (f, x) => eachPart(f, x, f64x2.div),
  },
  vjp: (ct, { inputs: [x, y], output, needs }) => [
    needs[0] ? sumTo(divide(ct, y), x.shape) : null,
    needs[1] ? sumTo(negative(multiply(divide(ct, y), output)), y.shape) : null,
  ],
};

/**
 * `x / y`, element by element, with broadcasting.
 *
 * @param x - Dividend.
 * @param y - Divisor; division by 0 gives an infinity or NaN.
 * @returns Broadcast shape, floating dtype: integers become the default float.
 * @throws {@link RangeError} if the shapes cannot be broadcast together.
 *
 * @example
 * ```ts
 * import { divide } from "@flaxen/autodiff";
 *
 * divide([1, 2], [2, 0]); // => [0.5, Infinity]
 * ```
 */
export function divide(x: TensorLike, y: TensorLike): Tensor {
  return bind(dividePrimitive, promotePair("divide", x, y, true), null);
}

const maximumLoops: BinaryLoops = {
  f32: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Math.max(a[i], b[j]);
  },
  f64: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Math.max(a[i], b[j]);
  },
  integer: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Math.max(a[i], b[j]);
  },
};

const maximumPrimitive: PlainPrimitive = {
  name: "maximum",
  abstractEval: (inputs) => binaryRule("maximum", inputs),
  evaluate: (inputs, _, out) => evaluateBinary(inputs, out, maximumLoops),
  lanes: {
    float32: (f, x) => eachPart(f, x, f32x4.max),
    float64: (f, x) => eachPart(f, x, f64x2.max),
    int32: (f, x) => eachPart(f, x, i32x4.maxS),
    uint32: (f, x) => eachPart(f, x, i32x4.maxU),
    bool: (f, x) => eachPart(f, x, v128.or),
  },
  vjp: extremumGradient,
};

/**
 * The larger of `x` and `y`, element by element, with broadcasting; NaN wins.
 *
 * @param x - Left operand.
 * @param y - Right operand. Where both are equal each gets half of the cotangent, as in JAX.
 * @returns Broadcast shape, promoted dtype.
 * @throws {@link RangeError} if the shapes cannot be broadcast together.
 *
 * @example
 * ```ts
 * import { maximum } from "@flaxen/autodiff";
 *
 * maximum([1, 5], 3); // => [3, 5]
 * ```
 */
export function maximum(x: TensorLike, y: TensorLike): Tensor {
  return bind(maximumPrimitive, promotePair("maximum", x, y), null);
}

const minimumLoops: BinaryLoops = {
  f32: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Math.min(a[i], b[j]);
  },
  f64: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Math.min(a[i], b[j]);
  },
  integer: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = Math.min(a[i], b[j]);
  },
};

const minimumPrimitive: PlainPrimitive = {
  name: "minimum",
  abstractEval: (inputs) => binaryRule("minimum", inputs),
  evaluate: (inputs, _, out) => evaluateBinary(inputs, out, minimumLoops),
  lanes: {
    float32: (f, x) => eachPart(f, x, f32x4.min),
    float64: (f, x) => eachPart(f, x, f64x2.min),
    int32: (f, x) => eachPart(f, x, i32x4.minS),
    uint32: (f, x) => eachPart(f, x, i32x4.minU),
    bool: (f, x) => eachPart(f, x, v128.and),
  },
  vjp: extremumGradient,
};

/**
 * The smaller of `x` and `y`, element by element, with broadcasting; NaN wins.
 *
 * @param x - Left operand.
 * @param y - Right operand. Where both are equal each gets half of the cotangent, as in JAX.
 * @returns Broadcast shape, promoted dtype.
 * @throws {@link RangeError} if the shapes cannot be broadcast together.
 *
 * @example
 * ```ts
 * import { minimum } from "@flaxen/autodiff";
 *
 * minimum([1, 5], 3); // => [1, 3]
 * ```
 */
export function minimum(x: TensorLike, y: TensorLike): Tensor {
  return bind(minimumPrimitive, promotePair("minimum", x, y), null);
}

const remainderLoops: BinaryLoops = {
  f32: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = floorRemainder(a[i], b[j]);
  },
  f64: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = floorRemainder(a[i], b[j]);
  },
  integer: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj)
      o[p] = floorRemainderInteger(a[i], b[j]);
  },
};

/** `floor(x / y)`, from the remainder so that rounding cannot miss it by one. */
function flooredQuotient(x: Tensor, y: Tensor, remainder: Tensor): Tensor {
  const whole = subtract(x, remainder);
  // Nothing finite is left of an infinite x, or of an infinite y of the other sign, which is the remainder itself.
  const limit = subtract(floor(divide(x, y)), cast(equal(remainder, y), x.dtype));
  return where(isfinite(whole), round(divide(whole, y)), limit);
}

const remainderPrimitive: PlainPrimitive = {
  name: "remainder",
  abstractEval: (inputs) => binaryRule("remainder", inputs),
  evaluate: (inputs, _, out) => evaluateBinary(inputs, out, remainderLoops),
  vjp: (ct, { inputs: [x, y], output, needs }) => [
    needs[0] ? sumTo(ct, x.shape) : null,
    needs[1] ? sumTo(negative(multiply(ct, flooredQuotient(x, y, output))), y.shape) : null,
  ],
};

/**
 * `x - y * floor(x / y)`, element by element, with broadcasting: the remainder with the sign of `y`.
 *
 * @param x - Dividend.
 * @param y - Divisor; 0 gives NaN for floats and 0 for integers.
 * @returns Broadcast shape, promoted dtype; bool becomes int32.
 * @throws {@link RangeError} if the shapes cannot be broadcast together.
 *
 * @example
 * ```ts
 * import { remainder } from "@flaxen/autodiff";
 *
 * remainder([5, -5], 3); // => [2, 1]
 * ```
 */
export function remainder(x: TensorLike, y: TensorLike): Tensor {
  const operands = promotePair("remainder", x, y);
  const numeric = operands[0].dtype === "bool" ? operands.map((z) => cast(z, "int32")) : operands;
  return bind(remainderPrimitive, numeric, null);
}
