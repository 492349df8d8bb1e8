import { describe, roundFloat } from "@flaxen/dtype";
import { expandDims, sizeOf } from "@flaxen/ndarray";
import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { checkFloatDType, checkOptions, checkSampleShape } from "./arguments.ts";
import { binomialDType } from "./binomial.ts";
import { binomialValues } from "./binomial-values.ts";
import { cumulativeSum } from "./cumulative-sum.ts";
import { floatSample } from "./float-sample.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { checkParameters, checkRealArray, FINITE_NOT_NEGATIVE } from "./parameters.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import { splitKey } from "./split.ts";
import type { FloatDType } from "./arguments.ts";
import { handOver } from "./traced-key.ts";

/**
 * Draws from multinomial distributions, as `jax.random.multinomial` does: how often each of several outcomes occurs among
 * `n` trials.
 *
 * One binomial draw for each outcome, among the trials that are left.
 *
 * @param key - The random key.
 * @param n - Number of trials, finite and at least 0: a number or an array that broadcasts to `shape` without its last
 *   axis.
 * @param p - Probabilities of the outcomes in proportion, along the last axis: an array that broadcasts to `shape`.
 * @param shape - Shape of the result, outcomes along the last axis (default: that of `p`).
 * @param options - `dtype`, see {@link FloatOptions}.
 * @returns An array of whole numbers in a floating-point dtype, whose sums along the last axis are `n`.
 * @throws {@link TypeError} if `key` is not a key, `n` or `p` no array of real numbers, `shape` not an array or `dtype` not a real
 *   floating-point dtype.
 * @throws {@link RangeError} if a parameter is out of range or NaN, `p` has no axis or no positive element along the last, they do
 *   not broadcast to `shape`, or `shape` holds anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { key, multinomial } from "@flaxen/rng";
 *
 * multinomial(key(0), 100, [0.2, 0.3, 0.5], [1000, 3]).shape; // => [1000, 3]
 * multinomial(key(0), 7, [0, 1, 0]); // => [0, 7, 0]
 * ```
 */
export function multinomial(
  key: Key,
  n: ArrayInput,
  p: ArrayInput,
  shape?: Shape,
  options: FloatOptions = {},
): NDArray<FloatDType> {
  useKey("multinomial", key);
  checkOptions("multinomial", options);
  const dtype = checkFloatDType("multinomial", options.dtype);
  const type = binomialDType(p);
  const outcomes = checkRealArray("multinomial", "p", p);
  if (outcomes.shape.length === 0) {
    throw new RangeError(`multinomial: p must have at least 1 axis, got ${describe(p)}.`);
  }
  if (shape !== undefined) checkSampleShape("multinomial", shape);
  const full = shape ?? outcomes.shape;
  const traced = handOver("multinomial", [key, n, p], full, dtype, (key, n, p) =>
    multinomial(key, n, p, full, { dtype }),
  );
  if (traced) return traced;
  const trials = expandDims(checkRealArray("multinomial", "n", n), -1);
  const { size, parameters } = checkParameters("multinomial", full, type, [
    ["n", trials, FINITE_NOT_NEGATIVE],
    ["p", outcomes, FINITE_NOT_NEGATIVE],
  ]);
  const [totals, weights] = parameters;
  const length = full[full.length - 1];
  const rows = sizeOf(full.slice(0, -1));
  const ratios = ratiosOf(weights.values, weights.step, rows, length, type);
  const left = new Float64Array(rows);
  for (let row = 0; row < rows; row++) left[row] = totals.values[row * length * totals.step];
  const counts = new Float64Array(size);
  const keys = length === 0 ? [] : splitKey(key, length);
  keys.forEach((one, j) => {
    const share = ratios.subarray(j * rows, (j + 1) * rows);
    const drawn = binomialValues(
      one,
      rows,
      { values: left, step: 1 },
      { values: share, step: 1 },
      type,
    );
    for (let row = 0; row < rows; row++) {
      counts[row * length + j] = drawn[row];
      left[row] -= drawn[row];
    }
  });
  if (dtype === "float64") return floatSample(counts, full, dtype);
  return floatSample(
    Float32Array.from(counts, (x) => roundFloat(dtype, x)),
    full,
    dtype,
  );
}

/** Returns, outcome by outcome, the probabilities of each outcome given that none of those before it occurs. */
function ratiosOf(
  weights: ArrayLike<number>,
  step: number,
  rows: number,
  length: number,
  dtype: FloatDType,
): Float64Array {
  const { round } = arithmeticOf(dtype);
  const ratios = new Float64Array(rows * length);
  for (let row = 0; row < rows; row++) {
    const backwards = Float64Array.from(
      { length },
      (_, j) => weights[(row * length + length - 1 - j) * step],
    );
    const sums = cumulativeSum(backwards, dtype);
    if (length > 0 && !(sums[length - 1] > 0 && sums[length - 1] < Infinity)) {
      throw new RangeError(
        `multinomial: p must have a positive, finite sum along its last axis, got ${sums[length - 1]}.`,
      );
    }
    for (let j = 0; j < length; j++) {
      const rest = sums[length - 1 - j];
      const ratio = rest === 0 ? 0 : round(backwards[length - 1 - j] / rest);
      ratios[j * rows + row] = Math.min(ratio, 1);
    }
  }
  return ratios;
}
