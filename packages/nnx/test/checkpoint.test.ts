import { mean, square } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { array, ones, zeros } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { adam } from "@flaxen/optax";
import { decode, encode } from "@flaxen/safetensors";
import { key } from "@flaxen/rng";
import test from "ava";
import * as nnx from "@flaxen/nnx";
import { CNN, MLP, Zoo } from "./models.ts";

const list = (x: Tensor | undefined): unknown => (x as NDArray).toArray();

const names = (bytes: Uint8Array): string[] => [...decode(bytes).tensors.keys()].sort();
const print = (node: object): string[] =>
  nnx
    .toFlatState(nnx.state(node))
    .map(
      ([path, { value }]) =>
        `${path.join(".")} ${String((value as NDArray).toArray?.() ?? JSON.stringify(value))}`,
    );

test("saveSafetensors(model) names tensors by dotted Flax paths and leaves RNG state out", (t) => {
  const bytes = nnx.saveSafetensors(new CNN());
  const { metadata } = decode(bytes);
  t.deepEqual(names(bytes), [
    "bn.bias",
    "bn.mean",
    "bn.scale",
    "bn.var",
    "conv.bias",
    "conv.kernel",
    "fc.bias",
    "fc.kernel",
  ]);
  t.is(metadata.format, "flax-nnx");
  t.deepEqual(JSON.parse(metadata.types), {
    "bn.bias": "Param",
    "bn.mean": "BatchStat",
    "bn.scale": "Param",
    "bn.var": "BatchStat",
    "conv.bias": "Param",
    "conv.kernel": "Param",
    "fc.bias": "Param",
    "fc.kernel": "Param",
  });
});

test("saveSafetensors(model, options) obeys filter and includeRng", (t) => {
  const model = new CNN();
  t.deepEqual(names(nnx.saveSafetensors(model, { filter: nnx.BatchStat })), ["bn.mean", "bn.var"]);
  const bytes = nnx.saveSafetensors(model, { includeRng: true, filter: nnx.RngState });
  const { tensors } = decode(bytes);
  t.deepEqual([...tensors.keys()].sort(), ["drop.rngs.count", "drop.rngs.key"]);
  t.deepEqual(tensors.get("drop.rngs.key")?.toArray(), [
    ...(model.drop.rngs as nnx.RngStream).key.value.words,
  ]);
  t.is(tensors.get("drop.rngs.key")?.dtype, "uint32");
  t.is(tensors.get("drop.rngs.count")?.dtype, "uint32");
  t.deepEqual(names(nnx.saveSafetensors(model, { filter: nnx.RngState })), []);
  const seen = { w: new nnx.Param(array(1)), y: new nnx.Intermediate(array(2)) };
  t.deepEqual(names(nnx.saveSafetensors(seen)), ["w"]);
  t.deepEqual(names(nnx.saveSafetensors(seen, { filter: nnx.rest })), ["w", "y"]);
});

test("loadSafetensors(model, bytes) restores models with lists, Maps and sharing", (t) => {
  const saved = new Zoo();
  const fresh = new Zoo(new nnx.Rngs(1));
  t.notDeepEqual(print(fresh), print(saved));
  t.deepEqual(nnx.loadSafetensors(fresh, nnx.saveSafetensors(saved)), {
    missing: [],
    unexpected: [],
  });
  t.deepEqual(print(fresh), print(saved));
  t.is(fresh.tied, fresh.layers[0]);
  t.true(names(nnx.saveSafetensors(saved)).includes("layers.10.kernel"));
});

test("loadSafetensors keeps every dtype", (t) => {
  const make = (fill: number): object => ({
    half: new nnx.Param(array([fill], "float16")),
    brain: new nnx.Param(array([fill], "bfloat16")),
    wide: new nnx.Param(array([fill], "float64")),
    whole: new nnx.Variable(array([fill], "int32")),
    flag: new nnx.Variable(array([fill > 0])),
    scalar: new nnx.Param(array(fill)),
    none: new nnx.Param(zeros([0, 3])),
  });
  const fresh = make(0);
  nnx.loadSafetensors(fresh, nnx.saveSafetensors(make(2)));
  t.deepEqual(print(fresh), print(make(2)));
});

test("a saved Variable alone is called value", (t) => {
  const param = new nnx.Param(array([1]));
  const bytes = nnx.saveSafetensors(new nnx.Param(array([2])));
  t.deepEqual(names(bytes), ["value"]);
  nnx.loadSafetensors(param, bytes);
  t.deepEqual((param.value as NDArray).toArray(), [2]);
});

test("training resumes from the files of model and optimizer as if never stopped", (t) => {
  const x = ones([4, 4, 4, 1]);
  const run = (model: CNN, optimizer: nnx.Optimizer<CNN>, steps: number): unknown[] =>
    Array.from({ length: steps }, () => {
      const [loss, grads] = nnx.valueAndGrad((m: CNN): Tensor => mean(square(m.forward(x))))(model);
      optimizer.update(model, grads);
      return (loss as NDArray).item();
    });
  const model = new CNN();
  const optimizer = new nnx.Optimizer(model, adam(0.01), { wrt: nnx.Param });
  run(model, optimizer, 2);
  const files = [nnx.saveSafetensors(model, { includeRng: true }), nnx.saveSafetensors(optimizer)];
  const expected = run(model, optimizer, 3);

  const fresh = new CNN(new nnx.Rngs(9));
  const resumed = new nnx.Optimizer(fresh, adam(0.01), { wrt: nnx.Param });
  nnx.loadSafetensors(fresh, files[0]);
  nnx.loadSafetensors(resumed, files[1]);
  t.deepEqual(run(fresh, resumed, 3), expected);
  t.deepEqual(print(fresh), print(model));
});

test("an optimizer is saved under the names of Flax", (t) => {
  const optimizer = new nnx.Optimizer(new MLP(), adam(0.01), { wrt: nnx.Param });
  t.deepEqual(names(nnx.saveSafetensors(optimizer)), [
    "opt_state.0.count",
    ...["mu", "nu"].flatMap((m) =>
      ["l1.bias", "l1.kernel", "l2.bias", "l2.kernel"].map((p) => `opt_state.0.${m}.${p}`),
    ),
    "step",
  ]);
});

test("user fields keep their names, also those of optimizers' fields", (t) => {
  class Mine extends nnx.Module {
    optState = new nnx.Param(array(1));
    constructor_ = new nnx.Param(array(1));
    toString_ = { hasOwnProperty: new nnx.Param(array(1)) };
  }
  t.deepEqual(names(nnx.saveSafetensors(new Mine())), [
    "constructor_",
    "optState",
    "toString_.hasOwnProperty",
  ]);
  class Renamed extends nnx.Module {
    denseIn = new nnx.Param(array(1));
    override get fileNames(): Readonly<Record<string, string>> {
      return { denseIn: "dense_in" };
    }
  }
  t.deepEqual(names(nnx.saveSafetensors([new Renamed()])), ["0.dense_in"]);
});

test("loadSafetensors restores random streams where the file has them, with their layout", (t) => {
  const legacy = new nnx.Rngs(key(3, { partitionable: false }));
  legacy.next();
  const bytes = nnx.saveSafetensors(legacy, { includeRng: true });
  const fresh = new nnx.Rngs(key(0, { partitionable: false }));
  nnx.loadSafetensors(fresh, bytes);
  t.deepEqual(fresh.next(), legacy.next());
  t.notThrows(() => nnx.loadSafetensors(new CNN(), nnx.saveSafetensors(new CNN())));
});

test("loadSafetensors with strict false loads what fits and reports the rest", (t) => {
  const model = new MLP();
  const { l1 } = nnx.toPureDict(nnx.state(model));
  const bytes = encode({ "l2.bias": array([7]), "l3.bias": array([1]) });
  t.deepEqual(nnx.loadSafetensors(model, bytes, { strict: false }), {
    missing: ["l1.bias", "l1.kernel", "l2.kernel"],
    unexpected: ["l3.bias"],
  });
  t.deepEqual(list(model.l2.bias?.value), [7]);
  t.is(model.l1.kernel.value, l1.kernel);
});

test("loadSafetensors with a filter expects only what it selects", (t) => {
  const saved = new CNN();
  saved.bn.mean.value = ones([4]);
  const model = new CNN();
  nnx.loadSafetensors(model, nnx.saveSafetensors(saved, { filter: nnx.BatchStat }), {
    filter: nnx.BatchStat,
  });
  t.deepEqual((model.bn.mean.value as NDArray).toArray(), [1, 1, 1, 1]);
});

test("loadSafetensors lists everything wrong in one error and changes nothing", (t) => {
  const model = new MLP();
  const before = print(model);
  const bytes = encode({
    "l1.bias": zeros([8]),
    "l1.kernel": zeros([8, 2]),
    "l2.kernel": zeros([8, 1], "float16"),
    other: zeros([1]),
  });
  const message =
    "loadSafetensors: bytes must fit the object, got missing: l2.bias; unexpected: other; " +
    "mismatched: l1.kernel (float32[8, 2] for float32[2, 8]), l2.kernel (float16[8, 1] for float32[8, 1]).";
  t.throws(() => nnx.loadSafetensors(model, bytes), { instanceOf: RangeError, message });
  t.throws(() => nnx.loadSafetensors(model, bytes, { strict: false }), { message });
  t.throws(() => nnx.loadSafetensors(model, bytes.subarray(0, 100)), { instanceOf: RangeError });
  t.throws(
    () =>
      nnx.loadSafetensors(
        new nnx.Rngs(0),
        encode({ "default.key": zeros([2]), "default.count": zeros([]) }),
      ),
    {
      message:
        "loadSafetensors: bytes must fit the object, got missing: none; unexpected: none; " +
        "mismatched: default.count (float32[] for uint32[]), default.key (float32[2] for uint32[2]).",
    },
  );
  t.deepEqual(print(model), before);
});
