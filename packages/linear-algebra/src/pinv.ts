import type { ArrayInput, NDArray } from "@flaxen/ndarray";
import { decompose } from "./decompose.ts";
import { gemm } from "./gemm.ts";
import { matrixBatch, wrap } from "./operands.ts";
import type { RealDType } from "./operands.ts";
import { relativeTolerance } from "./tolerance.ts";
import { checkNoNaN } from "./unsolvable.ts";

/** Options of {@link pinv}. */
export interface PinvOptions {
  /** Singular values up to `rtol` times the largest one count as 0; default `10 * max(m, n) * eps`. */
  readonly rtol?: number;
}

/**
 * Computes Moore-Penrose pseudoinverses, `V diag(1 / s) Uᵀ` over the singular values that are not negligible.
 *
 * A matrix with infinities gives NaN. Float32 is computed in float64 and rounded once; its
 * `eps` is still that of float32.
 *
 * @param x - Shape `[..., m, n]`, float32 or float64; integers become the default float.
 * @param options - `rtol`.
 * @returns Shape `[..., n, m]`.
 * @throws {@link RangeError} if `x` has fewer than 2 axes or contains NaN, or `rtol` is not a number.
 * @throws {@link TypeError} if the dtype is float16, bfloat16 or complex.
 * @see Golub and Van Loan (2013), "Matrix Computations", 4th edition, section 5.5.2.
 *
 * @example
 * ```ts
 * import { pinv } from "@flaxen/linear-algebra";
 *
 * pinv([[2, 0], [0, 0], [0, 4]]); // => [[0.5, 0, 0], [0, 0, 0.25]]
 * ```
 */
export function pinv(x: ArrayInput, options: PinvOptions = {}): NDArray<RealDType> {
  const matrices = matrixBatch("pinv", "x", x);
  checkNoNaN("pinv", "x", matrices);
  const { dtype, batch, count, rows, columns, data } = matrices;
  const length = Math.max(rows, columns);
  const tolerance = relativeTolerance("pinv", "rtol", options.rtol, dtype, length, 10);
  const k = Math.min(rows, columns);
  const size = rows * columns;
  const result = new Float64Array(count * size);
  for (let i = 0; i < count; i++) {
    const { s, u, v } = decompose(data.subarray(i * size, (i + 1) * size), rows, columns, "thin");
    for (let at = 0; at < v.length; at++) {
      const value = s[at % k];
      v[at] = value <= tolerance * s[0] ? 0 : v[at] / value;
    }
    gemm(false, true, columns, rows, k, v, 0, u, 0, result, i * size);
  }
  return wrap(dtype, [...batch, columns, rows], result);
}
