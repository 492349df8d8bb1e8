import type { DType } from "@flaxen/dtype";
import { add, astype, multiply, reshape, rsqrt, square, sum } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { ones } from "@flaxen/initializers";
import type { Initializer } from "@flaxen/initializers";
import { normalizeAxes } from "@flaxen/ndarray";
import { key } from "@flaxen/rng";
import {
  checkAxes,
  checkEpsilon,
  checkFloatDType,
  checkLayer,
  checkOptions,
  checkRngs,
} from "./arguments.ts";
import type { Callable, ForwardInputs } from "./callable.ts";
import { commonDtype } from "./dtypes.ts";
import { All, PathContains } from "./filters.ts";
import type { Filter } from "./filters.ts";
import { Module } from "./module.ts";
import type { Path } from "./paths.ts";
import { methodOf } from "./places.ts";
import type { Rngs } from "./rngs.ts";
import type { NestedState } from "./state-types.ts";
import { fromFlatState, state, toFlatState } from "./state.ts";
import { runWithValues } from "./substitution.ts";
import type { Variable } from "./variable.ts";
import { Param } from "./variable-types.ts";

/** Settings of `WeightNorm`. */
export interface WeightNormOptions {
  /** Draws one key of `params` for each scale, but only if `scaleInit` is given. */
  readonly rngs: Rngs;
  /** The axis or axes of a kernel that keep lengths of their own; null for none, -1 by default. */
  readonly featureAxes?: number | readonly number[] | null;
  /** Whether to multiply with learned scales; true by default. */
  readonly useScale?: boolean;
  /** Makes the scales; ones by default. */
  readonly scaleInit?: Initializer;
  /** Added to the squared lengths, at least 0; 1e-12 by default. */
  readonly epsilon?: number;
  /** Which parameters are normalised; those with `kernel` in their path by default. */
  readonly variableFilter?: Filter;
  /** The dtype of the weights; by default the common one of kernel and scale. */
  readonly dtype?: DType | undefined;
  /** The dtype of the scales; float32 by default. */
  readonly paramDtype?: DType;
}

/**
 * Runs a layer with kernels whose length is learned apart from their direction:
 * `w = kernel / sqrt(sum(kernel^2) + epsilon) * scale`.
 *
 * The sum is over all axes but the feature axes. The kernel itself stays as it is.
 *
 * @see Salimans and Kingma (2016), "Weight normalization", equation 2.
 *   https://arxiv.org/abs/1602.07868
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { Linear, Rngs, WeightNorm } from "@flaxen/nnx";
 *
 * const rngs = new Rngs(0);
 * const normed = new WeightNorm(new Linear(2, 1, { rngs }), { epsilon: 0, rngs });
 * normed.layerInstance.kernel.value = array([[4], [0]]);
 * normed.forward([[3, 5]]); // => [[3]]
 * normed.layerInstance.kernel.value; // => [[4], [0]]
 * ```
 */
export class WeightNorm<L extends Module & Callable> extends Module {
  /** The layer with the kernels. */
  layerInstance: L;
  /** The scales under the paths of their kernels; null without scales. */
  scales: NestedState | null;
  /** The axis or axes of a kernel that keep lengths of their own; null for none. */
  readonly featureAxes: number | readonly number[] | null;
  /** Added to the squared lengths. */
  readonly epsilon: number;
  /** Which parameters are normalised. */
  readonly variableFilter: Filter;
  /** The dtype of the weights; undefined for the common one of kernel and scale. */
  readonly dtype: DType | undefined;

  /**
   * Wraps a layer.
   *
   * @param layerInstance - any Module with a `forward` method.
   * @param options - see {@link WeightNormOptions}; `rngs` is required.
   * @throws {@link TypeError} if an argument is of a wrong type or an option unknown.
   * @throws {@link RangeError} if `epsilon` is negative, or a kernel lacks a feature axis.
   */
  constructor(layerInstance: L, options: WeightNormOptions) {
    super();
    checkLayer("WeightNorm", "layerInstance", layerInstance);
    checkOptions("WeightNorm", options, OPTIONS);
    const {
      rngs,
      featureAxes = -1,
      useScale = true,
      scaleInit,
      epsilon = 1e-12,
      variableFilter = PathContains("kernel"),
      dtype,
      paramDtype = "float32",
    } = options;
    checkRngs("WeightNorm", rngs);
    if (featureAxes !== null) checkAxes("WeightNorm", "featureAxes", featureAxes);
    checkEpsilon("WeightNorm", epsilon);
    checkFloatDType("WeightNorm", "dtype", dtype);
    checkFloatDType("WeightNorm", "paramDtype", paramDtype);
    this.layerInstance = layerInstance;
    this.featureAxes = featureAxes;
    this.epsilon = epsilon;
    this.variableFilter = variableFilter;
    this.dtype = dtype;
    const scaleOf = ({ shape }: Variable<unknown>): Param => {
      const sizes = this.features(shape.length).map((axis) => shape[axis]);
      // Ones need no key, and Flax draws none.
      const drawn = scaleInit === undefined ? key(0) : rngs.params.next();
      return new Param((scaleInit ?? ones)(drawn, sizes, paramDtype));
    };
    this.scales = useScale
      ? fromFlatState(this.kernels().map(([path, kernel]) => [path, scaleOf(kernel)]))
      : null;
  }

  /** The wrapped layer is called `layer_instance` in files. */
  override get fileNames(): Readonly<Record<string, string>> {
    return { layerInstance: "layer_instance" };
  }

  /**
   * Runs the layer with normalised kernels.
   *
   * @param inputs - the arguments of the layer.
   * @returns what the layer returns.
   * @throws {@link Error} if the layer has a kernel that it did not have when it was wrapped.
   */
  forward(...inputs: ForwardInputs<L>): ReturnType<L["forward"]> {
    const scales = this.scales === null ? null : toFlatState(this.scales);
    const found = new Map(scales?.map(([path, scale]) => [path.join("."), scale]));
    const weights = this.kernels().map(([path, kernel]) => {
      const scale = found.get(path.join(".")) ?? null;
      if (scales !== null && scale === null) {
        throw new Error(
          `${methodOf(this, "WeightNorm.forward")}: ${path.join(".")} must have been in the layer when it was wrapped, got a new parameter.`,
        );
      }
      return [kernel, this.weight(kernel.value, scale?.value as Tensor | undefined)] as const;
    });
    return runWithValues(weights, () =>
      this.layerInstance.forward(...(inputs as never[])),
    ) as ReturnType<L["forward"]>;
  }

  private weight(kernel: Tensor, scale: Tensor | undefined): Tensor {
    const features = this.features(kernel.ndim);
    const axis = kernel.shape.map((_, i) => i).filter((i) => !features.includes(i));
    const squares =
      axis.length === 0 ? square(kernel) : sum(square(kernel), { axis, keepdims: true });
    const direction = multiply(kernel, rsqrt(add(squares, this.epsilon)));
    const dtype = commonDtype(methodOf(this, "WeightNorm.forward"), [kernel, scale ?? null], this);
    if (scale === undefined) return astype(direction, dtype);
    const shape = kernel.shape.map((n, i) => (features.includes(i) ? n : 1));
    return astype(multiply(direction, reshape(scale, shape)), dtype);
  }

  private features(ndim: number): readonly number[] {
    return this.featureAxes === null ? [] : normalizeAxes("WeightNorm", this.featureAxes, ndim);
  }

  private kernels(): [Path, Param][] {
    const filter = All(Param, this.variableFilter);
    return toFlatState(state(this.layerInstance as Module, filter)) as [Path, Param][];
  }
}

const OPTIONS: readonly string[] = [
  "rngs",
  "featureAxes",
  "useScale",
  "scaleInit",
  "epsilon",
  "variableFilter",
  "dtype",
  "paramDtype",
];
