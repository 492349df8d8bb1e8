import { defaultFloat, describe, isComplex, isFloating } from "@flaxen/dtype";
import {
  asNDArray,
  astype,
  flatData,
  NDArray,
  normalizeAxes,
  sizeOf,
  transpose,
} from "@flaxen/ndarray";
import type { ArrayInput } from "@flaxen/ndarray";
import { singularValues } from "./decompose.ts";
import { euclideanNorm } from "./euclidean-norm.ts";
import { checkNoNaN } from "./unsolvable.ts";

/** Which norm {@link norm} computes: any number for vectors; `"fro"`, `"nuc"`, ±1, ±2 or ±Infinity for matrices. */
export type NormOrder = number | "fro" | "nuc";

/** Options of {@link norm}. */
export interface NormOptions {
  /** Default the Euclidean norm of vectors and the Frobenius norm of matrices. */
  readonly ord?: NormOrder;
  /** One axis for norms of vectors, two for norms of matrices; default all axes. */
  readonly axis?: number | readonly number[];
  /** Whether the reduced axes stay, with length 1 (default false). */
  readonly keepdims?: boolean;
}

/**
 * Computes norms of vectors or matrices.
 *
 * Vectors: `sum(|x|^ord)^(1 / ord)`; `Infinity` and `-Infinity` give the largest and smallest magnitude, 0
 * the number of elements other than 0. Matrices: `"fro"` the root of the sum of squares, 1 and -1 the largest
 * and smallest column sum of magnitudes, `Infinity` and `-Infinity` those of rows, 2 and -2 the largest and
 * smallest singular value, `"nuc"` their sum. Norms of complex arrays are real. Computed in float64 and rounded once.
 *
 * @param x - Any shape; integers become the default float. Without `axis`, an array of other than 1 or 2
 *   axes can only have the default norm, over all elements.
 * @param options - `ord`, `axis`, `keepdims`.
 * @returns The shape of `x` without the reduced axes.
 * @throws {@link RangeError} if `ord` does not fit the number of axes, more than two axes are given, or an
 *   axis is out of range or named twice, a smallest value is asked of no values, or singular values are needed
 *   of matrices with NaN.
 * @throws {@link TypeError} if the dtype is complex and a norm of matrices is ±2 or `"nuc"`.
 *
 * @example
 * ```ts
 * import { norm } from "@flaxen/linear-algebra";
 *
 * norm([3, 4]); // => 5
 * norm([[1, -2], [3, 4]], { ord: 1 }); // => 6
 * norm([[3, 4], [0, 2]], { axis: 1 }); // => [5, 2]
 * ```
 */
export function norm(x: ArrayInput, options: NormOptions = {}): NDArray {
  const { ord, axis, keepdims = false } = options;
  const input = asNDArray(x);
  const source = isComplex(input.dtype) ? magnitudes(input) : input;
  const axes = normalizeAxes("norm", axis, source.ndim);
  const kind = normKind(ord, axis === undefined, axes.length, source.shape);
  const others = source.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const moved = transpose(source, [...others, ...axes]);
  const values = flatData(astype(moved, "float64"));
  const lengths = axes.map((i) => source.shape[i]);
  const size = sizeOf(lengths);
  const outer = others.map((i) => source.shape[i]);
  const result = new Float64Array(sizeOf(outer));
  checkSmallest(ord, lengths);
  if (source !== input && kind === "matrix" && (ord === 2 || ord === -2 || ord === "nuc")) {
    throw new TypeError(
      `norm: x must have a real dtype for ord ${describe(ord)} of matrices, got ${input.dtype}.`,
    );
  }
  if (kind === "matrix" && (ord === 2 || ord === -2 || ord === "nuc")) {
    const [rows, columns] = lengths;
    checkNoNaN("norm", "x", { batch: outer, rows, columns, data: values as Float64Array });
  }
  for (let i = 0; i < result.length; i++) {
    const block = values.subarray(i * size, (i + 1) * size);
    result[i] =
      kind === "matrix"
        ? matrixNorm(block, lengths[0], lengths[1], ord ?? "fro")
        : vectorNorm(block, (ord ?? 2) as number);
  }
  const shape = keepdims ? source.shape.map((n, i) => (axes.includes(i) ? 1 : n)) : outer;
  const dtype =
    input.dtype === "complex64"
      ? "float32"
      : isFloating(source.dtype)
        ? source.dtype
        : defaultFloat();
  return astype(new NDArray(result, shape), dtype);
}

/** The magnitudes of complex numbers, of which the norms that need no singular values are those of the numbers. */
function magnitudes(x: NDArray): NDArray {
  const parts = flatData(x) as Float32Array | Float64Array;
  const sizes = Float64Array.from({ length: parts.length / 2 }, (_, i) =>
    Math.hypot(parts[2 * i], parts[2 * i + 1]),
  );
  return new NDArray(sizes, x.shape, undefined, 0, "float64");
}

/** Decides between vector and matrix norms, and checks that the order exists there. */
function normKind(
  ord: NormOrder | undefined,
  all: boolean,
  count: number,
  shape: readonly number[],
): "vector" | "matrix" {
  if (all && ord === undefined) return "vector";
  if (count !== 1 && count !== 2) {
    const given = all ? `shape ${describe(shape)}` : `${count} axes`;
    throw new RangeError(`norm: axis must name 1 or 2 axes for this ord, got ${given}.`);
  }
  if (count === 1) {
    if (ord !== undefined && (typeof ord !== "number" || Number.isNaN(ord))) {
      throw new RangeError(`norm: ord must be a number for vectors, got ${describe(ord)}.`);
    }
    return "vector";
  }
  const orders: unknown[] = [undefined, "fro", "nuc", 1, -1, 2, -2, Infinity, -Infinity];
  if (!orders.includes(ord)) {
    throw new RangeError(
      `norm: ord must be "fro", "nuc", ±1, ±2 or ±Infinity for matrices, got ${describe(ord)}.`,
    );
  }
  return "matrix";
}

/** Refuses the smallest of no values, which does not exist. */
function checkSmallest(ord: NormOrder | undefined, lengths: readonly number[]): void {
  const counts: Readonly<Record<string, number>> =
    lengths.length === 1
      ? { "-Infinity": lengths[0] }
      : { "-Infinity": lengths[0], "-1": lengths[1], "-2": Math.min(...lengths) };
  if (counts[String(ord)] === 0) {
    throw new RangeError(
      `norm: x must have elements along axis for ord ${String(ord)}, got lengths ${describe(lengths)}.`,
    );
  }
}

function vectorNorm(x: Float64Array, ord: number): number {
  switch (ord) {
    case 2:
      return euclideanNorm(x, 0, x.length);
    case Infinity:
      return largest(x.map(Math.abs));
    case -Infinity:
      return smallest(x.map(Math.abs));
    case 0:
      return x.reduce((count, value) => count + (value !== 0 ? 1 : 0), 0);
    case 1:
      return x.reduce((sum, value) => sum + Math.abs(value), 0);
    default:
      return x.reduce((sum, value) => sum + Math.abs(value) ** ord, 0) ** (1 / ord);
  }
}

function matrixNorm(x: Float64Array, rows: number, columns: number, ord: NormOrder): number {
  switch (ord) {
    case "fro":
      return euclideanNorm(x, 0, x.length);
    case "nuc":
      return singularValues(x, rows, columns).reduce((sum, value) => sum + value, 0);
    case 2:
      return largest(singularValues(x, rows, columns));
    case -2:
      return smallest(singularValues(x, rows, columns));
    default: {
      const alongRows = Math.abs(ord) === Infinity;
      const sums = new Float64Array(alongRows ? rows : columns);
      for (let i = 0; i < x.length; i++) {
        sums[alongRows ? Math.floor(i / columns) : i % columns] += Math.abs(x[i]);
      }
      return ord > 0 ? largest(sums) : smallest(sums);
    }
  }
}

/** The largest of non-negative values, 0 if there are none; NaN wins. */
function largest(values: Float64Array): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

/** The smallest of non-negative values; NaN wins. */
function smallest(values: Float64Array): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}
