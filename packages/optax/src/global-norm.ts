import { add, sqrt, square, sum } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { defaultFloat } from "@flaxen/dtype";
import { zeros } from "@flaxen/ndarray";
import { takeLeaves } from "./leaves.ts";

/**
 * The Euclidean norm of all elements of a tree taken as one vector.
 *
 * `sqrt(sum over leaves of sum(x^2))`; 0 for a tree without leaves.
 *
 * @param updates - A tree of tensors.
 * @returns A scalar.
 * @throws {@link TypeError} if a leaf is no tensor.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { globalNorm } from "@flaxen/optax";
 *
 * globalNorm({ a: array([3]), b: [array([[0, 4]])] }); // => 5
 * ```
 */
export function globalNorm(updates: unknown): Tensor {
  return normOf(takeLeaves("globalNorm", "updates", updates).leaves);
}

/** The norm of leaves that are known to be tensors. */
export function normOf(leaves: readonly Tensor[]): Tensor {
  if (leaves.length === 0) return zeros([], defaultFloat());
  return sqrt(leaves.map((leaf) => sum(square(leaf))).reduce((total, part) => add(total, part)));
}
