import { mean, multiply, relu, square, subtract } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { array, ones, zeros } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { adam, sgd } from "@flaxen/optax";
import { bitEqual, closeTo } from "@flaxen/testing";
import { key, uniform } from "@flaxen/rng";
import test from "ava";
import { inspect } from "node:util";
import * as nnx from "@flaxen/nnx";
import { CNN, MLP, Zoo } from "./models.ts";

const list = (x: Tensor): unknown => (x as NDArray).toArray();

// lin = nnx.Linear(2, 2, rngs=nnx.Rngs(0)); ema = nnx.EMA(lin, 0.9, only=nnx.Param), flax 0.12.8
test("EMA.update(model) averages as Flax does", (t) => {
  const linear = new nnx.Linear(2, 2, { rngs: new nnx.Rngs(0) });
  const average = new nnx.EMA(linear, 0.9, { only: nnx.Param });
  linear.kernel.value = multiply(linear.kernel.value, 2);
  average.update(linear);
  linear.kernel.value = subtract(linear.kernel.value, -1);
  average.update(linear);
  closeTo(t, (average.params.kernel as nnx.Param).value as NDArray, [
    [1.0005085468292236, -0.7159836292266846],
    [-0.5769121050834656, -0.9421549439430237],
  ]);
  t.deepEqual(
    nnx.toFlatState(nnx.state(average)).map(([path]) => path.join(".")),
    ["params.bias", "params.kernel"],
  );
});

test("EMA.applyTo(model) is a live view and leaves random streams shared", (t) => {
  const model = new CNN();
  const average = new nnx.EMA(model, 0.5);
  const smooth = average.applyTo(model);
  t.is(smooth.conv.kernel, (average.params.conv as nnx.NestedState).kernel as never);
  t.is(smooth.drop.rngs?.key, model.drop.rngs?.key);
  const before = smooth.bn.mean.value;
  model.bn.mean.value = ones([4]);
  average.update(model);
  t.deepEqual(list(before), [0, 0, 0, 0]);
  t.deepEqual(list(smooth.bn.mean.value), [0.5, 0.5, 0.5, 0.5]);
});

test("EMA.update(model) changes nothing on error", (t) => {
  const model = new MLP();
  const average = new nnx.EMA(model, 0.5);
  const before = nnx.toPureDict(nnx.clone(average.params));
  model.l2.bias = new nnx.Param(zeros([2]));
  t.throws(() => average.update(model), {
    instanceOf: RangeError,
    message: "EMA.update: l2.bias must have shape [1], got float32[2].",
  });
  t.deepEqual(nnx.toPureDict(average.params), before);
});

// w = nnx.metrics.Welford(); w.update(values=jnp.array([1., 2, 3, 4])); ... , flax 0.12.8
test("Welford.compute() has the statistics of Flax", (t) => {
  const metric = new nnx.Welford();
  const expect = (mean: number, error: number, deviation: number): void => {
    const found = metric.compute();
    closeTo(
      t,
      array([found.mean, found.standardErrorOfMean, found.standardDeviation].map(Number)),
      [mean, error, deviation],
    );
  };
  expect(0, NaN, NaN);
  metric.update({ values: [1, 2, 3, 4] });
  expect(2.5, 0.559017, 1.118034);
  metric.update({ values: array([3, 2, 1, 0]) });
  expect(2, 0.43301272, 1.2247449);
  metric.update({ values: 5 });
  expect(2.3333333, 0.49690402, 1.490712);
  metric.reset();
  expect(0, NaN, NaN);
});

test("Welford.update(results) keeps its digits far from 0", (t) => {
  const metric = new nnx.Welford("loss");
  for (let i = 0; i < 100; i++) metric.update({ loss: [10000 - 1, 10000 + 1] });
  t.is(Number(metric.compute().standardDeviation), 1);
});

test("countParams(node, filter) counts shared Variables once", (t) => {
  t.is(nnx.countParams(new MLP()), 2 * 8 + 8 + 8 + 1);
  t.is(nnx.countParams(new Zoo()), 11 * 2 + 4 + 3);
  t.is(nnx.countParams(new CNN(), nnx.BatchStat), 8);
  t.is(nnx.countParams(new CNN(), nnx.rest), 40 + 16 + 34 + 2);
});

class Block extends nnx.Module {
  linear: nnx.Linear;
  bn: nnx.BatchNorm;
  dropout: nnx.Dropout;
  constructor(din: number, dout: number, rngs: nnx.Rngs) {
    super();
    this.linear = new nnx.Linear(din, dout, { rngs });
    this.bn = new nnx.BatchNorm(dout, { rngs });
    this.dropout = new nnx.Dropout(0.2, { rngs });
  }
  forward(x: TensorLike): Tensor {
    return relu(this.dropout.forward(this.bn.forward(this.linear.forward(x))));
  }
}

class Tower extends nnx.Module {
  block1: Block;
  block2: Block;
  constructor(rngs: nnx.Rngs) {
    super();
    this.block1 = new Block(32, 128, rngs);
    this.block2 = new Block(128, 10, rngs);
  }
  forward(x: TensorLike): Tensor {
    return this.block2.forward(this.block1.forward(x));
  }
}

const cells = (table: string): string[][] =>
  table
    .split("\n")
    .filter((line) => line.startsWith("│"))
    .map((line) =>
      line
        .slice(1, -1)
        .split("│")
        .map((text) => text.trim()),
    );

// The cells of nnx.tabulate(Tower(nnx.Rngs(0)), jnp.ones((1, 32))), flax 0.12.8
test("tabulate(model, inputs) has the cells of Flax", (t) => {
  const model = new Tower(new nnx.Rngs(0));
  const before = nnx.saveSafetensors(model, { includeRng: true });
  const table = nnx.tabulate(model, [ones([1, 32])], { flops: false });
  t.deepEqual(nnx.saveSafetensors(model, { includeRng: true }), before);
  t.is(table.split("\n")[0], "Tower Summary");
  t.is(table.split("\n").at(-1), "Total Parameters: 6,070 (24.3 KB)");
  t.deepEqual(cells(table).slice(0, 9), [
    ["path", "type", "inputs", "outputs", "BatchStat", "Param", "RngState"],
    ["", "Tower", "float32[1,32]", "float32[1,10]", "276 (1.1 KB)", "5,790 (23.2 KB)", "4 (24 B)"],
    [
      "block1",
      "Block",
      "float32[1,32]",
      "float32[1,128]",
      "256 (1.0 KB)",
      "4,480 (17.9 KB)",
      "2 (12 B)",
    ],
    ["block1/linear", "Linear", "float32[1,32]", "float32[1,128]", "", "bias: float32[128]", ""],
    ["", "", "", "", "", "kernel: float32[32,128]", ""],
    ["", "", "", "", "", "", ""],
    ["", "", "", "", "", "4,224 (16.9 KB)", ""],
    [
      "block1/bn",
      "BatchNorm",
      "float32[1,128]",
      "float32[1,128]",
      "mean: float32[128]",
      "bias: float32[128]",
      "",
    ],
    ["", "", "", "", "var: float32[128]", "scale: float32[128]", ""],
  ]);
  t.deepEqual(cells(table).at(-1), [
    "",
    "",
    "",
    "Total",
    "276 (1.1 KB)",
    "5,790 (23.2 KB)",
    "4 (24 B)",
  ]);
});

// compute_flops=True of the same, and of nnx.Conv(1, 4, (3, 3)) on (2, 8, 8, 1): 8320, 2570 and 8256
test("tabulate(model, inputs) estimates the operations of products as XLA does", (t) => {
  const flops = (model: nnx.Module, inputs: unknown[]): Record<string, string> =>
    Object.fromEntries(
      cells(nnx.tabulate(model, inputs)).map(([path, type, , , cost]) => [path || type, cost]),
    );
  const tower = flops(new Tower(new nnx.Rngs(0)), [ones([1, 32])]);
  t.is(tower["block1/linear"], "8,320");
  t.is(tower["block2/linear"], "2,570");
  const conv = new nnx.Conv(1, 4, { kernelSize: [3, 3], rngs: new nnx.Rngs(0) });
  t.is(flops(conv, [ones([2, 8, 8, 1])]).Conv, "8,256");
});

test("tabulate(model, inputs, options) lists options, several results, depth and methods", (t) => {
  class Two extends nnx.Module {
    conv = new nnx.Conv(1, 4, { kernelSize: [3, 3], rngs: new nnx.Rngs(0) });
    embed = new nnx.Embed(5, 4, { rngs: new nnx.Rngs(0) });
    encode(x: TensorLike, i: TensorLike, { flag }: { flag: boolean }): [Tensor, Tensor] {
      if (!flag) this.conv.forward(x);
      return [this.conv.forward(x), this.embed.forward(i)];
    }
  }
  const inputs = [ones([2, 8, 8, 1]), zeros([2, 3], "int32"), { flag: false }];
  const table = nnx.tabulate(new Two(), inputs, { method: "encode", flops: false });
  const rows = cells(table);
  t.deepEqual(rows.slice(1, 4), [
    ["", "Two", "- float32[2,8,8,1]", "- float32[2,8,8,4]", "60 (240 B)"],
    ["", "", "- int32[2,3]", "- float32[2,3,4]", ""],
    ["", "", "flag: false", "", ""],
  ]);
  t.is(rows.filter(([path]) => path === "conv").length, 1);
  const short = nnx.tabulate(new Two(), inputs, { method: "encode", depth: 0 });
  t.false(short.includes("conv"));
});

test("console.log(model) in Node, String(model) and display show fields and sizes", (t) => {
  const model = new nnx.Sequential(new nnx.Linear(2, 3, { rngs: new nnx.Rngs(0) }), relu);
  const text = `Sequential { // Param: 9 (36 B)
  layers: [ // Param: 9 (36 B)
    Linear { // Param: 9 (36 B)
      inFeatures: 2,
      outFeatures: 3,
      useBias: true,
      paramDtype: "float32",
      kernel: Param(float32[2, 3]), // 6 (24 B)
      bias: Param(float32[3]), // 3 (12 B)
    },
    [function relu],
  ],
}`;
  t.is(String(model), text);
  t.is(inspect(model), text);
  const printed: string[] = [];
  const { log } = console;
  console.log = (line: string) => printed.push(line);
  try {
    nnx.display(model, nnx.state(model.layers[0], nnx.PathContains("bias")), 1);
  } finally {
    console.log = log;
  }
  t.deepEqual(printed, [
    text,
    "{ // Param: 3 (12 B)\n  bias: Param(float32[3]), // 3 (12 B)\n}",
    "1",
  ]);
});

test("String(model) takes cycles, Maps, streams, empty and anonymous things", (t) => {
  const text = String(new Zoo());
  t.true(text.includes("parent: Zoo {...},"));
  t.true(text.includes("tied: Linear {...},"));
  t.true(text.includes("sizes: [3, 3],"));
  t.is(
    String(new nnx.Rngs({ noise: 1 })),
    `Rngs { // RngCount: 1 (4 B), RngKey: 1 (8 B)
  noise: RngStream { // RngCount: 1 (4 B), RngKey: 1 (8 B)
    key: RngKey(Key) { tag: "noise" }, // 1 (8 B)
    count: RngCount(uint32[] 0) { tag: "noise" }, // 1 (4 B)
    tag: "noise",
  },
}`,
  );
  t.is(String(new nnx.List()), "List {}");
});

test("evalShape(make) makes models that know shapes and have no values", (t) => {
  const model = nnx.evalShape(() => new CNN());
  t.deepEqual(model.conv.kernel.shape, [3, 3, 1, 4]);
  t.is(String(model.conv.kernel.value), "AbstractArray(float32[3, 3, 1, 4])");
  t.deepEqual(
    [...(model.drop.rngs?.key.value.words ?? [])],
    [...(new CNN().drop.rngs?.key.value.words ?? [])],
  );
  t.deepEqual(model.forward(ones([2, 4, 4, 1])).shape, [2, 2]);
  t.deepEqual(
    nnx.evalShape((m: CNN, x: Tensor) => ({ y: m.forward(x) }), model, ones([7, 4, 4, 1])).y.shape,
    [7, 2],
  );
});

test("evalShape(f, model) leaves the model as it is", (t) => {
  const model = new CNN();
  const before = nnx.saveSafetensors(model, { includeRng: true });
  const [copy, , map] = nnx.evalShape(
    (m: CNN, x: Tensor) => [m, m.forward(x), new Map([["k", x]])] as const,
    model,
    ones([2, 4, 4, 1]),
  );
  t.true(copy instanceof CNN);
  t.deepEqual(map.get("k")?.shape, [2, 4, 4, 1]);
  t.deepEqual(nnx.saveSafetensors(model, { includeRng: true }), before);
});

test("evalShape(make) is filled by loadSafetensors and update", (t) => {
  const bytes = nnx.saveSafetensors(new CNN());
  const model = nnx.evalShape(() => new CNN(new nnx.Rngs(1)));
  nnx.loadSafetensors(model, bytes);
  t.deepEqual(nnx.saveSafetensors(model), bytes);
  const mlp = nnx.evalShape(() => new MLP());
  nnx.update(mlp, nnx.state(new MLP()));
  t.is(list(mlp.l1.bias?.value as Tensor) === undefined, false);
});

const x = uniform(key(0), [12, 2]);
const y = uniform(key(1), [12, 1]);
const batches = (epoch: number): { x: NDArray; y: NDArray }[] =>
  [0, 4, 8].map((start) => {
    const from = (start + 4 * epoch) % 12;
    return { x: x.lo(from, 0).hi(4, 2), y: y.lo(from, 0).hi(4, 1) };
  });

class Noisy extends nnx.Module {
  mlp = new MLP();
  drop = new nnx.Dropout(0.3, { rngs: new nnx.Rngs(5) });
  forward(inputs: TensorLike): Tensor {
    return this.mlp.forward(this.drop.forward(inputs));
  }
}
type Batch = ReturnType<typeof batches>[number];
const loss = (m: Noisy, batch: Batch): Tensor =>
  mean(square(subtract(m.forward(batch.x), batch.y)));
const start = (): { model: Noisy; optimizer: nnx.Optimizer<Noisy> } => {
  const model = new Noisy();
  return { model, optimizer: new nnx.Optimizer<Noisy>(model, adam(0.05), { wrt: nnx.Param }) };
};

test("fit(model, options) is the loop written out", async (t) => {
  const { model, optimizer } = start();
  const losses: number[] = [];
  const epochs: number[] = [];
  const result = await nnx.fit(model, {
    optimizer,
    data: batches,
    epochs: 3,
    loss,
    onStep: (progress) => losses.push(Number(progress.loss)),
    onEpoch: ({ epoch, stepOfEpoch, step }) => epochs.push(epoch, stepOfEpoch, step),
  });
  const twin = start();
  const expected: number[] = [];
  for (let epoch = 0; epoch < 3; epoch++) {
    for (const batch of batches(epoch)) {
      const [value, grads] = nnx.valueAndGrad((m: Noisy) => loss(m, batch))(twin.model);
      twin.optimizer.update(twin.model, grads);
      expected.push(Number(value));
    }
  }
  t.deepEqual(losses, expected);
  t.deepEqual(epochs, [0, 3, 3, 1, 3, 6, 2, 3, 9]);
  t.is(result.steps, 9);
  t.is(Number(result.loss), expected[8]);
});

test("fit(model, { step }) takes a step of one's own and data that arrive late", async (t) => {
  const { model, optimizer } = start();
  async function* late(epoch: number): AsyncGenerator<Batch> {
    for (const batch of batches(epoch)) yield await Promise.resolve(batch);
  }
  const step = (m: Noisy, o: nnx.Optimizer<Noisy>, batch: Batch): Tensor => {
    const [value, grads] = nnx.valueAndGrad((n: Noisy) => loss(n, batch))(m);
    o.update(m, grads);
    return value;
  };
  t.is((await nnx.fit(model, { optimizer, data: late, step })).steps, 3);
  const twin = start();
  await nnx.fit(twin.model, { optimizer: twin.optimizer, data: batches, loss });
  bitEqual(t, model.mlp.l1.kernel.value as NDArray, twin.model.mlp.l1.kernel.value as NDArray);
});

test("fit(model, { step }) takes a compiled step, with the bits of the eager one", async (t) => {
  const step = (m: Noisy, o: nnx.Optimizer<Noisy>, batch: Batch): Tensor => {
    const [value, grads] = nnx.valueAndGrad((n: Noisy) => loss(n, batch))(m);
    o.update(m, grads);
    return value;
  };
  const [a, b] = [start(), start()];
  const compiled = nnx.jit(step);
  await nnx.fit(a.model, { optimizer: a.optimizer, data: batches, epochs: 2, step });
  await nnx.fit(b.model, { optimizer: b.optimizer, data: batches, epochs: 2, step: compiled });
  t.is(compiled.explain().length, 1);
  t.deepEqual(
    nnx.saveSafetensors(b, { includeRng: true }),
    nnx.saveSafetensors(a, { includeRng: true }),
  );
});

test("fit(model, { resume }) goes on with the very steps of an unbroken run", async (t) => {
  const whole = start();
  await nnx.fit(whole.model, { optimizer: whole.optimizer, data: batches, epochs: 3, loss });
  const expected = nnx.saveSafetensors(whole, { includeRng: true });
  for (const stopAt of [1, 3, 4, 8]) {
    const controller = new AbortController();
    let checkpoint: Uint8Array | undefined;
    const first = start();
    await t.throwsAsync(
      nnx.fit(first.model, {
        optimizer: first.optimizer,
        data: batches,
        epochs: 3,
        loss,
        signal: controller.signal,
        checkpointEvery: 100,
        onStep: ({ step }) => void (step === stopAt && controller.abort(new Error("enough"))),
        onCheckpoint: (bytes) => void (checkpoint = bytes),
      }),
      { message: "enough" },
    );
    const second = start();
    const seen: number[] = [];
    const { steps } = await nnx.fit(second.model, {
      optimizer: second.optimizer,
      data: batches,
      epochs: 3,
      loss,
      resume: checkpoint,
      onStep: ({ step }) => seen.push(step),
    });
    t.is(steps, 9);
    t.is(seen[0], stopAt + 1);
    t.deepEqual(nnx.saveSafetensors(second, { includeRng: true }), expected);
  }
});

test("fit(model, { onCheckpoint }) is called every so many steps and at the end", async (t) => {
  const { model, optimizer } = start();
  const at: number[] = [];
  const run = { optimizer, data: batches, epochs: 2, loss };
  const onCheckpoint = (_: Uint8Array, { step }: nnx.FitProgress): number => at.push(step);
  await nnx.fit(model, { ...run, onCheckpoint, checkpointEvery: 4 });
  await nnx.fit(model, { ...run, onCheckpoint });
  t.deepEqual(at, [4, 6, 3, 6]);
  t.deepEqual(await nnx.fit(model, { ...run, epochs: 0 }), { steps: 0, loss: null });
  t.deepEqual(await nnx.fit(model, { ...run, data: () => [] }), { steps: 0, loss: null });
});

test("fit(model, { signal }) lets timers run, so that one can stop it", async (t) => {
  const { model, optimizer } = start();
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 30);
  const forever = function* (): Generator<Batch> {
    for (;;) yield batches(0)[0];
  };
  await t.throwsAsync(
    nnx.fit(model, { optimizer, data: forever, loss, signal: controller.signal }),
    { any: true, name: "AbortError" },
  );
});

test("fit(model, options) leaves model and optimizer as they are when a step throws", async (t) => {
  const model = new MLP();
  const optimizer = new nnx.Optimizer<MLP>(model, sgd(0.1), { wrt: nnx.Param });
  const before = nnx.saveSafetensors({ model, optimizer });
  await t.throwsAsync(
    nnx.fit(model, {
      optimizer,
      data: () => [ones([3, 3])],
      loss: (m: MLP, batch: NDArray) => mean(m.forward(batch)),
    }),
    { instanceOf: RangeError },
  );
  t.deepEqual(nnx.saveSafetensors({ model, optimizer }), before);
});
