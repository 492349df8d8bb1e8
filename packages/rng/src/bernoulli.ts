import { defaultFloat, describe, finfo } from "@flaxen/dtype";
import { NDArray } from "@flaxen/ndarray";
import type { ArrayInput, Shape } from "@flaxen/ndarray";
import { checkOptions } from "./arguments.ts";
import { floatDTypeOf } from "./float-dtype-of.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { checkParameters, PROBABILITY } from "./parameters.ts";
import { handOver } from "./traced-key.ts";
import { uniformValues } from "./uniform-values.ts";
import { eachRun } from "./word-runs.ts";

/** Options of {@link bernoulli}. */
export interface BernoulliOptions {
  /** `"low"` (default) compares with 23 random bits; `"high"` with 46, for probabilities near 0. */
  readonly mode?: "low" | "high";
}

/**
 * Draws booleans that are true with probability `p`, as `jax.random.bernoulli` does.
 *
 * Formula: `u < p` with `u` uniform on `[0, 1)` in the dtype of `p`, the default float for numbers.
 *
 * @param key - The random key.
 * @param p - Probability of true in `[0, 1]` (default 0.5); broadcasts.
 * @param shape - Shape of the result (default: the shape of `p`).
 * @param options - `mode`, see {@link BernoulliOptions}.
 * @returns A bool array of the given shape.
 * @throws {@link TypeError} if `key` is not a key, `p` no real number or array of them, or `shape` not an array.
 * @throws {@link RangeError} if `p` is outside of `[0, 1]` or does not broadcast to `shape`, `mode` is unknown, or `shape`
 *   holds anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { bernoulli, key } from "@flaxen/rng";
 *
 * bernoulli(key(0), 0.25, [6]); // => [false, false, false, false, false, true]
 * bernoulli(key(0), [0, 0.99, 1]); // => [false, true, true]
 * ```
 */
export function bernoulli(
  key: Key,
  p: ArrayInput = 0.5,
  shape?: Shape,
  options: BernoulliOptions = {},
): NDArray<"bool"> {
  useKey("bernoulli", key);
  checkOptions("bernoulli", options);
  const { mode = "low" } = options;
  if (mode !== "low" && mode !== "high") {
    throw new RangeError(`bernoulli: mode must be "low" or "high", got ${describe(mode)}.`);
  }
  const dtype = floatDTypeOf(p) ?? defaultFloat();
  const drawn = checkParameters("bernoulli", shape, dtype, [["p", p, PROBABILITY]]);
  const traced = handOver(
    "bernoulli",
    [key, p],
    drawn.shape,
    "bool",
    (key, p) => bernoulli(key, p, drawn.shape, { mode }),
    [mode],
  );
  if (traced) return traced;
  const { size, parameters } = drawn;
  const [{ values: limits, step }] = parameters;
  const data = new Uint8Array(size);
  if (mode === "low" && dtype === "float32") {
    eachRun(key, size, (words, start) => {
      for (let j = 0; j < words.length; j++) {
        const i = start + j;
        data[i] = (words[j] >>> 9) * 2 ** -23 < limits[i * step] ? 1 : 0;
      }
    });
    return new NDArray(data, drawn.shape, undefined, 0, "bool");
  }
  const draws = uniformValues(key, mode === "high" ? 2 * size : size, dtype, 0, 1);
  if (mode === "low") {
    for (let i = 0; i < size; i++) data[i] = draws[i] < limits[i * step] ? 1 : 0;
  } else {
    // The second half of the draws continues the fractions of the first.
    const { eps } = finfo(dtype);
    for (let i = 0; i < size; i++) {
      data[i] = draws[size + i] * eps < limits[i * step] - draws[i] ? 1 : 0;
    }
  }
  return new NDArray(data, drawn.shape, undefined, 0, "bool");
}
