import { argmax, mean, nnx, optax, softmax } from "flaxen";
import type { NDArray, Tensor } from "flaxen";
import { CLASSES, spirals } from "./data.ts";
import type { Points } from "./data.ts";
import { MLP } from "./mlp.ts";

const LEARNING_RATE = 1e-2;
const POINTS = 120;

/** A trained model, what it learned from, and how it went. */
export interface Training {
  readonly model: MLP;
  readonly train: Points;
  readonly test: Points;
  /** Loss of each step. */
  readonly losses: readonly number[];
}

/** One optimizer step on all points; returns the loss before it. */
const trainStep = nnx.jit(
  (model: MLP, optimizer: nnx.Optimizer<MLP>, points: Tensor, labels: Tensor): Tensor => {
    const [loss, grads] = nnx.valueAndGrad((model: MLP) =>
      mean(optax.softmaxCrossEntropyWithIntegerLabels(model.forward(points), labels)),
    )(model);
    optimizer.update(model, grads);
    return loss;
  },
);

/** Trains a new model; `onStep` is told the number of steps done and the loss. */
export function train(
  { steps, seed }: { readonly steps: number; readonly seed: number },
  onStep: (step: number, loss: number) => void = () => undefined,
): Training {
  const rngs = new nnx.Rngs(seed);
  const model = new MLP(CLASSES, { rngs });
  const train = spirals(rngs.next(), POINTS);
  const test = spirals(rngs.next(), POINTS);
  const learningRate = optax.cosineDecaySchedule(LEARNING_RATE, steps);
  const optimizer = new nnx.Optimizer(model, optax.adam(learningRate), { wrt: nnx.Param });
  const losses = Array.from({ length: steps }, (_, step) => {
    const loss = trainStep(model, optimizer, train.points, train.labels);
    const value = (loss as NDArray<"float32">).item();
    onStep(step + 1, value);
    return value;
  });
  return { model, train, test, losses };
}

/** The fraction of points that the model puts on their own spiral. */
export function accuracy(model: MLP, { points, labels }: Points): number {
  const found = argmax(model.forward(points), { axis: -1 }) as NDArray<"int32">;
  return labels.data.filter((label, i) => label === found.data[i]).length / labels.size;
}

/** Probabilities `[n, classes]` of points `[n, 2]`. */
export function probabilities(model: MLP, points: Tensor): NDArray<"float32"> {
  return softmax(model.forward(points)) as NDArray<"float32">;
}
