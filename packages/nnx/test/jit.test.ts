import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import test from "ava";
import { bitEqual } from "@flaxen/testing";
import { add, isTracer, mean, multiply, relu, square, subtract, sum } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { array } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { isKey, key, keyData, normal } from "@flaxen/rng";
import type { Key } from "@flaxen/rng";
import { setWasmEnabled } from "@flaxen/wasm";
import * as nnx from "@flaxen/nnx";
import { jit, Module, Optimizer, Param, Rngs, valueAndGrad, Variable } from "@flaxen/nnx";

class MLP extends Module {
  readonly linear1: nnx.Linear;
  readonly norm: nnx.BatchNorm;
  readonly dropout: nnx.Dropout;
  readonly linear2: nnx.Linear;
  scale: number = 1;

  constructor(seed: number | Key) {
    super();
    const rngs = new Rngs(seed);
    this.linear1 = new nnx.Linear(3, 8, { rngs });
    this.norm = new nnx.BatchNorm(8, { rngs });
    this.dropout = new nnx.Dropout(0.25, { rngs });
    this.linear2 = new nnx.Linear(8, 1, { rngs });
  }

  forward(x: Tensor): Tensor {
    const hidden = relu(this.norm.forward(this.linear1.forward(x)));
    return multiply(this.linear2.forward(this.dropout.forward(hidden)), this.scale);
  }
}

/** Momentum: state that mirrors the parameters. */
function momentum(learningRate: number): nnx.Transformation {
  const map = (
    f: (...leaves: Tensor[]) => Tensor,
    ...trees: readonly unknown[]
  ): nnx.TensorTree => {
    const walk = (...nodes: unknown[]): unknown =>
      isTracer(nodes[0]) || (nodes[0] as NDArray).dtype !== undefined
        ? f(...(nodes as Tensor[]))
        : Object.fromEntries(
            Object.keys(nodes[0] as object).map((name) => [
              name,
              walk(...nodes.map((node) => (node as Record<string, unknown>)[name])),
            ]),
          );
    return walk(...trees) as nnx.TensorTree;
  };
  return {
    init: (params) => ({ trace: map((x) => multiply(x, 0), params) }),
    update: (grads, state) => {
      const { trace } = state as { trace: nnx.TensorTree };
      const next = map((g, m) => add(g, multiply(m, 0.9)), grads, trace);
      return [map((m) => multiply(m, -learningRate), next), { trace: next }];
    },
  };
}

const X = normal(key(10), [16, 3]) as NDArray;
const Y = normal(key(11), [16, 1]) as NDArray;

function trainStep(model: MLP, optimizer: Optimizer<MLP>, x: Tensor, y: Tensor): Tensor {
  const [loss, gradient] = valueAndGrad((m: MLP) => mean(square(subtract(m.forward(x), y))))(model);
  optimizer.update(model, gradient);
  return loss;
}

function make(seed: number = 0): [MLP, Optimizer<MLP>] {
  const model = new MLP(seed);
  return [model, new Optimizer(model, momentum(0.05), { wrt: Param })];
}

/** The values of all Variables, by path. */
function valuesOf(node: object): Record<string, unknown> {
  return Object.fromEntries(
    nnx.toFlatState(nnx.state(node)).map(([path, { value }]) => {
      const shown = isKey(value) ? keyData(value) : value;
      return [path.join("."), String(shown)];
    }),
  );
}

test("jit(trainStep) trains as trainStep does, in every bit of loss, model and optimizer", (t) => {
  const [a, b] = [make(), make()];
  const step = jit(trainStep);
  for (let i = 0; i < 10; i++) bitEqual(t, step(...b, X, Y), trainStep(...a, X, Y));
  t.deepEqual(valuesOf(b[0]), valuesOf(a[0]));
  t.deepEqual(valuesOf(b[1]), valuesOf(a[1]));
  t.is(step.explain().length, 1);
  t.is(step.explain()[0].reason, "first call");
});

test("jit(trainStep) in plain JavaScript, and switched in between, has the same bits", (t) => {
  const [a, b] = [make(), make()];
  const step = jit(trainStep);
  for (let i = 0; i < 6; i++) {
    const expected = trainStep(...a, X, Y);
    setWasmEnabled(i % 3 !== 1);
    const loss = step(...b, X, Y);
    setWasmEnabled(true);
    bitEqual(t, loss, expected);
  }
  t.deepEqual(valuesOf(b[0]), valuesOf(a[0]));
});

test("values that a compiled step has written can be read at any time and stay as they were", (t) => {
  const [a, b] = [make(), make()];
  const step = jit(trainStep);
  const seen: [Tensor, Tensor][] = [];
  for (let i = 0; i < 5; i++) {
    trainStep(...a, X, Y);
    step(...b, X, Y);
    seen.push([b[0].linear1.kernel.value, a[0].linear1.kernel.value]);
  }
  for (const [actual, expected] of seen) bitEqual(t, actual, expected);
});

test("values that are written between calls of a compiled step are taken", (t) => {
  const [a, b] = [make(), make()];
  const step = jit(trainStep);
  for (let i = 0; i < 4; i++) {
    for (const [model] of [a, b]) {
      model.linear2.kernel.value = multiply(model.linear2.kernel.value, 0.5);
    }
    bitEqual(t, step(...b, X, Y), trainStep(...a, X, Y));
  }
});

test("one compiled step serves several models in turn, and copies of them", (t) => {
  const eager = [make(1), make(2)];
  const compiled = [make(1), make(2)];
  const step = jit(trainStep);
  for (let i = 0; i < 4; i++) {
    eager.forEach((pair, k) => bitEqual(t, step(...compiled[k], X, Y), trainStep(...pair, X, Y)));
  }
  const copy = nnx.clone(compiled[0][0]);
  step(...compiled[0], X, Y);
  t.notDeepEqual(valuesOf(copy), valuesOf(compiled[0][0]));
  t.deepEqual(valuesOf(copy), valuesOf(eager[0][0]));
});

test("a large layer, whose update follows its gradient block by block, trains as without jit", (t) => {
  const run = (compile: boolean): [NDArray[], string[][]] => {
    const model = new nnx.Linear(1024, 601, { rngs: new Rngs(0), useBias: false });
    const step = (model: nnx.Linear, x: Tensor): Tensor => {
      const [loss, grads] = valueAndGrad((model: nnx.Linear) => mean(square(model.forward(x))))(
        model,
      );
      const { kernel } = grads as unknown as { kernel: { value: Tensor } };
      model.kernel.value = subtract(model.kernel.value, multiply(kernel.value, 0.1));
      return loss;
    };
    const compiled = jit(step);
    const losses = [0, 1, 2].map((seed) => {
      const x = normal(key(seed), [37, 1024]) as Tensor;
      return (compile ? compiled : step)(model, x) as NDArray;
    });
    const chains = compiled.explain().flatMap(({ program }) => program?.chains ?? []);
    return [[...losses, model.kernel.value as NDArray], chains as string[][]];
  };
  const [expected] = run(false);
  const [actual, chains] = run(true);
  actual.forEach((value, i) => bitEqual(t, value, expected[i]));
  t.deepEqual(chains, [["matmul", "multiply subtract"]]);
});

test("an optimizer made anew, equal or with another learning rate, is traced again, but not compiled again", (t) => {
  const model = new nnx.Linear(3, 1, { rngs: new Rngs(0) });
  const step = jit((m: nnx.Linear, optimizer: Optimizer<nnx.Linear>, x: Tensor) => {
    const gradient = nnx.grad((n: nnx.Linear) => sum(square(n.forward(x))))(m);
    optimizer.update(m, gradient);
  });
  for (const learningRate of [0.1, 0.1, 0.2]) {
    step(model, new Optimizer(model, momentum(learningRate), { wrt: Param }), X);
  }
  t.deepEqual(
    step.explain().map(({ reused }) => reused),
    [false, true, true],
  );
});

test("one program serves optimizers of other learning rates in turn, with the bits of each", (t) => {
  const rates = [0.1, 0.25, 0, 1e-3];
  const pairs = () =>
    rates.map((rate) => {
      const model = new MLP(0);
      return [model, new Optimizer(model, momentum(rate), { wrt: Param })] as const;
    });
  const [eager, compiled] = [pairs(), pairs()];
  const step = jit(trainStep);
  for (let i = 0; i < 4; i++) {
    eager.forEach((pair, k) => {
      const expected = trainStep(...pair, X, Y);
      setWasmEnabled((i + k) % 3 !== 2);
      const loss = step(...compiled[k], X, Y);
      setWasmEnabled(true);
      bitEqual(t, loss, expected);
    });
  }
  eager.forEach(([model], k) => t.deepEqual(valuesOf(compiled[k][0]), valuesOf(model)));
  t.deepEqual(
    step.explain().map(({ reused }) => reused),
    [false, true, true, true],
  );
});

test("an eager step may follow a compiled one, and the other way round", (t) => {
  const [a, b] = [make(), make()];
  const step = jit(trainStep);
  for (let i = 0; i < 6; i++) {
    const f = i % 2 === 0 ? step : trainStep;
    bitEqual(t, f(...b, X, Y), trainStep(...a, X, Y));
  }
  t.deepEqual(valuesOf(b[0]), valuesOf(a[0]));
});

test("a compiled function that throws leaves its arguments as they were", (t) => {
  const [model] = make();
  const before = valuesOf(model);
  const f = jit((m: MLP, x: Tensor) => {
    m.linear1.kernel.value = multiply(m.linear1.kernel.value, 2);
    m.forward(x);
    m.scale = 3;
    if (x.shape[0] === 16) throw new Error("too many");
    return x;
  });
  t.throws(() => f(model, X), { message: "too many" });
  t.deepEqual(valuesOf(model), before);
  t.is(model.scale, 1);
});

test("jit compiles anew for other shapes, dtypes and static fields, and says so", (t) => {
  const [model] = make();
  const g = jit((m: MLP, x: Tensor) => m.forward(x));
  model.eval();
  bitEqual(t, g(model, X), model.forward(X));
  model.scale = 2;
  bitEqual(t, g(model, X), model.forward(X));
  bitEqual(t, g(model, array([[1, 2, 3]])), model.forward(array([[1, 2, 3]])));
  model.train();
  g(model, X);
  t.deepEqual(
    g.explain().map(({ signature, reason }) => [signature, reason]),
    [
      ["(MLP, float32[16, 3])", "first call"],
      ["(MLP, float32[16, 3])", "scale of MLP is 2 in place of 1"],
      ["(MLP, float32[1, 3])", "argument leaf 1 is float32[1, 3] in place of float32[16, 3]"],
      ["(MLP, float32[16, 3])", "dropout.deterministic of MLP is false in place of true"],
    ],
  );
});

test("a function that changes fields or adds Variables is run as it is, every time", (t) => {
  class Growing extends Module {
    seen: Variable[] = [];
    count: number = 0;
  }
  const model = new Growing();
  const f = jit((m: Growing, x: Tensor) => {
    m.seen.push(new Variable(multiply(x, 2)));
    m.count++;
    return sum(x);
  });
  bitEqual(t, f(model, array([1, 2])), array(3));
  bitEqual(t, f(model, array([3, 4])), array(7));
  t.is(model.count, 2);
  t.deepEqual(
    model.seen.map(({ value }) => (value as NDArray).toArray()),
    [
      [2, 4],
      [6, 8],
    ],
  );
  t.true(f.explain().every(({ program }) => program === null));
});

test("jit returns what the function makes: states, Variables, Modules and keys, new for each call", (t) => {
  const model = new nnx.Linear(2, 1, { rngs: new Rngs(0) });
  const gradient = jit((m: nnx.Linear, x: Tensor) =>
    nnx.grad((n: nnx.Linear) => sum(n.forward(x)))(m),
  );
  const first = gradient(model, array([[1, 2]]));
  const second = gradient(model, array([[3, 4]]));
  bitEqual(t, first.kernel.value, array([[1], [2]]));
  bitEqual(t, second.kernel.value, array([[3], [4]]));
  t.true(first.kernel instanceof Param);

  const build = jit((k: Key) => new MLP(k));
  for (const seed of [0, 5]) t.deepEqual(valuesOf(build(key(seed))), valuesOf(new MLP(seed)));
  t.true(build(key(0)) instanceof MLP);
  t.is(build.explain().length, 1);

  const same = jit((m: nnx.Linear) => ({ m, kernel: m.kernel }));
  t.is(same(model).m, model);
  t.is(same(model).kernel, model.kernel);

  const draw = jit((rngs: Rngs) => rngs.next());
  const [a, b] = [new Rngs(3), new Rngs(3)];
  for (let i = 0; i < 3; i++) bitEqual(t, keyData(draw(a)), keyData(b.next()));
});

test("jit of a function of shared Variables writes them once", (t) => {
  class Tied extends Module {
    readonly a: nnx.Linear;
    readonly b: nnx.Linear;
    constructor() {
      super();
      this.a = new nnx.Linear(2, 2, { rngs: new Rngs(0) });
      this.b = this.a;
    }
  }
  const f = jit((m: Tied, x: Tensor) => {
    m.a.kernel.value = multiply(m.b.kernel.value, 2);
    return m.b.forward(m.a.forward(x));
  });
  const [a, b] = [new Tied(), new Tied()];
  a.a.kernel.value = multiply(a.a.kernel.value, 2);
  bitEqual(t, f(b, array([[1, 2]])), a.b.forward(a.a.forward(array([[1, 2]]))));
  bitEqual(t, b.a.kernel.value, a.a.kernel.value);
});

test("swapped Variables keep their values", (t) => {
  class Pair extends Module {
    readonly x: Variable = new Variable(array([1, 2]));
    readonly y: Variable = new Variable(array([3, 4]));
  }
  const pair = new Pair();
  const swap = jit((p: Pair) => {
    const x = p.x.value;
    p.x.value = p.y.value;
    p.y.value = x;
  });
  swap(pair);
  bitEqual(t, pair.x.value, array([3, 4]));
  bitEqual(t, pair.y.value, array([1, 2]));
  const rotate = jit((p: Pair) => {
    const x = add(p.x.value, 1);
    p.x.value = add(p.y.value, 1);
    p.y.value = x;
  });
  rotate(pair);
  rotate(pair);
  bitEqual(t, pair.x.value, array([5, 6]));
  bitEqual(t, pair.y.value, array([3, 4]));
});

test("jit inside of grad and of jit becomes part of them", (t) => {
  const model = new nnx.Linear(2, 1, { rngs: new Rngs(0) });
  const loss = jit((m: nnx.Linear, x: Tensor) => mean(square(m.forward(x))));
  const expected = nnx.grad((m: nnx.Linear) => mean(square(m.forward(X.lo(0, 1)))))(model);
  const actual = nnx.grad((m: nnx.Linear) => loss(m, X.lo(0, 1)))(model);
  bitEqual(t, actual.kernel.value, expected.kernel.value);
  t.is(loss.explain().length, 0);
});

test("writing a captured Variable inside of jit is refused", (t) => {
  const seen = new nnx.BatchStat(array(0));
  const f = jit((x: Tensor) => {
    seen.value = x;
    return x;
  });
  t.throws(() => f(array(1)), {
    instanceOf: nnx.TraceContextError,
    message:
      "BatchStat.value: a Variable written inside jit must be reached through an argument, got a captured float32[]. Pass the object that holds it to the function.",
  });
  bitEqual(t, seen.value, array(0));
});

test("values outlive the compiled function that has computed them", async (t) => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const models = [1, 2, 3].map((seed) => make(seed));
  const references = [1, 2, 3].map((seed) => make(seed));
  for (const model of models) jit(trainStep)(...model, X, Y);
  for (let i = 0; i < 5; i++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  // Other programs may use what has become free.
  const other = make(9);
  jit(trainStep)(...other, X, Y);
  for (const [i, reference] of references.entries()) {
    trainStep(...reference, X, Y);
    t.deepEqual(valuesOf(models[i][0]), valuesOf(reference[0]));
    t.deepEqual(valuesOf(models[i][1]), valuesOf(reference[1]));
  }
});

test.serial("jit warns of a model that is captured instead of passed", (t) => {
  const warnings: unknown[] = [];
  const { warn } = console;
  console.warn = (message: unknown) => warnings.push(message);
  try {
    const model = new nnx.Linear(3, 1, { rngs: new Rngs(0) });
    const f = jit((x: Tensor) => model.forward(x));
    f(X);
    f(X);
  } finally {
    console.warn = warn;
  }
  t.deepEqual(warnings, [
    "jit: the function has no argument that holds Variables, but reads Params, which are constants to it. Pass the model as an argument to see its new values.",
  ]);
});

test("jit refuses what it cannot take", (t) => {
  t.throws(() => jit(3 as never), {
    instanceOf: TypeError,
    message: "jit: f must be a function, got 3.",
  });
  t.throws(() => jit((x: unknown) => x, { cacheSize: 0.5 }), {
    instanceOf: RangeError,
    message: "jit: cacheSize must be a positive integer, got 0.5.",
  });
  t.throws(() => jit((x: unknown) => x)(new Date(0)), {
    instanceOf: TypeError,
    message: "jit: arguments must hold tensors, numbers, keys and plain values, got Date.",
  });
});

test("jit(f).explain() names the field that made it trace anew", (t) => {
  class Box extends Module {
    parts: (Module | Variable)[];
    options: Record<string, unknown>;
    constructor(parts: (Module | Variable)[], options: Record<string, unknown> = { rate: 1 }) {
      super();
      this.parts = parts;
      this.options = options;
    }
  }
  const w = (): Variable => new Param(array([1]));
  const shared = w();
  const pairs: readonly (readonly [Box, string])[] = [
    [new Box([w(), w()]), "first call"],
    [new Box([w(), w(), w()]), "parts.2 of Box is new"],
    [new Box([w()]), "parts.1 of Box is missing"],
    [new Box([new Module()]), "parts.0 of Box holds state once and once not"],
    [new Box([new nnx.PReLU()]), "parts.0 of Box is PReLU in place of Module"],
    // The first program serves this one, too, and then is the one to compare with.
    [new Box([w(), w()]), ""],
    [new Box([shared, shared]), "parts.1 of Box is shared otherwise"],
    [new Box([w(), w()], { rate: "low" }), 'options.rate of Box is "low" in place of 1'],
    [new Box([w(), w()], { rate: "high" }), 'options.rate of Box is "high" in place of "low"'],
    [new Box([w(), w()], { rate: () => 1 }), 'options.rate of Box is rate in place of "high"'],
    [new Box([w(), w()], { rate: () => 1 }), "options.rate of Box is another rate"],
    [
      new Box([w(), new nnx.BatchStat(array([1]))], { rate: 2 }),
      "options.rate of Box is 2 in place of rate",
    ],
    [
      new Box([w(), new Param(array([1]))], { rate: 2 }),
      "another class or other metadata of a Variable",
    ],
  ];
  const f = jit((_box: Box, x: Tensor) => add(x, 1));
  for (const [box] of pairs) f(box, X);
  t.deepEqual(
    f.explain().map(({ reason }) => reason),
    pairs.map(([, reason]) => reason).filter((reason) => reason !== ""),
  );
});
