import type { Workload } from "./workload.ts";

/** A workload made ready by a library. */
export interface Call<R = unknown> {
  /** Does it once. The result, or what the promise resolves to, is complete. */
  run(): R | Promise<R>;
  /** Numbers of a result, in our order of axes; of a training step, its loss. */
  read(result: R): ArrayLike<number> | Promise<ArrayLike<number>>;
  /** Gives a result's memory back, where the library wants that. */
  free?(result: R): void;
}

/** How a contestant runs its functions: one operation after the other, or compiled as a whole. */
export type Mode = "eager" | "jit";

/** A library made ready: turns workloads into calls; undefined where it has no such function. */
export type Adapter = (workload: Workload) => Call | undefined | Promise<Call | undefined>;

/** Hides the type of a call's results. */
export function call<R>(parts: Call<R>): Call {
  return parts as Call;
}

/** A column of the table. */
export interface Contestant {
  readonly name: string;
  /** Module of `contestants/`, or script of `python/`. */
  readonly adapter: string;
  readonly mode: Mode;
  readonly threads: number;
  readonly runtime: "node" | "python";
  /** Kinds of workload it takes part in; everything that its adapter has, by default. */
  readonly kinds?: RegExp;
}

const TRAINED = /^(tiny|mlp|cnn)$/;
const COMPILED = /^(convInputGradient|convKernelGradient|softmax|layerNorm|adam|tiny|mlp|cnn)$/;

/** flaxen in its modes. */
export const own: readonly Contestant[] = [
  { name: "flaxen", adapter: "flaxen", mode: "eager", threads: 1, runtime: "node" },
  {
    name: "flaxen jit",
    adapter: "flaxen",
    mode: "jit",
    threads: 1,
    runtime: "node",
    kinds: COMPILED,
  },
  {
    name: "flaxen jit, 2 threads",
    adapter: "flaxen",
    mode: "jit",
    threads: 2,
    runtime: "node",
    kinds: TRAINED,
  },
];

/** Libraries of JavaScript, each on one thread. */
export const peers: readonly Contestant[] = [
  { name: "jax-js", adapter: "jax-js", mode: "eager", threads: 1, runtime: "node" },
  {
    name: "jax-js jit",
    adapter: "jax-js",
    mode: "jit",
    threads: 1,
    runtime: "node",
    kinds: COMPILED,
  },
  { name: "tfjs wasm", adapter: "tensorflow-wasm", mode: "eager", threads: 1, runtime: "node" },
  { name: "tfjs cpu", adapter: "tensorflow-cpu", mode: "eager", threads: 1, runtime: "node" },
  { name: "numpy-ts", adapter: "numpy-ts", mode: "eager", threads: 1, runtime: "node" },
  { name: "ort-web", adapter: "onnxruntime", mode: "jit", threads: 1, runtime: "node" },
];

/** Libraries of Python, each on one thread. */
export const pythonPeers: readonly Contestant[] = [
  { name: "JAX", adapter: "jax_contestant", mode: "jit", threads: 1, runtime: "python" },
  { name: "PyTorch", adapter: "torch_contestant", mode: "eager", threads: 1, runtime: "python" },
];
