import { existsSync, readFileSync } from "node:fs";
import { writeAtomically } from "@flaxen/example-kit/files";
import { nnx, safetensors } from "flaxen";
import type { CNN } from "./cnn.ts";
import { emptyHistory } from "./history.ts";
import type { History } from "./history.ts";

/** How far a run has come. */
export interface Progress {
  /** Complete epochs. */
  readonly epoch: number;
  /** Seed of the run, which decides the order of the images. */
  readonly seed: number;
  readonly history: History;
}

/** What a run needs besides the weights to go on as if it had never stopped. */
class TrainingState extends nnx.Module {
  optimizer: nnx.Optimizer<CNN>;
  dropout: nnx.Dropout;

  constructor(model: CNN, optimizer: nnx.Optimizer<CNN>) {
    super();
    this.optimizer = optimizer;
    this.dropout = model.dropout;
  }
}

/** The file beside the weights that holds the optimizer, the dropout stream and the progress. */
export function trainingFile(file: string): string {
  return `${file.replace(/\.safetensors$/, "")}.training.safetensors`;
}

/** Writes the weights to `file`, which Flax opens too, and the rest of the run beside it. */
export function saveCheckpoint(
  file: string,
  model: CNN,
  optimizer: nnx.Optimizer<CNN>,
  { epoch, seed, history }: Progress,
): void {
  const metadata = { epoch: String(epoch), seed: String(seed), history: JSON.stringify(history) };
  const training = new TrainingState(model, optimizer);
  writeAtomically(
    trainingFile(file),
    nnx.saveSafetensors(training, { includeRng: true, metadata }),
  );
  writeAtomically(file, nnx.saveSafetensors(model, { metadata: { epoch: String(epoch) } }));
}

/** The progress kept beside `file`; undefined when there is none that belongs to these very weights. */
export function readProgress(file: string): Progress | undefined {
  if (!existsSync(trainingFile(file))) return undefined;
  const weights = safetensors.decode(readFileSync(file)).metadata;
  const { epoch, seed, history } = safetensors.decode(readFileSync(trainingFile(file))).metadata;
  // A crash between the two writes leaves files of different epochs.
  if (epoch === undefined || epoch !== weights["epoch"]) return undefined;
  return {
    epoch: Number(epoch),
    seed: Number(seed),
    history: JSON.parse(history ?? "null") ?? emptyHistory(),
  };
}

/** Sets the weights and, when there is progress to go on from, the optimizer and the dropout stream. */
export function loadCheckpoint(
  file: string,
  model: CNN,
  optimizer: nnx.Optimizer<CNN>,
  progress: Progress | undefined,
): void {
  nnx.loadSafetensors(model, readFileSync(file));
  if (progress === undefined) return;
  nnx.loadSafetensors(new TrainingState(model, optimizer), readFileSync(trainingFile(file)));
}
