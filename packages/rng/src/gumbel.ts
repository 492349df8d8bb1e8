import type { NDArray, Shape } from "@flaxen/ndarray";
import type { FloatDType } from "./arguments.ts";
import { floatSample } from "./float-sample.ts";
import { checkGumbelMode, gumbelValues } from "./gumbel-values.ts";
import type { GumbelMode } from "./gumbel-values.ts";
import type { Key } from "./make-key.ts";
import { checkFloatSample } from "./sample-arguments.ts";
import { handOver } from "./traced-key.ts";

/** Options of {@link gumbel}. */
export interface GumbelOptions {
  /** A real floating-point dtype (default float32, or float64 after `enableX64(true)`). */
  readonly dtype?: FloatDType;
  /**
   * `"low"` (default) uses one random word an element; `"high"` two, for a longer right tail; `"highest"` all 64 bits of
   * two words in float32, and is `"high"` in other dtypes.
   */
  readonly mode?: GumbelMode;
}

/**
 * Draws from the standard Gumbel distribution, as `jax.random.gumbel` does.
 *
 * Formula: `-ln(-ln(u))` with `u` uniform on `(0, 1)`.
 *
 * @param key - The random key.
 * @param shape - Shape of the result (default `[]`).
 * @param options - `dtype` and `mode`, see {@link GumbelOptions}.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `shape` not an array or `dtype` not a real floating-point dtype.
 * @throws {@link RangeError} if `mode` is unknown or `shape` holds anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { gumbel, key } from "@flaxen/rng";
 *
 * gumbel(key(0), [2]); // => Array([2.9233725, 3.8326178], dtype=float32)
 * gumbel(key(0), [2, 3], { mode: "high" }).shape; // => [2, 3]
 * ```
 */
export function gumbel(
  key: Key,
  shape: Shape = [],
  options: GumbelOptions = {},
): NDArray<FloatDType> {
  const { size, dtype } = checkFloatSample("gumbel", key, shape, options);
  const mode = checkGumbelMode("gumbel", options.mode);
  const fixed = { dtype, mode };
  const traced = handOver("gumbel", [key], shape, dtype, (key) => gumbel(key, shape, fixed), [
    mode,
  ]);
  if (traced) return traced;
  return floatSample(gumbelValues(key, size, dtype, mode), shape, dtype);
}
