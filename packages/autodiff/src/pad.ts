import { allocate, describe, itemSize } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { flatData, NDArray } from "@flaxen/ndarray";
import { sizeOf } from "./compute-dtype.ts";
import { subtract } from "./elementwise-binary.ts";
import { byteStrides, hasLongRows, planMove } from "./kernels/move.ts";
import type { MemoryKernel } from "./memory-kernel.ts";
import { cast, checkOperand } from "./operands.ts";
import { patterns } from "./patterns.ts";
import { bind } from "./primitive.ts";
import type { Primitive, ShapedArray } from "./primitive.ts";
import { sum } from "./reduction.ts";
import { slice } from "./slice.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

/** Elements to add before, after and between: negative ends cut elements off. */
export type Padding = readonly [low: number, high: number, interior?: number];

interface PadParams {
  readonly paddings: readonly (readonly [low: number, high: number, interior: number])[];
}

const padPrimitive: Primitive<PadParams> = {
  name: "pad",
  abstractEval: ([x], { paddings }) => {
    const shape = x.shape.map((n, axis) => {
      const [low, high, interior] = paddings[axis];
      return low + n + Math.max(0, n - 1) * interior + high;
    });
    if (shape.some((n) => n < 0)) {
      throw new RangeError(
        `pad: paddings must leave no axis negative, got ${describe(paddings.map((p) => [...p]))} for shape ${describe(x.shape)}.`,
      );
    }
    return { shape, dtype: x.dtype };
  },
  evaluate: ([x, value], { paddings }, out) => evaluatePad(x, value, paddings, out),
  kernel: padKernel,
  copyPays: ([x], { paddings }) => paddings.at(-1)?.[2] !== 0 || !hasLongRows(x),
  vjp: (ct, { inputs: [x], params: { paddings }, needs }) => {
    const inner = unpad(ct, x.shape, paddings);
    return [needs[0] ? inner : null, needs[1] ? subtract(sum(ct), sum(inner)) : null];
  },
};

/** What of a padded cotangent lies over the operand. */
function unpad(ct: Tensor, shape: readonly number[], paddings: PadParams["paddings"]): Tensor {
  const whole = padTensor(
    ct,
    paddings.map(([low, high]): Padding => [-low, -high]),
    0,
  );
  return slice(
    whole,
    shape.map(() => 0),
    whole.shape,
    paddings.map(([, , interior]) => interior + 1),
  );
}

/** Rows at least this long are copied by one call of `set`. */
const LONG_ROW = 32;

/** The elements along an axis of length `n` that land inside: `[first, end)`. */
function kept(
  n: number,
  length: number,
  [low, , interior]: PadParams["paddings"][number],
): readonly [first: number, end: number] {
  const step = interior + 1;
  const first = Math.max(0, Math.ceil(-low / step));
  return [first, Math.max(first, Math.min(n, Math.ceil((length - low) / step)))];
}

function evaluatePad(
  x: NDArray,
  value: NDArray,
  paddings: PadParams["paddings"],
  out: ShapedArray,
): NDArray {
  const data = allocate(out.dtype, sizeOf(out.shape));
  const result = new NDArray<DType>(data, out.shape, undefined, 0, out.dtype);
  const o = patterns(data);
  const a = patterns(flatData(x));
  o.fill(patterns(flatData(value))[0]);
  if (o.length === 0 || a.length === 0) return result;
  const ndim = x.shape.length;
  if (ndim === 0) {
    o[0] = a[0];
    return result;
  }
  const inner = ndim - 1;
  const length = x.shape[inner];
  const [innerLow, , innerInterior] = paddings[inner];
  const innerStep = innerInterior + 1;
  const [first, end] = kept(length, out.shape[inner], paddings[inner]);
  const index = new Int32Array(inner);
  for (let row = 0; row < a.length; row += length) {
    let at = innerLow;
    let inside = true;
    for (let axis = 0; axis < inner; axis++) {
      const [low, , interior] = paddings[axis];
      const place = low + index[axis] * (interior + 1);
      if (place < 0 || place >= out.shape[axis]) inside = false;
      at += place * result.stride[axis];
    }
    if (inside) {
      if (innerStep === 1 && end - first >= LONG_ROW) {
        o.set(a.subarray(row + first, row + end), at + first);
      } else for (let k = first; k < end; k++) o[at + k * innerStep] = a[row + k];
    }
    for (let axis = inner - 1; axis >= 0 && ++index[axis] === x.shape[axis]; axis--)
      index[axis] = 0;
  }
  return result;
}

function padKernel(
  [x, value]: readonly ShapedArray[],
  { paddings }: PadParams,
  out: ShapedArray,
): MemoryKernel | undefined {
  const to = byteStrides(out.shape, out.dtype);
  const from = byteStrides(x.shape, x.dtype);
  const size = itemSize(x.dtype);
  const fill = planMove(value.dtype, [{ length: sizeOf(out.shape), to: size, from: 0 }]);
  const limits = x.shape.map((n, axis) => kept(n, out.shape[axis], paddings[axis]));
  const moved = limits.map(([first, end], axis) => ({
    length: end - first,
    to: to[axis] * (paddings[axis][2] + 1),
    from: from[axis],
  }));
  const source = limits.reduce((at, [first], axis) => at + first * from[axis], 0);
  const target = limits.reduce((at, [first], axis) => {
    const [low, , interior] = paddings[axis];
    return at + (low + first * (interior + 1)) * to[axis];
  }, 0);
  const move = planMove(x.dtype, moved, target, source);
  if (fill === undefined || move === undefined) return undefined;
  return ([data, filler], result) => {
    fill(result, filler);
    move(result, data);
  };
}

/** Pads by amounts that are known to be valid; the tensor itself if there is nothing to add. */
export function padTensor(x: Tensor, paddings: readonly Padding[], value: number | Tensor): Tensor {
  if (paddings.every(([low, high, interior = 0]) => low === 0 && high === 0 && interior === 0))
    return x;
  const filler = cast(checkOperand("pad", "value", value), x.dtype);
  return bind(padPrimitive, [x, filler], {
    paddings: paddings.map(([low, high, interior = 0]) => [low, high, interior] as const),
  });
}

/**
 * Surrounds, and with `interior` intersperses, the tensor with a constant, as `jax.lax.pad`.
 *
 * @param x - Input.
 * @param paddings - One `[low, high]` or `[low, high, interior]` per axis: how many elements to add before,
 *   after and between neighbours. Negative `low` and `high` cut elements off.
 * @param value - What to add (default 0), a scalar; cast to the dtype of `x`.
 * @returns Dtype of `x`.
 * @throws {@link RangeError} if `paddings` has not one entry per axis or leaves a negative length.
 *
 * @example
 * ```ts
 * import { pad } from "@flaxen/autodiff";
 *
 * pad([1, 2], [[1, 2]], 9); // => [9, 1, 2, 9, 9]
 * pad([1, 2, 3], [[0, 0, 1]]); // => [1, 0, 2, 0, 3]
 * pad([1, 2, 3], [[-1, 0]]); // => [2, 3]
 * ```
 */
export function pad(x: TensorLike, paddings: readonly Padding[], value: TensorLike = 0): Tensor {
  const operand = checkOperand("pad", "x", x);
  const valid =
    Array.isArray(paddings) &&
    paddings.every(
      (p) =>
        Array.isArray(p) && (p.length === 2 || p.length === 3) && p.every(Number.isSafeInteger),
    );
  if (!valid) {
    throw new TypeError(
      `pad: paddings must be a list of [low, high] or [low, high, interior], got ${describe(paddings)}.`,
    );
  }
  if (paddings.length !== operand.shape.length) {
    throw new RangeError(
      `pad: paddings must have one entry for each of the ${operand.shape.length} axes, got ${describe(paddings)}.`,
    );
  }
  if (paddings.some(([, , interior = 0]) => interior < 0)) {
    throw new RangeError(
      `pad: paddings must not have a negative interior, got ${describe(paddings)}.`,
    );
  }
  const filler = checkOperand("pad", "value", value);
  if (filler.shape.length !== 0) {
    throw new RangeError(`pad: value must be a scalar, got ${describe(filler)}.`);
  }
  return padTensor(operand, paddings, filler);
}
