import {
  astype,
  expandDims,
  logSoftmax,
  logsumexp,
  multiply,
  negative,
  squeeze,
  subtract,
  sum,
  takeAlongAxis,
  toTensor,
} from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { describe, isInteger } from "@flaxen/dtype";
import { astype as convert, flatData, isNDArray, normalizeAxis } from "@flaxen/ndarray";
import { checkFloating, checkSameShape } from "./loss-arguments.ts";
import { sameShape } from "./leaves.ts";

/** Options of the softmax losses. */
export interface SoftmaxCrossEntropyOptions {
  /** The axis of the classes, from `-ndim` to `ndim - 1`; -1 by default. */
  readonly axis?: number;
}

/**
 * The cross-entropy between the softmax of logits and labels that are probabilities of each class,
 * such as one-hot vectors.
 *
 * `-sum(labels * logSoftmax(logits))` over the axis of the classes.
 *
 * @param logits - Unnormalised log-probabilities, floating-point.
 * @param labels - Of the shape of `logits`; each row should sum to 1, which is not checked.
 * @param options - `axis` of the classes (default -1).
 * @returns A loss per example: the shape of `logits` without that axis.
 * @throws TypeError if `logits` is not floating-point.
 * @throws RangeError if the shapes differ or `axis` does not exist.
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
  { axis = -1 }: SoftmaxCrossEntropyOptions = {},
): Tensor {
  const callee = "softmaxCrossEntropy";
  const x = checkFloating(callee, "logits", logits);
  const y = checkSameShape(callee, "labels", labels, "logits", x);
  const classes = classAxis(callee, axis, x);
  return negative(sum(multiply(y, logSoftmax(x, { axis: classes })), { axis: classes }));
}

/**
 * The cross-entropy between the softmax of logits and labels that are class numbers.
 *
 * `logsumexp(logits) - logits[label]` along the axis of the classes.
 *
 * @param logits - Unnormalised log-probabilities, floating-point, with at least one class.
 * @param labels - Integers from 0 to `classes - 1`, of the shape of `logits` without the axis of the
 *   classes. A traced label cannot be checked; one out of range then gives what `takeAlongAxis` does.
 * @param options - `axis` of the classes (default -1).
 * @returns A loss per example, of the shape of `labels`.
 * @throws TypeError if `logits` is not floating-point or `labels` are not integers.
 * @throws RangeError if the shapes do not fit, `axis` does not exist, or a label is no class.
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
  { axis = -1 }: SoftmaxCrossEntropyOptions = {},
): Tensor {
  const callee = "softmaxCrossEntropyWithIntegerLabels";
  const x = checkFloating(callee, "logits", logits);
  const classAt = classAxis(callee, axis, x);
  const y = classNumbers(callee, labels, x, classAt);
  const picked = takeAlongAxis(x, expandDims(y, classAt), classAt);
  return subtract(logsumexp(x, { axis: classAt }), squeeze(picked, classAt));
}

function classAxis(callee: string, axis: unknown, logits: Tensor): number {
  const { ndim } = logits;
  if (typeof axis !== "number") {
    throw new TypeError(`${callee}: axis must be an integer, got ${describe(axis)}.`);
  }
  if (ndim === 0) {
    throw new RangeError(
      `${callee}: logits must have an axis of classes, got ${describe(logits)}.`,
    );
  }
  return normalizeAxis(callee, axis, ndim);
}

/** The labels as int32, checked as far as they can be read. */
function classNumbers(callee: string, labels: TensorLike, logits: Tensor, axis: number): Tensor {
  const y = integerLabels(callee, labels);
  const classes = logits.shape[axis];
  const wanted = logits.shape.filter((_, i) => i !== axis);
  if (!sameShape(y.shape, wanted)) {
    throw new RangeError(
      `${callee}: labels must have the shape of logits without axis ${axis}, ${describe(wanted)}, got ${describe(y)}.`,
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
