import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { floatSample } from "./float-sample.ts";
import { generalizedNormalValues } from "./generalized-normal-values.ts";
import type { Key } from "./make-key.ts";
import { checkFloatParameters, POSITIVE } from "./parameters.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { handOver } from "./traced-key.ts";

/**
 * Draws from generalized normal distributions, as `jax.random.generalized_normal` does.
 *
 * The density is proportional to `exp(-|x| ** p)`. Formula: `sign * gamma(1 / p) ** (1 / p)`.
 *
 * @param key - The random key.
 * @param p - The exponent, positive and finite: a number or an array that broadcasts to `shape`.
 * @param shape - Shape of the result (default: that of `p`).
 * @param options - `dtype`, see {@link FloatOptions}; `p` is rounded to it.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `p` no array of real numbers, `shape` not an array or `dtype` not a real
 *   floating-point dtype.
 * @throws {@link RangeError} if `p` is out of range or NaN, or does not broadcast to `shape`, or `shape` holds
 *   anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { generalizedNormal, key } from "@flaxen/rng";
 *
 * generalizedNormal(key(0), 4, [1000]).shape; // => [1000]
 * ```
 */
export function generalizedNormal(
  key: Key,
  p: ArrayInput,
  shape?: Shape,
  options: FloatOptions = {},
): NDArray<FloatDType> {
  const drawn = checkFloatParameters("generalizedNormal", key, shape, options, [
    ["p", p, POSITIVE],
  ]);
  const { size, dtype, parameters } = drawn;
  const traced = handOver("generalizedNormal", [key, p], drawn.shape, dtype, (key, p) =>
    generalizedNormal(key, p, drawn.shape, { dtype }),
  );
  if (traced) return traced;
  const [exponents] = parameters;
  const values = generalizedNormalValues(key, size, exponents, dtype);
  return floatSample(values, drawn.shape, dtype);
}
