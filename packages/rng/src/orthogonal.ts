import { defaultFloat, describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { qr } from "@flaxen/linear-algebra";
import { contiguous, flatData, NDArray, sizeOf, transpose, zeros } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import { checkOptions, checkSampleShape } from "./arguments.ts";
import { complexArray, isComplexDType } from "./complex.ts";
import type { ComplexDType, Pairs } from "./complex.ts";
import { complexNormals } from "./complex-normals.ts";
import { floatSample } from "./float-sample.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { standardNormals } from "./standard-normals.ts";
import { handOver } from "./traced-key.ts";

/** Options of {@link orthogonal}. */
export interface OrthogonalOptions {
  /** Number of columns, a non-negative integer (default: that of rows, `n`). */
  readonly m?: number;
  /** A dtype of 32 or 64 bits a part (default: the default float). */
  readonly dtype?: "float32" | "float64" | ComplexDType;
}

/**
 * Draws orthogonal or, for complex dtypes, unitary matrices, uniformly among all of them, as `jax.random.orthogonal` does.
 *
 * Formula: `q * sign(diag(r))` with `q r` the QR factorization of a matrix of standard normal numbers; the sign of a
 * complex number is its direction.
 *
 * @param key - The random key.
 * @param n - Number of rows, a non-negative integer.
 * @param shape - Shape of the array of matrices (default `[]`).
 * @param options - `m` and `dtype`, see {@link OrthogonalOptions}.
 * @returns An array of shape `[...shape, n, m]`: orthonormal columns, or rows if they are fewer. Equal to JAX's to about
 *   1e-6, since QR kernels differ in the order of their sums.
 * @throws {@link TypeError} if `key` is not a key, `n` or `m` not a number, `shape` not an array, or `dtype` none of
 *   float32, float64, complex64 and complex128.
 * @throws {@link RangeError} if `n` or `m` is not a non-negative integer, or `shape` holds anything but non-negative integers.
 * @see Mezzadri (2007), "How to generate random matrices from the classical compact groups", section 5.
 *   https://arxiv.org/abs/math-ph/0609050
 *
 * @example
 * ```ts
 * import { key, orthogonal } from "@flaxen/rng";
 *
 * orthogonal(key(0), 3, [10]).shape; // => [10, 3, 3]
 * orthogonal(key(0), 3, [], { m: 2 }).shape; // => [3, 2]
 * ```
 */
export function orthogonal(
  key: Key,
  n: number,
  shape: Shape = [],
  options: OrthogonalOptions = {},
): NDArray {
  useKey("orthogonal", key);
  checkOptions("orthogonal", options);
  checkSampleShape("orthogonal", shape);
  const dtype = checkQRDType(options.dtype);
  const { m = n } = options;
  checkLength("n", n);
  checkLength("m", m);
  const [rows, columns] = n < m ? [m, n] : [n, m];
  const tall = [...shape, rows, columns];
  const size = checkSampleShape("orthogonal", tall);
  const full = [...shape, n, m];
  if (size === 0) return zeros(full, dtype);
  const traced = handOver("orthogonal", [key], full, dtype, (key) =>
    orthogonal(key, n, shape, { m, dtype }),
  );
  if (traced) return traced;
  const normals = isComplexDType(dtype)
    ? complexArray(complexNormals(key, size, dtype), tall, dtype)
    : floatSample(standardNormals(key, size, dtype), tall, dtype);
  const [q, r] = qr(normals);
  const values = (flatData(q) as Pairs).slice();
  const turn = isComplexDType(dtype) ? turnColumn : signColumn;
  const diagonals = flatData(r) as Pairs;
  const count = sizeOf(shape);
  for (let matrix = 0; matrix < count; matrix++) {
    for (let j = 0; j < columns; j++) {
      const diagonal = (matrix * columns + j) * columns + j;
      turn(values, matrix * rows * columns + j, columns, rows, diagonals, diagonal);
    }
  }
  const result = new NDArray<DType>(values, tall, undefined, 0, dtype);
  if (n >= m) return result;
  const axes = tall.map((_, axis) => axis);
  return contiguous(transpose(result, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]));
}

/** Multiplies `count` numbers, `step` apart, by the sign of a number. */
function signColumn(
  values: Pairs,
  first: number,
  step: number,
  count: number,
  diagonals: Pairs,
  diagonal: number,
): void {
  const sign = Math.sign(diagonals[diagonal]);
  for (let i = 0; i < count; i++) values[first + i * step] *= sign;
}

/** The same for complex numbers. */
function turnColumn(
  values: Pairs,
  first: number,
  step: number,
  count: number,
  diagonals: Pairs,
  diagonal: number,
): void {
  const modulus = Math.hypot(diagonals[2 * diagonal], diagonals[2 * diagonal + 1]) || 1;
  const c = diagonals[2 * diagonal] / modulus;
  const s = diagonals[2 * diagonal + 1] / modulus;
  for (let i = 0; i < count; i++) {
    const at = 2 * (first + i * step);
    const re = values[at];
    const im = values[at + 1];
    values[at] = re * c - im * s;
    values[at + 1] = re * s + im * c;
  }
}

function checkQRDType(dtype: unknown): "float32" | "float64" | ComplexDType {
  switch (dtype) {
    case undefined:
      return defaultFloat();
    case "float32":
    case "float64":
    case "complex64":
    case "complex128":
      return dtype;
    default:
      throw new TypeError(
        `orthogonal: dtype must be float32, float64, complex64 or complex128, got ${describe(dtype)}.`,
      );
  }
}

function checkLength(argument: string, x: unknown): void {
  if (typeof x !== "number") {
    throw new TypeError(`orthogonal: ${argument} must be an integer, got ${describe(x)}.`);
  }
  if (!Number.isInteger(x) || x < 0) {
    throw new RangeError(
      `orthogonal: ${argument} must be a non-negative integer, got ${describe(x)}.`,
    );
  }
}
