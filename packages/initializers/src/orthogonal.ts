import { defaultFloat, describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { contiguous, moveaxis, reshape, sizeOf, zeros } from "@flaxen/ndarray";
import type { NDArray, Shape } from "@flaxen/ndarray";
import { orthogonal as drawOrthogonal } from "@flaxen/rng";
import type { ComplexDType, Key } from "@flaxen/rng";
import { handOver } from "@flaxen/rng/tracing";
import { checkCall, checkFinite, checkOptions } from "./arguments.ts";
import type { Initializer } from "./initializer.ts";
import { scaleSample } from "./scale-sample.ts";

/** Options of {@link orthogonal} and {@link deltaOrthogonal}. */
export interface OrthogonalOptions {
  /** The axis whose slices are the columns of the matrix (default -1); all others are its rows. */
  readonly columnAxis?: number;
  /** dtype of the result if none is asked for, of 32 or 64 bits a part (default: the default float). */
  readonly dtype?: QRDType;
}

/** The dtypes of orthogonal weights, those with a QR factorization. */
export type QRDType = "float32" | "float64" | ComplexDType;

/**
 * Builds an initializer that draws orthogonal matrices, uniformly among all of them.
 *
 * Formula: `w = scale * q * sign(diag(r))` with `q r` the QR factorization of a matrix of standard normal numbers; the
 * signs make the distribution uniform. A matrix that is not square has orthonormal rows or columns, whichever are
 * fewer. For complex dtypes the matrix is unitary and `sign(z)` is `z / abs(z)`.
 *
 * @param scale - Factor of the result (default 1).
 * @param options - `columnAxis` and `dtype`, see {@link OrthogonalOptions}.
 * @returns An {@link Initializer} for float32, float64, complex64 and complex128; where an axis has length 0 the result is empty.
 * @throws {@link TypeError} if `scale` or `columnAxis` is not a number, or `dtype` not one of these.
 * @throws {@link RangeError} if `scale` is not finite or `columnAxis` not an integer; when called, if `shape` has fewer
 *   than 2 axes or lacks `columnAxis`.
 * @see Saxe, McClelland and Ganguli (2014), "Exact solutions to the nonlinear dynamics of learning in deep linear neural
 *   networks". https://arxiv.org/abs/1312.6120 — Mezzadri (2007), "How to generate random matrices from the classical
 *   compact groups", section 5. https://arxiv.org/abs/math-ph/0609050
 *
 * @example
 * ```ts
 * import { orthogonal } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const initializer = orthogonal();
 * const w = initializer(key(42, { partitionable: false }), [2, 3], "float32");
 * w; // => Array([[ 3.9026988e-01, 7.2495753e-01, -5.6756163e-01],
 * //   [ 8.8047475e-01, -4.7409302e-01, -1.3152043e-04]], dtype=float32)
 * ```
 */
export function orthogonal(scale = 1, options: OrthogonalOptions = {}): Initializer {
  const { columnAxis, builderDType } = checkOrthogonal("orthogonal", scale, options);
  return (key, shape, dtype = builderDType) => {
    checkCall("orthogonal", key, shape);
    const type = checkQRDType("orthogonal", dtype);
    if (shape.length < 2) {
      throw new RangeError(`orthogonal: shape must have at least 2 axes, got ${describe(shape)}.`);
    }
    return orthogonalKernel("orthogonal", key, shape, type, scale, columnAxis);
  };
}

/** Checks what the builders of orthogonal kernels get. */
export function checkOrthogonal(
  callee: string,
  scale: unknown,
  options: OrthogonalOptions,
): { readonly columnAxis: number; readonly builderDType: DType | undefined } {
  checkFinite(callee, "scale", scale);
  checkOptions(callee, options);
  const { columnAxis = -1, dtype } = options;
  if (typeof columnAxis !== "number") {
    throw new TypeError(`${callee}: columnAxis must be an integer, got ${describe(columnAxis)}.`);
  }
  if (!Number.isInteger(columnAxis)) {
    throw new RangeError(`${callee}: columnAxis must be an integer, got ${describe(columnAxis)}.`);
  }
  const builderDType = dtype === undefined ? undefined : checkQRDType(callee, dtype);
  return { columnAxis, builderDType };
}

/** Returns the dtype of an orthogonal kernel, by default the default float. */
export function checkQRDType(callee: string, dtype: unknown): QRDType {
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
        `${callee}: dtype must be float32, float64, complex64 or complex128, got ${describe(dtype)}.`,
      );
  }
}

/** Draws an orthogonal kernel of at least two axes. */
export function orthogonalKernel(
  callee: string,
  key: Key,
  shape: Shape,
  dtype: QRDType,
  scale: number,
  columnAxis: number,
): NDArray {
  const axis = columnAxis < 0 ? columnAxis + shape.length : columnAxis;
  if (axis < 0 || axis >= shape.length) {
    throw new RangeError(
      `${callee}: columnAxis must name an axis of shape ${describe(shape)}, got ${describe(columnAxis)}.`,
    );
  }
  const size = sizeOf(shape);
  if (size === 0) return zeros(shape, dtype);
  const traced = handOver(callee, [key], shape, dtype, (key) =>
    orthogonalKernel(callee, key, shape, dtype, scale, columnAxis),
  );
  if (traced) return traced;
  const columns = shape[axis];
  const rows = size / columns;
  const matrix = scaleSample(drawOrthogonal(key, rows, [], { m: columns, dtype }), scale);
  const rowShape = shape.filter((_, i) => i !== axis);
  return contiguous(moveaxis(reshape(matrix, [...rowShape, columns]), -1, axis));
}
