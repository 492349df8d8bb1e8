import type { EmptyState, GradientTransformation } from "./gradient-transformation.ts";

/**
 * Builds the transformation that returns the updates as they are.
 *
 * @returns A transformation whose state is `{}`.
 *
 * @example
 * ```ts
 * import { identity } from "@flaxen/optax";
 *
 * identity().update([1, 2], {}); // => [[1, 2], {}]
 * ```
 */
export function identity(): GradientTransformation<EmptyState> {
  return {
    init: () => ({}),
    update: <T>(updates: T, state: EmptyState): [T, EmptyState] => [updates, state],
  };
}
