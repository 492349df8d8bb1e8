import { checkDType, defaultInt, isComplex, roundTo } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { normalizeAxis } from "./axis.ts";
import { castArray } from "./cast.ts";
import { contiguous } from "./contiguous.ts";
import { asNDArray } from "./convert.ts";
import type { ArrayInput } from "./convert.ts";
import { gather } from "./copy.ts";
import { NDArray } from "./ndarray.ts";
import { moveaxis, reshape } from "./reshape.ts";

/** Length of the runs that XLA sums from left to right on a CPU. */
const RUN = 16;

/**
 * Returns the running sums along an axis, as `jax.numpy.cumsum` does.
 *
 * Formula: `y[i] = x[0] + ... + x[i]`, every sum rounded to the dtype and formed in JAX's order: within runs of 16
 * from left to right, to which the running sums of the runs before are added. Integers wrap.
 *
 * @param x - an array, or anything that `asNDArray` reads.
 * @param axis - an integer in [-ndim, ndim); default: along all elements in row-major order.
 * @param dtype - dtype of the sums, to which the elements are converted first; default that of `x`, and the default
 *   integer dtype for bool.
 * @returns a new array of the shape of `x`, or of rank 1 without `axis`.
 * @throws {@link RangeError} if `axis` is out of range.
 * @throws {@link TypeError} if `axis` is not a number, or `dtype` not the name of a dtype.
 *
 * @example
 * ```ts
 * import { cumsum } from "@flaxen/ndarray";
 *
 * cumsum([[1, 2], [3, 4]]); // => [1, 3, 6, 10]
 * cumsum([[1, 2], [3, 4]], 0); // => [[1, 2], [4, 6]]
 * cumsum([true, false, true]); // => Array([1, 1, 2], dtype=int32)
 * ```
 */
export function cumsum(x: ArrayInput, axis?: number, dtype?: DType): NDArray {
  if (dtype !== undefined) checkDType("cumsum", "dtype", dtype);
  const given = asNDArray(x);
  const source = axis === undefined ? reshape(given, [given.size]) : given;
  const position = normalizeAxis("cumsum", axis ?? 0, source.ndim);
  const type = dtype ?? (given.dtype === "bool" ? defaultInt() : given.dtype);
  if (type === "bool") return castArray(cumsum(source, position, "int32"), type);
  const narrow = type === "float16" || type === "bfloat16";
  const work = narrow ? "float32" : type;
  const lines = moveaxis(castArray(castArray(source, type), work), position, -1);
  const data = gather(lines);
  const length = source.shape[position];
  const step = isComplex(type) ? 2 : 1;
  // Storing into `data` rounds and wraps, but for the 16-bit floats.
  const round = narrow ? (sum: number): number => roundTo(type, sum) : undefined;
  for (let from = 0; from < data.length; from += length * step) {
    for (let part = 0; part < step; part++) {
      if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
        for (let i = from + 1; i < from + length; i++) data[i] += data[i - 1];
      } else {
        accumulate(data, from + part, length, step, round);
      }
    }
  }
  const sums = new NDArray(data, lines.shape, undefined, 0, work);
  return castArray(contiguous(moveaxis(sums, -1, position)), type);
}

/** Replaces the `count` numbers `data[from + i * step]` by their running sums. */
function accumulate(
  data: Exclude<NDArray["data"], BigInt64Array | BigUint64Array>,
  from: number,
  count: number,
  step: number,
  round: ((sum: number) => number) | undefined,
): void {
  const add = (i: number, x: number): void => {
    const at = from + i * step;
    const sum = data[at] + x;
    data[at] = round ? round(sum) : sum;
  };
  for (let i = 0; i < count; i++) if (i % RUN !== 0) add(i, data[from + (i - 1) * step]);
  if (count <= RUN) return;
  const runs = data.slice(0, Math.floor(count / RUN));
  for (let i = 0; i < runs.length; i++) runs[i] = data[from + ((i + 1) * RUN - 1) * step];
  accumulate(runs, 0, runs.length, 1, round);
  for (let i = RUN; i < count; i++) add(i, runs[Math.floor(i / RUN) - 1]);
}
