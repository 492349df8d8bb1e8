import { describe } from "@flaxen/dtype";
import { concatenate as joinArrays, normalizeAxis } from "@flaxen/ndarray";
import { byteStrides, planMove } from "./kernels/move.ts";
import type { Mover } from "./kernels/move.ts";
import { promote } from "./operands.ts";
import { bind } from "./primitive.ts";
import type { Primitive } from "./primitive.ts";
import { reshapeTo } from "./reshape.ts";
import { slice } from "./slice.ts";
import type { Tensor, TensorLike } from "./tensor.ts";

const concatenatePrimitive: Primitive<{ readonly axis: number }> = {
  name: "concatenate",
  abstractEval: (inputs, { axis }) => {
    const { shape, dtype } = inputs[0];
    let length = 0;
    for (const x of inputs) {
      if (x.shape.length !== shape.length || x.shape.some((n, i) => i !== axis && n !== shape[i])) {
        throw new RangeError(
          `concatenate: tensors must agree on every axis but ${axis}, got shapes ${describe(shape)} and ${describe(x.shape)}.`,
        );
      }
      length += x.shape[axis];
    }
    return { shape: shape.with(axis, length), dtype };
  },
  evaluate: (inputs, { axis }) => joinArrays(inputs, axis),
  kernel: (inputs, { axis }, out) => {
    const to = byteStrides(out.shape, out.dtype);
    const moves: Mover[] = [];
    let first = 0;
    for (const { shape, dtype } of inputs) {
      const from = byteStrides(shape, dtype);
      const moved = shape.map((length, i) => ({ length, to: to[i], from: from[i] }));
      const move = planMove(dtype, moved, first);
      if (move === undefined) return undefined;
      moves.push(move);
      first += shape[axis] * to[axis];
    }
    return (sources, target) => {
      for (let i = 0; i < moves.length; i++) moves[i](target, sources[i]);
    };
  },
  copyPays: () => false,
  vjp: (ct, { inputs, params: { axis }, needs }) => {
    let begin = 0;
    return inputs.map((x, i) => {
      const start = ct.shape.map((_, k) => (k === axis ? begin : 0));
      begin += x.shape[axis];
      const limit = ct.shape.with(axis, begin);
      return needs[i] ? slice(ct, start, limit) : null;
    });
  },
};

/**
 * Joins tensors along an existing axis.
 *
 * @param tensors - At least one; equal shapes but for `axis`.
 * @param axis - Axis to join along (default 0).
 * @returns Promoted dtype.
 * @throws {@link RangeError} if there is no tensor, the shapes differ elsewhere, or `axis` is out of range.
 *
 * @example
 * ```ts
 * import { concatenate } from "@flaxen/autodiff";
 *
 * concatenate([[[1], [2]], [[3], [4]]], 1); // => [[1, 3], [2, 4]]
 * ```
 */
export function concatenate(tensors: readonly TensorLike[], axis: number = 0): Tensor {
  const operands = checkTensors("concatenate", tensors);
  const ndim = operands[0].shape.length;
  return bind(concatenatePrimitive, operands, { axis: normalizeAxis("concatenate", axis, ndim) });
}

/**
 * Joins tensors of one shape along a new axis.
 *
 * @param tensors - At least one; equal shapes.
 * @param axis - Position of the new axis in the result (default 0).
 * @returns Promoted dtype.
 * @throws {@link RangeError} if there is no tensor, the shapes differ, or `axis` is out of range.
 *
 * @example
 * ```ts
 * import { stack } from "@flaxen/autodiff";
 *
 * stack([[1, 2], [3, 4]], 1); // => [[1, 3], [2, 4]]
 * ```
 */
export function stack(tensors: readonly TensorLike[], axis: number = 0): Tensor {
  const operands = checkTensors("stack", tensors);
  const { shape } = operands[0];
  const position = normalizeAxis("stack", axis, shape.length + 1);
  const raised = operands.map((x) => {
    if (x.shape.length !== shape.length || x.shape.some((n, i) => n !== shape[i])) {
      throw new RangeError(
        `stack: tensors must have equal shapes, got ${describe(shape)} and ${describe(x.shape)}.`,
      );
    }
    return reshapeTo(x, shape.toSpliced(position, 0, 1));
  });
  return bind(concatenatePrimitive, raised, { axis: position });
}

function checkTensors(callee: string, tensors: readonly TensorLike[]): Tensor[] {
  if (!Array.isArray(tensors)) {
    throw new TypeError(`${callee}: tensors must be a list of tensors, got ${describe(tensors)}.`);
  }
  if (tensors.length === 0) {
    throw new RangeError(`${callee}: tensors must hold at least one tensor, got [].`);
  }
  return promote(
    callee,
    tensors.map((_, i) => `tensors[${i}]`),
    tensors,
  );
}
