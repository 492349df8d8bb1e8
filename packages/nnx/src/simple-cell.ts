import type { DType } from "@flaxen/dtype";
import { add } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import type { Shape } from "@flaxen/ndarray";
import { checkFeatures } from "./arguments.ts";
import { Linear } from "./linear.ts";
import { methodOf } from "./places.ts";
import { checkCell, makeCarry, RNNCellBase } from "./recurrent.ts";
import type { InitializeCarryOptions, RecurrentCellOptions } from "./recurrent.ts";

/** Settings of `SimpleCell`; here `dtype` is float32 by default. */
export interface SimpleCellOptions extends RecurrentCellOptions {
  /** Whether the old state is added before squashing; false by default. */
  readonly residual?: boolean;
}

/**
 * The recurrent cell of Elman: `h' = tanh(W_i x + b + W_h h)`, with `+ h` inside if `residual`.
 *
 * @see Elman (1990), "Finding structure in time". https://doi.org/10.1016/0364-0213(90)90002-E
 *
 * @example
 * ```ts
 * import { ones } from "@flaxen/ndarray";
 * import { Rngs, SimpleCell } from "@flaxen/nnx";
 *
 * const rngs = new Rngs(0);
 * const cell = new SimpleCell(3, 5, { rngs });
 * const carry = cell.initializeCarry([2, 3], { rngs });
 * const [next, y] = cell.forward(carry, ones([2, 3]));
 * next === y; // => true
 * y.shape; // => [2, 5]
 * ```
 */
export class SimpleCell extends RNNCellBase<Tensor> {
  /** Size of the last axis of the input. */
  readonly inFeatures: number;
  /** Size of the last axis of the state. */
  readonly hiddenFeatures: number;
  /** Whether the old state is added before squashing. */
  readonly residual: boolean;
  /** Squashes the new state. */
  readonly activationFn: (x: Tensor) => Tensor;
  /** The dtype to compute in. */
  readonly dtype: DType | undefined;
  /** The dtype in which the parameters were made. */
  readonly paramDtype: DType;
  /** Kernel `[hiddenFeatures, hiddenFeatures]`, no bias. */
  denseH: Linear;
  /** Kernel `[inFeatures, hiddenFeatures]` and bias. */
  denseI: Linear;

  /**
   * Makes the parameters: draws keys for the kernel of the state, the kernel of the input, the bias.
   *
   * @param inFeatures - size of the last axis of the input, at least 1.
   * @param hiddenFeatures - size of the last axis of the state, at least 1.
   * @param options - see {@link SimpleCellOptions}; `rngs` is required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown, or a dtype is not floating.
   * @throws {@link RangeError} if a size is not a positive integer.
   */
  constructor(inFeatures: number, hiddenFeatures: number, options: SimpleCellOptions) {
    super();
    const checked = checkCell("SimpleCell", inFeatures, hiddenFeatures, options, OPTIONS);
    const { residual = false } = options;
    const { dtype = "float32", paramDtype, rngs, recurrentKernelInit, kernelInit } = checked;
    this.inFeatures = inFeatures;
    this.hiddenFeatures = hiddenFeatures;
    this.residual = residual;
    this.activationFn = checked.activationFn;
    this.dtype = dtype;
    this.paramDtype = paramDtype;
    const shared = { dtype, paramDtype, rngs };
    this.denseH = new Linear(hiddenFeatures, hiddenFeatures, {
      ...shared,
      useBias: false,
      kernelInit: recurrentKernelInit,
      kernelMetadata: checked.recurrentKernelMetadata,
    });
    this.denseI = new Linear(inFeatures, hiddenFeatures, {
      ...shared,
      kernelInit,
      kernelMetadata: checked.kernelMetadata,
      biasInit: checked.biasInit,
      biasMetadata: checked.biasMetadata,
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
    return makeCarry("SimpleCell.initializeCarry", inputShape, options, this, 1)[0];
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
      methodOf(this, "SimpleCell.forward"),
      x,
      "inFeatures",
      this.inFeatures,
    );
    const sum = add(this.denseI.forward(input), this.denseH.forward(carry));
    const state = this.activationFn(this.residual ? add(sum, carry) : sum);
    return [state, state];
  }
}

const OPTIONS: readonly string[] = [
  "rngs",
  "residual",
  "activationFn",
  "kernelInit",
  "kernelMetadata",
  "recurrentKernelInit",
  "recurrentKernelMetadata",
  "biasInit",
  "biasMetadata",
  "dtype",
  "paramDtype",
];
