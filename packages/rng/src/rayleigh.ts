import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { floatSample } from "./float-sample.ts";
import type { Key } from "./make-key.ts";
import { checkFloatParameters, POSITIVE } from "./parameters.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import { handOver } from "./traced-key.ts";
import { uniformValues } from "./uniform-values.ts";
import type { FloatDType } from "./arguments.ts";

/**
 * Draws from Rayleigh distributions, as `jax.random.rayleigh` does.
 *
 * Formula: `scale * sqrt(-2 * ln(u))` with `u` uniform on `[0, 1)`.
 *
 * @param key - The random key.
 * @param scale - The scale, positive and finite: a number or an array that broadcasts to `shape`.
 * @param shape - Shape of the result (default: that of `scale`).
 * @param options - `dtype`, see {@link FloatOptions}; `scale` is rounded to it.
 * @returns An array of the given shape and dtype. As in JAX, an element is `Infinity` when `u` is 0, once in 2^23 float32 draws.
 * @throws {@link TypeError} if `key` is not a key, `scale` no array of real numbers, `shape` not an array or `dtype` not a real
 *   floating-point dtype.
 * @throws {@link RangeError} if `scale` is out of range or NaN, or does not broadcast to `shape`, or `shape` holds
 *   anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { key, rayleigh } from "@flaxen/rng";
 *
 * rayleigh(key(0), 2, [1000]).shape; // => [1000]
 * ```
 */
export function rayleigh(
  key: Key,
  scale: ArrayInput,
  shape?: Shape,
  options: FloatOptions = {},
): NDArray<FloatDType> {
  const drawn = checkFloatParameters("rayleigh", key, shape, options, [["scale", scale, POSITIVE]]);
  const { size, dtype, parameters } = drawn;
  const traced = handOver("rayleigh", [key, scale], drawn.shape, dtype, (key, scale) =>
    rayleigh(key, scale, drawn.shape, { dtype }),
  );
  if (traced) return traced;
  const [scales] = parameters;
  const { round, log } = arithmeticOf(dtype);
  const values = uniformValues(key, size, dtype, 0, 1);
  for (let i = 0; i < size; i++) {
    const root = round(Math.sqrt(round(log(values[i]) * -2)));
    values[i] = round(scales.values[i * scales.step] * root);
  }
  return floatSample(values, drawn.shape, dtype);
}
