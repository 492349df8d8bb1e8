import { defaultInt } from "@flaxen/dtype";
import { asNDArray, astype, flatData, NDArray } from "@flaxen/ndarray";
import type { ArrayInput } from "@flaxen/ndarray";
import { singularValues } from "./decompose.ts";
import { realDType, toBatch } from "./operands.ts";
import { relativeTolerance } from "./tolerance.ts";
import { checkNoNaN } from "./unsolvable.ts";

/** Options of {@link matrixRank}. */
export interface MatrixRankOptions {
  /** Singular values up to `rtol` times the largest one count as 0; default `max(m, n) * eps`. */
  readonly rtol?: number;
}

/**
 * Counts the singular values that are not negligible.
 *
 * The rank of a vector or a scalar is 1, or 0 if all its elements are 0. A matrix with infinities has
 * rank 0.
 *
 * @param x - Shape `[..., m, n]`, or at most 1 axis; float32 or float64; integers become the default float.
 * @param options - `rtol`.
 * @returns Shape `[...]`, in the default integer dtype.
 * @throws {@link RangeError} if `rtol` is not a number, or a matrix contains NaN.
 * @throws {@link TypeError} if the dtype is float16, bfloat16 or complex.
 *
 * @example
 * ```ts
 * import { matrixRank } from "@flaxen/linear-algebra";
 *
 * matrixRank([[1, 2], [2, 4]]); // => 1
 * matrixRank([[1, 0], [0, 1e-3]], { rtol: 1e-2 }); // => 1
 * ```
 */
export function matrixRank(
  x: ArrayInput,
  options: MatrixRankOptions = {},
): NDArray<"int32" | "int64"> {
  const source = asNDArray(x);
  const dtype = realDType("matrixRank", "x", source.dtype);
  const [rows = 1, columns = 1] = source.shape.slice(-2);
  const length = Math.max(rows, columns);
  const tolerance = relativeTolerance("matrixRank", "rtol", options.rtol, dtype, length, 1);
  if (source.ndim < 2) {
    const some = Array.from<number | bigint>(flatData(source)).some((value) => Number(value) !== 0);
    return astype(new NDArray(Int32Array.of(Number(some)), []), defaultInt());
  }
  const matrices = toBatch(source, dtype);
  checkNoNaN("matrixRank", "x", matrices);
  const { batch, count, data } = matrices;
  const size = rows * columns;
  const ranks = Int32Array.from({ length: count }, (_, i) => {
    const s = singularValues(data.subarray(i * size, (i + 1) * size), rows, columns);
    return s.filter((value) => value > tolerance * s[0]).length;
  });
  return astype(new NDArray(ranks, batch), defaultInt());
}
