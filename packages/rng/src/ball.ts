import { describe } from "@flaxen/dtype";
import type { NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { checkSampleShape } from "./arguments.ts";
import { exponentialValues } from "./exponential-values.ts";
import { floatSample } from "./float-sample.ts";
import { generalizedNormalValues } from "./generalized-normal-values.ts";
import type { Key } from "./make-key.ts";
import { checkFloatSample } from "./sample-arguments.ts";
import { rowArithmetic } from "./row-arithmetic.ts";
import { rowSum } from "./row-sum.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import { splitKey } from "./split.ts";
import type { FloatDType } from "./arguments.ts";
import { handOver } from "./traced-key.ts";

/**
 * Draws points uniform in the unit ball of an Lp norm, as `jax.random.ball` does.
 *
 * Formula: `x / (sum(|x| ** p) + e) ** (1 / p)` with generalized normal `x` and exponential `e`.
 *
 * @param key - The random key.
 * @param d - Number of dimensions, a non-negative integer.
 * @param p - Order of the norm, positive and finite (default 2).
 * @param shape - Shape of the array of points (default `[]`).
 * @param options - `dtype`, see {@link FloatOptions}.
 * @returns An array of shape `[...shape, d]`.
 * @throws {@link TypeError} if `key` is not a key, `d` or `p` not a number, `shape` not an array or `dtype` not a real
 *   floating-point dtype.
 * @throws {@link RangeError} if `d` is not a non-negative integer, `p` not positive and finite in `dtype`, or `shape` holds
 *   anything but non-negative integers.
 * @see Barthe, Guédon, Mendelson and Naor (2005), "A probabilistic approach to the geometry of the lp-ball", theorem 1.
 *   https://arxiv.org/abs/math/0503650
 *
 * @example
 * ```ts
 * import { ball, key } from "@flaxen/rng";
 *
 * ball(key(0), 3, 2, [1000]).shape; // => [1000, 3]
 * ```
 */
export function ball(
  key: Key,
  d: number,
  p = 2,
  shape: Shape = [],
  options: FloatOptions = {},
): NDArray<FloatDType> {
  const { size, dtype } = checkFloatSample("ball", key, shape, options);
  checkNumbers(d, p);
  const { round, pow } = arithmeticOf(dtype);
  const exponent = round(p);
  if (!(exponent > 0 && exponent < Infinity)) {
    throw new RangeError(`ball: p must be positive and finite, got ${describe(p)}.`);
  }
  const full = [...shape, d];
  const count = checkSampleShape("ball", full);
  const traced = handOver("ball", [key], full, dtype, (key) => ball(key, d, p, shape, { dtype }));
  if (traced) return traced;
  const [normalKey, exponentialKey] = splitKey(key);
  const single = { values: new Float64Array([exponent]), step: 0 } as const;
  const values = generalizedNormalValues(normalKey, count, single, dtype);
  const others = exponentialValues(exponentialKey, size, dtype, rowArithmetic(dtype, d, size));
  const inverse = round(1 / exponent);
  const powers = values.map((x) => pow(Math.abs(x), exponent));
  const sumRow = rowSum(dtype, d, count);
  // JAX divides by the norms where nothing is summed, but for lists of several points in the legacy layout.
  const divides = d === 1 && (key.partitionable || shape.length !== 1 || size === 1);
  for (let i = 0; i < size; i++) {
    const sum = sumRow(powers, i * d);
    const norm = round(sum + others[i]);
    if (divides) {
      values[i] = round(values[i] / pow(norm, inverse));
      continue;
    }
    const shrink = pow(norm, -inverse);
    for (let j = 0; j < d; j++) values[i * d + j] = round(values[i * d + j] * shrink);
  }
  return floatSample(values, full, dtype);
}

function checkNumbers(d: unknown, p: unknown): void {
  if (typeof d !== "number") throw new TypeError(`ball: d must be an integer, got ${describe(d)}.`);
  if (!Number.isInteger(d) || d < 0) {
    throw new RangeError(`ball: d must be a non-negative integer, got ${describe(d)}.`);
  }
  if (typeof p !== "number") throw new TypeError(`ball: p must be a number, got ${describe(p)}.`);
}
