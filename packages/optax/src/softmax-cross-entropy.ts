import {
  any,
  astype,
  expandDims,
  logicalNot,
  logicalOr,
  logSoftmax,
  logsumexp,
  multiply,
  negative,
  reshape,
  squeeze,
  subtract,
  takeAlongAxis,
  toTensor,
  transpose,
  where as select,
} from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { describe, isInteger } from "@flaxen/dtype";
import { astype as convert, flatData, isNDArray } from "@flaxen/ndarray";
import {
  checkAxes,
  checkFloating,
  checkSameShape,
  checkWhere,
  sumWhere,
} from "./loss-arguments.ts";
import { sameShape } from "./leaves.ts";

/** Options of the softmax losses. */
export interface SoftmaxCrossEntropyOptions {
  /** The axis or axes of the classes, each from `-ndim` to `ndim - 1`; -1 by default. */
  readonly axis?: number | readonly number[];
  /**
   * The logits that count, booleans of the shape of the logits, or of that without the axes of the
   * classes to choose whole examples; by default all.
   */
  readonly where?: TensorLike | undefined;
}

/**
 * The cross-entropy between the softmax of logits and labels that are probabilities of each class,
 * such as one-hot vectors.
 *
 * `-sum(labels * logSoftmax(logits))` over the axis of the classes.
 *
 * @param logits - Unnormalised log-probabilities, floating-point.
 * @param labels - Of the shape of `logits`; each row should sum to 1, which is not checked.
 * @param options - `axis` or axes of the classes (default -1); `where`, the logits that count (default
 *   all).
 * @returns A loss per example: the shape of `logits` without those axes; 0 where no logit counts.
 * @throws {@link TypeError} if `logits` is not floating-point or `where` not boolean.
 * @throws {@link RangeError} if the shapes differ or an axis does not exist.
 * @see Goodfellow et al. (2016), "Deep Learning", section 6.2.2.3.
 *   http://www.deeplearningbook.org/contents/mlp.html
 *
 * @example
 * ```ts
 * import { softmaxCrossEntropy } from "@flaxen/optax";
 *
 * const logits = [[2, 0], [0, 0]];
 * const loss = softmaxCrossEntropy(logits, [[1, 0], [0.5, 0.5]]);
 * loss; // => Array([0.12692805, 0.6931472 ], dtype=float32)
 * ```
 */
export function softmaxCrossEntropy(
  logits: TensorLike,
  labels: TensorLike,
  { axis = -1, where }: SoftmaxCrossEntropyOptions = {},
): Tensor {
  const callee = "softmaxCrossEntropy";
  const x = checkFloating(callee, "logits", logits);
  const y = checkSameShape(callee, "labels", labels, "logits", x);
  const axes = checkAxes(callee, axis, "logits", x);
  const mask = checkWhere(callee, where, "logits", x, axes);
  if (mask === undefined) {
    return negative(sumWhere(multiply(y, logSoftmax(x, { axis: axes })), axes, mask));
  }
  const logProbs = logSoftmax(x, { axis: axes, where: orWhole(mask, axes) });
  // log(0) where a logit does not count is replaced before the product, whose slope it would spoil.
  return negative(sumWhere(multiply(y, select(mask, logProbs, 0)), axes, mask));
}

/**
 * The cross-entropy between the softmax of logits and labels that are class numbers.
 *
 * `logsumexp(logits) - logits[label]` along the axis of the classes.
 *
 * @param logits - Unnormalised log-probabilities, floating-point, with at least one class.
 * @param labels - Integers from 0 to `classes - 1`, of the shape of `logits` without the axes of the
 *   classes; several axes are counted through in the order given, the last one fastest. A traced label cannot be checked; one out of range then gives what `takeAlongAxis` does.
 * @param options - `axis` or axes of the classes (default -1); `where`, the logits that count (default
 *   all).
 * @returns A loss per example, of the shape of `labels`; 0 where no logit counts.
 * @throws {@link TypeError} if `logits` is not floating-point, `labels` are not integers, or `where` is not
 *   boolean.
 * @throws {@link RangeError} if the shapes do not fit, an axis does not exist, or a label is no class.
 * @see Goodfellow et al. (2016), "Deep Learning", section 6.2.2.3.
 *   http://www.deeplearningbook.org/contents/mlp.html
 *
 * @example
 * ```ts
 * import { softmaxCrossEntropyWithIntegerLabels } from "@flaxen/optax";
 *
 * const loss = softmaxCrossEntropyWithIntegerLabels([[2, 0], [0, 0]], [0, 1]);
 * loss; // => Array([0.12692809, 0.6931472 ], dtype=float32)
 * ```
 */
export function softmaxCrossEntropyWithIntegerLabels(
  logits: TensorLike,
  labels: TensorLike,
  { axis = -1, where }: SoftmaxCrossEntropyOptions = {},
): Tensor {
  const callee = "softmaxCrossEntropyWithIntegerLabels";
  const given = checkFloating(callee, "logits", logits);
  const axes = checkAxes(callee, axis, "logits", given);
  const wide = checkWhere(callee, where, "logits", given, axes);
  const y = classNumbers(callee, labels, given, axes);
  const [x, at] = mergeAxes(given, axes);
  const picked = squeeze(takeAlongAxis(x, expandDims(y, at), at), at);
  if (wide === undefined) return subtract(logsumexp(x, { axis: at }), picked);
  const [mask] = mergeAxes(wide, axes);
  const loss = subtract(logsumexp(x, { axis: at, where: orWhole(mask, [at]) }), picked);
  return select(any(mask, { axis: at }), loss, 0);
}

/** The mask with examples of which nothing counts chosen whole, so that no sum of nothing arises. */
function orWhole(mask: Tensor, axes: readonly number[]): Tensor {
  return logicalOr(mask, logicalNot(any(mask, { axis: axes, keepdims: true })));
}

/** The tensor with its axes of classes made one, and where that is. */
function mergeAxes(x: Tensor, axes: readonly number[]): [Tensor, number] {
  if (axes.length === 1) return [x, axes[0]];
  const rest = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const shape = rest.map((i) => x.shape[i]);
  const classes = axes.reduce((product, i) => product * x.shape[i], 1);
  return [reshape(transpose(x, [...rest, ...axes]), [...shape, classes]), rest.length];
}

/** The labels as int32, checked as far as they can be read. */
function classNumbers(
  callee: string,
  labels: TensorLike,
  logits: Tensor,
  axes: readonly number[],
): Tensor {
  const y = integerLabels(callee, labels);
  const classes = axes.reduce((product, i) => product * logits.shape[i], 1);
  const wanted = logits.shape.filter((_, i) => !axes.includes(i));
  if (!sameShape(y.shape, wanted)) {
    throw new RangeError(
      `${callee}: labels must have the shape of logits without ${axes.length === 1 ? "axis" : "axes"} ${axes.join(", ")}, ${describe(wanted)}, got ${describe(y)}.`,
    );
  }
  if (classes === 0) {
    throw new RangeError(
      `${callee}: logits must have at least one class, got ${describe(logits)}.`,
    );
  }
  if (!isNDArray(y)) return astype(y, "int32");
  for (const label of flatData(y)) {
    if (label < 0 || label >= classes) {
      throw new RangeError(`${callee}: labels must be from 0 to ${classes - 1}, got ${label}.`);
    }
  }
  return convert(y, "int32");
}

/** The labels as an integer tensor. Numbers of JavaScript have no dtype, so integers among them will do. */
function integerLabels(callee: string, labels: TensorLike): Tensor {
  const y = toTensor(labels);
  if (isInteger(y.dtype)) return y;
  const isUntyped = typeof labels === "number" || Array.isArray(labels);
  if (
    isUntyped &&
    isNDArray(y) &&
    y.dtype !== "bool" &&
    Array.from<number | bigint>(flatData(y)).every(Number.isInteger)
  )
    return convert(y, "int32");
  throw new TypeError(`${callee}: labels must be integers, got ${describe(y)}.`);
}
