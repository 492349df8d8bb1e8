import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { chisquareLogs } from "./chisquare-logs.ts";
import { floatSample } from "./float-sample.ts";
import type { Key } from "./make-key.ts";
import { checkFloatParameters, NOT_NEGATIVE } from "./parameters.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { handOver } from "./traced-key.ts";

/**
 * Draws from chi-square distributions, as `jax.random.chisquare` does.
 *
 * Formula: `2 * exp(loggamma(df / 2))`.
 *
 * @param key - The random key.
 * @param df - Degrees of freedom, at least 0: a number or an array that broadcasts to `shape`.
 * @param shape - Shape of the result (default: that of `df`).
 * @param options - `dtype`, see {@link FloatOptions}; `df` is rounded to it.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `df` no array of real numbers, `shape` not an array or `dtype` not a real
 *   floating-point dtype.
 * @throws {@link RangeError} if `df` is out of range or NaN, or does not broadcast to `shape`, or `shape` holds
 *   anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { chisquare, key } from "@flaxen/rng";
 *
 * chisquare(key(0), 3, [1000]).shape; // => [1000]
 * ```
 */
export function chisquare(
  key: Key,
  df: ArrayInput,
  shape?: Shape,
  options: FloatOptions = {},
): NDArray<FloatDType> {
  const drawn = checkFloatParameters("chisquare", key, shape, options, [["df", df, NOT_NEGATIVE]]);
  const { size, dtype, parameters } = drawn;
  const traced = handOver("chisquare", [key, df], drawn.shape, dtype, (key, df) =>
    chisquare(key, df, drawn.shape, { dtype }),
  );
  if (traced) return traced;
  const [degrees] = parameters;
  const values = chisquareLogs(key, size, degrees, dtype);
  const { round, exp } = arithmeticOf(dtype);
  for (let i = 0; i < size; i++) values[i] = round(exp(values[i]) * 2);
  return floatSample(values, drawn.shape, dtype);
}
