import { checkDType, defaultFloat, describe, isComplex, isInexact } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { array, astype, broadcastTo, copy, full } from "@flaxen/ndarray";
import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { isKey } from "@flaxen/rng";
import { checkCall, cureOf } from "./arguments.ts";
import type { Initializer } from "./initializer.ts";

/**
 * Builds an initializer that returns arrays full of a constant.
 *
 * Formula: `w = value`.
 *
 * @param value - A number, `{ re, im }`, or an array that broadcasts to every shape asked for.
 * @param dtype - dtype of the result if none is asked for (default: the default float).
 * @returns An {@link Initializer} that ignores the random key.
 * @throws {@link TypeError} if `value` is neither a number nor an array, or `dtype` is not a dtype; when called, if `value` is
 *   complex and the dtype is not.
 * @throws {@link RangeError} if `value` is or holds NaN; when called, if its shape does not broadcast to `shape`.
 * @see `jax.nn.initializers.constant`.
 *
 * @example
 * ```ts
 * import { constant } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * const initializer = constant(-7);
 * initializer(key(42), [2, 3], "float32"); // => [[-7, -7, -7], [-7, -7, -7]]
 * constant([1, 2, 3])(key(42), [2, 3], "int32"); // => [[1, 2, 3], [1, 2, 3]]
 * ```
 */
export function constant(value: ArrayInput, dtype?: DType): Initializer {
  if (isKey(value) || value === undefined || value === null || typeof value === "string") {
    throw new TypeError(
      `constant: value must be a number or an array, got ${describe(value)}.${cureOf("constant", value)}`,
    );
  }
  const builderDType = dtype === undefined ? dtype : checkDType("constant", "dtype", dtype);
  const scalar = typeof value === "object" ? undefined : value;
  const source = snapshot(value);
  return (key, shape, dtype = builderDType ?? defaultFloat()) => {
    checkCall("constant", key, shape);
    checkDType("constant", "dtype", dtype);
    if (isComplex(source.dtype) && !isComplex(dtype)) {
      throw new TypeError(
        `constant: dtype must be complex for a complex value, got ${describe(dtype)}.`,
      );
    }
    if (scalar !== undefined) return full(shape, scalar, dtype);
    if (!broadcasts(source.shape, shape)) {
      throw new RangeError(
        `constant: value must broadcast to shape ${describe(shape)}, got shape ${describe(source.shape)}.`,
      );
    }
    return copy(broadcastTo(astype(source, dtype), shape)) as NDArray;
  };
}

/** A copy of the value that has lost nothing: plain numbers are kept in float64 for when it is asked for. */
function snapshot(value: ArrayInput): NDArray {
  const read = array(value);
  if (!isInexact(read.dtype)) return read;
  const wide = isComplex(read.dtype) ? "complex128" : "float64";
  const widened = array(value, wide);
  for (const number of widened.data as Float64Array) {
    if (Number.isNaN(number)) {
      throw new RangeError(`constant: value must not be NaN, got ${describe(value)}.`);
    }
  }
  return widened;
}

function broadcasts(from: Shape, to: Shape): boolean {
  const shift = to.length - from.length;
  return shift >= 0 && from.every((length, axis) => length === 1 || length === to[shift + axis]);
}
