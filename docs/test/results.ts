import { flatData, isNDArray } from "@flaxen/ndarray";
import { wasmSupported } from "@flaxen/wasm";
import { mean, matmul, nnx, optax, random, relu, reshape } from "flaxen";
import type { Tensor } from "flaxen";

class CNN extends nnx.Module {
  conv: nnx.Conv;
  norm: nnx.BatchNorm;
  dropout: nnx.Dropout;
  linear: nnx.Linear;
  constructor({ rngs }: { rngs: nnx.Rngs }) {
    super();
    this.conv = new nnx.Conv(1, 8, { kernelSize: [3, 3], rngs });
    this.norm = new nnx.BatchNorm(8, { rngs });
    this.dropout = new nnx.Dropout(0.25, { rngs });
    this.linear = new nnx.Linear(4 * 4 * 8, 10, { rngs });
  }
  forward(x: Tensor): Tensor {
    const h = relu(this.norm.forward(this.conv.forward(x)));
    const pooled = nnx.maxPool(h, [2, 2], { strides: [2, 2] });
    return this.linear.forward(this.dropout.forward(reshape(pooled, [-1, 4 * 4 * 8])));
  }
}

/** FNV-1a over the bytes of an array, in hexadecimal. */
function fingerprint(x: Tensor): string {
  if (!isNDArray(x)) throw new TypeError("fingerprint: x must be concrete.");
  const { buffer, byteOffset, byteLength } = flatData(x);
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** What must have the same bits everywhere. */
export interface Results {
  /** A sample of normal numbers. */
  readonly normal: string;
  /** A matrix product of random float32 matrices. */
  readonly product: string;
  /** The losses of two training steps of a CNN. */
  readonly losses: readonly number[];
  /** All Variables of the CNN after these steps. */
  readonly weights: Readonly<Record<string, string>>;
  /** What `display` prints of a model. */
  readonly displayed: string;
}

/** Whether WebAssembly may be compiled here. */
export function wasmAllowed(): boolean {
  return wasmSupported();
}

/** Draws, multiplies and trains. */
export function results(): Results {
  const [a, b, images, labels] = random.split(random.key(7), 4);
  const left = random.normal(a, [64, 64]);
  const product = matmul(left, random.normal(b, [64, 64]));

  const model = new CNN({ rngs: new nnx.Rngs(0) });
  const optimizer = new nnx.Optimizer(model, optax.adam(1e-2), { wrt: nnx.Param });
  const x = random.uniform(images, [16, 8, 8, 1]);
  const y = random.randint(labels, [16], 0, 10);
  const lossAndGrads = nnx.valueAndGrad((m: CNN) =>
    mean(optax.softmaxCrossEntropyWithIntegerLabels(m.forward(x), y)),
  );
  const losses = [0, 1].map(() => {
    const [loss, grads] = lossAndGrads(model);
    optimizer.update(model, grads);
    return Number(loss);
  });
  const state = nnx.toFlatState(nnx.state(model, nnx.Not(nnx.RngState)));
  const weights = state.map(([path, { value }]): [string, string] => [
    path.join("."),
    fingerprint(value as Tensor),
  ]);
  return {
    normal: fingerprint(left),
    product: fingerprint(product),
    losses,
    weights: Object.fromEntries(weights),
    displayed: displayed(),
  };
}

/** Catches what `display` hands to the console. */
function displayed(): string {
  const { log } = console;
  const lines: unknown[] = [];
  console.log = (...values: unknown[]) => lines.push(...values);
  try {
    nnx.display(new nnx.Linear(2, 3, { rngs: new nnx.Rngs(0) }), { rate: 0.5 });
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}
