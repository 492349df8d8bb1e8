import { add, argmax, mean, multiply, nnx, oneHot, optax, random, take } from "flaxen";
import type { NDArray, Tensor } from "flaxen";
import type { CNN } from "./cnn.ts";
import type { Digits } from "./data.ts";

/** How much of the target goes evenly to all ten digits: the model is not asked to be certain. */
const SMOOTHING = 0.1;

/** What one epoch has measured. */
export interface EpochResult {
  readonly losses: number[];
  /** Mean accuracy over the batches, 0 to 1. */
  readonly accuracy: number;
}

/** What an epoch needs. */
export interface EpochOptions {
  readonly model: CNN;
  readonly optimizer: nnx.Optimizer<CNN>;
  readonly data: Digits;
  /** Decides the order of the images. */
  readonly key: random.Key;
  readonly batch: number;
  /** Called after each step with the fraction of the epoch that is done and the means so far. */
  readonly onStep?: (done: number, loss: number, accuracy: number) => void;
  /** Ends the epoch early; it is then incomplete and `trainEpoch` returns undefined. */
  readonly signal?: AbortSignal;
}

/** Mean cross-entropy of `logits` with the smoothed labels. */
function smoothedLoss(logits: Tensor, labels: Tensor): Tensor {
  const targets = add(multiply(oneHot(labels, 10), 1 - SMOOTHING), SMOOTHING / 10);
  return mean(optax.softmaxCrossEntropy(logits, targets));
}

const step = nnx.jit(
  (
    model: CNN,
    optimizer: nnx.Optimizer<CNN>,
    { images, labels }: Digits,
    metrics: nnx.MultiMetric | undefined,
  ): Tensor => {
    const lossAndLogits = nnx.valueAndGrad(
      (model: CNN) => {
        const logits = model.forward(images);
        return [smoothedLoss(logits, labels), logits];
      },
      { hasAux: true },
    );
    const [[loss, logits], grads] = lossAndLogits(model);
    optimizer.update(model, grads);
    metrics?.update({ loss, logits, labels });
    return loss;
  },
);

/** One optimizer step on a batch; returns the loss before it. */
export function trainStep(
  model: CNN,
  optimizer: nnx.Optimizer<CNN>,
  digits: Digits,
  metrics?: nnx.MultiMetric,
): number {
  return (step(model, optimizer, digits, metrics) as NDArray<"float32">).item();
}

/** The images in a new order, cut into batches; the incomplete last batch is left out. */
export function* batches(data: Digits, key: random.Key, batch: number): Generator<Digits> {
  const order = random.permutation(key, data.labels.size);
  for (let start = 0; start + batch <= order.size; start += batch) {
    const rows = order.lo(start).hi(batch);
    yield {
      images: take(data.images, rows, { axis: 0 }) as NDArray<"float32">,
      labels: take(data.labels, rows, { axis: 0 }) as NDArray<"int32">,
    };
  }
}

/** Trains on every batch once. Gives way to other events between steps, so that Ctrl-C is heard. */
export async function trainEpoch({
  model,
  optimizer,
  data,
  key,
  batch,
  onStep,
  signal,
}: EpochOptions): Promise<EpochResult | undefined> {
  const steps = Math.floor(data.labels.size / batch);
  const metrics = new nnx.MultiMetric({
    loss: new nnx.Average("loss"),
    accuracy: new nnx.Accuracy(),
  });
  const losses: number[] = [];
  model.train();
  for (const digits of batches(data, key, batch)) {
    losses.push(trainStep(model, optimizer, digits, metrics));
    const { loss, accuracy } = values(metrics);
    onStep?.(losses.length / steps, loss, accuracy);
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted) return undefined;
  }
  return { losses, accuracy: values(metrics).accuracy };
}

function values(metrics: nnx.MultiMetric): { loss: number; accuracy: number } {
  const { loss, accuracy } = metrics.compute() as Record<"loss" | "accuracy", NDArray<"float32">>;
  return { loss: loss.item(), accuracy: accuracy.item() };
}

/** The digit that the model takes each image for. */
export function predict(model: CNN, images: NDArray): Int32Array {
  const frozen = nnx.view(model, { useRunningAverage: true, deterministic: true });
  return (argmax(frozen.forward(images), { axis: -1 }) as NDArray<"int32">).data;
}

/** The fraction of predictions that are right. */
export function accuracyOf(predictions: ArrayLike<number>, { labels }: Digits): number {
  let right = 0;
  for (let i = 0; i < labels.size; i++) if (predictions[i] === labels.get(i)) right++;
  return right / labels.size;
}
