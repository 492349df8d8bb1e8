import { defaultFloat, describe } from "@flaxen/dtype";
import { NDArray } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import { checkNumber, checkOptions, checkSampleShape } from "./arguments.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { handOver } from "./traced-key.ts";
import { uniformValues } from "./uniform-values.ts";

/** Options of {@link bernoulli}. */
export interface BernoulliOptions {
  /** `"low"` (default) compares with 23 random bits; `"high"` with 46, for probabilities near 0. */
  readonly mode?: "low" | "high";
}

/**
 * Draws booleans that are true with probability `p`, as `jax.random.bernoulli` does.
 *
 * Formula: `u < p` with `u` uniform on `[0, 1)` in the default float dtype.
 *
 * @param key - The random key.
 * @param p - Probability of true in `[0, 1]` (default 0.5).
 * @param shape - Shape of the result (default `[]`).
 * @param options - `mode`, see {@link BernoulliOptions}.
 * @returns A bool array of the given shape.
 * @throws {@link TypeError} if `key` is not a key, `p` not a number or `shape` not an array.
 * @throws {@link RangeError} if `p` is outside of `[0, 1]`, `mode` unknown, or `shape` holds anything but non-negative
 *   integers.
 *
 * @example
 * ```ts
 * import { bernoulli, key } from "@flaxen/rng";
 *
 * bernoulli(key(0), 0.25, [6]); // => [false, false, false, false, false, true]
 * ```
 */
export function bernoulli(
  key: Key,
  p = 0.5,
  shape: Shape = [],
  options: BernoulliOptions = {},
): NDArray<"bool"> {
  useKey("bernoulli", key);
  checkOptions("bernoulli", options);
  const { mode = "low" } = options;
  if (mode !== "low" && mode !== "high") {
    throw new RangeError(`bernoulli: mode must be "low" or "high", got ${describe(mode)}.`);
  }
  const dtype = defaultFloat();
  const limit = checkNumber("bernoulli", "p", p, dtype);
  if (!(p >= 0 && p <= 1)) {
    throw new RangeError(`bernoulli: p must be in [0, 1], got ${describe(p)}.`);
  }
  const size = checkSampleShape("bernoulli", shape);
  const traced = handOver("bernoulli", [key], shape, "bool", (key) =>
    bernoulli(key, p, shape, { mode }),
  );
  if (traced) return traced;
  const draws = mode === "high" ? 2 * size : size;
  const values = uniformValues(key, draws, dtype, 0, 1);
  const data = new Uint8Array(size);
  if (mode === "low") {
    for (let i = 0; i < size; i++) data[i] = values[i] < limit ? 1 : 0;
  } else {
    // The second half of the draws continues the fractions of the first.
    const step = dtype === "float32" ? 2 ** -23 : 2 ** -52;
    for (let i = 0; i < size; i++) data[i] = values[size + i] * step < limit - values[i] ? 1 : 0;
  }
  return new NDArray(data, shape, undefined, 0, "bool");
}
