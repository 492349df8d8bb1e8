import { describe } from "@flaxen/dtype";
import { broadcastTo, divide, where } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { normalizeAxes, zeros } from "@flaxen/ndarray";
import { bernoulli } from "@flaxen/rng";
import { checkInput, checkOptions } from "./arguments.ts";
import { Module } from "./module.ts";
import { methodOf } from "./places.ts";
import { drawKey, toStream } from "./random-source.ts";
import type { RandomSource } from "./random-source.ts";
import type { RngStream, Rngs } from "./rngs.ts";
import type { Callee } from "./places.ts";

/** Settings of `Dropout`. */
export interface DropoutOptions {
  /** Where masks come from; the stream is forked, so the layer draws keys of its own. */
  readonly rngs?: Rngs | RngStream | null;
  /** Axes along which elements share their fate; none by default. */
  readonly broadcastDims?: readonly number[];
  /** Whether the input passes unchanged; false by default. Null means that each call has to say. */
  readonly deterministic?: boolean | null;
  /** The stream of an Rngs to draw from; `"dropout"` by default. */
  readonly rngCollection?: string;
}

/** Settings of one call of `Dropout.forward`. */
export interface DropoutCall {
  /** Takes precedence over the attribute. */
  readonly deterministic?: boolean;
  /** Takes precedence over the layer's own stream; not forked. */
  readonly rngs?: RandomSource;
}

/**
 * Dropout: sets each element to 0 with probability `rate` and divides the others by `1 - rate`.
 *
 * @see Srivastava et al. (2014), "Dropout: a simple way to prevent neural networks from overfitting".
 *   https://jmlr.org/papers/v15/srivastava14a.html. Here the scaling is done in training.
 *
 * @example
 * ```ts
 * import { Dropout, Rngs } from "@flaxen/nnx";
 *
 * const dropout = new Dropout(0.5, { rngs: new Rngs(0) });
 * dropout.forward([1, 1, 1, 1, 1, 1, 1, 1]); // => [2, 0, 2, 0, 2, 2, 2, 0]
 * dropout.eval();
 * dropout.forward([1, 1, 1, 1, 1, 1, 1, 1]); // => [1, 1, 1, 1, 1, 1, 1, 1]
 * ```
 */
export class Dropout extends Module {
  /** Probability of an element to be set to 0. */
  readonly rate: number;
  /** Axes along which elements share their fate. */
  readonly broadcastDims: readonly number[];
  /** Whether the input passes unchanged; null if each call has to say. */
  deterministic: boolean | null;
  /** The stream of an Rngs to draw from. */
  readonly rngCollection: string;
  /** The layer's own stream; null if each call has to bring one. */
  rngs: RngStream | null;

  /**
   * Makes the layer; it has no parameters.
   *
   * @param rate - probability of an element to be set to 0, in [0, 1].
   * @param options - see {@link DropoutOptions}.
   * @throws {@link TypeError} if `rate` is not a number, an option is unknown, or `rngs` no stream.
   * @throws {@link RangeError} if `rate` is outside [0, 1], or `rngs` lacks the stream.
   */
  constructor(rate: number, options: DropoutOptions = {}) {
    super();
    checkRate(rate);
    checkOptions("Dropout", options, OPTIONS);
    const {
      rngs = null,
      broadcastDims = [],
      deterministic = false,
      rngCollection = "dropout",
    } = options;
    this.rate = rate;
    this.broadcastDims = [...broadcastDims];
    this.deterministic = deterministic;
    this.rngCollection = rngCollection;
    this.rngs = rngs === null ? null : toStream("Dropout", rngs, rngCollection).fork();
  }

  /**
   * Masks.
   *
   * @param x - any shape.
   * @param options - `deterministic` and `rngs` override what the layer has.
   * @returns the shape of `x`.
   * @throws {@link Error} if `deterministic` is given nowhere, or masks are needed and there is no
   *   stream.
   * @throws {@link RangeError} if `x` lacks an axis of `broadcastDims`.
   */
  forward(x: TensorLike, { deterministic, rngs }: DropoutCall = {}): Tensor {
    const { rate } = this;
    const input = checkInput(methodOf(this, "Dropout.forward"), x);
    if (
      checkMode(methodOf(this, "Dropout.forward"), deterministic ?? this.deterministic) ||
      rate === 0
    )
      return input;
    // A kept share of 0 would make the gradient 0 / 0.
    if (rate === 1) return zeros(input.shape, input.dtype);
    const key = drawKey(methodOf(this, "Dropout.forward"), rngs ?? this.rngs, this.rngCollection);
    const shared = normalizeAxes(methodOf(this, "Dropout.forward"), this.broadcastDims, input.ndim);
    const shape = input.shape.map((n, axis) => (shared.includes(axis) ? 1 : n));
    const mask = broadcastTo(bernoulli(key, 1 - rate, shape), input.shape);
    return where(mask, divide(input, 1 - rate), 0);
  }

  /** Takes the flag `deterministic` of `view`. */
  setView(flags: { readonly deterministic?: boolean }): readonly string[] {
    if (flags.deterministic !== undefined) this.deterministic = flags.deterministic;
    return ["deterministic"];
  }
}

function checkRate(rate: unknown): void {
  if (typeof rate === "number" && rate >= 0 && rate <= 1) return;
  const message = `Dropout: rate must be a number in [0, 1], got ${describe(rate)}.`;
  throw typeof rate === "number" ? new RangeError(message) : new TypeError(message);
}

function checkMode(callee: Callee, deterministic: boolean | null): boolean {
  if (deterministic !== null) return deterministic;
  throw new Error(
    `${callee}: deterministic must be given, got null. Set it in the constructor, pass it to forward, or call train(), eval() or view().`,
  );
}

const OPTIONS: readonly string[] = ["rngs", "broadcastDims", "deterministic", "rngCollection"];
