import { jit, setThreads } from "@flaxen/autodiff";
import {
  NDArray,
  add,
  convGeneralDilated,
  grad,
  matmul,
  mean,
  nnx,
  optax,
  random,
  relu,
  reshape,
  softmax,
  sum,
  transpose,
  vjp,
} from "flaxen";
import type { Tensor } from "flaxen";
import { call } from "../contestant.ts";
import type { Adapter, Call, Mode } from "../contestant.ts";
import { numbers, trainingTask } from "../inputs.ts";
import type { Layer, Task } from "../inputs.ts";
import type { Workload } from "../workload.ts";

type Jit = <F extends (...args: never[]) => unknown>(f: F) => F;

const compile = jit as unknown as Jit;
const compileModules = nnx.jit as unknown as Jit;
const asIs: Jit = (f) => f;

/** Makes the calls. */
export async function adapter(mode: Mode, threads: number): Promise<Adapter> {
  if (threads > 1) await setThreads(threads);
  return (workload) =>
    mode === "jit" ? prepare(workload, compile, compileModules) : prepare(workload, asIs, asIs);
}

function prepare(workload: Workload, compiled: Jit, compiledModules: Jit): Call | undefined {
  const { kind, sizes } = workload;
  switch (kind) {
    case "matmul":
      return product(sizes, compiled);
    case "convForward":
    case "convInputGradient":
    case "convKernelGradient":
      return convolution(kind, sizes, compiled);
    case "softmax": {
      const x = tensor(numbers(10 ** 6, 1), [sizes["rows"]!, sizes["columns"]!]);
      const f = compiled((x: Tensor) => softmax(x));
      return tensorCall(() => f(x));
    }
    case "layerNorm": {
      const x = tensor(numbers(10 ** 6, 1), [sizes["rows"]!, sizes["columns"]!]);
      const norm = new nnx.LayerNorm(sizes["columns"]!, { rngs: new nnx.Rngs(0) });
      const f = compiledModules((norm: nnx.LayerNorm, x: Tensor) => norm.forward(x));
      return tensorCall(() => f(norm, x));
    }
    case "adam":
      return adam(compiled);
    case "uniform":
      return tensorCall(() => random.uniform(random.key(0), [sizes["n"]!]));
    case "normal":
      return tensorCall(() => random.normal(random.key(0), [sizes["n"]!]));
    case "add": {
      const [a, b] = [1, 2].map((seed) => tensor(numbers(sizes["n"]!, seed), [sizes["n"]!]));
      return tensorCall(() => add(a!, b!));
    }
    case "addGradient": {
      const [a, b] = [1, 2].map((seed) => tensor(numbers(sizes["n"]!, seed), [sizes["n"]!]));
      const gradient = grad((x: Tensor) => {
        let y = x;
        for (let i = 0; i < sizes["chain"]!; i++) y = add(y, b!);
        return sum(y);
      });
      return tensorCall(() => gradient(a!));
    }
    case "tiny":
    case "mlp":
    case "cnn":
      return training(kind, sizes["batch"]!, compiledModules);
  }
}

function tensor(values: Float32Array | Int32Array, shape: readonly number[]): NDArray {
  return new NDArray(values, [...shape]);
}

function tensorCall(run: () => Tensor): Call {
  return call<Tensor>({ run, read: (x) => (reshape(x, [-1]) as NDArray).data as Float32Array });
}

function product(sizes: Workload["sizes"], compiled: Jit): Call {
  const n = sizes["n"]!;
  const [a, b] = [1, 2].map((seed) => tensor(numbers(n * n, seed), [n, n])) as [NDArray, NDArray];
  const left = sizes["transposeA"] ? transpose(a) : a;
  const right = sizes["transposeB"] ? transpose(b) : b;
  const f = compiled((x: Tensor, y: Tensor) => matmul(x, y));
  return tensorCall(() => f(left, right));
}

function convolution(
  kind: "convForward" | "convInputGradient" | "convKernelGradient",
  sizes: Workload["sizes"],
  compiled: Jit,
): Call {
  const { batch, side, in: inputs, out, window } = sizes as Record<string, number>;
  const xShape = [batch!, side!, side!, inputs!];
  const kShape = [window!, window!, inputs!, out!];
  const yShape = [batch!, side!, side!, out!];
  const [x, k, ct] = [xShape, kShape, yShape].map((shape, i) =>
    tensor(
      numbers(
        shape.reduce((a, b) => a * b),
        i + 1,
      ),
      shape,
    ),
  ) as [NDArray, NDArray, NDArray];
  const forward = (x: Tensor, k: Tensor): Tensor => convGeneralDilated(x, k, { padding: "SAME" });
  if (kind === "convForward") {
    const f = compiled(forward);
    return tensorCall(() => f(x, k));
  }
  // A convolution is linear in each operand: its gradient needs no forward pass.
  const pullback =
    kind === "convInputGradient"
      ? vjp((x: Tensor) => forward(x, k), x)[1]
      : vjp((k: Tensor) => forward(x, k), k)[1];
  if (compiled === compile) {
    const f = compiled((x: Tensor, k: Tensor, ct: Tensor) =>
      kind === "convInputGradient"
        ? vjp((x: Tensor) => forward(x, k), x)[1](ct)[0]
        : vjp((k: Tensor) => forward(x, k), k)[1](ct)[0],
    );
    return tensorCall(() => f(x, k, ct));
  }
  return tensorCall(() => pullback(ct)[0]);
}

function adam(compiled: Jit): Call {
  const tx = optax.adam(1e-3);
  const gradient = tensor(numbers(10 ** 6, 2), [10 ** 6]);
  let params: Tensor = tensor(numbers(10 ** 6, 1), [10 ** 6]);
  let state = tx.init(params);
  const update = compiled((gradient: Tensor, state: ReturnType<typeof tx.init>, params: Tensor) => {
    const [updates, next] = tx.update(gradient, state, params);
    return [optax.applyUpdates(params, updates), next] as const;
  });
  return tensorCall(() => {
    [params, state] = update(gradient, state, params) as [Tensor, typeof state];
    return params;
  });
}

class MLP extends nnx.Module {
  readonly layers: nnx.Linear[];

  constructor(layers: readonly Layer[]) {
    super();
    this.layers = layers.map(linear);
  }

  forward(x: Tensor): Tensor {
    this.layers.forEach((layer, i) => {
      x = layer.forward(i === 0 ? x : relu(x));
    });
    return x;
  }
}

class CNN extends nnx.Module {
  readonly conv1: nnx.Conv;
  readonly conv2: nnx.Conv;
  readonly linear1: nnx.Linear;
  readonly linear2: nnx.Linear;

  constructor(layers: readonly Layer[]) {
    super();
    [this.conv1, this.conv2] = [conv(layers[0]!), conv(layers[1]!)];
    [this.linear1, this.linear2] = [linear(layers[2]!), linear(layers[3]!)];
  }

  forward(x: Tensor): Tensor {
    x = nnx.maxPool(relu(this.conv1.forward(x)), [2, 2], { strides: [2, 2] });
    x = nnx.maxPool(relu(this.conv2.forward(x)), [2, 2], { strides: [2, 2] });
    x = relu(this.linear1.forward(reshape(x, [x.shape[0]!, -1])));
    return this.linear2.forward(x);
  }
}

function linear({ shape, kernel, bias }: Layer): nnx.Linear {
  const layer = new nnx.Linear(shape[0]!, shape[1]!, { rngs: new nnx.Rngs(0) });
  layer.kernel.value = tensor(kernel, shape);
  layer.bias!.value = tensor(bias, shape.slice(-1));
  return layer;
}

function conv({ shape, kernel, bias }: Layer): nnx.Conv {
  const rngs = new nnx.Rngs(0);
  const layer = new nnx.Conv(shape[2]!, shape[3]!, { kernelSize: [shape[0]!, shape[1]!], rngs });
  layer.kernel.value = tensor(kernel, shape);
  layer.bias!.value = tensor(bias, shape.slice(-1));
  return layer;
}

type Model = nnx.Module & { forward(x: Tensor): Tensor };

function training(kind: "tiny" | "mlp" | "cnn", batch: number, compiledModules: Jit): Call {
  const task: Task = trainingTask(kind, batch);
  const model: Model = kind === "cnn" ? new CNN(task.layers) : new MLP(task.layers);
  const optimizer = new nnx.Optimizer<Model>(model, optax.adam(1e-3), { wrt: nnx.Param });
  const x = tensor(task.inputs, task.inputShape);
  const labels = tensor(task.labels, [batch]);
  const step = compiledModules(
    (model: Model, optimizer: nnx.Optimizer<Model>, x: Tensor, labels: Tensor) => {
      const [loss, grads] = nnx.valueAndGrad((model: Model) =>
        mean(optax.softmaxCrossEntropyWithIntegerLabels(model.forward(x), labels)),
      )(model);
      optimizer.update(model, grads);
      return loss;
    },
  );
  return call<number>({
    run: () => (step(model, optimizer, x, labels) as NDArray).item() as number,
    read: (loss) => [loss],
  });
}
