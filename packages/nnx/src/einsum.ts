import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { add, einsum, reshape } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { lecunNormal, zeros } from "@flaxen/initializers";
import type { Shape } from "@flaxen/ndarray";
import { checkFloatDType, checkInput, checkOptions, checkRngs, checkSizes } from "./arguments.ts";
import { initialValue } from "./abstract.ts";
import { promoteDtype } from "./dtypes.ts";
import type { LinearOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { methodOf } from "./places.ts";
import type { Callee } from "./places.ts";
import { Param } from "./variable-types.ts";

/** Settings of `Einsum`. */
export interface EinsumOptions extends Omit<LinearOptions, "useBias"> {
  /** Computes the sum of products from labels, input and kernel; `einsum` by default. */
  readonly einsumOp?: (einsumStr: string, x: Tensor, kernel: Tensor) => Tensor;
  /** Shape of the bias; null, the default, for none. */
  readonly biasShape?: readonly number[] | null;
}

/**
 * Einstein's summation of the input with a learned kernel, plus a bias.
 *
 * The bias lies along the axes of the result that the kernel has, in the order of the result.
 *
 * @example
 * ```ts
 * import { ones } from "@flaxen/ndarray";
 * import { Einsum, Rngs } from "@flaxen/nnx";
 *
 * const heads = new Einsum("btd,dhk->bthk", [8, 2, 4], { biasShape: [2, 4], rngs: new Rngs(0) });
 * heads.forward(ones([3, 5, 8])).shape; // => [3, 5, 2, 4]
 * new Einsum("ab,bc", [2, 3], { rngs: new Rngs(0) }); // throws RangeError: Einsum: einsumStr must contain "->" and exactly one comma, got "ab,bc".
 * ```
 */
export class Einsum extends Module {
  /** The labels of input, kernel and result. */
  readonly einsumStr: string;
  /** The shape of the kernel. */
  readonly kernelShape: readonly number[];
  /** The shape of the bias; null without bias. */
  readonly biasShape: readonly number[] | null;
  /** Computes the sum of products. */
  readonly einsumOp: NonNullable<EinsumOptions["einsumOp"]>;
  /** The dtype to compute in; undefined for the common one of input and parameters. */
  readonly dtype: DType | undefined;
  /** The dtype in which the parameters were made. */
  readonly paramDtype: DType;
  /** Of shape `kernelShape`. */
  kernel: Param;
  /** Of shape `biasShape`; null without bias. */
  bias: Param | null;

  /**
   * Makes the parameters.
   *
   * @param einsumStr - labels of input, kernel and result, e.g. `"...i,io->...o"`.
   * @param kernelShape - each size at least 1.
   * @param options - see {@link EinsumOptions}; `rngs` is required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown or of a wrong type.
   * @throws {@link RangeError} if `einsumStr` lacks its arrow or comma, or a size is not a positive integer.
   */
  constructor(einsumStr: string, kernelShape: readonly number[], options: EinsumOptions) {
    super();
    this.einsumStr = checkEquation("Einsum", einsumStr);
    this.kernelShape = checkSizes("Einsum", "kernelShape", kernelShape, null);
    checkOptions("Einsum", options, OPTIONS);
    const {
      rngs,
      biasShape = null,
      einsumOp = einsum,
      dtype,
      paramDtype = "float32",
      kernelInit = lecunNormal(),
      kernelMetadata,
      biasInit = zeros,
      biasMetadata,
    } = options;
    checkRngs("Einsum", rngs);
    this.biasShape = biasShape === null ? null : checkSizes("Einsum", "biasShape", biasShape, null);
    checkFloatDType("Einsum", "dtype", dtype);
    checkFloatDType("Einsum", "paramDtype", paramDtype);
    this.einsumOp = einsumOp;
    this.dtype = dtype;
    this.paramDtype = paramDtype;
    this.kernel = new Param(
      initialValue(kernelInit, rngs.params, this.kernelShape, paramDtype),
      kernelMetadata,
    );
    this.bias =
      this.biasShape === null
        ? null
        : new Param(initialValue(biasInit, rngs.params, this.biasShape, paramDtype), biasMetadata);
  }

  /**
   * Sums.
   *
   * @param x - of the shape that the labels say.
   * @param options - `einsumStr`: other labels for this call.
   * @returns the axes that the labels say.
   * @throws {@link RangeError} if the labels are malformed or do not fit.
   */
  forward(x: TensorLike, { einsumStr }: { readonly einsumStr?: string } = {}): Tensor {
    const equation = checkEquation(methodOf(this, "Einsum.forward"), einsumStr ?? this.einsumStr);
    const input = checkInput(methodOf(this, "Einsum.forward"), x);
    const [h, kernel, bias] = promoteDtype(
      [input, this.kernel.value, this.bias?.value ?? null],
      this,
    );
    const y = this.einsumOp(equation, h, kernel);
    return bias === null ? y : add(y, reshape(bias, alignedShape(equation, this.kernelShape, y)));
  }
}

/** The shape of a bias next to the result: the kernel's sizes under the kernel's labels, else 1. */
function alignedShape(equation: string, kernelShape: Shape, { ndim }: Tensor): Shape {
  const [operands, result] = equation.split("->");
  const labels = operands.split(",")[1];
  const dots = ndim - result.replace("...", "").length;
  const [front, back = ""] = result.split("...");
  const size = (label: string): number => kernelShape[labels.indexOf(label)] ?? 1;
  return [
    ...[...front].map(size),
    ...Array.from({ length: dots }, () => 1),
    ...[...back].map(size),
  ];
}

function checkEquation(callee: Callee, einsumStr: unknown): string {
  if (typeof einsumStr !== "string") {
    throw new TypeError(`${callee}: einsumStr must be a string, got ${describe(einsumStr)}.`);
  }
  const equation = einsumStr.replaceAll(" ", "");
  const arrows = equation.split("->").length - 1;
  const commas = equation.split(",").length - 1;
  if (arrows !== 1 || commas !== 1) {
    throw new RangeError(
      `${callee}: einsumStr must contain "->" and exactly one comma, got ${describe(einsumStr)}.`,
    );
  }
  return equation;
}

const OPTIONS: readonly string[] = [
  "rngs",
  "biasShape",
  "einsumOp",
  "dtype",
  "paramDtype",
  "kernelInit",
  "kernelMetadata",
  "biasInit",
  "biasMetadata",
];
