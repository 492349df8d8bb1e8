import { log1p32, log32, roundTo } from "@flaxen/dtype";
import type { Shape } from "@flaxen/ndarray";
import { split, uniform } from "@flaxen/rng";
import type { ComplexDType, Key } from "@flaxen/rng";
import { cosine32, sine32 } from "./circle32.ts";
import { allocatePairs, partOf } from "./complex-sample.ts";
import type { Pairs } from "./complex-sample.ts";

const fround = Math.fround;

/** Draws uniformly from the disk of radius `sqrt(2)` around 0, which gives variance 1. */
export function uniformDisk(key: Key, shape: Shape, dtype: ComplexDType): Pairs {
  return disk(key, shape, dtype, (u) => Math.sqrt(2 * u));
}

/** Draws normally with variance 1 from the complex plane, cut off at modulus 2. */
export function truncatedNormalDisk(key: Key, shape: Shape, dtype: ComplexDType): Pairs {
  const part = partOf(dtype);
  // The probability of a modulus below 2.
  const inside = roundTo(part, 1 - roundTo(part, Math.exp(-4)));
  const radius =
    part === "float32"
      ? (u: number) => Math.sqrt(-logOfUnit32(fround(1 - fround(inside * u))))
      : (u: number) => Math.sqrt(-Math.log1p(-(inside * u)));
  return disk(key, shape, dtype, radius);
}

/** Draws `radius(u)` at an angle of `2 pi v`, with `u` and `v` uniform on `[0, 1)`. */
function disk(key: Key, shape: Shape, dtype: ComplexDType, radius: (u: number) => number): Pairs {
  const part = partOf(dtype);
  const [radiusKey, angleKey] = split(key);
  const radii = uniform(radiusKey, shape, { dtype: part }).data as Pairs;
  const angles = uniform(angleKey, shape, { dtype: part }).data as Pairs;
  const turn = roundTo(part, 2 * Math.PI);
  const [cosine, sine] = part === "float32" ? [cosine32, sine32] : [Math.cos, Math.sin];
  const pairs = allocatePairs(dtype, radii.length);
  for (let i = 0; i < radii.length; i++) {
    // Stored, radius and angle are rounded to the dtype.
    radii[i] = radius(radii[i]);
    angles[i] *= turn;
    pairs[2 * i] = radii[i] * cosine(angles[i]);
    pairs[2 * i + 1] = radii[i] * sine(angles[i]);
  }
  return pairs;
}

/**
 * The logarithm of a float32 within `(0, 1]`, as XLA computes that of a complex number without imaginary part: near 1 by
 * `log1p(x * x - 1) / 2` with the rounding error of `x * x` put back.
 */
function logOfUnit32(x: number): number {
  const square = fround(x * x);
  const error = x * x - square;
  const excess = fround(square - 1);
  const sum = fround(excess + error);
  const rest = fround(sum + fround(error - fround(sum - excess)));
  return Math.abs(rest) < 0.5 ? fround(0.5 * log1p32(rest)) : log32(x);
}
