import { describe } from "@flaxen/dtype";
import {
  add,
  flip,
  isTracer,
  remainder,
  reshape,
  stack,
  subtract,
  takeAlongAxis,
  unstack,
} from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { arange, flatData } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import { checkIndices, checkInput, checkOptions } from "./arguments.ts";
import { toPredicate } from "./filters.ts";
import type { Filter } from "./filters.ts";
import { Module } from "./module.ts";
import { methodOf } from "./places.ts";
import type { Callee } from "./places.ts";
import { isPytree } from "./pytree.ts";
import { toStream } from "./random-source.ts";
import { selectStreams } from "./random-streams.ts";
import type { RNNCellBase } from "./recurrent.ts";
import { RngStream } from "./rngs.ts";
import type { Rngs } from "./rngs.ts";
import { runWithValues } from "./substitution.ts";
import { sameShape } from "./update.ts";
import type { Variable } from "./variable.ts";

/** Settings of `RNN`. */
export interface RNNOptions<WithCarry extends boolean = boolean> {
  /** Whether time is the first axis, and not the one before the features; false by default. */
  readonly timeMajor?: boolean;
  /** Whether `forward` returns the last carry, too; false by default. */
  readonly returnCarry?: WithCarry;
  /** Whether the sequence is run from its end; false by default. */
  readonly reverse?: boolean;
  /** Whether the outputs of a reversed run are put back into the order of the input; false by default. */
  readonly keepOrder?: boolean;
  /**
   * Where initial carries come from: true, the default, for a stream of its own with the seed 0,
   * false for none, streams to fork.
   */
  readonly rngs?: Rngs | boolean;
  /**
   * Streams inside the cell that draw the same in all steps of a sequence, e.g. `"recurrent_dropout"` for dropout
   * with one mask; null, the default, for none. Each call has keys of its own.
   */
  readonly broadcastRngs?: Filter;
}

/** Settings of one call of `RNN.forward`; what is missing is taken from the layer. */
export interface RNNCall<Carry, WithCarry extends boolean = boolean> {
  /** The carry before the first step; by default the cell makes one. */
  readonly initialCarry?: Carry | undefined;
  /** Number of valid steps of each sequence, integers of shape `batch`; all by default. */
  readonly seqLengths?: TensorLike | undefined;
  /** Whether to return the last carry, too. */
  readonly returnCarry?: WithCarry;
  /** Whether time is the first axis. */
  readonly timeMajor?: boolean;
  /** Whether the sequence is run from its end. */
  readonly reverse?: boolean;
  /** Whether the outputs of a reversed run are put back into the order of the input. */
  readonly keepOrder?: boolean;
  /** Where the initial carry comes from; streams are forked. */
  readonly rngs?: Rngs | RngStream | undefined;
}

/** What `RNN.forward` returns: the outputs, with the last carry in front if that was asked for. */
export type RNNResult<Carry, WithCarry extends boolean> = WithCarry extends true
  ? [Carry, Tensor]
  : Tensor;

/**
 * Runs a recurrent cell over sequences.
 *
 * With `seqLengths`, a reversed run starts at the last valid step of each sequence and leaves the
 * padding at the end, and the carry returned is that of the last valid step. What comes out of padding
 * has no meaning.
 *
 * @example
 * ```ts
 * import { ones } from "@flaxen/ndarray";
 * import { LSTMCell, RNN, Rngs } from "@flaxen/nnx";
 *
 * const rnn = new RNN(new LSTMCell(3, 5, { rngs: new Rngs(0) }));
 * rnn.forward(ones([2, 7, 3])).shape; // => [2, 7, 5]
 * const [[c, h], y] = rnn.forward(ones([2, 7, 3]), { returnCarry: true, seqLengths: [7, 4] });
 * h.shape; // => [2, 5]
 * ```
 *
 * Recurrent dropout with one mask for all steps:
 *
 * @example
 * ```ts
 * import { all, any, equal } from "@flaxen/autodiff";
 * import type { Tensor, TensorLike } from "@flaxen/autodiff";
 * import { ones } from "@flaxen/ndarray";
 * import { Dropout, GRUCell, RNN, Rngs } from "@flaxen/nnx";
 *
 * class DroppingCell extends GRUCell {
 *   dropout: Dropout;
 *   constructor(inFeatures: number, hiddenFeatures: number, rngs: Rngs) {
 *     super(inFeatures, hiddenFeatures, { rngs });
 *     this.dropout = new Dropout(0.5, { rngCollection: "recurrent", rngs });
 *   }
 *   override forward(carry: Tensor, x: TensorLike): [Tensor, Tensor] {
 *     const [next, y] = super.forward(carry, x);
 *     return [next, this.dropout.forward(y)];
 *   }
 * }
 * const cell = new DroppingCell(1, 4, new Rngs({ params: 0, recurrent: 2 }));
 * const y = new RNN(cell, { broadcastRngs: "recurrent" }).forward(ones([3, 1]));
 * any(equal(y, 0), { axis: 0 }); // => [true, true, false, false]
 * all(equal(y, 0), { axis: 0 }); // => [true, true, false, false]
 * ```
 */
export class RNN<Carry = Tensor, WithCarry extends boolean = false> extends Module {
  /** Takes the steps. */
  cell: RNNCellBase<Carry>;
  /** Whether time is the first axis. */
  readonly timeMajor: boolean;
  /** Whether the last carry is returned, too. */
  readonly returnCarry: boolean;
  /** Whether the sequence is run from its end. */
  readonly reverse: boolean;
  /** Whether the outputs of a reversed run are put back into the order of the input. */
  readonly keepOrder: boolean;
  /** Where initial carries come from; null if each call has to bring a stream. */
  rngs: RngStream | null;
  /** Streams inside the cell that draw the same in all steps. */
  readonly broadcastRngs: Filter;

  /**
   * Wraps a cell.
   *
   * @param cell - e.g. an `LSTMCell`.
   * @param options - see {@link RNNOptions}.
   * @throws {@link TypeError} if `cell` is no cell, an option is unknown, `rngs` is neither streams nor a boolean, or
   *   `broadcastRngs` is no filter.
   */
  constructor(cell: RNNCellBase<Carry>, options: RNNOptions<WithCarry> = {}) {
    super();
    if (!isPytree(cell) || !("initializeCarry" in cell)) {
      throw new TypeError(`RNN: cell must be a recurrent cell, got ${describe(cell)}.`);
    }
    checkOptions("RNN", options, OPTIONS);
    const {
      timeMajor = false,
      returnCarry = false,
      reverse = false,
      keepOrder = false,
      rngs = true,
      broadcastRngs = null,
    } = options;
    toPredicate("RNN", broadcastRngs);
    this.cell = cell;
    this.timeMajor = timeMajor;
    this.returnCarry = returnCarry;
    this.reverse = reverse;
    this.keepOrder = keepOrder;
    this.rngs = carryStream("RNN", rngs);
    this.broadcastRngs = broadcastRngs;
  }

  /**
   * Runs the cell.
   *
   * @param x - shape `[...batch, time, features]`, or `[time, ...batch, features]` if time-major.
   * @param options - see {@link RNNCall}.
   * @returns the outputs of all steps, stacked along the time axis of `x`; with `returnCarry`
   *   `[carry, outputs]`.
   * @throws {@link RangeError} if `x` has too few axes or no steps, or `seqLengths` does not fit.
   * @throws {@link TypeError} if an option is unknown, or `seqLengths` holds no integers.
   * @throws {@link Error} if the initial carry has to be made and there is no stream.
   */
  forward<Q extends boolean = WithCarry>(
    x: TensorLike,
    options: RNNCall<Carry, Q> = {},
  ): RNNResult<Carry, Q> {
    const callee = methodOf(this, "RNN.forward");
    checkOptions(callee, options, CALL_OPTIONS);
    const input = checkInput(callee, x);
    const features = this.cell.numFeatureAxes;
    const timeMajor = options.timeMajor ?? this.timeMajor;
    const timeAxis = timeMajor ? 0 : input.ndim - features - 1;
    checkTime(callee, input, timeAxis, features);
    const batch = input.shape.slice(0, -features).toSpliced(timeAxis, 1);
    const lengths = checkLengths(callee, options.seqLengths, batch, input.shape[timeAxis]);
    const reverse = options.reverse ?? this.reverse;
    const returnCarry = options.returnCarry ?? this.returnCarry;
    const ordered = reverse ? flipSequences(input, timeAxis, lengths) : input;
    const steps = unstack(ordered, { axis: timeAxis });
    let carry = options.initialCarry ?? this.initialCarry(callee, steps[0].shape, options.rngs);
    const carries: Carry[] = [];
    const shared = this.sharedKeys(callee);
    const outputs = steps.map((step) => {
      const [next, y] = runWithValues(shared, () => this.cell.forward(carry, step));
      carry = next;
      if (returnCarry && lengths !== null) carries.push(next);
      return y;
    });
    const stacked = stack(outputs, timeAxis);
    const keepOrder = reverse && (options.keepOrder ?? this.keepOrder);
    const result = keepOrder ? flipSequences(stacked, timeAxis, lengths) : stacked;
    if (!returnCarry) return result as RNNResult<Carry, Q>;
    const last = lengths === null ? carry : lastValid(carries, lengths);
    return [last, result] as RNNResult<Carry, Q>;
  }

  /** What streams hold at the beginning of each step if all steps draw the same. */
  private sharedKeys(callee: Callee): (readonly [Variable<unknown>, unknown])[] {
    return selectStreams(callee, this.cell, this.broadcastRngs).flatMap((stream) => {
      const [{ key, count }] = stream.split(1);
      return [[stream.key, key.value] as const, [stream.count, count.value] as const];
    });
  }

  private initialCarry(callee: Callee, shape: Shape, rngs: Rngs | RngStream | undefined): Carry {
    const given = isPytree(rngs) && "stream" in rngs ? rngs.carry.fork() : rngs;
    const source = given ?? this.rngs;
    if (source === null) {
      throw new Error(
        `${callee}: rngs must be given to make the initial carry, got null. Pass { rngs } or { initialCarry }.`,
      );
    }
    return this.cell.initializeCarry(shape, { rngs: toStream(callee, source, "carry") });
  }
}

/** The stream that a sequence runner keeps. */
export function carryStream(callee: string, rngs: Rngs | boolean): RngStream | null {
  if (typeof rngs === "boolean") return rngs ? new RngStream(0, { tag: "carry" }) : null;
  if (isPytree(rngs) && "stream" in rngs) return rngs.carry.fork();
  throw new TypeError(`${callee}: rngs must be an Rngs or a boolean, got ${describe(rngs)}.`);
}

function checkTime(callee: Callee, { shape }: Tensor, timeAxis: number, features: number): void {
  if (timeAxis < 0 || shape.length < features + 1) {
    throw new RangeError(
      `${callee}: x must have a time axis and ${features} of features, got shape ${describe(shape)}.`,
    );
  }
  if (shape[timeAxis] === 0) {
    throw new RangeError(`${callee}: x must have at least one step, got shape ${describe(shape)}.`);
  }
}

function checkLengths(
  callee: Callee,
  seqLengths: TensorLike | undefined,
  batch: Shape,
  steps: number,
): Tensor | null {
  if (seqLengths === undefined) return null;
  const lengths = checkIndices(callee, "seqLengths", seqLengths);
  if (!sameShape(lengths.shape, batch)) {
    throw new RangeError(
      `${callee}: seqLengths must have the shape of the batch, ${describe(batch)}, got ${describe(lengths.shape)}.`,
    );
  }
  if (!isTracer(lengths)) {
    const wrong = Array.from(flatData(lengths), Number).find((n) => n < 0 || n > steps);
    if (wrong !== undefined) {
      throw new RangeError(
        `${callee}: seqLengths must be between 0 and the number of steps, ${steps}, got ${wrong}.`,
      );
    }
  }
  return lengths;
}

/** Turns the valid part of each sequence around; padding stays at the end. */
function flipSequences(x: Tensor, axis: number, lengths: Tensor | null): Tensor {
  if (lengths === null) return flip(x, axis);
  const steps = x.shape[axis];
  const backwards = subtract(steps - 1, arange(0, steps, 1, "int32"));
  const ones = x.shape.map(() => 1);
  // The lengths have the axes of x but time and features.
  const batch = [...lengths.shape.toSpliced(axis, 0, 1), ...ones].slice(0, x.ndim);
  const places = add(reshape(backwards, ones.with(axis, steps)), reshape(lengths, batch));
  return takeAlongAxis(x, remainder(places, steps), axis);
}

/** The carry after the last valid step of each sequence; nested arrays are carries, too. */
function lastValid<Carry>(carries: readonly Carry[], lengths: Tensor): Carry {
  const [first] = carries as readonly (Tensor | readonly Tensor[])[];
  if (Array.isArray(first)) {
    return first.map((_, i) =>
      lastValid(
        carries.map((carry) => (carry as readonly Tensor[])[i]),
        lengths,
      ),
    ) as Carry;
  }
  const all = stack(carries as readonly Tensor[], 0);
  const places = [1, ...lengths.shape, ...all.shape.slice(lengths.ndim + 1).map(() => 1)];
  const last = takeAlongAxis(all, reshape(subtract(lengths, 1), places), 0);
  return reshape(last, all.shape.slice(1)) as Carry;
}

const OPTIONS: readonly string[] = [
  "timeMajor",
  "returnCarry",
  "reverse",
  "keepOrder",
  "rngs",
  "broadcastRngs",
];

const CALL_OPTIONS: readonly string[] = [
  "initialCarry",
  "seqLengths",
  "returnCarry",
  "timeMajor",
  "reverse",
  "keepOrder",
  "rngs",
];
