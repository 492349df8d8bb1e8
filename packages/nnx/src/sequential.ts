import { describe } from "@flaxen/dtype";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { Module } from "./module.ts";

/** What a `Sequential` is made of: something with a `forward` method, or a function. */
export type SequentialLayer =
  | {
      /** Applies the layer. */
      forward(x: Tensor): unknown;
    }
  | ((x: Tensor) => unknown);

/**
 * Feeds each layer the result of the one before.
 *
 * A layer that returns an array of tensors hands its elements to the next one as several arguments.
 * Functions hold no state but count in the paths: item `i` has the path `layers.i`.
 *
 * @example
 * ```ts
 * import { relu } from "@flaxen/autodiff";
 * import { Linear, Rngs, Sequential } from "@flaxen/nnx";
 *
 * const rngs = new Rngs(0);
 * const mlp = new Sequential(new Linear(2, 8, { rngs }), relu, new Linear(8, 1, { rngs }));
 * mlp.forward([[0, 1], [1, 0]]).shape; // => [2, 1]
 * mlp.layers[2].kernel.shape; // => [8, 1]
 * ```
 */
export class Sequential<
  L extends readonly SequentialLayer[] = readonly SequentialLayer[],
> extends Module {
  /** The layers in their order. */
  layers: L;

  /**
   * Chains layers.
   *
   * @param layers - any number; without any, `forward` returns its input.
   * @throws {@link TypeError} if an argument is neither a function nor has a `forward` method.
   */
  constructor(...layers: L) {
    super();
    layers.forEach((layer: unknown, i) => {
      if (typeof layer !== "function" && !hasForward(layer)) {
        throw new TypeError(
          `Sequential: layers must be functions or have a forward method, got ${describe(layer)} at index ${i}.`,
        );
      }
    });
    // Rest parameters are a fresh array, which the copies of `merge` and `clone` are too.
    this.layers = layers;
  }

  /**
   * Applies the layers in turn.
   *
   * @param inputs - the arguments of the first layer, usually one array.
   * @returns what the last layer returns.
   */
  forward(...inputs: readonly TensorLike[]): Tensor {
    let args: readonly unknown[] = inputs;
    let result: unknown = inputs.length === 1 ? inputs[0] : inputs;
    for (const layer of this.layers) {
      result =
        typeof layer === "function"
          ? (layer as (...args: readonly unknown[]) => unknown)(...args)
          : (layer.forward as (...args: readonly unknown[]) => unknown).apply(layer, [...args]);
      args = Array.isArray(result) ? (result as readonly unknown[]) : [result];
    }
    return result as Tensor;
  }
}

function hasForward(layer: unknown): boolean {
  return (
    typeof layer === "object" &&
    layer !== null &&
    "forward" in layer &&
    typeof layer.forward === "function"
  );
}
