import { add, multiply } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { describe } from "@flaxen/dtype";
import { checkFraction } from "./arguments.ts";
import { checkFloating } from "./loss-arguments.ts";

/**
 * Moves a part of the probability of each label to all classes alike, so that a model does not grow too sure of itself.
 *
 * `(1 - alpha) * labels + alpha / n` for `n` classes.
 *
 * @param labels - Floating-point with the classes on the last axis, e.g. one-hot vectors.
 * @param alpha - The part, in [0, 1].
 * @returns The shape of `labels`.
 * @throws {@link TypeError} if `labels` is not floating-point, or `alpha` no number.
 * @throws {@link RangeError} if `alpha` is out of its range, or `labels` has no axis.
 * @see Szegedy et al. (2016), "Rethinking the Inception Architecture for Computer Vision", section 7.
 *   https://arxiv.org/abs/1512.00567
 *
 * @example
 * ```ts
 * import { smoothLabels } from "@flaxen/optax";
 *
 * smoothLabels([0, 0, 1, 0], 0.5); // => [0.125, 0.125, 0.625, 0.125]
 * ```
 */
export function smoothLabels(labels: TensorLike, alpha: number): Tensor {
  const x = checkFloating("smoothLabels", "labels", labels);
  checkFraction("smoothLabels", "alpha", alpha);
  if (x.ndim === 0) {
    throw new RangeError(`smoothLabels: labels must have at least one axis, got ${describe(x)}.`);
  }
  return add(multiply(x, 1 - alpha), alpha / x.shape[x.ndim - 1]);
}
