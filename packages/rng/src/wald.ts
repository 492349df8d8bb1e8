import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { floatSample } from "./float-sample.ts";
import type { Key } from "./make-key.ts";
import { standardNormals } from "./standard-normals.ts";
import { checkFloatParameters, POSITIVE } from "./parameters.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import { splitKey } from "./split.ts";
import { handOver } from "./traced-key.ts";
import { uniformValues } from "./uniform-values.ts";
import type { FloatDType } from "./arguments.ts";

/**
 * Draws from Wald (inverse Gaussian) distributions of scale 1, as `jax.random.wald` does.
 *
 * Where the steps of JAX lose all digits or overflow, for large means, an equal form without cancellation is used.
 *
 * @param key - The random key.
 * @param mean - The mean, positive and finite: a number or an array that broadcasts to `shape`.
 * @param shape - Shape of the result (default: that of `mean`).
 * @param options - `dtype`, see {@link FloatOptions}; `mean` is rounded to it.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `mean` no array of real numbers, `shape` not an array or `dtype` not a real
 *   floating-point dtype.
 * @throws {@link RangeError} if `mean` is out of range or NaN, or does not broadcast to `shape`, or `shape` holds
 *   anything but non-negative integers.
 * @see Michael, Schucany and Haas (1976), "Generating random variates using transformations with multiple roots", The
 *   American Statistician 30, section 4. https://doi.org/10.1080/00031305.1976.10479147
 *
 * @example
 * ```ts
 * import { key, wald } from "@flaxen/rng";
 *
 * wald(key(0), 2, [1000]).shape; // => [1000]
 * ```
 */
export function wald(
  key: Key,
  mean: ArrayInput,
  shape?: Shape,
  options: FloatOptions = {},
): NDArray<FloatDType> {
  const drawn = checkFloatParameters("wald", key, shape, options, [["mean", mean, POSITIVE]]);
  const { size, dtype, parameters } = drawn;
  const traced = handOver("wald", [key, mean], drawn.shape, dtype, (key, mean) =>
    wald(key, mean, drawn.shape, { dtype }),
  );
  if (traced) return traced;
  const [means] = parameters;
  const { round, fma } = arithmeticOf(dtype);
  const [normalKey, uniformKey] = splitKey(key);
  const values = standardNormals(normalKey, size, dtype);
  const uniforms = uniformValues(uniformKey, size, dtype, 0, 1);
  for (let i = 0; i < size; i++) {
    const mu = means.values[i * means.step];
    const square = round(mu * mu);
    const y = round(values[i] * values[i]);
    const root = round(Math.sqrt(fma(round(4 * mu), y, round(square * round(y * y)))));
    const sum = fma(round(square * y), 0.5, mu);
    let x = fma(-round(mu * 0.5), root, sum);
    if (!(x > 0 && x < Infinity)) x = smallerRoot(mu, y, round);
    const takeX = uniforms[i] <= round(mu / round(mu + x));
    const other = square < Infinity ? round(square / x) : round((mu / x) * mu);
    values[i] = takeX ? x : other;
  }
  return floatSample(values, drawn.shape, dtype);
}

/** The smaller root of the quadratic equation, `mean / (1 + t + sqrt(t * (t + 2)))` with `t = mean * y / 2`. */
function smallerRoot(mean: number, y: number, round: (x: number) => number): number {
  const t = (mean * y) / 2;
  return round(mean / (1 + t + Math.sqrt(t) * Math.sqrt(t + 2)));
}
