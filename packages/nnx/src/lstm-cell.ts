import type { DType } from "@flaxen/dtype";
import { add } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { orthogonal } from "@flaxen/initializers";
import { astype } from "@flaxen/ndarray";
import type { NDArray, Shape } from "@flaxen/ndarray";
import type { Key } from "@flaxen/rng";
import { checkFeatures } from "./arguments.ts";
import { updateMemory } from "./gates.ts";
import { Linear } from "./linear.ts";
import { methodOf } from "./places.ts";
import { checkCell, GATED_OPTIONS, makeCarry, RNNCellBase } from "./recurrent.ts";
import type { GatedCellOptions, InitializeCarryOptions } from "./recurrent.ts";

/**
 * A long short-term memory: `i, f, o = sigmoid(W_i x + W_h h + b)` and `g = tanh(W_i x + W_h h + b)`,
 * each with weights of its own, `c' = f * c + i * g`, `h' = o * tanh(c')`.
 *
 * The carry is `[c, h]`. No offset is added to the bias of the forget gate. `OptimizedLSTMCell`
 * computes the same with two products in place of eight.
 *
 * @see Hochreiter and Schmidhuber (1997), "Long short-term memory".
 *   https://doi.org/10.1162/neco.1997.9.8.1735, with the forget gate of Gers et al. (2000).
 *
 * @example
 * ```ts
 * import { ones } from "@flaxen/ndarray";
 * import { LSTMCell, Rngs } from "@flaxen/nnx";
 *
 * const rngs = new Rngs(0);
 * const cell = new LSTMCell(3, 5, { rngs });
 * const [[c, h], y] = cell.forward(cell.initializeCarry([2, 3], { rngs }), ones([2, 3]));
 * h === y; // => true
 * c.shape; // => [2, 5]
 * ```
 */
export class LSTMCell extends RNNCellBase<[Tensor, Tensor]> {
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
  /** From the input to the input gate. */
  ii: Linear;
  /** From the input to the forget gate. */
  if: Linear;
  /** From the input to the new content. */
  ig: Linear;
  /** From the input to the output gate. */
  io: Linear;
  /** From the state to the input gate. */
  hi: Linear;
  /** From the state to the forget gate. */
  hf: Linear;
  /** From the state to the new content. */
  hg: Linear;
  /** From the state to the output gate. */
  ho: Linear;

  /**
   * Makes the parameters: draws keys for the four kernels of the input, then for kernel and bias of
   * each of the four maps of the state.
   *
   * @param inFeatures - size of the last axis of the input, at least 1.
   * @param hiddenFeatures - size of the last axis of the state, at least 1.
   * @param options - see {@link GatedCellOptions}; `rngs` is required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown, or a dtype is not floating.
   * @throws {@link RangeError} if a size is not a positive integer.
   */
  constructor(inFeatures: number, hiddenFeatures: number, options: GatedCellOptions) {
    super();
    const checked = checkCell("LSTMCell", inFeatures, hiddenFeatures, options, GATED_OPTIONS);
    const { dtype, paramDtype, rngs, kernelInit, biasInit } = checked;
    const { recurrentKernelInit = wideOrthogonal } = options;
    this.inFeatures = inFeatures;
    this.hiddenFeatures = hiddenFeatures;
    this.gateFn = checked.gateFn;
    this.activationFn = checked.activationFn;
    this.dtype = dtype;
    this.paramDtype = paramDtype;
    const shared = { dtype, paramDtype, rngs };
    const fromInput = (): Linear =>
      new Linear(inFeatures, hiddenFeatures, {
        ...shared,
        useBias: false,
        kernelInit,
        kernelMetadata: checked.kernelMetadata,
      });
    const fromState = (): Linear =>
      new Linear(hiddenFeatures, hiddenFeatures, {
        ...shared,
        kernelInit: recurrentKernelInit,
        kernelMetadata: checked.recurrentKernelMetadata,
        biasInit,
        biasMetadata: checked.biasMetadata,
      });
    this.ii = fromInput();
    this.if = fromInput();
    this.ig = fromInput();
    this.io = fromInput();
    this.hi = fromState();
    this.hf = fromState();
    this.hg = fromState();
    this.ho = fromState();
  }

  /** The map `if` is called `if_` in files. */
  override get fileNames(): Readonly<Record<string, string>> {
    return { if: "if_" };
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
    const [c, h] = makeCarry("LSTMCell.initializeCarry", inputShape, options, this, 2);
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
      methodOf(this, "LSTMCell.forward"),
      x,
      "inFeatures",
      this.inFeatures,
    );
    const [next, state] = updateMemory(
      c,
      [
        add(this.ii.forward(input), this.hi.forward(h)),
        add(this.if.forward(input), this.hf.forward(h)),
        add(this.ig.forward(input), this.hg.forward(h)),
        add(this.io.forward(input), this.ho.forward(h)),
      ],
      this,
    );
    return [[next, state], state];
  }
}

/** Orthogonal in float32, rounded afterwards. */
function wideOrthogonal(key: Key, shape: Shape, dtype: DType = "float32"): NDArray {
  return astype(orthogonal()(key, shape, "float32"), dtype);
}
