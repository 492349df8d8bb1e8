import { describe, erf32, erfInv32, roundFloat } from "@flaxen/dtype";
import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { checkNumber } from "./arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { erf64, erfInv64 } from "./erf64.ts";
import { floatSample } from "./float-sample.ts";
import type { Key } from "./make-key.ts";
import { nextAfter } from "./next-after.ts";
import { normalValues } from "./normal-values.ts";
import { checkFloatParameters } from "./parameters.ts";
import type { Parameter, Rule } from "./parameters.ts";
import { checkFloatSample } from "./sample-arguments.ts";
import { handOver, handOverKey } from "./traced-key.ts";
import { between, uniformValues } from "./uniform-values.ts";

/** Options of {@link truncatedNormal}. */
export interface TruncatedNormalOptions {
  /** A real floating-point dtype (default float32, or float64 after `enableX64(true)`). */
  readonly dtype?: FloatDType;
}

const NOT_NAN: Rule = { allows: (x) => x === x, text: "not be NaN" };

/**
 * Draws from the standard normal distribution restricted to `(lower, upper)`, as `jax.random.truncated_normal` does.
 *
 * Formula: `sqrt(2) * erfInv(u)` with `u` uniform on `[erf(lower / sqrt(2)), erf(upper / sqrt(2)))`, kept strictly
 * between the limits.
 *
 * @param key - The random key.
 * @param lower - Lower limit, excluded; may be `-Infinity`; broadcasts.
 * @param upper - Upper limit, excluded; may be `Infinity`; broadcasts.
 * @param shape - Shape of the result (default: that to which the limits broadcast, `[]` for numbers).
 * @param options - `dtype`, see {@link TruncatedNormalOptions}.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, a limit no real number or array of them, `shape` not an array, or
 *   `dtype` not a real floating-point dtype.
 * @throws {@link RangeError} if `lower` is not below `upper` in `dtype`, the limits do not broadcast to `shape`, or
 *   `shape` holds anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { key, truncatedNormal } from "@flaxen/rng";
 *
 * truncatedNormal(key(42), -2, 2, [2]); // => Array([-0.0270165 , 0.44438082], dtype=float32)
 * truncatedNormal(key(42), [-2, 1], Infinity).shape; // => [2]
 * ```
 */
export function truncatedNormal(
  key: Key,
  lower: ArrayInput,
  upper: ArrayInput,
  shape?: Shape,
  options: TruncatedNormalOptions = {},
): NDArray<FloatDType> {
  if (typeof lower === "number" && typeof upper === "number") {
    return drawBetween(key, lower, upper, shape, options);
  }
  const drawn = checkFloatParameters("truncatedNormal", key, shape, options, [
    ["lower", lower, NOT_NAN],
    ["upper", upper, NOT_NAN],
  ]);
  const { size, dtype, parameters } = drawn;
  const traced = handOver(
    "truncatedNormal",
    [key, lower, upper],
    drawn.shape,
    dtype,
    (key, lower, upper) => truncatedNormal(key, lower, upper, drawn.shape, { dtype }),
    [],
  );
  if (traced) return traced;
  const [lows, highs] = parameters;
  const each = Math.max(lows.values.length, highs.values.length);
  for (let i = 0; i < each; i++) {
    const ascending = lows.values[i * lows.step] < highs.values[i * highs.step];
    checkOrder(ascending, lower, upper);
  }
  return floatSample(betweenArrays(key, size, dtype, lows, highs), drawn.shape, dtype);
}

function drawBetween(
  key: Key,
  lower: number,
  upper: number,
  shape: Shape = [],
  options: TruncatedNormalOptions,
): NDArray<FloatDType> {
  const { size, dtype } = checkFloatSample("truncatedNormal", key, shape, options);
  const lo = checkNumber("truncatedNormal", "lower", lower, dtype, true);
  const hi = checkNumber("truncatedNormal", "upper", upper, dtype, true);
  checkOrder(lo < hi, lower, upper);
  const traced = handOverKey(
    "truncatedNormal",
    key,
    shape,
    dtype,
    (key) => truncatedNormal(key, lo, hi, shape, { dtype }),
    [lo, hi],
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

function checkOrder(ascending: boolean, lower: ArrayInput, upper: ArrayInput): void {
  if (ascending) return;
  throw new RangeError(
    `truncatedNormal: lower must be below upper, got ${describe(lower)} and ${describe(upper)}.`,
  );
}

function betweenArrays(
  key: Key,
  size: number,
  dtype: FloatDType,
  lows: Parameter,
  highs: Parameter,
): Float32Array | Float64Array {
  const { round } = arithmeticOf(dtype);
  const root2 = round(Math.SQRT2);
  const inverse = dtype === "float64" ? erfInv64 : erfInv32;
  const values = uniformValues(key, size, dtype, 0, 1);
  for (let i = 0; i < size; i++) {
    const lo = lows.values[i * lows.step];
    const hi = highs.values[i * highs.step];
    const minval = errorOf(lo, dtype);
    const u = between(minval, errorOf(hi, dtype), dtype)(values[i]);
    const x = round(root2 * round(inverse(u)));
    const least = nextAfter(dtype, lo, Infinity);
    const most = nextAfter(dtype, hi, -Infinity);
    values[i] = x < least ? least : x > most ? most : x;
  }
  return values;
}

/** Returns `erf(x / sqrt(2))`, every step rounded to `dtype`. */
function errorOf(x: number, dtype: FloatDType): number {
  const root = roundFloat(dtype, Math.SQRT2);
  if (dtype === "float64") return erf64(x * (1 / root));
  // XLA multiplies with the reciprocal of a constant divisor, in float32 also for narrower dtypes.
  const scaled = roundFloat(dtype, Math.fround(x * Math.fround(1 / root)));
  return roundFloat(dtype, erf32(scaled));
}
