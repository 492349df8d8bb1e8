import { toTensor, tree, where } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { isNDArray } from "@flaxen/ndarray";
import { cast } from "./leaves.ts";

/**
 * One of two trees of tensors with the same structure. A scalar condition that can be read decides
 * which one is worked out; a traced one selects between the leaves of both.
 */
export function choose<T>(condition: Tensor, whenTrue: () => T, whenFalse: () => T): T {
  if (isNDArray(condition)) return condition.item() ? whenTrue() : whenFalse();
  const select = (a: TensorLike, b: TensorLike): Tensor =>
    cast(where(condition, a, b), toTensor(b).dtype);
  return tree.map(select, whenTrue(), whenFalse()) as T;
}
