import type { NDArray, Shape } from "@flaxen/ndarray";
import { checkOptions, checkSampleShape } from "./arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { checkInexactDType, complexArray, isComplexDType } from "./complex.ts";
import type { ComplexDType } from "./complex.ts";
import { complexNormals } from "./complex-normals.ts";
import { floatSample } from "./float-sample.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { standardNormals } from "./standard-normals.ts";
import { handOverKey } from "./traced-key.ts";

/** Options of {@link normal}. */
export interface NormalOptions {
  /** A floating-point or complex dtype (default float32, or float64 after `enableX64(true)`). */
  readonly dtype?: FloatDType | ComplexDType;
}

/**
 * Draws from the standard normal distribution, as `jax.random.normal` does.
 *
 * Formula: `sqrt(2) * erfInv(u)` with `u` uniform on `(-1, 1)`; a complex number has two such parts, divided by
 * `sqrt(2)`, so that its variance is 1.
 *
 * @param key - The random key.
 * @param shape - Shape of the result (default `[]`).
 * @param options - `dtype`, see {@link NormalOptions}.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `shape` not an array or `dtype` no floating-point or
 *   complex dtype.
 * @throws {@link RangeError} if `shape` holds anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { key, normal } from "@flaxen/rng";
 *
 * normal(key(0), [2]); // => Array([1.6226422, 2.0252647], dtype=float32)
 * normal(key(0), [1000, 10]).shape; // => [1000, 10]
 * normal(key(0), [], { dtype: "complex64" }).dtype; // => "complex64"
 * ```
 */
export function normal(
  key: Key,
  shape?: Shape,
  options?: { readonly dtype?: FloatDType },
): NDArray<FloatDType>;
/** The same for a dtype that may be complex. */
export function normal(
  key: Key,
  shape?: Shape,
  options?: NormalOptions,
): NDArray<FloatDType | ComplexDType>;
export function normal(
  key: Key,
  shape: Shape = [],
  options: NormalOptions = {},
): NDArray<FloatDType | ComplexDType> {
  useKey("normal", key);
  checkOptions("normal", options);
  const size = checkSampleShape("normal", shape);
  const dtype = checkInexactDType("normal", options.dtype);
  const traced = handOverKey(
    "normal",
    key,
    shape,
    dtype,
    (key) => normal(key, shape, { dtype }),
    [],
  );
  if (traced) return traced;
  if (isComplexDType(dtype)) return complexArray(complexNormals(key, size, dtype), shape, dtype);
  return floatSample(standardNormals(key, size, dtype), shape, dtype);
}
