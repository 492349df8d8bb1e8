import { describe, isInteger } from "@flaxen/dtype";
import { argmax, equal, greater, greaterEqual, isTensor, toTensor } from "@flaxen/autodiff";
import type { TensorLike } from "@flaxen/autodiff";
import { Average } from "./average.ts";

/** Settings of `Accuracy`. */
export interface AccuracyOptions {
  /**
   * For two classes: a logit of at least this counts as positive. Without it the class is the
   * argmax over the last axis of the logits.
   */
  readonly threshold?: number | undefined;
}

/**
 * The share of right predictions.
 *
 * @example
 * ```ts
 * import { Accuracy } from "@flaxen/nnx";
 *
 * const accuracy = new Accuracy();
 * accuracy.update({ logits: [[2, 1], [0, 3], [5, 4], [1, 0]], labels: [0, 1, 1, 0] });
 * accuracy.compute(); // => 0.75
 * ```
 */
export class Accuracy extends Average {
  /** From which logit on a prediction is positive; null for the argmax of several classes. */
  readonly threshold: number | null;

  /**
   * Starts with no predictions.
   *
   * @param options - `threshold` for two classes; none by default.
   * @throws {@link TypeError} if `threshold` is not a number.
   * @throws {@link RangeError} if `threshold` is NaN.
   */
  constructor({ threshold }: AccuracyOptions = {}) {
    super();
    if (threshold !== undefined && (typeof threshold !== "number" || Number.isNaN(threshold))) {
      const message = `Accuracy: threshold must be a number, got ${describe(threshold)}.`;
      throw typeof threshold === "number" ? new RangeError(message) : new TypeError(message);
    }
    this.threshold = threshold ?? null;
  }

  /**
   * Takes in predictions.
   *
   * @param results - `logits` of shape `[..., classes]` (with a threshold `[...]`), integer `labels`
   *   of shape `[...]`, and optionally `mask`, which broadcasts to the labels.
   * @throws {@link TypeError} if logits or labels are missing, or the labels are not integers.
   * @throws {@link RangeError} if the shapes do not fit.
   */
  override update(results: Readonly<Record<string, unknown>>): void {
    const { logits, labels, mask } = results;
    for (const [name, value] of Object.entries({ logits, labels })) {
      if (value === undefined || value === null) {
        throw new TypeError(
          `Accuracy.update: results must have ${name}, got ${describe(Object.keys(results))}.`,
        );
      }
    }
    const scores = toTensor(logits as TensorLike);
    // Labels written as plain numbers are meant as integers.
    const truth = isTensor(labels) ? labels : toTensor(labels as TensorLike, "int32");
    const { threshold } = this;
    const expected = threshold === null ? scores.shape.slice(0, -1) : scores.shape;
    if (truth.ndim !== expected.length || truth.shape.some((n, axis) => n !== expected[axis])) {
      const rule = threshold === null ? "all but the last axis" : "the shape";
      throw new RangeError(
        `Accuracy.update: labels must have ${rule} of the logits, got shapes ${describe(truth.shape)} and ${describe(scores.shape)}.`,
      );
    }
    if (!isInteger(truth.dtype)) {
      throw new TypeError(
        `Accuracy.update: labels must have an integer dtype, got ${describe(truth)}.`,
      );
    }
    const right =
      threshold === null
        ? equal(argmax(scores, { axis: -1 }), truth)
        : equal(greaterEqual(scores, threshold), greater(truth, 0));
    this.accumulate(right, mask as TensorLike | null | undefined);
  }
}
