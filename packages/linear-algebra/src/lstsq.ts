import { defaultInt, describe, finfo, resultType } from "@flaxen/dtype";
import { asNDArray, astype, expandDims, NDArray, rowMajorStrides, zeros } from "@flaxen/ndarray";
import type { ArrayInput } from "@flaxen/ndarray";
import { decompose } from "./decompose.ts";
import { gemm } from "./gemm.ts";
import { batchStarts, broadcastBatch, realDType, toBatch, wrap } from "./operands.ts";
import type { RealDType } from "./operands.ts";
import { relativeTolerance } from "./tolerance.ts";
import { checkFinite } from "./unsolvable.ts";

/** Options of {@link lstsq}. */
export interface LstsqOptions {
  /**
   * Singular values below `rcond` times the largest one count as 0; default `max(m, n) * eps`, and `eps` when
   * negative.
   */
  readonly rcond?: number;
  /** Whether the residuals are empty, as in NumPy, when `rank < n` or `m <= n` (default false, as in JAX). */
  readonly numpyResid?: boolean;
}

/**
 * Solves `a x = b` in the least-squares sense by singular values: of the x with the least `‖b - a x‖`, the
 * one with the least `‖x‖`.
 *
 * Infinities and NaN in `b` give NaN. Float32 is computed in float64 and rounded once; its `eps` is still that of
 * float32.
 *
 * @param a - Shape `[..., m, n]`, float32 or float64; integers become the default float.
 * @param b - Shape `[m]` for one right-hand side, or `[..., m, k]`; leading axes broadcast.
 * @param options - `rcond`, `numpyResid`.
 * @returns `[x, residuals, rank, s]`: the solutions `[..., n]` or `[..., n, k]`; the sums of squares of
 *   `b - a x`, `[..., k]` with `k = 1` for a vector; the rank of `a` in the default integer, `[...]`; its
 *   singular values `[..., min(m, n)]`, descending.
 * @throws {@link RangeError} if `a` has fewer than 2 axes or is not finite, `b` is a scalar or has other than m rows, the leading axes
 *   do not broadcast, `rcond` is not a number, or `numpyResid` is asked of a batch.
 * @throws {@link TypeError} if a dtype is float16, bfloat16 or complex.
 * @see Golub and Van Loan (2013), "Matrix Computations", 4th edition, section 5.5.
 *
 * @example
 * ```ts
 * import { lstsq } from "@flaxen/linear-algebra";
 *
 * // The line through (0, 1), (1, 2) and (2, 3).
 * const [x, residuals, rank] = lstsq([[0, 1], [1, 1], [2, 1]], [1, 2, 3]);
 * Array.from(x.data, (c) => c.toFixed(4)); // => ["1.0000", "1.0000"]
 * residuals.item().toFixed(4); // => "0.0000"
 * rank; // => 2
 * ```
 */
export function lstsq(
  a: ArrayInput,
  b: ArrayInput,
  options: LstsqOptions = {},
): [
  x: NDArray<RealDType>,
  residuals: NDArray<RealDType>,
  rank: NDArray<"int32" | "int64">,
  s: NDArray<RealDType>,
] {
  const { rcond, numpyResid = false } = options;
  const matrix = asNDArray(a);
  const right = asNDArray(b);
  checkOperands(matrix, right);
  const promoted = resultType(
    realDType("lstsq", "a", matrix.dtype),
    realDType("lstsq", "b", right.dtype),
  );
  const dtype = realDType("lstsq", "a", promoted);
  const vector = right.ndim === 1;
  const left = toBatch(matrix, dtype);
  checkFinite("lstsq", "a", left);
  const sides = toBatch(vector ? expandDims(right, 1) : right, dtype);
  const batch = broadcastBatch("lstsq", matrix, right, left.batch, sides.batch);
  if (numpyResid && batch.length > 0) {
    throw new RangeError(
      `lstsq: numpyResid must be false for batches, got shapes ${describe(matrix.shape)} and ${describe(right.shape)}.`,
    );
  }
  const { rows: m, columns: n } = left;
  const { columns: width } = sides;
  const k = Math.min(m, n);
  const { eps } = finfo(dtype);
  const given = relativeTolerance("lstsq", "rcond", rcond, dtype, Math.max(m, n), 1);
  const tolerance = given < 0 ? eps : given;
  const lefts = batchStarts(batch, left.batch, rowMajorStrides(left.batch));
  const rights = batchStarts(batch, sides.batch, rowMajorStrides(sides.batch));
  const x = new Float64Array(lefts.length * n * width);
  const residuals = new Float64Array(lefts.length * width);
  const solvers = Array.from({ length: left.count }, (_, i) =>
    makeSolver(left.data.subarray(i * m * n, (i + 1) * m * n), m, n, tolerance),
  );
  for (let i = 0; i < lefts.length; i++) {
    const from = rights[i] * m * width;
    const side = Float64Array.from(sides.data.subarray(from, from + m * width));
    const start = lefts[i] * m * n;
    const solution = solvers[lefts[i]].solve(side, width);
    x.set(solution, i * n * width);
    const product = new Float64Array(m * width);
    const elements = Float64Array.from(left.data.subarray(start, start + m * n));
    gemm(false, false, m, width, n, elements, 0, solution, 0, product, 0);
    for (let at = 0; at < product.length; at++) {
      residuals[i * width + (at % width)] += (side[at] - product[at]) ** 2;
    }
  }
  const ranks = solvers.map(({ rank }) => rank);
  const s = new Float64Array(left.count * k);
  solvers.forEach((solver, i) => s.set(solver.s, i * k));
  const none = numpyResid && (ranks[0] < n || m <= n);
  return [
    wrap(dtype, [...batch, n, ...(vector ? [] : [width])], x),
    none ? (zeros([0], dtype) as NDArray<RealDType>) : wrap(dtype, [...batch, width], residuals),
    astype(new NDArray(Int32Array.from(ranks), left.batch), defaultInt()),
    wrap(dtype, [...left.batch, k], s),
  ];
}

function checkOperands(a: NDArray, b: NDArray): void {
  if (a.ndim < 2) {
    throw new RangeError(`lstsq: a must have at least 2 axes, got shape ${describe(a.shape)}.`);
  }
  if (b.ndim === 0) throw new RangeError("lstsq: b must have at least 1 axis, got shape [].");
  if (a.shape[a.ndim - 2] !== b.shape[Math.max(0, b.ndim - 2)]) {
    throw new RangeError(
      `lstsq: b must have as many rows as a, got shapes ${describe(a.shape)} and ${describe(b.shape)}.`,
    );
  }
}

interface Solver {
  readonly rank: number;
  readonly s: Float64Array;
  /** The solutions `[n, width]` for right-hand sides `[m, width]`. */
  readonly solve: (b: Float64Array, width: number) => Float64Array;
}

/** Solves by `V diag(1 / s) Uᵀ b` over the singular values that are not below the tolerance. */
function makeSolver(
  a: Float32Array | Float64Array,
  m: number,
  n: number,
  tolerance: number,
): Solver {
  const k = Math.min(m, n);
  const { s, u, v } = decompose(a, m, n, "thin");
  const kept = s.map((value) => Number(value > 0 && value >= tolerance * s[0]));
  const rank = kept.reduce((sum, one) => sum + one, 0);
  return {
    rank,
    s,
    solve: (b, width) => {
      const coordinates = new Float64Array(k * width);
      gemm(true, false, k, width, m, u, 0, b, 0, coordinates, 0);
      for (let i = 0; i < k; i++) {
        for (let j = i * width; j < (i + 1) * width; j++) {
          coordinates[j] = kept[i] ? coordinates[j] / s[i] : 0;
        }
      }
      const x = new Float64Array(n * width);
      gemm(false, false, n, width, k, v, 0, coordinates, 0, x, 0);
      return x;
    },
  };
}
