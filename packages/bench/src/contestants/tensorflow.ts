import { call } from "../contestant.ts";
import type { Adapter, Call } from "../contestant.ts";
import { numbers, oneHot, trainingTask } from "../inputs.ts";
import { requirePeer } from "../peer-modules.ts";
import type { Workload } from "../workload.ts";

/** TensorFlow.js on one of its backends. Both complete an operation before they return. */
export async function tensorflow(backend: "cpu" | "wasm"): Promise<Adapter> {
  const tf = requirePeer("@tensorflow/tfjs");
  if (backend === "wasm") requirePeer("@tensorflow/tfjs-backend-wasm").setThreadsCount(1);
  tf.env().set("PROD", true);
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs has no backend ${backend}`);
  await tf.ready();

  const tensor = (values: Float32Array, shape: readonly number[]): any =>
    tf.tensor(values, [...shape]);
  const tensorCall = (run: () => any): Call =>
    call<any>({ run, read: (x) => x.dataSync(), free: (x) => x.dispose() });

  function convolution(kind: Workload["kind"], sizes: Workload["sizes"]): Call {
    const { batch, side, in: inputs, out, window } = sizes as Record<string, number>;
    const xShape = [batch!, side!, side!, inputs!];
    const kShape = [window!, window!, inputs!, out!];
    const x = tensor(numbers(batch! * side! ** 2 * inputs!, 1), xShape);
    const k = tensor(numbers(window! ** 2 * inputs! * out!, 2), kShape);
    if (kind === "convForward") return tensorCall(() => tf.conv2d(x, k, 1, "same"));
    const ct = tensor(numbers(batch! * side! ** 2 * out!, 3), [batch!, side!, side!, out!]);
    // The kernels that its gradients run, without the forward pass.
    if (kind === "convInputGradient")
      return tensorCall(() => tf.conv2dTranspose(ct, k, xShape, 1, "same"));
    const attributes = {
      strides: 1,
      pad: "same",
      dataFormat: "NHWC",
      dimRoundingMode: undefined,
      filterShape: kShape,
    };
    return tensorCall(() =>
      tf.engine().runKernel("Conv2DBackpropFilter", { x, dy: ct }, attributes),
    );
  }

  function adam(): Call {
    const n = 10 ** 6;
    const params = tf.variable(tensor(numbers(n, 1), [n]));
    const gradient = tensor(numbers(n, 2), [n]);
    const optimizer = tf.train.adam(1e-3, 0.9, 0.999, 1e-8);
    return call<void>({
      run: () => optimizer.applyGradients({ [params.name]: gradient }),
      read: () => params.dataSync(),
    });
  }

  function training(kind: "tiny" | "mlp" | "cnn", batch: number): Call {
    const task = trainingTask(kind, batch);
    const layers = task.layers.map(({ shape, kernel, bias }) => ({
      kernel: tf.variable(tensor(kernel, shape)),
      bias: tf.variable(tensor(bias, [bias.length])),
    }));
    const x = tensor(task.inputs, task.inputShape);
    const targets = tensor(oneHot(task.labels, task.classes), [batch, task.classes]);
    const optimizer = tf.train.adam(1e-3, 0.9, 0.999, 1e-8);
    const loss = (): any => {
      let y = x;
      layers.forEach(({ kernel, bias }, i) => {
        if (i > 0) y = tf.relu(y);
        if (kernel.rank === 4) {
          if (i > 0) y = tf.maxPool(y, 2, 2, "valid");
          y = tf.add(tf.conv2d(y, kernel, 1, "same"), bias);
        } else {
          if (y.rank === 4) y = tf.reshape(tf.maxPool(y, 2, 2, "valid"), [batch, -1]);
          y = tf.add(tf.matMul(y, kernel), bias);
        }
      });
      return tf.losses.softmaxCrossEntropy(targets, y);
    };
    return call<number>({
      run: () => {
        const value = optimizer.minimize(loss, true);
        const [number] = value.dataSync();
        value.dispose();
        return number;
      },
      read: (number) => [number],
    });
  }

  return ({ kind, sizes }) => {
    const { n, rows, columns } = sizes as Record<string, number>;
    switch (kind) {
      case "matmul": {
        const [a, b] = [1, 2].map((seed) => tensor(numbers(n! * n!, seed), [n!, n!]));
        const [left, right] = [sizes["transposeA"] === 1, sizes["transposeB"] === 1];
        return tensorCall(() => tf.matMul(a, b, left, right));
      }
      case "convForward":
      case "convInputGradient":
      case "convKernelGradient":
        return convolution(kind, sizes);
      case "softmax": {
        const x = tensor(numbers(10 ** 6, 1), [rows!, columns!]);
        return tensorCall(() => tf.softmax(x));
      }
      case "layerNorm": {
        const x = tensor(numbers(10 ** 6, 1), [rows!, columns!]);
        const norm = tf.layers.layerNormalization({ epsilon: 1e-6 });
        return tensorCall(() => norm.apply(x));
      }
      case "adam":
        return adam();
      case "uniform":
        return tensorCall(() => tf.randomUniform([n!]));
      case "normal":
        return tensorCall(() => tf.randomNormal([n!]));
      case "add": {
        const [a, b] = [1, 2].map((seed) => tensor(numbers(n!, seed), [n!]));
        return tensorCall(() => tf.add(a, b));
      }
      case "addGradient": {
        const [a, b] = [1, 2].map((seed) => tensor(numbers(n!, seed), [n!]));
        const gradient = tf.grad((x: any) => {
          let y = x;
          for (let i = 0; i < sizes["chain"]!; i++) y = tf.add(y, b);
          return tf.sum(y);
        });
        return tensorCall(() => gradient(a));
      }
      case "tiny":
      case "mlp":
      case "cnn":
        return training(kind, sizes["batch"]!);
    }
  };
}
