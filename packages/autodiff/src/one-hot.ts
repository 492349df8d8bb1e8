import { allocate, checkDType, defaultFloat, describe, isComplex } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { full, NDArray, normalizeAxis } from "@flaxen/ndarray";
import { computeData, sizeOf } from "./compute-dtype.ts";
import { oneHotKernel } from "./kernels/one-hot.ts";
import { cast, checkOperand } from "./operands.ts";
import { checkOptions } from "./options.ts";
import { patterns } from "./patterns.ts";
import { bind } from "./primitive.ts";
import type { Primitive } from "./primitive.ts";
import type { Tensor, TensorLike } from "./tensor.ts";
import { zeroGradient } from "./zero-gradient.ts";

/** Options of {@link oneHot}. */
export interface OneHotOptions {
  /** Position of the new axis in the result (default -1). */
  readonly axis?: number | undefined;
  /** Dtype of the result (default: the default float). */
  readonly dtype?: DType | undefined;
}

const ONE_HOT_OPTIONS: readonly string[] = ["axis", "dtype"];

interface OneHotParams {
  readonly axis: number;
  readonly numClasses: number;
  readonly dtype: DType;
}

/** The bytes of the number 1. */
function oneBytes(dtype: DType): Uint8Array {
  return new Uint8Array(full([1], 1, dtype).data.buffer);
}

const oneHotPrimitive: Primitive<OneHotParams> = {
  name: "oneHot",
  abstractEval: ([labels], { axis, numClasses, dtype }) => ({
    shape: labels.shape.toSpliced(axis, 0, numClasses),
    dtype,
  }),
  evaluate: ([labels], { axis, numClasses, dtype }, out) => {
    const data = allocate(dtype, sizeOf(out.shape));
    const o = patterns(data);
    const one = patterns(full([1], 1, dtype).data)[0];
    const inner = sizeOf(out.shape.slice(axis + 1));
    const a = computeData(labels);
    for (let i = 0; i < a.length; i++) {
      const label = a[i];
      if (label >= 0 && label < numClasses && Number.isInteger(label)) {
        const row = Math.floor(i / inner) * numClasses + label;
        o[row * inner + (i % inner)] = one;
      }
    }
    return new NDArray<DType>(data, out.shape, undefined, 0, dtype);
  },
  kernel: ([labels], { axis, dtype }, out) => oneHotKernel(labels, axis, out, oneBytes(dtype)),
  copyPays: () => false,
  vjp: zeroGradient,
};

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
  // Wide integers and complex numbers come from bool.
  const narrow = dtype === "int64" || dtype === "uint64" || isComplex(dtype) ? "bool" : dtype;
  const params = { axis: position, numClasses, dtype: narrow };
  return cast(bind(oneHotPrimitive, [labels], params), dtype);
}
