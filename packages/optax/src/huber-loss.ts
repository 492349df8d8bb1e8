import { abs, add, minimum, multiply, square, subtract } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { checkPositive } from "./arguments.ts";
import { difference } from "./loss-arguments.ts";

/** Options of {@link huberLoss}. */
export interface HuberLossOptions {
  /** The error from which on the loss is a straight line, positive; 1 by default. */
  readonly delta?: number;
}

/**
 * Half of the squared difference of each element, continued as a straight line for large differences.
 *
 * With `e = |predictions - targets|`: `0.5 * e^2` for `e <= delta`, else `delta * (e - 0.5 * delta)`.
 *
 * @param predictions - Of any shape, floating-point.
 * @param targets - Of the same shape; zeros by default.
 * @param options - `delta` (default 1), a positive finite number.
 * @returns A loss per element.
 * @throws {@link TypeError} if `predictions` is not floating-point or `delta` no number.
 * @throws {@link RangeError} if the shapes differ or `delta` is out of range.
 * @see Huber (1964), "Robust Estimation of a Location Parameter", section 1.
 *   https://doi.org/10.1214/aoms/1177703732
 *
 * @example
 * ```ts
 * import { huberLoss } from "@flaxen/optax";
 *
 * huberLoss([1, 2, 9], [1.5, 2, 4], { delta: 2 }); // => [0.125, 0, 8]
 * ```
 */
export function huberLoss(
  predictions: TensorLike,
  targets?: TensorLike,
  { delta = 1 }: HuberLossOptions = {},
): Tensor {
  checkPositive("huberLoss", "delta", delta);
  const error = abs(difference("huberLoss", predictions, targets));
  const near = minimum(error, delta);
  return add(multiply(square(near), 0.5), multiply(subtract(error, near), delta));
}
