import { astype, broadcastTo, flatData } from "@flaxen/ndarray";
import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { exponentialValues } from "./exponential-values.ts";
import { floatSample } from "./float-sample.ts";
import type { Key } from "./make-key.ts";
import { ABOVE_ZERO, checkParameters, jointShape, POSITIVE } from "./parameters.ts";
import { checkFloatSample } from "./sample-arguments.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { handOver } from "./traced-key.ts";

/**
 * Draws from Weibull distributions, as `jax.random.weibull_min` does.
 *
 * Formula: `scale * exponential ** (1 / concentration)`.
 *
 * @param key - The random key.
 * @param scale - The scale, positive and finite: a number or an array.
 * @param concentration - The shape parameter, positive: a number or an array that broadcasts with `scale`.
 * @param shape - Shape of the draws (default `[]`). As in JAX it is not widened by the parameters: with `[]` and arrays
 *   for parameters all elements come of one draw.
 * @param options - `dtype`, see {@link FloatOptions}; the parameters are rounded to it.
 * @returns An array of the dtype and of the shape to which `shape` and the parameters broadcast.
 * @throws {@link TypeError} if `key` is not a key, a parameter no array of real numbers, `shape` not an array or `dtype` not a
 *   real floating-point dtype.
 * @throws {@link RangeError} if a parameter is out of range or NaN, `shape` and the parameters do not broadcast together, or
 *   `shape` holds anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { key, weibullMin } from "@flaxen/rng";
 *
 * weibullMin(key(0), 2, 1.5, [1000]).shape; // => [1000]
 * ```
 */
export function weibullMin(
  key: Key,
  scale: ArrayInput,
  concentration: ArrayInput,
  shape: Shape = [],
  options: FloatOptions = {},
): NDArray<FloatDType> {
  const { size, dtype } = checkFloatSample("weibullMin", key, shape, options);
  const inputs = [
    ["scale", scale, POSITIVE],
    ["concentration", concentration, ABOVE_ZERO],
  ] as const;
  const joint = jointShape("weibullMin", inputs, shape);
  const { parameters, ...drawn } = checkParameters("weibullMin", joint, dtype, inputs);
  const traced = handOver(
    "weibullMin",
    [key, scale, concentration],
    drawn.shape,
    dtype,
    (key, scale, concentration) => weibullMin(key, scale, concentration, shape, { dtype }),
  );
  if (traced) return traced;
  const [scales, exponents] = parameters;
  const { round, pow } = arithmeticOf(dtype);
  const one = floatSample(exponentialValues(key, size, dtype), shape, dtype);
  const draws = flatData<"float64">(astype(broadcastTo(one, drawn.shape), "float64"));
  const values = dtype === "float64" ? draws.slice() : Float32Array.from(draws);
  for (let i = 0; i < drawn.size; i++) {
    const power = pow(values[i], round(1 / exponents.values[i * exponents.step]));
    values[i] = round(power * scales.values[i * scales.step]);
  }
  return floatSample(values, drawn.shape, dtype);
}
