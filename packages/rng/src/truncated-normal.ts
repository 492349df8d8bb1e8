import { describe, erf32, roundTo } from "@flaxen/dtype";
import type { NDArray, Shape } from "@flaxen/ndarray";
import { checkFloatDType, checkNumber, checkOptions, checkSampleShape } from "./arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { erf64 } from "./erf64.ts";
import { floatSample } from "./float-sample.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { nextAfter } from "./next-after.ts";
import { normalValues } from "./normal-values.ts";
import { handOver } from "./traced-key.ts";

/** Options of {@link truncatedNormal}. */
export interface TruncatedNormalOptions {
  /** A real floating-point dtype (default float32, or float64 after `enableX64(true)`). */
  readonly dtype?: FloatDType;
}

/**
 * Draws from the standard normal distribution restricted to `(lower, upper)`, as `jax.random.truncated_normal` does.
 *
 * Formula: `sqrt(2) * erfInv(u)` with `u` uniform on `[erf(lower / sqrt(2)), erf(upper / sqrt(2)))`, kept strictly
 * between the limits.
 *
 * @param key - The random key.
 * @param lower - Lower limit, excluded; may be `-Infinity`.
 * @param upper - Upper limit, excluded; may be `Infinity`.
 * @param shape - Shape of the result (default `[]`).
 * @param options - `dtype`, see {@link TruncatedNormalOptions}.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, a limit not a number, `shape` not an array, or `dtype` not a real
 *   floating-point dtype.
 * @throws {@link RangeError} if `lower` is not below `upper` in `dtype`, or `shape` holds anything but non-negative
 *   integers.
 *
 * @example
 * ```ts
 * import { key, truncatedNormal } from "@flaxen/rng";
 *
 * truncatedNormal(key(42), -2, 2, [2]); // => Array([-0.0270165 , 0.44438082], dtype=float32)
 * ```
 */
export function truncatedNormal(
  key: Key,
  lower: number,
  upper: number,
  shape: Shape = [],
  options: TruncatedNormalOptions = {},
): NDArray<FloatDType> {
  useKey("truncatedNormal", key);
  checkOptions("truncatedNormal", options);
  const size = checkSampleShape("truncatedNormal", shape);
  const dtype = checkFloatDType("truncatedNormal", options.dtype);
  const lo = checkNumber("truncatedNormal", "lower", lower, dtype, true);
  const hi = checkNumber("truncatedNormal", "upper", upper, dtype, true);
  if (!(lo < hi)) {
    throw new RangeError(
      `truncatedNormal: lower must be below upper, got ${describe(lower)} and ${describe(upper)}.`,
    );
  }
  const traced = handOver("truncatedNormal", [key], shape, dtype, (key) =>
    truncatedNormal(key, lo, hi, shape, { dtype }),
  );
  if (traced) return traced;
  const values = normalValues(
    key,
    size,
    dtype,
    errorOf(lo, dtype),
    errorOf(hi, dtype),
    nextAfter(dtype, lo, Infinity),
    nextAfter(dtype, hi, -Infinity),
  );
  return floatSample(values, shape, dtype);
}

/** Returns `erf(x / sqrt(2))`, every step rounded to `dtype`. */
function errorOf(x: number, dtype: FloatDType): number {
  const root = roundTo(dtype, Math.SQRT2);
  if (dtype === "float64") return erf64(x * (1 / root));
  // XLA multiplies with the reciprocal of a constant divisor, in float32 also for narrower dtypes.
  const scaled = roundTo(dtype, Math.fround(x * Math.fround(1 / root)));
  return roundTo(dtype, erf32(scaled));
}
