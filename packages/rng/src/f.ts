import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { chisquareLogs } from "./chisquare-logs.ts";
import { floatSample } from "./float-sample.ts";
import type { Key } from "./make-key.ts";
import { checkFloatParameters, POSITIVE } from "./parameters.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import { splitKey } from "./split.ts";
import type { FloatDType } from "./arguments.ts";
import { handOver } from "./traced-key.ts";

/**
 * Draws from F distributions, as `jax.random.f` does.
 *
 * Formula: `(chisquare(dfnum) / dfnum) / (chisquare(dfden) / dfden)`. Where both chi-squares are too small for the dtype and
 * JAX gives NaN, the quotient is formed from their logarithms.
 *
 * @param key - The random key.
 * @param dfnum - Degrees of freedom of the numerator, positive and finite: a number or an array.
 * @param dfden - Degrees of freedom of the denominator, likewise.
 * @param shape - Shape of the result (default: that to which the parameters broadcast).
 * @param options - `dtype`, see {@link FloatOptions}; the parameters are rounded to it.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `dfnum` or `dfden` no array of real numbers, `shape` not an array or `dtype` not a real
 *   floating-point dtype.
 * @throws {@link RangeError} if a parameter is out of range or NaN, or does not broadcast to `shape`, or `shape` holds
 *   anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { f, key } from "@flaxen/rng";
 *
 * f(key(0), 3, 5, [1000]).shape; // => [1000]
 * ```
 */
export function f(
  key: Key,
  dfnum: ArrayInput,
  dfden: ArrayInput,
  shape?: Shape,
  options: FloatOptions = {},
): NDArray<FloatDType> {
  const drawn = checkFloatParameters("f", key, shape, options, [
    ["dfnum", dfnum, POSITIVE],
    ["dfden", dfden, POSITIVE],
  ]);
  const { size, dtype, parameters } = drawn;
  const traced = handOver("f", [key, dfnum, dfden], drawn.shape, dtype, (key, dfnum, dfden) =>
    f(key, dfnum, dfden, drawn.shape, { dtype }),
  );
  if (traced) return traced;
  const [above, below] = parameters;
  const { round, exp } = arithmeticOf(dtype);
  const [belowKey, aboveKey] = splitKey(key);
  const values = chisquareLogs(aboveKey, size, above, dtype);
  const others = chisquareLogs(belowKey, size, below, dtype);
  for (let i = 0; i < size; i++) {
    const upper = above.values[i * above.step];
    const lower = below.values[i * below.step];
    // XLA forms the quotient of quotients with one division.
    const numerator = round(round(exp(values[i]) * 2) * lower);
    const denominator = round(upper * round(exp(others[i]) * 2));
    const both = numerator === 0 && denominator === 0;
    values[i] = both
      ? quotientOfLogs(values[i], others[i], lower / upper, round)
      : round(numerator / denominator);
  }
  return floatSample(values, drawn.shape, dtype);
}

/** Divides two numbers that are given by logarithms far below 0; of two that are -Infinity the first is the smaller. */
function quotientOfLogs(
  above: number,
  below: number,
  factor: number,
  round: (x: number) => number,
): number {
  return above === -Infinity ? 0 : round(Math.exp(above - below) * factor);
}
