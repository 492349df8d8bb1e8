import { NDArray } from "@flaxen/ndarray";
import type { ArrayInput } from "@flaxen/ndarray";
import { gemm } from "./gemm.ts";
import { squareBatch, wrap } from "./operands.ts";
import type { RealDType } from "./operands.ts";
import { solve } from "./solve.ts";

/** Order of the Padé approximant. */
const ORDER = 13;
/** The 1-norm up to which it is as accurate as float64: theta 13 of Higham (2005), table 2.3. */
const THETA = 5.371920351148152;

/**
 * Computes exponentials of matrices, `sum over k of x^k / k!`, by scaling and squaring with a Padé
 * approximant of order 13.
 *
 * A diagonal matrix gets the exponentials of its elements. A matrix with infinities or NaN gives NaN, as in
 * JAX; unlike there, the number of squarings has no limit. Float32 is computed in float64 and rounded once.
 *
 * @param x - Shape `[..., n, n]`, float32 or float64; integers become the default float.
 * @returns The exponentials, of the same shape.
 * @throws {@link RangeError} if `x` has fewer than 2 axes or is not square.
 * @throws {@link TypeError} if the dtype is float16, bfloat16 or complex.
 * @see Higham (2005), "The scaling and squaring method for the matrix exponential revisited", SIAM J. Matrix
 *   Anal. Appl. 26, 1179-1193, algorithm 2.3 with its highest order. https://doi.org/10.1137/04061101X
 *
 * @example
 * ```ts
 * import { expm } from "@flaxen/linear-algebra";
 *
 * expm([[0, 0], [0, 0]]); // => [[1, 0], [0, 1]]
 * // A rotation by 1 radian.
 * expm([[0, -1], [1, 0]]).get(0, 0).toFixed(4); // => "0.5403"
 * ```
 */
export function expm(x: ArrayInput): NDArray<RealDType> {
  const { dtype, batch, count, rows: n, data } = squareBatch("expm", "x", x);
  const size = n * n;
  const result = new Float64Array(count * size);
  for (let i = 0; i < count; i++) {
    const matrix = Float64Array.from(data.subarray(i * size, (i + 1) * size));
    result.set(exponential(matrix, n), i * size);
  }
  return wrap(dtype, [...batch, n, n], result);
}

function exponential(a: Float64Array, n: number): Float64Array {
  if (!a.every(Number.isFinite)) return a.fill(NaN);
  if (a.every((value, i) => value === 0 || i % (n + 1) === 0)) {
    return a.map((value, i) => (i % (n + 1) === 0 ? Math.exp(value) : 0));
  }
  const squarings = Math.max(0, Math.ceil(Math.log2(largestColumn(a, n) / THETA)));
  // In two steps: 2^-squarings itself may underflow.
  const half = Math.floor(squarings / 2);
  const scaled = a.map((value) => value * 2 ** -half * 2 ** (half - squarings));
  let result = approximate(scaled, n);
  for (let i = 0; i < squarings; i++) result = product(result, result, n);
  return result;
}

/** The 1-norm. */
function largestColumn(a: Float64Array, n: number): number {
  const sums = new Float64Array(n);
  for (let i = 0; i < a.length; i++) sums[i % n] += Math.abs(a[i]);
  return Math.min(
    Number.MAX_VALUE,
    sums.reduce((x, y) => Math.max(x, y), 0),
  );
}

/** The Padé approximant `p(a) / p(-a)` with 6 products and one solution; see equations 2.11 to 2.13. */
function approximate(a: Float64Array, n: number): Float64Array {
  const c = coefficients();
  const a2 = product(a, a, n);
  const a4 = product(a2, a2, n);
  const a6 = product(a4, a2, n);
  /** Every other term of p, divided by a where these are the odd ones. */
  const evaluate = (parity: number): Float64Array => {
    const high = a6.map(
      (value, i) => c[12 + parity] * value + c[10 + parity] * a4[i] + c[8 + parity] * a2[i],
    );
    return product(a6, high, n).map((value, i) => {
      const low = c[6 + parity] * a6[i] + c[4 + parity] * a4[i] + c[2 + parity] * a2[i];
      return value + low + (i % (n + 1) === 0 ? c[parity] : 0);
    });
  };
  const even = evaluate(0);
  const odd = product(a, evaluate(1), n);
  const shape = [n, n];
  const numerator = even.map((value, i) => value + odd[i]);
  const denominator = even.map((value, i) => value - odd[i]);
  return solve(new NDArray(denominator, shape), new NDArray(numerator, shape)).data as Float64Array;
}

/** The coefficients of p, divided by the first one. */
function coefficients(): Float64Array {
  const c = new Float64Array(ORDER + 1).fill(1);
  for (let k = 1; k <= ORDER; k++) {
    c[k] = (c[k - 1] * (ORDER - k + 1)) / (k * (2 * ORDER - k + 1));
  }
  return c;
}

function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const c = new Float64Array(n * n);
  gemm(false, false, n, n, n, a, 0, b, 0, c, 0);
  return c;
}
