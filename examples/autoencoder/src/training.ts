import { batches } from "@flaxen/example-digits/training";
import type { Digits } from "@flaxen/example-digits/data";
import { mean, nnx, optax, random } from "flaxen";
import type { NDArray, Tensor } from "flaxen";
import { Autoencoder } from "./autoencoder.ts";

const LEARNING_RATE = 1e-2;
const BATCH = 64;

/** How a training goes. */
export interface TrainingOptions {
  readonly steps: number;
  readonly seed: number;
  /** Told the number of steps done and the loss. */
  readonly onStep?: (step: number, loss: number) => void;
}

/** A trained model and the loss of each step. */
export interface Training {
  readonly model: Autoencoder;
  readonly losses: readonly number[];
}

/** Mean squared difference between pixels and what comes back of them. */
function loss(model: Autoencoder, images: Tensor): Tensor {
  return mean(optax.squaredError(model.forward(images), images));
}

/** One optimizer step on a batch; returns the loss before it. */
const trainStep = nnx.jit(
  (model: Autoencoder, optimizer: nnx.Optimizer<Autoencoder>, images: Tensor): Tensor => {
    const [value, grads] = nnx.valueAndGrad((model: Autoencoder) => loss(model, images))(model);
    optimizer.update(model, grads);
    return value;
  },
);

/** The images in batches, again and again, each time in a new order. */
function* forever(data: Digits, key: random.Key): Generator<Digits, never> {
  for (let epoch = 0; ; epoch++) yield* batches(data, random.foldIn(key, epoch), BATCH);
}

/** Trains a new model. */
export function train(
  data: Digits,
  { steps, seed, onStep = () => undefined }: TrainingOptions,
): Training {
  const rngs = new nnx.Rngs(seed);
  const model = new Autoencoder({ rngs });
  const order = forever(data, rngs.next());
  const learningRate = optax.cosineDecaySchedule(LEARNING_RATE, steps);
  const optimizer = new nnx.Optimizer(model, optax.adam(learningRate), { wrt: nnx.Param });
  const losses = Array.from({ length: steps }, (_, step) => {
    const { images } = order.next().value;
    const value = (trainStep(model, optimizer, images) as NDArray<"float32">).item();
    onStep(step + 1, value);
    return value;
  });
  return { model, losses };
}

/** The loss on images. */
export function testLoss(model: Autoencoder, { images }: Digits): number {
  return (loss(model, images) as NDArray<"float32">).item();
}
