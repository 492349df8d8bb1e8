import {
  add,
  astype,
  equal,
  exp,
  log,
  logSigmoid,
  maximum,
  multiply,
  negative,
  stopGradient,
  subtract,
  where,
} from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { checkFraction, checkNonNegative } from "./arguments.ts";
import { checkFloating, checkSameShape } from "./loss-arguments.ts";

/** Options of {@link sigmoidFocalLoss}. */
export interface SigmoidFocalLossOptions {
  /** Weight of the label 1, in `[0, 1]`; that of 0 is `1 - alpha`. By default both weigh 1. */
  readonly alpha?: number | undefined;
  /** How much less examples count that are classified well, non-negative; 2 by default. */
  readonly gamma?: number;
}

/**
 * The cross-entropy between the sigmoid of each logit and a label, with less weight the better the
 * prediction is.
 *
 * `-weight * (1 - pt)^gamma * log(pt)` with `pt = p` for a label of 1 and `1 - p` for 0, where
 * `p = sigmoid(logits)`, and `weight = alpha` for a label of 1 and `1 - alpha` for 0. Labels in between
 * mix the cross-entropies, the values of `pt` and the weights.
 *
 * @param logits - Unnormalised log-odds of any shape, floating-point.
 * @param labels - Of the shape of `logits`, from 0 to 1, which is not checked; booleans and integers
 *   are converted to the dtype of `logits`.
 * @param options - `alpha` in `[0, 1]` (default none), `gamma` (default 2) non-negative.
 * @returns A loss per element.
 * @throws {@link TypeError} if `logits` is not floating-point or an option no number.
 * @throws {@link RangeError} if the shapes differ or an option is out of range.
 * @see Lin et al. (2017), "Focal Loss for Dense Object Detection", equation 4, and 5 with `alpha`.
 *   https://arxiv.org/abs/1708.02002
 *
 * @example
 * ```ts
 * import { sigmoidFocalLoss } from "@flaxen/optax";
 *
 * const loss = sigmoidFocalLoss([0, 5], [1, 1], { alpha: 0.5 });
 * loss; // => Array([8.6643398e-02, 1.5040453e-07], dtype=float32)
 * ```
 */
export function sigmoidFocalLoss(
  logits: TensorLike,
  labels: TensorLike,
  { alpha, gamma = 2 }: SigmoidFocalLossOptions = {},
): Tensor {
  const callee = "sigmoidFocalLoss";
  if (alpha !== undefined) checkFraction(callee, "alpha", alpha);
  checkNonNegative(callee, "gamma", gamma);
  const x = checkFloating(callee, "logits", logits);
  const y = astype(checkSameShape(callee, "labels", labels, "logits", x), x.dtype);
  const notY = subtract(1, y);
  const [logP, logNotP] = [logSigmoid(x), logSigmoid(negative(x))];
  const crossEntropy = negative(add(multiply(y, logP), multiply(notY, logNotP)));
  const focus = exp(multiply(logMix([notY, y], [logP, logNotP]), gamma));
  const loss = multiply(crossEntropy, focus);
  if (alpha === undefined) return loss;
  return multiply(loss, add(multiply(y, alpha), multiply(notY, 1 - alpha)));
}

type Pair = readonly [Tensor, Tensor];

/**
 * `log(a * exp(x) + b * exp(y))` for weights of which at most one is 0: that one is left out, so that
 * the other's logarithm is exact however far apart they are.
 */
function logMix([a, b]: Pair, [x, y]: Pair): Tensor {
  const [isNoneA, isNoneB] = [equal(a, 0), equal(b, 0)];
  const largest = maximum(where(isNoneA, -Infinity, x), where(isNoneB, -Infinity, y));
  const offset = stopGradient(largest);
  const part = (weight: Tensor, isNone: Tensor, value: Tensor): Tensor =>
    multiply(weight, exp(where(isNone, 0, subtract(value, offset))));
  return add(log(add(part(a, isNoneA, x), part(b, isNoneB, y))), offset);
}
