import { erfInv32 } from "@flaxen/dtype";
import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import type { FloatDType } from "./arguments.ts";
import { floatSample } from "./float-sample.ts";
import type { Key } from "./make-key.ts";
import { standardNormals } from "./standard-normals.ts";
import { handOver } from "./traced-key.ts";
import { uniformValues } from "./uniform-values.ts";
import { checkFloatParameters, FINITE } from "./parameters.ts";
import type { Parameter } from "./parameters.ts";
import type { FloatOptions } from "./sample-arguments.ts";

/**
 * Draws from log-normal distributions, as `jax.random.lognormal` does.
 *
 * Formula: `exp(sigma * normal)`.
 *
 * @param key - The random key.
 * @param sigma - Standard deviation of the logarithm, finite: a number or an array that broadcasts to `shape`
 *   (default 1).
 * @param shape - Shape of the result (default: that of `sigma`).
 * @param options - `dtype`, see {@link FloatOptions}; `sigma` is rounded to it.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `sigma` no array of real numbers, `shape` not an array or `dtype` not a real
 *   floating-point dtype.
 * @throws {@link RangeError} if `sigma` is out of range or NaN, or does not broadcast to `shape`, or `shape` holds
 *   anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { key, lognormal } from "@flaxen/rng";
 *
 * lognormal(key(0), 0.5, [1000]).shape; // => [1000]
 * ```
 */
export function lognormal(
  key: Key,
  sigma: ArrayInput = 1,
  shape?: Shape,
  options: FloatOptions = {},
): NDArray<FloatDType> {
  const drawn = checkFloatParameters("lognormal", key, shape, options, [["sigma", sigma, FINITE]]);
  const { size, dtype, parameters } = drawn;
  const traced = handOver("lognormal", [key, sigma], drawn.shape, dtype, (key, sigma) =>
    lognormal(key, sigma, drawn.shape, { dtype }),
  );
  if (traced) return traced;
  const [sigmas] = parameters;
  const { exp } = arithmeticOf(dtype);
  const values = scaledNormals(key, size, sigmas, dtype);
  for (let i = 0; i < size; i++) values[i] = exp(values[i]);
  return floatSample(values, drawn.shape, dtype);
}

/** Draws normal numbers times standard deviations. */
function scaledNormals(
  key: Key,
  size: number,
  { values: sigmas, step }: Parameter,
  dtype: FloatDType,
): Float32Array | Float64Array {
  const { round } = arithmeticOf(dtype);
  if (dtype !== "float32" || step === 1 || size === 0) {
    const values = standardNormals(key, size, dtype);
    for (let i = 0; i < size; i++) values[i] = round(values[i] * sigmas[i * step]);
    return values;
  }
  // XLA multiplies a single sigma with the root of 2 first: sqrt(2) * sigma * erfInv(u).
  const values = uniformValues(key, size, dtype, 2 ** -24 - 1, 1);
  const factor = round(round(Math.SQRT2) * sigmas[0]);
  for (let i = 0; i < size; i++) values[i] = factor * erfInv32(values[i]);
  return values;
}
