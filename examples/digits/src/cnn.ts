import { nnx, relu, reshape } from "flaxen";
import type { Tensor } from "flaxen";

/** What the CNN is built from. */
export interface CNNOptions {
  /** Where the initial weights and the dropout masks come from. */
  readonly rngs: nnx.Rngs;
  /** Fraction of the features dropped before the last layer while training, in [0, 1]. Default 0.25. */
  readonly dropoutRate?: number;
}

/** Two convolutions and a linear layer: 8×8 images to ten logits. */
export class CNN extends nnx.Module {
  conv1: nnx.Conv;
  bn: nnx.BatchNorm;
  conv2: nnx.Conv;
  dropout: nnx.Dropout;
  linear: nnx.Linear;

  constructor({ rngs, dropoutRate = 0.25 }: CNNOptions) {
    super();
    this.conv1 = new nnx.Conv(1, 16, { kernelSize: [3, 3], rngs });
    this.bn = new nnx.BatchNorm(16, { momentum: 0.9, rngs });
    this.conv2 = new nnx.Conv(16, 32, { kernelSize: [3, 3], rngs });
    this.dropout = new nnx.Dropout(dropoutRate, { rngs });
    this.linear = new nnx.Linear(4 * 4 * 32, 10, { rngs });
  }

  /** Logits `[n, 10]` of images `[n, 8, 8, 1]` with values in [0, 1]. */
  forward(images: Tensor): Tensor {
    let x = relu(this.bn.forward(this.conv1.forward(images)));
    x = nnx.maxPool(x, [2, 2], { strides: [2, 2] });
    x = relu(this.conv2.forward(x));
    x = reshape(x, [-1, 4 * 4 * 32]);
    return this.linear.forward(this.dropout.forward(x));
  }
}
