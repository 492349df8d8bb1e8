import { describe } from "@flaxen/dtype";
import { contiguous, NDArray } from "@flaxen/ndarray";
import { sizeOf } from "./compute-dtype.ts";
import { concatenate } from "./concatenate.ts";
import { add } from "./elementwise-binary.ts";
import { byteStrides, planMove } from "./kernels/move.ts";
import { checkOperand } from "./operands.ts";
import { padTensor } from "./pad.ts";
import type { Padding } from "./pad.ts";
import { bind } from "./primitive.ts";
import type { Primitive, VjpContext } from "./primitive.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

interface SliceParams {
  readonly start: readonly number[];
  readonly limit: readonly number[];
  readonly strides: readonly number[];
}

const slicePrimitive: Primitive<SliceParams> = {
  name: "slice",
  abstractEval: ([x], { start, limit, strides }) => ({
    shape: start.map((begin, axis) => Math.ceil((limit[axis] - begin) / strides[axis])),
    dtype: x.dtype,
  }),
  evaluate: ([x], { start, strides }, out) => {
    const empty = sizeOf(out.shape) === 0;
    const offset = start.reduce((at, begin, axis) => at + begin * x.stride[axis], x.offset);
    const stride = x.stride.map((step, axis) => step * strides[axis]);
    return contiguous(new NDArray(x.data, out.shape, stride, empty ? x.offset : offset, x.dtype));
  },
  kernel: ([x], { start, strides }, out) => {
    const from = byteStrides(x.shape, x.dtype);
    const to = byteStrides(out.shape, out.dtype);
    const moved = out.shape.map((length, axis) => ({
      length,
      to: to[axis],
      from: from[axis] * strides[axis],
    }));
    const first = start.reduce((at, begin, axis) => at + begin * from[axis], 0);
    const move = planMove(x.dtype, moved, 0, first);
    return move && (([source], target) => move(target, source));
  },
  copyPays: () => false,
  vjp: (ct, context) => [surround(ct, context)],
  vjpOfParts(cts, contexts) {
    return joinParts(cts, contexts) ?? cts.map((ct, i) => surround(ct, contexts[i])).reduce(sum);
  },
};

function sum(a: Tensor, b: Tensor): Tensor {
  return add(a, b);
}

/** Puts zeros where a slice took nothing. */
function surround(
  ct: Tensor,
  { inputs: [x], params: { start, strides } }: VjpContext<SliceParams>,
): Tensor {
  const paddings = start.map((low, axis): Padding => {
    const n = ct.shape[axis];
    const covered = n === 0 ? 0 : (n - 1) * strides[axis] + 1;
    return [low, x.shape[axis] - low - covered, strides[axis] - 1];
  });
  return padTensor(ct, paddings, 0);
}

/** Joins slices that lie one after the other along one axis; undefined if they lie otherwise. */
function joinParts(
  cts: readonly Tensor[],
  contexts: readonly VjpContext<SliceParams>[],
): Tensor | undefined {
  if (cts.length === 1) return surround(cts[0], contexts[0]);
  const [first, second] = contexts.map(({ params }) => params);
  const axis = first.start.findIndex(
    (begin, i) => begin !== second.start[i] || first.limit[i] !== second.limit[i],
  );
  const inLine = contexts.every(({ params: { start, limit, strides } }) =>
    start.every(
      (begin, i) =>
        strides[i] === 1 &&
        (i === axis || (begin === first.start[i] && limit[i] === first.limit[i])),
    ),
  );
  if (axis < 0 || !inLine) return undefined;
  const parts = contexts
    .map(({ params: { start, limit } }, i) => ({
      begin: start[axis],
      end: limit[axis],
      ct: cts[i],
    }))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  const { shape } = contexts[0].inputs[0];
  const last = parts.length - 1;
  if (parts.some(({ end }, i) => i < last && end > parts[i + 1].begin)) return undefined;
  const none = shape.map((): Padding => [0, 0]);
  const joined = parts.map(({ ct, end }, i) => {
    const gap = i < last ? parts[i + 1].begin - end : 0;
    return padTensor(ct, none.with(axis, [0, gap]), 0);
  });
  const ends = shape.map((n, i): Padding =>
    i === axis ? [parts[0].begin, n - parts[last].end] : [first.start[i], n - first.limit[i]],
  );
  return padTensor(concatenate(joined, axis), ends, 0);
}

/**
 * A box of the tensor, with strides, as `jax.lax.slice`.
 *
 * @param x - Input.
 * @param start - First index of each axis, included.
 * @param limit - Last index of each axis, excluded (default: the lengths of `x`).
 * @param strides - Steps, 1 or more (default 1).
 * @returns Dtype of `x`.
 * @throws {@link RangeError} if a list has not one entry per axis, or an index is out of range.
 *
 * @example
 * ```ts
 * import { slice } from "@flaxen/autodiff";
 *
 * slice([[1, 2, 3], [4, 5, 6]], [0, 1]); // => [[2, 3], [5, 6]]
 * slice([1, 2, 3, 4, 5], [0], [5], [2]); // => [1, 3, 5]
 * slice([1, 2], [0], [3]); // throws RangeError: slice: limit must lie between start and the shape [2], got [3] for start [0].
 * ```
 */
export function slice(
  x: TensorLike,
  start: readonly number[],
  limit?: readonly number[],
  strides?: readonly number[],
): Tensor {
  const operand = checkOperand("slice", "x", x);
  const { shape } = operand;
  checkPerAxis("start", start, shape.length);
  const end = limit ?? shape;
  checkPerAxis("limit", end, shape.length);
  const steps = strides ?? shape.map(() => 1);
  checkPerAxis("strides", steps, shape.length);
  if (start.some((begin, axis) => begin < 0 || begin > shape[axis])) {
    throw new RangeError(
      `slice: start must lie between 0 and the shape ${describe(shape)}, got ${describe(start)}.`,
    );
  }
  if (end.some((stop, axis) => stop < start[axis] || stop > shape[axis])) {
    throw new RangeError(
      `slice: limit must lie between start and the shape ${describe(shape)}, got ${describe(end)} for start ${describe(start)}.`,
    );
  }
  if (steps.some((step) => step < 1)) {
    throw new RangeError(`slice: strides must be at least 1, got ${describe(steps)}.`);
  }
  if (start.every((begin, axis) => begin === 0 && end[axis] === shape[axis] && steps[axis] === 1)) {
    return operand;
  }
  return bind(slicePrimitive, [operand], {
    start: [...start],
    limit: [...end],
    strides: [...steps],
  });
}

function checkPerAxis(argument: string, list: readonly number[], ndim: number): void {
  if (!Array.isArray(list) || !list.every((n) => Number.isSafeInteger(n))) {
    throw new TypeError(`slice: ${argument} must be a list of integers, got ${describe(list)}.`);
  }
  if (list.length !== ndim) {
    throw new RangeError(
      `slice: ${argument} must have one entry for each of the ${ndim} axes, got ${describe(list)}.`,
    );
  }
}
