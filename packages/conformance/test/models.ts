// The five models of generate/models.py, their data and their train step.
import { loadDigits } from "@flaxen/example-digits/data";
import { add, flip, gelu, mean, relu, reshape, sigmoid, slice, tanh } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import * as initializers from "@flaxen/initializers";
import { NDArray, concatenate, zeros } from "@flaxen/ndarray";
import * as nnx from "@flaxen/nnx";
import * as optax from "@flaxen/optax";
import { key, normal, randint } from "@flaxen/rng";

export type ModelName = "MLP" | "CNN" | "LSTM" | "Transformer" | "Autoencoder";

/** A model, whatever its class. */
export type Model = nnx.Module & { forward(x: Tensor): Tensor };

interface Task {
  readonly make: (rngs: nnx.Rngs) => Model;
  /** All inputs and targets, in rows. */
  readonly data: () => readonly [x: NDArray, y: NDArray];
  readonly loss: (outputs: Tensor, targets: Tensor) => Tensor;
}

class MLP extends nnx.Module {
  linear1: nnx.Linear;
  linear2: nnx.Linear;
  linear3: nnx.Linear;

  constructor(rngs: nnx.Rngs) {
    super();
    this.linear1 = new nnx.Linear(2, 16, { rngs });
    this.linear2 = new nnx.Linear(16, 16, { rngs });
    this.linear3 = new nnx.Linear(16, 2, { rngs });
  }

  forward(x: Tensor): Tensor {
    return this.linear3.forward(relu(this.linear2.forward(tanh(this.linear1.forward(x)))));
  }
}

class CNN extends nnx.Module {
  conv1: nnx.Conv;
  bn: nnx.BatchNorm;
  conv2: nnx.Conv;
  dropout: nnx.Dropout;
  linear: nnx.Linear;

  constructor(rngs: nnx.Rngs) {
    super();
    this.conv1 = new nnx.Conv(1, 8, { kernelSize: [3, 3], rngs });
    this.bn = new nnx.BatchNorm(8, { rngs });
    this.conv2 = new nnx.Conv(8, 16, { kernelSize: [3, 3], strides: 2, rngs });
    this.dropout = new nnx.Dropout(0.25, { rngs });
    this.linear = new nnx.Linear(64, 10, { rngs });
  }

  forward(images: Tensor): Tensor {
    const normed = relu(this.bn.forward(this.conv1.forward(images)));
    const x = relu(this.conv2.forward(nnx.maxPool(normed, [2, 2], { strides: [2, 2] })));
    return this.linear.forward(this.dropout.forward(reshape(x, [-1, 64])));
  }
}

class LSTM extends nnx.Module {
  embed: nnx.Embed;
  rnn: nnx.RNN<readonly [Tensor, Tensor]>;
  linear: nnx.Linear;

  constructor(rngs: nnx.Rngs) {
    super();
    this.embed = new nnx.Embed(4, 8, { rngs });
    this.rnn = new nnx.RNN(new nnx.OptimizedLSTMCell(8, 24, { rngs }), { rngs });
    this.linear = new nnx.Linear(24, 4, { rngs });
  }

  forward(x: Tensor): Tensor {
    return this.linear.forward(this.rnn.forward(this.embed.forward(x)));
  }
}

class EncoderBlock extends nnx.Module {
  norm1: nnx.LayerNorm;
  attention: nnx.MultiHeadAttention;
  norm2: nnx.LayerNorm;
  linear1: nnx.Linear;
  linear2: nnx.Linear;
  dropout: nnx.Dropout;

  constructor(rngs: nnx.Rngs) {
    super();
    this.norm1 = new nnx.LayerNorm(32, { rngs });
    this.attention = new nnx.MultiHeadAttention(4, 32, { dropoutRate: 0.1, rngs });
    this.norm2 = new nnx.LayerNorm(32, { rngs });
    this.linear1 = new nnx.Linear(32, 64, { rngs });
    this.linear2 = new nnx.Linear(64, 32, { rngs });
    this.dropout = new nnx.Dropout(0.1, { rngs });
  }

  forward(input: Tensor): Tensor {
    const x = add(input, this.attention.forward(this.norm1.forward(input)));
    const hidden = gelu(this.linear1.forward(this.norm2.forward(x)));
    return add(x, this.dropout.forward(this.linear2.forward(hidden)));
  }
}

class Transformer extends nnx.Module {
  embed: nnx.Embed;
  positions: nnx.Param;
  blocks: EncoderBlock[];
  norm: nnx.LayerNorm;
  linear: nnx.Linear;

  constructor(rngs: nnx.Rngs) {
    super();
    this.embed = new nnx.Embed(8, 32, { rngs });
    this.positions = new nnx.Param(initializers.normal(0.1)(rngs.params.next(), [8, 32]));
    this.blocks = [new EncoderBlock(rngs), new EncoderBlock(rngs)];
    this.norm = new nnx.LayerNorm(32, { rngs });
    this.linear = new nnx.Linear(32, 8, { rngs });
  }

  forward(tokens: Tensor): Tensor {
    let x = add(this.embed.forward(tokens), this.positions.value);
    for (const block of this.blocks) x = block.forward(x);
    return this.linear.forward(this.norm.forward(x));
  }
}

class Autoencoder extends nnx.Module {
  conv1: nnx.Conv;
  conv2: nnx.Conv;
  code: nnx.Linear;
  spread: nnx.Linear;
  up1: nnx.ConvTranspose;
  up2: nnx.ConvTranspose;

  constructor(rngs: nnx.Rngs) {
    super();
    const options = { kernelSize: [3, 3], strides: 2, rngs };
    this.conv1 = new nnx.Conv(1, 8, options);
    this.conv2 = new nnx.Conv(8, 16, options);
    this.code = new nnx.Linear(64, 8, { rngs });
    this.spread = new nnx.Linear(8, 64, { rngs });
    this.up1 = new nnx.ConvTranspose(16, 8, options);
    this.up2 = new nnx.ConvTranspose(8, 1, options);
  }

  forward(images: Tensor): Tensor {
    const features = relu(this.conv2.forward(relu(this.conv1.forward(images))));
    const code = this.code.forward(reshape(features, [-1, 64]));
    const grid = reshape(relu(this.spread.forward(code)), [-1, 2, 2, 16]);
    return sigmoid(this.up2.forward(relu(this.up1.forward(grid))));
  }
}

function crossEntropy(outputs: Tensor, labels: Tensor): Tensor {
  return mean(optax.softmaxCrossEntropyWithIntegerLabels(outputs, labels));
}

function squared(outputs: Tensor, targets: Tensor): Tensor {
  return mean(optax.squaredError(outputs, targets));
}

function quadrants(): [NDArray, NDArray] {
  const x = normal(key(1), [160, 2]) as NDArray<"float32">;
  const label = (i: number): number => Number(x.get(i, 0) > 0 !== x.get(i, 1) > 0);
  return [
    x,
    new NDArray(
      Int32Array.from({ length: 160 }, (_, i) => label(i)),
      [160],
    ),
  ];
}

function echoes(): [NDArray, NDArray] {
  const x = randint(key(2), [64, 12], 0, 4);
  return [x, concatenate([zeros([64, 2], "int32"), x.hi(64, 10)], 1)];
}

function reversals(): [NDArray, NDArray] {
  const x = randint(key(3), [64, 8], 0, 8);
  return [x, flip(x, 1) as NDArray];
}

function digits(): { readonly images: NDArray; readonly labels: NDArray } {
  const { images, labels } = loadDigits().train;
  return { images: images.hi(800, 8, 8, 1), labels: labels.hi(800) };
}

export const TASKS: Readonly<Record<ModelName, Task>> = {
  MLP: { make: (rngs) => new MLP(rngs), data: quadrants, loss: crossEntropy },
  CNN: {
    make: (rngs) => new CNN(rngs),
    data: () => [digits().images, digits().labels],
    loss: crossEntropy,
  },
  LSTM: { make: (rngs) => new LSTM(rngs), data: echoes, loss: crossEntropy },
  Transformer: { make: (rngs) => new Transformer(rngs), data: reversals, loss: crossEntropy },
  Autoencoder: {
    make: (rngs) => new Autoencoder(rngs),
    data: () => [digits().images, digits().images],
    loss: squared,
  },
};

/** How a run goes. */
export interface RunSettings {
  readonly model: ModelName;
  readonly optimizer: "sgd" | "adam";
  readonly learningRate: number;
  readonly batch: number;
}

/** One step of training; returns the loss before it. */
export type Step = (model: Model, optimizer: nnx.Optimizer<Model>, x: Tensor, y: Tensor) => Tensor;

/** The loss of each of `steps` steps from seed 0, as `run` of generate/models.py; `compile` may be `nnx.jit`. */
export function losses(
  { model: name, optimizer: kind, learningRate, batch }: RunSettings,
  steps: number,
  compile: (step: Step) => Step = (step) => step,
): number[] {
  const { make, data, loss } = TASKS[name];
  const [x, y] = data();
  const model = make(new nnx.Rngs(0));
  const optimizer = new nnx.Optimizer(model, optax[kind](learningRate), { wrt: nnx.Param });
  const trainStep = compile((model, optimizer, x, y) => {
    const [value, grads] = nnx.valueAndGrad((model: Model) => loss(model.forward(x), y))(model);
    optimizer.update(model, grads);
    return value;
  });
  model.train();
  return Array.from({ length: steps }, (_, step) => {
    const first = (step * batch) % x.shape[0];
    const value = trainStep(model, optimizer, rows(x, first, batch), rows(y, first, batch));
    return (value as NDArray<"float32">).item();
  });
}

/** `count` rows of x from `first` on. */
function rows(x: NDArray, first: number, count: number): Tensor {
  const rest = x.shape.slice(1);
  return slice(x, [first, ...rest.map(() => 0)], [first + count, ...rest]);
}
