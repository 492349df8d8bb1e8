import { describe } from "@flaxen/dtype";
import { isTensor } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { decode } from "@flaxen/safetensors";
import { checkOptions } from "./arguments.ts";
import { loadSafetensors, saveSafetensors } from "./checkpoint.ts";
import { valueAndGrad } from "./grad.ts";
import type { Module } from "./module.ts";
import type { Optimizer } from "./optimizer.ts";
import { checkNode } from "./state.ts";

/** Where a training run is. */
export interface FitProgress {
  /** The epoch, counted from 0. */
  readonly epoch: number;
  /** Steps of this epoch so far. */
  readonly stepOfEpoch: number;
  /** Steps of all epochs so far, with those before a resumed checkpoint. */
  readonly step: number;
  /** What the last step has returned: its loss. */
  readonly loss: Tensor;
}

/** What `fit` needs of an `AbortSignal`. */
export interface FitSignal {
  /** Whether to stop. */
  readonly aborted: boolean;
  /** Why; it is what `fit` rejects with. */
  readonly reason?: unknown;
}

/** Settings of `fit`. */
export interface FitOptions<M extends object, B> {
  /** Trains the model; its `wrt` chooses what. */
  readonly optimizer: Optimizer<M>;
  /** The batches of an epoch: the same for the same epoch, if the run is to be resumed. */
  readonly data: (epoch: number) => Iterable<B> | AsyncIterable<B>;
  /** How many epochs, 1 by default. */
  readonly epochs?: number;
  /** The loss of a batch, a floating scalar; it is differentiated with respect to the Params of the model. */
  readonly loss?: (model: M, batch: B) => Tensor;
  /**
   * A step of one's own in place of `loss`, eager or compiled: it calls the optimizer and returns the loss.
   */
  readonly step?: (model: M, optimizer: Optimizer<M>, batch: B) => Tensor;
  /** Called after each step; a promise is awaited. */
  readonly onStep?: (progress: FitProgress) => unknown;
  /** Called after each epoch that had a step; a promise is awaited. */
  readonly onEpoch?: (progress: FitProgress) => unknown;
  /** Stops the run between two steps, e.g. the `signal` of an AbortController. */
  readonly signal?: FitSignal | undefined;
  /**
   * Takes the bytes of a checkpoint: model, optimizer, random streams and place, as a safetensors file. It is
   * called after every `checkpointEvery` steps, at the end, and when the run is stopped.
   */
  readonly onCheckpoint?: (bytes: Uint8Array, progress: FitProgress) => unknown;
  /** After how many steps `onCheckpoint` is called; by default after each epoch. */
  readonly checkpointEvery?: number;
  /** A checkpoint to go on from; the batches before it are drawn and passed over. */
  readonly resume?: Uint8Array | undefined;
}

/** What `fit` comes to. */
export interface FitResult {
  /** Steps of all epochs, with those before a resumed checkpoint. */
  readonly steps: number;
  /** The loss of the last step; null if there was none. */
  readonly loss: Tensor | null;
}

/**
 * Trains a model: the usual loop over epochs and batches, made of `valueAndGrad`, `Optimizer.update`,
 * `saveSafetensors` and `loadSafetensors` and nothing else.
 *
 * A run that goes on from a checkpoint takes the very steps that it would have taken. Every few milliseconds
 * the loop lets other work of the page go first, so that it can be stopped.
 *
 * @param model - the Module to be trained; it is changed in place.
 * @param options - see {@link FitOptions}; `optimizer`, `data`, and either `loss` or `step` are required.
 * @returns the number of steps and the last loss.
 * @throws {@link TypeError} (as a rejection) if an option is missing or wrong.
 * @throws {@link RangeError} (as a rejection) if `epochs` or `checkpointEvery` is no such number, or the
 *   checkpoint does not fit.
 * @throws the `reason` of `signal` if the run is stopped, and whatever a callback throws.
 *
 * @example
 * ```ts
 * import { mean, square, subtract } from "@flaxen/autodiff";
 * import { array } from "@flaxen/ndarray";
 * import { fit, Linear, Optimizer, Param, Rngs } from "@flaxen/nnx";
 * import { sgd } from "@flaxen/optax";
 *
 * const model = new Linear(1, 1, { rngs: new Rngs(0) });
 * const optimizer = new Optimizer(model, sgd(0.2), { wrt: Param });
 * const x = array([[0], [1], [2]]);
 * const y = array([[1], [3], [5]]);
 * const losses: number[] = [];
 * const { steps } = await fit(model, {
 *   optimizer,
 *   data: () => [{ x, y }],
 *   epochs: 100,
 *   loss: (m, batch) => mean(square(subtract(m.forward(batch.x), batch.y))),
 *   onStep: ({ loss }) => losses.push(Number(loss)),
 * });
 * steps; // => 100
 * losses[99] < 1e-6; // => true
 * ```
 */
export async function fit<M extends Module, B>(
  model: M,
  options: FitOptions<M, B>,
): Promise<FitResult> {
  checkNode("fit", model, "model");
  checkFit(options);
  const { optimizer, data, epochs = 1, signal, onStep, onEpoch, onCheckpoint } = options;
  const { checkpointEvery = null, resume } = options;
  const takeStep = options.step ?? defaultStep(options.loss as (model: M, batch: B) => Tensor);
  const whole = { model, optimizer };
  const start = resume === undefined ? START : restore(whole, resume);
  let { step } = start;
  let loss: Tensor | null = null;
  let saved = step;
  let latest: FitProgress | null = null;
  const breathe = makeBreather();
  const save = async (progress: FitProgress): Promise<void> => {
    if (onCheckpoint === undefined || saved === progress.step) return;
    saved = progress.step;
    await onCheckpoint(toCheckpoint(whole, progress), progress);
  };

  for (let epoch = start.epoch; epoch < epochs; epoch++) {
    let stepOfEpoch = 0;
    let trained = false;
    for await (const batch of data(epoch)) {
      if (epoch === start.epoch && stepOfEpoch < start.stepOfEpoch) {
        stepOfEpoch++;
        continue;
      }
      await breathe();
      if (signal?.aborted === true) {
        if (latest !== null) await save(latest);
        throw abortReason(signal);
      }
      loss = checkLoss(takeStep(model, optimizer, batch));
      const progress = { epoch, stepOfEpoch: ++stepOfEpoch, step: ++step, loss };
      latest = progress;
      trained = true;
      await onStep?.(progress);
      if (checkpointEvery !== null && step % checkpointEvery === 0) await save(progress);
    }
    if (!trained || latest === null) continue;
    await onEpoch?.(latest);
    if (checkpointEvery === null || epoch === epochs - 1) await save(latest);
  }
  return { steps: step, loss };
}

type Place = Omit<FitProgress, "loss">;

const START: Place = { epoch: 0, stepOfEpoch: 0, step: 0 };

const OPTIONS: readonly string[] = [
  "optimizer",
  "data",
  "epochs",
  "loss",
  "step",
  "onStep",
  "onEpoch",
  "signal",
  "onCheckpoint",
  "checkpointEvery",
  "resume",
];

function checkFit<M extends object, B>(options: FitOptions<M, B>): void {
  checkOptions("fit", options, OPTIONS);
  const { optimizer, data, loss, step, epochs, checkpointEvery } = options;
  if (typeof optimizer !== "object" || optimizer === null || !("optState" in optimizer)) {
    throw new TypeError(`fit: optimizer must be an Optimizer, got ${describe(optimizer)}.`);
  }
  const { onStep, onEpoch, onCheckpoint } = options;
  const functions = { data, loss, step, onStep, onEpoch, onCheckpoint };
  for (const [name, f] of Object.entries(functions)) {
    if (typeof f !== "function" && (f !== undefined || name === "data")) {
      throw new TypeError(`fit: ${name} must be a function, got ${describe(f)}.`);
    }
  }
  if ((loss === undefined) === (step === undefined)) {
    throw new TypeError(
      `fit: either loss or step must be given, got ${loss === undefined ? "neither" : "both"}.`,
    );
  }
  checkCount("epochs", epochs, 0);
  checkCount("checkpointEvery", checkpointEvery, 1);
}

function checkCount(argument: string, count: number | undefined, least: number): void {
  if (count === undefined || (Number.isSafeInteger(count) && count >= least)) return;
  const message = `fit: ${argument} must be an integer of at least ${least}, got ${describe(count)}.`;
  throw typeof count === "number" ? new RangeError(message) : new TypeError(message);
}

function checkLoss(loss: unknown): Tensor {
  if (isTensor(loss)) return loss;
  throw new TypeError(`fit: step must return the loss, an array, got ${describe(loss)}.`);
}

function defaultStep<M extends Module, B>(
  loss: (model: M, batch: B) => Tensor,
): (model: M, optimizer: Optimizer<M>, batch: B) => Tensor {
  // The batch is captured and not passed: it may hold anything.
  return (model, optimizer, batch) => {
    const [value, gradients] = valueAndGrad((m: M) => loss(m, batch))(model);
    optimizer.update(model, gradients as object);
    return value;
  };
}

// Epoch, steps of it and all steps, in the metadata of a checkpoint.
const PLACE = "fit";

function toCheckpoint(whole: object, { epoch, stepOfEpoch, step }: FitProgress): Uint8Array {
  const metadata = { [PLACE]: `${epoch} ${stepOfEpoch} ${step}` };
  return saveSafetensors(whole, { includeRng: true, metadata });
}

function restore(whole: object, bytes: Uint8Array): Place {
  const { metadata } = decode(bytes);
  const place = Object.hasOwn(metadata, PLACE) ? toPlace(metadata[PLACE]) : null;
  if (place === null) {
    throw new RangeError(
      "fit: resume must be a checkpoint that fit has made, got a file without its place.",
    );
  }
  loadSafetensors(whole, bytes);
  return place;
}

/** The numbers of a checkpoint; null if it has none. */
function toPlace(text: string): Place | null {
  const numbers = text.split(" ").map(Number);
  const valid = numbers.length === 3 && numbers.every((n) => Number.isSafeInteger(n) && n >= 0);
  const [epoch, stepOfEpoch, step] = numbers;
  return valid ? { epoch, stepOfEpoch, step } : null;
}

function abortReason({ reason }: FitSignal): unknown {
  return reason ?? new Error("fit: the run was stopped.");
}

/** Lets timers and events run, but not more often than every few milliseconds, as waiting takes time too. */
function makeBreather(): () => Promise<void> {
  const { setTimeout, performance } = globalThis as unknown as {
    setTimeout?: (f: () => void, delay: number) => unknown;
    performance?: { now(): number };
  };
  const now = (): number => performance?.now() ?? 0;
  let last = now();
  return async () => {
    if (setTimeout === undefined || now() - last < 20) return;
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    last = now();
  };
}
