import { defaultInt, describe } from "@flaxen/dtype";
import { asNDArray, astype, broadcastTo, flatData, normalizeAxis, sizeOf } from "@flaxen/ndarray";
import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { checkOptions, checkSampleShape } from "./arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { checkGumbelMode, fillGumbels, gumbelValues } from "./gumbel-values.ts";
import type { GumbelMode } from "./gumbel-values.ts";
import { indexSample } from "./index-sample.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { lanesAlong } from "./lanes.ts";
import { checkFloatArray } from "./parameters.ts";
import { topIndices } from "./top-indices.ts";
import { handOver } from "./traced-key.ts";

/** Options of {@link categorical}. */
export interface CategoricalOptions {
  /** The axis of `logits` along which the categories lie (default -1). */
  readonly axis?: number;
  /** Shape of the result; it ends in the shape of `logits` without `axis`, which is the default. */
  readonly shape?: Shape;
  /** Whether the same category may be drawn again along the leading axes of `shape` (default true). */
  readonly replace?: boolean;
  /** Mode of the Gumbel noise: `"low"` (default), `"high"` or `"highest"`. */
  readonly mode?: GumbelMode;
}

/**
 * Draws categories with probabilities `softmax(logits)`, as `jax.random.categorical` does.
 *
 * Formula: `argmax(logits + gumbel)`; without replacement the places of the largest sums, largest first.
 *
 * @param key - The random key.
 * @param logits - Unnormalized log probabilities in a real floating-point dtype, `-Infinity` for probability 0.
 * @param options - `axis`, `shape`, `replace` and `mode`, see {@link CategoricalOptions}.
 * @returns Indices along `axis`, in the default integer dtype; in int32 without replacement.
 * @throws {@link TypeError} if `key` is not a key, `logits` no array of a real floating-point dtype, or an option of the wrong
 *   type.
 * @throws {@link RangeError} if `logits` holds NaN or has no category, `axis` is out of range, `shape` does not end in the shape
 *   of `logits` without `axis`, `mode` is unknown, or more categories are to be drawn without replacement than there are.
 * @see Gumbel (1954), "Statistical theory of extreme values and some practical applications", for the maximum; Kool, van
 *   Hoof and Welling (2019), "Stochastic beams and where to find them", for several. https://arxiv.org/abs/1903.06059
 *
 * @example
 * ```ts
 * import { categorical, key } from "@flaxen/rng";
 *
 * const logits = [0.1, 0.2, 0.3, 0.4].map(Math.log);
 * categorical(key(0), logits, { shape: [8] }); // => [1, 3, 2, 3, 1, 1, 2, 3]
 * categorical(key(0), [[0, 1], [1, 0]], { shape: [5, 2] }).shape; // => [5, 2]
 * ```
 */
export function categorical(
  key: Key,
  logits: ArrayInput,
  options: CategoricalOptions = {},
): NDArray {
  useKey("categorical", key);
  checkOptions("categorical", options);
  const { replace = true } = options;
  if (typeof replace !== "boolean") {
    throw new TypeError(`categorical: replace must be a boolean, got ${describe(replace)}.`);
  }
  const mode = checkGumbelMode("categorical", options.mode);
  const { array, dtype } = checkFloatArray("categorical", "logits", logits);
  const axis = normalizeAxis("categorical", options.axis ?? -1, array.shape.length);
  const categories = array.shape[axis];
  const batch = array.shape.filter((_, i) => i !== axis);
  const { shape = batch } = options;
  checkSampleShape("categorical", shape);
  const ndim = shape.length - batch.length;
  const tail = shape.slice(Math.max(ndim, 0));
  if (ndim < 0 || !batch.every((n, i) => n === 1 || n === tail[i])) {
    throw new RangeError(
      `categorical: shape must end in the shape of logits without axis, got ${describe(shape)} and ${describe(batch)}.`,
    );
  }
  if (categories === 0) {
    throw new RangeError(
      `categorical: logits must have at least 1 category, got shape ${describe(array.shape)}.`,
    );
  }
  const prefix = shape.slice(0, ndim);
  const fixed = { axis, shape, replace, mode };
  const out = replace ? defaultInt() : "int32";
  const traced = handOver(
    "categorical",
    [key, logits],
    shape,
    out,
    (key, logits) => categorical(key, logits, fixed),
    [fixed],
  );
  if (traced) return traced;
  if (replace) {
    const full = [...tail.slice(0, axis), categories, ...tail.slice(axis)];
    const indices = largest(key, broadcastTo(array, full), axis, sizeOf(prefix), dtype, mode);
    return indexSample(indices, shape, defaultInt());
  }
  const count = sizeOf(prefix);
  if (count > categories) {
    throw new RangeError(
      `categorical: shape must ask for at most ${categories} samples without replacement, got ${count}.`,
    );
  }
  if (sizeOf(tail) !== sizeOf(batch)) {
    throw new RangeError(
      `categorical: shape must end in ${describe(batch)} without replacement, got ${describe(shape)}.`,
    );
  }
  return indexSample(severalLargest(key, array, axis, count, dtype, mode), shape, "int32");
}

/** Random numbers that are drawn at a time. */
const RUN = 4096;

/** Draws noise for `repeats` copies of the logits and returns the place of the largest sum in each lane. */
function largest(
  key: Key,
  logits: NDArray,
  axis: number,
  repeats: number,
  dtype: FloatDType,
  mode: GumbelMode,
): Uint32Array {
  const { outer, length, inner } = lanesAlong(logits.shape, axis);
  const { size } = logits;
  checkSampleShape("categorical", [repeats, size]);
  const total = repeats * size;
  const values = floatsOf(logits, dtype);
  const { round } = arithmeticOf(dtype);
  const indices = new Uint32Array(repeats * outer * inner);
  // The usual noise is drawn for some copies at a time.
  const some = dtype === "float32" && mode === "low";
  const copies = some ? Math.ceil(RUN / Math.max(size, 1)) : repeats;
  let noise = some ? new Float32Array(copies * size) : gumbelValues(key, total, dtype, mode);
  for (let copy = 0, at = 0; copy < repeats; copy++) {
    const r = copy % copies;
    if (some && r === 0) {
      noise = noise.subarray(0, total - copy * size);
      fillGumbels(key, total, copy * size, noise as Float32Array);
    }
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++, at++) {
        let best = 0;
        let most = -Infinity;
        for (let c = 0; c < length; c++) {
          const place = (o * length + c) * inner + i;
          const sum = round(noise[r * size + place] + values[place]);
          if (sum > most) {
            most = sum;
            best = c;
          }
        }
        indices[at] = best;
      }
    }
  }
  return indices;
}

/** Returns the places of the `count` largest sums of each lane, as rows in order of the sums. */
function severalLargest(
  key: Key,
  logits: NDArray,
  axis: number,
  count: number,
  dtype: FloatDType,
  mode: GumbelMode,
): Uint32Array {
  const { outer, length, inner } = lanesAlong(logits.shape, axis);
  const noise = gumbelValues(key, logits.size, dtype, mode);
  const values = floatsOf(logits, dtype);
  const { round } = arithmeticOf(dtype);
  const lanes = outer * inner;
  const indices = new Uint32Array(count * lanes);
  const sums = new Float64Array(length);
  for (let lane = 0; lane < lanes; lane++) {
    const start = Math.floor(lane / inner) * length * inner + (lane % inner);
    for (let c = 0; c < length; c++) {
      const place = start + c * inner;
      sums[c] = round(noise[place] + values[place]);
    }
    topIndices(sums, count).forEach((c, rank) => {
      indices[rank * lanes + lane] = c;
    });
  }
  return indices;
}

function floatsOf(x: NDArray, dtype: FloatDType): Float32Array | Float64Array {
  const wide = dtype === "float64" ? astype(x, "float64") : astype(x, "float32");
  return flatData<"float32" | "float64">(asNDArray(wide));
}
