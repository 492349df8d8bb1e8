import type { DType } from "@flaxen/dtype";
import { reshape } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { ones, zeros } from "@flaxen/initializers";
import type { Initializer } from "@flaxen/initializers";
import type { Shape } from "@flaxen/ndarray";
import { initialValue } from "./abstract.ts";
import { checkEpsilon, checkFloatDType, checkOptions, checkRngs, checkSize } from "./arguments.ts";
import { promoteDtype } from "./dtypes.ts";
import { Module } from "./module.ts";
import { normalize } from "./moments.ts";
import type { Callee } from "./places.ts";
import type { Rngs } from "./rngs.ts";
import { Param } from "./variable-types.ts";
import type { Metadata } from "./variable.ts";

/** Settings that all normalisation layers share. */
export interface NormOptions {
  /** Draws one key of `params` for the scale, then one for the bias. */
  readonly rngs: Rngs;
  /** Added to the variance, at least 0; 1e-6 by default. */
  readonly epsilon?: number;
  /** Whether a learned bias is added; true by default. */
  readonly useBias?: boolean;
  /** Whether to multiply with a learned scale; true by default. */
  readonly useScale?: boolean;
  /** Whether the variance is `E[x^2] - E[x]^2` and not `E[(x - E[x])^2]`; true by default. */
  readonly useFastVariance?: boolean;
  /** The dtype of the result; by default the common one of input and parameters. */
  readonly dtype?: DType | undefined;
  /** The dtype of the parameters; float32 by default. */
  readonly paramDtype?: DType;
  /** Makes the scale; ones by default. */
  readonly scaleInit?: Initializer;
  /** Metadata of the scale; none by default. */
  readonly scaleMetadata?: Metadata | undefined;
  /** Makes the bias; zeros by default. */
  readonly biasInit?: Initializer;
  /** Metadata of the bias; none by default. */
  readonly biasMetadata?: Metadata | undefined;
}

/** Names of the settings of a layer with a scale only. */
export const SCALE_OPTIONS: readonly string[] = [
  "rngs",
  "epsilon",
  "useScale",
  "useFastVariance",
  "dtype",
  "paramDtype",
  "scaleInit",
  "scaleMetadata",
];

/** Names of the settings of a layer with scale and bias. */
export const NORM_OPTIONS: readonly string[] = [
  ...SCALE_OPTIONS,
  "useBias",
  "biasInit",
  "biasMetadata",
];

/** Settings of one call of a normalisation without running statistics. */
export interface NormCall {
  /** Booleans that broadcast to the input; only true elements enter the statistics. */
  readonly mask?: TensorLike | undefined;
}

/** What distinguishes a layer before it is called. */
interface NormKind {
  /** Names of its settings. */
  readonly names: readonly string[];
  /** Where its defaults are others. */
  readonly defaults?: { readonly epsilon?: number; readonly useBias?: boolean };
}

/** A layer that computes `(x - mean) / sqrt(var + epsilon) * scale + bias`; derived classes say of what the mean is. */
export abstract class Norm extends Module {
  /** Number of elements on the feature axes. */
  readonly numFeatures: number;
  /** Added to the variance. */
  readonly epsilon: number;
  /** Whether the variance is computed in one pass. */
  readonly useFastVariance: boolean;
  /** The dtype of the result; undefined for the common one of input and parameters. */
  readonly dtype: DType | undefined;
  /** The dtype in which the parameters were made. */
  readonly paramDtype: DType;
  /** Shape `[numFeatures]`; null without scale. */
  scale: Param | null;
  /** Shape `[numFeatures]`; null without bias. */
  bias: Param | null;

  /** Checks the settings that all layers share, and makes the parameters. */
  protected constructor(
    layer: string,
    numFeatures: number,
    options: NormOptions,
    { names, defaults = {} }: NormKind,
  ) {
    super();
    checkSize(layer, "numFeatures", numFeatures);
    checkOptions(layer, options, names);
    const { rngs, epsilon = defaults.epsilon ?? 1e-6, useFastVariance = true, dtype } = options;
    const { paramDtype = "float32", scaleInit = ones, biasInit = zeros } = options;
    const { useScale = true, useBias = defaults.useBias ?? true } = options;
    checkRngs(layer, rngs);
    checkEpsilon(layer, epsilon);
    checkFloatDType(layer, "dtype", dtype);
    checkFloatDType(layer, "paramDtype", paramDtype);
    this.numFeatures = numFeatures;
    this.epsilon = epsilon;
    this.useFastVariance = useFastVariance;
    this.dtype = dtype;
    this.paramDtype = paramDtype;
    const parameter = (init: Initializer, metadata: Metadata | undefined): Param =>
      new Param(initialValue(init, rngs.params, [numFeatures], paramDtype), metadata);
    this.scale = useScale ? parameter(scaleInit, options.scaleMetadata) : null;
    this.bias = useBias ? parameter(biasInit, options.biasMetadata) : null;
  }
}

/** Normalises `x` by the mean, null for 0, and variance that `statistics` takes of it in the common dtype. */
export function normalizeBy(
  layer: Norm,
  callee: Callee,
  x: Tensor,
  features: Shape,
  statistics: (x: Tensor) => readonly [mean: Tensor | null, variance: Tensor],
): Tensor {
  const { epsilon, dtype } = layer;
  const [h, scale, bias] = promoteDtype(
    [x, layer.scale?.value ?? null, layer.bias?.value ?? null],
    { dtype },
  );
  const [mean, variance] = statistics(h);
  return normalize(callee, h, {
    mean,
    variance,
    epsilon,
    scale: scale === null ? null : reshape(scale, features),
    bias: bias === null ? null : reshape(bias, features),
    dtype,
  });
}
