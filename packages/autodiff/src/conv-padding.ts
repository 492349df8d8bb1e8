import { describe } from "@flaxen/dtype";
import type { Shape } from "@flaxen/ndarray";

/** Names of the padding rules of convolutions and pooling; upper and lower case mean the same. */
export type PaddingName = "SAME" | "VALID" | "SAME_LOWER" | "same" | "valid" | "same_lower";

const NAMES = `"SAME", "VALID" or "SAME_LOWER"`;
const NAMES_OR_PAIRS = `"SAME", "VALID", "SAME_LOWER" or a list of [low, high] pairs of integers`;

/**
 * How much a window operation pads each spatial axis: a rule by name, or one `[low, high]` pair of
 * integers for each spatial axis. A negative amount crops.
 */
export type WindowPadding = PaddingName | readonly (readonly [number, number])[];

/**
 * Returns the `[low, high]` padding of each axis that a named rule stands for.
 *
 * `"VALID"` pads nothing. `"SAME"` makes the output size `ceil(inShape / strides)`: the total is
 * `max((ceil(n / stride) - 1) * stride + window - n, 0)`, split in halves, an odd element going to
 * the end; `"SAME_LOWER"` puts it at the start. Names are case-insensitive.
 *
 * @param inShape - sizes of the spatial axes of the input.
 * @param windowShape - window size of each axis, at least 1; for a dilated kernel the dilated size
 *   `(k - 1) * dilation + 1`.
 * @param strides - stride of each axis, at least 1.
 * @param padding - the name of the rule.
 * @returns one `[low, high]` pair for each axis, all at least 0.
 * @throws {@link RangeError} if the lists differ in length, a size is not an integer in its range, or
 *   the name is unknown.
 * @throws {@link TypeError} if `padding` is not a string.
 *
 * @example
 * ```ts
 * import { padtypeToPads } from "@flaxen/autodiff";
 *
 * padtypeToPads([5, 6], [3, 2], [2, 1], "SAME"); // => [[1, 1], [0, 1]]
 * padtypeToPads([5, 6], [3, 2], [2, 1], "SAME_LOWER"); // => [[1, 1], [1, 0]]
 * ```
 */
export function padtypeToPads(
  inShape: Shape,
  windowShape: Shape,
  strides: Shape,
  padding: PaddingName,
): [number, number][] {
  const callee = "padtypeToPads";
  const rank = inShape.length;
  checkIntegers(callee, "inShape", inShape, rank, 0);
  checkIntegers(callee, "windowShape", windowShape, rank, 1);
  checkIntegers(callee, "strides", strides, rank, 1);
  if (typeof padding !== "string") {
    throw new TypeError(`${callee}: padding must be ${NAMES}, got ${describe(padding)}.`);
  }
  return namedPadding(callee, NAMES, padding, inShape, windowShape, strides);
}

/** Padding of each axis from what the caller of a window operation gave; checks it. */
export function resolvePadding(
  callee: string,
  padding: WindowPadding,
  inShape: Shape,
  windowShape: Shape,
  strides: Shape,
): [number, number][] {
  if (typeof padding === "string") {
    return namedPadding(callee, NAMES_OR_PAIRS, padding, inShape, windowShape, strides);
  }
  if (!Array.isArray(padding)) {
    throw new TypeError(`${callee}: padding must be ${NAMES_OR_PAIRS}, got ${describe(padding)}.`);
  }
  if (padding.length !== inShape.length) {
    throw new RangeError(
      `${callee}: padding must have one [low, high] pair for each spatial axis (${inShape.length}), got ${describe(padding)}.`,
    );
  }
  return padding.map((pair: unknown): [number, number] => {
    if (!Array.isArray(pair) || pair.length !== 2 || !pair.every(Number.isSafeInteger)) {
      throw new RangeError(
        `${callee}: padding must be ${NAMES_OR_PAIRS}, got ${describe(padding)}.`,
      );
    }
    return [pair[0], pair[1]];
  });
}

/** Checks one integer for each of `length` axes, each at least `least`. */
export function checkIntegers(
  callee: string,
  argument: string,
  value: Shape,
  length: number,
  least: 0 | 1,
): number[] {
  if (!Array.isArray(value)) {
    throw new TypeError(
      `${callee}: ${argument} must be an array of integers, got ${describe(value)}.`,
    );
  }
  if (value.length !== length) {
    throw new RangeError(
      `${callee}: ${argument} must have one element for each spatial axis (${length}), got ${describe(value)}.`,
    );
  }
  if (!value.every((size) => Number.isSafeInteger(size) && size >= least)) {
    throw new RangeError(
      `${callee}: ${argument} must hold ${least === 0 ? "non-negative" : "positive"} integers, got ${describe(value)}.`,
    );
  }
  return [...value];
}

function namedPadding(
  callee: string,
  rule: string,
  padding: string,
  inShape: Shape,
  windowShape: Shape,
  strides: Shape,
): [number, number][] {
  const name = padding.toUpperCase();
  if (name === "VALID") return inShape.map(() => [0, 0]);
  if (name !== "SAME" && name !== "SAME_LOWER") {
    throw new RangeError(`${callee}: padding must be ${rule}, got ${describe(padding)}.`);
  }
  return inShape.map((n, axis) => {
    const out = Math.ceil(n / strides[axis]);
    const total = Math.max((out - 1) * strides[axis] + windowShape[axis] - n, 0);
    const half = Math.floor(total / 2);
    return name === "SAME" ? [half, total - half] : [total - half, half];
  });
}

/** Size of an axis of `n` elements with `dilation - 1` holes between neighbours. */
export function dilatedSize(n: number, dilation: number): number {
  return n === 0 ? 0 : (n - 1) * dilation + 1;
}

/** Where the windows of an operation lie on the spatial axes of its input. */
export interface WindowGeometry {
  readonly inputShape: Shape;
  readonly windowShape: Shape;
  readonly strides: Shape;
  readonly padding: readonly (readonly [number, number])[];
  readonly lhsDilation: Shape;
  readonly rhsDilation: Shape;
}

/** Number of windows on each axis, 0 where the window is larger than the padded input. */
export function windowCounts(geometry: WindowGeometry): number[] {
  const { inputShape, windowShape, strides, padding, lhsDilation, rhsDilation } = geometry;
  return inputShape.map((n, axis) => {
    const padded = dilatedSize(n, lhsDilation[axis]) + padding[axis][0] + padding[axis][1];
    const window = dilatedSize(windowShape[axis], rhsDilation[axis]);
    return Math.max(Math.floor((padded - window) / strides[axis]) + 1, 0);
  });
}

/**
 * The input element under each tap of each window, for any number of spatial axes seen as two: the
 * last one, and all others flattened to one "outer" axis. Two small tables take the place of one
 * loop nest for each rank, and of a full table of windows times taps.
 */
export interface WindowTable {
  readonly outerIn: number;
  readonly lastIn: number;
  readonly outerOut: number;
  readonly lastOut: number;
  readonly outerTaps: number;
  readonly lastTaps: number;
  /** `outer[o * outerTaps + tap]` is the flat input row, -1 in the padding or a dilation hole. */
  readonly outer: Int32Array;
  /** `last[o * lastTaps + tap]` is the input position in its row, -1 as above. */
  readonly last: Int32Array;
}

export function windowTable(geometry: WindowGeometry): WindowTable {
  const { inputShape, windowShape } = geometry;
  const counts = windowCounts(geometry);
  const rank = inputShape.length;
  let outer: Int32Array = new Int32Array(1);
  let [outerIn, outerOut, outerTaps] = [1, 1, 1];
  for (let axis = 0; axis < rank - 1; axis++) {
    const [n, out, taps] = [inputShape[axis], counts[axis], windowShape[axis]];
    const inner = axisTable(geometry, axis, out);
    const merged = new Int32Array(outerOut * out * outerTaps * taps);
    let at = 0;
    for (let row = 0; row < outerOut; row++) {
      for (let o = 0; o < out; o++) {
        for (let tap = 0; tap < outerTaps; tap++) {
          const high = outer[row * outerTaps + tap];
          for (let t = 0; t < taps; t++) {
            const low = inner[o * taps + t];
            merged[at++] = high < 0 || low < 0 ? -1 : high * n + low;
          }
        }
      }
    }
    outer = merged;
    outerIn *= n;
    outerOut *= out;
    outerTaps *= taps;
  }
  if (rank === 0) {
    const last = new Int32Array(1);
    return { outerIn, lastIn: 1, outerOut, lastOut: 1, outerTaps, lastTaps: 1, outer, last };
  }
  const lastOut = counts[rank - 1];
  return {
    outerIn,
    lastIn: inputShape[rank - 1],
    outerOut,
    lastOut,
    outerTaps,
    lastTaps: windowShape[rank - 1],
    outer,
    last: axisTable(geometry, rank - 1, lastOut),
  };
}

function axisTable(geometry: WindowGeometry, axis: number, out: number): Int32Array {
  const n = geometry.inputShape[axis];
  const taps = geometry.windowShape[axis];
  const stride = geometry.strides[axis];
  const low = geometry.padding[axis][0];
  const lhsDilation = geometry.lhsDilation[axis];
  const rhsDilation = geometry.rhsDilation[axis];
  const table = new Int32Array(out * taps);
  let at = 0;
  for (let o = 0; o < out; o++) {
    for (let tap = 0; tap < taps; tap++) {
      const position = o * stride + tap * rhsDilation - low;
      const inside =
        position >= 0 && position % lhsDilation === 0 && position < dilatedSize(n, lhsDilation);
      table[at++] = inside ? position / lhsDilation : -1;
    }
  }
  return table;
}
