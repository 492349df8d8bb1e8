import { call } from "../contestant.ts";
import type { Adapter, Call, Mode } from "../contestant.ts";
import { numbers, oneHot, permuted, trainingTask } from "../inputs.ts";
import { importPeer } from "../peer-modules.ts";
import type { Workload } from "../workload.ts";

const [LEARNING_RATE, B1, B2, EPS] = [1e-3, 0.9, 0.999, 1e-8];

interface LayerParams {
  readonly kernel: any;
  readonly bias: any;
}

/**
 * Functions take over their arguments, so that what is needed again is passed as `.ref`. Images and kernels are
 * channels first. `blockUntilReady` is the way to wait that copies nothing.
 */
export async function adapter(mode: Mode): Promise<Adapter> {
  const jax = await importPeer("@jax-js/jax");
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  const { numpy: np, nn, lax, random, tree } = jax;
  const compiled = (f: any): any => (mode === "jit" ? jax.jit(f) : f);

  const array = (values: Float32Array, shape: readonly number[]): any =>
    np.array(values, { shape: [...shape] });
  const ready = (x: any): Promise<any> => x.blockUntilReady();
  function arrayCall(run: () => any, shape?: readonly number[], axes?: readonly number[]): Call {
    return call<any>({
      run: () => ready(run()),
      read: async (x) => {
        const values = await x.ref.data();
        return shape && axes ? permuted(values, shape, axes) : values;
      },
      free: (x) => x.dispose(),
    });
  }

  function convolution(kind: Workload["kind"], sizes: Workload["sizes"]): Call {
    const { batch, side, in: inputs, out, window } = sizes as Record<string, number>;
    const x = array(
      permuted(
        numbers(batch! * side! ** 2 * inputs!, 1),
        [batch!, side!, side!, inputs!],
        [0, 3, 1, 2],
      ),
      [batch!, inputs!, side!, side!],
    );
    const k = array(
      permuted(
        numbers(window! ** 2 * inputs! * out!, 2),
        [window!, window!, inputs!, out!],
        [3, 2, 0, 1],
      ),
      [out!, inputs!, window!, window!],
    );
    const forward = (x: any, k: any): any => lax.conv(x, k, [1, 1], "SAME");
    if (kind === "convForward") {
      const f = compiled(forward);
      return arrayCall(() => f(x.ref, k.ref), [batch!, out!, side!, side!], [0, 2, 3, 1]);
    }
    const ct = array(
      permuted(numbers(batch! * side! ** 2 * out!, 3), [batch!, side!, side!, out!], [0, 3, 1, 2]),
      [batch!, out!, side!, side!],
    );
    const ofInput = kind === "convInputGradient";
    const [shape, axes] = ofInput
      ? [
          [batch!, inputs!, side!, side!],
          [0, 2, 3, 1],
        ]
      : [
          [out!, inputs!, window!, window!],
          [2, 3, 1, 0],
        ];
    if (mode === "jit") {
      const f = jax.jit((x: any, k: any, ct: any) => {
        const [y, pullback] = ofInput
          ? jax.vjp((x: any) => forward(x, k.ref), [x])
          : jax.vjp((k: any) => forward(x.ref, k), [k]);
        y.dispose();
        const [gradient] = pullback(ct);
        pullback.dispose();
        (ofInput ? k : x).dispose();
        return gradient;
      });
      return arrayCall(() => f(x.ref, k.ref, ct.ref), shape, axes);
    }
    const [, pullback] = ofInput
      ? jax.vjp((x: any) => forward(x, k.ref), [x.ref])
      : jax.vjp((k: any) => forward(x.ref, k), [k.ref]);
    return arrayCall(() => pullback(ct.ref)[0], shape, axes);
  }

  function adamUpdate(p: any, g: any, mu: any, nu: any, c1: any, c2: any): [any, any, any] {
    const nextMu = mu.mul(B1).add(g.ref.mul(1 - B1));
    const nextNu = nu.mul(B2).add(np.square(g).mul(1 - B2));
    const step = nextMu.ref.div(c1).div(np.sqrt(nextNu.ref.div(c2)).add(EPS));
    return [p.sub(step.mul(LEARNING_RATE)), nextMu, nextNu];
  }
  const corrections = (count: number): [any, any] => [
    np.array(1 - B1 ** count),
    np.array(1 - B2 ** count),
  ];

  function adam(): Call {
    const n = 10 ** 6;
    const gradient = array(numbers(n, 2), [n]);
    let [p, mu, nu] = [array(numbers(n, 1), [n]), np.zeros([n]), np.zeros([n])];
    let count = 0;
    const update = compiled(adamUpdate);
    return call<any>({
      run: () => {
        [p, mu, nu] = update(p, gradient.ref, mu, nu, ...corrections(++count));
        return jax.blockUntilReady([p, mu, nu]);
      },
      read: () => p.ref.data(),
    });
  }

  function training(kind: "tiny" | "mlp" | "cnn", batch: number): Call {
    const task = trainingTask(kind, batch);
    let params: LayerParams[] = task.layers.map(({ shape, kernel, bias }) => ({
      kernel:
        shape.length === 4
          ? array(
              permuted(kernel, shape, [3, 2, 0, 1]),
              [3, 2, 0, 1].map((axis) => shape[axis]!),
            )
          : kind === "cnn" && shape[0] === 3136
            ? array(permuted(kernel, [7, 7, 64, shape[1]!], [2, 0, 1, 3]), shape)
            : array(kernel, shape),
      bias: array(bias, shape.length === 4 ? [1, bias.length, 1, 1] : [bias.length]),
    }));
    const zeros = (): any => tree.map((x: any) => np.zerosLike(x.ref), params);
    let [mu, nu] = [zeros(), zeros()];
    let count = 0;
    const x = array(task.inputs, kind === "cnn" ? [batch, 1, 28, 28] : task.inputShape);
    const targets = array(oneHot(task.labels, task.classes), [batch, task.classes]);

    const pool = (x: any): any => lax.reduceWindow(x, np.max, [2, 2], [2, 2]);
    function forward(params: LayerParams[], x: any): any {
      params.forEach(({ kernel, bias }, i) => {
        if (i > 0) x = nn.relu(x);
        if (kernel.ndim === 4) {
          if (i > 0) x = pool(x);
          x = lax.conv(x, kernel, [1, 1], "SAME").add(bias);
        } else {
          if (x.ndim === 4) x = pool(x).reshape([batch, -1]);
          x = np.matmul(x, kernel).add(bias);
        }
      });
      return x;
    }
    const loss = (params: LayerParams[], x: any, targets: any): any =>
      nn
        .logSoftmax(forward(params, x), -1)
        .mul(targets)
        .sum()
        .mul(-1 / batch);
    const step = compiled(
      (params: LayerParams[], mu: any, nu: any, c1: any, c2: any, x: any, targets: any) => {
        const [value, grads] = jax.valueAndGrad(loss)(tree.ref(params), x, targets);
        const leaves = [params, grads, mu, nu].map((part) => tree.leaves(part)) as any[][];
        const structure = tree.structure(params);
        const next = leaves[0]!.map((p, i) =>
          adamUpdate(p, leaves[1]![i], leaves[2]![i], leaves[3]![i], c1.ref, c2.ref),
        );
        c1.dispose();
        c2.dispose();
        return [
          value,
          ...[0, 1, 2].map((part) =>
            tree.unflatten(
              structure,
              next.map((n) => n[part]),
            ),
          ),
        ];
      },
    );
    return call<number>({
      run: async () => {
        let value: any;
        [value, params, mu, nu] = step(params, mu, nu, ...corrections(++count), x.ref, targets.ref);
        await jax.blockUntilReady([params, mu, nu]);
        return (await value.data())[0];
      },
      read: (loss) => [loss],
    });
  }

  return ({ kind, sizes }) => {
    const { n, rows, columns } = sizes as Record<string, number>;
    switch (kind) {
      case "matmul": {
        const [a, b] = [1, 2].map((seed) => array(numbers(n! * n!, seed), [n!, n!]));
        const flip = (x: any, flipped?: number): any => (flipped ? np.transpose(x) : x);
        return arrayCall(() =>
          np.matmul(flip(a.ref, sizes["transposeA"]), flip(b.ref, sizes["transposeB"])),
        );
      }
      case "convForward":
      case "convInputGradient":
      case "convKernelGradient":
        return convolution(kind, sizes);
      case "softmax": {
        const x = array(numbers(10 ** 6, 1), [rows!, columns!]);
        const f = compiled((x: any) => nn.softmax(x, -1));
        return arrayCall(() => f(x.ref));
      }
      case "layerNorm": {
        const x = array(numbers(10 ** 6, 1), [rows!, columns!]);
        const [scale, bias] = [np.ones([columns!]), np.zeros([columns!])];
        const f = compiled((x: any, scale: any, bias: any) =>
          nn.standardize(x, -1, { epsilon: 1e-6 }).mul(scale).add(bias),
        );
        return arrayCall(() => f(x.ref, scale.ref, bias.ref));
      }
      case "adam":
        return adam();
      case "uniform":
        return arrayCall(() => random.uniform(random.key(0), [n!]));
      case "normal":
        return arrayCall(() => random.normal(random.key(0), [n!]));
      case "add": {
        const [a, b] = [1, 2].map((seed) => array(numbers(n!, seed), [n!]));
        return arrayCall(() => np.add(a.ref, b.ref));
      }
      case "addGradient": {
        const [a, b] = [1, 2].map((seed) => array(numbers(n!, seed), [n!]));
        const gradient = jax.grad((x: any) => {
          let y = x;
          for (let i = 0; i < sizes["chain"]!; i++) y = np.add(y, b.ref);
          return np.sum(y);
        });
        return arrayCall(() => gradient(a.ref));
      }
      case "tiny":
      case "mlp":
      case "cnn":
        return training(kind, sizes["batch"]!);
    }
  };
}
