import test from "ava";
import { bind, matmul, mean, multiply, relu, square, subtract, sum, tanh } from "@flaxen/autodiff";
import type { Primitive, Tensor } from "@flaxen/autodiff";
import { array } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { isKey, key, keyData, normal } from "@flaxen/rng";
import { scratch } from "@flaxen/wasm";
import * as nnx from "@flaxen/nnx";
import { jit, Module, Optimizer, Param, Rngs, valueAndGrad } from "@flaxen/nnx";

// A step that throws, wherever it does, leaves model, optimizer and scratch memory as they were, and the steps that
// follow have the bits of a training without it.

/** The identity, which throws when it is told to: a kernel or an evaluation that fails. */
const fragile: Primitive<null> & { broken: boolean } = {
  broken: false,
  name: "fragile",
  abstractEval: ([x]) => x,
  evaluate: ([x]) => {
    if (fragile.broken) throw new RangeError("fragile: broken.");
    return multiply(x, 1) as NDArray;
  },
  vjp: (ct) => [ct],
};

/** The same with a kernel that takes workspace and then fails. */
const fragileKernel: Primitive<null> = {
  ...fragile,
  kernel:
    ([x]) =>
    ([from], to) => {
      const memory = scratch();
      if (memory === undefined) return;
      const workspace = memory.allocate(1024);
      if (fragile.broken) throw new RangeError("fragile: broken.");
      const bytes = 4 * x.shape.reduce((size, n) => size * n, 1);
      memory.u8.copyWithin(to, from, from + bytes);
      memory.release(workspace);
    },
};

class Net extends Module {
  readonly linear1: nnx.Linear;
  readonly norm: nnx.BatchNorm;
  readonly dropout: nnx.Dropout;
  readonly linear2: nnx.Linear;
  readonly weak: Primitive<null>;

  constructor(weak: Primitive<null>) {
    super();
    const rngs = new Rngs(0);
    this.linear1 = new nnx.Linear(3, 16, { rngs });
    this.norm = new nnx.BatchNorm(16, { rngs });
    this.dropout = new nnx.Dropout(0.25, { rngs });
    this.linear2 = new nnx.Linear(16, 1, { rngs });
    this.weak = weak;
  }

  forward(x: Tensor): Tensor {
    const hidden = relu(this.norm.forward(this.linear1.forward(x)));
    return this.linear2.forward(bind(this.weak, [this.dropout.forward(hidden)], null));
  }
}

/** Momentum on the fields of a Net. */
const momentum: nnx.Transformation = {
  init: (params) => ({ trace: mapLeaves((x) => multiply(x, 0), params) }),
  update: (grads, state) => {
    const { trace } = state as { trace: nnx.TensorTree };
    const next = mapLeaves((g, m) => subtract(multiply(m, 0.9), g), grads, trace);
    return [mapLeaves((m) => multiply(m, 0.05), next), { trace: next }];
  },
};

function mapLeaves(f: (...x: Tensor[]) => Tensor, ...trees: readonly unknown[]): nnx.TensorTree {
  const [first] = trees as readonly Record<string, unknown>[];
  const entries = Object.keys(first).map((name) => {
    const parts = trees.map((part) => (part as Record<string, unknown>)[name]);
    const isLeaf = (parts[0] as Tensor).dtype !== undefined;
    return [name, isLeaf ? f(...(parts as Tensor[])) : mapLeaves(f, ...parts)] as const;
  });
  return Object.fromEntries(entries) as nnx.TensorTree;
}

type Pair = [Net, Optimizer<Net>];
type Fault = "" | "user" | "gradients";

const X = normal(key(1), [32, 3]);
const Y = normal(key(2), [32, 1]);
const WIDE = normal(key(3), [32, 4]);
const LONG = normal(key(4), [31, 2]);

function make(weak: Primitive<null>): Pair {
  const net = new Net(weak);
  return [net, new Optimizer(net, momentum, { wrt: Param })];
}

function trainStep(
  net: Net,
  optimizer: Optimizer<Net>,
  x: Tensor,
  y: Tensor,
  fault: Fault,
): Tensor {
  const [loss, grads] = valueAndGrad((net: Net) => mean(square(subtract(net.forward(x), y))))(net);
  if (fault === "gradients") grads.linear1.kernel.value = WIDE;
  optimizer.update(net, grads);
  if (fault === "user") throw new Error("no");
  return loss;
}

function bitsOf(pair: readonly object[]): string {
  return pair
    .flatMap((part) => nnx.toFlatState(nnx.state(part)))
    .map(([path, { value }]) => {
      const { data } = isKey(value) ? keyData(value) : (value as NDArray);
      return `${path.join(".")} ${String(data)}`;
    })
    .join("\n");
}

interface Failure {
  readonly name: string;
  readonly message: RegExp;
  readonly run: (step: typeof trainStep, ...pair: Pair) => unknown;
  /** Whether an eager step has already changed statistics and random counts by then. */
  readonly late?: boolean;
}

const FAILURES: readonly Failure[] = [
  {
    name: "an input that the first layer refuses",
    message: /^Linear\.forward at linear1 of Net: x must have inFeatures = 3/,
    run: (step, net, optimizer) => step(net, optimizer, WIDE, Y, ""),
  },
  {
    name: "a target that the loss refuses",
    message: /^subtract: operands must have broadcast-compatible shapes/,
    run: (step, net, optimizer) => step(net, optimizer, X, LONG, ""),
    late: true,
  },
  {
    name: "gradients that the optimizer refuses",
    message: /^Optimizer\.update: grads must have the shapes/,
    run: (step, net, optimizer) => step(net, optimizer, X, Y, "gradients"),
    late: true,
  },
  {
    name: "an error of the user's after the update",
    message: /^no$/,
    run: (step, net, optimizer) => step(net, optimizer, X, Y, "user"),
    late: true,
  },
  {
    name: "an operation that fails while it computes",
    message: /^fragile: broken\.$/,
    run: (step, net, optimizer) => {
      fragile.broken = true;
      try {
        return step(net, optimizer, X, Y, "");
      } finally {
        fragile.broken = false;
      }
    },
    late: true,
  },
];

for (const [kind, weak] of [
  ["evaluated", fragile],
  ["in a kernel", fragileKernel],
] as const) {
  for (const { name, message, run } of FAILURES) {
    test.serial(`a compiled step ends in ${name} (${kind}): all is as before`, (t) => {
      const [pair, twin] = [make(weak), make(weak)];
      const [step, other] = [jit(trainStep), jit(trainStep)];
      // Before anything is compiled, while values are resident, and after they were read.
      for (const looks of [true, false, true, false]) {
        const free = scratch()?.available;
        const compiled = step.explain().length;
        t.throws(() => run(step, ...pair), { message });
        // A program that was compiled keeps its places.
        if (step.explain().length === compiled) t.is(scratch()?.available, free);
        if (looks) t.is(bitsOf(pair), bitsOf(twin));
        for (let i = 0; i < 2; i++) {
          t.is(String(step(...pair, X, Y, "")), String(other(...twin, X, Y, "")));
        }
      }
      t.is(bitsOf(pair), bitsOf(twin));
    });
  }
}

for (const { name, message, run, late } of FAILURES) {
  test.serial(
    `an eager step ends in ${name}: ${late ? "" : "model and "}optimizer as before`,
    (t) => {
      const pair = make(fragileKernel);
      trainStep(...pair, X, Y, "");
      const before = bitsOf(late ? [nnx.state(pair[0], Param), pair[1]] : pair);
      const free = scratch()?.available;
      t.throws(() => run(trainStep, ...pair), { message });
      t.is(scratch()?.available, free);
      // What runs eagerly has happened: statistics and random counts before the error, all after the update.
      if (!message.test("no")) {
        t.is(bitsOf(late ? [nnx.state(pair[0], Param), pair[1]] : pair), before);
      }
      t.true(Number.isFinite(Number(trainStep(...pair, X, Y, ""))));
    },
  );
}

test.serial(
  "a compiled step inside of another transform may not write what that has captured",
  (t) => {
    const [pair, twin] = [make(fragile), make(fragile)];
    const step = jit(trainStep);
    for (const each of [twin, pair]) for (let i = 0; i < 2; i++) step(...each, X, Y, "");
    const outer = jit((x: Tensor) => {
      step(...pair, X, Y, "");
      return tanh(x);
    });
    t.throws(() => outer(X), { name: "TraceContextError" });
    t.is(bitsOf(pair), bitsOf(twin));
    t.is(String(step(...pair, X, Y, "")), String(step(...twin, X, Y, "")));
  },
);

test.serial("random counts are as before when a compiled step of random numbers throws", (t) => {
  const rngs = new Rngs(3);
  const draw = jit((rngs: Rngs, fail: boolean) => {
    const noise = normal(rngs.params.next(), [4]);
    if (fail) throw new Error("no");
    return sum(matmul(noise as Tensor, array([1, 2, 3, 4])));
  });
  const twin = new Rngs(3);
  const first = String(draw(twin, false));
  t.throws(() => draw(rngs, true), { message: "no" });
  t.is(String(draw(rngs, false)), first);
});
