import { checkDType, isFloating } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { astype as convert, contiguous } from "@flaxen/ndarray";
import { convertLanes } from "./lanes.ts";
import { bind } from "./primitive.ts";
import type { Primitive } from "./primitive.ts";
import { toTensor } from "./tensor.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

/** Converts the dtype; a cotangent is converted back. */
export const astypePrimitive: Primitive<{ readonly dtype: DType }> = {
  name: "astype",
  abstractEval: ([x], { dtype }) => ({ shape: x.shape, dtype }),
  evaluate: ([x], { dtype }) => contiguous(convert(x, dtype)),
  lanes: {
    float32: (f, [x], _, out) => convertLanes(f, x, out),
    float64: (f, [x], _, out) => convertLanes(f, x, out),
    int32: (f, [x], _, out) => convertLanes(f, x, out),
    uint32: (f, [x], _, out) => convertLanes(f, x, out),
    bool: (f, [x], _, out) => convertLanes(f, x, out),
  },
  vjp: (ct, { inputs: [x] }) => [
    isFloating(x.dtype) ? bind(astypePrimitive, [ct], { dtype: x.dtype }) : null,
  ],
};

/**
 * Converts the elements to another dtype.
 *
 * @param x - Input.
 * @param dtype - Any dtype: floats truncate towards zero and saturate on the way to integers, integers wrap,
 *   and bool is `x != 0`.
 * @returns A tensor of the same shape; `x` itself if it has the dtype.
 * @throws {@link TypeError} if `dtype` is no dtype name.
 *
 * @example
 * ```ts
 * import { astype } from "@flaxen/autodiff";
 *
 * astype([1.7, -1.7], "int32"); // => [1, -1]
 * astype([1], "float" as never); // throws TypeError: astype: dtype must be a dtype name, got "float".
 * ```
 */
export function astype(x: TensorLike, dtype: DType): Tensor {
  checkDType("astype", "dtype", dtype);
  const tensor = toTensor(x);
  return tensor.dtype === dtype ? tensor : bind(astypePrimitive, [tensor], { dtype });
}
