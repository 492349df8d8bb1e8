import { toTensor } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { describe, isFloating } from "@flaxen/dtype";
import { sameShape } from "./leaves.ts";

/** Converts an argument that must be floating-point. */
export function checkFloating(callee: string, argument: string, value: TensorLike): Tensor {
  const x = toTensor(value, typeof value === "number" ? "float32" : undefined);
  if (isFloating(x.dtype)) return x;
  throw new TypeError(`${callee}: ${argument} must be floating-point, got ${describe(x)}.`);
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
