import { add, multiply, sum } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { array, ones, zeros } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { key } from "@flaxen/rng";
import test from "ava";
import fc from "fast-check";
import * as nnx from "@flaxen/nnx";
import { CNN, MLP, Zoo } from "./models.ts";

const list = (x: Tensor | undefined): unknown => (x as NDArray).toArray();
const paths = (state: object): string[] => nnx.toFlatState(state).map(([path]) => path.join("."));

test("state(node) walks Modules, arrays, Maps and plain objects in sorted order", (t) => {
  t.deepEqual(paths(nnx.state(new Zoo())), [
    "byName.first.bias",
    "byName.first.kernel",
    "extra.scale.kernel",
    "layers.0.bias",
    "layers.0.kernel",
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].flatMap((i) => [`layers.${i}.bias`, `layers.${i}.kernel`]),
  ]);
});

// nnx.to_flat_state(nnx.state(CNN(nnx.Rngs(0)))), flax 0.12.8
test("state(node) has the paths of Flax", (t) => {
  t.deepEqual(paths(nnx.state(new CNN())), [
    "bn.bias",
    "bn.mean",
    "bn.scale",
    "bn.var",
    "conv.bias",
    "conv.kernel",
    "drop.rngs.count",
    "drop.rngs.key",
    "fc.bias",
    "fc.kernel",
  ]);
});

test("state(node) holds the Variables themselves", (t) => {
  const model = new MLP();
  const state = nnx.state(model);
  t.is(state.l1.kernel, model.l1.kernel);
  state.l1.kernel.value = zeros([2, 8]);
  t.is((sum(model.l1.kernel.value) as NDArray).item(), 0);
});

test("state(node) sorts names by code points and indices by value", (t) => {
  const names = ["b", "a", "A", "_", "a1", "a10", "a2", "é", "\u{1F600}", "\u{FF5E}", "10", "9"];
  const node = Object.fromEntries(names.map((name) => [name, new nnx.Param(array(0))]));
  // sorted(names) in Python, with 9 and 10 as list indices in front
  t.deepEqual(paths(nnx.state(node)), [
    "9",
    "10",
    "A",
    "_",
    "a",
    "a1",
    "a10",
    "a2",
    "b",
    "é",
    "\u{FF5E}",
    "\u{1F600}",
  ]);
});

test("state(node) reports a shared object once, under its first sorted path", (t) => {
  const shared = new nnx.Param(array(1));
  const node = { b: shared, a: { z: shared }, c: new nnx.Param(array(2)) };
  t.deepEqual(paths(nnx.state(node)), ["a.z", "c"]);
});

test("state(node) survives a chain too deep for recursion", (t) => {
  const leaf = new nnx.Param(array(1));
  let node: object = { leaf };
  for (let i = 0; i < 5000; i++) node = { n: node };
  t.is(nnx.toFlatState(nnx.state(node))[0][0].length, 5001);
});

test("state(node) takes Map keys that are numbers and ignores static Maps", (t) => {
  const node = {
    m: new Map<unknown, unknown>([
      [10, new nnx.Param(array(0))],
      [2, new nnx.Param(array(0))],
    ]),
  };
  t.deepEqual(paths(nnx.state(node)), ["m.2", "m.10"]);
  t.deepEqual(paths(nnx.state({ m: new Map([[{}, 1]]) })), []);
});

test("state(node) keeps #private fields and bare arrays out", (t) => {
  class Hidden extends nnx.Module {
    #secret = new nnx.Param(array(1));
    table = array([1, 2]);
    shown = new nnx.Param(array(2));
    read(): unknown {
      return this.#secret.value;
    }
  }
  t.deepEqual(paths(nnx.state(new Hidden())), ["shown"]);
});

test("state(node, ...filters) gives each Variable to the first filter that selects it", (t) => {
  const model = new CNN();
  const [kernels, params, others] = nnx.state(
    model,
    nnx.PathContains("kernel"),
    nnx.Param,
    nnx.rest,
  );
  t.deepEqual(paths(kernels), ["conv.kernel", "fc.kernel"]);
  t.deepEqual(paths(params), ["bn.bias", "bn.scale", "conv.bias", "fc.bias"]);
  t.deepEqual(paths(others), ["bn.mean", "bn.var", "drop.rngs.count", "drop.rngs.key"]);
  t.deepEqual(paths(nnx.state(model, nnx.BatchStat)), ["bn.mean", "bn.var"]);
});

test("filters select by class, tag, path, function and combination", (t) => {
  const model = new CNN();
  const selected = (...filter: [nnx.Filter]): string[] => paths(nnx.state(model, ...filter));
  const rng = ["drop.rngs.count", "drop.rngs.key"];
  t.deepEqual(selected(nnx.RngState), rng);
  t.deepEqual(selected(nnx.RngKey), ["drop.rngs.key"]);
  // The layer forked the default stream, whose tag stays "default".
  t.deepEqual(selected("dropout"), []);
  t.deepEqual(selected("default"), rng);
  t.deepEqual(selected(nnx.WithTag("default")), rng);
  t.deepEqual(
    selected((path) => path[0] === "fc"),
    ["fc.bias", "fc.kernel"],
  );
  t.deepEqual(selected(nnx.PathContains("rng", { exact: false })), rng);
  t.deepEqual(selected([nnx.BatchStat, nnx.RngCount]), ["bn.mean", "bn.var", "drop.rngs.count"]);
  t.deepEqual(selected(nnx.Any(nnx.BatchStat, "none")), ["bn.mean", "bn.var"]);
  t.deepEqual(selected(nnx.All(nnx.Param, nnx.Not(nnx.PathContains("bn")))), [
    "conv.bias",
    "conv.kernel",
    "fc.bias",
    "fc.kernel",
  ]);
  t.is(selected(nnx.rest).length, 10);
  t.is(selected(true).length, 10);
  t.deepEqual(selected(false), []);
  t.deepEqual(selected(null), []);
  t.deepEqual(selected(nnx.OfType(nnx.Linear)), []);
  t.deepEqual(selected(nnx.Any()), []);
  t.is(selected(nnx.All()).length, 10);
});

test("a class filter selects user subclasses, and Variables of another copy of the package", (t) => {
  class Frozen extends nnx.Param {
    readonly frozen = true;
  }
  const frozen = new Frozen(array(1));
  t.is(frozen.kind, "Param");
  t.deepEqual(paths(nnx.state({ frozen, free: new nnx.Param(array(1)) }, Frozen)), ["frozen"]);
  t.is(paths(nnx.state({ frozen, free: new nnx.Param(array(1)) }, nnx.Param)).length, 2);
  // Stands for the classes of a second installed copy: same names, other objects.
  class ForeignVariable {
    get kind(): string {
      return "Variable";
    }
  }
  class ForeignParam extends ForeignVariable {
    override get kind(): string {
      return "Param";
    }
  }
  const slot = { value: array(1), metadata: {}, scope: null };
  const foreign = Object.defineProperty(new ForeignParam(), Symbol.for("flaxen.Variable"), {
    value: slot,
  });
  t.deepEqual(paths(nnx.state({ foreign }, nnx.Param)), ["foreign"]);
  t.deepEqual(paths(nnx.state({ foreign }, nnx.Variable)), ["foreign"]);
  t.deepEqual(paths(nnx.state({ foreign }, nnx.BatchStat)), []);
  t.deepEqual(paths(nnx.state({ foreign }, Frozen)), []);
});

test("toFlatState and fromFlatState are inverse", (t) => {
  const state = nnx.state(new Zoo());
  t.deepEqual(nnx.fromFlatState(nnx.toFlatState(state)), state as nnx.NestedState);
  const part = fc.oneof(fc.constantFrom("a", "b", "__proto__", "constructor"), fc.nat(3));
  const path = fc.array(part, { minLength: 2, maxLength: 2 });
  fc.assert(
    fc.property(fc.uniqueArray(path, { selector: (p) => JSON.stringify(p) }), (list) => {
      const leaves = list.map((p): [nnx.Path, unknown] => [p, new nnx.Param(array(0))]);
      const back = new Map(
        nnx.toFlatState(nnx.fromFlatState(leaves)).map(([p, v]) => [JSON.stringify(p), v]),
      );
      t.is(back.size, leaves.length);
      for (const [p, leaf] of leaves) t.is(back.get(JSON.stringify(p)), leaf as never);
    }),
    { seed: 1, numRuns: 100 },
  );
  t.is(({} as Record<string, unknown>).a, undefined);
});

test("toPureDict(state) replaces Variables by values, also where values are shared", (t) => {
  const value = array([1]);
  const node = { a: new nnx.Param(value), b: new nnx.Param(value), c: null };
  const pure = nnx.toPureDict(nnx.state(node));
  t.deepEqual(Object.keys(pure), ["a", "b"]);
  t.is(pure.b, value);
});

test("split(node) and merge(graphdef, state) are inverse", (t) => {
  const model = new CNN();
  model.eval();
  const [graphdef, params, others] = nnx.split(model, nnx.Param, nnx.rest);
  const merged = nnx.merge(graphdef, params, others);
  t.not(merged, model);
  t.true(merged instanceof CNN);
  t.not(merged.conv, model.conv);
  t.is(merged.conv.kernel, model.conv.kernel);
  t.is(merged.drop.deterministic, true);
  t.deepEqual(merged.conv.kernelSize, [3, 3]);
  t.deepEqual(merged.forward(ones([1, 4, 4, 1])), model.forward(ones([1, 4, 4, 1])));
  t.deepEqual(Object.keys(merged), Object.keys(model));
});

test("merge(graphdef, state) restores sharing and cycles", (t) => {
  const zoo = new Zoo();
  const merged = nnx.merge(...nnx.split(zoo));
  t.is(merged.tied, merged.layers[0]);
  t.is(merged.parent, merged);
  t.not(merged.layers[0], zoo.layers[0]);
  t.is(merged.byName.get("first")?.kernel, zoo.byName.get("first")?.kernel);
  t.is(merged.extra.note, "static");
});

test("merge(graphdef, state) makes Variables around bare values", (t) => {
  const rngs = new nnx.Rngs({ dropout: 3 });
  const [graphdef, state] = nnx.split(rngs);
  const merged = nnx.merge(graphdef, nnx.toPureDict(state));
  t.true(merged.dropout.key instanceof nnx.RngKey);
  t.is(merged.dropout.key.metadata.tag, "dropout");
  t.deepEqual(merged.next, rngs.next);
  t.deepEqual(merged.dropout.next(), rngs.dropout.next());
});

test("merge(graphdef, ...states) lets later states win", (t) => {
  const [graphdef, state] = nnx.split({ a: new nnx.Param(array(1)) });
  const other = new nnx.Param(array(2));
  t.is(nnx.merge(graphdef, state, { a: other }).a, other);
});

test("split and merge take a bare Variable and plain containers", (t) => {
  const param = new nnx.Param(array(1));
  t.is(nnx.merge(...nnx.split(param)), param);
  const list = nnx.merge(...nnx.split([param, { b: param }]));
  t.true(Array.isArray(list));
  t.is((list[1] as { b: unknown }).b, param);
});

test("graphdef(node).equals tells structures apart", (t) => {
  const rngs = (): nnx.Rngs => new nnx.Rngs(0);
  const base = nnx.graphdef(new nnx.Linear(2, 3, { rngs: rngs() }));
  t.true(
    base.equals(
      nnx.graphdef(
        new nnx.Linear(2, 3, { rngs: new nnx.Rngs(9), kernelInit: (_, shape) => zeros(shape) }),
      ),
    ),
  );
  t.false(base.equals(nnx.graphdef(new nnx.Linear(2, 3, { rngs: rngs(), useBias: false }))));
  t.false(base.equals(nnx.graphdef(new nnx.Linear(2, 3, { rngs: rngs(), dtype: "float16" }))));
  const a = new nnx.Param(array(1));
  const b = new nnx.Param(array(1));
  const shared = nnx.graphdef({ x: a, y: a });
  t.false(shared.equals(nnx.graphdef({ x: a, y: b })));
  t.true(shared.equals(nnx.graphdef({ x: b, y: b })));
  t.false(
    shared.equals(
      nnx.graphdef(
        new Map([
          ["x", a],
          ["y", a],
        ]),
      ),
    ),
  );
  t.false(nnx.graphdef({ x: a }).equals(nnx.graphdef({ y: a })));
  t.false(nnx.graphdef({ x: a }).equals(nnx.graphdef({ x: new nnx.BatchStat(array(1)) })));
  t.false(
    nnx.graphdef({ x: a }).equals(nnx.graphdef({ x: new nnx.Param(array(1), { tag: "t" }) })),
  );
  t.true(nnx.graphdef({ x: a, n: 1, m: [NaN] }).equals(nnx.graphdef({ m: [NaN], n: 1, x: a })));
});

test("clone(node) is independent and shares arrays", (t) => {
  const model = new Zoo();
  const copy = nnx.clone(model);
  t.is(copy.tied, copy.layers[0]);
  t.not(copy.layers[0].kernel, model.layers[0].kernel);
  t.is(copy.layers[0].kernel.value, model.layers[0].kernel.value);
  copy.layers[0].kernel.value = zeros([1, 1]);
  t.not(copy.layers[0].kernel.value, model.layers[0].kernel.value);
  copy.label = "copy";
  copy.sizes.push(1);
  t.is(model.label, "zoo");
  t.deepEqual(model.sizes, [3, 3]);
  const state = nnx.clone(nnx.state(model));
  t.not(state.layers[3].kernel, model.layers[3].kernel);
});

test("clone(variable) copies class, metadata and own fields", (t) => {
  const param = new nnx.Param(array(1), { tag: "t" });
  const copy = nnx.clone(param);
  t.true(copy instanceof nnx.Param);
  t.not(copy, param);
  t.is(copy.metadata.tag, "t");
  t.is(nnx.clone(param, { variables: false }), param);
});

test("update(node, ...states) writes values in place", (t) => {
  const model = new MLP();
  const other = new MLP(new nnx.Rngs(1));
  const { kernel } = model.l1;
  nnx.update(model, nnx.state(other, nnx.PathContains("l1")), { l2: { bias: array([7]) } });
  t.is(model.l1.kernel, kernel);
  t.is(kernel.value, other.l1.kernel.value);
  t.deepEqual(list(model.l2.bias?.value), [7]);
});

test("update(node, state) hands over metadata and reaches shared objects by every path", (t) => {
  const zoo = new Zoo();
  nnx.update(zoo, { tied: { kernel: new nnx.Param(array([[5]]), { origin: "tied" }) } });
  t.deepEqual((zoo.layers[0].kernel.value as NDArray).toArray(), [[5]]);
  t.is(zoo.layers[0].kernel.metadata.origin, "tied");
  nnx.update(zoo, {
    byName: { first: { bias: array([1, 2]) } },
    layers: { 10: { bias: array([3]) } },
  });
  t.deepEqual(list(zoo.layers[10].bias?.value), [3]);
});

test("update(node, state) takes keys, and foreign arrays with data, shape, stride and offset", (t) => {
  const rngs = new nnx.Rngs(0);
  nnx.update(rngs, { default: { key: key(5) } });
  t.deepEqual(rngs.next(), new nnx.Rngs(5).next());
  const model = new MLP();
  nnx.update(model, {
    l2: { bias: { data: new Float32Array([4]), shape: [1], stride: [1], offset: 0 } },
  });
  t.deepEqual(list(model.l2.bias?.value), [4]);
});

test("update(node, state) changes nothing on error", (t) => {
  const model = new MLP();
  const before = nnx.toPureDict(nnx.state(model));
  t.throws(() => nnx.update(model, { l1: { bias: zeros([8]) }, l2: { kernel: zeros([8, 2]) } }));
  t.throws(() => nnx.update(model, { l1: { bias: zeros([8]) } }, { l3: zeros([1]) }));
  t.deepEqual(nnx.toPureDict(nnx.state(model)), before);
  t.is(model.l1.bias?.value, before.l1.bias);
});

test("view(node, flags) shares Variables and leaves the original alone", (t) => {
  const model = new CNN();
  const evaluation = nnx.view(model, { deterministic: true, useRunningAverage: true });
  t.true(evaluation instanceof CNN);
  t.is(evaluation.conv.kernel, model.conv.kernel);
  t.deepEqual([evaluation.drop.deterministic, evaluation.bn.useRunningAverage], [true, true]);
  t.deepEqual([model.drop.deterministic, model.bn.useRunningAverage], [false, false]);
  const partial = nnx.view(model, { deterministic: true }, { only: nnx.PathContains("drop") });
  t.deepEqual([partial.drop.deterministic, partial.bn.useRunningAverage], [true, false]);
  t.notThrows(() => nnx.view(model, { unknown: 1 }, { raiseIfNotFound: false }));
});

test("view(node, flags) asks the setView method of user Modules", (t) => {
  class Decoder extends nnx.Module {
    decode = false;
    setView(flags: { readonly decode?: boolean }): readonly string[] {
      if (flags.decode !== undefined) this.decode = flags.decode;
      return ["decode"];
    }
  }
  t.true(nnx.view({ inner: new Decoder() }, { decode: true }).inner.decode);
});

test("Module.train() and eval() set the flags of everything inside", (t) => {
  const model = new CNN();
  model.eval();
  t.deepEqual([model.drop.deterministic, model.bn.useRunningAverage], [true, true]);
  model.train();
  t.deepEqual([model.drop.deterministic, model.bn.useRunningAverage], [false, false]);
  model.eval({ rate: 0.5, unknown: 1 });
  t.is(model.drop.rate, 0.5);
  t.false("unknown" in model);
});

test("Module.setAttributes(attributes) reaches selected Modules that have the attribute", (t) => {
  const model = new CNN();
  model.setAttributes({ momentum: 0.5 });
  t.is(model.bn.momentum, 0.5);
  model.setAttributes({ dtype: "float16" }, { only: nnx.Linear });
  t.is(model.fc.dtype, "float16");
  t.is(model.conv.dtype, undefined);
  t.notThrows(() => model.setAttributes({ nothing: 1 }, { raiseIfNotFound: false }));
  t.throws(() => model.setAttributes({ momentum: 0.1, nothing: 1 }));
  t.is(model.bn.momentum, 0.5);
});

test("iterModules(node) lists children before parents", (t) => {
  const list = nnx.iterModules(new CNN());
  t.deepEqual(
    list.map(([path, module]) => `${path.join(".")}:${module.constructor.name}`),
    ["bn:BatchNorm", "conv:Conv", "drop:Dropout", "fc:Linear", ":CNN"],
  );
  t.is(nnx.iterModules(new Zoo()).length, 14);
  t.is(nnx.iterModules([new CNN()]).at(-1)?.[0].join(), "0");
});

test("Variable holds a value and frozen metadata", (t) => {
  const metadata = { tag: "a" };
  const variable = new nnx.Variable<string>("red", metadata);
  metadata.tag = "b";
  t.is(variable.metadata.tag, "a");
  t.true(Object.isFrozen(variable.metadata));
  variable.value = "blue";
  t.is(variable.value, "blue");
  t.is(String(variable), 'Variable("blue")');
  t.is(String(new nnx.BatchStat(zeros([2, 3]))), "BatchStat(float32[2, 3])");
  t.is(new nnx.Param(zeros([2], "float16")).dtype, "float16");
  const copy = new nnx.Param(zeros([2]), { a: 1 }).copy(ones([3]));
  t.true(copy instanceof nnx.Param);
  t.deepEqual([copy.shape, copy.metadata.a], [[3], 1]);
});

test("every built-in class of Variables has its own kind", (t) => {
  const classes = [
    nnx.Variable,
    nnx.Param,
    nnx.BatchStat,
    nnx.Cache,
    nnx.Intermediate,
    nnx.RngState,
    nnx.OptState,
    nnx.OptArray,
    nnx.OptVariable,
    nnx.MetricState,
  ];
  for (const Class of classes) t.is(new Class(array(0)).kind, Class.name);
  t.is(new nnx.RngKey(key(0)).kind, "RngKey");
  t.is(new nnx.RngCount(array(0, "uint32")).kind, "RngCount");
});

test("a forward pass may mix Variables and plain operations", (t) => {
  class Affine extends nnx.Module {
    scale = new nnx.Param(array(2));
    shift = new nnx.Param(array(1));
    forward(x: Tensor): Tensor {
      return add(multiply(x, this.scale.value), this.shift.value);
    }
  }
  t.deepEqual((new Affine().forward(array([1, 2])) as NDArray).toArray(), [3, 5]);
});
