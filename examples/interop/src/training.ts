import { readFileSync } from "node:fs";
import { mean, nnx, optax } from "flaxen";
import type { NDArray, Tensor } from "flaxen";
import { Painter } from "./painter.ts";
import type { Picture } from "./picture.ts";

/** A model and its optimizer. */
export interface Training {
  readonly model: Painter;
  readonly optimizer: nnx.Optimizer<Painter>;
}

/** The file of the optimizer beside the file of a model. */
export function optimizerFile(file: string): string {
  return file.replace(/\.safetensors$/, ".optimizer.safetensors");
}

/** The training that a pair of files holds, whether Flax has written them or flaxen. */
export function load(file: string): Training {
  const model = new Painter({ rngs: new nnx.Rngs(1) });
  const optimizer = new nnx.Optimizer(model, optax.adam(5e-3), { wrt: nnx.Param });
  nnx.loadSafetensors(model, readFileSync(file));
  nnx.loadSafetensors(optimizer, readFileSync(optimizerFile(file)));
  return { model, optimizer };
}

const step = nnx.jit(
  (model: Painter, optimizer: nnx.Optimizer<Painter>, points: Tensor, colors: Tensor): Tensor => {
    const [loss, grads] = nnx.valueAndGrad((model: Painter) =>
      mean(optax.squaredError(model.forward(points), colors)),
    )(model);
    optimizer.update(model, grads);
    return loss;
  },
);

/** One optimizer step on the whole picture; returns the loss before it. */
export function trainStep({ model, optimizer }: Training, { points, colors }: Picture): number {
  return (step(model, optimizer, points, colors) as NDArray<"float32">).item();
}
