// Every error of the package: class and full text.
import { grad as gradOfTensors, multiply, sum } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { array, ones, zeros } from "@flaxen/ndarray";
import { encode } from "@flaxen/safetensors";
import { key } from "@flaxen/rng";
import test from "ava";
import * as nnx from "@flaxen/nnx";
import { CNN, MLP } from "./models.ts";

const rngs = new nnx.Rngs(0);
const none = undefined as never;
const refused = test.macro<[() => unknown, new (message: string) => Error, string]>({
  exec(t, run, Class, message) {
    t.throws(run, { instanceOf: Class, message });
  },
  title: (name, _, Class, message) => `${name ?? "bad input"} throws ${Class.name}: ${message}`,
});

// Variables and transforms
test(
  refused,
  () => new nnx.Variable<string>("a").shape,
  TypeError,
  'Variable.shape: value must be an array, got "a".',
);
test(
  refused,
  () => new nnx.RngKey(key(0)).dtype,
  TypeError,
  "RngKey.dtype: value must be an array, got Key.",
);
test(
  refused,
  () => {
    const stat = new nnx.BatchStat(zeros([2]));
    nnx.valueAndGrad((m: nnx.Param) => {
      stat.value = zeros([2]);
      return m.value;
    })(new nnx.Param(array(1)));
  },
  nnx.TraceContextError,
  "BatchStat.value: a Variable written inside valueAndGrad must be reached through an argument, got a captured float32[2]. Pass the object that holds it to the function.",
);
test(
  "drawing from captured Rngs",
  refused,
  () => nnx.grad((m: nnx.Param) => (rngs.next(), m.value))(new nnx.Param(array(1))),
  nnx.TraceContextError,
  "RngCount.value: a Variable written inside grad must be reached through an argument, got a captured uint32[]. Pass the object that holds it to the function.",
);
test(
  "a Variable that leaked",
  refused,
  () => {
    const shelf: nnx.Param[] = [];
    nnx.grad((m: nnx.Param) => {
      shelf.push(new nnx.Param(zeros([2])));
      return m.value;
    })(new nnx.Param(array(1)));
    shelf[0].value = zeros([2]);
  },
  nnx.TraceContextError,
  "Param.value: a Variable made inside grad must be returned or attached to an argument to be written afterwards, got float32[2] that was stored elsewhere.",
);
test(
  "writing a traced value outside of nnx transforms",
  refused,
  () => {
    const seen = new nnx.Intermediate(array(0));
    gradOfTensors((x: Tensor) => (seen.value = multiply(x, 2)))(array(1));
  },
  nnx.TraceContextError,
  "Intermediate.value: value must be concrete outside the transforms of nnx, got Tracer(float32[] from multiply in grad). Use grad or valueAndGrad of @flaxen/nnx around code that writes Variables.",
);
test(
  "an outer Variable written back by an inner transform",
  refused,
  () => {
    const outside = new nnx.BatchStat(array(0));
    nnx.grad(
      (m: nnx.Param) =>
        nnx.grad((p: nnx.Param, s: nnx.BatchStat) => {
          s.value = array(1);
          return p.value;
        })(m, outside).value,
    )(new nnx.Param(array(1)));
  },
  nnx.TraceContextError,
  "BatchStat.value: a Variable written inside grad must be reached through an argument, got a captured float32[]. Pass the object that holds it to the function.",
);
test(refused, () => nnx.grad(3 as never), TypeError, "grad: f must be a function, got 3.");
test(
  refused,
  () => nnx.valueAndGrad(null as never),
  TypeError,
  "valueAndGrad: f must be a function, got null.",
);
test(
  refused,
  () => nnx.grad((x: Tensor) => x, { hasAux: true })(array(1)),
  TypeError,
  "grad: f must return [value, aux] with hasAux, got Tracer.".replace("Tracer", "float32[]"),
);
test(
  refused,
  () => nnx.grad((x: Tensor) => x, { argnums: [0, -1] })(array(1)),
  RangeError,
  "grad: argnums must not name an argument twice, got [0, 0].",
);
test(
  refused,
  () => nnx.grad((x: Tensor) => x, { argnums: 1 })(array(1)),
  RangeError,
  "grad: argnums must be positions among the 1 arguments, got 1.",
);
test(
  refused,
  () => nnx.grad((x: Tensor) => x, { argnums: nnx.DiffState(0, nnx.Param) })(array(1)),
  TypeError,
  "grad: a DiffState must name an argument that holds Variables, got float32[] at position 0.",
);
test(
  refused,
  () =>
    nnx.grad((m: CNN) => sum(m.bn.mean.value), { argnums: nnx.DiffState(0, nnx.RngState) })(
      new CNN(),
    ),
  TypeError,
  "grad: drop.rngs.count must hold a floating array to be differentiated, got uint32[]. Choose other Variables with DiffState.",
);
test(
  refused,
  () =>
    nnx.grad((_: nnx.Param, x: Tensor) => x, { argnums: [0, 1] })(
      new nnx.Param(array(1)),
      array(1, "int32"),
    ),
  TypeError,
  "grad: argument 1 must hold floating tensors to be differentiated, got int32[].",
);
test(
  refused,
  () => nnx.grad((m: nnx.Param) => m.value)(new nnx.Param(zeros([2]))),
  RangeError,
  "grad: the function must return a scalar, got float32[2].",
);

// State
test(
  refused,
  () => nnx.state(3 as never),
  TypeError,
  "state: node must be a Module or another object that holds Variables, got 3.",
);
test(
  refused,
  () => nnx.split(zeros([2])),
  TypeError,
  "split: node must be a Module or another object that holds Variables, got float32[2].",
);
test(
  refused,
  () => nnx.graphdef(none),
  TypeError,
  "graphdef: node must be a Module or another object that holds Variables, got undefined.",
);
test(
  refused,
  () => nnx.clone("a" as never),
  TypeError,
  'clone: node must be a Module or another object that holds Variables, got "a".',
);
test(
  refused,
  () => nnx.view(none, {}),
  TypeError,
  "view: node must be a Module or another object that holds Variables, got undefined.",
);
test(
  refused,
  () => nnx.update(none, {}),
  TypeError,
  "update: node must be a Module or another object that holds Variables, got undefined.",
);
test(
  refused,
  () => nnx.update({}, none),
  TypeError,
  "update: state must be a Module or another object that holds Variables, got undefined.",
);
test(
  refused,
  () => nnx.merge(nnx.graphdef({}), none),
  TypeError,
  "merge: state must be a Module or another object that holds Variables, got undefined.",
);
test(
  refused,
  () => nnx.iterModules(none),
  TypeError,
  "iterModules: node must be a Module or another object that holds Variables, got undefined.",
);
test(
  refused,
  () => nnx.toFlatState(none as object),
  TypeError,
  "toFlatState: state must be a Module or another object that holds Variables, got undefined.",
);
test(
  refused,
  () => nnx.toPureDict(none as object),
  TypeError,
  "toPureDict: state must be a Module or another object that holds Variables, got undefined.",
);
test(
  refused,
  () => nnx.saveSafetensors(none),
  TypeError,
  "saveSafetensors: node must be a Module or another object that holds Variables, got undefined.",
);
test(
  refused,
  () => nnx.loadSafetensors(none, encode({})),
  TypeError,
  "loadSafetensors: node must be a Module or another object that holds Variables, got undefined.",
);
test(
  refused,
  () => nnx.state({ table: new Map([[{}, new nnx.Param(array(1))]]) }),
  TypeError,
  "state: the keys of a Map that holds state must be strings or non-negative integers, got [object Object].",
);
test(
  refused,
  () =>
    nnx.fromFlatState([
      [["a", 0], 1],
      [["a", 0], 2],
    ]),
  RangeError,
  "fromFlatState: paths must lead to distinct leaves, got a.0 and a.0.",
);
test(
  refused,
  () =>
    nnx.fromFlatState([
      [[], 1],
      [["a"], 2],
    ]),
  RangeError,
  "fromFlatState: paths must lead to distinct leaves, got (root) and a.",
);
test(
  refused,
  () => nnx.state(new MLP(), 3 as never),
  TypeError,
  "state: filter must be a class, a tag, a function, rest, a boolean, null or an array of filters, got 3.",
);
test(
  refused,
  () => nnx.Not({} as never),
  TypeError,
  "Not: filter must be a class, a tag, a function, rest, a boolean, null or an array of filters, got Object.",
);
test(
  refused,
  () => nnx.Any(1 as never),
  TypeError,
  "Any: filter must be a class, a tag, a function, rest, a boolean, null or an array of filters, got 1.",
);
test(
  refused,
  () => nnx.All(1 as never),
  TypeError,
  "All: filter must be a class, a tag, a function, rest, a boolean, null or an array of filters, got 1.",
);
test(
  refused,
  () => nnx.state(new MLP(), nnx.rest, nnx.Param),
  RangeError,
  "state: rest and true must be the last filter, got one at index 0 of 2 filters.",
);
test(
  refused,
  () => nnx.split(new CNN(), nnx.Param),
  RangeError,
  "split: filters must select every Variable, got none for bn.mean, bn.var, drop.rngs.count, drop.rngs.key. End the list with rest.",
);
test(
  refused,
  () => nnx.merge(nnx.graphdef(new MLP()), nnx.state(new MLP(), nnx.PathContains("l1"))),
  RangeError,
  "merge: states must hold the Variables of the graphdef, got none for l2.bias, l2.kernel.",
);
test(
  refused,
  () =>
    nnx.merge(nnx.graphdef({ a: new nnx.Param(array(1)) }), { a: array(1), b: { c: array(1) } }),
  RangeError,
  "merge: states must hold only Variables of the graphdef, got b.c too.",
);
test(
  refused,
  () => nnx.update(new MLP(), { l9: { kernel: array(1) } }),
  RangeError,
  "update: states must hold only Variables of the object, got float32[] at l9.kernel, which is no Variable of the object.",
);
test(
  refused,
  () => nnx.update(new MLP(), { l1: array(1) }),
  RangeError,
  "update: states must hold only Variables of the object, got float32[] at l1, which leads to a container and must not hold a leaf.",
);
test(
  refused,
  () => nnx.update(new MLP(), { l1: { bias: 3 } }),
  TypeError,
  "update: l1.bias must be an array, got 3.",
);
test(
  refused,
  () => nnx.update(new MLP(), { l1: { bias: zeros([7]) } }),
  RangeError,
  "update: l1.bias must have shape [8], got float32[7].",
);
test(
  refused,
  () => nnx.update(new MLP(), { l1: { bias: zeros([8], "float16") } }),
  TypeError,
  "update: l1.bias must have dtype float32, got float16[8].",
);
test(
  refused,
  () => nnx.update(new nnx.Rngs(0), { default: { key: array(1) } }),
  TypeError,
  "update: default.key must be a random key, got float32[].",
);
test(
  "update of a captured object",
  refused,
  () => {
    const outside = new nnx.BatchStat(array(0));
    nnx.grad((m: nnx.Param) => (nnx.update({ outside }, { outside: array(1) }), m.value))(
      new nnx.Param(array(1)),
    );
  },
  nnx.TraceContextError,
  "BatchStat.value: a Variable written inside grad must be reached through an argument, got a captured float32[]. Pass the object that holds it to the function.",
);
test(
  refused,
  () => new CNN().setAttributes({ rate: 0.5, nothing: 1, never: 2 }),
  RangeError,
  "Module.setAttributes: attributes must exist in at least one selected Module, got nothing, never.",
);
test(
  refused,
  () => nnx.view(new CNN(), { deterministic: true, decode: true }),
  RangeError,
  "view: flags must be known to at least one selected Module, got decode.",
);

// Random streams
test(
  refused,
  () => new nnx.Rngs({ params: 0, noise: 1 }).dropout,
  RangeError,
  'Rngs: stream must be one of params, noise, got "dropout". Name it when you make the Rngs, or give a default seed.',
);
test(
  refused,
  () => new nnx.Rngs().next(),
  RangeError,
  'Rngs: stream must be given to the Rngs, got "default". Name it when you make the Rngs, or give a default seed.',
);
test(
  refused,
  () => new nnx.Rngs(0.5),
  RangeError,
  "Rngs: seed must be an integer, a key or a stream, got 0.5.",
);
test(
  refused,
  () => new nnx.Rngs(NaN),
  RangeError,
  "Rngs: seed must be an integer, a key or a stream, got NaN.",
);
test(
  refused,
  () => new nnx.Rngs("a" as never),
  TypeError,
  'Rngs: seed must be an integer, a key or a stream, got "a".',
);
test(
  refused,
  () => new nnx.Rngs(null as never),
  TypeError,
  "Rngs: seed must be an integer, a key or a stream, got null.",
);
test(
  refused,
  () => new nnx.Rngs({ params: [] as never }),
  TypeError,
  "Rngs: seed must be an integer, a key or a stream, got [].",
);
test(
  refused,
  () => new nnx.RngStream(1.5, { tag: "t" }),
  RangeError,
  "RngStream: seed must be an integer, a key or a stream, got 1.5.",
);
test(
  refused,
  () => new nnx.Rngs({ fork: 0 }),
  RangeError,
  'Rngs: names of streams must not be empty or a member of Rngs, got "fork".',
);
test(
  refused,
  () => new nnx.Rngs({ "": 0 }),
  RangeError,
  'Rngs: names of streams must not be empty or a member of Rngs, got "".',
);

// Linear
test(
  refused,
  () => new nnx.Linear(0, 1, { rngs }),
  RangeError,
  "Linear: inFeatures must be a positive integer, got 0.",
);
test(
  refused,
  () => new nnx.Linear(1, 1.5, { rngs }),
  RangeError,
  "Linear: outFeatures must be a positive integer, got 1.5.",
);
test(
  refused,
  () => new nnx.Linear("2" as never, 1, { rngs }),
  TypeError,
  'Linear: inFeatures must be a positive integer, got "2".',
);
test(
  refused,
  () => new nnx.Linear(1, 1, none),
  TypeError,
  "Linear: options must be an object, got undefined.",
);
test(
  refused,
  () => new nnx.Linear(1, 1, {} as never),
  TypeError,
  "Linear: rngs must be an Rngs, got undefined. Pass { rngs: new Rngs(0) }.",
);
test(
  refused,
  () => new nnx.Linear(1, 1, { rngs, usebias: false } as never),
  TypeError,
  'Linear: options must be among rngs, useBias, dtype, paramDtype, kernelInit, kernelMetadata, biasInit, biasMetadata, got "usebias".',
);
test(
  refused,
  () => new nnx.Linear(1, 1, { rngs, dtype: "int32" }),
  TypeError,
  'Linear: dtype must be a floating dtype, got "int32".',
);
test(
  refused,
  () => new nnx.Linear(4, 1, { rngs }).forward(zeros([8, 3])),
  RangeError,
  "Linear.forward: x must have inFeatures = 4 on its last axis, got shape [8, 3].",
);
test(
  refused,
  () => new nnx.Linear(4, 1, { rngs }).forward(3),
  RangeError,
  "Linear.forward: x must have inFeatures = 4 on its last axis, got shape [].",
);
test(
  refused,
  () => new nnx.Linear(1, 1, { rngs: new nnx.Rngs({ dropout: 0 }) }),
  RangeError,
  'Rngs: stream must be one of dropout, got "params". Name it when you make the Rngs, or give a default seed.',
);
test(
  refused,
  () => nnx.promoteDtype([zeros([1])], { dtype: "int8" }),
  TypeError,
  'promoteDtype: dtype must be floating, got "int8".',
);

// Inputs that are no arrays
test(
  refused,
  () => new nnx.Linear(1, 1, { rngs }).forward(new nnx.Param(ones([1])) as never),
  TypeError,
  "Linear.forward: x must be an array, got a Param. Pass its value.",
);
test(
  refused,
  () => new nnx.Conv(1, 1, { kernelSize: 3, rngs }).forward("a" as never),
  TypeError,
  'Conv.forward: x must be an array, got "a".',
);
test(
  refused,
  () => new nnx.BatchNorm(1, { rngs }).forward(none),
  TypeError,
  "BatchNorm.forward: x must be an array, got undefined.",
);
test(
  refused,
  () => new nnx.Dropout(0.5).forward({} as never),
  TypeError,
  "Dropout.forward: x must be an array, got Object.",
);
test(
  refused,
  () => nnx.maxPool(null as never, [2]),
  TypeError,
  "maxPool: x must be an array, got null.",
);
test(
  refused,
  () => nnx.minPool("" as never, [2]),
  TypeError,
  'minPool: x must be an array, got "".',
);
test(
  refused,
  () => nnx.avgPool(none, [2]),
  TypeError,
  "avgPool: x must be an array, got undefined.",
);

// Conv
const conv = (options: object): nnx.Conv =>
  new nnx.Conv(4, 6, { kernelSize: [3, 3], rngs, ...options });
test(
  refused,
  () => new nnx.Conv(-1, 6, { kernelSize: 3, rngs }),
  RangeError,
  "Conv: inFeatures must be a positive integer, got -1.",
);
test(
  refused,
  () => conv({ kernelSize: undefined }),
  TypeError,
  "Conv: kernelSize must be an array of positive integers, got undefined.",
);
test(
  refused,
  () => conv({ kernelSize: [] }),
  RangeError,
  "Conv: kernelSize must have at least one element, got [].",
);
test(
  refused,
  () => conv({ kernelSize: [3, 0] }),
  RangeError,
  "Conv: kernelSize must be positive integers, got [3, 0].",
);
test(
  refused,
  () => conv({ strides: 0 }),
  RangeError,
  "Conv: strides must be positive integers, got 0.",
);
test(
  refused,
  () => conv({ strides: [1, 1, 1] }),
  RangeError,
  "Conv: strides must have one element for each spatial axis (2), got [1, 1, 1].",
);
test(
  refused,
  () => conv({ inputDilation: "2" }),
  TypeError,
  'Conv: inputDilation must be an array of positive integers, got "2".',
);
test(
  refused,
  () => conv({ kernelDilation: [1, NaN] }),
  RangeError,
  "Conv: kernelDilation must be positive integers, got [1, NaN].",
);
test(
  refused,
  () => conv({ featureGroupCount: 0 }),
  RangeError,
  "Conv: featureGroupCount must be a positive integer, got 0.",
);
test(
  refused,
  () => conv({ featureGroupCount: 4 }),
  RangeError,
  "Conv: featureGroupCount must divide inFeatures = 4 and outFeatures = 6, got 4.",
);
test(
  refused,
  () => conv({ mask: ones([3, 3]) }),
  RangeError,
  "Conv: mask must have the shape of the kernel, [3, 3, 4, 6], got float32[3, 3].",
);
const paddings =
  'Conv: padding must be "SAME", "VALID", "SAME_LOWER", "CIRCULAR", "REFLECT", "CAUSAL", an integer, or 2 integers or [low, high] pairs, got';
test(refused, () => conv({ padding: "same" }), RangeError, `${paddings} "same".`);
test(refused, () => conv({ padding: 0.5 }), RangeError, `${paddings} 0.5.`);
test(refused, () => conv({ padding: [1] }), RangeError, `${paddings} [1].`);
test(refused, () => conv({ padding: [1, [1, 2, 3]] }), RangeError, `${paddings} [1, [1, 2, 3]].`);
test(refused, () => conv({ padding: null }), TypeError, `${paddings} null.`);
test(
  refused,
  () => conv({ padding: "CAUSAL" }),
  RangeError,
  'Conv: padding must not be "CAUSAL" for more than one spatial axis, got 2 axes.',
);
test(
  refused,
  () => conv({ inputDilation: 2 }),
  RangeError,
  'Conv: padding must be given in numbers when inputDilation is not 1, got "SAME".',
);
test(
  refused,
  () => conv({}).forward(zeros([5, 4])),
  RangeError,
  "Conv.forward: x must have at least 3 axes, 2 spatial and one of features, got shape [5, 4].",
);
test(
  refused,
  () => conv({}).forward(zeros([1, 5, 5, 3])),
  RangeError,
  "Conv.forward: x must have inFeatures = 4 on its last axis, got shape [1, 5, 5, 3].",
);
test(
  refused,
  () => conv({ kernelSize: 3 }).forward(zeros([1, 5, 5, 4])),
  RangeError,
  "Conv.forward: x must have at most 3 axes when kernelSize is a number, got shape [1, 5, 5, 4]. Make the layer with kernelSize: [3, 3] for images, or [3] for sequences with several batch axes.",
);
test(
  refused,
  () => conv({ padding: "CIRCULAR" }).forward(zeros([1, 0, 5, 4])),
  RangeError,
  'Conv.forward: x must not be empty on a spatial axis with padding "CIRCULAR", got shape [1, 0, 5, 4].',
);

// BatchNorm
const norm = (options: object): nnx.BatchNorm => new nnx.BatchNorm(2, { rngs, ...options });
test(
  refused,
  () => new nnx.BatchNorm(0, { rngs }),
  RangeError,
  "BatchNorm: numFeatures must be a positive integer, got 0.",
);
test(
  refused,
  () => norm({ rngs: null }),
  TypeError,
  "BatchNorm: rngs must be an Rngs, got null. Pass { rngs: new Rngs(0) }.",
);
test(
  refused,
  () => norm({ momentum: 1.5 }),
  RangeError,
  "BatchNorm: momentum must be in [0, 1], got 1.5.",
);
test(
  refused,
  () => norm({ momentum: "a" }),
  TypeError,
  'BatchNorm: momentum must be in [0, 1], got "a".',
);
test(
  refused,
  () => norm({ epsilon: NaN }),
  RangeError,
  "BatchNorm: epsilon must be at least 0 and finite, got NaN.",
);
test(
  refused,
  () => norm({ axis: 0.5 }),
  RangeError,
  "BatchNorm: axis must be an integer, got 0.5.",
);
test(
  refused,
  () => norm({ paramDtype: "bool" }),
  TypeError,
  'BatchNorm: paramDtype must be a floating dtype, got "bool".',
);
test(
  refused,
  () => norm({}).forward(zeros([2, 3])),
  RangeError,
  "BatchNorm.forward: x must have numFeatures = 2 on axis -1, got shape [2, 3].",
);
test(
  refused,
  () => norm({ axis: 2 }).forward(zeros([2, 2])),
  RangeError,
  "BatchNorm.forward: axis must be an integer in [-2, 2), got 2.",
);
test(
  refused,
  () => norm({}).forward(zeros([0, 2])),
  RangeError,
  "BatchNorm.forward: x must have at least one element for each feature in training, got shape [0, 2].",
);
test(
  refused,
  () => norm({ useRunningAverage: null }).forward(zeros([1, 2])),
  Error,
  "BatchNorm.forward: useRunningAverage must be given, got null. Set it in the constructor, pass it to forward, or call train(), eval() or view().",
);

// Dropout
test(
  refused,
  () => new nnx.Dropout(1.5),
  RangeError,
  "Dropout: rate must be a number in [0, 1], got 1.5.",
);
test(
  refused,
  () => new nnx.Dropout(NaN),
  RangeError,
  "Dropout: rate must be a number in [0, 1], got NaN.",
);
test(
  refused,
  () => new nnx.Dropout("a" as never),
  TypeError,
  'Dropout: rate must be a number in [0, 1], got "a".',
);
test(
  refused,
  () => new nnx.Dropout(0.5, { rngs: 3 as never }),
  TypeError,
  "Dropout: rngs must be an Rngs or an RngStream, got 3.",
);
test(
  refused,
  () => new nnx.Dropout(0.5, { rngs: new nnx.Rngs({ params: 0 }) }),
  RangeError,
  'Rngs: stream must be one of params, got "dropout". Name it when you make the Rngs, or give a default seed.',
);
test(
  refused,
  () => new nnx.Dropout(0.5).forward([1]),
  Error,
  "Dropout.forward: rngs must be given when deterministic is false, got null. Pass { rngs } or call eval().",
);
test(
  refused,
  () => new nnx.Dropout(0.5).forward([1], { rngs: [] as never }),
  TypeError,
  "Dropout.forward: rngs must be an Rngs or an RngStream, got [].",
);
test(
  refused,
  () => new nnx.Dropout(0.5, { deterministic: null }).forward([1]),
  Error,
  "Dropout.forward: deterministic must be given, got null. Set it in the constructor, pass it to forward, or call train(), eval() or view().",
);
test(
  refused,
  () => new nnx.Dropout(0.5, { rngs, broadcastDims: [1] }).forward([1]),
  RangeError,
  "Dropout.forward: axis must be an integer in [-1, 1), got 1.",
);

// Sequential and pools
test(
  refused,
  () => new nnx.Sequential(3 as never),
  TypeError,
  "Sequential: layers must be functions or have a forward method, got 3 at index 0.",
);
test(
  refused,
  () => new nnx.Sequential({} as never),
  TypeError,
  "Sequential: layers must be functions or have a forward method, got Object at index 0.",
);
test(
  refused,
  () => nnx.maxPool(zeros([1, 4, 4, 1]), 2 as never),
  TypeError,
  "maxPool: windowShape must be an array of positive integers, got 2.",
);
test(
  refused,
  () => nnx.maxPool(zeros([1, 4, 4, 1]), []),
  RangeError,
  "maxPool: windowShape must have at least one element, got [].",
);
test(
  refused,
  () => nnx.avgPool(zeros([1, 4, 4, 1]), [0, 2]),
  RangeError,
  "avgPool: windowShape must be positive integers, got [0, 2].",
);
test(
  refused,
  () => nnx.minPool(zeros([1, 4, 4, 1]), [2, 2], { strides: [2] }),
  RangeError,
  "minPool: strides must have one element for each spatial axis (2), got [2].",
);
test(
  refused,
  () => nnx.maxPool(zeros([4, 4]), [2, 2]),
  RangeError,
  "maxPool: x must have at least 3 axes, 2 spatial and one of features, got shape [4, 4].",
);
test(
  refused,
  () => nnx.maxPool(zeros([1, 4, 4, 1], "int32"), [2, 2]),
  TypeError,
  "maxPool: x must have a floating dtype, got int32[1, 4, 4, 1].",
);
test(
  refused,
  () => nnx.avgPool(zeros([1, 4, 1]), [2], { padding: "FULL" as never }),
  RangeError,
  'avgPool: padding must be "SAME", "VALID" or 1 [low, high] pairs, got "FULL".',
);
test(
  refused,
  () =>
    nnx.avgPool(zeros([1, 4, 1]), [2], {
      padding: [
        [1, 1],
        [0, 0],
      ],
    }),
  RangeError,
  'avgPool: padding must be "SAME", "VALID" or 1 [low, high] pairs, got [[1, 1], [0, 0]].',
);
test(
  refused,
  () => nnx.avgPool(zeros([1, 4, 1]), [2], { padding: 1 as never }),
  TypeError,
  'avgPool: padding must be "SAME", "VALID" or 1 [low, high] pairs, got 1.',
);

// Optimizer
const tx: nnx.Transformation = {
  init: () => ({ count: array(0) }),
  update: (grads, state) => [grads, state],
};
const optimize = (model: object, options: object = {}): nnx.Optimizer<never> =>
  new nnx.Optimizer(model as never, tx, { wrt: nnx.Param, ...options });
test(
  refused,
  () => optimize(none),
  TypeError,
  "Optimizer: model must be a Module or another object that holds Variables, got undefined.",
);
test(
  refused,
  () => new nnx.Optimizer(new MLP(), {} as never, { wrt: nnx.Param }),
  TypeError,
  "Optimizer: tx must have the functions init and update, got Object.",
);
test(
  refused,
  () => new nnx.Optimizer(new MLP(), tx, none),
  TypeError,
  "Optimizer: wrt must be a filter, got undefined. Pass { wrt: Param } to train all parameters.",
);
test(
  refused,
  () => optimize(new MLP(), { wrt: nnx.BatchStat }),
  RangeError,
  "Optimizer: wrt must select at least one Variable of the model, got none.",
);
test(
  refused,
  () => optimize(new nnx.Rngs(0), { wrt: nnx.RngKey }),
  TypeError,
  "Optimizer: wrt must select Variables that hold arrays, got Key at default.key.",
);
const pair = (): { a: nnx.Param; b: nnx.Param } => ({
  a: new nnx.Param(array([1, 2])),
  b: new nnx.Param(array(1)),
});
const step = (grads: unknown, update: nnx.Transformation["update"] = tx.update): void => {
  const model = pair();
  const optimizer = new nnx.Optimizer(model, { ...tx, update }, { wrt: nnx.Param });
  optimizer.update(model, grads as object);
};
const fine = { a: array([1, 1]), b: array(1) };
test(
  refused,
  () => step(undefined),
  TypeError,
  "Optimizer.update: grads must be a State of gradients, got undefined. Call update(model, grads).",
);
test(
  "update(grads) of older Flax",
  refused,
  () => new nnx.Optimizer(pair(), tx, { wrt: nnx.Param }).update(fine as never, none),
  TypeError,
  "Optimizer.update: grads must be a State of gradients, got undefined. Call update(model, grads).",
);
test(
  refused,
  () => new nnx.Optimizer(pair(), tx, { wrt: nnx.Param }).update(none, fine),
  TypeError,
  "Optimizer.update: model must be a Module or another object that holds Variables, got undefined.",
);
test(
  refused,
  () => step({ a: array([1, 1]), c: array(1) }),
  RangeError,
  "Optimizer.update: grads must hold the paths that wrt selects, got missing: b; unknown: c.",
);
test(
  refused,
  () => step({ ...fine, b: 3 }),
  TypeError,
  "Optimizer.update: grads must hold arrays, got 3 at b.",
);
test(
  refused,
  () => step({ ...fine, a: array([1]) }),
  RangeError,
  "Optimizer.update: grads must have the shapes of the parameters, got float32[1] for float32[2] at a.",
);
test(
  refused,
  () => step(fine, (grads, state) => [{ ...(grads as object), b: 1 }, state]),
  Error,
  "Optimizer.update: tx.update must return an update like float32[] at b, got 1.",
);
test(
  refused,
  () => step(fine, (grads) => [grads, {}]),
  Error,
  "Optimizer.update: tx.update must keep the structure of its state, got other fields at optState.",
);
test(
  refused,
  () => step(fine, (grads) => [grads, { count: zeros([2]) }]),
  RangeError,
  "Optimizer.update: optState.count must have shape [], got float32[2].",
);

// Metrics
test(
  refused,
  () => new nnx.Average(3 as never),
  TypeError,
  "Average: argname must be a string, got 3.",
);
test(
  refused,
  () => new nnx.Average("loss").update({ values: 1 }),
  TypeError,
  'Average.update: results must have values under "loss", got ["values"].',
);
test(
  refused,
  () => new nnx.Average("loss").update({ loss: 1, mask: [1] }),
  TypeError,
  "Average.update: loss must be an array when there is a mask, got 1.",
);
test(
  refused,
  () => new nnx.Accuracy({ threshold: NaN }),
  RangeError,
  "Accuracy: threshold must be a number, got NaN.",
);
test(
  refused,
  () => new nnx.Accuracy({ threshold: "a" as never }),
  TypeError,
  'Accuracy: threshold must be a number, got "a".',
);
test(
  refused,
  () => new nnx.Accuracy().update({ labels: [1] }),
  TypeError,
  'Accuracy.update: results must have logits, got ["labels"].',
);
test(
  refused,
  () => new nnx.Accuracy().update({ logits: [1] }),
  TypeError,
  'Accuracy.update: results must have labels, got ["logits"].',
);
test(
  refused,
  () => new nnx.Accuracy().update({ logits: zeros([2, 3]), labels: zeros([3], "int32") }),
  RangeError,
  "Accuracy.update: labels must have all but the last axis of the logits, got shapes [3] and [2, 3].",
);
test(
  refused,
  () => new nnx.Accuracy({ threshold: 0 }).update({ logits: zeros([2]), labels: [[1, 2]] }),
  RangeError,
  "Accuracy.update: labels must have the shape of the logits, got shapes [1, 2] and [2].",
);
test(
  refused,
  () => new nnx.Accuracy().update({ logits: zeros([2, 3]), labels: zeros([2]) }),
  TypeError,
  "Accuracy.update: labels must have an integer dtype, got float32[2].",
);
test(
  refused,
  () => new nnx.MultiMetric({ reset: new nnx.Average() }),
  RangeError,
  'MultiMetric: names of metrics must not be those of its methods, got "reset".',
);
test(
  refused,
  () => new nnx.MultiMetric({ a: 3 as never }),
  TypeError,
  "MultiMetric: a must be a Metric, got 3.",
);

// Files; what loadSafetensors refuses is in checkpoint.test.ts
test(
  refused,
  () => nnx.saveSafetensors({ "a.b": new nnx.Param(array(1)) }),
  RangeError,
  'saveSafetensors: field names must not contain a dot, got "a.b".',
);
test(
  refused,
  () => {
    class Twice extends nnx.Module {
      a = new nnx.Param(array(1));
      b = new nnx.Param(array(1));
      override get fileNames(): Readonly<Record<string, string>> {
        return { a: "b" };
      }
    }
    nnx.saveSafetensors(new Twice());
  },
  RangeError,
  "saveSafetensors: names of Variables must be distinct, got b twice.",
);
test(
  refused,
  () => nnx.saveSafetensors({ a: new nnx.Variable<string>("x") }),
  TypeError,
  'saveSafetensors: a must hold a concrete array or a key, got "x".',
);
