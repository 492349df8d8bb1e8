import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { floatSample } from "./float-sample.ts";
import type { Key } from "./make-key.ts";
import { checkFloatParameters, FINITE } from "./parameters.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import { handOver } from "./traced-key.ts";
import { uniformValues } from "./uniform-values.ts";
import type { FloatDType } from "./arguments.ts";

/**
 * Draws from triangular distributions, as `jax.random.triangular` does.
 *
 * The density rises from `left` to `mode` and falls to `right`.
 *
 * @param key - The random key.
 * @param left - Lower limit, finite: a number or an array.
 * @param mode - Place of the peak, from `left` to `right`, likewise.
 * @param right - Upper limit, likewise.
 * @param shape - Shape of the result (default: that to which the parameters broadcast).
 * @param options - `dtype`, see {@link FloatOptions}; the parameters are rounded to it.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, a parameter no array of real numbers, `shape` not an array or `dtype` not a real
 *   floating-point dtype.
 * @throws {@link RangeError} if a parameter is out of range or NaN, the limits do not ascend, or does not broadcast to `shape`, or `shape` holds
 *   anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { key, triangular } from "@flaxen/rng";
 *
 * triangular(key(0), 0, 1, 3, [1000]).shape; // => [1000]
 * ```
 */
export function triangular(
  key: Key,
  left: ArrayInput,
  mode: ArrayInput,
  right: ArrayInput,
  shape?: Shape,
  options: FloatOptions = {},
): NDArray<FloatDType> {
  const drawn = checkFloatParameters("triangular", key, shape, options, [
    ["left", left, FINITE],
    ["mode", mode, FINITE],
    ["right", right, FINITE],
  ]);
  const { size, dtype, parameters } = drawn;
  const traced = handOver(
    "triangular",
    [key, left, mode, right],
    drawn.shape,
    dtype,
    (key, left, mode, right) => triangular(key, left, mode, right, drawn.shape, { dtype }),
  );
  if (traced) return traced;
  const [lefts, modes, rights] = parameters;
  const { round } = arithmeticOf(dtype);
  const values = uniformValues(key, size, dtype, 0, 1);
  for (let i = 0; i < size; i++) {
    const low = lefts.values[i * lefts.step];
    const peak = modes.values[i * modes.step];
    const high = rights.values[i * rights.step];
    if (!(low <= peak && peak <= high)) {
      throw new RangeError(
        `triangular: left, mode and right must ascend, got ${low}, ${peak} and ${high}.`,
      );
    }
    const u = values[i];
    const span = round(high - low);
    const rise = round(peak - low);
    if (u < round(rise / span)) {
      values[i] = round(low + round(Math.sqrt(round(round(u * span) * rise))));
    } else {
      const fall = round(round(round(1 - u) * span) * round(high - peak));
      values[i] = round(high - round(Math.sqrt(fall)));
    }
  }
  return floatSample(values, drawn.shape, dtype);
}
