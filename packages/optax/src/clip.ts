import {
  clip as clamp,
  divide,
  less,
  maximum,
  mean,
  multiply,
  sqrt,
  square,
  where,
} from "@flaxen/autodiff";
import { checkNonNegative, checkPositive } from "./arguments.ts";
import type { EmptyState, GradientTransformation } from "./gradient-transformation.ts";
import { normOf } from "./global-norm.ts";
import { likeScalar } from "./hyperparam.ts";
import { mapLeaves, rebuild, takeLeaves } from "./leaves.ts";

/**
 * Builds the transformation that limits each element of the updates to `[-maxDelta, maxDelta]`.
 *
 * @param maxDelta - A non-negative finite number.
 * @returns A transformation whose state is `{}`; dtypes are kept.
 * @throws {@link TypeError} if `maxDelta` is no number.
 * @throws {@link RangeError} if it is negative or not finite.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { clip } from "@flaxen/optax";
 *
 * clip(1).update(array([-3, 0.5, 2]), {})[0]; // => [-1, 0.5, 1]
 * ```
 */
export function clip(maxDelta: number): GradientTransformation<EmptyState> {
  checkNonNegative("clip", "maxDelta", maxDelta);
  return {
    init: () => ({}),
    update<T>(updates: T, state: EmptyState): [T, EmptyState] {
      const { leaves, structure } = takeLeaves("clip.update", "updates", updates);
      return [
        rebuild(
          structure,
          leaves.map((g) => clamp(g, -maxDelta, maxDelta)),
        ),
        state,
      ];
    },
  };
}

/**
 * Builds the transformation that shrinks the updates together so that their global norm is at most
 * `maxNorm`.
 *
 * Updates whose {@link globalNorm} is less than `maxNorm` stay as they are; others are multiplied by
 * `maxNorm / globalNorm(updates)`.
 *
 * @param maxNorm - A positive finite number.
 * @returns A transformation whose state is `{}`; dtypes are kept.
 * @throws {@link TypeError} if `maxNorm` is no number.
 * @throws {@link RangeError} if it is not positive or not finite.
 * @see Pascanu et al. (2013), "On the difficulty of training recurrent neural networks",
 *   algorithm 1. https://proceedings.mlr.press/v28/pascanu13.html
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { clipByGlobalNorm } from "@flaxen/optax";
 *
 * const tx = clipByGlobalNorm(2.5);
 * tx.update({ a: array([3]), b: array([4]) }, {})[0]; // => { a: [1.5], b: [2] }
 * ```
 */
export function clipByGlobalNorm(maxNorm: number): GradientTransformation<EmptyState> {
  checkPositive("clipByGlobalNorm", "maxNorm", maxNorm);
  return {
    init: () => ({}),
    update<T>(updates: T, state: EmptyState): [T, EmptyState] {
      const { leaves, structure } = takeLeaves("clipByGlobalNorm.update", "updates", updates);
      const norm = normOf(leaves);
      // One factor, so that each leaf is passed over once.
      const factor = where(less(norm, maxNorm), 1, divide(maxNorm, norm));
      const clipped = leaves.map((g) => multiply(g, likeScalar(factor, 1, g)));
      return [rebuild(structure, clipped), state];
    },
  };
}

/**
 * Builds the transformation that shrinks the update of each parameter tensor so that its root mean
 * square is at most `threshold`.
 *
 * `updates / max(1, sqrt(mean(updates^2)) / threshold)` for each leaf.
 *
 * @param threshold - A positive finite number.
 * @returns A transformation whose state is `{}`; dtypes are kept.
 * @throws {@link TypeError} if `threshold` is no number.
 * @throws {@link RangeError} if it is not positive or not finite.
 * @see Shazeer and Stern (2018), "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost",
 *   section 6. https://arxiv.org/abs/1804.04235
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { clipByBlockRms } from "@flaxen/optax";
 *
 * const tx = clipByBlockRms(1);
 * tx.update({ a: array([2, -2]), b: array([0.5, 0]) }, {})[0]; // => { a: [1, -1], b: [0.5, 0] }
 * ```
 */
export function clipByBlockRms(threshold: number): GradientTransformation<EmptyState> {
  checkPositive("clipByBlockRms", "threshold", threshold);
  return {
    init: () => ({}),
    update<T>(updates: T, state: EmptyState): [T, EmptyState] {
      const clipped = mapLeaves("clipByBlockRms.update", updates, (g) => {
        // Divided before the square, which would overflow or vanish sooner; and the root is taken of 1
        // at least, where its slope is finite.
        const relative = mean(square(divide(g, threshold)));
        return divide(g, sqrt(maximum(relative, 1)));
      });
      return [clipped, state];
    },
  };
}
