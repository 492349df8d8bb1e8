import { describe } from "@flaxen/dtype";
import { NDArray } from "@flaxen/ndarray";
import type { ArrayInput } from "@flaxen/ndarray";
import { singularValues } from "./decompose.ts";
import { norm } from "./norm.ts";
import type { NormOrder } from "./norm.ts";
import { matrixBatch, wrap } from "./operands.ts";
import type { MatrixBatch, RealDType } from "./operands.ts";
import { invert } from "./solve.ts";
import { checkNoNaN } from "./unsolvable.ts";

/**
 * Computes condition numbers: how much solving with a matrix can enlarge relative errors.
 *
 * With `ord` 2 (the default) and -2 this is the ratio of the largest to the smallest singular value, or its
 * inverse; with `"fro"`, `"nuc"`, ±1 and ±Infinity `norm(x, ord) * norm(inv(x), ord)`. It is infinite for
 * singular matrices and where infinities leave it undefined. A matrix with NaN gives NaN if the norm needs no
 * singular values.
 * Float32 is computed in float64 and rounded once.
 *
 * @param x - Shape `[..., m, n]`, float32 or float64; integers become the default float.
 * @param ord - Which norm; default 2.
 * @returns Shape `[...]`.
 * @throws {@link RangeError} if `x` has fewer than 2 axes or no elements in a matrix, is not square for an `ord` other
 *   than ±2, contains NaN for `ord` ±2 or `"nuc"`, or `ord` is not a norm of matrices.
 * @throws {@link TypeError} if the dtype is float16, bfloat16 or complex.
 *
 * @example
 * ```ts
 * import { cond } from "@flaxen/linear-algebra";
 *
 * cond([[2, 0], [0, 0.5]]); // => 4
 * cond([[2, 0], [0, 0.5]], 1); // => 4
 * cond([[1, 2], [2, 4]], 1); // => Infinity
 * ```
 */
export function cond(x: ArrayInput, ord: NormOrder = 2): NDArray<RealDType> {
  const orders: unknown[] = ["fro", "nuc", 1, -1, 2, -2, Infinity, -Infinity];
  if (!orders.includes(ord)) {
    throw new RangeError(
      `cond: ord must be "fro", "nuc", ±1, ±2 or ±Infinity, got ${describe(ord)}.`,
    );
  }
  const matrices = matrixBatch("cond", "x", x);
  const { batch, rows, columns } = matrices;
  const shape = [...batch, rows, columns];
  if (rows === 0 || columns === 0) {
    throw new RangeError(
      `cond: x must have elements in its matrices, got shape ${describe(shape)}.`,
    );
  }
  if (ord === 2 || ord === -2 || ord === "nuc") checkNoNaN("cond", "x", matrices);
  if (ord === 2 || ord === -2) return spectralCondition(matrices, ord);
  if (rows !== columns) {
    throw new RangeError(
      `cond: x must be square on its last two axes for ord ${String(ord)}, got shape ${describe(shape)}.`,
    );
  }
  return inverseCondition(matrices, ord);
}

function spectralCondition(
  { dtype, batch, count, rows, columns, data }: MatrixBatch,
  ord: number,
): NDArray<RealDType> {
  const size = rows * columns;
  const result = Float64Array.from({ length: count }, (_, i) => {
    const s = singularValues(data.subarray(i * size, (i + 1) * size), rows, columns);
    const [largest, smallest] = [s[0], s[s.length - 1]];
    const ratio = ord > 0 ? largest / smallest : smallest / largest;
    return Number.isNaN(ratio) ? Infinity : ratio;
  });
  return wrap(dtype, batch, result);
}

function inverseCondition(
  { dtype, batch, rows: n, data }: MatrixBatch,
  ord: NormOrder,
): NDArray<RealDType> {
  // In float64 throughout, so that no overflow happens before the product.
  const a = new NDArray(Float64Array.from(data), [...batch, n, n]);
  const sizes = norm(a, { ord, axis: [-2, -1] }).data as Float64Array;
  const inverse = invert("cond", a, "nan").data as Float64Array;
  if (ord === "nuc") {
    // NaN has no singular values; an infinity has the same effect on the result.
    for (let i = 0; i < inverse.length; i++) if (Number.isNaN(inverse[i])) inverse[i] = Infinity;
  }
  const inverses = norm(new NDArray(inverse, a.shape), { ord, axis: [-2, -1] })
    .data as Float64Array;
  const result = sizes.map((size, i) => {
    const product = size * inverses[i];
    if (!Number.isNaN(product)) return product;
    return data.subarray(i * n * n, (i + 1) * n * n).some(Number.isNaN) ? NaN : Infinity;
  });
  return wrap(dtype, batch, result);
}
