import { describe } from "@flaxen/dtype";
import { concatenate } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { checkOptions } from "./arguments.ts";
import { Module } from "./module.ts";
import { methodOf } from "./places.ts";
import { isPytree } from "./pytree.ts";
import { toStream } from "./random-source.ts";
import { carryStream } from "./rnn.ts";
import type { RNN, RNNResult } from "./rnn.ts";
import type { RngStream, Rngs } from "./rngs.ts";

/** Settings of `Bidirectional`. */
export interface BidirectionalOptions<WithCarry extends boolean = boolean> {
  /** Joins the outputs of both directions; by default along the last axis. */
  readonly mergeFn?: (forward: Tensor, backward: Tensor) => Tensor;
  /** Whether time is the first axis, and not the one before the features; false by default. */
  readonly timeMajor?: boolean;
  /** Whether `forward` returns the last carries, too; false by default. */
  readonly returnCarry?: WithCarry;
  /**
   * Where initial carries come from: true, the default, for a stream of its own with the seed 0,
   * false for the streams of the two runs, streams to fork.
   */
  readonly rngs?: Rngs | boolean;
}

/** Settings of one call of `Bidirectional.forward`; what is missing is taken from the layer. */
export interface BidirectionalCall<Carries, WithCarry extends boolean = boolean> {
  /** The carries before the first step, forward and backward; by default the cells make them. */
  readonly initialCarry?: Carries | undefined;
  /** Number of valid steps of each sequence, integers of shape `batch`; all by default. */
  readonly seqLengths?: TensorLike | undefined;
  /** Whether to return the last carries, too. */
  readonly returnCarry?: WithCarry;
  /** Whether time is the first axis. */
  readonly timeMajor?: boolean;
  /** Where the initial carries come from; not forked. */
  readonly rngs?: Rngs | RngStream | undefined;
}

/**
 * Runs one recurrent cell forwards and another backwards, and joins their outputs step by step.
 *
 * @see Schuster and Paliwal (1997), "Bidirectional recurrent neural networks".
 *   https://doi.org/10.1109/78.650093
 *
 * @example
 * ```ts
 * import { ones } from "@flaxen/ndarray";
 * import { Bidirectional, GRUCell, RNN, Rngs } from "@flaxen/nnx";
 *
 * const rngs = new Rngs(0);
 * const both = new Bidirectional(
 *   new RNN(new GRUCell(3, 5, { rngs })),
 *   new RNN(new GRUCell(3, 5, { rngs })),
 * );
 * both.forward(ones([2, 7, 3])).shape; // => [2, 7, 10]
 * ```
 */
export class Bidirectional<
  Forward = Tensor,
  Backward = Tensor,
  WithCarry extends boolean = false,
> extends Module {
  /** Runs from the start. */
  forwardRnn: RNN<Forward, boolean>;
  /** Runs from the end. */
  backwardRnn: RNN<Backward, boolean>;
  /** Joins the outputs of both directions. */
  readonly mergeFn: (forward: Tensor, backward: Tensor) => Tensor;
  /** Whether time is the first axis. */
  readonly timeMajor: boolean;
  /** Whether the last carries are returned, too. */
  readonly returnCarry: boolean;
  /** Where initial carries come from; null for the streams of the two runs. */
  rngs: RngStream | null;

  /**
   * Joins two runs.
   *
   * @param forwardRnn - runs from the start.
   * @param backwardRnn - runs from the end; its own `reverse` and `keepOrder` do not matter.
   * @param options - see {@link BidirectionalOptions}.
   * @throws {@link TypeError} if an argument is no `RNN`, an option is unknown, or `rngs` is neither streams
   *   nor a boolean.
   */
  constructor(
    forwardRnn: RNN<Forward, boolean>,
    backwardRnn: RNN<Backward, boolean>,
    options: BidirectionalOptions<WithCarry> = {},
  ) {
    super();
    checkRun("forwardRnn", forwardRnn);
    checkRun("backwardRnn", backwardRnn);
    checkOptions("Bidirectional", options, OPTIONS);
    const {
      mergeFn = (a, b) => concatenate([a, b], -1),
      timeMajor = false,
      returnCarry = false,
      rngs = true,
    } = options;
    this.forwardRnn = forwardRnn;
    this.backwardRnn = backwardRnn;
    this.mergeFn = mergeFn;
    this.timeMajor = timeMajor;
    this.returnCarry = returnCarry;
    this.rngs = carryStream("Bidirectional", rngs);
  }

  /** Names of several words have underscores in files. */
  override get fileNames(): Readonly<Record<string, string>> {
    return { forwardRnn: "forward_rnn", backwardRnn: "backward_rnn" };
  }

  /**
   * Runs both directions.
   *
   * @param x - shape `[...batch, time, features]`, or `[time, ...batch, features]` if time-major.
   * @param options - see {@link BidirectionalCall}.
   * @returns the joined outputs in the order of the input; with `returnCarry`
   *   `[[forwardCarry, backwardCarry], outputs]`.
   * @throws {@link RangeError} if `x` or `seqLengths` does not fit.
   * @throws {@link TypeError} if an option is unknown.
   */
  forward<Q extends boolean = WithCarry>(
    x: TensorLike,
    options: BidirectionalCall<readonly [Forward, Backward], Q> = {},
  ): RNNResult<[Forward, Backward], Q> {
    checkOptions(methodOf(this, "Bidirectional.forward"), options, CALL_OPTIONS);
    const { initialCarry, seqLengths, timeMajor = this.timeMajor } = options;
    const source = options.rngs ?? this.rngs;
    const rngs =
      source === null
        ? undefined
        : toStream(methodOf(this, "Bidirectional.forward"), source, "carry");
    const shared = { seqLengths, timeMajor, rngs, returnCarry: true } as const;
    const [forwardCarry, forwards] = this.forwardRnn.forward(x, {
      ...shared,
      initialCarry: initialCarry?.[0],
      reverse: false,
    });
    const [backwardCarry, backwards] = this.backwardRnn.forward(x, {
      ...shared,
      initialCarry: initialCarry?.[1],
      reverse: true,
      keepOrder: true,
    });
    const outputs = this.mergeFn(forwards, backwards);
    const withCarry = options.returnCarry ?? this.returnCarry;
    return (withCarry ? [[forwardCarry, backwardCarry], outputs] : outputs) as RNNResult<
      [Forward, Backward],
      Q
    >;
  }
}

function checkRun(argument: string, rnn: unknown): void {
  if (isPytree(rnn) && "cell" in rnn) return;
  throw new TypeError(`Bidirectional: ${argument} must be an RNN, got ${describe(rnn)}.`);
}

const OPTIONS: readonly string[] = ["mergeFn", "timeMajor", "returnCarry", "rngs"];

const CALL_OPTIONS: readonly string[] = [
  "initialCarry",
  "seqLengths",
  "returnCarry",
  "timeMajor",
  "rngs",
];
