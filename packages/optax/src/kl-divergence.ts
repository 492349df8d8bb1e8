import {
  equal,
  log,
  logicalNot,
  logicalOr,
  multiply,
  subtract,
  where as select,
} from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import {
  checkAxes,
  checkFloating,
  checkSameShape,
  checkWhere,
  sumWhere,
} from "./loss-arguments.ts";

/** Options of {@link klDivergence}. */
export interface KlDivergenceOptions {
  /** The axis or axes of the distributions, each from `-ndim` to `ndim - 1`; -1 by default. */
  readonly axis?: number | readonly number[];
  /**
   * The elements that count, booleans of the shape of the predictions, or of that without the axes of
   * the distributions; by default all.
   */
  readonly where?: TensorLike | undefined;
}

/**
 * The Kullback-Leibler divergence of predicted distributions from those of the targets.
 *
 * `sum(targets * (log(targets) - logPredictions))`; a target of 0 adds 0.
 *
 * @param logPredictions - Log-probabilities, floating-point, such as those of `logSoftmax`.
 * @param targets - Probabilities of the same shape, floating-point.
 * @param options - `axis` or axes of the distributions (default -1); `where`, the elements that count
 *   (default all).
 * @returns A divergence for each distribution: the shape of `logPredictions` without those axes.
 * @throws {@link TypeError} if an argument is not floating-point or `where` not boolean.
 * @throws {@link RangeError} if the shapes differ or an axis does not exist.
 * @see Kullback and Leibler (1951), "On Information and Sufficiency", section 2.
 *   https://doi.org/10.1214/aoms/1177729694
 *
 * @example
 * ```ts
 * import { klDivergence } from "@flaxen/optax";
 *
 * const logPredictions = [Math.log(0.5), Math.log(0.5)];
 * klDivergence(logPredictions, [1, 0]); // => Array(0.6931472, dtype=float32)
 * klDivergence(logPredictions, [0.5, 0.5]); // => 0
 * ```
 */
export function klDivergence(
  logPredictions: TensorLike,
  targets: TensorLike,
  { axis = -1, where }: KlDivergenceOptions = {},
): Tensor {
  const callee = "klDivergence";
  const x = checkFloating(callee, "logPredictions", logPredictions);
  const y = checkSameShape(
    callee,
    "targets",
    checkFloating(callee, "targets", targets),
    "logPredictions",
    x,
  );
  const axes = checkAxes(callee, axis, "logPredictions", x);
  const mask = checkWhere(callee, where, "logPredictions", x, axes);
  // What adds 0 is replaced before the logarithm and the product, whose slopes it would spoil.
  const isZero = mask === undefined ? equal(y, 0) : logicalOr(equal(y, 0), logicalNot(mask));
  const gap = subtract(log(select(isZero, 1, y)), select(isZero, 0, x));
  return sumWhere(multiply(y, gap), axes, mask);
}
