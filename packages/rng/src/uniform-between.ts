import { describe, roundFloat } from "@flaxen/dtype";
import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import type { FloatDType } from "./arguments.ts";
import { floatSample } from "./float-sample.ts";
import type { Key } from "./make-key.ts";
import { checkFloatParameters, FINITE } from "./parameters.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import { handOver } from "./traced-key.ts";
import { between, uniformValues } from "./uniform-values.ts";

/**
 * Draws from uniform distributions whose limits are arrays, as `jax.random.uniform` with arrays as `minval` and
 * `maxval` does.
 *
 * The formula is that of {@link uniform}, which takes numbers as limits and is smaller for it.
 *
 * @param key - The random key.
 * @param minval - Lower limit, included, finite: a number or an array; broadcasts.
 * @param maxval - Upper limit, excluded up to rounding, likewise.
 * @param shape - Shape of the result (default: that to which the limits broadcast).
 * @param options - `dtype`, see {@link FloatOptions}; the limits are rounded to it.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, a limit no array of real numbers, `shape` not an array or `dtype` not a real
 *   floating-point dtype.
 * @throws {@link RangeError} if a limit or the distance between two of them is not finite in `dtype`, a `minval` is above
 *   its `maxval`, the limits do not broadcast to `shape`, or `shape` holds anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { key, uniformBetween } from "@flaxen/rng";
 *
 * uniformBetween(key(0), [0, 10], [1, 20]); // => Array([ 0.947667, 19.785799], dtype=float32)
 * uniformBetween(key(0), [[0], [5]], 5, [2, 3]).shape; // => [2, 3]
 * ```
 */
export function uniformBetween(
  key: Key,
  minval: ArrayInput,
  maxval: ArrayInput,
  shape?: Shape,
  options: FloatOptions = {},
): NDArray<FloatDType> {
  const drawn = checkFloatParameters("uniformBetween", key, shape, options, [
    ["minval", minval, FINITE],
    ["maxval", maxval, FINITE],
  ]);
  const { size, dtype, parameters } = drawn;
  const traced = handOver(
    "uniformBetween",
    [key, minval, maxval],
    drawn.shape,
    dtype,
    (key, minval, maxval) => uniformBetween(key, minval, maxval, drawn.shape, { dtype }),
    [],
  );
  if (traced) return traced;
  const [lows, highs] = parameters;
  const values = uniformValues(key, size, dtype, 0, 1);
  for (let i = 0; i < size; i++) {
    const low = lows.values[i * lows.step];
    const high = highs.values[i * highs.step];
    checkLimits(low, high, dtype);
    values[i] = between(values[i], low, high, dtype);
  }
  return floatSample(values, drawn.shape, dtype);
}

function checkLimits(low: number, high: number, dtype: FloatDType): void {
  if (low > high) {
    throw new RangeError(
      `uniformBetween: minval must be at most maxval, got ${describe(low)} and ${describe(high)}.`,
    );
  }
  if (!Number.isFinite(roundFloat(dtype, high - low))) {
    throw new RangeError(
      `uniformBetween: maxval - minval must be finite in ${dtype}, got ${describe(low)} and ${describe(high)}.`,
    );
  }
}
