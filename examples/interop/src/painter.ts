import { multiply, nnx, sigmoid, sin } from "flaxen";
import type { Tensor } from "flaxen";

const SIZES = [2, 48, 48, 3];
const FREQUENCY = 8;

/** From the place of a point to its colour; the class of `python/painter.py`, field for field. */
export class Painter extends nnx.Module {
  layers: nnx.Linear[];

  constructor({ rngs }: { readonly rngs: nnx.Rngs }) {
    super();
    this.layers = SIZES.slice(1).map((size, i) => new nnx.Linear(SIZES[i], size, { rngs }));
  }

  /** Colours `[n, 3]` in [0, 1] of points `[n, 2]` of the square from -1 to 1. */
  forward(points: Tensor): Tensor {
    const [first, ...rest] = this.layers;
    const last = rest.pop()!;
    let x = sin(multiply(first.forward(points), FREQUENCY));
    for (const layer of rest) x = sin(layer.forward(x));
    return sigmoid(last.forward(x));
  }
}
