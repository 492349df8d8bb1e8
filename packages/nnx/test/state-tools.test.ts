import { add, mean, multiply, square, sum, tanh } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { array, ones } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { gamma } from "@flaxen/rng";
import type { Key } from "@flaxen/rng";
import { lecunNormal } from "@flaxen/initializers";
import { sgd } from "@flaxen/optax";
import { closeTo } from "@flaxen/testing";
import test from "ava";
import * as nnx from "@flaxen/nnx";
import { CNN, MLP, Zoo } from "./models.ts";

const dotted = (paths: readonly (readonly [nnx.Path, unknown])[]): string[] =>
  paths.map(([path]) => path.join("."));
const words = (keys: unknown): readonly number[][] =>
  (keys as readonly Key[]).map((key) => [...key.words]);
const list = (x: Tensor): unknown => (x as NDArray).toArray();

class Block extends nnx.Module {
  linear: nnx.Linear;
  drop: nnx.Dropout;
  bn: nnx.BatchNorm;
  constructor(rngs: nnx.Rngs) {
    super();
    this.linear = new nnx.Linear(2, 3, { rngs });
    this.drop = new nnx.Dropout(0.5, { rngs });
    this.bn = new nnx.BatchNorm(3, { rngs });
  }
  forward(x: TensorLike): Tensor {
    return this.drop.forward(this.bn.forward(this.linear.forward(x)));
  }
}

class Foo extends nnx.Module {
  linear: nnx.Linear;
  a: { x: nnx.Linear; y: nnx.Param };
  b: nnx.Param;
  name = "foo";
  constructor() {
    super();
    this.linear = new nnx.Linear(2, 3, { rngs: new nnx.Rngs(0) });
    this.a = { x: this.linear, y: new nnx.Param(array(1)) };
    this.b = this.a.y;
  }
}

// nnx.iter_graph(Foo()), flax 0.12.8, less what Python objects carry besides
test("iterGraph(node) lists every object once, children first", (t) => {
  const found = nnx.iterGraph(new Foo());
  t.deepEqual(dotted(found), [
    "a.x.bias",
    "a.x.dtype",
    "a.x.inFeatures",
    "a.x.kernel",
    "a.x.outFeatures",
    "a.x.paramDtype",
    "a.x.useBias",
    "a.x",
    "a.y",
    "a",
    "name",
    "",
  ]);
  t.is(found.find(([path]) => path.join(".") === "a.x.inFeatures")?.[1], 2);
});

test("iterGraph(node) takes cycles, Maps of any keys and Variables", (t) => {
  t.is(nnx.iterGraph(new Zoo()).at(-1)?.[0].length, 0);
  const variable = new nnx.Param(array(1));
  t.deepEqual(nnx.iterGraph(variable), [[[], variable]]);
  t.deepEqual(
    dotted(
      nnx.iterGraph({
        m: new Map<unknown, unknown>([
          [{}, 1],
          [2, 3],
        ]),
      }),
    ),
    ["m.2", "m.Object", "m", ""],
  );
});

// nnx.find_duplicates(Foo()): [[('a','x'), ('linear',)], [('a','y'), ('b',)]], flax 0.12.8
test("findDuplicates(node) groups the paths of shared objects", (t) => {
  t.deepEqual(nnx.findDuplicates(new Foo()), [
    [["a", "x"], ["linear"]],
    [["a", "y"], ["b"]],
  ]);
  t.deepEqual(nnx.findDuplicates(new Foo(), { only: nnx.Param }), [[["a", "y"], ["b"]]]);
  t.deepEqual(nnx.findDuplicates(new MLP()), []);
  t.deepEqual(nnx.findDuplicates(new Zoo()), [
    [[], ["parent"]],
    [["layers", 0], ["tied"]],
  ]);
});

test("recursiveMap(f, node) rebuilds from the leaves and leaves the original alone", (t) => {
  const model = new Foo();
  const seen: string[] = [];
  const copy = nnx.recursiveMap((path, value) => {
    seen.push(path.join("."));
    return value instanceof nnx.Linear ? new nnx.Dropout(0) : value === "foo" ? "bar" : value;
  }, model);
  t.is(seen.at(-1), "");
  t.is(new Set(seen).size, seen.length);
  t.true(copy instanceof Foo);
  t.is(copy.name, "bar");
  t.is(copy.a.x as unknown, copy.linear as unknown);
  t.true((copy.linear as unknown) instanceof nnx.Dropout);
  t.is(copy.b, model.b);
  t.true(model.linear instanceof nnx.Linear);
  const mapped = nnx.recursiveMap((_, v) => (v === 1 ? 2 : v), { m: new Map([[3, 1]]) });
  t.is(mapped.m.get(3), 2);
});

test("map(f, node) makes new Variables and keeps the sharing", (t) => {
  const model = new Foo();
  const twice = nnx.map((_, v) => multiply(v.value, 2), model);
  t.is(list(twice.b.value), 2);
  t.is(twice.b, twice.a.y);
  t.is(list(model.b.value), 1);
  const same = nnx.map((_, v) => v, model);
  t.is(same.b, model.b);
});

test("mapState(f, state) and mergeState(...states) keep paths sorted", (t) => {
  const state = nnx.state(new MLP());
  const shapes = nnx.mapState((_path, v: nnx.Variable) => v.shape.length, state);
  t.deepEqual(shapes, { l1: { bias: 1, kernel: 2 }, l2: { bias: 1, kernel: 2 } });
  t.deepEqual(nnx.mergeState(shapes, { l1: { bias: 9 } }, { a: 0 }), {
    a: 0,
    l1: { bias: 9, kernel: 2 },
    l2: { bias: 1, kernel: 2 },
  });
  t.deepEqual(nnx.mergeState(), {});
});

test("pop(node, ...filters) takes Variables out of fields, objects and Maps", (t) => {
  const seen = new nnx.Intermediate(array(1));
  const model = Object.assign(new CNN(), {
    seen,
    more: { seen, other: new nnx.Intermediate(array(2)) },
    map: new Map([["x", new nnx.Intermediate(array(3))]]),
  });
  const popped = nnx.pop(model, nnx.Intermediate);
  t.deepEqual(dotted(nnx.toFlatState(popped)), ["map.x", "more.other", "more.seen"]);
  t.false("seen" in model);
  t.is(model.map.size, 0);
  const [stats, kernels] = nnx.pop(model, nnx.BatchStat, nnx.PathContains("kernel"));
  t.deepEqual(Object.keys(stats.bn), ["mean", "var"]);
  t.deepEqual(Object.keys(kernels), ["conv", "fc"]);
  t.false("kernel" in model.fc);
});

test("freeze(node, filter) keeps Variables out of grad and Optimizer", (t) => {
  const model = new MLP();
  t.is(nnx.freeze(model, nnx.PathContains("l1")), 2);
  const loss = (m: MLP): Tensor => mean(square(m.forward([[1, 2]])));
  const optimizer = new nnx.Optimizer(model, sgd(0.1), { wrt: nnx.Param });
  const grads = nnx.grad(loss)(model);
  t.deepEqual(Object.keys(grads), ["l2"]);
  const before = nnx.clone(model);
  optimizer.update(model, grads);
  t.is(model.l1.kernel.value, before.l1.kernel.value);
  t.not(model.l2.kernel.value, before.l2.kernel.value);
  t.true(model.l1.kernel.metadata.frozen);
  t.is(nnx.unfreeze(model, nnx.PathContains("bias")), 1);
  t.deepEqual(Object.keys(nnx.grad(loss)(model).l1), ["bias"]);
  t.is(nnx.unfreeze(model), 1);
  t.deepEqual(Object.keys(model.l1.kernel.metadata), []);
});

// create = nnx.split_rngs(splits=3)(nnx.vmap(lambda rngs: Block(rngs))); create(nnx.Rngs(0)), flax 0.12.8
test("stack(num, make, { rngs }) has the bits of nnx.vmap over split streams", (t) => {
  const rngs = new nnx.Rngs(0);
  const blocks = nnx.stack(3, (lane) => new Block(lane), { rngs });
  t.deepEqual(list(blocks.linear.kernel.value), [
    [
      [-1.0717307329177856, -0.2693745791912079, -0.12378992885351181],
      [-0.5948424339294434, 0.24299298226833344, -0.2705581486225128],
    ],
    [
      [-1.423086166381836, 0.7433452606201172, -0.27385714650154114],
      [-1.3142197132110596, -0.7550653219223022, -0.17594850063323975],
    ],
    [
      [-1.2214607000350952, -0.4930047392845154, 0.7796305418014526],
      [-0.5476636290550232, 0.47858819365501404, -1.0473498106002808],
    ],
  ]);
  t.deepEqual(words(blocks.drop.rngs?.key.value), [
    [4021395286, 2323224092],
    [276444683, 838309524],
    [1798822914, 1770859103],
  ]);
  t.deepEqual(list(blocks.drop.rngs?.count.value as Tensor), [0, 0, 0]);
  t.is(list(rngs.default.count.value), 1);
  t.deepEqual([...rngs.next().words], [928981903, 3453687069]);
});

test("runStack(stacked, x, body) equals the loop over the blocks, with their state", (t) => {
  const make = (rngs: nnx.Rngs): nnx.Sequential<[nnx.Linear, nnx.BatchNorm, nnx.Dropout]> =>
    new nnx.Sequential(
      new nnx.Linear(3, 3, { rngs }),
      new nnx.BatchNorm(3, { rngs }),
      new nnx.Dropout(0.5, { rngs }),
    );
  const stacked = nnx.stack(4, make, { rngs: new nnx.Rngs(1) });
  const blocks = new nnx.Rngs(1).split(4).map(make);
  const x = array([
    [1, 2, 3],
    [4, 6, 5],
  ]);
  for (let step = 0; step < 2; step++) {
    const y = nnx.runStack(stacked, x as Tensor, (block, h) => block.forward(h));
    const expected = blocks.reduce((h: Tensor, block) => block.forward(h), x);
    t.deepEqual(list(y), list(expected));
  }
  t.deepEqual(
    list(stacked.layers[1].mean.value),
    blocks.map((block) => list(block.layers[1].mean.value)),
  );
  t.deepEqual(list(stacked.layers[2].rngs?.count.value as Tensor), [2, 2, 2, 2]);
  t.is(nnx.unstack(stacked).length, 4);
});

test("grad through runStack is the stack of the gradients of the blocks", (t) => {
  const make = (rngs: nnx.Rngs): nnx.Linear => new nnx.Linear(2, 2, { rngs });
  const stacked = nnx.stack(3, make, { rngs: new nnx.Rngs(0) });
  const blocks = new nnx.Rngs(0).split(3).map(make);
  const x = ones([1, 2]) as Tensor;
  const gradient = nnx.grad((m: nnx.Linear) =>
    sum(square(nnx.runStack(m, x, (block, h) => block.forward(h)))),
  )(stacked);
  const each = nnx.grad((m: { blocks: nnx.Linear[] }) =>
    sum(square(m.blocks.reduce((h, block) => block.forward(h), x))),
  )({ blocks });
  closeTo(
    t,
    gradient.kernel.value as NDArray,
    blocks.map((_, i) => list(each.blocks[i].kernel.value)) as number[][][],
  );
});

// r = nnx.Rngs(params=1, dropout=2); r.split(2); r.broadcast(2), flax 0.12.8
test("Rngs.split(num) and broadcast(num) have the keys of Flax", (t) => {
  const rngs = new nnx.Rngs({ params: 1, dropout: 2 });
  const [a, b] = rngs.split(2);
  t.deepEqual(words([a.params.key.value, b.params.key.value]), [
    [3704974950, 1863054868],
    [2705940334, 2639757084],
  ]);
  t.deepEqual(words([a.dropout.key.value, b.dropout.key.value]), [
    [1674946514, 3241262372],
    [726969054, 2411990420],
  ]);
  t.deepEqual(a.names(), ["params", "dropout"]);
  t.is(list(rngs.params.count.value), 1);
  const [c, d] = rngs.broadcast(2);
  t.deepEqual(words([c.params.key.value, d.params.key.value]), [
    [1948878966, 4237131848],
    [1948878966, 4237131848],
  ]);
  t.not(c.params.key, d.params.key);
  t.is(list(rngs.params.count.value), 2);
});

test("Rngs.split(num, { only }) shares the other streams with their counts", (t) => {
  const rngs = new nnx.Rngs({ params: 1, dropout: 2 });
  rngs.params.next();
  const [a, b] = rngs.split(2, { only: "dropout" });
  t.is(a.params, rngs.params);
  t.is(b.params, rngs.params);
  t.not(a.dropout, b.dropout);
  t.is(list(rngs.params.count.value), 1);
  t.is(rngs.broadcast(1, { only: nnx.PathContains("params") })[0].dropout, rngs.dropout);
});

// r = nnx.Rngs(0); r.normal((2,)); r.params.uniform((2,)); r.randint((2,), 0, 10); r.bernoulli(0.5, (3,));
// r.permutation(5); r.bits((1,)); r.truncated_normal(-1., 1., (2,)); r.lecun_normal()((2, 2)); r.gamma(2., (2,))
test("samplers of Rngs and RngStream draw what Flax draws", (t) => {
  const rngs = new nnx.Rngs(0);
  const { params } = rngs;
  t.deepEqual(list(rngs.normal([2])), [1.004014253616333, -0.9063372015953064]);
  t.deepEqual(list(params.uniform([2])), [0.007293820381164551, 0.0208911895751953125]);
  t.deepEqual(list(rngs.randint([2], 0, 10)), [9, 4]);
  t.deepEqual(list(params.bernoulli(0.5, [3])), [true, false, false]);
  t.deepEqual(list(rngs.permutation(5)), [2, 4, 0, 1, 3]);
  t.deepEqual(list(params.bits([1])), [3169945449]);
  t.deepEqual(list(rngs.truncatedNormal(-1, 1, [2])), [0.6993796229362488, -0.6070770025253296]);
  t.deepEqual(list(params.draw(lecunNormal(), [2, 2])), [
    [-0.04802268370985985, -1.070789098739624],
    [-0.6764755845069885, -0.07875978946685791],
  ]);
  t.deepEqual(list(rngs.draw(gamma, 2, [2])), [2.620360851287842, 2.173394203186035]);
  t.is(list(rngs.default.count.value), 9);
  const [a, b] = [new nnx.Rngs(7), new nnx.Rngs(7)];
  t.deepEqual(list(a.uniform([3])), list(b.default.uniform([3])));
  t.deepEqual(list(a.bernoulli(0.3, [9])), list(b.default.bernoulli(0.3, [9])));
  t.deepEqual(list(a.bits([2])), list(b.default.bits([2])));
  t.deepEqual(list(a.default.normal([2])), list(b.normal([2])));
  t.deepEqual(list(a.default.randint([4], 0, 9)), list(b.randint([4], 0, 9)));
  t.deepEqual(list(a.default.permutation(6)), list(b.permutation(6)));
  t.deepEqual(list(a.default.truncatedNormal(-1, 1, [2])), list(b.truncatedNormal(-1, 1, [2])));
});

// m = nnx.List([nnx.Dropout(.5, rngs=nnx.Rngs(dropout=1)), ..., nnx.Dropout(.5, rngs=nnx.Rngs(3))]); nnx.reseed(m, dropout=42)
test("reseed(node, seeds) gives successive keys to the streams of a tag", (t) => {
  const drop = (seed: nnx.Seed | Record<string, nnx.Seed>): nnx.Dropout =>
    new nnx.Dropout(0.5, { rngs: new nnx.Rngs(seed) });
  const model = new nnx.List([drop({ dropout: 1 }), drop({ dropout: 2 }), drop(3)]);
  model[0].forward([1, 1]);
  nnx.reseed(model, { dropout: 42 });
  t.deepEqual(words(model.map((d) => d.rngs?.key.value)), [
    [1832780943, 270669613],
    [64467757, 2916123636],
    [3716834203, 3481239269],
  ]);
  t.deepEqual(
    model.map((d) => list(d.rngs?.count.value as Tensor)),
    [0, 0, 0],
  );
});

test("reseed(stack, seeds, { policy: 'matchShape' }) splits the key", (t) => {
  const make = (rngs: nnx.Rngs): nnx.Dropout => new nnx.Dropout(0.5, { rngs });
  const stacked = nnx.stack(2, make, { rngs: new nnx.Rngs({ dropout: 0 }) });
  nnx.reseed(stacked, { dropout: 5 }, { policy: "matchShape" });
  const [first] = new nnx.Rngs(5).split(2);
  t.deepEqual(words(stacked.rngs?.key.value)[0], [...first.default.key.value.words]);
});

// m = nnx.List([nnx.Dropout(.5, rngs=nnx.Rngs(dropout=1)), nnx.Dropout(.5, rngs=nnx.Rngs(3))]); nnx.fork_rngs(m)
test("forkRngs(node) shares all but the streams, which have the keys of Flax", (t) => {
  const rngs = [new nnx.Rngs({ dropout: 1 }), new nnx.Rngs(3)];
  const model = new nnx.Sequential(
    new nnx.Dropout(0.5, { rngs: rngs[0] }),
    new nnx.Dropout(0.5, { rngs: rngs[1] }),
    new nnx.Linear(1, 1, { rngs: rngs[1] }),
  );
  const forked = nnx.forkRngs(model);
  t.deepEqual(words([forked.layers[0].rngs?.key.value, forked.layers[1].rngs?.key.value]), [
    [3704974950, 1863054868],
    [732048474, 698085531],
  ]);
  t.is(forked.layers[2].kernel, model.layers[2].kernel);
  t.is(list(model.layers[0].rngs?.count.value as Tensor), 1);
  const part = nnx.forkRngs(model, { only: "dropout" });
  t.is(part.layers[1].rngs?.key, model.layers[1].rngs?.key);
});

test("splitRngs(node, num) gives each copy masks of its own", (t) => {
  const model = new CNN();
  const copies = nnx.splitRngs(model, 3);
  t.is(copies.length, 3);
  for (const copy of copies) t.is(copy.conv.kernel, model.conv.kernel);
  const keys = copies.map((copy) => String(copy.drop.rngs?.key.value.words));
  t.is(new Set(keys).size, 3);
  const expected = nnx.clone(new CNN()).drop.rngs?.split(3);
  t.deepEqual(
    keys,
    expected?.map((stream) => String(stream.key.value.words)),
  );
});

// The class Net and nnx.capture(net, nnx.Intermediate, method_outputs=nnx.Intermediate)(jnp.ones((1, 2))), flax 0.12.8
class Net extends nnx.Module {
  l1: nnx.Linear;
  l2: nnx.Linear;
  constructor(rngs: nnx.Rngs) {
    super();
    this.l1 = new nnx.Linear(2, 3, { rngs });
    this.l2 = new nnx.Linear(3, 1, { rngs });
  }
  features(x: TensorLike): Tensor {
    return multiply(this.l1.forward(x), 0.5);
  }
  forward(x: TensorLike): Tensor {
    const h = this.features(x);
    this.sow(nnx.Intermediate, "h", h);
    this.sow(nnx.Intermediate, "h", multiply(h, 2));
    this.sow(nnx.Intermediate, "n", 1, {
      initFn: () => 10,
      reduceFn: (before: number, value: number) => before + value,
    });
    return this.l2.forward(h);
  }
}

test("capture(f, types, { methodOutputs }) records like Flax", (t) => {
  const net = new Net(new nnx.Rngs(0));
  const run = nnx.capture((m: Net, x: TensorLike) => m.forward(x), [nnx.Intermediate], {
    methodOutputs: nnx.Intermediate,
  });
  const [y, seen] = run(net, ones([1, 2]));
  t.deepEqual(dotted(nnx.toFlatState(seen)), [
    "features",
    "forward",
    "h",
    "l1.forward",
    "l2.forward",
    "n",
  ]);
  const pure = nnx.toPureDict(seen) as unknown as Record<string, Tensor[]> & { n: number };
  t.is(pure.n, 11);
  t.is(pure.h.length, 2);
  t.deepEqual(pure.forward, [y]);
  t.deepEqual(dotted(nnx.toFlatState(nnx.state(net))), [
    "l1.bias",
    "l1.kernel",
    "l2.bias",
    "l2.kernel",
  ]);
  t.false(Object.hasOwn(net, "forward"));
});

test("capture(f, types) keeps classes apart, and nothing outside of it", (t) => {
  class Probe extends nnx.Intermediate {}
  class Two extends nnx.Module {
    forward(x: Tensor): [boolean, boolean] {
      return [this.sow(nnx.Intermediate, "a", x), this.sow(Probe, "b", x)];
    }
  }
  const two = new Two();
  const x = array(1);
  t.deepEqual(two.forward(x), [false, false]);
  const [asked, intermediates, probes] = nnx.capture(
    (m: Two) => m.forward(x),
    [nnx.Intermediate, Probe],
  )(two);
  t.deepEqual(asked, [true, true]);
  t.deepEqual(Object.keys(intermediates), ["a"]);
  t.true((probes.b as unknown) instanceof Probe);
  t.deepEqual(nnx.capture((m: Two) => m.forward(x), [Probe])(two)[0], [false, true]);
  t.throws(() =>
    nnx.capture((): never => {
      throw new Error("inside");
    }, [Probe])(two),
  );
  t.deepEqual(Object.keys(two), []);
});

test("capture inside grad and grad inside capture return concrete values", (t) => {
  const net = new Net(new nnx.Rngs(0));
  const x = ones([1, 2]);
  const inner = nnx.capture((m: Net) => sum(m.forward(x)), [nnx.Intermediate]);
  const [, seen] = nnx.grad((m: Net) => inner(m), { hasAux: true })(net);
  const pure = nnx.toPureDict(seen) as unknown as { h: NDArray[] };
  t.deepEqual(list(pure.h[0]), list(net.features(x)));
  const outer = nnx.capture(
    (m: Net) => nnx.grad((n: Net) => sum(n.forward(x)))(m),
    [nnx.Intermediate],
  );
  const [grads, states] = outer(net);
  t.deepEqual(Object.keys(grads), ["l1", "l2"]);
  const again = nnx.toPureDict(states) as unknown as { h: NDArray[] };
  t.deepEqual(list(again.h[0]), list(net.features(x)));
});

class Perturbed extends nnx.Module {
  linear: nnx.Linear;
  constructor(rngs: nnx.Rngs) {
    super();
    this.linear = new nnx.Linear(2, 3, { rngs });
  }
  forward(x: TensorLike): Tensor {
    return this.perturb("pre", tanh(this.linear.forward(x)));
  }
}

class Critic extends nnx.Module {
  encoder: Perturbed;
  out: nnx.Linear;
  constructor(rngs: nnx.Rngs) {
    super();
    this.encoder = new Perturbed(rngs);
    this.out = new nnx.Linear(3, 1, { rngs });
  }
  forward(x: TensorLike): Tensor {
    const h = this.encoder.forward(x);
    this.sow(nnx.Intermediate, "h", h);
    return this.perturb("y", this.out.forward(h));
  }
}

// m = Critic(nnx.Rngs(0)); x = jnp.array([[1., 2.], [3., -1.]]); _, p = nnx.capture(m, nnx.Perturbation)(x);
// nnx.grad(loss, argnums=(0, 1), has_aux=True)(m, p, x), where loss takes the sum of squares of
// nnx.capture(m, nnx.Intermediate, init=p)(x); flax 0.12.8
const CRITIC_PRE = [
  [-2.301544666290283, -2.397019863128662, 0.7504869103431702],
  [0.48345956206321716, 0.5035149455070496, -0.1576463282108307],
];
const CRITIC_Y = [[-2.9320569038391113], [0.6159041523933411]];
const CRITIC_KERNEL = [
  [-0.963577389717102, 0.16061723232269287, 0.6496998071670532],
  [-1.9521228075027466, -0.44445812702178955, 1.3570393323898315],
];
const X = array([
  [1, 2],
  [3, -1],
]);
const critic = (m: Critic, x: Tensor): Tensor => m.forward(x);

function criticGradients(m: Critic, nudges: nnx.CapturedState<nnx.Perturbation>, x: Tensor) {
  const loss = (n: Critic, init: typeof nudges) => {
    const [y, seen] = nnx.capture(critic, [nnx.Intermediate], { init })(n, x);
    return [sum(square(y)), seen] as const;
  };
  const argnums = [0, nnx.DiffState(1, nnx.Perturbation)] as const;
  return nnx.grad(loss, { argnums, hasAux: true })(m, nudges);
}

test("Module.perturb(name, value) gives the gradients of intermediate values of Flax", (t) => {
  const model = new Critic(new nnx.Rngs(0));
  const [y, nudges] = nnx.capture(critic, [nnx.Perturbation])(model, X);
  t.deepEqual(list(y), list(model.forward(X)));
  t.deepEqual(list(nudges.encoder.pre.value), [
    [0, 0, 0],
    [0, 0, 0],
  ]);
  t.true((nudges.y as unknown) instanceof nnx.Perturbation);
  const [[grads, of], seen] = criticGradients(model, nudges, X);
  const near = { rtol: 1e-5 };
  closeTo(t, of.encoder.pre.value, CRITIC_PRE, near);
  closeTo(t, of.y.value, CRITIC_Y, near);
  closeTo(t, grads.encoder.linear.kernel.value, CRITIC_KERNEL, near);
  t.deepEqual(list(seen.h.value[0]), list(model.encoder.forward(X)));
  t.deepEqual(dotted(nnx.toFlatState(nnx.state(model))), [
    "encoder.linear.bias",
    "encoder.linear.kernel",
    "out.bias",
    "out.kernel",
  ]);
});

test("capture with perturb and sow is compiled by jit, with the same bits", (t) => {
  const model = new Critic(new nnx.Rngs(0));
  const start = nnx.jit((m: Critic, x: Tensor) => nnx.capture(critic, [nnx.Perturbation])(m, x)[1]);
  const nudges = start(model, X);
  const step = nnx.jit((m: Critic, init: typeof nudges, x: Tensor) => {
    const [[, of], seen] = criticGradients(m, init, x);
    return { pre: of.encoder.pre.value, y: of.y.value, h: seen.h.value[0] };
  });
  for (let i = 0; i < 2; i++) {
    const compiled = step(model, nudges, X);
    const [[, of], seen] = criticGradients(model, nudges, X);
    t.deepEqual(list(compiled.pre), list(of.encoder.pre.value));
    t.deepEqual(list(compiled.y), list(of.y.value));
    t.deepEqual(list(compiled.h), list(seen.h.value[0]));
  }
  t.is(step.explain().length, 1);
  t.is(start.explain().length, 1);
});

test("Module.perturb(name, value) outside of capture takes the field of the name", (t) => {
  class Fielded extends nnx.Module {
    nudge: nnx.Perturbation | null = null;
    forward(x: Tensor): Tensor {
      return sum(square(this.nudge === null ? x : this.perturb("nudge", multiply(3, x))));
    }
  }
  const model = new Fielded();
  model.nudge = new nnx.Perturbation(array([0, 0]));
  // nnx.grad(lambda m, x: (m.perturb('nudge', 3 * x) ** 2).sum(), argnums=nnx.DiffState(0, nnx.Perturbation))
  const options = { argnums: nnx.DiffState(0, nnx.Perturbation) };
  const gradients = nnx.grad((m: Fielded) => m.forward(array([1, 2])), options)(model);
  t.deepEqual(list(gradients.nudge.value), [6, 12]);
  const plain = new Perturbed(new nnx.Rngs(0));
  t.false(Object.hasOwn(plain, "pre"));
  t.deepEqual(list(plain.perturb("pre", 2)), 2);
  t.deepEqual(list(plain.perturb("pre", [1, 2])), [1, 2]);
  t.false(Object.hasOwn(plain, "pre"));
});

test("one name in several places has the sum of their gradients", (t) => {
  class Twice extends nnx.Module {
    forward(x: Tensor): Tensor {
      return add(sum(this.perturb("h", x)), sum(multiply(3, this.perturb("h", x))));
    }
  }
  const run = (m: Twice): Tensor => m.forward(array([1, 2]));
  const [, nudges] = nnx.capture(run, [nnx.Perturbation])(new Twice());
  const loss = (init: typeof nudges): Tensor => nnx.capture(run, [], { init })(new Twice())[0];
  const gradients = nnx.grad(loss, { argnums: nnx.DiffState(0, nnx.Perturbation) })(nudges);
  t.deepEqual(list(gradients.h.value), [4, 4]);
});

test("capture(f, types, { init }) goes on from what was recorded", (t) => {
  const net = new Net(new nnx.Rngs(0));
  const run = (m: Net, x: TensorLike): Tensor => m.forward(x);
  const [, first] = nnx.capture(run, [nnx.Intermediate])(net, ones([1, 2]));
  const [, second] = nnx.capture(run, [nnx.Intermediate], { init: first })(net, ones([1, 2]));
  t.is(first.h.value.length, 2);
  t.is(second.h.value.length, 4);
  t.is(second.n.value as unknown as number, 12);
});

// a = nnx.State({'a': {'b': nnx.Param(1), 'c': nnx.Param(2)}, 'd': nnx.Param(3)}); nnx.statelib.diff(a, ...), flax 0.12.8
test("stateDifference(state, other) is nnx.statelib.diff", (t) => {
  const a = {
    a: { b: new nnx.Param(array(1)), c: new nnx.Param(array(2)) },
    d: new nnx.Param(array(3)),
  };
  const other = { a: { b: new nnx.Param(array(5)) }, e: new nnx.Param(array(5)) };
  const left = nnx.stateDifference(a, other);
  t.deepEqual(dotted(nnx.toFlatState(left)), ["a.c", "d"]);
  t.is((left as typeof a).a.c, a.a.c);
  t.deepEqual(dotted(nnx.toFlatState(nnx.stateDifference(a, {}))), ["a.b", "a.c", "d"]);
  t.deepEqual(nnx.stateDifference(a, a), {});
  t.deepEqual(nnx.stateDifference({}, a), {});
  // A leaf is not at the paths of what is inside another State's object.
  t.deepEqual(Object.keys(nnx.stateDifference({ a: new nnx.Param(array(1)) }, a)), ["a"]);
  // List indices are the same parts in lists, Maps and States.
  const layers = [new nnx.Param(array(1)), new nnx.Param(array(2))];
  const indices = nnx.stateDifference({ layers }, { layers: new Map([["0", layers[1]]]) });
  t.deepEqual(dotted(nnx.toFlatState(indices)), ["layers.1"]);
});

// att = nnx.MultiHeadAttention(4, 8, num_kv_heads=2, decode=False, rngs=nnx.Rngs(0));
// nnx.capture(lambda m, x: m(x, sow_weights=True), nnx.Intermediate)(att, jnp.arange(24.).reshape(1, 3, 8) / 10)
test("MultiHeadAttention.forward(x, { sowWeights }) records the weights of Flax", (t) => {
  const attention = new nnx.MultiHeadAttention(4, 8, { numKvHeads: 2, rngs: new nnx.Rngs(0) });
  const x = array([[0, 1, 2].map((i) => Array.from({ length: 8 }, (_, j) => (8 * i + j) / 10))]);
  const run = nnx.capture(
    (m: nnx.MultiHeadAttention) => m.forward(x, { sowWeights: true }),
    [nnx.Intermediate],
  );
  const [, seen] = run(attention);
  const [weights] = nnx.toPureDict(seen).attention_weights as unknown as [NDArray];
  t.deepEqual(weights.shape, [1, 4, 3, 3]);
  closeTo(
    t,
    weights.pick(0, 0),
    [
      [0.2747787535190582, 0.3296772539615631, 0.3955439627170563],
      [0.10760354995727539, 0.2607131898403168, 0.6316832304000854],
      [0.03351942077279091, 0.16400742530822754, 0.8024731278419495],
    ],
    { rtol: 1e-5 },
  );
  const silent = nnx.capture((m: nnx.MultiHeadAttention) => m.forward(x), [nnx.Intermediate]);
  t.deepEqual(Object.keys(silent(attention)[1]), []);
});

test("List keeps elements under their indices", (t) => {
  const rngs = new nnx.Rngs(0);
  const layers = new nnx.List(
    Array.from({ length: 11 }, () => new nnx.Linear(1, 1, { rngs, useBias: false })),
  );
  t.deepEqual(dotted(nnx.toFlatState(nnx.state(layers))).slice(8), [
    "8.kernel",
    "9.kernel",
    "10.kernel",
  ]);
  t.is(layers.at(-1), layers[10]);
  t.is(layers.at(11), undefined);
  const [second] = layers.splice(1, 9);
  t.is(layers.length, 2);
  t.is(layers.push(second as nnx.Linear), 3);
  t.is(layers.pop(), second);
  t.is(new nnx.List().pop(), undefined);
  t.deepEqual([...layers], layers.toArray());
  t.deepEqual(
    layers.map((layer, i) => [layer.inFeatures, i]),
    [
      [1, 0],
      [1, 1],
    ],
  );
  const copy = nnx.clone(layers);
  t.true(copy instanceof nnx.List);
  t.is(copy.length, 2);
  const drops = new nnx.List([new nnx.Dropout(0.5)]);
  drops.eval();
  t.true(drops[0].deterministic);
});

test("Dict keeps entries under their names", (t) => {
  const rngs = new nnx.Rngs(0);
  const dict = nnx.Dict.of({ b: new nnx.Linear(1, 2, { rngs }), a: new nnx.Param(array(1)) });
  t.deepEqual(dotted(nnx.toFlatState(nnx.state(dict))), ["a", "b.bias", "b.kernel"]);
  t.deepEqual(dict.names(), ["b", "a"]);
  t.is(dict.size, 2);
  t.true(dict.has("a"));
  t.false(dict.has("c"));
  t.is(dict.get("a"), dict.a);
  t.is(dict.get("c"), undefined);
  t.true(dict.delete("a"));
  t.false(dict.delete("a"));
  t.is(list(add(nnx.clone(dict).b.forward([1]), 0)) === undefined, false);
  t.is(new nnx.Dict().size, 0);
});
