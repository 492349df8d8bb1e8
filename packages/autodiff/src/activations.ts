import { describe } from "@flaxen/dtype";
import { normalizeAxis } from "@flaxen/ndarray";
import { reluPrimitive, sigmoidPrimitive, softplusPrimitive } from "./activation-primitives.ts";
import { greater, greaterEqual, less } from "./comparison.ts";
import { add, divide, maximum, minimum, multiply } from "./elementwise-binary.ts";
import { abs, erfc, expm1, negative, tanh } from "./elementwise-unary.ts";
import { cast, checkInexact, checkOperand } from "./operands.ts";
import { checkOptions } from "./options.ts";
import { bind } from "./primitive.ts";
import { logicalAnd } from "./logical.ts";
import { clip, where } from "./selection.ts";
import { slice } from "./slice.ts";
import { stopGradient } from "./stop-gradient.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

/**
 * Rectified linear unit `max(x, 0)`, element by element.
 *
 * @param x - Input; bool becomes int32. The derivative at 0 is 0.
 * @returns Shape and dtype of `x`.
 *
 * @example
 * ```ts
 * import { relu } from "@flaxen/autodiff";
 *
 * relu([-1, 0, 2]); // => [0, 0, 2]
 * ```
 */
export function relu(x: TensorLike): Tensor {
  const operand = checkOperand("relu", "x", x);
  return bind(reluPrimitive, [operand.dtype === "bool" ? cast(operand, "int32") : operand], null);
}

/**
 * `min(max(x, 0), 6)`, element by element.
 *
 * @param x - Input; integers become the default float. The derivative at 0 and at 6 is 0.
 * @returns Shape of `x`.
 *
 * @example
 * ```ts
 * import { relu6 } from "@flaxen/autodiff";
 *
 * relu6([-1, 2, 7]); // => [0, 2, 6]
 * ```
 */
export function relu6(x: TensorLike): Tensor {
  return cappedRelu(checkInexact("relu6", "x", x));
}

/** The derivative is 1 inside (0, 6) and 0 elsewhere, at NaN too. */
function cappedRelu(x: Tensor): Tensor {
  const inside = logicalAnd(greater(x, 0), less(x, 6));
  return where(inside, x, stopGradient(clip(x, 0, 6)));
}

/**
 * `x` where `x >= 0`, else `negativeSlope * x`, element by element.
 *
 * @param x - Input; integers become the default float. The derivative at 0 is 1.
 * @param negativeSlope - Slope below 0 (default 0.01).
 * @returns Shape of `x`.
 * @see Maas, Hannun and Ng (2013), "Rectifier nonlinearities improve neural network acoustic models".
 *
 * @example
 * ```ts
 * import { leakyRelu } from "@flaxen/autodiff";
 *
 * leakyRelu([-2, 2], 0.5); // => [-1, 2]
 * ```
 */
export function leakyRelu(x: TensorLike, negativeSlope: TensorLike = 0.01): Tensor {
  const operand = checkInexact("leakyRelu", "x", x);
  return where(greaterEqual(operand, 0), operand, multiply(negativeSlope, operand));
}

/**
 * Exponential linear unit: `x` where `x > 0`, else `alpha * expm1(x)`, element by element.
 *
 * @param x - Input; integers become the default float.
 * @param alpha - Minus the limit at `-Infinity` (default 1).
 * @returns Shape of `x`.
 * @see Clevert, Unterthiner and Hochreiter (2015), "Fast and accurate deep network learning by exponential
 *   linear units", equation 16. https://arxiv.org/abs/1511.07289
 *
 * @example
 * ```ts
 * import { elu } from "@flaxen/autodiff";
 *
 * elu([-Infinity, 2]); // => [-1, 2]
 * ```
 */
export function elu(x: TensorLike, alpha: TensorLike = 1): Tensor {
  const operand = checkInexact("elu", "x", x);
  const positive = greater(operand, 0);
  return where(positive, operand, multiply(alpha, expm1(where(positive, 0, operand))));
}

/**
 * Continuously differentiable ELU `max(x, 0) + alpha * expm1(min(x, 0) / alpha)`, element by element.
 *
 * @param x - Input; integers become the default float.
 * @param alpha - Minus the limit at `-Infinity` (default 1), not 0.
 * @returns Shape of `x`.
 * @see Barron (2017), "Continuously differentiable exponential linear units", equation 2.
 *   https://arxiv.org/abs/1704.07483
 *
 * @example
 * ```ts
 * import { celu } from "@flaxen/autodiff";
 *
 * celu([-Infinity, 2], 3); // => [-3, 2]
 * ```
 */
export function celu(x: TensorLike, alpha: TensorLike = 1): Tensor {
  const operand = checkInexact("celu", "x", x);
  const lower = multiply(alpha, expm1(divide(minimum(operand, 0), alpha)));
  return add(maximum(operand, 0), lower);
}

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/**
 * Scaled ELU `1.0507... * elu(x, 1.6732...)`, element by element.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`.
 * @see Klambauer, Unterthiner, Mayr and Hochreiter (2017), "Self-normalizing neural networks", equation 2.
 *   https://arxiv.org/abs/1706.02515
 *
 * @example
 * ```ts
 * import { selu } from "@flaxen/autodiff";
 *
 * selu([0]); // => [0]
 * ```
 */
export function selu(x: TensorLike): Tensor {
  return multiply(SELU_SCALE, elu(x, SELU_ALPHA));
}

/**
 * Logistic function `1 / (1 + e^-x)`, element by element.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`, values in [0, 1].
 *
 * @example
 * ```ts
 * import { sigmoid } from "@flaxen/autodiff";
 *
 * sigmoid([0, 1000, -1000]); // => [0.5, 1, 0]
 * ```
 */
export function sigmoid(x: TensorLike): Tensor {
  return bind(sigmoidPrimitive, [checkInexact("sigmoid", "x", x)], null);
}

/**
 * `log(sigmoid(x)) = -softplus(-x)`, element by element, without overflow.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`.
 *
 * @example
 * ```ts
 * import { logSigmoid } from "@flaxen/autodiff";
 *
 * logSigmoid([-200]); // => [-200]
 * ```
 */
export function logSigmoid(x: TensorLike): Tensor {
  return negative(softplus(negative(checkInexact("logSigmoid", "x", x))));
}

/**
 * `log(1 + e^x)`, element by element, without overflow.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`.
 *
 * @example
 * ```ts
 * import { softplus } from "@flaxen/autodiff";
 *
 * softplus([200, -Infinity]); // => [200, 0]
 * ```
 */
export function softplus(x: TensorLike): Tensor {
  return bind(softplusPrimitive, [checkInexact("softplus", "x", x)], null);
}

/**
 * Sigmoid linear unit `x * sigmoid(x)`, element by element.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`.
 * @see Elfwing, Uchibe and Doya (2017), "Sigmoid-weighted linear units for neural network function
 *   approximation in reinforcement learning". https://arxiv.org/abs/1702.03118
 *
 * @example
 * ```ts
 * import { silu } from "@flaxen/autodiff";
 *
 * silu([0, 1000]); // => [0, 1000]
 * ```
 */
export function silu(x: TensorLike): Tensor {
  const operand = checkInexact("silu", "x", x);
  return multiply(operand, sigmoid(operand));
}

/**
 * Another name of {@link silu}.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`.
 *
 * @example
 * ```ts
 * import { swish } from "@flaxen/autodiff";
 *
 * swish([0, 1000]); // => [0, 1000]
 * ```
 */
export function swish(x: TensorLike): Tensor {
  return silu(x);
}

/** Options of {@link gelu}. */
export interface GeluOptions {
  /** Whether to use the tanh form (default `true`). */
  readonly approximate?: boolean | undefined;
}

const GELU_OPTIONS: readonly string[] = ["approximate"];
const ROOT_2_OVER_PI = 0.7978845608028654;

/**
 * Gaussian error linear unit, element by element: `x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))`, or exactly
 * `x/2 erfc(-x / sqrt(2))`.
 *
 * @param x - Input; integers become the default float.
 * @param options - `approximate` (default true) takes the tanh form.
 * @returns Shape of `x`.
 * @see Hendrycks and Gimpel (2016), "Gaussian error linear units". https://arxiv.org/abs/1606.08415
 *
 * @example
 * ```ts
 * import { gelu } from "@flaxen/autodiff";
 *
 * gelu([0, 100]); // => [0, 100]
 * ```
 */
export function gelu(x: TensorLike, options: GeluOptions = {}): Tensor {
  checkOptions("gelu", options, GELU_OPTIONS);
  const { approximate = true } = options;
  const operand = checkInexact("gelu", "x", x);
  if (!approximate) {
    return multiply(multiply(0.5, operand), erfc(multiply(operand, -Math.SQRT1_2)));
  }
  const cube = multiply(operand, multiply(operand, operand));
  const inner = multiply(ROOT_2_OVER_PI, add(operand, multiply(0.044715, cube)));
  return multiply(operand, multiply(0.5, add(1, tanh(inner))));
}

/**
 * `x` limited to [-1, 1], element by element.
 *
 * @param x - Numeric input. The derivative at -1 and 1 is 1.
 * @returns Shape and dtype of `x`.
 *
 * @example
 * ```ts
 * import { hardTanh } from "@flaxen/autodiff";
 *
 * hardTanh([-2, 0.5, 2]); // => [-1, 0.5, 1]
 * ```
 */
export function hardTanh(x: TensorLike): Tensor {
  const operand = checkOperand("hardTanh", "x", x);
  return where(greater(operand, 1), 1, where(less(operand, -1), -1, operand));
}

/**
 * `relu6(x + 3) / 6`, element by element.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`, values in [0, 1].
 *
 * @example
 * ```ts
 * import { hardSigmoid } from "@flaxen/autodiff";
 *
 * hardSigmoid([-3, 0, 3]); // => [0, 0.5, 1]
 * ```
 */
export function hardSigmoid(x: TensorLike): Tensor {
  return divide(cappedRelu(add(checkInexact("hardSigmoid", "x", x), 3)), 6);
}

/**
 * `x * hardSigmoid(x)`, element by element.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`.
 *
 * @example
 * ```ts
 * import { hardSilu } from "@flaxen/autodiff";
 *
 * hardSilu([0, 1.5, 3]); // => [0, 1.125, 3]
 * ```
 */
export function hardSilu(x: TensorLike): Tensor {
  const operand = checkInexact("hardSilu", "x", x);
  return multiply(operand, hardSigmoid(operand));
}

/**
 * Another name of {@link hardSilu}.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`.
 *
 * @example
 * ```ts
 * import { hardSwish } from "@flaxen/autodiff";
 *
 * hardSwish([3]); // => [3]
 * ```
 */
export function hardSwish(x: TensorLike): Tensor {
  return hardSilu(x);
}

/**
 * `x / (1 + |x|)`, element by element.
 *
 * @param x - Input; integers become the default float.
 * @returns Shape of `x`, values in (-1, 1).
 *
 * @example
 * ```ts
 * import { softSign } from "@flaxen/autodiff";
 *
 * softSign([-1, 3]); // => [-0.5, 0.75]
 * ```
 */
export function softSign(x: TensorLike): Tensor {
  const operand = checkInexact("softSign", "x", x);
  return divide(operand, add(abs(operand), 1));
}

/**
 * Gated linear unit `a * sigmoid(b)`, where `a` and `b` are the halves of `x` along an axis.
 *
 * @param x - Input; integers become the default float.
 * @param axis - Axis of even length to split (default -1).
 * @returns `x` with half the length along `axis`.
 * @throws {@link RangeError} if the axis is out of range or of odd length.
 * @see Dauphin, Fan, Auli and Grangier (2016), "Language modeling with gated convolutional networks",
 *   equation 1. https://arxiv.org/abs/1612.08083
 *
 * @example
 * ```ts
 * import { glu } from "@flaxen/autodiff";
 *
 * glu([4, 0]); // => [2]
 * glu([1, 2, 3]); // throws RangeError: glu: x must have an even length on axis -1, got float32[3].
 * ```
 */
export function glu(x: TensorLike, axis: number = -1): Tensor {
  const operand = checkInexact("glu", "x", x);
  const { shape } = operand;
  const position = normalizeAxis("glu", axis, shape.length);
  if (shape[position] % 2 !== 0) {
    throw new RangeError(
      `glu: x must have an even length on axis ${axis}, got ${describe(operand)}.`,
    );
  }
  const half = shape[position] / 2;
  const start = shape.map(() => 0);
  const a = slice(operand, start, shape.with(position, half));
  const b = slice(operand, start.with(position, half));
  return multiply(a, sigmoid(b));
}

/**
 * The input itself.
 *
 * @param x - Input.
 * @returns A tensor of the same shape and dtype.
 *
 * @example
 * ```ts
 * import { identity } from "@flaxen/autodiff";
 *
 * identity([1, 2]); // => [1, 2]
 * ```
 */
export function identity(x: TensorLike): Tensor {
  return checkOperand("identity", "x", x);
}
