import { copyOperand, likeOperand } from "./unary-kernels.ts";
import type { PlainPrimitive } from "./unary-kernels.ts";
import { checkOperand } from "./operands.ts";
import { bind } from "./primitive.ts";
import type { Tensor, TensorLike } from "./tensor.ts";
import { zeroGradient } from "./zero-gradient.ts";

const stopGradientPrimitive: PlainPrimitive = {
  name: "stopGradient",
  abstractEval: likeOperand,
  evaluate: copyOperand,
  vjp: zeroGradient,
  alias: true,
};

/**
 * The same value, through which no gradient flows, to any order.
 *
 * @param x - Input.
 * @returns Shape and dtype of `x`.
 *
 * @example
 * ```ts
 * import { grad, multiply, stopGradient } from "@flaxen/autodiff";
 *
 * grad((x) => multiply(stopGradient(x), x))(3); // => 3
 * ```
 */
export function stopGradient(x: TensorLike): Tensor {
  return bind(stopGradientPrimitive, [checkOperand("stopGradient", "x", x)], null);
}
