import { astype, logSigmoid, multiply, negative, subtract } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { checkFloating, checkSameShape } from "./loss-arguments.ts";

/**
 * The cross-entropy between the sigmoid of each logit and a label that is a probability.
 *
 * `-labels * logSigmoid(logits) - (1 - labels) * logSigmoid(-logits)`, element by element.
 *
 * @param logits - Unnormalised log-odds of any shape, floating-point.
 * @param labels - Of the shape of `logits`, from 0 to 1, which is not checked; booleans and integers
 *   are converted to the dtype of `logits`.
 * @returns A loss per element.
 * @throws {@link TypeError} if `logits` is not floating-point.
 * @throws {@link RangeError} if the shapes differ.
 * @see Goodfellow et al. (2016), "Deep Learning", section 6.2.2.2.
 *   http://www.deeplearningbook.org/contents/mlp.html
 *
 * @example
 * ```ts
 * import { sigmoidBinaryCrossEntropy } from "@flaxen/optax";
 *
 * sigmoidBinaryCrossEntropy([1e4, -1e4], [0, 0]); // => [10000, 0]
 * sigmoidBinaryCrossEntropy([0, 2], [1, 1]); // => Array([0.6931472, 0.126928 ], dtype=float32)
 * ```
 */
export function sigmoidBinaryCrossEntropy(logits: TensorLike, labels: TensorLike): Tensor {
  const callee = "sigmoidBinaryCrossEntropy";
  const x = checkFloating(callee, "logits", logits);
  const y = astype(checkSameShape(callee, "labels", labels, "logits", x), x.dtype);
  // log(1 - sigmoid(x)) = logSigmoid(-x), which does not cancel.
  const whenFalse = multiply(subtract(y, 1), logSigmoid(negative(x)));
  return subtract(whenFalse, multiply(y, logSigmoid(x)));
}
