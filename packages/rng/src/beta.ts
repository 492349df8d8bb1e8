import { finfo } from "@flaxen/dtype";
import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { floatSample } from "./float-sample.ts";
import { gammaValues } from "./gamma-values.ts";
import type { Key } from "./make-key.ts";
import { checkFloatParameters, FINITE_NOT_NEGATIVE } from "./parameters.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import { splitKey } from "./split.ts";
import type { FloatDType } from "./arguments.ts";
import { handOver } from "./traced-key.ts";

/**
 * Draws from beta distributions, as `jax.random.beta` does.
 *
 * The density is proportional to `x ** (a - 1) * (1 - x) ** (b - 1)` on `(0, 1)`. Formula: `x / (x + y)` with two gamma
 * distributed numbers, formed from their logarithms.
 *
 * @param key - The random key.
 * @param a - First shape parameter, finite and at least 0: a number or an array.
 * @param b - Second shape parameter, likewise; not both may be (next to) 0.
 * @param shape - Shape of the result (default: that to which `a` and `b` broadcast).
 * @param options - `dtype`, see {@link FloatOptions}; the parameters are rounded to it.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `a` or `b` no array of real numbers, `shape` not an array or `dtype` not a real
 *   floating-point dtype.
 * @throws {@link RangeError} if a parameter is out of range or NaN, `a` and `b` are both next to 0, or does not broadcast to `shape`, or `shape` holds
 *   anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { beta, key } from "@flaxen/rng";
 *
 * beta(key(0), 2, [1, 2, 3]).shape; // => [3]
 * ```
 */
export function beta(
  key: Key,
  a: ArrayInput,
  b: ArrayInput,
  shape?: Shape,
  options: FloatOptions = {},
): NDArray<FloatDType> {
  const drawn = checkFloatParameters("beta", key, shape, options, [
    ["a", a, FINITE_NOT_NEGATIVE],
    ["b", b, FINITE_NOT_NEGATIVE],
  ]);
  const { size, dtype, parameters } = drawn;
  const traced = handOver("beta", [key, a, b], drawn.shape, dtype, (key, a, b) =>
    beta(key, a, b, drawn.shape, { dtype }),
  );
  if (traced) return traced;
  const [firsts, seconds] = parameters;
  // Logarithms of two numbers below this limit could both be -Infinity.
  const limit = 16 * finfo(dtype).tiny;
  for (let i = 0; i < size; i++) {
    if (firsts.values[i * firsts.step] < limit && seconds.values[i * seconds.step] < limit) {
      throw new RangeError(`beta: a and b must not both be below ${limit}.`);
    }
  }
  const { round, exp } = arithmeticOf(dtype);
  const [firstKey, secondKey] = splitKey(key);
  const values = gammaValues(firstKey, size, firsts, dtype, true);
  const others = gammaValues(secondKey, size, seconds, dtype, true);
  for (let i = 0; i < size; i++) {
    const most = Math.max(values[i], others[i]);
    const x = exp(round(values[i] - most));
    const y = exp(round(others[i] - most));
    values[i] = round(x / round(x + y));
  }
  return floatSample(values, drawn.shape, dtype);
}
