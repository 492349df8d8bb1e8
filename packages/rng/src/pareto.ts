import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { exponentialValues } from "./exponential-values.ts";
import { floatSample } from "./float-sample.ts";
import { division } from "./division.ts";
import type { Key } from "./make-key.ts";
import { ABOVE_ZERO, checkFloatParameters } from "./parameters.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { handOver } from "./traced-key.ts";

/**
 * Draws from Pareto distributions of scale 1, as `jax.random.pareto` does.
 *
 * Formula: `exp(exponential / b)`, at least 1.
 *
 * @param key - The random key.
 * @param b - The shape parameter, positive: a number or an array that broadcasts to `shape`.
 * @param shape - Shape of the result (default: that of `b`).
 * @param options - `dtype`, see {@link FloatOptions}; `b` is rounded to it.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `b` no array of real numbers, `shape` not an array or `dtype` not a real
 *   floating-point dtype.
 * @throws {@link RangeError} if `b` is out of range or NaN, or does not broadcast to `shape`, or `shape` holds
 *   anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { key, pareto } from "@flaxen/rng";
 *
 * pareto(key(0), 2, [1000]).shape; // => [1000]
 * ```
 */
export function pareto(
  key: Key,
  b: ArrayInput,
  shape?: Shape,
  options: FloatOptions = {},
): NDArray<FloatDType> {
  const drawn = checkFloatParameters("pareto", key, shape, options, [["b", b, ABOVE_ZERO]]);
  const { size, dtype, parameters } = drawn;
  const traced = handOver("pareto", [key, b], drawn.shape, dtype, (key, b) =>
    pareto(key, b, drawn.shape, { dtype }),
  );
  if (traced) return traced;
  const [shapes] = parameters;
  const { exp } = arithmeticOf(dtype);
  const divide = division(dtype, shapes);
  const values = exponentialValues(key, size, dtype);
  for (let i = 0; i < size; i++) values[i] = exp(divide(values[i], shapes.values[i * shapes.step]));
  return floatSample(values, drawn.shape, dtype);
}
