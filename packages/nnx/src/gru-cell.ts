import type { DType } from "@flaxen/dtype";
import { add, multiply, split, subtract } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import type { Shape } from "@flaxen/ndarray";
import { checkFeatures } from "./arguments.ts";
import { Linear } from "./linear.ts";
import { methodOf } from "./places.ts";
import { checkCell, GATED_OPTIONS, makeCarry, RNNCellBase } from "./recurrent.ts";
import type { GatedCellOptions, InitializeCarryOptions } from "./recurrent.ts";

/**
 * A gated recurrent unit: `r, z = sigmoid(W_i x + b + W_h h)`, `n = tanh(W_in x + b_n + r * (W_hn h))`,
 * `h' = (1 - z) * n + z * h`.
 *
 * The kernels hold the columns of `r`, `z` and `n` side by side, in this order.
 *
 * @see Cho et al. (2014), "Learning phrase representations using RNN encoder-decoder".
 *   https://arxiv.org/abs/1406.1078. Here `r` acts on the product with the state, which has no bias of
 *   its own, and `z` weighs the old state.
 *
 * @example
 * ```ts
 * import { ones } from "@flaxen/ndarray";
 * import { GRUCell, Rngs } from "@flaxen/nnx";
 *
 * const rngs = new Rngs(0);
 * const cell = new GRUCell(3, 5, { rngs });
 * const [next, y] = cell.forward(cell.initializeCarry([2, 3], { rngs }), ones([2, 3]));
 * next === y; // => true
 * y.shape; // => [2, 5]
 * ```
 */
export class GRUCell extends RNNCellBase<Tensor> {
  /** Size of the last axis of the input. */
  readonly inFeatures: number;
  /** Size of the last axis of the state. */
  readonly hiddenFeatures: number;
  /** Squashes the gates. */
  readonly gateFn: (x: Tensor) => Tensor;
  /** Squashes the new content. */
  readonly activationFn: (x: Tensor) => Tensor;
  /** The dtype to compute in; undefined for the common one of input, state and parameters. */
  readonly dtype: DType | undefined;
  /** The dtype in which the parameters were made. */
  readonly paramDtype: DType;
  /** Kernel `[inFeatures, 3 * hiddenFeatures]` and bias. */
  denseI: Linear;
  /** Kernel `[hiddenFeatures, 3 * hiddenFeatures]`, no bias. */
  denseH: Linear;

  /**
   * Makes the parameters: draws keys for kernel and bias of the input and for the kernel of the state.
   *
   * @param inFeatures - size of the last axis of the input, at least 1.
   * @param hiddenFeatures - size of the last axis of the state, at least 1.
   * @param options - see {@link GatedCellOptions}; `rngs` is required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown, or a dtype is not floating.
   * @throws {@link RangeError} if a size is not a positive integer.
   */
  constructor(inFeatures: number, hiddenFeatures: number, options: GatedCellOptions) {
    super();
    const checked = checkCell("GRUCell", inFeatures, hiddenFeatures, options, GATED_OPTIONS);
    const { dtype, paramDtype, rngs, kernelInit, biasInit, recurrentKernelInit } = checked;
    this.inFeatures = inFeatures;
    this.hiddenFeatures = hiddenFeatures;
    this.gateFn = checked.gateFn;
    this.activationFn = checked.activationFn;
    this.dtype = dtype;
    this.paramDtype = paramDtype;
    const shared = { dtype, paramDtype, rngs };
    this.denseI = new Linear(inFeatures, 3 * hiddenFeatures, {
      ...shared,
      kernelInit,
      kernelMetadata: checked.kernelMetadata,
      biasInit,
      biasMetadata: checked.biasMetadata,
    });
    this.denseH = new Linear(hiddenFeatures, 3 * hiddenFeatures, {
      ...shared,
      useBias: false,
      kernelInit: recurrentKernelInit,
      kernelMetadata: checked.recurrentKernelMetadata,
    });
  }

  /** Names of several words have underscores in files. */
  override get fileNames(): Readonly<Record<string, string>> {
    return { denseH: "dense_h", denseI: "dense_i" };
  }

  /**
   * Makes the state before the first step.
   *
   * @param inputShape - `[...batch, inFeatures]`.
   * @param options - `rngs`, of which one key is drawn, and `carryInit` (default zeros, which need no `rngs`).
   * @returns shape `[...batch, hiddenFeatures]`.
   * @throws {@link TypeError} if `carryInit` is given and `rngs` is missing.
   * @throws {@link RangeError} if `inputShape` is empty.
   */
  initializeCarry(inputShape: Shape, options: Partial<InitializeCarryOptions> = {}): Tensor {
    return makeCarry("GRUCell.initializeCarry", inputShape, options, this, 1)[0];
  }

  /**
   * Takes one step.
   *
   * @param carry - the state, shape `[...batch, hiddenFeatures]`.
   * @param x - shape `[...batch, inFeatures]`.
   * @returns the new state twice: as the next carry and as the output.
   * @throws {@link RangeError} if a last axis has another size.
   */
  forward(carry: Tensor, x: TensorLike): [Tensor, Tensor] {
    const input = checkFeatures(
      methodOf(this, "GRUCell.forward"),
      x,
      "inFeatures",
      this.inFeatures,
    );
    const [xr, xz, xn] = split(this.denseI.forward(input), 3, { axis: -1 });
    const [hr, hz, hn] = split(this.denseH.forward(carry), 3, { axis: -1 });
    const r = this.gateFn(add(xr, hr));
    const z = this.gateFn(add(xz, hz));
    const n = this.activationFn(add(xn, multiply(r, hn)));
    const state = add(multiply(subtract(1, z), n), multiply(z, carry));
    return [state, state];
  }
}
