import { describe } from "@flaxen/dtype";
import { pad, take } from "@flaxen/autodiff";
import type { Tensor, WindowPadding } from "@flaxen/autodiff";
import type { Callee } from "./places.ts";

/**
 * How `Conv` pads the spatial axes: by a rule's name, by the same number on all sides, or by one
 * number or `[low, high]` pair for each axis.
 */
export type ConvPadding =
  | "SAME"
  | "VALID"
  | "SAME_LOWER"
  | "CIRCULAR"
  | "REFLECT"
  | "CAUSAL"
  | number
  | readonly (number | readonly [number, number])[];

const NAMES: readonly unknown[] = ["SAME", "VALID", "SAME_LOWER", "CIRCULAR", "REFLECT", "CAUSAL"];

/** Asserts that `padding` is one of the forms for so many spatial axes. */
export function checkPadding(
  callee: string,
  padding: unknown,
  rank: number,
  inputDilation: readonly number[],
): void {
  if (typeof padding === "string" && NAMES.includes(padding)) {
    if (padding === "CAUSAL" && rank !== 1) {
      throw new RangeError(
        `${callee}: padding must not be "CAUSAL" for more than one spatial axis, got ${rank} axes.`,
      );
    }
    if (inputDilation.some((dilation) => dilation !== 1)) {
      throw new RangeError(
        `${callee}: padding must be given in numbers when inputDilation is not 1, got ${describe(padding)}.`,
      );
    }
    return;
  }
  const valid = Array.isArray(padding)
    ? padding.length === rank && padding.every(isAmount)
    : Number.isSafeInteger(padding);
  if (!valid) {
    const message =
      `${callee}: padding must be "SAME", "VALID", "SAME_LOWER", "CIRCULAR", "REFLECT", "CAUSAL", an integer, ` +
      `or ${rank} integers or [low, high] pairs, got ${describe(padding)}.`;
    const wrongType = !["string", "number"].includes(typeof padding) && !Array.isArray(padding);
    throw wrongType ? new TypeError(message) : new RangeError(message);
  }
}

/** Tells whether a value is an integer or a pair of integers. */
export function isAmount(amount: unknown): boolean {
  if (!Array.isArray(amount)) return Number.isSafeInteger(amount);
  return amount.length === 2 && amount.every(Number.isSafeInteger);
}

/**
 * Pads an input of shape `[n, ...spatial, features]` where the convolution itself cannot.
 *
 * @param window - the dilated kernel size of each spatial axis.
 * @returns the padded input and what is left for the convolution to pad.
 */
export function applyPadding(
  callee: Callee,
  x: Tensor,
  padding: ConvPadding,
  window: readonly number[],
): readonly [Tensor, WindowPadding] {
  switch (padding) {
    case "CIRCULAR":
    case "REFLECT": {
      if (x.shape.slice(1, -1).includes(0)) {
        throw new RangeError(
          `${callee}: x must not be empty on a spatial axis with padding ${describe(padding)}, got shape ${describe(x.shape)}.`,
        );
      }
      const index = padding === "CIRCULAR" ? wrapped : reflected;
      let padded = x;
      window.forEach((size, i) => {
        padded = padByIndex(padded, i + 1, (size - 1) >> 1, size >> 1, index);
      });
      return [padded, "VALID"];
    }
    case "CAUSAL":
      return [
        pad(x, [
          [0, 0],
          [window[0] - 1, 0],
          [0, 0],
        ]),
        "VALID",
      ];
    case "SAME":
    case "VALID":
    case "SAME_LOWER":
      return [x, padding];
    default:
      return [x, toPairs(padding, window.length)];
  }
}

function toPairs(
  padding: number | readonly (number | readonly [number, number])[],
  rank: number,
): [number, number][] {
  const amounts = typeof padding === "number" ? new Array<number>(rank).fill(padding) : padding;
  return amounts.map((amount) =>
    typeof amount === "number" ? [amount, amount] : [amount[0], amount[1]],
  );
}

function padByIndex(
  x: Tensor,
  axis: number,
  low: number,
  high: number,
  index: (i: number, n: number) => number,
): Tensor {
  if (low + high === 0) return x;
  const n = x.shape[axis];
  const indices = Int32Array.from({ length: low + n + high }, (_, i) => index(i - low, n));
  return take(x, indices, { axis });
}

function wrapped(i: number, n: number): number {
  return ((i % n) + n) % n;
}

// Mirrors without repeating the edge, as often as needed: a triangle wave of period 2 (n - 1).
function reflected(i: number, n: number): number {
  if (n === 1) return 0;
  const phase = wrapped(i, 2 * (n - 1));
  return phase < n ? phase : 2 * (n - 1) - phase;
}
