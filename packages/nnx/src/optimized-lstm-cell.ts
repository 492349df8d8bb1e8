import type { DType } from "@flaxen/dtype";
import { add, split } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import type { Shape } from "@flaxen/ndarray";
import { checkFeatures } from "./arguments.ts";
import { updateMemory } from "./gates.ts";
import { Linear } from "./linear.ts";
import { methodOf } from "./places.ts";
import { checkCell, GATED_OPTIONS, makeCarry, RNNCellBase } from "./recurrent.ts";
import type { GatedCellOptions, InitializeCarryOptions } from "./recurrent.ts";

/**
 * A long short-term memory, as `LSTMCell`, whose kernels hold the columns of `i`, `f`, `g` and `o` side
 * by side, in this order, so that a step takes two products.
 *
 * The initial weights are not those of `LSTMCell`.
 *
 * @see Hochreiter and Schmidhuber (1997), "Long short-term memory".
 *   https://doi.org/10.1162/neco.1997.9.8.1735, with the forget gate of Gers et al. (2000).
 *
 * @example
 * ```ts
 * import { ones } from "@flaxen/ndarray";
 * import { OptimizedLSTMCell, Rngs } from "@flaxen/nnx";
 *
 * const rngs = new Rngs(0);
 * const cell = new OptimizedLSTMCell(3, 5, { rngs });
 * cell.denseH.kernel.shape; // => [5, 20]
 * const [[c, h], y] = cell.forward(cell.initializeCarry([2, 3], { rngs }), ones([2, 3]));
 * h === y; // => true
 * c.shape; // => [2, 5]
 * ```
 */
export class OptimizedLSTMCell extends RNNCellBase<[Tensor, Tensor]> {
  /** Size of the last axis of the input. */
  readonly inFeatures: number;
  /** Size of the last axis of the state. */
  readonly hiddenFeatures: number;
  /** Squashes the gates. */
  readonly gateFn: (x: Tensor) => Tensor;
  /** Squashes the new content and the cell. */
  readonly activationFn: (x: Tensor) => Tensor;
  /** The dtype to compute in; undefined for the common one of input, state and parameters. */
  readonly dtype: DType | undefined;
  /** The dtype in which the parameters were made. */
  readonly paramDtype: DType;
  /** Kernel `[inFeatures, 4 * hiddenFeatures]`, no bias. */
  denseI: Linear;
  /** Kernel `[hiddenFeatures, 4 * hiddenFeatures]` and bias. */
  denseH: Linear;

  /**
   * Makes the parameters: draws keys for the kernel of the input and for kernel and bias of the state.
   *
   * @param inFeatures - size of the last axis of the input, at least 1.
   * @param hiddenFeatures - size of the last axis of the state, at least 1.
   * @param options - see {@link GatedCellOptions}; `rngs` is required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown, or a dtype is not floating.
   * @throws {@link RangeError} if a size is not a positive integer.
   */
  constructor(inFeatures: number, hiddenFeatures: number, options: GatedCellOptions) {
    super();
    const callee = "OptimizedLSTMCell";
    const checked = checkCell(callee, inFeatures, hiddenFeatures, options, GATED_OPTIONS);
    const { dtype, paramDtype, rngs, kernelInit, biasInit, recurrentKernelInit } = checked;
    this.inFeatures = inFeatures;
    this.hiddenFeatures = hiddenFeatures;
    this.gateFn = checked.gateFn;
    this.activationFn = checked.activationFn;
    this.dtype = dtype;
    this.paramDtype = paramDtype;
    const shared = { dtype, paramDtype, rngs };
    this.denseI = new Linear(inFeatures, 4 * hiddenFeatures, {
      ...shared,
      useBias: false,
      kernelInit,
      kernelMetadata: checked.kernelMetadata,
    });
    this.denseH = new Linear(hiddenFeatures, 4 * hiddenFeatures, {
      ...shared,
      kernelInit: recurrentKernelInit,
      kernelMetadata: checked.recurrentKernelMetadata,
      biasInit,
      biasMetadata: checked.biasMetadata,
    });
  }

  /** Names of several words have underscores in files. */
  override get fileNames(): Readonly<Record<string, string>> {
    return { denseH: "dense_h", denseI: "dense_i" };
  }

  /**
   * Makes cell and state before the first step.
   *
   * @param inputShape - `[...batch, inFeatures]`.
   * @param options - `rngs`, of which two keys are drawn, and `carryInit` (default zeros, which need no `rngs`).
   * @returns two arrays of shape `[...batch, hiddenFeatures]`.
   * @throws {@link TypeError} if `carryInit` is given and `rngs` is missing.
   * @throws {@link RangeError} if `inputShape` is empty.
   */
  initializeCarry(
    inputShape: Shape,
    options: Partial<InitializeCarryOptions> = {},
  ): [Tensor, Tensor] {
    const [c, h] = makeCarry("OptimizedLSTMCell.initializeCarry", inputShape, options, this, 2);
    return [c, h];
  }

  /**
   * Takes one step.
   *
   * @param carry - cell and state, each of shape `[...batch, hiddenFeatures]`.
   * @param x - shape `[...batch, inFeatures]`.
   * @returns the new cell and state as the next carry, and the state as the output.
   * @throws {@link RangeError} if a last axis has another size.
   */
  forward([c, h]: readonly [Tensor, Tensor], x: TensorLike): [[Tensor, Tensor], Tensor] {
    const input = checkFeatures(
      methodOf(this, "OptimizedLSTMCell.forward"),
      x,
      "inFeatures",
      this.inFeatures,
    );
    const total = add(this.denseI.forward(input), this.denseH.forward(h));
    const sums = split(total, 4, { axis: -1 });
    const [next, state] = updateMemory(c, sums, this);
    return [[next, state], state];
  }
}
