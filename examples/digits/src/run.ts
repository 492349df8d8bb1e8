import { UsageError } from "@flaxen/example-kit/command";
import { writeAtomically } from "@flaxen/example-kit/files";
import { nnx, optax, random } from "flaxen";
import { loadCheckpoint, readProgress, saveCheckpoint } from "./checkpoint.ts";
import type { Progress } from "./checkpoint.ts";
import { CNN } from "./cnn.ts";
import type { Digits } from "./data.ts";
import { confusionMatrix, emptyHistory } from "./history.ts";
import type { Options } from "./options.ts";
import { reportHtml } from "./report.ts";
import { accuracyOf, predict, trainEpoch } from "./training.ts";
import { warp } from "./warp.ts";

const LEARNING_RATE = 1e-2;

/** A model, its optimizer, and what decides the order and the warps of the images. */
interface Start {
  readonly model: CNN;
  readonly optimizer: nnx.Optimizer<CNN>;
  readonly shuffleKey: random.Key;
  readonly warpKey: random.Key;
}

/** The state that a seed leads to before the first of `steps` steps. */
function start(seed: number, steps: number): Start {
  const rngs = new nnx.Rngs(seed);
  const model = new CNN({ rngs });
  const learningRate = optax.cosineDecaySchedule(LEARNING_RATE, steps);
  const optimizer = new nnx.Optimizer(model, optax.adam(learningRate), { wrt: nnx.Param });
  // The model has drawn its keys; these are the next two of the same stream.
  return { model, optimizer, shuffleKey: rngs.next(), warpKey: rngs.next() };
}

/** The state that the options ask for: that of the file to resume from, or that of the seed. */
function startOrResume(
  { seed, resume }: Options,
  steps: number,
): Start & { readonly progress: Progress } {
  const fresh: Progress = { epoch: 0, seed, history: emptyHistory() };
  if (resume === undefined) return { ...start(seed, steps), progress: fresh };
  try {
    const found = readProgress(resume);
    const begun = start(found?.seed ?? seed, steps);
    loadCheckpoint(resume, begun.model, begun.optimizer, found);
    return { ...begun, progress: found ?? fresh };
  } catch (error) {
    throw new UsageError(`--resume ${resume}: ${(error as Error).message}`, { cause: error });
  }
}

/** Where a run writes, and whom it tells. */
export interface RunEnvironment {
  readonly data: { readonly train: Digits; readonly test: Digits };
  readonly weightsFile: string;
  readonly reportFile: string;
  readonly signal: AbortSignal;
  readonly onStep: (epoch: number, done: number, loss: number, accuracy: number) => void;
  readonly onEpoch: (epoch: number, loss: number, accuracy: number, testAccuracy: number) => void;
}

/** How a run has ended. */
export interface RunResult {
  /** Complete epochs, those before a resumed run included. */
  readonly epochs: number;
  readonly stopped: boolean;
  readonly predictions: Int32Array;
  readonly testAccuracy: number;
}

/** Trains, writes a checkpoint after each epoch, and writes the report at the end. */
export async function run(options: Options, environment: RunEnvironment): Promise<RunResult> {
  const { data, weightsFile, reportFile, signal, onStep, onEpoch } = environment;
  const steps = options.epochs * Math.floor(data.train.labels.size / options.batch);
  const { model, optimizer, shuffleKey, warpKey, progress } = startOrResume(options, steps);
  const { seed, history } = progress;

  let { epoch } = progress;
  for (; epoch < options.epochs && !signal.aborted; epoch++) {
    const result = await trainEpoch({
      model,
      optimizer,
      data: { ...data.train, images: warp(data.train.images, random.foldIn(warpKey, epoch)) },
      key: random.foldIn(shuffleKey, epoch),
      batch: options.batch,
      onStep: (done, loss, accuracy) => onStep(epoch, done, loss, accuracy),
      signal,
    });
    if (result === undefined) break;
    const testAccuracy = accuracyOf(predict(model, data.test.images), data.test);
    history.losses.push(...result.losses);
    history.trainAccuracy.push(result.accuracy);
    history.testAccuracy.push(testAccuracy);
    saveCheckpoint(weightsFile, model, optimizer, { epoch: epoch + 1, seed, history });
    const loss = result.losses.reduce((a, b) => a + b, 0) / result.losses.length;
    onEpoch(epoch, loss, result.accuracy, testAccuracy);
  }

  const predictions = predict(model, data.test.images);
  const stopped = epoch < options.epochs;
  if (!stopped) {
    const confusion = confusionMatrix(data.test.labels.data, predictions);
    const stepsPerEpoch = history.losses.length / Math.max(1, history.testAccuracy.length);
    writeAtomically(reportFile, reportHtml({ history, confusion, stepsPerEpoch }));
  }
  const testAccuracy = accuracyOf(predictions, data.test);
  return { epochs: epoch, stopped, predictions, testAccuracy };
}
