// The models that several test files share.
import { relu, reshape, tanh } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { BatchNorm, Conv, Dropout, Linear, maxPool, Module, Rngs } from "@flaxen/nnx";

export class MLP extends Module {
  l1: Linear;
  l2: Linear;
  constructor(rngs: Rngs = new Rngs(0)) {
    super();
    this.l1 = new Linear(2, 8, { rngs });
    this.l2 = new Linear(8, 1, { rngs });
  }
  forward(x: TensorLike): Tensor {
    return this.l2.forward(tanh(this.l1.forward(x)));
  }
}

export class CNN extends Module {
  conv: Conv;
  bn: BatchNorm;
  drop: Dropout;
  fc: Linear;
  constructor(rngs: Rngs = new Rngs(0)) {
    super();
    this.conv = new Conv(1, 4, { kernelSize: [3, 3], rngs });
    this.bn = new BatchNorm(4, { rngs });
    this.drop = new Dropout(0.25, { rngs });
    this.fc = new Linear(16, 2, { rngs });
  }
  forward(x: TensorLike): Tensor {
    const h = maxPool(relu(this.bn.forward(this.conv.forward(x))), [2, 2], { strides: [2, 2] });
    return this.fc.forward(this.drop.forward(reshape(h, [h.shape[0], 16])));
  }
}

/** A list, a Map, a plain object, a shared layer and a cycle. */
export class Zoo extends Module {
  layers: Linear[];
  byName: Map<string, Linear>;
  extra: { scale: Linear; note: string };
  tied: Linear;
  parent: Module = this;
  sizes = [3, 3];
  label = "zoo";
  constructor(rngs: Rngs = new Rngs(0)) {
    super();
    this.layers = Array.from({ length: 11 }, () => new Linear(1, 1, { rngs }));
    this.byName = new Map([["first", new Linear(1, 2, { rngs })]]);
    this.extra = { scale: new Linear(1, 3, { rngs, useBias: false }), note: "static" };
    this.tied = this.layers[0];
  }
}
