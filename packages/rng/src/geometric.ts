import { defaultFloat } from "@flaxen/dtype";
import { astype, NDArray } from "@flaxen/ndarray";
import type { ArrayInput, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { checkOptions } from "./arguments.ts";
import { division } from "./division.ts";
import { floatDTypeOf } from "./float-dtype-of.ts";
import { checkIntegerDType } from "./integer-dtype.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { checkParameters } from "./parameters.ts";
import type { Rule } from "./parameters.ts";
import type { IntegerOptions } from "./poisson.ts";
import { handOver } from "./traced-key.ts";
import { uniformValues } from "./uniform-values.ts";

const SUCCESS: Rule = { allows: (x) => x > 0 && x <= 1, text: "be in (0, 1]" };

/**
 * Draws numbers of trials up to the first success, as `jax.random.geometric` does.
 *
 * Formula: `floor(ln(u) / ln(1 - p)) + 1` with `u` uniform on `(0, 1]`, at least 1.
 *
 * @param key - The random key.
 * @param p - Probability of success in `(0, 1]`: a number or an array that broadcasts to `shape`. The draw is made in its
 *   dtype, if that is a floating-point one, else in the default float.
 * @param shape - Shape of the result (default: that of `p`).
 * @param options - `dtype`, see {@link IntegerOptions}; larger draws become its largest value.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `p` no array of real numbers, `shape` not an array or `dtype` not an integer
 *   dtype.
 * @throws {@link RangeError} if `p` is not in `(0, 1]` or does not broadcast to `shape`, or `shape` holds anything but
 *   non-negative integers.
 *
 * @example
 * ```ts
 * import { geometric, key } from "@flaxen/rng";
 *
 * geometric(key(0), 0.3, [1000]).shape; // => [1000]
 * geometric(key(0), [1, 1]); // => [1, 1]
 * ```
 */
export function geometric(
  key: Key,
  p: ArrayInput,
  shape?: Shape,
  options: IntegerOptions = {},
): NDArray {
  useKey("geometric", key);
  checkOptions("geometric", options);
  const dtype = checkIntegerDType("geometric", options.dtype);
  const type = floatDTypeOf(p) ?? defaultFloat();
  const drawn = checkParameters("geometric", shape, type, [["p", p, SUCCESS]]);
  const { size, parameters } = drawn;
  const traced = handOver("geometric", [key, p], drawn.shape, dtype, (key, p) =>
    geometric(key, p, drawn.shape, { dtype }),
  );
  if (traced) return traced;
  const [{ values: probabilities, step }] = parameters;
  const { round, log, log1p } = arithmeticOf(type);
  const divide = division(type, parameters[0]);
  const draws = uniformValues(key, size, type, 0, 1);
  const counts = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const u = draws[i] === 0 ? 1 : draws[i];
    const ratio = divide(log(u), log1p(-probabilities[i * step]));
    counts[i] = round(Math.floor(ratio) + 1);
  }
  return astype(new NDArray(counts, drawn.shape, undefined, 0, "float64"), dtype);
}
