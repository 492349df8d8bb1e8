import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { add, matmul, reshape, transpose } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { lecunNormal, zeros } from "@flaxen/initializers";
import type { Initializer } from "@flaxen/initializers";
import { normalizeAxes } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import {
  checkAxes,
  checkFloatDType,
  checkInput,
  checkOptions,
  checkRngs,
  checkSizes,
} from "./arguments.ts";
import { initialValue } from "./abstract.ts";
import { promoteDtype } from "./dtypes.ts";
import type { LinearOptions } from "./linear.ts";
import { Module } from "./module.ts";
import { methodOf } from "./places.ts";
import { sameShape } from "./update.ts";
import { Param } from "./variable-types.ts";

/** Settings of `LinearGeneral`. */
export interface LinearGeneralOptions extends LinearOptions {
  /** The input axis or axes to contract, in ascending order; -1 by default. */
  readonly axis?: number | readonly number[];
  /** Leading input axes, from 0 on without gaps, that have kernels of their own, and their sizes. */
  readonly batchAxis?: Readonly<Record<number, number>>;
  /**
   * Makes the kernel, for the shape `[batch * in, out]` with products of sizes, so that a fan-in
   * counts all contracted axes; `lecunNormal()` by default.
   */
  readonly kernelInit?: Initializer;
  /** Makes the bias, for a flat shape; zeros by default. */
  readonly biasInit?: Initializer;
}

/**
 * An affine map of chosen axes to any number of new last axes.
 *
 * `y[...rest, ...out] = sum over in of x[...rest, ...in] * kernel[...in, ...out] + bias[...out]`; the
 * axes that are not contracted stay in front, in their order.
 *
 * @example
 * ```ts
 * import { ones } from "@flaxen/ndarray";
 * import { LinearGeneral, Rngs } from "@flaxen/nnx";
 *
 * const heads = new LinearGeneral(4, [2, 3], { rngs: new Rngs(0) });
 * heads.kernel.shape; // => [4, 2, 3]
 * const back = new LinearGeneral([2, 3], 5, { axis: [-2, -1], rngs: new Rngs(1) });
 * back.forward(heads.forward(ones([7, 4]))).shape; // => [7, 5]
 * ```
 */
export class LinearGeneral extends Module {
  /** Sizes of the contracted axes. */
  readonly inFeatures: readonly number[];
  /** Sizes of the new axes. */
  readonly outFeatures: readonly number[];
  /** The contracted axes. */
  readonly axis: readonly number[];
  /** Sizes of the leading axes that have kernels of their own. */
  readonly batchSizes: readonly number[];
  /** Whether a bias is added. */
  readonly useBias: boolean;
  /** The dtype to compute in; undefined for the common one of input and parameters. */
  readonly dtype: DType | undefined;
  /** The dtype in which the parameters were made. */
  readonly paramDtype: DType;
  /** Shape `[...batchSizes, ...inFeatures, ...outFeatures]`. */
  kernel: Param;
  /** Shape `[...batchSizes, ...outFeatures]`; null without bias. */
  bias: Param | null;

  /**
   * Makes the parameters.
   *
   * @param inFeatures - size or sizes of the contracted axes, each at least 1.
   * @param outFeatures - size or sizes of the new axes, each at least 1.
   * @param options - see {@link LinearGeneralOptions}; `rngs` is required.
   * @throws {@link TypeError} if `rngs` is missing, an option is unknown, or a dtype is not floating.
   * @throws {@link RangeError} if a size is not a positive integer, `axis` has another length than
   *   `inFeatures`, or the batch axes do not run from 0.
   */
  constructor(
    inFeatures: number | readonly number[],
    outFeatures: number | readonly number[],
    options: LinearGeneralOptions,
  ) {
    super();
    this.inFeatures = checkSizes("LinearGeneral", "inFeatures", listOf(inFeatures), null);
    this.outFeatures = checkSizes("LinearGeneral", "outFeatures", listOf(outFeatures), null);
    checkOptions("LinearGeneral", options, OPTIONS);
    const {
      rngs,
      axis = -1,
      batchAxis = {},
      useBias = true,
      dtype,
      paramDtype = "float32",
      kernelInit = lecunNormal(),
      kernelMetadata,
      biasInit = zeros,
      biasMetadata,
    } = options;
    checkRngs("LinearGeneral", rngs);
    checkAxes("LinearGeneral", "axis", axis);
    checkFloatDType("LinearGeneral", "dtype", dtype);
    checkFloatDType("LinearGeneral", "paramDtype", paramDtype);
    this.axis = [...listOf(axis)];
    if (this.axis.length !== this.inFeatures.length) {
      throw new RangeError(
        `LinearGeneral: axis must have as many elements as inFeatures ${describe(this.inFeatures)}, got ${describe(axis)}.`,
      );
    }
    this.batchSizes = checkBatch(batchAxis);
    this.useBias = useBias;
    this.dtype = dtype;
    this.paramDtype = paramDtype;
    const { batchSizes } = this;
    const [batch, rows, columns] = [batchSizes, this.inFeatures, this.outFeatures].map(product);
    const kernel = initialValue(kernelInit, rngs.params, [batch * rows, columns], paramDtype);
    this.kernel = new Param(
      reshape(kernel, [...batchSizes, ...this.inFeatures, ...this.outFeatures]),
      kernelMetadata,
    );
    this.bias = null;
    if (useBias) {
      const bias = initialValue(biasInit, rngs.params, [batch * columns], paramDtype);
      this.bias = new Param(reshape(bias, [...batchSizes, ...this.outFeatures]), biasMetadata);
    }
  }

  /**
   * Applies the map.
   *
   * @param x - any shape with `batchSizes` in front and `inFeatures` on the contracted axes, which
   *   are taken in ascending order.
   * @returns the batch axes, the axes of `x` that are left, and `outFeatures`.
   * @throws {@link RangeError} if `x` lacks an axis or has another size on one.
   */
  forward(x: TensorLike): Tensor {
    const input = checkInput(methodOf(this, "LinearGeneral.forward"), x);
    const { batchSizes, outFeatures } = this;
    const axes = this.checkShape(input);
    const [h, kernel, bias] = promoteDtype(
      [input, this.kernel.value, this.bias?.value ?? null],
      this,
    );
    const kept = input.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const others = kept.slice(batchSizes.length).map((axis) => input.shape[axis]);
    const [rows, columns] = [product(this.inFeatures), product(outFeatures)];
    const left = reshape(transpose(h, [...kept, ...axes]), [...batchSizes, product(others), rows]);
    const y = reshape(matmul(left, reshape(kernel, [...batchSizes, rows, columns])), [
      ...batchSizes,
      ...others,
      ...outFeatures,
    ]);
    if (bias === null) return y;
    return add(y, reshape(bias, [...batchSizes, ...others.map(() => 1), ...outFeatures]));
  }

  /** The contracted axes of an input, counted from 0 in ascending order. */
  private checkShape({ shape, ndim }: Tensor): readonly number[] {
    const batchRank = this.batchSizes.length;
    const axes = normalizeAxes(methodOf(this, "LinearGeneral.forward"), this.axis, ndim).sort(
      (a, b) => a - b,
    );
    const sizes = axes.map((axis) => shape[axis]);
    if (!sameShape(sizes, this.inFeatures)) {
      throw new RangeError(
        `${methodOf(this, "LinearGeneral.forward")}: x must have inFeatures = ${describe(this.inFeatures)} on axes ${describe(axes)}, got shape ${describe(shape)}.`,
      );
    }
    if (axes[0] < batchRank || !sameShape(shape.slice(0, batchRank), this.batchSizes)) {
      throw new RangeError(
        `${methodOf(this, "LinearGeneral.forward")}: x must have the batch sizes ${describe(this.batchSizes)} in front of the contracted axes ${describe(axes)}, got shape ${describe(shape)}.`,
      );
    }
    return axes;
  }
}

function listOf(value: number | readonly number[]): readonly number[] {
  return typeof value === "number" ? [value] : value;
}

function product(sizes: Shape): number {
  return sizes.reduce((total, n) => total * n, 1);
}

function checkBatch(batchAxis: Readonly<Record<number, number>>): readonly number[] {
  const axes = Object.keys(batchAxis).map(Number);
  // The keys of an object that are whole numbers come in ascending order.
  if (axes.some((axis, i) => axis !== i)) {
    throw new RangeError(
      `LinearGeneral: batchAxis must have the keys 0, 1, ... without gaps, got ${Object.keys(batchAxis).join(", ")}.`,
    );
  }
  const sizes = Object.values(batchAxis);
  return sizes.length === 0 ? [] : checkSizes("LinearGeneral", "batchAxis", sizes, null);
}

const OPTIONS: readonly string[] = [
  "rngs",
  "axis",
  "batchAxis",
  "useBias",
  "dtype",
  "paramDtype",
  "kernelInit",
  "kernelMetadata",
  "biasInit",
  "biasMetadata",
];
