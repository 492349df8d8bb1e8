import { isFloating } from "@flaxen/dtype";
import { f32x4, f64x2 } from "@flaxen/wasm";
import { eachPart } from "./lanes.ts";
import { checkOperand } from "./operands.ts";
import { bind } from "./primitive.ts";
import type { Tensor, TensorLike } from "./tensor.ts";
import { likeOperand, mapFloat } from "./unary-kernels.ts";
import type { PlainPrimitive } from "./unary-kernels.ts";
import { zeroGradient } from "./zero-gradient.ts";

/** Integers are whole already and pass through. */
function roundWith(primitive: PlainPrimitive, x: TensorLike): Tensor {
  const operand = checkOperand(primitive.name, "x", x);
  return isFloating(operand.dtype) ? bind(primitive, [operand], null) : operand;
}

const floorPrimitive: PlainPrimitive = {
  name: "floor",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapFloat(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.floor(a[i]);
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.floor(a[i]);
      },
    ),
  lanes: {
    float32: (f, x) => eachPart(f, x, f32x4.floor),
    float64: (f, x) => eachPart(f, x, f64x2.floor),
  },
  vjp: zeroGradient,
};

/**
 * Largest whole number not above each element.
 *
 * @param x - Input; integers pass through. The derivative is 0.
 * @returns Shape and dtype of `x`.
 *
 * @example
 * ```ts
 * import { floor } from "@flaxen/autodiff";
 *
 * floor([1.5, -1.5]); // => [1, -2]
 * ```
 */
export function floor(x: TensorLike): Tensor {
  return roundWith(floorPrimitive, x);
}

const ceilPrimitive: PlainPrimitive = {
  name: "ceil",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapFloat(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.ceil(a[i]);
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = Math.ceil(a[i]);
      },
    ),
  lanes: {
    float32: (f, x) => eachPart(f, x, f32x4.ceil),
    float64: (f, x) => eachPart(f, x, f64x2.ceil),
  },
  vjp: zeroGradient,
};

/**
 * Smallest whole number not below each element.
 *
 * @param x - Input; integers pass through. The derivative is 0.
 * @returns Shape and dtype of `x`.
 *
 * @example
 * ```ts
 * import { ceil } from "@flaxen/autodiff";
 *
 * ceil([1.5, -1.5]); // => [2, -1]
 * ```
 */
export function ceil(x: TensorLike): Tensor {
  return roundWith(ceilPrimitive, x);
}

/** Adding and subtracting this rounds a smaller magnitude to a whole number, ties to even. */
const WHOLE = 2 ** 52;

function roundTiesToEven(x: number): number {
  if (x > 0 && x < WHOLE) return x + WHOLE - WHOLE;
  if (x < 0 && x > -WHOLE) return -(WHOLE - x - WHOLE);
  return x;
}

const roundPrimitive: PlainPrimitive = {
  name: "round",
  abstractEval: likeOperand,
  evaluate: ([x], _, out) =>
    mapFloat(
      x,
      out,
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = roundTiesToEven(a[i]);
      },
      (a, o) => {
        for (let i = 0; i < a.length; i++) o[i] = roundTiesToEven(a[i]);
      },
    ),
  lanes: {
    float32: (f, x) => eachPart(f, x, f32x4.nearest),
    float64: (f, x) => eachPart(f, x, f64x2.nearest),
  },
  vjp: zeroGradient,
};

/**
 * Nearest whole number to each element, halves to the even neighbour.
 *
 * @param x - Input; integers pass through. The derivative is 0.
 * @returns Shape and dtype of `x`.
 *
 * @example
 * ```ts
 * import { round } from "@flaxen/autodiff";
 *
 * round([0.5, 1.5, 2.4]); // => [0, 2, 2]
 * ```
 */
export function round(x: TensorLike): Tensor {
  return roundWith(roundPrimitive, x);
}
