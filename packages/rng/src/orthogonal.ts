import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { qr } from "@flaxen/linear-algebra";
import { contiguous, flatData, NDArray, sizeOf, transpose, zeros } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import { checkSampleShape } from "./arguments.ts";
import { floatSample } from "./float-sample.ts";
import type { Key } from "./make-key.ts";
import { checkFloatSample } from "./sample-arguments.ts";
import { standardNormals } from "./standard-normals.ts";
import { handOver } from "./traced-key.ts";

/** Options of {@link orthogonal}. */
export interface OrthogonalOptions {
  /** Number of columns, a non-negative integer (default: that of rows, `n`). */
  readonly m?: number;
  /** `"float32"` or `"float64"` (default: the default float). */
  readonly dtype?: "float32" | "float64";
}

/**
 * Draws orthogonal matrices, uniformly among all of them, as `jax.random.orthogonal` does.
 *
 * Formula: `q * sign(diag(r))` with `q r` the QR factorization of a matrix of standard normal numbers.
 *
 * @param key - The random key.
 * @param n - Number of rows, a non-negative integer.
 * @param shape - Shape of the array of matrices (default `[]`).
 * @param options - `m` and `dtype`, see {@link OrthogonalOptions}.
 * @returns An array of shape `[...shape, n, m]`: orthonormal columns, or rows if they are fewer. Equal to JAX's to about
 *   1e-6, since QR kernels differ in the order of their sums.
 * @throws {@link TypeError} if `key` is not a key, `n` or `m` not a number, `shape` not an array, or `dtype` neither float32 nor
 *   float64.
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
  const { dtype } = checkFloatSample("orthogonal", key, shape, options);
  if (dtype !== "float32" && dtype !== "float64") {
    throw new TypeError(`orthogonal: dtype must be float32 or float64, got ${describe(dtype)}.`);
  }
  const { m = n } = options;
  checkLength("n", n);
  checkLength("m", m);
  const [rows, columns] = n < m ? [m, n] : [n, m];
  const tall = [...shape, rows, columns];
  const size = checkSampleShape("orthogonal", tall);
  if (size === 0) return zeros([...shape, n, m], dtype);
  const full = [...shape, n, m];
  const traced = handOver("orthogonal", [key], full, dtype, (key) =>
    orthogonal(key, n, shape, { m, dtype }),
  );
  if (traced) return traced;
  const normals = floatSample(standardNormals(key, size, dtype), tall, dtype);
  const [q, r] = qr(normals);
  const values = flatData(q).slice();
  const diagonals = flatData(r);
  const count = sizeOf(shape);
  for (let matrix = 0; matrix < count; matrix++) {
    for (let j = 0; j < columns; j++) {
      const sign = Math.sign(diagonals[(matrix * columns + j) * columns + j]);
      for (let i = 0; i < rows; i++) values[(matrix * rows + i) * columns + j] *= sign;
    }
  }
  const result = new NDArray<DType>(values, tall, undefined, 0, dtype);
  if (n >= m) return result;
  const axes = tall.map((_, axis) => axis);
  return contiguous(transpose(result, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]));
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
