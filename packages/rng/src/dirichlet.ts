import { describe, finfo } from "@flaxen/dtype";
import { sizeOf } from "@flaxen/ndarray";
import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { checkFloatDType, checkOptions, checkSampleShape } from "./arguments.ts";
import { floatSample } from "./float-sample.ts";
import { gammaValues } from "./gamma-values.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { checkParameters, checkRealArray, FINITE_NOT_NEGATIVE } from "./parameters.ts";
import { rowArithmetic } from "./row-arithmetic.ts";
import { rowSum } from "./row-sum.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { handOver } from "./traced-key.ts";

/**
 * Draws from Dirichlet distributions, as `jax.random.dirichlet` does.
 *
 * Formula: `softmax(loggamma(alpha))` along the last axis, whose sum is 1.
 *
 * @param key - The random key.
 * @param alpha - The concentrations, of shape `[..., n]`, finite and at least 0; not all along the last axis may be (next
 *   to) 0.
 * @param shape - Shape of the array of draws, to which the leading axes of `alpha` broadcast (default: those axes).
 * @param options - `dtype`, see {@link FloatOptions}; `alpha` is rounded to it.
 * @returns An array of shape `[...shape, n]`.
 * @throws {@link TypeError} if `key` is not a key, `alpha` no array of real numbers, `shape` not an array or `dtype` not a real
 *   floating-point dtype.
 * @throws {@link RangeError} if `alpha` has no axis, is out of range, next to 0 along a whole row or does not broadcast to
 *   `shape`, or `shape` holds anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { dirichlet, key } from "@flaxen/rng";
 *
 * dirichlet(key(0), [1, 2, 3], [1000]).shape; // => [1000, 3]
 * ```
 */
export function dirichlet(
  key: Key,
  alpha: ArrayInput,
  shape?: Shape,
  options: FloatOptions = {},
): NDArray<FloatDType> {
  useKey("dirichlet", key);
  checkOptions("dirichlet", options);
  const dtype = checkFloatDType("dirichlet", options.dtype);
  const array = checkRealArray("dirichlet", "alpha", alpha);
  if (array.shape.length === 0) {
    throw new RangeError(`dirichlet: alpha must have at least 1 axis, got ${describe(alpha)}.`);
  }
  if (shape !== undefined) checkSampleShape("dirichlet", shape);
  const n = array.shape[array.shape.length - 1];
  const full = [...(shape ?? array.shape.slice(0, -1)), n];
  const inputs = [["alpha", array, FINITE_NOT_NEGATIVE]] as const;
  const { size, parameters } = checkParameters("dirichlet", full, dtype, inputs);
  const traced = handOver("dirichlet", [key, alpha], full, dtype, (key, alpha) =>
    dirichlet(key, alpha, shape, { dtype }),
  );
  if (traced) return traced;
  const [alphas] = parameters;
  const { round } = arithmeticOf(dtype);
  const { exp, log } = rowArithmetic(dtype, n, size);
  const rows = sizeOf(full.slice(0, -1));
  // Logarithms of numbers below this limit could all be -Infinity.
  const limit = 16 * finfo(dtype).tiny;
  for (let row = 0; row < rows && n > 0; row++) {
    let most = 0;
    for (let j = row * n; j < row * n + n; j++) {
      most = Math.max(most, alphas.values[j * alphas.step]);
    }
    if (most < limit) {
      throw new RangeError(`dirichlet: alpha must not be below ${limit} along a whole row.`);
    }
  }
  const values = gammaValues(key, size, alphas, dtype, true, log);
  const sumRow = rowSum(dtype, n, size);
  for (let row = 0; row < rows; row++) {
    const one = values.subarray(row * n, row * n + n);
    let most = -Infinity;
    for (let j = 0; j < n; j++) most = Math.max(most, one[j]);
    for (let j = 0; j < n; j++) one[j] = exp(round(one[j] - most));
    const inverse = round(1 / sumRow(one, 0));
    for (let j = 0; j < n; j++) one[j] = round(one[j] * inverse);
  }
  return floatSample(values, full, dtype);
}
