import type { DType } from "@flaxen/dtype";
import { greaterEqual, multiply, where } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { full } from "@flaxen/ndarray";
import { checkFloatDType, checkInput, checkNumber, checkOptions } from "./arguments.ts";
import { promoteDtype } from "./dtypes.ts";
import { Module } from "./module.ts";
import { methodOf } from "./places.ts";
import { Param } from "./variable-types.ts";
import type { Metadata } from "./variable.ts";

/** Settings of `PReLU`. */
export interface PReLUOptions {
  /** The dtype to compute in; that of the input by default. */
  readonly dtype?: DType | undefined;
  /** The dtype of the slope; float32 by default. */
  readonly paramDtype?: DType;
  /** Metadata of the slope; none by default. */
  readonly negativeSlopeMetadata?: Metadata | undefined;
}

/**
 * A rectifier whose slope below 0 is learned: `y = x >= 0 ? x : negativeSlope * x`.
 *
 * @see He et al. (2015), "Delving deep into rectifiers", equation 1. https://arxiv.org/abs/1502.01852.
 *   Here all channels share one slope.
 *
 * @example
 * ```ts
 * import { PReLU } from "@flaxen/nnx";
 *
 * new PReLU(0.5).forward([-2, 0, 2]); // => [-1, 0, 2]
 * ```
 */
export class PReLU extends Module {
  /** The dtype to compute in; undefined for that of the input. */
  readonly dtype: DType | undefined;
  /** The dtype in which the slope was made. */
  readonly paramDtype: DType;
  /** A scalar. */
  negativeSlope: Param;

  /**
   * Makes the slope.
   *
   * @param negativeSlopeInit - the first slope, finite; 0.01 by default.
   * @param options - see {@link PReLUOptions}.
   * @throws {@link TypeError} if the slope is no number, an option is unknown, or a dtype is not floating.
   * @throws {@link RangeError} if the slope is not finite.
   */
  constructor(negativeSlopeInit: number = 0.01, options: PReLUOptions = {}) {
    super();
    const finite = Number.isFinite(negativeSlopeInit);
    checkNumber("PReLU", "negativeSlopeInit", negativeSlopeInit, finite, "be a finite number");
    checkOptions("PReLU", options, OPTIONS);
    const { dtype, paramDtype = "float32", negativeSlopeMetadata } = options;
    checkFloatDType("PReLU", "dtype", dtype);
    checkFloatDType("PReLU", "paramDtype", paramDtype);
    this.dtype = dtype;
    this.paramDtype = paramDtype;
    this.negativeSlope = new Param(full([], negativeSlopeInit, paramDtype), negativeSlopeMetadata);
  }

  /** The slope is called `negative_slope` in files. */
  override get fileNames(): Readonly<Record<string, string>> {
    return { negativeSlope: "negative_slope" };
  }

  /**
   * Applies the rectifier.
   *
   * @param x - floating, any shape.
   * @returns the shape of `x`.
   * @throws {@link TypeError} if `x` is not floating and the layer has no dtype to compute in.
   */
  forward(x: TensorLike): Tensor {
    const input = checkInput(methodOf(this, "PReLU.forward"), x);
    const dtype = this.dtype ?? input.dtype;
    checkFloatDType(methodOf(this, "PReLU.forward"), "the dtype of x", dtype);
    const [h, slope] = promoteDtype([input, this.negativeSlope.value], { dtype });
    return where(greaterEqual(h, 0), h, multiply(slope, h));
  }
}

const OPTIONS: readonly string[] = ["dtype", "paramDtype", "negativeSlopeMetadata"];
