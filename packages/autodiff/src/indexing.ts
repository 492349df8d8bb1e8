import { allocate, describe, iinfo, isBool, isFloating, isInteger } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { flatData, full, NDArray, normalizeAxis } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import { expandTo } from "./broadcast-to.ts";
import { broadcastOperands } from "./broadcasting.ts";
import { allocateCompute, computeData, computeDType, narrow, sizeOf } from "./compute-dtype.ts";
import { scatterKernel, takeAlongAxisKernel, takeKernel } from "./kernels/gather.ts";
import { cast, checkOperand } from "./operands.ts";
import { checkOptions } from "./options.ts";
import { patterns } from "./patterns.ts";
import { bind } from "./primitive.ts";
import type { Primitive, ShapedArray } from "./primitive.ts";
import { ravel } from "./reshape.ts";
import { toTensor } from "./tensor.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

/** What becomes of indices outside the axis: a fill value, the nearest index, or the index modulo the length. */
export type IndexMode = "fill" | "clip" | "wrap";

/** Options of {@link take}. */
export interface TakeOptions {
  /** Axis to take from (default: the flattened tensor); negative ones count from the end. */
  readonly axis?: number | undefined;
  /** Rule for indices outside the axis (default `"fill"`: NaN, or the extreme integer). */
  readonly mode?: IndexMode | undefined;
}

const TAKE_OPTIONS: readonly string[] = ["axis", "mode"];

interface GatherParams {
  readonly axis: number;
  readonly mode: IndexMode;
  /** Written where the index is outside. */
  readonly fill: number;
}

interface ScatterParams {
  readonly axis: number;
  readonly mode: IndexMode;
  readonly shape: Shape;
}

/** Each index resolved to a position on an axis of `length`, or -1 for "outside". */
function resolveIndices(indices: NDArray, length: number, mode: IndexMode): Int32Array {
  const raw = computeData(indices);
  const positions = new Int32Array(raw.length);
  for (let i = 0; i < raw.length; i++) {
    let index = raw[i];
    if (mode === "wrap") index = ((index % length) + length) % length;
    else if (mode === "clip") index = Math.min(Math.max(index, 0), length - 1);
    else if (index < 0) index += length;
    positions[i] = index >= 0 && index < length ? index : -1;
  }
  return positions;
}

/** Rows at least this long are copied by one call of `set`. */
const LONG_ROW = 32;

const takePrimitive: Primitive<GatherParams> = {
  name: "take",
  abstractEval: ([x, indices], { axis }) => ({
    shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)],
    dtype: x.dtype,
  }),
  evaluate: ([x, indices], { axis, mode, fill }, out) => {
    const length = x.shape[axis];
    const positions = resolveIndices(indices, length, mode);
    const a = patterns(flatData(x));
    const data = allocate(out.dtype, sizeOf(out.shape));
    const o = patterns(data);
    const filler = patterns(full([1], fill, out.dtype).data)[0];
    const outer = sizeOf(x.shape.slice(0, axis));
    const inner = sizeOf(x.shape.slice(axis + 1));
    for (let r = 0, p = 0; r < outer; r++) {
      for (let q = 0; q < positions.length; q++, p += inner) {
        const from = (r * length + positions[q]) * inner;
        if (positions[q] < 0) o.fill(filler, p, p + inner);
        else if (inner >= LONG_ROW) o.set(a.subarray(from, from + inner), p);
        else for (let c = 0; c < inner; c++) o[p + c] = a[from + c];
      }
    }
    return new NDArray<DType>(data, out.shape, undefined, 0, out.dtype);
  },
  kernel: takeKernel,
  // The table would be copied for a few of its rows.
  copyPays: () => false,
  vjp: (ct, { inputs: [x, indices], params: { axis, mode } }) => [
    bind(takeScatterPrimitive, [ct, indices], { axis, mode, shape: x.shape }),
    null,
  ],
};

/** Adds each taken slice back where it came from; slices from outside are dropped. */
const takeScatterPrimitive: Primitive<ScatterParams> = {
  name: "takeScatter",
  abstractEval: ([updates], { shape }) => ({ shape, dtype: updates.dtype }),
  evaluate: ([updates, indices], { axis, mode, shape }, out) => {
    const length = shape[axis];
    const positions = resolveIndices(indices, length, mode);
    const u = computeData(updates);
    const o = allocateCompute(computeDType(out.dtype), sizeOf(shape));
    const outer = sizeOf(shape.slice(0, axis));
    const inner = sizeOf(shape.slice(axis + 1));
    for (let r = 0, p = 0; r < outer; r++) {
      for (let q = 0; q < positions.length; q++, p += inner) {
        const to = (r * length + positions[q]) * inner;
        if (positions[q] >= 0) for (let c = 0; c < inner; c++) o[to + c] += u[p + c];
      }
    }
    return narrow(o, out.shape, out.dtype);
  },
  kernel: (inputs, params) => scatterKernel(inputs, params, false),
  copyPays: ([updates, indices]) => sizeOf(updates.shape) > 8 * sizeOf(indices.shape),
  vjp: (ct, { inputs: [, indices], params: { axis, mode } }) => [
    bind(takePrimitive, [ct, indices], { axis, mode, fill: 0 }),
    null,
  ],
};

const takeAlongAxisPrimitive: Primitive<GatherParams> = {
  name: "takeAlongAxis",
  abstractEval: ([x, indices]) => ({ shape: indices.shape, dtype: x.dtype }),
  evaluate: ([x, indices], { axis, mode, fill }, out) => {
    const length = x.shape[axis];
    const positions = resolveIndices(indices, length, mode);
    const a = patterns(flatData(x));
    const data = allocate(out.dtype, positions.length);
    const o = patterns(data);
    const filler = patterns(full([1], fill, out.dtype).data)[0];
    const count = indices.shape[axis];
    const inner = sizeOf(x.shape.slice(axis + 1));
    for (let p = 0; p < o.length; p++) {
      const row = Math.floor(p / (count * inner));
      const from = (row * length + positions[p]) * inner + (p % inner);
      o[p] = positions[p] < 0 ? filler : a[from];
    }
    return new NDArray<DType>(data, out.shape, undefined, 0, out.dtype);
  },
  kernel: takeAlongAxisKernel,
  copyPays: () => false,
  vjp: (ct, { inputs: [x, indices], params: { axis, mode } }) => [
    bind(scatterAlongAxisPrimitive, [ct, indices], { axis, mode, shape: x.shape }),
    null,
  ],
};

/** Adds each element back where it came from. */
const scatterAlongAxisPrimitive: Primitive<ScatterParams> = {
  name: "scatterAlongAxis",
  abstractEval: ([updates], { shape }) => ({ shape, dtype: updates.dtype }),
  evaluate: ([updates, indices], { axis, mode, shape }, out) => {
    const length = shape[axis];
    const positions = resolveIndices(indices, length, mode);
    const u = computeData(updates);
    const o = allocateCompute(computeDType(out.dtype), sizeOf(shape));
    const count = indices.shape[axis];
    const inner = sizeOf(shape.slice(axis + 1));
    for (let p = 0; p < u.length; p++) {
      const row = Math.floor(p / (count * inner));
      const to = (row * length + positions[p]) * inner + (p % inner);
      if (positions[p] >= 0) o[to] += u[p];
    }
    return narrow(o, out.shape, out.dtype);
  },
  kernel: (inputs, params) => scatterKernel(inputs, params, true),
  copyPays: () => false,
  vjp: (ct, { inputs: [, indices], params: { axis, mode } }) => [
    bind(takeAlongAxisPrimitive, [ct, indices], { axis, mode, fill: 0 }),
    null,
  ],
};

/** JAX's marks for elements from outside: NaN, the extreme integer, true. */
function fillValue(dtype: DType): number {
  if (isFloating(dtype)) return NaN;
  if (isBool(dtype)) return 1;
  const { min, max } = iinfo(dtype);
  return Number(min < 0 ? min : max);
}

/** Indices are integers; plain JavaScript numbers become int32 if they are whole. */
function checkIndices(callee: string, indices: TensorLike): Tensor {
  const operand = checkOperand(callee, "indices", indices);
  if (isInteger(operand.dtype)) return operand;
  if (isFloating(operand.dtype) && Array.isArray(indices)) {
    const wide = toTensor(indices as TensorLike, "float64") as NDArray;
    if (computeData(wide).every((index) => Number.isInteger(index))) return cast(wide, "int32");
  }
  throw new TypeError(`${callee}: indices must be of an integer dtype, got ${describe(operand)}.`);
}

function checkMode(callee: string, mode: IndexMode): void {
  if (mode !== "fill" && mode !== "clip" && mode !== "wrap") {
    throw new RangeError(
      `${callee}: mode must be "fill", "clip" or "wrap", got ${describe(mode)}.`,
    );
  }
}

function checkNotEmpty(callee: string, x: ShapedArray, axis: number, indices: ShapedArray): void {
  if (x.shape[axis] === 0 && sizeOf(indices.shape) > 0) {
    throw new RangeError(`${callee}: x must have elements along axis ${axis}, got ${describe(x)}.`);
  }
}

/**
 * The slices of `x` at the given indices along an axis, e.g. rows of an embedding.
 *
 * @param x - Input.
 * @param indices - Integers of any shape; negative ones count from the end.
 * @param options - `axis` (default: of the flattened tensor) and `mode` (default `"fill"`: an index outside
 *   the axis gives NaN, or the extreme integer, as in JAX). Its gradient adds up over repeated indices.
 * @returns The shape of `x` with `axis` replaced by the shape of `indices`; dtype of `x`.
 * @throws {@link TypeError} if `indices` are no integers.
 * @throws {@link RangeError} if `axis` is out of range or has length 0.
 *
 * @example
 * ```ts
 * import { take } from "@flaxen/autodiff";
 *
 * take([[1, 2], [3, 4], [5, 6]], [2, 0], { axis: 0 }); // => [[5, 6], [1, 2]]
 * take([1, 2], [0, -1, 5]); // => [1, 2, NaN]
 * take([1, 2], [0.5]); // throws TypeError: take: indices must be of an integer dtype, got float32[1].
 * ```
 */
export function take(x: TensorLike, indices: TensorLike, options: TakeOptions = {}): Tensor {
  checkOptions("take", options, TAKE_OPTIONS);
  const { axis, mode = "fill" } = options;
  checkMode("take", mode);
  const operand = axis === undefined ? ravel(x) : checkOperand("take", "x", x);
  const places = checkIndices("take", indices);
  const position = normalizeAxis("take", axis ?? 0, operand.shape.length);
  checkNotEmpty("take", operand, position, places);
  return bind(takePrimitive, [operand, places], {
    axis: position,
    mode,
    fill: fillValue(operand.dtype),
  });
}

/**
 * For each position one element along an axis, e.g. the logit of each row's label.
 *
 * @param x - Input.
 * @param indices - Integers, of the rank of `x`; the other axes broadcast against those of `x`. Negative ones
 *   count from the end; an index outside the axis gives NaN, or the extreme integer, as in JAX.
 * @param axis - Axis to index (default -1).
 * @returns The broadcast shape, with the length of `indices` along `axis`; dtype of `x`.
 * @throws {@link TypeError} if `indices` are no integers.
 * @throws {@link RangeError} if the ranks differ, the shapes cannot be broadcast, or `axis` is out of range
 *   or has length 0.
 *
 * @example
 * ```ts
 * import { takeAlongAxis } from "@flaxen/autodiff";
 *
 * takeAlongAxis([[1, 2, 3], [4, 5, 6]], [[2], [0]], 1); // => [[3], [4]]
 * ```
 */
export function takeAlongAxis(x: TensorLike, indices: TensorLike, axis: number = -1): Tensor {
  const operand = checkOperand("takeAlongAxis", "x", x);
  const places = checkIndices("takeAlongAxis", indices);
  const ndim = operand.shape.length;
  if (places.shape.length !== ndim) {
    throw new RangeError(
      `takeAlongAxis: indices must have the rank of x, ${ndim}, got ${describe(places)}.`,
    );
  }
  const position = normalizeAxis("takeAlongAxis", axis, ndim);
  checkNotEmpty("takeAlongAxis", operand, position, places);
  const common = broadcastOperands("takeAlongAxis", [
    { shape: operand.shape.with(position, 1), dtype: operand.dtype },
    { shape: places.shape.with(position, 1), dtype: places.dtype },
  ]);
  return bind(
    takeAlongAxisPrimitive,
    [
      expandTo(operand, common.with(position, operand.shape[position])),
      expandTo(places, common.with(position, places.shape[position])),
    ],
    { axis: position, mode: "fill", fill: fillValue(operand.dtype) },
  );
}
