import { describe } from "@flaxen/dtype";

/**
 * Returns an axis counted from the front, in the name of the caller.
 *
 * @param callee - name of the function that was called, or an object whose `toString` gives it, for the message.
 * @param axis - an integer in [-ndim, ndim); negative ones count from the back.
 * @param ndim - number of axes.
 * @returns an integer in [0, ndim).
 * @throws {@link TypeError} if `axis` is not a number.
 * @throws {@link RangeError} if `axis` is not an integer in range.
 *
 * @example
 * ```ts
 * import { normalizeAxis } from "@flaxen/ndarray";
 *
 * normalizeAxis("sum", -1, 3); // => 2
 * normalizeAxis("sum", 3, 3); // throws RangeError: sum: axis must be an integer in [-3, 3), got 3.
 * ```
 */
export function normalizeAxis(callee: { toString(): string }, axis: number, ndim: number): number {
  if (typeof axis !== "number") {
    throw new TypeError(`${callee}: axis must be an integer, got ${describe(axis)}.`);
  }
  if (!Number.isInteger(axis) || axis < -ndim || axis >= ndim) {
    const rule =
      ndim === 0 ? "be omitted for an array of rank 0" : `be an integer in [-${ndim}, ${ndim})`;
    throw new RangeError(`${callee}: axis must ${rule}, got ${describe(axis)}.`);
  }
  return axis < 0 ? axis + ndim : axis + 0;
}

/**
 * Returns axes counted from the front, in the order given, in the name of the caller.
 *
 * @param callee - name of the function that was called, or an object whose `toString` gives it, for the message.
 * @param axes - one axis, several, or undefined for all of them; each in [-ndim, ndim).
 * @param ndim - number of axes.
 * @returns distinct integers in [0, ndim), in the order of `axes`.
 * @throws {@link TypeError} if `axes` is neither a number nor an array of numbers.
 * @throws {@link RangeError} if an axis is out of range or named twice.
 *
 * @example
 * ```ts
 * import { normalizeAxes } from "@flaxen/ndarray";
 *
 * normalizeAxes("sum", [-1, 0], 3); // => [2, 0]
 * normalizeAxes("sum", undefined, 3); // => [0, 1, 2]
 * normalizeAxes("sum", [0, -3], 3); // throws RangeError: sum: axis must name each axis once, got [0, -3].
 * ```
 */
export function normalizeAxes(
  callee: { toString(): string },
  axes: number | readonly number[] | undefined,
  ndim: number,
): number[] {
  if (axes === undefined) return Array.from({ length: ndim }, (_, i) => i);
  if (!Array.isArray(axes)) return [normalizeAxis(callee, axes as number, ndim)];
  const result: number[] = [];
  for (const axis of axes as readonly number[]) {
    const normal = normalizeAxis(callee, axis, ndim);
    if (result.includes(normal)) {
      throw new RangeError(`${callee}: axis must name each axis once, got ${describe(axes)}.`);
    }
    result.push(normal);
  }
  return result;
}
