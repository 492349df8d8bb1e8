import { allocate, defaultInt, describe, itemSize } from "@flaxen/dtype";
import type { Data, DType } from "@flaxen/dtype";
import { asNDArray, flatData, NDArray, normalizeAxis, sizeOf } from "@flaxen/ndarray";
import type { ArrayInput, Shape } from "@flaxen/ndarray";
import { checkOptions, checkSampleShape } from "./arguments.ts";
import { checkKey } from "./key.ts";
import type { Key } from "./key.ts";
import { sortByKeys } from "./radix-sort.ts";
import { split } from "./split.ts";
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
  checkKey("permutation", key);
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
    const order = shuffledOrder(key, x);
    const dtype = defaultInt();
    const data =
      dtype === "int32" ? new Int32Array(order.buffer) : BigInt64Array.from(order, BigInt);
    return new NDArray<DType>(data, [x], undefined, 0, dtype);
  }
  if (typeof x !== "object" || x === null) {
    throw new TypeError(`permutation: x must be an integer or an array, got ${describe(x)}.`);
  }
  const array = asNDArray(x);
  const { shape, dtype } = array;
  if (shape.length === 0) {
    throw new RangeError(`permutation: x must have at least 1 axis, got ${describe(array)}.`);
  }
  checkSampleShape("permutation", shape);
  const lanes = lanesAlong(shape, normalizeAxis("permutation", axis, shape.length));
  const data =
    independent && shape.length > 1
      ? takeEach(flatData(array), dtype, lanes, shuffledLanes(key, lanes))
      : takeAlong(flatData(array), dtype, lanes, shuffledOrder(key, lanes.length));
  return new NDArray<DType>(data, shape, undefined, 0, dtype);
}

/** A row-major array seen along one axis, as `[outer, length, inner]`. */
interface Lanes {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

function lanesAlong(shape: Shape, axis: number): Lanes {
  return {
    outer: sizeOf(shape.slice(0, axis)),
    length: shape[axis],
    inner: sizeOf(shape.slice(axis + 1)),
  };
}

/** How often to sort so that equal keys hardly ever keep two elements in order. */
function roundsFor(size: number): number {
  return Math.ceil((3 * Math.log(Math.max(1, size))) / Math.log(2 ** 32 - 1));
}

/** Returns the integers `0, ..., length - 1` in random order. */
function shuffledOrder(key: Key, length: number): Uint32Array {
  let order: Uint32Array = new Uint32Array(length);
  for (let i = 0; i < length; i++) order[i] = i;
  let rest = key;
  for (let round = roundsFor(length); round > 0; round--) {
    const [next, drawn] = split(rest);
    const words = new Uint32Array(length);
    fillWords(drawn, words);
    order = sortByKeys(words, order);
    rest = next;
  }
  return order;
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
    const [next, drawn] = split(rest);
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

/** Takes the slices `order` along the axis. */
function takeAlong(data: Data, dtype: DType, lanes: Lanes, order: Uint32Array): Data {
  const { outer, length } = lanes;
  const result = allocate(dtype, outer * length * lanes.inner);
  const { unit, from, to } = rawUnits(data, result, dtype);
  const inner = lanes.inner * unit;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < length; j++) {
      const source = (o * length + order[j]) * inner;
      const target = (o * length + j) * inner;
      for (let i = 0; i < inner; i++) to[target + i] = from[source + i];
    }
  }
  return result;
}

/** Takes in each lane the elements that `orders` names in its place. */
function takeEach(data: Data, dtype: DType, lanes: Lanes, orders: Uint32Array): Data {
  const { length, inner } = lanes;
  const result = allocate(dtype, orders.length);
  const { unit, from, to } = rawUnits(data, result, dtype);
  for (let i = 0; i < orders.length; i++) {
    const start = Math.floor(i / (length * inner)) * length * inner + (i % inner);
    const source = (start + orders[i] * inner) * unit;
    for (let k = 0; k < unit; k++) to[i * unit + k] = from[source + k];
  }
  return result;
}

/** Elements of any dtype as runs of `unit` unsigned integers, so that one loop moves them all. */
interface RawUnits {
  readonly unit: number;
  readonly from: Uint8Array | Uint16Array | Uint32Array;
  readonly to: Uint8Array | Uint16Array | Uint32Array;
}

function rawUnits(source: Data, target: Data, dtype: DType): RawUnits {
  const bytes = itemSize(dtype);
  const Raw = bytes === 1 ? Uint8Array : bytes === 2 ? Uint16Array : Uint32Array;
  const view = ({ buffer, byteOffset, byteLength }: Data): RawUnits["from"] =>
    new Raw(buffer as ArrayBuffer, byteOffset, byteLength / Raw.BYTES_PER_ELEMENT);
  return { unit: bytes / Math.min(bytes, 4), from: view(source), to: view(target) };
}
