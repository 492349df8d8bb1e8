import { defaultFloat, roundFloat } from "@flaxen/dtype";
import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { checkFloatDType, checkOptions } from "./arguments.ts";
import { binomialValues } from "./binomial-values.ts";
import type { BinomialDType } from "./binomial-values.ts";
import { floatDTypeOf } from "./float-dtype-of.ts";
import { floatSample } from "./float-sample.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { checkParameters, NOT_NEGATIVE, PROBABILITY } from "./parameters.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { handOver } from "./traced-key.ts";

/**
 * Draws from binomial distributions, as `jax.random.binomial` does: numbers of successes among `n` trials.
 *
 * Computed in float64 if `p` is a float64 array, else in the default float. (JAX computes 16-bit `p` in 16 bits.)
 *
 * @param key - The random key.
 * @param n - Number of trials, at least 0, of which the whole part counts: a number or an array. For `Infinity` the result
 *   is `Infinity`.
 * @param p - Probability of success in `[0, 1]`: a number or an array that broadcasts with `n`.
 * @param shape - Shape of the result (default: that to which `n` and `p` broadcast).
 * @param options - `dtype`, see {@link FloatOptions}.
 * @returns An array of whole numbers in a floating-point dtype, as in JAX.
 * @throws {@link TypeError} if `key` is not a key, `n` or `p` no array of real numbers, `shape` not an array or `dtype` not a real
 *   floating-point dtype.
 * @throws {@link RangeError} if a parameter is out of range or NaN, or does not broadcast to `shape`, or `shape` holds anything
 *   but non-negative integers.
 * @see Hörmann (1993), "The generation of binomial random variates", algorithm BTRS.
 *   https://doi.org/10.1080/00949659308811496
 *
 * @example
 * ```ts
 * import { binomial, key } from "@flaxen/rng";
 *
 * binomial(key(0), 10, 0.3, [1000]).shape; // => [1000]
 * binomial(key(0), [0, 7], 1); // => [0, 7]
 * ```
 */
export function binomial(
  key: Key,
  n: ArrayInput,
  p: ArrayInput,
  shape?: Shape,
  options: FloatOptions = {},
): NDArray<FloatDType> {
  useKey("binomial", key);
  checkOptions("binomial", options);
  const dtype = checkFloatDType("binomial", options.dtype);
  const type = binomialDType(p);
  const drawn = checkParameters("binomial", shape, type, [
    ["n", n, NOT_NEGATIVE],
    ["p", p, PROBABILITY],
  ]);
  const traced = handOver("binomial", [key, n, p], drawn.shape, dtype, (key, n, p) =>
    binomial(key, n, p, drawn.shape, { dtype }),
  );
  if (traced) return traced;
  const [trials, probabilities] = drawn.parameters;
  const counts = binomialValues(key, drawn.size, trials, probabilities, type);
  if (dtype === "float64") return floatSample(counts, drawn.shape, dtype);
  return floatSample(
    Float32Array.from(counts, (x) => roundFloat(dtype, x)),
    drawn.shape,
    dtype,
  );
}

/** Returns the dtype in which draws with these probabilities are computed. */
export function binomialDType(p: unknown): BinomialDType {
  return floatDTypeOf(p) === "float64" ? "float64" : floatDTypeOf(p) ? "float32" : defaultFloat();
}
