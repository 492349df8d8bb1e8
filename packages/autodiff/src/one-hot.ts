import { checkDType, defaultFloat, describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { arange, normalizeAxis } from "@flaxen/ndarray";
import { equal } from "./comparison.ts";
import { cast, checkOperand } from "./operands.ts";
import { checkOptions } from "./options.ts";
import { reshapeTo } from "./reshape.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

/** Options of {@link oneHot}. */
export interface OneHotOptions {
  /** Position of the new axis in the result (default -1). */
  readonly axis?: number | undefined;
  /** Dtype of the result (default: the default float). */
  readonly dtype?: DType | undefined;
}

const ONE_HOT_OPTIONS: readonly string[] = ["axis", "dtype"];

/**
 * Rows with a 1 at the position that each label names and 0 elsewhere.
 *
 * @param x - Labels; one outside `[0, numClasses)`, also a negative one, gives a row of zeros.
 * @param numClasses - Length of the new axis, 0 or more.
 * @param options - `axis`, the position of the new axis (default -1), and `dtype` (default float).
 * @returns The shape of `x` with the new axis.
 * @throws {@link RangeError} if `numClasses` is no whole number of at least 0, or `axis` is out of range.
 * @throws {@link TypeError} if `dtype` is no dtype name.
 *
 * @example
 * ```ts
 * import { oneHot } from "@flaxen/autodiff";
 *
 * oneHot([0, 2, -1], 3); // => [[1, 0, 0], [0, 0, 1], [0, 0, 0]]
 * oneHot([0], 1.5); // throws RangeError: oneHot: numClasses must be a whole number of at least 0, got 1.5.
 * ```
 */
export function oneHot(x: TensorLike, numClasses: number, options: OneHotOptions = {}): Tensor {
  checkOptions("oneHot", options, ONE_HOT_OPTIONS);
  const { axis = -1, dtype = defaultFloat() } = options;
  checkDType("oneHot", "dtype", dtype);
  if (!Number.isSafeInteger(numClasses) || numClasses < 0) {
    throw new RangeError(
      `oneHot: numClasses must be a whole number of at least 0, got ${describe(numClasses)}.`,
    );
  }
  const labels = checkOperand("oneHot", "x", x);
  const ndim = labels.shape.length + 1;
  const position = normalizeAxis("oneHot", axis, ndim);
  const classes = arange(0, numClasses, 1, "int32");
  const column = reshapeTo(
    classes,
    Array.from({ length: ndim }, (_, i) => (i === position ? numClasses : 1)),
  );
  return cast(equal(reshapeTo(labels, labels.shape.toSpliced(position, 0, 1)), column), dtype);
}
