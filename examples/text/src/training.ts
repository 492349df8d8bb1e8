import { mean, nnx, optax, random } from "flaxen";
import type { NDArray, Tensor } from "flaxen";
import { randomBatch } from "./corpus.ts";
import type { Batch, Corpus } from "./corpus.ts";
import { Writer } from "./writer.ts";

const SIZES = { features: 24, hidden: 96 };
const PIECES = { batch: 16, length: 32 };
const PEAK_LEARNING_RATE = 1e-2;

/** How a training goes. */
export interface TrainingOptions {
  readonly steps: number;
  readonly seed: number;
  /** Told the number of steps done, the loss, and the model as it then is. */
  readonly onStep?: (step: number, loss: number, model: Writer) => void;
}

/** A trained model and the loss of each step, in nats a character. */
export interface Training {
  readonly model: Writer;
  readonly losses: readonly number[];
}

/** Mean cross-entropy of the characters that really follow. */
function loss(model: Writer, { inputs, targets }: Batch): Tensor {
  const [logits] = model.forward(inputs);
  return mean(optax.softmaxCrossEntropyWithIntegerLabels(logits, targets));
}

/** One optimizer step on a batch; returns the loss before it. */
const trainStep = nnx.jit(
  (model: Writer, optimizer: nnx.Optimizer<Writer>, batch: Batch): Tensor => {
    const [value, grads] = nnx.valueAndGrad((model: Writer) => loss(model, batch))(model);
    optimizer.update(model, grads);
    return value;
  },
);

/** The learning rate climbs for a tenth of the steps and then falls along a cosine. */
function learningRate(steps: number): optax.Schedule {
  const warmupSteps = Math.ceil(steps / 10);
  return optax.warmupCosineDecaySchedule(0, PEAK_LEARNING_RATE, {
    warmupSteps,
    decaySteps: steps + 1,
  });
}

/** Trains a new model on random pieces of the text. */
export function train(
  corpus: Corpus,
  { steps, seed, onStep = () => undefined }: TrainingOptions,
): Training {
  const rngs = new nnx.Rngs(seed);
  const model = new Writer({ ...SIZES, vocabulary: corpus.characters.length, rngs });
  const batchKey = rngs.next();
  const tx = optax.chain(optax.clipByGlobalNorm(1), optax.adam(learningRate(steps)));
  const optimizer = new nnx.Optimizer(model, tx, { wrt: nnx.Param });
  const losses = Array.from({ length: steps }, (_, step) => {
    const batch = randomBatch(corpus.train, random.foldIn(batchKey, step), PIECES);
    const value = (trainStep(model, optimizer, batch) as NDArray<"float32">).item();
    onStep(step + 1, value, model);
    return value;
  });
  return { model, losses };
}

/** The loss on `batches` batches of the text that was kept apart. */
export function testLoss(model: Writer, { test }: Corpus, batches: number): number {
  const values = Array.from({ length: batches }, (_, i) => {
    const batch = randomBatch(test, random.key(i), PIECES);
    return (loss(model, batch) as NDArray<"float32">).item();
  });
  return values.reduce((a, b) => a + b, 0) / batches;
}
