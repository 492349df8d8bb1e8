import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { floatSample } from "./float-sample.ts";
import { gammaValues } from "./gamma-values.ts";
import type { Key } from "./make-key.ts";
import { checkFloatParameters, NOT_NEGATIVE } from "./parameters.ts";
import type { ParameterInput } from "./parameters.ts";
import type { FloatDType } from "./arguments.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import { handOver } from "./traced-key.ts";

/**
 * Draws from gamma distributions of scale 1, as `jax.random.gamma` does.
 *
 * The density is proportional to `x ** (a - 1) * exp(-x)` on `x > 0`.
 *
 * @param key - The random key.
 * @param a - The shape parameter, at least 0: a number or an array that broadcasts to `shape`. For `Infinity` the result
 *   is `Infinity`.
 * @param shape - Shape of the result (default: that of `a`).
 * @param options - `dtype`, see {@link FloatOptions}; `a` is rounded to it.
 * @returns An array of the given shape and dtype. For `a` far below 1 most draws are smaller than any number of the dtype
 *   and 0; {@link loggamma} has their logarithms.
 * @throws {@link TypeError} if `key` is not a key, `a` no array of real numbers, `shape` not an array or `dtype` not a real
 *   floating-point dtype.
 * @throws {@link RangeError} if `a` is negative, NaN, or does not broadcast to `shape`, or `shape` holds anything but
 *   non-negative integers.
 * @see Marsaglia and Tsang (2000), "A simple method for generating gamma variables", ACM Transactions on Mathematical
 *   Software 26, section 2. https://doi.org/10.1145/358407.358414
 *
 * @example
 * ```ts
 * import { gamma, key } from "@flaxen/rng";
 *
 * gamma(key(0), 2, [3]).shape; // => [3]
 * gamma(key(0), [0.5, 1, 2]).shape; // => [3]
 * ```
 */
export function gamma(
  key: Key,
  a: ArrayInput,
  shape?: Shape,
  options: FloatOptions = {},
): NDArray<FloatDType> {
  return drawGamma("gamma", key, a, shape, options);
}

/**
 * Draws logarithms of gamma distributed numbers, as `jax.random.loggamma` does.
 *
 * The same as `ln(gamma(key, a))` in distribution, but precise where that would be `ln(0)`. The draws differ from those
 * of {@link gamma} for `a` below 1.
 *
 * @param key - The random key.
 * @param a - The shape parameter, at least 0: a number or an array that broadcasts to `shape`. For 0 the result is
 *   `-Infinity`, for `Infinity` it is `Infinity`.
 * @param shape - Shape of the result (default: that of `a`).
 * @param options - `dtype`, see {@link FloatOptions}; `a` is rounded to it.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `a` no array of real numbers, `shape` not an array or `dtype` not a real
 *   floating-point dtype.
 * @throws {@link RangeError} if `a` is negative, NaN, or does not broadcast to `shape`, or `shape` holds anything but
 *   non-negative integers.
 *
 * @example
 * ```ts
 * import { key, loggamma } from "@flaxen/rng";
 *
 * loggamma(key(0), 1e-6, [3]).shape; // => [3]
 * ```
 */
export function loggamma(
  key: Key,
  a: ArrayInput,
  shape?: Shape,
  options: FloatOptions = {},
): NDArray<FloatDType> {
  return drawGamma("loggamma", key, a, shape, options);
}

function drawGamma(
  callee: "gamma" | "loggamma",
  key: Key,
  a: ArrayInput,
  shape: Shape | undefined,
  options: FloatOptions,
): NDArray<FloatDType> {
  const inputs: readonly ParameterInput[] = [["a", a, NOT_NEGATIVE]];
  const drawn = checkFloatParameters(callee, key, shape, options, inputs);
  const { size, dtype, parameters } = drawn;
  const again = (key: Key, a: ArrayInput): NDArray =>
    drawGamma(callee, key, a, drawn.shape, { dtype });
  const traced = handOver(callee, [key, a], drawn.shape, dtype, again);
  if (traced) return traced;
  const values = gammaValues(key, size, parameters[0], dtype, callee === "loggamma");
  return floatSample(values, drawn.shape, dtype);
}
