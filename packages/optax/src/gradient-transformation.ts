import type { Tensor } from "@flaxen/autodiff";

/**
 * A pair of pure functions that turns gradients into updates: the protocol of every optimizer.
 *
 * Parameters, gradients and updates are trees (nested arrays and plain objects) of tensors with the
 * same structure. The state is such a tree too, so it can be saved, copied and traced.
 */
export interface GradientTransformation<State = unknown> {
  /**
   * Builds the state before the first update.
   *
   * @param params - The tree of parameters.
   * @returns The state; it keeps no reference to `params`.
   */
  init(params: unknown): State;

  /**
   * Turns one tree of gradients into updates, leaving its arguments as they are.
   *
   * @param updates - Gradients, or the updates of a transformation before this one.
   * @param state - What `init` or the update before this one returned.
   * @param params - The parameters; needed by transformations that decay weights.
   * @returns The updates, which {@link applyUpdates} adds to the parameters, and the next state.
   */
  update<T>(updates: T, state: State, params?: unknown): [updates: T, state: State];
}

/** The state of a transformation that remembers nothing. */
export type EmptyState = Record<string, never>;

/** The state of a transformation that counts its updates. */
export interface CountState {
  /** Updates so far, an int32 scalar. */
  readonly count: Tensor;
}

/** A tree of tensors that has the structure of the parameters. */
export type TensorTree =
  Tensor | null | undefined | readonly TensorTree[] | { readonly [name: string]: TensorTree };
