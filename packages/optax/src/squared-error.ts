import { multiply, square } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { difference } from "./loss-arguments.ts";

/**
 * The squared difference of each element.
 *
 * `(predictions - targets)^2`; its mean is the mean squared error.
 *
 * @param predictions - Of any shape, floating-point.
 * @param targets - Of the same shape; zeros by default.
 * @returns A loss per element.
 * @throws {@link TypeError} if `predictions` is not floating-point.
 * @throws {@link RangeError} if the shapes differ.
 *
 * @example
 * ```ts
 * import { squaredError } from "@flaxen/optax";
 *
 * squaredError([1, 2], [3, 2]); // => [4, 0]
 * ```
 */
export function squaredError(predictions: TensorLike, targets?: TensorLike): Tensor {
  return square(difference("squaredError", predictions, targets));
}

/**
 * Half of the squared difference of each element, whose gradient is the difference.
 *
 * `0.5 * (predictions - targets)^2`.
 *
 * @param predictions - Of any shape, floating-point.
 * @param targets - Of the same shape; zeros by default.
 * @returns A loss per element.
 * @throws {@link TypeError} if `predictions` is not floating-point.
 * @throws {@link RangeError} if the shapes differ.
 *
 * @example
 * ```ts
 * import { l2Loss } from "@flaxen/optax";
 *
 * l2Loss([1, 2], [3, 2]); // => [2, 0]
 * ```
 */
export function l2Loss(predictions: TensorLike, targets?: TensorLike): Tensor {
  return multiply(square(difference("l2Loss", predictions, targets)), 0.5);
}
