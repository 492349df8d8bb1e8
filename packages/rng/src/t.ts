import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { halfOf } from "./chisquare-logs.ts";
import { floatSample } from "./float-sample.ts";
import { gammaValues } from "./gamma-values.ts";
import type { Key } from "./make-key.ts";
import { standardNormals } from "./standard-normals.ts";
import { checkFloatParameters, POSITIVE } from "./parameters.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import { splitKey } from "./split.ts";
import type { FloatDType } from "./arguments.ts";
import { handOver } from "./traced-key.ts";

/**
 * Draws from Student's t distributions, as `jax.random.t` does.
 *
 * Formula: `normal * sqrt((df / 2) / gamma(df / 2))`.
 *
 * @param key - The random key.
 * @param df - Degrees of freedom, positive and finite: a number or an array that broadcasts to `shape`.
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
 * import { key, t } from "@flaxen/rng";
 *
 * t(key(0), 3, [1000]).shape; // => [1000]
 * ```
 */
export function t(
  key: Key,
  df: ArrayInput,
  shape?: Shape,
  options: FloatOptions = {},
): NDArray<FloatDType> {
  const drawn = checkFloatParameters("t", key, shape, options, [["df", df, POSITIVE]]);
  const { size, dtype, parameters } = drawn;
  const traced = handOver("t", [key, df], drawn.shape, dtype, (key, df) =>
    t(key, df, drawn.shape, { dtype }),
  );
  if (traced) return traced;
  const [degrees] = parameters;
  const { round } = arithmeticOf(dtype);
  const halves = halfOf(degrees, dtype);
  const [normalKey, gammaKey] = splitKey(key);
  const values = standardNormals(normalKey, size, dtype);
  const gammas = gammaValues(gammaKey, size, halves, dtype, false);
  for (let i = 0; i < size; i++) {
    const ratio = round(halves.values[i * halves.step] / gammas[i]);
    values[i] = round(values[i] * round(Math.sqrt(ratio)));
  }
  return floatSample(values, drawn.shape, dtype);
}
