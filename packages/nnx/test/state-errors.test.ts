// Every error of the state tools, of training and of places in models: class and full text.
import { mean, square, sum } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { array, ones, zeros } from "@flaxen/ndarray";
import { sgd } from "@flaxen/optax";
import test from "ava";
import * as nnx from "@flaxen/nnx";
import { CNN, MLP, Zoo } from "./models.ts";

const none = undefined as never;
const rngs = new nnx.Rngs(0);
const linear = (): nnx.Linear => new nnx.Linear(2, 3, { rngs });
const refused = test.macro<[() => unknown, new (message: string) => Error, string]>({
  exec(t, run, Class, message) {
    t.throws(run, { instanceOf: Class, message });
  },
  title: (name, _, Class, message) => `${name ?? "bad input"} throws ${Class.name}: ${message}`,
});
const rejected = test.macro<[() => Promise<unknown>, new (message: string) => Error, string]>({
  async exec(t, run, Class, message) {
    await t.throwsAsync(run, { instanceOf: Class, message });
  },
  title: (name, _, Class, message) => `${name ?? "fit"} rejects with ${Class.name}: ${message}`,
});

// State tools
for (const [name, call] of Object.entries({
  iterGraph: () => nnx.iterGraph(3 as never),
  findDuplicates: () => nnx.findDuplicates(3 as never),
  recursiveMap: () => nnx.recursiveMap((_, v) => v, 3 as never),
  map: () => nnx.map((_, v) => v, 3 as never),
  pop: () => nnx.pop(3 as never, nnx.Param),
  freeze: () => nnx.freeze(3 as never, nnx.Param),
  unfreeze: () => nnx.unfreeze(3 as never),
  reseed: () => nnx.reseed(3 as never, {}),
  forkRngs: () => nnx.forkRngs(3 as never),
  splitRngs: () => nnx.splitRngs(3 as never, 2),
  countParams: () => nnx.countParams(3 as never),
  loadTorchStateDict: () => nnx.loadTorchStateDict(3 as never, {}),
})) {
  test(
    refused,
    call,
    TypeError,
    `${name}: node must be a Module or another object that holds Variables, got 3.`,
  );
}
test(
  refused,
  () => nnx.findDuplicates({}, { only: 3 as never }),
  TypeError,
  "findDuplicates: filter must be a class, a tag, a function, rest, a boolean, null or an array of filters, got 3.",
);
test(
  refused,
  () => nnx.recursiveMap((_, v) => v, new Zoo()),
  RangeError,
  "recursiveMap: node must not contain itself, got a cycle at parent.",
);
test(
  refused,
  () => nnx.mapState((_, v) => v, 3 as never),
  TypeError,
  "mapState: state must be a Module or another object that holds Variables, got 3.",
);
test(
  refused,
  () => nnx.mergeState({}, 3 as never),
  TypeError,
  "mergeState: state must be a Module or another object that holds Variables, got 3.",
);
test(
  refused,
  () => nnx.mergeState({ a: 1 }, { a: { b: 2 } }),
  RangeError,
  "mergeState: paths must lead to distinct leaves, got a and a.b.",
);
test(
  refused,
  () => (nnx.pop as (node: object) => unknown)(linear()),
  TypeError,
  "pop: filters must be given, got none. Pass rest to take everything.",
);
test(
  refused,
  () => nnx.pop({ l: [new nnx.Param(array(1))], m: [[new nnx.Param(array(1))]] }, nnx.Param),
  TypeError,
  "pop: filters must select fields and entries of Maps, got elements of lists at l, m.0. Use state, and replace the list.",
);
test(
  refused,
  () => nnx.pop(new nnx.Param(array(1)), nnx.Param),
  TypeError,
  "pop: filters must select fields and entries of Maps, got elements of lists at (root). Use state, and replace the list.",
);
test(
  refused,
  () => nnx.freeze(linear(), nnx.BatchStat),
  RangeError,
  "freeze: filter must select at least one Variable, got none.",
);
test(
  refused,
  () => {
    const model = linear();
    nnx.freeze(model, nnx.Param);
    new nnx.Optimizer(model, sgd(0.1), { wrt: nnx.Param });
  },
  RangeError,
  "Optimizer: wrt must select at least one Variable of the model, got none.",
);
test(
  refused,
  () => nnx.reseed({}, { a: "b" as never }),
  TypeError,
  'Rngs: seed must be an integer, a key or a stream, got "b".',
);
test(
  refused,
  () => nnx.reseed({}, {}, { policy: "any" as never }),
  RangeError,
  'reseed: policy must be "scalarsOnly" or "matchShape", got "any".',
);
const dropouts = (): nnx.Dropout =>
  nnx.stack(3, (lane) => new nnx.Dropout(0.5, { rngs: lane }), { rngs: new nnx.Rngs(0) });
test(
  refused,
  () => nnx.reseed({ block: dropouts() }, { default: 1 }),
  RangeError,
  'reseed: the streams must have one key each, got 3 keys at block.rngs. Pass { policy: "matchShape" } to split the new one.',
);
test(
  refused,
  () => dropouts().forward([1]),
  Error,
  "RngStream.next: the stream must have one key, got a list of 3. Apply a stack of layers with runStack.",
);
test(
  refused,
  () => nnx.splitRngs(linear(), 0),
  RangeError,
  "splitRngs: num must be a positive integer, got 0.",
);
test(
  refused,
  () => rngs.split("2" as never),
  TypeError,
  'Rngs.split: num must be a positive integer, got "2".',
);
test(
  refused,
  () => rngs.broadcast(0.5),
  RangeError,
  "Rngs.broadcast: num must be a positive integer, got 0.5.",
);
test(
  refused,
  () => rngs.default.split(0),
  RangeError,
  "RngStream.split: num must be a positive integer, got 0.",
);
test(
  refused,
  () => rngs.default.broadcast(-1),
  RangeError,
  "RngStream.broadcast: num must be a positive integer, got -1.",
);
test(refused, () => rngs.draw(none), TypeError, "draw: sampler must be a function, got undefined.");
test(
  refused,
  () => rngs.params.draw(3 as never),
  TypeError,
  "draw: sampler must be a function, got 3.",
);
test(
  refused,
  () => new nnx.Rngs({ normal: 0 }),
  RangeError,
  'Rngs: names of streams must not be empty or a member of Rngs, got "normal".',
);

// Stacks
const make = (lane: nnx.Rngs): nnx.Linear => new nnx.Linear(2, 2, { rngs: lane });
test(
  refused,
  () => nnx.stack(0, make, { rngs }),
  RangeError,
  "stack: num must be a positive integer, got 0.",
);
test(
  refused,
  () => nnx.stack(2, 3 as never, { rngs }),
  TypeError,
  "stack: make must be a function, got 3.",
);
test(
  refused,
  () => nnx.stack(2, make, none),
  TypeError,
  "stack: rngs must be an Rngs, got undefined. Pass { rngs: new Rngs(0) }.",
);
test(
  refused,
  () => nnx.stack(2, () => 3 as never, { rngs }),
  TypeError,
  "stack: make(rngs) must be a Module or another object that holds Variables, got 3.",
);
test(
  refused,
  () => {
    let size = 1;
    nnx.stack(2, (lane) => new nnx.Linear(2, ++size, { rngs: lane }), { rngs });
  },
  Error,
  "stack: make must return blocks of one structure with the same static fields, got another one at index 1.",
);
test(
  refused,
  () => {
    let size = 1;
    nnx.stack(2, () => ({ deep: new nnx.Param(zeros([++size])) }), { rngs });
  },
  Error,
  "stack: make must return blocks whose Variables have one shape and dtype, got float32[2] and float32[3] at deep.",
);
test(
  refused,
  () => {
    const shared = linear();
    nnx.stack(2, () => ({ shared }), { rngs });
  },
  Error,
  "stack: make must return blocks with Variables of their own, got the same one twice at shared.bias.",
);
test(
  refused,
  () => nnx.unstack({ a: 1 }),
  RangeError,
  "unstack: stacked must hold at least one Variable, got none.",
);
test(
  refused,
  () => nnx.unstack({ a: new nnx.Param(zeros([2])), b: new nnx.Param(zeros([3])) }),
  RangeError,
  "unstack: stacked must have one size on all first axes, got 2 at a and 3 at b.",
);
test(
  refused,
  () => nnx.unstack({ a: { b: new nnx.Param(array(1)) } }),
  RangeError,
  "unstack: stacked must hold arrays with a first axis, got float32[] at a.b.",
);
test(
  refused,
  () => nnx.runStack({}, 0, none),
  TypeError,
  "runStack: body must be a function, got undefined.",
);
test(
  refused,
  () => nnx.runStack(3 as never, 0, (_, x) => x),
  TypeError,
  "runStack: stacked must be a Module or another object that holds Variables, got 3.",
);

// Containers
test(refused, () => new nnx.List(3 as never), TypeError, "List: elements must be iterable, got 3.");
test(refused, () => new nnx.Dict(3 as never), TypeError, "Dict: entries must be an object, got 3.");
test(
  refused,
  () => new nnx.Dict({ get: 1 }),
  RangeError,
  'Dict: names must not be empty or a member of Dict, got "get".',
);
test(
  refused,
  () => new nnx.Dict().set("", 1),
  RangeError,
  'Dict: names must not be empty or a member of Dict, got "".',
);

// Recording
class Sower extends nnx.Module {
  inner: nnx.Module | null = null;
  forward(x: Tensor, name = "h"): Tensor {
    this.sow(nnx.Intermediate, name, x);
    return x;
  }
}
test(
  refused,
  () => nnx.capture(none, []),
  TypeError,
  "capture: f must be a function, got undefined.",
);
test(
  refused,
  () => nnx.capture((m: Sower) => m, nnx.Intermediate as never),
  TypeError,
  "capture: types must be a list of classes of Variables, got Intermediate.",
);
test(
  refused,
  () => nnx.capture((m: Sower) => m, [nnx.Linear as never]),
  TypeError,
  "capture: types must hold classes of Variables, got Linear.",
);
test(
  refused,
  () => nnx.capture((m: Sower) => m, [], { methodOutputs: 3 as never }),
  TypeError,
  "capture: methodOutputs must hold classes of Variables, got 3.",
);
test(
  refused,
  () => nnx.capture((m: Sower) => m, [nnx.Intermediate])({} as never),
  TypeError,
  "capture: the first argument must be a Module, got Object.",
);
test(
  refused,
  () => new Sower().forward(array(1), ""),
  TypeError,
  'Module.sow: name must be a string, not empty, got "".',
);
class Nudged extends nnx.Module {
  inner = linear();
  forward(x: Tensor, name = "h"): Tensor {
    return this.perturb(name, x);
  }
}
const nudge = (m: Nudged, x: Tensor): Tensor => m.forward(x);
test(
  refused,
  () => new Nudged().forward(array(1), ""),
  TypeError,
  'Module.perturb: name must be a string, not empty, got "".',
);
test(
  refused,
  () => new Nudged().perturb("h", "x" as never),
  TypeError,
  'Module.perturb: value must be an array, got "x".',
);
test(
  refused,
  () => new Nudged().forward(array(1), "inner"),
  TypeError,
  'Module.perturb: name must be that of no field but a Perturbation, got "inner", which is Linear.',
);
test(
  refused,
  () => {
    const [, init] = nnx.capture(nudge, [nnx.Perturbation])(new Nudged(), array([1, 2]));
    nnx.capture(nudge, [], { init })(new Nudged(), array([1]));
  },
  RangeError,
  'Module.perturb: value must have the shape [2] of the perturbation "h", got float32[1]. Capture perturbations with inputs of the same shapes.',
);
test(
  refused,
  () => nnx.capture(nudge, [], { init: 3 as never }),
  TypeError,
  "capture: init must be a Module or another object that holds Variables, got 3.",
);
test(
  refused,
  () => nnx.capture(nudge, [], { init: { a: { h: 3 } } as never }),
  TypeError,
  "capture: init must hold Variables, got 3 at a.h.",
);
test(
  refused,
  () =>
    nnx.capture(nudge, [], { init: { a: { h: new nnx.Perturbation(array(1)) } } })(
      new Nudged(),
      array(1),
    ),
  RangeError,
  "capture: init must have the paths of Modules of the first argument, got a.h.",
);
for (const [name, call] of Object.entries({
  state: () => nnx.stateDifference(3 as never, {}),
  other: () => nnx.stateDifference({}, 3 as never),
})) {
  test(
    refused,
    call,
    TypeError,
    `stateDifference: ${name} must be a Module or another object that holds Variables, got 3.`,
  );
}

// Methods apart from their objects
const { forward: apart } = nnx.Linear.prototype;
for (const [name, call] of Object.entries({
  jit: () => nnx.jit(apart)([[1, 2]]),
  grad: () => nnx.grad(apart)(ones([1, 2])),
  valueAndGrad: () => nnx.valueAndGrad(apart)(ones([1, 2])),
  capture: () => nnx.capture(apart as never, [])(linear() as never),
})) {
  test(
    refused,
    call,
    TypeError,
    `${name}: f must not be a method apart from its object, got forward, which uses this.inFeatures. Pass a function of the object, such as (model, x) => model.forward(x).`,
  );
}

test(
  "a name that is also a layer",
  refused,
  () => {
    const model = new Sower();
    model.inner = new Sower();
    nnx.capture(
      (m: Sower) => {
        m.forward(array(1), "inner");
        (m.inner as Sower).forward(array(1));
      },
      [nnx.Intermediate],
    )(model);
  },
  RangeError,
  "capture: paths must lead to distinct leaves, got inner and inner.h.",
);
test(
  refused,
  () =>
    nnx.dotProductAttention(ones([1, 1, 1]), ones([1, 1, 1]), ones([1, 1, 1]), {
      module: 3 as never,
    }),
  TypeError,
  "dotProductAttention: module must be a Module, got 3.",
);

// Training
test(
  refused,
  () => new nnx.EMA(3 as never, 0.9),
  TypeError,
  "EMA: model must be a Module or another object that holds Variables, got 3.",
);
test(refused, () => new nnx.EMA({}, 2), RangeError, "EMA: decay must be in [0, 1], got 2.");
test(refused, () => new nnx.EMA({}, NaN), RangeError, "EMA: decay must be in [0, 1], got NaN.");
test(
  refused,
  () => new nnx.EMA({}, "1" as never),
  TypeError,
  'EMA: decay must be in [0, 1], got "1".',
);
test(
  refused,
  () => new nnx.EMA(new CNN(), 0.9, { only: nnx.rest }),
  TypeError,
  "EMA: only must select Variables that hold floating arrays, got uint32[] at drop.rngs.count.",
);
test(
  refused,
  () => new nnx.EMA(new MLP(), 0.9).update(3 as never),
  TypeError,
  "EMA.update: model must be a Module or another object that holds Variables, got 3.",
);
test(
  refused,
  () => new nnx.EMA(new MLP(), 0.9).update({ l1: linear(), l3: linear() }),
  RangeError,
  "EMA.update: model must have the Variables that are averaged, got missing: l2.bias, l2.kernel; unknown: l3.bias, l3.kernel.",
);
test(
  refused,
  () => new nnx.EMA(new MLP(), 0.9).applyTo(linear()),
  RangeError,
  "merge: states must hold only Variables of the graphdef, got l1.bias, l1.kernel, l2.bias, l2.kernel too.",
);
test(
  refused,
  () => new nnx.EMA(new MLP(), 0.9).applyTo(3 as never),
  TypeError,
  "EMA.applyTo: model must be a Module or another object that holds Variables, got 3.",
);
test(
  refused,
  () => new nnx.Welford(3 as never),
  TypeError,
  "Welford: argname must be a string, got 3.",
);
test(
  refused,
  () => new nnx.Welford("loss").update({ a: 1 }),
  TypeError,
  'Welford.update: results must have values under "loss", got ["a"].',
);
test(
  refused,
  () => new nnx.Welford().update({ values: [] }),
  RangeError,
  "Welford.update: values must have at least one element, got float32[0].",
);
test(
  refused,
  () => nnx.tabulate({} as never),
  TypeError,
  "tabulate: model must be a Module, got Object.",
);
test(
  refused,
  () => nnx.tabulate(linear(), ones([1, 2]) as never),
  TypeError,
  "tabulate: inputs must be a list of arguments, got float32[1, 2].",
);
test(
  refused,
  () => nnx.tabulate(linear(), [ones([1, 2])], { method: "call" }),
  TypeError,
  'tabulate: method must be the name of a method of the model, got "call".',
);
test(
  refused,
  () => nnx.tabulate(linear(), [ones([1, 2])], { depth: -1 }),
  RangeError,
  "tabulate: depth must be at least 0, got -1.",
);
test(
  refused,
  () => nnx.tabulate(linear(), [ones([1, 2])], { deep: 1 } as never),
  TypeError,
  'tabulate: options must be among depth, method, flops, got "deep".',
);
test(
  refused,
  () => nnx.evalShape(3 as never),
  TypeError,
  "evalShape: f must be a function, got 3.",
);
test(
  refused,
  () => (nnx.evalShape(linear).kernel.value as unknown as { item(): number }).item(),
  Error,
  "Tensor.item: the array must have values, got an abstract float32[2, 3]. Give the model values with loadSafetensors or update, or make it without evalShape.",
);
for (const member of ["data", "toArray", "get", "valueOf"] as const) {
  test(
    refused,
    () => {
      const value = nnx.evalShape(linear).kernel.value as unknown as Record<string, unknown>;
      const found = value[member];
      return typeof found === "function" ? Reflect.apply(found, value, []) : found;
    },
    Error,
    `Tensor.${member}: the array must have values, got an abstract float32[2, 3]. Give the model values with loadSafetensors or update, or make it without evalShape.`,
  );
}
test(
  refused,
  () => nnx.saveSafetensors(nnx.evalShape(linear)),
  TypeError,
  "saveSafetensors: bias must hold a concrete array or a key, got float32[3].",
);

// fit
const model = new MLP();
const optimizer = new nnx.Optimizer<MLP>(model, sgd(0.1), { wrt: nnx.Param });
const data = (): TensorLike[] => [ones([1, 2])];
const loss = (m: MLP, x: TensorLike): Tensor => mean(square(m.forward(x)));
const good = { optimizer, data, loss };
const fit = (options: object) => (): Promise<unknown> =>
  nnx.fit(model, { ...good, ...options } as never);
test(
  rejected,
  () => nnx.fit(3 as never, good),
  TypeError,
  "fit: model must be a Module or another object that holds Variables, got 3.",
);
test(
  rejected,
  () => nnx.fit(model, none),
  TypeError,
  "fit: options must be an object, got undefined.",
);
test(
  rejected,
  fit({ callbacks: [] }),
  TypeError,
  'fit: options must be among optimizer, data, epochs, loss, step, onStep, onEpoch, signal, onCheckpoint, checkpointEvery, resume, got "callbacks".',
);
test(
  rejected,
  fit({ optimizer: sgd(0.1) }),
  TypeError,
  "fit: optimizer must be an Optimizer, got Object.",
);
test(rejected, fit({ data: [] }), TypeError, "fit: data must be a function, got [].");
test(rejected, fit({ onStep: 3 }), TypeError, "fit: onStep must be a function, got 3.");
test(rejected, fit({ onCheckpoint: 3 }), TypeError, "fit: onCheckpoint must be a function, got 3.");
test(
  rejected,
  fit({ loss: undefined }),
  TypeError,
  "fit: either loss or step must be given, got neither.",
);
test(rejected, fit({ step: loss }), TypeError, "fit: either loss or step must be given, got both.");
test(
  rejected,
  fit({ epochs: -1 }),
  RangeError,
  "fit: epochs must be an integer of at least 0, got -1.",
);
test(
  rejected,
  fit({ checkpointEvery: "1" }),
  TypeError,
  'fit: checkpointEvery must be an integer of at least 1, got "1".',
);
test(
  rejected,
  fit({ loss: undefined, step: () => 3 }),
  TypeError,
  "fit: step must return the loss, an array, got 3.",
);
test(
  rejected,
  fit({ resume: nnx.saveSafetensors({ model, optimizer }) }),
  RangeError,
  "fit: resume must be a checkpoint that fit has made, got a file without its place.",
);
test(
  "fit of a broken checkpoint",
  rejected,
  fit({ resume: nnx.saveSafetensors({ model, optimizer }, { metadata: { fit: "1 x 2" } }) }),
  RangeError,
  "fit: resume must be a checkpoint that fit has made, got a file without its place.",
);
test(rejected, fit({ signal: { aborted: true } }), Error, "fit: the run was stopped.");

// Files
const state = { "fc.weight": ones([3, 2]), "fc.bias": ones([3]) };
const holder = (): { fc: nnx.Linear } => ({ fc: linear() });
test(
  refused,
  () =>
    nnx.loadTorchStateDict(
      { ...holder(), out: linear() },
      { ...state, "fc.bias": ones([4]), extra: ones([1]) },
    ),
  RangeError,
  "loadTorchStateDict: tensors must fit the object, got missing: out.bias, out.weight; unexpected: extra; mismatched: fc.bias (float32[4] for float32[3]).",
);
test(
  refused,
  () => nnx.loadTorchStateDict(holder(), { ...state, "fc.bias": zeros([3], "int32") }),
  RangeError,
  "loadTorchStateDict: tensors must fit the object, got missing: none; unexpected: none; mismatched: fc.bias (int32[3] for float32[3]).",
);
test(
  refused,
  () => nnx.loadTorchStateDict(holder(), 3 as never),
  TypeError,
  "loadTorchStateDict: tensors must be a Map or an object of arrays, got 3.",
);
test(
  refused,
  () => nnx.loadTorchStateDict(holder(), { "fc.weight": [1] as never }),
  TypeError,
  'loadTorchStateDict: tensors must hold arrays, got [1] under "fc.weight".',
);
test(
  refused,
  () => nnx.loadTorchStateDict(holder(), state, { rename: () => "a" }),
  RangeError,
  'loadTorchStateDict: names must be distinct, got "a" twice.',
);
test(
  refused,
  () => nnx.loadTorchStateDict(holder(), state, { partial: true } as never),
  TypeError,
  'loadTorchStateDict: options must be among strict, rename, flattened, got "partial".',
);
test(
  refused,
  () => nnx.loadTorchStateDict(holder(), state, { flattened: { fd: [2] } }),
  RangeError,
  "loadTorchStateDict: flattened must name layers of the object, got fd.",
);
test(
  refused,
  () =>
    nnx.loadTorchStateDict({ ...holder(), n: new nnx.PReLU() }, state, { flattened: { n: [2] } }),
  RangeError,
  "loadTorchStateDict: flattened must have as many elements as the input of the layer, got [2] for n.",
);
test(
  refused,
  () => nnx.loadTorchStateDict(holder(), state, { flattened: { fc: [3, 1] } }),
  RangeError,
  "loadTorchStateDict: flattened must have as many elements as the input of the layer, got [3, 1] for fc with inFeatures = 2.",
);

test("loadTorchStateDict(node, tensors, { strict: false, rename }) fills what it can", (t) => {
  const target = { ...holder(), own: new nnx.Param(zeros([2])), out: linear() };
  const report = nnx.loadTorchStateDict(
    target,
    new Map(Object.entries({ ...state, own: ones([2]), "old.x": ones([1]), skip: ones([1]) })),
    { strict: false, rename: (name) => (name === "skip" ? null : name) },
  );
  t.deepEqual(report, { missing: ["out.bias", "out.weight"], unexpected: ["old.x"] });
  t.is(Number(sum(target.own.value)), 2);
  t.is(Number(sum(target.fc.kernel.value)), 6);
});

// Where in a model something is. A walk, such as that of an optimizer or of grad, has met it before.
class Deep extends nnx.Module {
  blocks: nnx.Module[];
  stats = new nnx.BatchStat(array(0));
  constructor() {
    super();
    this.blocks = [new MLP(), new CNN(), new nnx.Dropout(0.5, { deterministic: null })];
    nnx.state(this);
  }
}
const deep = new Deep();
const at = (i: number): CNN => deep.blocks[i] as CNN;
test(
  refused,
  () => at(0).forward([[1, 2, 3]]),
  RangeError,
  "Linear.forward at blocks.0.l1 of Deep: x must have inFeatures = 2 on its last axis, got shape [1, 3].",
);
test(
  refused,
  () => at(1).forward(ones([1, 4, 4, 2])),
  RangeError,
  "Conv.forward at blocks.1.conv of Deep: x must have inFeatures = 1 on its last axis, got shape [1, 4, 4, 2].",
);
test(
  refused,
  () => at(1).bn.forward(ones([1, 3])),
  RangeError,
  "BatchNorm.forward at blocks.1.bn of Deep: x must have numFeatures = 4 on axis -1, got shape [1, 3].",
);
test(
  refused,
  () => (deep.blocks[2] as nnx.Dropout).forward([1]),
  Error,
  "Dropout.forward at blocks.2 of Deep: deterministic must be given, got null. Set it in the constructor, pass it to forward, or call train(), eval() or view().",
);
test(
  refused,
  () => (deep.blocks[2] as nnx.Dropout).forward([1], { deterministic: false }),
  Error,
  "Dropout.forward at blocks.2 of Deep: rngs must be given when deterministic is false, got null. Pass { rngs } or call eval().",
);
test(
  "a captured Variable that a walk has met",
  refused,
  () =>
    nnx.grad((p: nnx.Param) => (at(1).forward(ones([1, 4, 4, 1])), p.value))(
      new nnx.Param(array(1)),
    ),
  nnx.TraceContextError,
  "BatchStat.value: a Variable written inside grad must be reached through an argument, got a captured float32[4] at blocks.1.bn.mean of Deep. Pass the object that holds it to the function.",
);
test("messages do not name a place where an object is no longer", (t) => {
  const holder = new Deep();
  const moved = (holder.blocks[0] as MLP).l1;
  const forward = (): unknown => moved.forward([1]);
  t.throws(forward, { message: /^Linear\.forward at blocks\.0\.l1 of Deep: / });
  holder.blocks[0] = new MLP();
  t.throws(forward, { message: /^Linear\.forward: / });
});

test("messages name the place in a model that nobody has walked yet", (t) => {
  class Fresh extends nnx.Module {
    readonly head: nnx.Sequential = new nnx.Sequential(
      new nnx.Linear(2, 3, { rngs: new nnx.Rngs(0) }),
      new nnx.Linear(2, 1, { rngs: new nnx.Rngs(0) }),
    );
  }
  const fresh = new Fresh();
  t.throws(() => fresh.head.forward([[1, 2]]), {
    message:
      "Linear.forward at head.layers.1 of Fresh: x must have inFeatures = 2 on its last axis, got shape [1, 3].",
  });
  // However many were made before.
  const alone = new nnx.Linear(2, 3, { rngs: new nnx.Rngs(0) });
  const many = Array.from({ length: 5000 }, () => new nnx.Dropout(0));
  t.throws(() => alone.forward([1]), { message: /^Linear\.forward: x must/ });
  t.is(many.length, 5000);
});
