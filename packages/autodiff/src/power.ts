import { describe, isFloating, pow32 } from "@flaxen/dtype";
import { f32x4, f32x4Pow, f64x2, i32x4 } from "@flaxen/wasm";
import type { Expression, FunctionBuilder } from "@flaxen/wasm";
import { binaryRule, evaluateBinary } from "./binary-kernels.ts";
import type { BinaryLoops } from "./binary-kernels.ts";
import { equal } from "./comparison.ts";
import { multiply, subtract } from "./elementwise-binary.ts";
import { log, reciprocal } from "./elementwise-unary.ts";
import { double, floatLanes, single, word } from "./lanes.ts";
import type { Lanes, Vector } from "./lanes.ts";
import { cast, checkOperand, promotePair } from "./operands.ts";
import { bind } from "./primitive.ts";
import type { Primitive } from "./primitive.ts";
import { where } from "./selection.ts";
import { sumTo } from "./sum-to.ts";
import type { Tensor, TensorLike } from "./tensor.ts";
import { likeOperand, mapNumber } from "./unary-kernels.ts";
import type { PlainPrimitive } from "./unary-kernels.ts";

/** C's pow: 1 to any power is 1, and -1 to an infinite power too, where Math.pow gives NaN. */
function pow(x: number, y: number): number {
  if (x === 1 || (x === -1 && (y === Infinity || y === -Infinity))) return 1;
  return x ** y;
}

/** By squaring, modulo 2^32. */
function powInteger(x: number, y: number): number {
  let result = 1;
  for (let base = x, exponent = y >>> 0; exponent !== 0; exponent >>>= 1) {
    if ((exponent & 1) === 1) result = Math.imul(result, base);
    base = Math.imul(base, base);
  }
  return result;
}

const powerLoops: BinaryLoops = {
  f32: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = pow32(a[i], b[j]);
  },
  f64: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = pow(a[i], b[j]);
  },
  integer: (o, p, n, a, i, di, b, j, dj) => {
    for (const end = p + n; p < end; p++, i += di, j += dj) o[p] = powInteger(a[i], b[j]);
  },
};

const powerPrimitive: PlainPrimitive = {
  name: "power",
  abstractEval: (inputs) => binaryRule("power", inputs),
  evaluate: (inputs, _, out) => evaluateBinary(inputs, out, powerLoops),
  lanes: {
    cost: 150,
    float32: (f, [x, y]) => floatLanes(f32x4Pow(f, x.parts, y.parts)),
  },
  vjp: (ct, { inputs: [x, y], output, needs }) => {
    const slope = (): Tensor => multiply(y, power(x, subtract(y, 1)));
    // log(x) is replaced by 0 at x = 0, where the product with x^y tends to 0.
    const logarithm = (): Tensor => log(where(equal(x, 0), 1, x));
    return [
      needs[0] ? sumTo(multiply(ct, slope()), x.shape) : null,
      needs[1] ? sumTo(multiply(ct, multiply(logarithm(), output)), y.shape) : null,
    ];
  },
};

/** By squaring, as the loops do. */
function powerLanes(
  f: FunctionBuilder,
  x: Lanes,
  exponent: number,
  multiplyParts: (a: Vector, b: Vector) => Expression<"v128">,
  one: Vector,
): Lanes {
  let result: Lanes = { dtype: x.dtype, parts: x.parts.map(() => one) };
  let base = x;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    const parts = (a: Lanes): Lanes => ({
      dtype: x.dtype,
      parts: a.parts.map((part, i) => f.let(multiplyParts(part, base.parts[i]))),
    });
    if (rest % 2 === 1) result = result.parts[0] === one ? base : parts(result);
    if (rest > 1) base = parts(base);
  }
  return result;
}

const integerPowerPrimitive: Primitive<{ readonly exponent: number }> = {
  name: "power",
  abstractEval: likeOperand,
  evaluate: ([x], { exponent }, out) =>
    mapNumber(
      x,
      out,
      (a, o) => {
        o.fill(1);
        const base = a.slice();
        for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
          if (rest % 2 === 1) for (let i = 0; i < o.length; i++) o[i] *= base[i];
          for (let i = 0; i < o.length; i++) base[i] *= base[i];
        }
      },
      (a, o) => {
        o.fill(1);
        const base = a.slice();
        for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
          if (rest % 2 === 1) for (let i = 0; i < o.length; i++) o[i] *= base[i];
          for (let i = 0; i < o.length; i++) base[i] *= base[i];
        }
      },
      (a, o) => {
        for (let i = 0; i < o.length; i++) o[i] = powInteger(a[i], exponent);
      },
    ),
  lanes: {
    cost: 8,
    variant: ({ exponent }) => String(exponent),
    float32: (f, [x], { exponent }) => powerLanes(f, x, exponent, f32x4.mul, single(f, 1)),
    float64: (f, [x], { exponent }) => powerLanes(f, x, exponent, f64x2.mul, double(f, 1)),
    int32: (f, [x], { exponent }) => powerLanes(f, x, exponent >>> 0, i32x4.mul, word(f, 1)),
    uint32: (f, [x], { exponent }) => powerLanes(f, x, exponent >>> 0, i32x4.mul, word(f, 1)),
  },
  vjp: (ct, { inputs: [x], params: { exponent } }) => [
    exponent === 0 ? null : multiply(ct, multiply(integerPower(x, exponent - 1), exponent)),
  ],
};

/** `x` to a whole power of at least 0, by repeated squaring. */
function integerPower(x: Tensor, exponent: number): Tensor {
  return bind(integerPowerPrimitive, [x], { exponent });
}

/**
 * `x` to the power `y`, element by element, with broadcasting.
 *
 * A whole JavaScript number `y` is taken by repeated multiplication, which is defined for negative `x` and
 * has a gradient at 0.
 *
 * @param x - Base.
 * @param y - Exponent.
 * @returns Broadcast shape, promoted dtype; integers wrap, bool becomes int32.
 * @throws {@link RangeError} if an integer `x` meets a negative whole number `y`, or the shapes cannot be
 *   broadcast together.
 *
 * @example
 * ```ts
 * import { power } from "@flaxen/autodiff";
 *
 * power([2, -3], 2); // => [4, 9]
 * power([4, 9], 0.5); // => [2, 3]
 * ```
 */
export function power(x: TensorLike, y: TensorLike): Tensor {
  if (typeof y === "number" && Number.isInteger(y)) {
    const base = checkOperand("power", "x", x);
    const operand = base.dtype === "bool" ? cast(base, "int32") : base;
    if (y >= 0) return integerPower(operand, y);
    if (isFloating(operand.dtype)) return reciprocal(integerPower(operand, -y));
    throw new RangeError(
      `power: y must not be negative for integers, got ${describe(y)} for ${describe(operand)}. Cast x to a floating dtype.`,
    );
  }
  const operands = promotePair("power", x, y);
  const numeric = operands[0].dtype === "bool" ? operands.map((z) => cast(z, "int32")) : operands;
  return bind(powerPrimitive, numeric, null);
}
