import {
  divide,
  maximum,
  multiply,
  sqrt,
  square,
  subtract,
  sum,
  where as select,
} from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { checkNonNegative } from "./arguments.ts";
import {
  checkAxes,
  checkFloating,
  checkSameShape,
  checkWhere,
  sumWhere,
} from "./loss-arguments.ts";

/** Options of {@link cosineSimilarity} and {@link cosineDistance}. */
export interface CosineSimilarityOptions {
  /** The least that a squared norm counts as, non-negative; 0 by default. */
  readonly epsilon?: number;
  /** The axis or axes of the vectors, each from `-ndim` to `ndim - 1`; -1 by default. */
  readonly axis?: number | readonly number[];
  /**
   * The elements that count, booleans of the shape of the predictions, or of that without the axes of
   * the vectors; by default all.
   */
  readonly where?: TensorLike | undefined;
}

/**
 * The cosine of the angle between vectors.
 *
 * `sum(p * t) / (|p| * |t|)` with `|x| = sqrt(max(sum(x^2), epsilon))`.
 *
 * @param predictions - Vectors `p`, floating-point.
 * @param targets - Vectors `t` of the same shape, floating-point.
 * @param options - `epsilon` (default 0), non-negative: with 0 a zero vector gives NaN, and a positive
 *   one gives it a similarity of 0 and finite gradients; `axis` or axes of the vectors (default -1);
 *   `where`, the elements that count (default all).
 * @returns A number from -1 to 1 for each vector: the shape of `predictions` without those axes.
 * @throws {@link TypeError} if an argument is not floating-point or `where` not boolean.
 * @throws {@link RangeError} if the shapes differ, an axis does not exist, or `epsilon` is out of range.
 * @see Goodfellow et al. (2016), "Deep Learning", section 2.5, solved for the cosine.
 *   http://www.deeplearningbook.org/contents/linear_algebra.html
 *
 * @example
 * ```ts
 * import { cosineSimilarity } from "@flaxen/optax";
 *
 * cosineSimilarity([[1, 0], [3, 4]], [[2, 0], [0, -1]]).toString(); // => "Array([ 1. , -0.8], dtype=float32)"
 * ```
 */
export function cosineSimilarity(
  predictions: TensorLike,
  targets: TensorLike,
  options: CosineSimilarityOptions = {},
): Tensor {
  return similarity("cosineSimilarity", predictions, targets, options);
}

/**
 * One minus the cosine of the angle between vectors.
 *
 * `1 - cosineSimilarity(predictions, targets)`.
 *
 * @param predictions - Vectors, floating-point.
 * @param targets - Vectors of the same shape, floating-point.
 * @param options - Those of {@link cosineSimilarity}.
 * @returns A number from 0 to 2 for each vector: the shape of `predictions` without their axes.
 * @throws {@link TypeError} if an argument is not floating-point or `where` not boolean.
 * @throws {@link RangeError} if the shapes differ, an axis does not exist, or `epsilon` is out of range.
 * @see Goodfellow et al. (2016), "Deep Learning", section 2.5, solved for the cosine.
 *   http://www.deeplearningbook.org/contents/linear_algebra.html
 *
 * @example
 * ```ts
 * import { cosineDistance } from "@flaxen/optax";
 *
 * cosineDistance([[1, 0], [0, 2]], [[2, 0], [1, 0]]); // => [0, 1]
 * ```
 */
export function cosineDistance(
  predictions: TensorLike,
  targets: TensorLike,
  options: CosineSimilarityOptions = {},
): Tensor {
  return subtract(1, similarity("cosineDistance", predictions, targets, options));
}

function similarity(
  callee: string,
  predictions: TensorLike,
  targets: TensorLike,
  { epsilon = 0, axis = -1, where }: CosineSimilarityOptions,
): Tensor {
  checkNonNegative(callee, "epsilon", epsilon);
  const p = checkFloating(callee, "predictions", predictions);
  const t = checkSameShape(
    callee,
    "targets",
    checkFloating(callee, "targets", targets),
    "predictions",
    p,
  );
  const axes = checkAxes(callee, axis, "predictions", p);
  const mask = checkWhere(callee, where, "predictions", p, axes);
  // What does not count is 0 from the start, so that it cannot spoil gradients.
  const [a, b] = [p, t].map((x) =>
    unit(mask === undefined ? x : select(mask, x, 0), axes, epsilon),
  );
  return sumWhere(multiply(a, b), axes, mask);
}

/** The vectors divided by their norms. */
function unit(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  const squares = sum(square(x), { axis: axes, keepdims: true });
  return divide(x, sqrt(epsilon === 0 ? squares : maximum(squares, epsilon)));
}
