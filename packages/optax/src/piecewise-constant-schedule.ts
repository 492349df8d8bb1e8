import { broadcastTo, less, multiply, where } from "@flaxen/autodiff";
import { describe } from "@flaxen/dtype";
import { full } from "@flaxen/ndarray";
import { checkFinite, checkNonNegative } from "./arguments.ts";
import { matching } from "./schedule.ts";
import type { MatchingSchedule } from "./schedule.ts";

/**
 * Builds a schedule that is multiplied by a factor at each of some counts and stays in between.
 *
 * `initValue` times the product of the factors whose count has been reached.
 *
 * @param initValue - Value at count 0, a finite number.
 * @param boundariesAndScales - Non-negative finite factors by count, a non-negative integer; none by
 *   default.
 * @returns A function of the count; a count is a non-negative number or a tensor.
 * @throws {@link TypeError} if an argument has the wrong type.
 * @throws {@link RangeError} if an argument is out of its range.
 *
 * @example
 * ```ts
 * import { piecewiseConstantSchedule } from "@flaxen/optax";
 *
 * const schedule = piecewiseConstantSchedule(1, { 10: 0.5, 20: 0.25 });
 * [0, 9, 10, 19, 20].map((count) => schedule(count)); // => [1, 1, 0.5, 0.5, 0.125]
 * ```
 */
export function piecewiseConstantSchedule(
  initValue: number,
  boundariesAndScales: Readonly<Record<number, number>> = {},
): MatchingSchedule {
  const callee = "piecewiseConstantSchedule";
  checkFinite(callee, "initValue", initValue);
  const pieces = checkPieces(callee, boundariesAndScales);
  return matching(callee, {
    ofNumber: (count) =>
      pieces.reduce((value, [from, scale]) => (count < from ? value : value * scale), initValue),
    ofTensor(count) {
      const first = broadcastTo(full([], initValue, count.dtype), count.shape);
      return pieces.reduce(
        (value, [from, scale]) => where(less(count, from), value, multiply(value, scale)),
        first,
      );
    },
  });
}

/** The boundaries with their scales, in order. */
function checkPieces(callee: string, pieces: unknown): (readonly [number, number])[] {
  if (typeof pieces !== "object" || pieces === null) {
    throw new TypeError(
      `${callee}: boundariesAndScales must be an object of factors by count, got ${describe(pieces)}.`,
    );
  }
  const checked = Object.entries(pieces).map(([key, scale]: [string, unknown]) => {
    const boundary = Number(key);
    if (!Number.isSafeInteger(boundary) || boundary < 0) {
      throw new RangeError(
        `${callee}: boundariesAndScales must have non-negative integers as keys, got ${describe(key)}.`,
      );
    }
    checkNonNegative(callee, `boundariesAndScales[${key}]`, scale);
    return [boundary, scale as number] as const;
  });
  return checked.sort(([a], [b]) => a - b);
}
