import { describe } from "@flaxen/dtype";
import { asNDArray, astype, broadcastTo, copy, eye } from "@flaxen/ndarray";
import type { ArrayInput, NDArray } from "@flaxen/ndarray";
import { multiply } from "./matmul.ts";
import { invert } from "./solve.ts";

/**
 * Raises square matrices to an integer power by repeated squaring.
 *
 * Power 0 is the identity, and negative powers are those of the inverse, so a singular matrix has
 * none. Products are those of `matmul`, in the dtype of `x`; negative powers are floats.
 *
 * @param x - Shape `[..., n, n]`.
 * @param n - The power, an integer.
 * @returns The powers, of the same shape.
 * @throws {@link RangeError} if `x` has fewer than 2 axes or is not square, `n` is not an integer, or `n` is
 *   negative and a matrix singular.
 * @throws {@link TypeError} if `n` is negative and the dtype has no `inv`.
 *
 * @example
 * ```ts
 * import { matrixPower } from "@flaxen/linear-algebra";
 *
 * matrixPower([[1, 1], [1, 0]], 10); // => [[89, 55], [55, 34]]
 * matrixPower([[2, 0], [0, 4]], -2); // => [[0.25, 0], [0, 0.0625]]
 * ```
 */
export function matrixPower(x: ArrayInput, n: number): NDArray {
  const source = asNDArray(x);
  const { shape } = source;
  if (shape.length < 2) {
    throw new RangeError(`matrixPower: x must have at least 2 axes, got shape ${describe(shape)}.`);
  }
  if (shape[shape.length - 1] !== shape[shape.length - 2]) {
    throw new RangeError(
      `matrixPower: x must be square on its last two axes, got shape ${describe(shape)}.`,
    );
  }
  if (!Number.isSafeInteger(n)) {
    throw new RangeError(`matrixPower: n must be an integer, got ${describe(n)}.`);
  }
  if (n === 0) {
    const identity = astype(eye(shape[shape.length - 1]), source.dtype);
    return copy(broadcastTo(identity, shape));
  }
  let square: NDArray = n < 0 ? invert("matrixPower", source, "throw") : source;
  let result: NDArray | undefined;
  for (let rest = Math.abs(n); ; square = multiply("matrixPower", square, square)) {
    if (rest % 2 === 1) result = result ? multiply("matrixPower", result, square) : square;
    rest = Math.floor(rest / 2);
    if (rest === 0) return n === 1 ? copy(source) : (result as NDArray);
  }
}
