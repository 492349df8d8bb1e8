import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { lecunNormal, orthogonal, zeros } from "@flaxen/initializers";
import type { Initializer } from "@flaxen/initializers";
import { checkShape, full } from "@flaxen/ndarray";
import type { NDArray, Shape } from "@flaxen/ndarray";
import { sigmoid, tanh } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { checkFloatDType, checkOptions, checkRngs, checkSize } from "./arguments.ts";
import { Module } from "./module.ts";
import { toStream } from "./random-source.ts";
import type { RngStream, Rngs } from "./rngs.ts";
import type { Metadata } from "./variable.ts";

/** Settings of the recurrent cells. */
export interface RecurrentCellOptions {
  /** Draws the keys of `params`. */
  readonly rngs: Rngs;
  /** Squashes the new content; `tanh` by default. */
  readonly activationFn?: (x: Tensor) => Tensor;
  /** Makes the kernels of the input; `lecunNormal()` by default. */
  readonly kernelInit?: Initializer;
  /** Metadata of the kernels of the input; none by default. */
  readonly kernelMetadata?: Metadata | undefined;
  /** Makes the kernels of the state; `orthogonal()` by default. */
  readonly recurrentKernelInit?: Initializer;
  /** Metadata of the kernels of the state; none by default. */
  readonly recurrentKernelMetadata?: Metadata | undefined;
  /** Makes the biases; zeros by default. */
  readonly biasInit?: Initializer;
  /** Metadata of the biases; none by default. */
  readonly biasMetadata?: Metadata | undefined;
  /** The dtype to compute in; by default the common one of input, state and parameters. */
  readonly dtype?: DType | undefined;
  /** The dtype of the parameters and of a new carry; float32 by default. */
  readonly paramDtype?: DType;
}

/** Settings of the recurrent cells with gates. */
export interface GatedCellOptions extends RecurrentCellOptions {
  /** Squashes the gates; `sigmoid` by default. */
  readonly gateFn?: (x: Tensor) => Tensor;
}

/** Settings of `initializeCarry`. */
export interface InitializeCarryOptions {
  /**
   * Where random carries come from; one key of `carry` is drawn for each array. The cells of this package make zeros
   * without any.
   */
  readonly rngs: Rngs | RngStream;
  /** Makes the arrays of the carry; zeros by default. */
  readonly carryInit?: Initializer;
}

/**
 * The base class of cells that `RNN` runs over sequences: `forward` takes the carry of the step before
 * and one input, and returns the next carry and an output.
 *
 * @example
 * ```ts
 * import { add } from "@flaxen/autodiff";
 * import type { Tensor, TensorLike } from "@flaxen/autodiff";
 * import { zeros } from "@flaxen/ndarray";
 * import { RNN, RNNCellBase } from "@flaxen/nnx";
 *
 * class RunningSum extends RNNCellBase<Tensor> {
 *   initializeCarry(inputShape: readonly number[]): Tensor {
 *     return zeros(inputShape);
 *   }
 *   forward(carry: Tensor, x: TensorLike): [Tensor, Tensor] {
 *     const total = add(carry, x);
 *     return [total, total];
 *   }
 * }
 * new RNN(new RunningSum()).forward([[1], [2], [3]]); // => [[1], [3], [6]]
 * ```
 */
export abstract class RNNCellBase<Carry> extends Module {
  /** Number of last axes of an input that are features. */
  get numFeatureAxes(): number {
    return 1;
  }

  /** Makes the carry before the first step, for inputs of the shape `[...batch, features]`. */
  abstract initializeCarry(inputShape: Shape, options: InitializeCarryOptions): Carry;

  /** Takes one step; returns the next carry and the output. */
  abstract forward(carry: Carry, x: TensorLike): [Carry, Tensor];
}

/** Options with the defaults filled in. */
type CheckedCell = Required<Omit<GatedCellOptions, Optional>> & {
  readonly [K in Optional]: GatedCellOptions[K];
};

type Optional = "dtype" | "kernelMetadata" | "recurrentKernelMetadata" | "biasMetadata";

/** Asserts the arguments that all cells have, and fills in the defaults. */
export function checkCell(
  callee: string,
  inFeatures: number,
  hiddenFeatures: number,
  options: GatedCellOptions,
  names: readonly string[],
): CheckedCell {
  checkSize(callee, "inFeatures", inFeatures);
  checkSize(callee, "hiddenFeatures", hiddenFeatures);
  checkOptions(callee, options, names);
  const {
    rngs,
    gateFn = sigmoid,
    activationFn = tanh,
    kernelInit = lecunNormal(),
    kernelMetadata,
    recurrentKernelInit = orthogonal(),
    recurrentKernelMetadata,
    biasInit = zeros,
    biasMetadata,
    dtype,
    paramDtype = "float32",
  } = options;
  checkRngs(callee, rngs);
  checkFloatDType(callee, "dtype", dtype);
  checkFloatDType(callee, "paramDtype", paramDtype);
  return {
    rngs,
    gateFn,
    activationFn,
    kernelInit,
    kernelMetadata,
    recurrentKernelInit,
    recurrentKernelMetadata,
    biasInit,
    biasMetadata,
    dtype,
    paramDtype,
  };
}

/** Makes `count` arrays of a carry. */
export function makeCarry(
  callee: string,
  inputShape: Shape,
  { rngs, carryInit }: Partial<InitializeCarryOptions>,
  { hiddenFeatures, paramDtype }: { readonly hiddenFeatures: number; readonly paramDtype: DType },
  count: number,
): NDArray[] {
  checkShape(callee, inputShape);
  if (inputShape.length === 0) {
    throw new RangeError(
      `${callee}: inputShape must have at least one axis, got ${describe(inputShape)}.`,
    );
  }
  const shape = [...inputShape.slice(0, -1), hiddenFeatures];
  if (rngs === undefined && carryInit === undefined) {
    return Array.from({ length: count }, () => full(shape, 0, paramDtype));
  }
  const stream = toStream(callee, rngs as Rngs, "carry");
  return Array.from({ length: count }, () =>
    (carryInit ?? zeros)(stream.next(), shape, paramDtype),
  );
}

/** The names of the options of a cell with gates. */
export const GATED_OPTIONS: readonly string[] = [
  "rngs",
  "gateFn",
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
