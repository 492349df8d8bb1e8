import { defaultInt, describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { asNDArray, flatData, NDArray, normalizeAxis } from "@flaxen/ndarray";
import type { ArrayInput } from "@flaxen/ndarray";
import { checkOptions, checkSampleShape } from "./arguments.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { lanesAlong, takeAlong, takeEach } from "./lanes.ts";
import type { Lanes } from "./lanes.ts";
import { sortByKeys } from "./radix-sort.ts";
import { roundsFor, shuffledOrder } from "./shuffled-order.ts";
import { splitKey } from "./split.ts";
import { handOver, isTraced } from "./traced-key.ts";
import { fillWords } from "./words.ts";

/** Options of {@link permutation}. */
export interface PermutationOptions {
  /** The axis along which to shuffle, negative to count from the back (default 0). */
  readonly axis?: number;
  /** Whether each lane along the axis gets an order of its own (default false: all lanes share one). */
  readonly independent?: boolean;
}

/**
 * Shuffles the integers below `x`, or the array `x` along an axis, as `jax.random.permutation` does.
 *
 * The elements are sorted by random uint32 keys, `ceil(3 * ln(n) / ln(2^32 - 1))` times for `n` elements.
 *
 * @param key - The random key.
 * @param x - A non-negative integer `n` for a permutation of `0, ..., n - 1`, or an array of at least one axis.
 * @param options - `axis` and `independent`, see {@link PermutationOptions}.
 * @returns A new array: of shape `[n]` and the default integer dtype, or of the shape and dtype of `x`.
 * @throws {@link TypeError} if `key` is not a key, `x` neither a number nor an array, or an option of the wrong type.
 * @throws {@link RangeError} if `n` is not a non-negative integer, `x` has no axis, or `axis` is out of range.
 *
 * @example
 * ```ts
 * import { key, permutation } from "@flaxen/rng";
 *
 * permutation(key(0), 10); // => [0, 1, 8, 5, 6, 4, 3, 2, 7, 9]
 * permutation(key(1), [[1, 2, 3], [4, 5, 6]], { axis: 1 }).shape; // => [2, 3]
 * ```
 */
export function permutation(
  key: Key,
  x: number | ArrayInput,
  options: PermutationOptions = {},
): NDArray {
  useKey("permutation", key);
  checkOptions("permutation", options);
  const { axis = 0, independent = false } = options;
  if (typeof independent !== "boolean") {
    throw new TypeError(
      `permutation: independent must be a boolean, got ${describe(independent)}.`,
    );
  }
  if (typeof x === "number") {
    if (!Number.isInteger(x) || x < 0) {
      throw new RangeError(`permutation: x must be a non-negative integer, got ${describe(x)}.`);
    }
    checkSampleShape("permutation", [x]);
    normalizeAxis("permutation", axis, 1);
    const dtype = defaultInt();
    const traced = handOver("permutation", [key], [x], dtype, (key) => permutation(key, x), []);
    if (traced) return traced;
    const order = shuffledOrder(key, x);
    const data =
      dtype === "int32" ? new Int32Array(order.buffer) : BigInt64Array.from(order, BigInt);
    return new NDArray<DType>(data, [x], undefined, 0, dtype);
  }
  if (typeof x !== "object" || x === null) {
    throw new TypeError(`permutation: x must be an integer or an array, got ${describe(x)}.`);
  }
  const { shape, dtype } = isTraced(x) ? x : asNDArray(x);
  if (shape.length === 0) {
    throw new RangeError(
      `permutation: x must have at least 1 axis, got ${describe(asNDArray(x))}.`,
    );
  }
  checkSampleShape("permutation", shape);
  const place = normalizeAxis("permutation", axis, shape.length);
  const traced = handOver(
    "permutation",
    [key, x],
    shape,
    dtype,
    (key, x) => permutation(key, x, { axis: place, independent }),
    [place, independent],
  );
  if (traced) return traced;
  const array = asNDArray(x);
  const lanes = lanesAlong(shape, place);
  const data =
    independent && shape.length > 1
      ? takeEach(flatData(array), dtype, lanes, shuffledLanes(key, lanes))
      : takeAlong(flatData(array), dtype, lanes, shuffledOrder(key, lanes.length));
  return new NDArray<DType>(data, shape, undefined, 0, dtype);
}

/** Returns, in the places of the array, the random order of each lane. */
function shuffledLanes(key: Key, { outer, length, inner }: Lanes): Uint32Array {
  const size = outer * length * inner;
  const orders = new Uint32Array(size);
  for (let i = 0; i < size; i++) orders[i] = Math.floor(i / inner) % length;
  const words = new Uint32Array(size);
  const laneKeys = new Uint32Array(length);
  const laneOrder = new Uint32Array(length);
  let rest = key;
  for (let round = roundsFor(size); round > 0; round--) {
    const [next, drawn] = splitKey(rest);
    fillWords(drawn, words);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const start = o * length * inner + i;
        for (let j = 0; j < length; j++) {
          laneKeys[j] = words[start + j * inner];
          laneOrder[j] = orders[start + j * inner];
        }
        const sorted = sortByKeys(laneKeys, laneOrder);
        for (let j = 0; j < length; j++) orders[start + j * inner] = sorted[j];
      }
    }
    rest = next;
  }
  return orders;
}
