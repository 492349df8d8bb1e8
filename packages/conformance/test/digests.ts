// A fixed set of computations and a hash of the bits of each result. It runs in Node and in browsers.
import { jit } from "@flaxen/autodiff";
import { isFloating } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { NDArray, astype, flatData } from "@flaxen/ndarray";
import * as flaxen from "flaxen";
import { isTensor, nnx, optax, random } from "flaxen";
import type { Tensor } from "flaxen";

/** Hashes by the name of the computation. */
export type Digests = Readonly<Record<string, string>>;

/** How functions are run: as they are, or by `jit`. */
export type Mode = "eager" | "jit";

type Operation = (...args: readonly unknown[]) => Tensor;
const operations = flaxen as unknown as Readonly<Record<string, Operation>>;

const FLOATS: readonly DType[] = ["float32", "float16", "bfloat16"];
/** Computed by the engine's own `Math` in float64, which may round differently elsewhere. */
const TRANSCENDENTAL =
  "exp expm1 log log1p sin cos tanh erf erfc elu celu selu sigmoid logSigmoid softplus silu swish gelu".split(
    " ",
  );
const UNARY = [
  ...TRANSCENDENTAL,
  ..."negative abs sign sqrt rsqrt square reciprocal floor ceil round relu relu6 leakyRelu".split(
    " ",
  ),
  ..."hardTanh hardSigmoid hardSilu hardSwish softSign".split(" "),
];
const BINARY = "add subtract multiply divide remainder maximum minimum power".split(" ");
const COMPARISONS =
  "equal notEqual less lessEqual greater greaterEqual logicalAnd logicalOr logicalXor".split(" ");
const REDUCTIONS = "sum mean variance std prod max min argmax argmin any all".split(" ");
const INTEGERS: readonly DType[] = ["int8", "int16", "int32", "uint8", "uint16", "uint32"];
const SPECIAL = [0, -0, 1, -1, Infinity, -Infinity, NaN, 1e-40, -1e-40, 3e38, 20, -20, 88.8, -104];

/** All computations in one mode. */
export function digests(mode: Mode): Digests {
  const table: Record<string, string> = {};
  const compile = <F extends Operation>(f: F): Operation =>
    mode === "jit" ? (jit(f as never) as unknown as Operation) : f;
  const add = (name: string, f: Operation, ...inputs: readonly NDArray[]): void => {
    table[name] = hashOf(compile(f)(...inputs));
  };
  /** The value and the gradients of a function of tensors. */
  const both = (name: string, f: Operation, ...inputs: readonly NDArray[]): void =>
    add(name, withGradients(f) as Operation, ...inputs);

  for (const dtype of FLOATS) {
    const [x, y] = [values(1, [331], dtype, SPECIAL), values(2, [331], dtype, SPECIAL)];
    for (const op of UNARY) both(`${op} ${dtype}`, operations[op], x);
    for (const op of BINARY) both(`${op} ${dtype}`, operations[op], x, reversed(y));
  }
  const wide = values(3, [331], "float64", SPECIAL);
  for (const op of UNARY) {
    if (!TRANSCENDENTAL.includes(op)) both(`${op} float64`, operations[op], wide);
  }
  for (const op of BINARY) {
    if (op !== "power") both(`${op} float64`, operations[op], wide, reversed(wide));
  }
  for (const dtype of INTEGERS) {
    const [x, y] = [values(4, [100], dtype), values(5, [100], dtype)];
    for (const op of ["negative", "abs", "sign", "square"])
      add(`${op} ${dtype}`, operations[op], x);
    for (const op of BINARY) {
      if (op !== "power") add(`${op} ${dtype}`, operations[op], x, y);
    }
    for (const op of ["sum", "prod", "max", "argmin"]) add(`${op} ${dtype}`, operations[op], x);
  }
  for (const op of COMPARISONS) {
    add(op, operations[op], values(6, [7, 1, 9], "float32", SPECIAL), values(7, [5, 1], "float32"));
  }

  for (const dtype of [...FLOATS, "float64"] as const) {
    const x = values(8, [37, 53], dtype);
    for (const [name, axis] of [
      ["rows", -1],
      ["columns", 0],
      ["all", undefined],
    ] as const) {
      const options = axis === undefined ? {} : { axis };
      for (const op of REDUCTIONS) {
        both(`${op} of ${name} ${dtype}`, (x) => operations[op](x, options), x);
      }
      if (dtype === "float64" || axis === undefined) continue;
      for (const op of ["softmax", "logSoftmax", "logsumexp", "standardize"]) {
        both(`${op} of ${name} ${dtype}`, (x) => operations[op](x, options), x);
      }
    }
    for (const [name, a, b] of [
      ["matrices", [65, 130], [130, 33]],
      ["stacks", [3, 1, 7, 9], [2, 9, 5]],
      ["vectors", [301], [301]],
    ] as const) {
      both(
        `matmul of ${name} ${dtype}`,
        operations["matmul"],
        values(9, a, dtype),
        values(10, b, dtype),
      );
    }
    for (const [name, input, kernel, options] of CONVOLUTIONS) {
      const f: Operation = (x, k) => operations["convGeneralDilated"](x, k, options);
      both(`${name} ${dtype}`, f, values(11, input, dtype), values(12, kernel, dtype));
    }
    for (const operator of ["add", "max", "min"]) {
      const options = { windowShape: [3, 2], strides: [2, 1], padding: "SAME" };
      const f: Operation = (x) => operations["reduceWindow"](x, operator, options);
      both(`windows, ${operator} ${dtype}`, f, values(13, [3, 11, 12, 5], dtype));
    }
    const rows = values(14, [40], "int32");
    const gather: Operation = (x) => operations["take"](x, rows, { axis: 0, mode: "wrap" });
    both(`take ${dtype}`, gather, x);
  }

  const key = random.key(17);
  const samplers = random as unknown as Readonly<Record<string, Operation>>;
  for (const name of ["bits", "uniform", "normal", "truncatedNormal", "gumbel", "exponential"]) {
    const args = name === "truncatedNormal" ? [-1, 2, [513]] : [[513]];
    table[name] = hashOf(samplers[name](key, ...args));
  }
  table["permutation"] = hashOf(random.permutation(key, 513));

  const compileModules = mode === "jit" ? nnx.jit : <F>(f: F): F => f;
  for (const [name, make] of Object.entries(MODELS)) {
    table[name] = hashOf(train(make, compileModules as <F>(f: F) => F));
  }
  return table;
}

const CONVOLUTIONS = [
  ["convolution", [4, 13, 12, 8], [3, 3, 8, 20], { padding: "SAME" }],
  ["strided convolution", [3, 12, 11, 4], [3, 2, 4, 12], { strides: [2, 2], padding: "VALID" }],
  [
    "dilated, grouped convolution",
    [2, 10, 11, 6],
    [3, 3, 3, 8],
    {
      lhsDilation: [2, 1],
      rhsDilation: [1, 2],
      padding: [
        [1, 2],
        [0, 3],
      ],
      featureGroupCount: 2,
    },
  ],
  ["1-d convolution", [5, 40, 3], [5, 3, 7], { padding: "SAME" }],
  ["3-d convolution", [2, 5, 6, 4, 3], [2, 3, 2, 3, 5], { padding: "VALID" }],
] as const;

/** `[value, ...gradients]` of the floating inputs, by a fixed cotangent; the value alone where there are none. */
function withGradients(f: Operation): (...inputs: readonly Tensor[]) => unknown {
  return (...inputs) => {
    const value = f(...inputs);
    if (!isFloating(value.dtype) || !inputs.every(({ dtype }) => isFloating(dtype))) return value;
    const [, pullback] = flaxen.vjp(f as (...x: Tensor[]) => Tensor, ...inputs);
    return [value, ...(pullback(values(15, value.shape, value.dtype)) as readonly Tensor[])];
  };
}

/** Numbers of mean 0 and deviation 2, some replaced by special ones; integers take their whole range. */
function values(
  seed: number,
  shape: readonly number[],
  dtype: DType,
  special: readonly number[] = [],
): NDArray {
  const key = random.key(seed);
  if (!isFloating(dtype)) return astype(random.bits(key, [...shape]), dtype);
  const numbers = (flatData(random.normal(key, [...shape])) as Float32Array).map((x) => 2 * x);
  special.forEach((x, i) => (numbers[i * 7 + seed] = x));
  return astype(new NDArray(numbers, [...shape]), dtype);
}

function reversed(x: NDArray): NDArray {
  return flaxen.flip(x) as NDArray;
}

type Model = nnx.Module & { forward(x: Tensor): Tensor };

class MLP extends nnx.Module {
  linear1: nnx.Linear;
  linear2: nnx.Linear;
  linear3: nnx.Linear;
  constructor(rngs: nnx.Rngs) {
    super();
    this.linear1 = new nnx.Linear(6, 32, { rngs });
    this.linear2 = new nnx.Linear(32, 32, { rngs });
    this.linear3 = new nnx.Linear(32, 4, { rngs });
  }
  forward(x: Tensor): Tensor {
    const hidden = flaxen.tanh(this.linear1.forward(flaxen.reshape(x, [-1, 6])));
    return this.linear3.forward(flaxen.gelu(this.linear2.forward(hidden)));
  }
}

class CNN extends nnx.Module {
  conv: nnx.Conv;
  norm: nnx.BatchNorm;
  dropout: nnx.Dropout;
  linear: nnx.Linear;
  constructor(rngs: nnx.Rngs) {
    super();
    this.conv = new nnx.Conv(1, 8, { kernelSize: [3, 3], rngs });
    this.norm = new nnx.BatchNorm(8, { rngs });
    this.dropout = new nnx.Dropout(0.25, { rngs });
    this.linear = new nnx.Linear(5 * 4 * 8, 4, { rngs });
  }
  forward(x: Tensor): Tensor {
    const images = flaxen.reshape(x, [-1, 10, 9, 1]);
    const h = flaxen.relu(this.norm.forward(this.conv.forward(images)));
    const pooled = nnx.maxPool(h, [2, 2], { strides: [2, 2] });
    return this.linear.forward(this.dropout.forward(flaxen.reshape(pooled, [-1, 5 * 4 * 8])));
  }
}

class LSTM extends nnx.Module {
  rnn: nnx.RNN<readonly [Tensor, Tensor]>;
  linear: nnx.Linear;
  constructor(rngs: nnx.Rngs) {
    super();
    this.rnn = new nnx.RNN(new nnx.OptimizedLSTMCell(6, 20, { rngs }), { rngs });
    this.linear = new nnx.Linear(20, 4, { rngs });
  }
  forward(x: Tensor): Tensor {
    const outputs = this.rnn.forward(flaxen.reshape(x, [-1, 15, 6]));
    return this.linear.forward(flaxen.mean(outputs, { axis: 1 }));
  }
}

const MODELS: Readonly<Record<string, (rngs: nnx.Rngs) => Model>> = {
  "training an MLP": (rngs) => new MLP(rngs),
  "training a CNN with BatchNorm and Dropout": (rngs) => new CNN(rngs),
  "training an LSTM": (rngs) => new LSTM(rngs),
};

/** The losses of three steps, and all Variables of the model and the optimizer after them. */
function train(make: (rngs: nnx.Rngs) => Model, compile: <F>(f: F) => F): unknown {
  const model = make(new nnx.Rngs(0));
  const optimizer = new nnx.Optimizer(model, optax.adamw(1e-2), { wrt: nnx.Param });
  const x = random.normal(random.key(1), [12, 90]);
  const count = model instanceof MLP ? 180 : 12;
  const y = random.randint(random.key(2), [count], 0, 4);
  const step = compile((model: Model, optimizer: nnx.Optimizer<Model>, x: Tensor, y: Tensor) => {
    const [loss, grads] = nnx.valueAndGrad((model: Model) =>
      flaxen.mean(optax.softmaxCrossEntropyWithIntegerLabels(model.forward(x), y)),
    )(model);
    optimizer.update(model, grads);
    return loss;
  });
  const losses = [0, 1, 2].map(() => step(model, optimizer, x, y));
  const states = [model, optimizer].flatMap((part) => nnx.toFlatState(nnx.state(part)));
  const held = states.map(([, { value }]) =>
    isTensor(value) ? value : random.keyData(value as never),
  );
  return [losses, held];
}

/** A hash of 64 bits over the dtypes, shapes and elements of all arrays in a result; every NaN counts as one. */
function hashOf(result: unknown): string {
  const arrays = [result].flat(3) as readonly NDArray[];
  let [forwards, backwards] = [0x811c9dc5, 0x9747b28c];
  const take = (bytes: Uint8Array): void => {
    const last = bytes.length - 1;
    for (let i = 0; i <= last; i++) {
      forwards = Math.imul(forwards ^ bytes[i], 0x01000193);
      backwards = Math.imul(backwards ^ bytes[last - i], 0x01000193);
    }
  };
  for (const x of arrays) {
    take(Uint8Array.from(`${x.dtype}[${x.shape.join()}]`, (c) => c.charCodeAt(0)));
    take(bytesOf(x));
  }
  return [forwards, backwards].map((h) => (h >>> 0).toString(16).padStart(8, "0")).join("");
}

function bytesOf(x: NDArray): Uint8Array {
  const data = flatData(x).slice();
  if (data instanceof Float32Array || data instanceof Float64Array) {
    // The bits of a NaN are not defined, neither in WebAssembly nor in JavaScript.
    for (let i = 0; i < data.length; i++) if (Number.isNaN(data[i])) data[i] = NaN;
  } else if (x.dtype === "float16" || x.dtype === "bfloat16") {
    const exponent = x.dtype === "float16" ? 0x7c00 : 0x7f80;
    const words = data as Uint16Array;
    words.forEach((word, i) => {
      if ((word & 0x7fff) > exponent) words[i] = exponent + 1;
    });
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
