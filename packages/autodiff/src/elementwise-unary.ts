import { describe, erf32, exp32, expm132, log1p32, log32, tanh32 } from "@flaxen/dtype";
import {
  f32x4,
  f32x4Erf,
  f32x4Exp,
  f32x4Expm1,
  f32x4Log,
  f32x4Log1p,
  f32x4Tanh,
  f64x2,
  i32x4,
  v128,
} from "@flaxen/wasm";
import type { FunctionBuilder } from "@flaxen/wasm";
import { add, divide, multiply, subtract } from "./elementwise-binary.ts";
import { greaterEqual } from "./comparison.ts";
import { erf64, erfc64 } from "./error-function.ts";
import type { LaneFormula, Lanes } from "./lanes.ts";
import {
  demoteParts,
  double,
  eachPart,
  floatLanes,
  promoteParts,
  sameLanes,
  single,
  word,
} from "./lanes.ts";
import { cast, checkInexact, checkOperand } from "./operands.ts";
import { bind } from "./primitive.ts";
import type { ShapedArray } from "./primitive.ts";
import { where } from "./selection.ts";
import type { Tensor, TensorLike } from "./tensor.ts";
import { likeOperand, mapFloat, mapNumber } from "./unary-kernels.ts";
import type { PlainPrimitive } from "./unary-kernels.ts";
import { zeroGradient } from "./zero-gradient.ts";

function refuseBool(callee: string, x: ShapedArray): ShapedArray {
  if (x.dtype === "bool") {
    throw new TypeError(`${callee}: x must be numeric, got ${describe(x)}.`);
  }
  return { shape: x.shape, dtype: x.dtype };
}

const negativePrimitive: PlainPrimitive = {
  name: "negative",
  abstractEval: ([x]) => refuseBool("negative", x),
  evaluate: ([x], _, out) =>
    mapNumber(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = -a[i];
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = -a[i];
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = -a[i];
      },
    ),
  lanes: {
    float32: (f, x) => eachPart(f, x, f32x4.neg),
    float64: (f, x) => eachPart(f, x, f64x2.neg),
    int32: (f, x) => eachPart(f, x, i32x4.neg),
    uint32: (f, x) => eachPart(f, x, i32x4.neg),
  },
  vjp: (ct) => [negative(ct)],
};

/**
 * `-x`, element by element.
 *
 * @param x - Numeric input; unsigned integers wrap.
 * @returns Shape and dtype of `x`.
 * @throws {@link TypeError} if `x` is bool.
 *
 * @example
 * ```ts
 * import { negative } from "@flaxen/autodiff";
 *
 * negative([1, -2]); // => [-1, 2]
 * ```
 */
export function negative(x: TensorLike): Tensor {
  return bind(negativePrimitive, [checkOperand("negative", "x", x)], null);
}

const absPrimitive: PlainPrimitive = {
  name: "abs",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapNumber(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.abs(a[i]);
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.abs(a[i]);
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.abs(a[i]);
      },
    ),
  lanes: {
    float32: (f, x) => eachPart(f, x, f32x4.abs),
    float64: (f, x) => eachPart(f, x, f64x2.abs),
    int32: (f, x) => eachPart(f, x, i32x4.abs),
    uint32: sameLanes,
    bool: sameLanes,
  },
  vjp: (ct, { inputs: [x] }) => [where(greaterEqual(x, 0), ct, negative(ct))],
};

/**
 * `|x|`, element by element.
 *
 * @param x - Input. The derivative at 0 is 1, as in JAX.
 * @returns Shape and dtype of `x`.
 *
 * @example
 * ```ts
 * import { abs } from "@flaxen/autodiff";
 *
 * abs([1, -2]); // => [1, 2]
 * ```
 */
export function abs(x: TensorLike): Tensor {
  return bind(absPrimitive, [checkOperand("abs", "x", x)], null);
}

/** 1 with the sign of x where x is neither 0 nor NaN, else x. */
const signLanes: LaneFormula<null> = (f, [x]) => {
  const [floats, constant] = x.dtype === "float32" ? [f32x4, single] : ([f64x2, double] as const);
  return eachPart(f, [x], (y) => {
    const unit = v128.or(constant(f, 1), v128.and(y, constant(f, -0)));
    return v128.bitselect(unit, y, floats.gt(floats.abs(y), constant(f, 0)));
  });
};

const signPrimitive: PlainPrimitive = {
  name: "sign",
  abstractEval: ([x]) => refuseBool("sign", x),
  evaluate: ([x], _, out) =>
    mapNumber(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.sign(a[i]);
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.sign(a[i]);
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.sign(a[i]);
      },
    ),
  lanes: {
    cost: 6,
    float32: signLanes,
    float64: signLanes,
    int32: (f, x) => eachPart(f, x, (y) => i32x4.minS(i32x4.maxS(y, word(f, -1)), word(f, 1))),
    uint32: (f, x) => eachPart(f, x, (y) => i32x4.minU(y, word(f, 1))),
  },
  vjp: zeroGradient,
};

/**
 * -1, 0 or 1 by the sign of each element; zeros keep their sign and NaN stays NaN.
 *
 * @param x - Numeric input. The derivative is 0.
 * @returns Shape and dtype of `x`.
 * @throws {@link TypeError} if `x` is bool.
 *
 * @example
 * ```ts
 * import { sign } from "@flaxen/autodiff";
 *
 * sign([3, 0, -2]); // => [1, 0, -1]
 * ```
 */
export function sign(x: TensorLike): Tensor {
  return bind(signPrimitive, [checkOperand("sign", "x", x)], null);
}

const expPrimitive: PlainPrimitive = {
  name: "exp",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapFloat(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = exp32(a[i]);
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.exp(a[i]);
      },
    ),
  lanes: { cost: 40, float32: (f, [x]) => floatLanes(f32x4Exp(f, x.parts)) },
  vjp: (ct, { output }) => [multiply(ct, output)],
};

/**
 * `e^x`, element by element.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`; float32 results are those of XLA on CPU.
 *
 * @example
 * ```ts
 * import { exp } from "@flaxen/autodiff";
 *
 * exp([0, -Infinity]); // => [1, 0]
 * ```
 */
export function exp(x: TensorLike): Tensor {
  return bind(expPrimitive, [checkInexact("exp", "x", x)], null);
}

const expm1Primitive: PlainPrimitive = {
  name: "expm1",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapFloat(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = expm132(a[i]);
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.expm1(a[i]);
      },
    ),
  lanes: { cost: 80, float32: (f, [x]) => floatLanes(f32x4Expm1(f, x.parts)) },
  vjp: (ct, { output }) => [multiply(ct, add(output, 1))],
};

/**
 * `e^x - 1`, accurate near 0, element by element.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`.
 *
 * @example
 * ```ts
 * import { expm1 } from "@flaxen/autodiff";
 *
 * expm1([0, -Infinity]); // => [0, -1]
 * ```
 */
export function expm1(x: TensorLike): Tensor {
  return bind(expm1Primitive, [checkInexact("expm1", "x", x)], null);
}

const logPrimitive: PlainPrimitive = {
  name: "log",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapFloat(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = log32(a[i]);
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.log(a[i]);
      },
    ),
  lanes: { cost: 50, float32: (f, [x]) => floatLanes(f32x4Log(f, x.parts)) },
  vjp: (ct, { inputs: [x] }) => [divide(ct, x)],
};

/**
 * Natural logarithm, element by element: `-Infinity` at 0 and NaN below.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`; float32 results are those of XLA on CPU.
 *
 * @example
 * ```ts
 * import { log } from "@flaxen/autodiff";
 *
 * log([1, 0]); // => [0, -Infinity]
 * ```
 */
export function log(x: TensorLike): Tensor {
  return bind(logPrimitive, [checkInexact("log", "x", x)], null);
}

const log1pPrimitive: PlainPrimitive = {
  name: "log1p",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapFloat(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = log1p32(a[i]);
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.log1p(a[i]);
      },
    ),
  lanes: { cost: 90, float32: (f, [x]) => floatLanes(f32x4Log1p(f, x.parts)) },
  vjp: (ct, { inputs: [x] }) => [divide(ct, add(x, 1))],
};

/**
 * `log(1 + x)`, accurate near 0, element by element.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`; float32 results are those of XLA on CPU.
 *
 * @example
 * ```ts
 * import { log1p } from "@flaxen/autodiff";
 *
 * log1p([0, -1]); // => [0, -Infinity]
 * ```
 */
export function log1p(x: TensorLike): Tensor {
  return bind(log1pPrimitive, [checkInexact("log1p", "x", x)], null);
}

const sqrtPrimitive: PlainPrimitive = {
  name: "sqrt",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapFloat(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.sqrt(a[i]);
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.sqrt(a[i]);
      },
    ),
  lanes: {
    cost: 4,
    float32: (f, x) => eachPart(f, x, f32x4.sqrt),
    float64: (f, x) => eachPart(f, x, f64x2.sqrt),
  },
  vjp: (ct, { output }) => [multiply(ct, divide(0.5, output))],
};

/**
 * Square root, element by element; NaN below 0.
 *
 * @param x - Input; integers become the default float. The derivative at 0 is infinite.
 * @returns Shape of `x`.
 *
 * @example
 * ```ts
 * import { sqrt } from "@flaxen/autodiff";
 *
 * sqrt([4, 0]); // => [2, 0]
 * ```
 */
export function sqrt(x: TensorLike): Tensor {
  return bind(sqrtPrimitive, [checkInexact("sqrt", "x", x)], null);
}

/** `1 / sqrt(x)` in float64 lanes. */
function inverseRoot(f: FunctionBuilder, x: Lanes): Lanes {
  return eachPart(f, [x], (y) => f64x2.div(double(f, 1), f64x2.sqrt(y)));
}

const rsqrtPrimitive: PlainPrimitive = {
  name: "rsqrt",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapFloat(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = 1 / Math.sqrt(a[i]);
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = 1 / Math.sqrt(a[i]);
      },
    ),
  lanes: {
    cost: 8,
    float32: (f, [x]) => {
      const wide: Lanes = { dtype: "float64", parts: promoteParts(f, x.parts) };
      return floatLanes(demoteParts(f, inverseRoot(f, wide).parts));
    },
    float64: (f, [x]) => inverseRoot(f, x),
  },
  vjp: (ct, { inputs: [x], output }) => [multiply(ct, multiply(-0.5, divide(output, x)))],
};

/**
 * `1 / sqrt(x)`, element by element.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`.
 *
 * @example
 * ```ts
 * import { rsqrt } from "@flaxen/autodiff";
 *
 * rsqrt([4, 0]); // => [0.5, Infinity]
 * ```
 */
export function rsqrt(x: TensorLike): Tensor {
  return bind(rsqrtPrimitive, [checkInexact("rsqrt", "x", x)], null);
}

const squarePrimitive: PlainPrimitive = {
  name: "square",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapNumber(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = a[i] * a[i];
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = a[i] * a[i];
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.imul(a[i], a[i]);
      },
    ),
  lanes: {
    float32: (f, [x]) => eachPart(f, [x, x], f32x4.mul),
    float64: (f, [x]) => eachPart(f, [x, x], f64x2.mul),
    int32: (f, [x]) => eachPart(f, [x, x], i32x4.mul),
    uint32: (f, [x]) => eachPart(f, [x, x], i32x4.mul),
  },
  vjp: (ct, { inputs: [x] }) => [multiply(ct, multiply(x, 2))],
};

/**
 * `x * x`, element by element.
 *
 * @param x - Input; integers wrap, bool becomes int32.
 * @returns Shape of `x`.
 *
 * @example
 * ```ts
 * import { square } from "@flaxen/autodiff";
 *
 * square([3, -2]); // => [9, 4]
 * ```
 */
export function square(x: TensorLike): Tensor {
  const operand = checkOperand("square", "x", x);
  return bind(squarePrimitive, [operand.dtype === "bool" ? cast(operand, "int32") : operand], null);
}

const reciprocalPrimitive: PlainPrimitive = {
  name: "reciprocal",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapFloat(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = 1 / a[i];
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = 1 / a[i];
      },
    ),
  lanes: {
    cost: 4,
    float32: (f, [x]) => eachPart(f, [x], (y) => f32x4.div(single(f, 1), y)),
    float64: (f, [x]) => eachPart(f, [x], (y) => f64x2.div(double(f, 1), y)),
  },
  vjp: (ct, { output }) => [negative(multiply(ct, square(output)))],
};

/**
 * `1 / x`, element by element.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`.
 *
 * @example
 * ```ts
 * import { reciprocal } from "@flaxen/autodiff";
 *
 * reciprocal([4, 0]); // => [0.25, Infinity]
 * ```
 */
export function reciprocal(x: TensorLike): Tensor {
  return bind(reciprocalPrimitive, [checkInexact("reciprocal", "x", x)], null);
}

const sinPrimitive: PlainPrimitive = {
  name: "sin",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapFloat(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.sin(a[i]);
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.sin(a[i]);
      },
    ),
  vjp: (ct, { inputs: [x] }) => [multiply(ct, cos(x))],
};

/**
 * Sine of an angle in radians, element by element.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`.
 *
 * @example
 * ```ts
 * import { sin } from "@flaxen/autodiff";
 *
 * sin([0]); // => [0]
 * ```
 */
export function sin(x: TensorLike): Tensor {
  return bind(sinPrimitive, [checkInexact("sin", "x", x)], null);
}

const cosPrimitive: PlainPrimitive = {
  name: "cos",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapFloat(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.cos(a[i]);
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.cos(a[i]);
      },
    ),
  vjp: (ct, { inputs: [x] }) => [negative(multiply(ct, sin(x)))],
};

/**
 * Cosine of an angle in radians, element by element.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`.
 *
 * @example
 * ```ts
 * import { cos } from "@flaxen/autodiff";
 *
 * cos([0]); // => [1]
 * ```
 */
export function cos(x: TensorLike): Tensor {
  return bind(cosPrimitive, [checkInexact("cos", "x", x)], null);
}

const tanhPrimitive: PlainPrimitive = {
  name: "tanh",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapFloat(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = tanh32(a[i]);
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.tanh(a[i]);
      },
    ),
  lanes: { cost: 60, float32: (f, [x]) => floatLanes(f32x4Tanh(f, x.parts)) },
  // (1 + y)(1 - y) keeps the bits that 1 - y*y loses near saturation.
  vjp: (ct, { output }) => [multiply(multiply(ct, add(output, 1)), subtract(1, output))],
};

/**
 * Hyperbolic tangent, element by element.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`; float32 results are those of XLA on CPU.
 *
 * @example
 * ```ts
 * import { tanh } from "@flaxen/autodiff";
 *
 * tanh([0, Infinity]); // => [0, 1]
 * ```
 */
export function tanh(x: TensorLike): Tensor {
  return bind(tanhPrimitive, [checkInexact("tanh", "x", x)], null);
}

/** `2 / sqrt(pi)`, the slope of erf at 0. */
const ERF_SLOPE = 1.1283791670955126;

const erfPrimitive: PlainPrimitive = {
  name: "erf",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapFloat(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = erf32(a[i]);
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = erf64(a[i]);
      },
    ),
  lanes: { cost: 60, float32: (f, [x]) => floatLanes(f32x4Erf(f, x.parts)) },
  vjp: (ct, { inputs: [x] }) => [multiply(ct, multiply(ERF_SLOPE, exp(negative(square(x)))))],
};

/**
 * Error function `2/sqrt(pi) * integral of exp(-t^2) from 0 to x`, element by element.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`; float32 results are those of XLA on CPU.
 *
 * @example
 * ```ts
 * import { erf } from "@flaxen/autodiff";
 *
 * erf([0, Infinity]); // => [0, 1]
 * ```
 */
export function erf(x: TensorLike): Tensor {
  return bind(erfPrimitive, [checkInexact("erf", "x", x)], null);
}

const erfcPrimitive: PlainPrimitive = {
  name: "erfc",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapFloat(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = erfc64(a[i]);
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = erfc64(a[i]);
      },
    ),
  vjp: (ct, { inputs: [x] }) => [multiply(ct, multiply(-ERF_SLOPE, exp(negative(square(x)))))],
};

/**
 * Complementary error function `1 - erf(x)`, accurate for large `x`, element by element.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`.
 *
 * @example
 * ```ts
 * import { erfc } from "@flaxen/autodiff";
 *
 * erfc([0, Infinity]); // => [1, 0]
 * ```
 */
export function erfc(x: TensorLike): Tensor {
  return bind(erfcPrimitive, [checkInexact("erfc", "x", x)], null);
}
