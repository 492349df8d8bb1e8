import { defaultFloat, defaultInt, describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { astype, flatData, NDArray, normalizeAxis, zeros } from "@flaxen/ndarray";
import type { ArrayInput, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { checkOptions, checkSampleShape } from "./arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { cumulativeSum } from "./cumulative-sum.ts";
import { floatDTypeOf } from "./float-dtype-of.ts";
import { checkGumbelMode, gumbelValues } from "./gumbel-values.ts";
import type { GumbelMode } from "./gumbel-values.ts";
import { indexSample } from "./index-sample.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { lanesAlong, takeAlong } from "./lanes.ts";
import { checkRealArray, readArray } from "./parameters.ts";
import { indicesBelow } from "./randint.ts";
import { shuffledOrder } from "./shuffled-order.ts";
import { topIndices } from "./top-indices.ts";
import { handOver, isTraced } from "./traced-key.ts";
import { uniformValues } from "./uniform-values.ts";

/** Options of {@link choice}. */
export interface ChoiceOptions {
  /** Whether the same element may be drawn again (default true). */
  readonly replace?: boolean;
  /** Probabilities of the elements, one each, in proportion (default: all equal). */
  readonly p?: ArrayInput;
  /** The axis of the array along which to draw (default 0). */
  readonly axis?: number;
  /** Mode of the Gumbel noise for draws with `p` and without replacement: `"low"` (default), `"high"` or `"highest"`. */
  readonly mode?: GumbelMode;
}

/**
 * Draws from the integers below `a`, or from the slices of the array `a` along an axis, as `jax.random.choice` does.
 *
 * With `p` and replacement an index is found in the running sums of `p`; without replacement the indices are those of the
 * largest `ln(p) + gumbel`.
 *
 * @param key - The random key.
 * @param a - A positive integer `n` for `0, ..., n - 1`, or an array of at least one axis.
 * @param shape - Shape of the draws (default `[]`).
 * @param options - `replace`, `p`, `axis` and `mode`, see {@link ChoiceOptions}.
 * @returns Indices of the given shape in the default integer dtype, or an array of the dtype of `a` and its shape with
 *   `shape` in the place of `axis`. As in JAX it has only `shape` when that is empty.
 * @throws {@link TypeError} if `key` is not a key, `a` neither a number nor an array, `p` no array of real numbers, `shape` not
 *   an array, or an option of the wrong type.
 * @throws {@link RangeError} if there is nothing to draw from, `a` is not an integer, `axis` is out of range, `mode` unknown, `p`
 *   of the wrong shape, negative, not finite or 0 everywhere, more elements are to be drawn without replacement than
 *   there are with a `p` above 0, or `shape` holds anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { choice, key } from "@flaxen/rng";
 *
 * choice(key(0), 5, [3], { replace: false }).shape; // => [3]
 * choice(key(1), [10, 20, 30], [4], { p: [0, 1, 0] }); // => [20, 20, 20, 20]
 * choice(key(2), [[1, 2], [3, 4], [5, 6]], [2], { axis: 0 }).shape; // => [2, 2]
 * ```
 */
export function choice(
  key: Key,
  a: number | ArrayInput,
  shape: Shape = [],
  options: ChoiceOptions = {},
): NDArray {
  useKey("choice", key);
  checkOptions("choice", options);
  const { replace = true, p } = options;
  if (typeof replace !== "boolean") {
    throw new TypeError(`choice: replace must be a boolean, got ${describe(replace)}.`);
  }
  const mode = checkGumbelMode("choice", options.mode);
  const draws = checkSampleShape("choice", shape);
  const array = typeof a === "number" ? undefined : checkArray(a);
  const axis = normalizeAxis("choice", options.axis ?? 0, array?.shape.length ?? 1);
  const population = array === undefined ? checkPopulation(a) : array.shape[axis];
  const joined =
    array === undefined || draws === 0
      ? shape
      : [...array.shape.slice(0, axis), ...shape, ...array.shape.slice(axis + 1)];
  const dtype = array?.dtype ?? defaultInt();
  const weights = p === undefined ? undefined : checkWeights(p, population);
  const fixed = { replace, axis, mode };
  const traced = handOver("choice", [key, a, p], joined, dtype, (key, a, p) =>
    choice(key, a, shape, p === undefined ? fixed : { ...fixed, p }),
  );
  if (traced) return traced;
  if (draws === 0) return zeros(shape, dtype);
  if (population <= 0) {
    throw new RangeError(`choice: a must have at least 1 element, got ${describe(a)}.`);
  }
  const largest = weights?.values.reduce((sum, x) => sum + (x > 0 ? 1 : 0), 0) ?? population;
  if (largest === 0)
    throw new RangeError(`choice: p must not be 0 everywhere, got ${describe(p)}.`);
  if (!replace && draws > largest) {
    throw new RangeError(
      `choice: shape must ask for at most ${largest} elements without replacement, got ${describe(shape)}.`,
    );
  }
  const drawn = drawIndices(key, population, draws, replace, weights, mode);
  if (array === undefined) return indexSample(drawn, shape, defaultInt());
  const taken = takeAlong(flatData(array), dtype, lanesAlong(array.shape, axis), drawn);
  checkSampleShape("choice", joined);
  return new NDArray<DType>(taken, joined, undefined, 0, dtype);
}

/** Probabilities as values of a floating-point dtype. */
interface Weights {
  readonly values: Float64Array;
  readonly dtype: FloatDType;
}

function drawIndices(
  key: Key,
  population: number,
  draws: number,
  replace: boolean,
  weights: Weights | undefined,
  mode: GumbelMode,
): Uint32Array {
  if (weights === undefined) {
    if (!replace) return shuffledOrder(key, population).subarray(0, draws);
    return indicesBelow(key, draws, population);
  }
  const { values, dtype } = weights;
  const { round, log } = arithmeticOf(dtype);
  if (!replace) {
    const noise = gumbelValues(key, population, dtype, mode);
    const sums = noise.map((x, i) => round(x + log(values[i])));
    return topIndices(sums, draws);
  }
  const sums = cumulativeSum(values, dtype);
  const total = sums[population - 1];
  const drawn = uniformValues(key, draws, dtype, 0, 1);
  return Uint32Array.from(drawn, (u) => leftPlace(sums, round(total * round(1 - u))));
}

/** Returns the first place in ascending `sums` that is at least `x`. */
function leftPlace(sums: Float64Array, x: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sums[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

function checkPopulation(a: unknown): number {
  if (!Number.isInteger(a) || (a as number) >= 2 ** 31) {
    throw new RangeError(`choice: a must be an integer below 2^31, got ${describe(a)}.`);
  }
  return a as number;
}

function checkArray(a: unknown): NDArray {
  const array = typeof a === "object" && a !== null ? readArray(a as ArrayInput) : undefined;
  if (array === undefined) {
    throw new TypeError(`choice: a must be an integer or an array, got ${describe(a)}.`);
  }
  if (array.shape.length === 0) {
    throw new RangeError(
      `choice: a must have at least 1 axis, got ${describe(array)}. Pass an integer as a number.`,
    );
  }
  return array;
}

function checkWeights(p: ArrayInput, population: number): Weights {
  const array = checkRealArray("choice", "p", p);
  if (array.shape.length !== 1 || array.shape[0] !== population) {
    throw new RangeError(
      `choice: p must have shape [${population}], one for each element, got shape ${describe(array.shape)}.`,
    );
  }
  const dtype = floatDTypeOf(p) ?? defaultFloat();
  if (isTraced(p)) return { values: new Float64Array(), dtype };
  const values = flatData<"float64">(astype(astype(array, dtype), "float64"));
  for (const x of values) {
    if (!(x >= 0 && x < Infinity)) {
      throw new RangeError(`choice: p must hold finite numbers of at least 0, got ${describe(x)}.`);
    }
  }
  return { values, dtype };
}
