import { log32 } from "@flaxen/dtype";
import { astype, NDArray } from "@flaxen/ndarray";
import type { ArrayInput, Shape } from "@flaxen/ndarray";
import { checkOptions } from "./arguments.ts";
import { drawByRejection, elementUniforms, keyRounds } from "./element-uniforms.ts";
import { checkIntegerDType } from "./integer-dtype.ts";
import type { IntegerDType } from "./integer-dtype.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { logGamma32 } from "./log-gamma32.ts";
import { checkParameters, FINITE_NOT_NEGATIVE } from "./parameters.ts";
import { handOver } from "./traced-key.ts";

/** Options of {@link poisson} and {@link geometric}. */
export interface IntegerOptions {
  /** An integer dtype (default int32, or int64 after `enableX64(true)`). */
  readonly dtype?: IntegerDType;
}

const fround = Math.fround;

/**
 * Draws from Poisson distributions, as `jax.random.poisson` does.
 *
 * Below a mean of 10 uniform numbers are multiplied until the product is below `exp(-lam)`; from 10 on numbers are drawn
 * by transformed rejection. Both in float32, whatever the dtypes.
 *
 * @param key - The random key.
 * @param lam - The mean, finite and at least 0: a number or an array that broadcasts to `shape`.
 * @param shape - Shape of the result (default: that of `lam`).
 * @param options - `dtype`, see {@link IntegerOptions}; larger draws become its largest value.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `lam` no array of real numbers, `shape` not an array or `dtype` not an integer
 *   dtype.
 * @throws {@link RangeError} if `lam` is negative, not finite in float32, or does not broadcast to `shape`, or `shape` holds
 *   anything but non-negative integers.
 * @see Knuth (1998), "The Art of Computer Programming", volume 2, section 3.4.1; Hörmann (1993), "The transformed rejection
 *   method for generating Poisson random variables", algorithm PTRS. https://doi.org/10.1016/0167-6687(93)90997-4
 *
 * @example
 * ```ts
 * import { key, poisson } from "@flaxen/rng";
 *
 * poisson(key(0), 3, [1000]).shape; // => [1000]
 * poisson(key(0), [0, 0]); // => [0, 0]
 * ```
 */
export function poisson(
  key: Key,
  lam: ArrayInput,
  shape?: Shape,
  options: IntegerOptions = {},
): NDArray {
  useKey("poisson", key);
  checkOptions("poisson", options);
  const dtype = checkIntegerDType("poisson", options.dtype);
  const inputs = [["lam", lam, FINITE_NOT_NEGATIVE]] as const;
  const drawn = checkParameters("poisson", shape, "float32", inputs);
  const { size, parameters } = drawn;
  const traced = handOver("poisson", [key, lam], drawn.shape, dtype, (key, lam) =>
    poisson(key, lam, drawn.shape, { dtype }),
  );
  if (traced) return traced;
  const [{ values: means, step }] = parameters;
  const uniform = elementUniforms("float32", key.partitionable, size);
  const productKeys = keyRounds(key, 2, 0);
  const counts = new Float64Array(size);
  let rejecting = false;
  for (let i = 0; i < size; i++) {
    const mean = means[i * step];
    if (mean >= 10) rejecting = true;
    else if (mean > 0) counts[i] = byProducts(mean, i, productKeys, uniform);
  }
  if (rejecting) {
    const rounds = keyRounds(key, 3, 0);
    // Small means take part with a large one: they may prolong the rejection.
    const attempt = (i: number, round: number): number => {
      const mean = means[i * step];
      const keys = rounds(round);
      const u = uniform(keys[2], keys[3], i);
      return attemptOnce(mean >= 10 ? mean : 1e5, u, uniform(keys[4], keys[5], i));
    };
    drawByRejection(size, attempt, (i, count) => {
      if (means[i * step] >= 10) counts[i] = count;
    });
  }
  return astype(new NDArray(counts, drawn.shape, undefined, 0, "float64"), dtype);
}

type Uniform = (k0: number, k1: number, i: number) => number;
type Rounds = (round: number) => Uint32Array;

function byProducts(mean: number, i: number, rounds: Rounds, uniform: Uniform): number {
  let count = 0;
  for (let product = 0; product > -mean; count++) {
    const keys = rounds(count);
    product = fround(product + log32(uniform(keys[2], keys[3], i)));
  }
  return count - 1;
}

/** Returns the draw that two uniform numbers give, NaN if it is rejected. */
function attemptOnce(mean: number, unit: number, v: number): number {
  const b = fround(fround(2.53) * fround(Math.sqrt(mean)) + fround(0.931));
  const a = fround(fround(0.02483) * b + fround(-0.059));
  const inverseAlpha = fround(fround(fround(1.1328) / fround(b - fround(3.4))) + fround(1.1239));
  const bound = fround(fround(0.9277) - fround(fround(3.6224) / fround(b - 2)));
  const u = unit - 0.5;
  const rest = fround(0.5 - Math.abs(u));
  const slope = fround(fround(fround(2 * a) / rest) + b);
  const k = Math.floor(fround(fround(slope * u + mean) + fround(0.43)));
  if (rest >= fround(0.07) && v <= bound) return k;
  if (k < 0 || (rest < fround(0.013) && v > rest)) return NaN;
  const hat = fround(fround(a / fround(rest * rest)) + b);
  const s = log32(fround(fround(v * inverseAlpha) / hat));
  const t = fround(fround(k * log32(mean) - mean) - logGamma32(fround(k + 1)));
  return s <= t ? k : NaN;
}
