import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import {
  add,
  astype,
  divide,
  matmul,
  multiply,
  notEqual,
  reshape,
  rsqrt,
  square,
  stopGradient,
  sum,
  transpose,
  where,
} from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { normal, ones } from "@flaxen/initializers";
import {
  checkEpsilon,
  checkFloatDType,
  checkLayer,
  checkOptions,
  checkRngs,
  checkSize,
} from "./arguments.ts";
import type { Callable, ForwardInputs } from "./callable.ts";
import { commonDtype } from "./dtypes.ts";
import { Module } from "./module.ts";
import type { Path } from "./paths.ts";
import { methodOf } from "./places.ts";
import type { Rngs } from "./rngs.ts";
import type { NestedState } from "./state-types.ts";
import { fromFlatState, state, toFlatState } from "./state.ts";
import { runWithValues } from "./substitution.ts";
import { BatchStat, Param } from "./variable-types.ts";

/** Settings of `SpectralNorm`. */
export interface SpectralNormOptions {
  /** Draws one key of `params` for each parameter that is normalised. */
  readonly rngs: Rngs;
  /** Number of power iterations of a call, at least 1; 1 by default. */
  readonly nSteps?: number;
  /** Added to squared lengths, at least 0; 1e-12 by default. */
  readonly epsilon?: number;
  /** Whether a parameter of more than two axes is an error; false by default. */
  readonly errorOnNonMatrix?: boolean;
  /** Whether calls remember what the iteration has found; true by default. */
  readonly updateStats?: boolean;
  /** The dtype of the weights; by default the common one of parameter and statistics. */
  readonly dtype?: DType | undefined;
  /** The dtype of the statistics; float32 by default. */
  readonly paramDtype?: DType;
}

/**
 * Runs a layer with weights whose largest singular value is about 1: `w = kernel / sigma` for each
 * parameter of two axes or more.
 *
 * `sigma` is found by power iteration, which starts where the last call has left it; axes but the last
 * count as one. The parameters themselves stay as they are.
 *
 * @see Miyato et al. (2018), "Spectral normalization for generative adversarial networks",
 *   algorithm 1. https://arxiv.org/abs/1802.05957
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { Linear, Rngs, SpectralNorm } from "@flaxen/nnx";
 *
 * const rngs = new Rngs(0);
 * const normed = new SpectralNorm(new Linear(2, 2, { rngs }), { nSteps: 20, rngs });
 * normed.layerInstance.kernel.value = array([[4, 0], [0, 2]]);
 * normed.forward([1, 1]).toString(); // => "Array([1. , 0.5], dtype=float32)"
 * ```
 */
export class SpectralNorm<L extends Module & Callable> extends Module {
  /** The layer with the parameters. */
  layerInstance: L;
  /** For each parameter, under its path, `u` (the iterated vector, `[1, last size]`) and `sigma`. */
  batchStats: NestedState;
  /** Number of power iterations of a call. */
  readonly nSteps: number;
  /** Added to squared lengths. */
  readonly epsilon: number;
  /** Whether a parameter of more than two axes is an error. */
  readonly errorOnNonMatrix: boolean;
  /** Whether calls leave the statistics alone; `train()` and `eval()` set it. */
  useRunningAverage: boolean;
  /** The dtype of the weights; undefined for the common one of parameter and statistics. */
  readonly dtype: DType | undefined;

  /**
   * Wraps a layer.
   *
   * @param layerInstance - any Module with a `forward` method.
   * @param options - see {@link SpectralNormOptions}; `rngs` is required.
   * @throws {@link TypeError} if an argument is of a wrong type or an option unknown.
   * @throws {@link RangeError} if a number is outside its range, or a parameter has more than two axes and
   *   that is an error.
   */
  constructor(layerInstance: L, options: SpectralNormOptions) {
    super();
    checkLayer("SpectralNorm", "layerInstance", layerInstance);
    checkOptions("SpectralNorm", options, OPTIONS);
    const {
      rngs,
      nSteps = 1,
      epsilon = 1e-12,
      errorOnNonMatrix = false,
      updateStats = true,
      dtype,
      paramDtype = "float32",
    } = options;
    checkRngs("SpectralNorm", rngs);
    checkSize("SpectralNorm", "nSteps", nSteps);
    checkEpsilon("SpectralNorm", epsilon);
    checkFloatDType("SpectralNorm", "dtype", dtype);
    checkFloatDType("SpectralNorm", "paramDtype", paramDtype);
    this.layerInstance = layerInstance;
    this.nSteps = nSteps;
    this.epsilon = epsilon;
    this.errorOnNonMatrix = errorOnNonMatrix;
    this.useRunningAverage = !updateStats;
    this.dtype = dtype;
    this.batchStats = fromFlatState(
      this.matrices().flatMap(([path, { shape }]): [Path, BatchStat][] => {
        const drawn = rngs.params.next();
        const u = normal()(drawn, [1, shape[shape.length - 1]], paramDtype);
        return [
          [[...path, "u"], new BatchStat(u)],
          [[...path, "sigma"], new BatchStat(ones(drawn, [], paramDtype))],
        ];
      }),
    );
  }

  /** Names of several words have underscores in files. */
  override get fileNames(): Readonly<Record<string, string>> {
    return { layerInstance: "layer_instance", batchStats: "batch_stats" };
  }

  /**
   * Runs the layer with normalised weights.
   *
   * @param inputs - the arguments of the layer.
   * @returns what the layer returns.
   * @throws {@link Error} if the layer has a parameter that it did not have when it was wrapped.
   */
  forward(...inputs: ForwardInputs<L>): ReturnType<L["forward"]> {
    const found = new Map(
      toFlatState(this.batchStats).map(([path, stat]) => [path.join("."), stat]),
    );
    const weights = this.matrices().map(([path, param]) => {
      const name = path.join(".");
      const [u, sigma] = [found.get(`${name}.u`), found.get(`${name}.sigma`)];
      if (u === undefined || sigma === undefined) {
        throw new Error(
          `${methodOf(this, "SpectralNorm.forward")}: ${name} must have been in the layer when it was wrapped, got a new parameter.`,
        );
      }
      return [param, this.weight(param.value, u as BatchStat, sigma as BatchStat)] as const;
    });
    return runWithValues(weights, () =>
      this.layerInstance.forward(...(inputs as never[])),
    ) as ReturnType<L["forward"]>;
  }

  /** Takes the flag `useRunningAverage` of `view`. */
  setView(flags: { readonly useRunningAverage?: boolean }): readonly string[] {
    if (flags.useRunningAverage !== undefined) this.useRunningAverage = flags.useRunningAverage;
    return ["useRunningAverage"];
  }

  private weight(param: Tensor, uStat: BatchStat, sigmaStat: BatchStat): Tensor {
    const last = param.shape[param.ndim - 1];
    const matrix = reshape(param, [param.size / last, last]);
    let u = uStat.value;
    let v = u;
    for (let step = 0; step < this.nSteps; step++) {
      v = this.unit(matmul(u, transpose(matrix)));
      u = this.unit(matmul(v, matrix));
    }
    u = stopGradient(u);
    v = stopGradient(v);
    const sigma = reshape(matmul(matmul(v, matrix), transpose(u)), []);
    if (!this.useRunningAverage) {
      uStat.value = astype(u, uStat.dtype);
      sigmaStat.value = stopGradient(astype(sigma, sigmaStat.dtype));
    }
    const normed = divide(matrix, where(notEqual(sigma, 0), sigma, 1));
    const dtype = commonDtype(methodOf(this, "SpectralNorm.forward"), [normed, u, v, sigma], this);
    return astype(reshape(normed, param.shape), dtype);
  }

  private unit(x: Tensor): Tensor {
    return multiply(x, rsqrt(add(sum(square(x)), this.epsilon)));
  }

  private matrices(): [Path, Param][] {
    const params = toFlatState(state(this.layerInstance as Module, Param)) as [Path, Param][];
    return params.filter(([path, { shape }]) => {
      if (this.errorOnNonMatrix && shape.length > 2) {
        throw new RangeError(
          `SpectralNorm: ${path.join(".")} must have at most 2 axes with errorOnNonMatrix, got shape ${describe(shape)}.`,
        );
      }
      return shape.length >= 2;
    });
  }
}

const OPTIONS: readonly string[] = [
  "rngs",
  "nSteps",
  "epsilon",
  "errorOnNonMatrix",
  "updateStats",
  "dtype",
  "paramDtype",
];
