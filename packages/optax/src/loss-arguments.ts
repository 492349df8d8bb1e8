import { broadcastTo, expandDims, subtract, sum, toTensor, where } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { describe, isFloating } from "@flaxen/dtype";
import { normalizeAxes } from "@flaxen/ndarray";
import { sameShape } from "./leaves.ts";

/** Converts an argument that must be floating-point. */
export function checkFloating(callee: string, argument: string, value: TensorLike): Tensor {
  const x = toTensor(value, typeof value === "number" ? "float32" : undefined);
  if (isFloating(x.dtype)) return x;
  throw new TypeError(`${callee}: ${argument} must be floating-point, got ${describe(x)}.`);
}

/** The difference of two arguments; the second one is zero by default. */
export function difference(
  callee: string,
  predictions: TensorLike,
  targets: TensorLike | undefined,
): Tensor {
  const x = checkFloating(callee, "predictions", predictions);
  if (targets === undefined) return x;
  return subtract(x, checkSameShape(callee, "targets", targets, "predictions", x));
}

/** Converts an argument that must have the shape of another one. */
export function checkSameShape(
  callee: string,
  argument: string,
  value: TensorLike,
  owner: string,
  reference: Tensor,
): Tensor {
  const x = toTensor(value);
  if (sameShape(x.shape, reference.shape)) return x;
  throw new RangeError(
    `${callee}: ${argument} must have the shape of ${owner}, ${describe(reference.shape)}, got ${describe(x)}.`,
  );
}

/** The axes of the classes or vectors of `owner`, counted from the front, in the order given. */
export function checkAxes(callee: string, axis: unknown, owner: string, x: Tensor): number[] {
  if (typeof axis !== "number" && !Array.isArray(axis)) {
    throw new TypeError(
      `${callee}: axis must be an integer or an array of integers, got ${describe(axis)}.`,
    );
  }
  if (x.ndim === 0) {
    throw new RangeError(`${callee}: ${owner} must have at least one axis, got ${describe(x)}.`);
  }
  return normalizeAxes(callee, axis as number | readonly number[], x.ndim);
}

/** The elements of `x` that count, as booleans of its shape; undefined for all. */
export function checkWhere(
  callee: string,
  chosen: TensorLike | undefined,
  owner: string,
  x: Tensor,
  axes: readonly number[],
): Tensor | undefined {
  if (chosen === undefined) return undefined;
  const mask = toTensor(chosen);
  if (mask.dtype !== "bool") {
    throw new TypeError(`${callee}: where must be booleans, got ${describe(mask)}.`);
  }
  const rest = x.shape.filter((_, i) => !axes.includes(i));
  if (sameShape(mask.shape, rest)) {
    return broadcastTo(expandDims(mask, axes), x.shape);
  }
  if (mask.ndim === x.ndim && mask.shape.every((n, i) => n === x.shape[i] || n === 1)) {
    return broadcastTo(mask, x.shape);
  }
  throw new RangeError(
    `${callee}: where must have the shape of ${owner}, ${describe(x.shape)}, or that without its axes ${describe(axes)}, got ${describe(mask)}.`,
  );
}

/** The sum over axes of the elements that count. */
export function sumWhere(x: Tensor, axes: readonly number[], mask: Tensor | undefined): Tensor {
  return sum(mask === undefined ? x : where(mask, x, 0), { axis: axes });
}
