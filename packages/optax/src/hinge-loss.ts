import { maximum, multiply, subtract } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { checkFloating, checkSameShape } from "./loss-arguments.ts";

/**
 * How far each prediction is from the right side of a margin.
 *
 * `max(0, 1 - predictorOutputs * targets)`.
 *
 * @param predictorOutputs - Of any shape, floating-point; the sign is the class.
 * @param targets - Of the same shape, -1 or 1, which is not checked.
 * @returns A loss per element.
 * @throws {@link TypeError} if `predictorOutputs` is not floating-point.
 * @throws {@link RangeError} if the shapes differ.
 * @see Cortes and Vapnik (1995), "Support-Vector Networks", section 3, where it is the slack.
 *   https://doi.org/10.1007/BF00994018
 *
 * @example
 * ```ts
 * import { hingeLoss } from "@flaxen/optax";
 *
 * hingeLoss([2, 0.5, -1], [1, 1, 1]); // => [0, 0.5, 2]
 * ```
 */
export function hingeLoss(predictorOutputs: TensorLike, targets: TensorLike): Tensor {
  const x = checkFloating("hingeLoss", "predictorOutputs", predictorOutputs);
  const y = checkSameShape("hingeLoss", "targets", targets, "predictorOutputs", x);
  return maximum(subtract(1, multiply(x, y)), 0);
}
