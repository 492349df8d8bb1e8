import { allocate, defaultInt, describe } from "@flaxen/dtype";
import type { Data, DataOf, DType } from "@flaxen/dtype";
import { normalizeAxis } from "./axis.ts";
import { castArray } from "./cast.ts";
import { contiguous } from "./contiguous.ts";
import { asNDArray } from "./convert.ts";
import type { ArrayInput } from "./convert.ts";
import { flatData, gather } from "./copy.ts";
import { NDArray } from "./ndarray.ts";
import { moveaxis } from "./reshape.ts";
import { sizeOf } from "./shape.ts";
import type { Shape } from "./shape.ts";

/**
 * Returns the elements in ascending order along an axis.
 *
 * The sort is stable, with -0 equal to 0 and NaN behind everything else, as in JAX and NumPy. Complex numbers are
 * ordered by their real parts, then by their imaginary parts.
 *
 * @param x - an array, or anything that `asNDArray` reads.
 * @param axis - an integer in [-ndim, ndim); default -1.
 * @returns a new array of the same shape and dtype; for descending order `flip(sort(x), -1)`.
 * @throws {@link RangeError} if `axis` is out of range, or `x` is a scalar.
 * @throws {@link TypeError} if `axis` is not a number.
 *
 * @example
 * ```ts
 * import { sort } from "@flaxen/ndarray";
 *
 * sort([[3, NaN, 1], [2, -1, 0]]); // => [[1, 3, NaN], [-1, 0, 2]]
 * sort([[3, 1], [2, 4]], 0); // => [[2, 1], [3, 4]]
 * ```
 */
export function sort<D extends DType>(x: NDArray<D> | ArrayInput, axis: number = -1): NDArray<D> {
  const source = asNDArray(x) as NDArray<D>;
  const position = sortAxis("sort", axis, source);
  switch (source.dtype) {
    case "float16":
    case "bfloat16":
      // Widening keeps the order and loses nothing.
      return castArray(sort(castArray(source, "float32"), position), source.dtype) as NDArray<D>;
    case "complex64":
    case "complex128":
      return sortedPairs(source, position);
  }
  const length = source.shape[position];
  const lines = moveaxis(source, position, -1);
  const data = gather(lines);
  for (let from = 0; from < data.length; from += length) {
    sortLine(data.subarray(from, from + length));
  }
  return backTo(data, lines.shape, source.dtype, position);
}

/**
 * Returns the indices that sort an array along an axis.
 *
 * The order is that of {@link sort}; equal elements keep theirs.
 *
 * @param x - an array, or anything that `asNDArray` reads.
 * @param axis - an integer in [-ndim, ndim); default -1.
 * @returns an array of the same shape with indices along `axis`, of the default integer dtype.
 * @throws {@link RangeError} if `axis` is out of range, or `x` is a scalar.
 * @throws {@link TypeError} if `axis` is not a number.
 *
 * @example
 * ```ts
 * import { argsort } from "@flaxen/ndarray";
 *
 * argsort([30, NaN, 10, 30]); // => [2, 0, 3, 1]
 * ```
 */
export function argsort(x: ArrayInput, axis: number = -1): NDArray<"int32" | "int64"> {
  const source = asNDArray(x);
  const position = sortAxis("argsort", axis, source);
  const lines = moveaxis(source, position, -1);
  const order = orderOfLines(lines);
  return castArray(backTo(order, lines.shape, "int32", position), defaultInt());
}

function sortAxis(callee: string, axis: number, x: NDArray): number {
  if (x.ndim === 0) {
    throw new RangeError(`${callee}: x must have at least 1 axis, got ${describe(x)}.`);
  }
  return normalizeAxis(callee, axis, x.ndim);
}

/** Sorts numbers in place; the engine's own sort puts -0 before 0, which is put right. */
function sortLine(line: Data): void {
  const signs = zeroSigns(line);
  line.sort();
  if (signs === undefined) return;
  const numbers = line as Float64Array;
  const first = numbers.indexOf(0); // indexOf takes -0 for 0
  for (let i = 0; i < signs.length; i++) numbers[first + i] = signs[i];
}

/** The zeros of a line in their order, undefined if none of them is -0. */
function zeroSigns(line: Data): number[] | undefined {
  if (!(line instanceof Float32Array || line instanceof Float64Array)) return undefined;
  const zeros: number[] = [];
  let negative = false;
  for (const x of line) {
    if (x !== 0) continue;
    zeros.push(x);
    if (1 / x < 0) negative = true;
  }
  return negative ? zeros : undefined;
}

function sortedPairs<D extends DType>(source: NDArray<D>, axis: number): NDArray<D> {
  const lines = moveaxis(source, axis, -1);
  const order = orderOfLines(lines);
  const length = source.shape[axis];
  const from = flatData(lines) as Float64Array;
  const to = allocate(source.dtype, order.length) as Float64Array;
  for (let i = 0; i < order.length; i++) {
    const at = i - (i % length) + order[i];
    to[2 * i] = from[2 * at];
    to[2 * i + 1] = from[2 * at + 1];
  }
  return backTo(to as DataOf<D>, lines.shape, source.dtype, axis);
}

/** For each line along the last axis the positions of its elements in ascending order. */
function orderOfLines(x: NDArray): Int32Array {
  const length = x.shape[x.ndim - 1];
  const order = new Int32Array(sizeOf(x.shape));
  const compare = comparison(x);
  for (let from = 0; from < order.length; from += length) {
    const line = order.subarray(from, from + length);
    for (let i = 0; i < length; i++) line[i] = i;
    line.sort((a, b) => compare(from + a, from + b) || a - b);
  }
  return order;
}

/** Compares two elements, given by their positions in row-major order. */
function comparison(x: NDArray): (a: number, b: number) => number {
  switch (x.dtype) {
    case "complex64":
    case "complex128": {
      const pairs = flatData(x) as Float64Array;
      // NumPy's order: NaN in the imaginary part, then in the real part, then in both.
      const rank = (at: number): number =>
        (Number.isNaN(pairs[2 * at]) ? 2 : 0) + (Number.isNaN(pairs[2 * at + 1]) ? 1 : 0);
      return (a, b) =>
        rank(a) - rank(b) ||
        compareNumbers(pairs[2 * a], pairs[2 * b]) ||
        compareNumbers(pairs[2 * a + 1], pairs[2 * b + 1]);
    }
    case "int64":
    case "uint64": {
      const values = flatData(x) as BigInt64Array;
      return (a, b) => (values[a] < values[b] ? -1 : values[a] > values[b] ? 1 : 0);
    }
    default: {
      const values = flatData(castArray(x, "float64"));
      return (a, b) => compareNumbers(values[a], values[b]);
    }
  }
}

/** Ascending, NaN last and equal to itself. */
function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return (Number.isNaN(a) ? 1 : 0) - (Number.isNaN(b) ? 1 : 0);
}

/** Lines along the last axis as an array with that axis back in its place, row by row. */
function backTo<D extends DType>(
  data: DataOf<D>,
  shape: Shape,
  dtype: D,
  axis: number,
): NDArray<D> {
  return contiguous(moveaxis(new NDArray(data, shape, undefined, 0, dtype), -1, axis));
}
