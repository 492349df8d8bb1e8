// Checked by the compiler; run only so that each is counted.
import { sum } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { array } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { adam } from "@flaxen/optax";
import type { Key } from "@flaxen/rng";
import test from "ava";
import { expectTypeOf } from "expect-type";
import * as nnx from "@flaxen/nnx";
import { CNN, MLP, Zoo } from "./models.ts";

test("state(model) is typed by the fields of the model", (t) => {
  const state = nnx.state(new CNN());
  expectTypeOf(state.conv.kernel).toEqualTypeOf<nnx.Param>();
  expectTypeOf(state.bn.mean).toEqualTypeOf<nnx.BatchStat>();
  expectTypeOf(state.fc.bias).toEqualTypeOf<nnx.Param>();
  expectTypeOf(state.drop.rngs.key.value).toEqualTypeOf<Key>();
  // @ts-expect-error: no such layer
  t.is(state.pool, undefined);
});

test("state(model, Class) has only the Variables of the class", (t) => {
  const [params, stats] = nnx.state(new CNN(), nnx.Param, nnx.BatchStat);
  const [, others] = nnx.state(new CNN(), nnx.Param, nnx.rest);
  expectTypeOf(params.conv.kernel).toEqualTypeOf<nnx.Param>();
  expectTypeOf(stats.bn.mean).toEqualTypeOf<nnx.BatchStat>();
  expectTypeOf(others.bn.mean).toEqualTypeOf<nnx.BatchStat>();
  // @ts-expect-error: a running mean is no Param
  t.is(params.bn.mean, undefined);
  // @ts-expect-error: a scale is no BatchStat
  t.is(stats.bn.scale, undefined);
});

test("lists, Maps, plain objects and tuples are typed", (t) => {
  const state = nnx.state(new Zoo());
  expectTypeOf(state.layers[3].kernel).toEqualTypeOf<nnx.Param>();
  expectTypeOf(state.byName.first.kernel).toEqualTypeOf<nnx.Param>();
  expectTypeOf(state.extra.scale.kernel).toEqualTypeOf<nnx.Param>();
  // @ts-expect-error: static fields are no state
  t.is(state.sizes, undefined);
  const rngs = new nnx.Rngs(0);
  const chain = new nnx.Sequential(
    new nnx.Linear(1, 2, { rngs }),
    (x: Tensor) => x,
    new nnx.Linear(2, 1, { rngs }),
  );
  expectTypeOf(chain.layers[2]).toEqualTypeOf<nnx.Linear>();
  expectTypeOf(nnx.state(chain).layers[2].kernel).toEqualTypeOf<nnx.Param>();
});

test("a class that contains itself and a bare Module stay usable", (t) => {
  class Tree extends nnx.Module {
    left: Tree | null = null;
    w = new nnx.Param(array(1));
  }
  const tree = new Tree();
  tree.left = new Tree();
  tree.left.left = new Tree();
  expectTypeOf(nnx.state(tree).left.left.w).toEqualTypeOf<nnx.Param>();
  t.is(nnx.state(tree).left.w, tree.left.w);
  const module: nnx.Module = tree;
  expectTypeOf(nnx.state(module)).toEqualTypeOf<nnx.NestedState>();
});

test("split, merge, clone and view keep the type of the model", (t) => {
  const model = new CNN();
  const [graphdef, params, others] = nnx.split(model, nnx.Param, nnx.rest);
  expectTypeOf(graphdef).toEqualTypeOf<nnx.GraphDef<CNN>>();
  expectTypeOf(params.fc.kernel).toEqualTypeOf<nnx.Param>();
  expectTypeOf(nnx.merge(graphdef, params, others)).toEqualTypeOf<CNN>();
  expectTypeOf(nnx.clone(model)).toEqualTypeOf<CNN>();
  expectTypeOf(nnx.view(model, { deterministic: true })).toEqualTypeOf<CNN>();
  expectTypeOf(nnx.toPureDict(params).fc.kernel).toEqualTypeOf<Tensor>();
  t.pass();
});

test("gradients are typed by arguments and argnums", (t) => {
  const model = new MLP();
  const x = array([[1, 2]]);
  const loss = (m: MLP, x: Tensor): Tensor => sum(m.forward(x));
  expectTypeOf(nnx.grad(loss)(model, x).l1.kernel.value).toEqualTypeOf<Tensor>();
  expectTypeOf(nnx.grad(loss, { argnums: 1 })(model, x)).toEqualTypeOf<Tensor>();
  expectTypeOf(nnx.grad(loss, { argnums: -1 })(model, x)).toEqualTypeOf<Tensor>();
  const [value, [grads, dx]] = nnx.valueAndGrad(loss, { argnums: [0, 1] })(model, x);
  expectTypeOf(value).toEqualTypeOf<Tensor>();
  expectTypeOf(grads.l2.kernel).toEqualTypeOf<nnx.Param>();
  expectTypeOf(dx).toEqualTypeOf<Tensor>();
  const [[, aux], g] = nnx.valueAndGrad((m: MLP) => [loss(m, x), "aux"] as const, { hasAux: true })(
    model,
  );
  expectTypeOf(aux).toEqualTypeOf<"aux">();
  expectTypeOf(g.l1.kernel).toEqualTypeOf<nnx.Param>();
  const stats = nnx.grad((m: CNN) => sum(m.bn.mean.value), {
    argnums: nnx.DiffState(0, nnx.BatchStat),
  })(new CNN());
  expectTypeOf(stats.bn.mean).toEqualTypeOf<nnx.BatchStat>();
  // @ts-expect-error: no gradient for a Param
  t.is(stats.bn.scale, undefined);
});

test("Variables take any Tensor later and are told apart by kind", (t) => {
  const param = new nnx.Param(array([1]));
  expectTypeOf(param).toEqualTypeOf<nnx.Param>();
  expectTypeOf(param.value).toEqualTypeOf<Tensor>();
  expectTypeOf(new nnx.RngCount(array(0, "uint32")).value).toEqualTypeOf<NDArray>();
  expectTypeOf(new nnx.Variable<string>("a").value).toEqualTypeOf<string>();
  // @ts-expect-error: a BatchStat is no Param
  const wrong: nnx.Param = new nnx.BatchStat(array([1]));
  t.is(wrong.kind as string, "BatchStat");
});

test("Optimizer takes the transformations of @flaxen/optax and its own model only", (t) => {
  const optimizer = new nnx.Optimizer(new MLP(), adam(1e-3), { wrt: nnx.Param });
  expectTypeOf(optimizer).toEqualTypeOf<nnx.Optimizer<MLP>>();
  // @ts-expect-error: another model
  t.throws(() => optimizer.update(new CNN(), {}));
  // @ts-expect-error: wrt is required
  t.throws(() => new nnx.Optimizer(new MLP(), adam(1e-3)));
});

test("MultiMetric.compute() has the names of its metrics", (t) => {
  const metrics = new nnx.MultiMetric({ loss: new nnx.Average("loss") });
  expectTypeOf(metrics.compute().loss).toEqualTypeOf<Tensor>();
  // @ts-expect-error: no such metric
  t.is(metrics.compute().accuracy, undefined);
});

test("the state tools keep types", (t) => {
  const rngs = new nnx.Rngs(0);
  const make = (lane: nnx.Rngs): nnx.Linear => new nnx.Linear(2, 2, { rngs: lane });
  expectTypeOf(nnx.stack(2, make, { rngs })).toEqualTypeOf<nnx.Linear>();
  expectTypeOf(nnx.evalShape(() => new MLP())).toEqualTypeOf<MLP>();
  expectTypeOf(nnx.splitRngs(new MLP(), 2)).toEqualTypeOf<MLP[]>();
  const dict = nnx.Dict.of({ a: new nnx.Linear(2, 2, { rngs }) });
  expectTypeOf(dict.a).toEqualTypeOf<nnx.Linear>();
  const popped = nnx.pop(new CNN(), nnx.BatchStat);
  expectTypeOf(popped.bn.mean).toEqualTypeOf<nnx.BatchStat>();
  // @ts-expect-error the State of BatchStat has no kernels
  t.is(popped.conv, undefined);
  const [y, seen] = nnx.capture((m: MLP) => m.forward([[1, 2]]), [nnx.Intermediate])(new MLP());
  expectTypeOf(y).toEqualTypeOf<Tensor>();
  expectTypeOf(seen).toEqualTypeOf<nnx.Captured<typeof nnx.Intermediate>>();
});

test("captured states have parts of any depth with values", (t) => {
  class Inner extends nnx.Module {
    forward(x: Tensor): Tensor {
      this.sow(nnx.Intermediate, "kl", x);
      this.sow(nnx.Intermediate, "calls", 1, {
        initFn: () => 0,
        reduceFn: (before: number, value: number) => before + value,
      });
      return this.perturb("out", x);
    }
  }
  class Outer extends nnx.Module {
    encoder = { first: new Inner() };
    forward(x: Tensor): Tensor {
      return sum(this.encoder.first.forward(x));
    }
  }
  class Probe extends nnx.Intermediate {}
  const types = [nnx.Intermediate, nnx.Perturbation, Probe] as const;
  const run = (m: Outer, x: Tensor): Tensor => m.forward(x);
  const [, seen, nudges, probes] = nnx.capture(run, types)(new Outer(), array([1]));
  expectTypeOf(seen.encoder.first.kl.value[0]).toEqualTypeOf<Tensor>();
  expectTypeOf(nudges.encoder.first.out.shape).toEqualTypeOf<readonly number[]>();
  expectTypeOf(nudges.encoder.first.out.value).toEqualTypeOf<Tensor>();
  expectTypeOf(nudges.encoder.first.out.kind).toEqualTypeOf<"Perturbation">();
  expectTypeOf<typeof probes.kl.value>().toEqualTypeOf<readonly Tensor[]>();
  expectTypeOf(seen).toExtend<nnx.NestedState>();
  // @ts-expect-error lists are recorded
  t.is(seen.encoder.first.kl.value.ndim, undefined);
  const [, numbers] = nnx.capture(run, [nnx.Intermediate<number>])(new Outer(), array([1]));
  expectTypeOf(numbers.encoder.first.calls.value).toEqualTypeOf<number>();
  const loss = (init: typeof nudges): Tensor =>
    nnx.capture(run, [], { init })(new Outer(), array([1]))[0];
  const gradients = nnx.grad(loss, { argnums: nnx.DiffState(0, nnx.Perturbation) })(nudges);
  expectTypeOf(gradients.encoder.first.out.value).toEqualTypeOf<Tensor>();
  expectTypeOf(nnx.stateDifference(seen, nudges)).toEqualTypeOf<nnx.NestedState>();
  t.is(numbers.encoder.first.calls.value, 1);
});
