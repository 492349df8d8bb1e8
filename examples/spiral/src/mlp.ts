import { nnx, tanh } from "flaxen";
import type { Tensor } from "flaxen";

/** Two hidden layers: points of the plane to one logit for each class. */
export class MLP extends nnx.Module {
  linear1: nnx.Linear;
  linear2: nnx.Linear;
  linear3: nnx.Linear;

  constructor(classes: number, { rngs }: { readonly rngs: nnx.Rngs }) {
    super();
    this.linear1 = new nnx.Linear(2, 32, { rngs });
    this.linear2 = new nnx.Linear(32, 32, { rngs });
    this.linear3 = new nnx.Linear(32, classes, { rngs });
  }

  /** Logits `[n, classes]` of points `[n, 2]`. */
  forward(points: Tensor): Tensor {
    return this.linear3.forward(tanh(this.linear2.forward(tanh(this.linear1.forward(points)))));
  }
}
