import { describe, isFloating } from "@flaxen/dtype";
import { add, divide, maximum, minimum, reduceWindow, reshape } from "@flaxen/autodiff";
import type { Tensor, TensorLike, WindowOperator } from "@flaxen/autodiff";
import { ones } from "@flaxen/ndarray";
import { checkInput, checkSizes } from "./arguments.ts";

/** Settings of `maxPool`, `minPool` and `pool`. */
export interface PoolOptions {
  /** Step between windows on each spatial axis; **1 by default, not the window size**. */
  readonly strides?: readonly number[];
  /** `"VALID"` (the default), `"SAME"`, or one `[low, high]` pair for each spatial axis. */
  readonly padding?: PoolPadding;
}

/** How pooling pads its spatial axes. */
export type PoolPadding = "SAME" | "VALID" | readonly (readonly [number, number])[];

/** Settings of `avgPool`. */
export interface AvgPoolOptions extends PoolOptions {
  /** Whether padding counts as zeros in the average; true by default. */
  readonly countIncludePad?: boolean;
}

/**
 * Takes the largest element of each window.
 *
 * **The windows overlap unless `strides` says otherwise**: as in Flax the default stride is 1.
 * Padding never wins.
 *
 * @param x - shape `[...batch, ...spatial, features]` with any number of batch axes, also none.
 * @param windowShape - size of the window on each spatial axis.
 * @param options - `strides` (default ones) and `padding` (default `"VALID"`).
 * @returns shape `[...batch, ...windows, features]`.
 * @throws {@link RangeError} if the window has no axes or more than `x`, or an option does not fit.
 * @throws {@link TypeError} if `windowShape` is not an array of integers.
 *
 * @example
 * ```ts
 * import { maxPool } from "@flaxen/nnx";
 *
 * const x = [[1], [5], [2], [4]]; // 4 positions, 1 feature
 * maxPool(x, [2], { strides: [2] }); // => [[5], [4]]
 * maxPool(x, [2]); // => [[5], [5], [4]]
 * ```
 */
export function maxPool(
  x: TensorLike,
  windowShape: readonly number[],
  { strides, padding }: PoolOptions = {},
): Tensor {
  return poolAs("maxPool", checkInput("maxPool", x), "max", windowShape, strides, padding);
}

/**
 * Takes the smallest element of each window.
 *
 * **The windows overlap unless `strides` says otherwise**: as in Flax the default stride is 1.
 * Padding never wins.
 *
 * @param x - shape `[...batch, ...spatial, features]` with any number of batch axes, also none.
 * @param windowShape - size of the window on each spatial axis.
 * @param options - `strides` (default ones) and `padding` (default `"VALID"`).
 * @returns shape `[...batch, ...windows, features]`.
 * @throws {@link RangeError} if the window has no axes or more than `x`, or an option does not fit.
 * @throws {@link TypeError} if `windowShape` is not an array of integers.
 *
 * @example
 * ```ts
 * import { minPool } from "@flaxen/nnx";
 *
 * minPool([[1], [5], [2], [4]], [2], { strides: [2] }); // => [[1], [2]]
 * ```
 */
export function minPool(
  x: TensorLike,
  windowShape: readonly number[],
  { strides, padding }: PoolOptions = {},
): Tensor {
  return poolAs("minPool", checkInput("minPool", x), "min", windowShape, strides, padding);
}

/**
 * Averages each window.
 *
 * **The windows overlap unless `strides` says otherwise**: as in Flax the default stride is 1.
 *
 * @param x - shape `[...batch, ...spatial, features]` with any number of batch axes, also none.
 * @param windowShape - size of the window on each spatial axis.
 * @param options - `strides` (default ones), `padding` (default `"VALID"`) and `countIncludePad`
 *   (default true): false divides by the number of elements that are no padding.
 * @returns shape `[...batch, ...windows, features]`.
 * @throws {@link RangeError} if the window has no axes or more than `x`, or an option does not fit.
 * @throws {@link TypeError} if `windowShape` is not an array of integers.
 *
 * @example
 * ```ts
 * import { avgPool } from "@flaxen/nnx";
 *
 * const x = [[1], [5], [3]];
 * avgPool(x, [2], { strides: [2], padding: "SAME" }); // => [[3], [1.5]]
 * avgPool(x, [2], { strides: [2], padding: "SAME", countIncludePad: false }); // => [[3], [3]]
 * ```
 */
export function avgPool(
  x: TensorLike,
  windowShape: readonly number[],
  { strides, padding, countIncludePad = true }: AvgPoolOptions = {},
): Tensor {
  const input = checkInput("avgPool", x);
  const total = poolAs("avgPool", input, "add", windowShape, strides, padding);
  if (countIncludePad)
    return divide(
      total,
      windowShape.reduce((product, n) => product * n, 1),
    );
  const spatial = input.shape.slice(input.ndim - windowShape.length - 1, -1);
  const present = ones([...spatial, 1], total.dtype);
  return divide(total, poolAs("avgPool", present, "add", windowShape, strides, padding));
}

/**
 * Reduces each window, starting from a value: the general form of the other pools.
 *
 * **The windows overlap unless `strides` says otherwise**: as in Flax the default stride is 1.
 *
 * @param x - shape `[...batch, ...spatial, features]` with any number of batch axes, also none.
 * @param init - where each window starts: usually 0 for `"add"`, `-Infinity` for `"max"` and `Infinity` for `"min"`,
 *   which is also what padding counts as, whatever `init` is.
 * @param operator - `"add"`, `"max"` or `"min"`.
 * @param windowShape - size of the window on each spatial axis.
 * @param options - `strides` (default ones) and `padding` (default `"VALID"`).
 * @returns shape `[...batch, ...windows, features]`.
 * @throws {@link RangeError} if `operator` is unknown, the window has no axes or more than `x`, or an option does not
 *   fit.
 * @throws {@link TypeError} if `init` is no number, or `windowShape` is not an array of integers.
 *
 * @example
 * ```ts
 * import { pool } from "@flaxen/nnx";
 *
 * const x = [[1], [5], [2], [4]];
 * pool(x, 0, "add", [2], { strides: [2] }); // => [[6], [6]]
 * pool(x, 3, "max", [2]); // => [[5], [5], [4]]
 * ```
 */
export function pool(
  x: TensorLike,
  init: number,
  operator: WindowOperator,
  windowShape: readonly number[],
  { strides, padding }: PoolOptions = {},
): Tensor {
  if (!["add", "max", "min"].includes(operator)) {
    throw new RangeError(
      `pool: operator must be "add", "max" or "min", got ${describe(operator)}.`,
    );
  }
  if (typeof init !== "number") {
    throw new TypeError(`pool: init must be a number, got ${describe(init)}.`);
  }
  const input = checkInput("pool", x);
  const y = poolAs("pool", input, operator, windowShape, strides, padding);
  if (operator === "max") return maximum(y, init);
  if (operator === "min") return minimum(y, init);
  return add(y, init);
}

function poolAs(
  callee: string,
  x: Tensor,
  operator: WindowOperator,
  windowShape: readonly number[],
  strides?: readonly number[],
  padding: PoolPadding = "VALID",
): Tensor {
  const window = checkSizes(callee, "windowShape", windowShape, null);
  const rank = window.length;
  const batchRank = x.ndim - rank - 1;
  if (batchRank < 0) {
    throw new RangeError(
      `${callee}: x must have at least ${rank + 1} axes, ${rank} spatial and one of features, got shape ${describe(x.shape)}.`,
    );
  }
  if (!isFloating(x.dtype)) {
    throw new TypeError(`${callee}: x must have a floating dtype, got ${describe(x)}.`);
  }
  const options = {
    windowShape: window,
    strides: checkSizes(callee, "strides", strides ?? window.map(() => 1), rank),
    padding: checkPoolPadding(callee, padding, rank),
  };
  if (batchRank === 1) return reduceWindow(x, operator, options);
  const batch = x.shape.slice(0, batchRank);
  const rows = batch.reduce((product, n) => product * n, 1);
  const y = reduceWindow(reshape(x, [rows, ...x.shape.slice(batchRank)]), operator, options);
  return reshape(y, [...batch, ...y.shape.slice(1)]);
}

function checkPoolPadding(callee: string, padding: PoolPadding, rank: number): PoolPadding {
  if (padding === "SAME" || padding === "VALID") return padding;
  const isPair = (pair: unknown): boolean =>
    Array.isArray(pair) && pair.length === 2 && pair.every(Number.isSafeInteger);
  if (Array.isArray(padding) && padding.length === rank && padding.every(isPair)) return padding;
  const message = `${callee}: padding must be "SAME", "VALID" or ${rank} [low, high] pairs, got ${describe(padding)}.`;
  const knownType = typeof padding === "string" || Array.isArray(padding);
  throw knownType ? new RangeError(message) : new TypeError(message);
}
