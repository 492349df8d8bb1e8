import { describe, isFloating } from "@flaxen/dtype";
import type { Shape } from "@flaxen/ndarray";
import { checkIntegers, resolvePadding, windowCounts } from "./conv-padding.ts";
import type { WindowGeometry, WindowPadding } from "./conv-padding.ts";
import { floatsOf, writeFloats } from "./floats.ts";
import { poolingKernel } from "./kernels/pooling.ts";
import { movePicked, poolWindows, spreadWindows } from "./pooling-kernels.ts";
import type { PoolingGeometry } from "./pooling-kernels.ts";
import { checkOperand } from "./operands.ts";
import { bind } from "./primitive.ts";
import type { Primitive } from "./primitive.ts";
import { isTensor } from "./tensor.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

/** How {@link reduceWindow} reduces a window. */
export type WindowOperator = "add" | "max" | "min";

/** Options of {@link reduceWindow}. */
export interface ReduceWindowOptions {
  /** Size of the window on each spatial axis, at least 1. */
  readonly windowShape: Shape;
  /** Step between windows on each spatial axis, at least 1; default ones (not the window). */
  readonly strides?: Shape;
  /** `"VALID"` (default), `"SAME"`, `"SAME_LOWER"`, or one `[low, high]` pair for each spatial axis. */
  readonly padding?: WindowPadding;
}

/**
 * Reduces each window on the spatial axes of a channels-last array to its sum, maximum or minimum.
 *
 * `out[n, p, c]` is the reduction of `x[n, p * strides + k - low, c]` over all `k` below `windowShape`.
 * Elements in the padding are 0 for `"add"`, -inf for `"max"` and inf for `"min"`. A NaN makes its
 * windows NaN. The gradient of a maximum or minimum goes to the first of equal elements in a window;
 * in a window with NaN, to the first best element after the last NaN (to the NaN, if it is last).
 *
 * @param x - shape `[n, ...spatial, features]`, float16, bfloat16, float32 or float64.
 * @param operator - `"add"`, `"max"` or `"min"`.
 * @param options - `windowShape` (required), `strides` (default ones) and `padding` (default `"VALID"`;
 *   a negative amount crops).
 * @returns shape `[n, ...spatial, features]` of the dtype of `x`; each spatial axis has
 *   `floor((size + low + high - window) / stride) + 1` elements, at least 0.
 * @throws {@link TypeError} if the dtype is not floating, or an option is of a wrong type.
 * @throws {@link RangeError} if `x` has fewer than 2 axes, or `operator` or an option is out of range.
 *
 * @example
 * ```ts
 * import { reduceWindow } from "@flaxen/autodiff";
 *
 * const x = [[[1], [5], [2], [4]]]; // one row of 4 elements with 1 feature
 * reduceWindow(x, "max", { windowShape: [2], strides: [2] }); // => [[[5], [4]]]
 * reduceWindow(x, "add", { windowShape: [2] }); // => [[[6], [7], [6]]]
 * reduceWindow(x, "min", { windowShape: [2], padding: "SAME" }); // => [[[1], [2], [2], [4]]]
 * ```
 */
export function reduceWindow(
  x: TensorLike,
  operator: WindowOperator,
  options: ReduceWindowOptions,
): Tensor {
  const callee = "reduceWindow";
  const input = isTensor(x) ? x : checkOperand(callee, "x", x);
  if (!isFloating(input.dtype)) {
    throw new TypeError(
      `${callee}: x must be of dtype float16, bfloat16, float32 or float64, got ${describe(input)}.`,
    );
  }
  if (input.ndim < 2) {
    throw new RangeError(
      `${callee}: x must have shape [n, ...spatial, features], got shape ${describe(input.shape)}.`,
    );
  }
  if (operator !== "add" && operator !== "max" && operator !== "min") {
    throw new RangeError(
      `${callee}: operator must be "add", "max" or "min", got ${describe(operator)}.`,
    );
  }
  const rank = input.ndim - 2;
  const inputShape = input.shape.slice(1, -1);
  const ones = inputShape.map(() => 1);
  const windowShape = checkIntegers(callee, "windowShape", options.windowShape, rank, 1);
  const strides = checkIntegers(callee, "strides", options.strides ?? ones, rank, 1);
  const given = options.padding ?? "VALID";
  const padding = resolvePadding(callee, given, inputShape, windowShape, strides);
  const dilation = { lhsDilation: ones, rhsDilation: ones };
  const geometry = { inputShape, windowShape, strides, padding, ...dilation };
  if (operator === "add") return bind(windowSum, [input], geometry);
  return bind(windowBest, [input], { ...geometry, operator });
}

function geometryOf(params: WindowGeometry, shape: Shape): PoolingGeometry {
  return { ...params, batch: shape[0], features: shape[shape.length - 1] };
}

function outputShape(params: WindowGeometry, x: Shape): number[] {
  return [x[0], ...windowCounts(params), x[x.length - 1]];
}

function inputShape(params: WindowGeometry, out: Shape): number[] {
  return [out[0], ...params.inputShape, out[out.length - 1]];
}

// The sum and its transpose are linear, each the other's gradient.

const windowSum: Primitive<WindowGeometry> = {
  name: "reduceWindow",
  abstractEval: ([x], params) => ({ shape: outputShape(params, x.shape), dtype: x.dtype }),
  evaluate([x], params, out) {
    const geometry = geometryOf(params, out.shape);
    return writeFloats(out, (to) => poolWindows("add", floatsOf(x), to, geometry));
  },
  kernel: ([x], params, out) => poolingKernel("sum", x.dtype, geometryOf(params, out.shape)),
  vjp: (ct, { params }) => [bind(windowSumTranspose, [ct], params)],
};

const windowSumTranspose: Primitive<WindowGeometry> = {
  name: "reduceWindow (gradient of add)",
  abstractEval: ([ct], params) => ({ shape: inputShape(params, ct.shape), dtype: ct.dtype }),
  evaluate([ct], params, out) {
    const geometry = geometryOf(params, out.shape);
    return writeFloats(out, (to) => spreadWindows(floatsOf(ct), to, geometry));
  },
  kernel: ([x], params, out) => poolingKernel("spread", x.dtype, geometryOf(params, out.shape)),
  vjp: (ct, { params }) => [bind(windowSum, [ct], params)],
};

// The gradient of a maximum moves cotangents to the picked elements. Which ones are picked is constant
// around almost every x, so that move is linear in the cotangent, with the gather as its transpose.

interface BestParams extends WindowGeometry {
  readonly operator: "max" | "min";
}

const windowBest: Primitive<BestParams> = {
  name: "reduceWindow",
  abstractEval: ([x], params) => ({ shape: outputShape(params, x.shape), dtype: x.dtype }),
  evaluate([x], params, out) {
    const geometry = geometryOf(params, out.shape);
    return writeFloats(out, (to) => poolWindows(params.operator, floatsOf(x), to, geometry));
  },
  kernel: ([x], params, out) =>
    poolingKernel(params.operator, x.dtype, geometryOf(params, out.shape)),
  vjp: (ct, { inputs: [x], params }) => [bind(scatterToBest, [ct, x], params)],
};

const scatterToBest: Primitive<BestParams> = {
  name: "reduceWindow (gradient of max or min)",
  abstractEval: ([ct, x]) => ({ shape: x.shape, dtype: ct.dtype }),
  evaluate([ct, x], params, out) {
    const geometry = geometryOf(params, out.shape);
    return writeFloats(out, (to) =>
      movePicked("scatter", params.operator, floatsOf(x), floatsOf(ct), to, geometry),
    );
  },
  kernel: ([x], params, out) =>
    poolingKernel(
      params.operator === "max" ? "scatterMax" : "scatterMin",
      x.dtype,
      geometryOf(params, out.shape),
    ),
  vjp: (ct, { inputs: [, x], params, needs }) => [
    needs[0] ? bind(gatherBest, [ct, x], params) : null,
    null,
  ],
};

const gatherBest: Primitive<BestParams> = {
  name: "reduceWindow (transposed gradient of max or min)",
  abstractEval: ([t, x], params) => ({ shape: outputShape(params, x.shape), dtype: t.dtype }),
  evaluate([t, x], params, out) {
    const geometry = geometryOf(params, out.shape);
    return writeFloats(out, (to) =>
      movePicked("gather", params.operator, floatsOf(x), floatsOf(t), to, geometry),
    );
  },
  kernel: ([x], params, out) =>
    poolingKernel(
      params.operator === "max" ? "gatherMax" : "gatherMin",
      x.dtype,
      geometryOf(params, out.shape),
    ),
  vjp: (ct, { inputs: [, x], params, needs }) => [
    needs[0] ? bind(scatterToBest, [ct, x], params) : null,
    null,
  ],
};
