import { describe, roundFloat } from "@flaxen/dtype";
import { isNDArray, rowMajorStrides } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import type { FloatDType } from "./arguments.ts";

/**
 * Returns a function that gives the limits of element `i` of a sample of `uniform`, rounded to `dtype`; it throws unless
 * they are numbers or elements of arrays that broadcast to `shape`, finite, and in order.
 *
 * This takes far less code than `asNDArray` and `broadcastTo`, which every page that draws would load as well.
 */
export function limitsOf(
  minval: unknown,
  maxval: unknown,
  shape: Shape,
  dtype: FloatDType,
): (i: number) => readonly [low: number, high: number] {
  const rows = rowMajorStrides(shape);
  const limit = (argument: string, x: unknown, i: number): number => {
    let value: unknown = x;
    if (isNDArray(x)) {
      const shift = shape.length - x.ndim;
      value = x.get(
        ...x.shape.map((n, axis) => {
          if (n === shape[shift + axis] || (n === 1 && shift >= 0)) {
            return Math.floor(i / rows[shift + axis]) % n;
          }
          throw new RangeError(
            `uniform: ${argument} must broadcast to shape ${describe(shape)}, got shape ${describe(x.shape)}.`,
          );
        }),
      );
    }
    if (typeof value === "number") return roundFloat(dtype, value);
    throw new TypeError(
      `uniform: ${argument} must be a number or an NDArray of numbers, got ${describe(x)}.`,
    );
  };
  return (i) => {
    const low = limit("minval", minval, i);
    const high = limit("maxval", maxval, i);
    const span = roundFloat(dtype, high - low);
    if (span >= 0 && span < Infinity) return [low, high];
    throw new RangeError(
      `uniform: maxval - minval must be at least 0 and finite in ${dtype}, got ${describe(high)} - ${describe(low)}.`,
    );
  };
}
