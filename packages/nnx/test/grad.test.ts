import { add, mean, multiply, square, stopGradient, sum, tanh } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { array, ones, zeros } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { closeTo } from "@flaxen/testing";
import test from "ava";
import * as nnx from "@flaxen/nnx";
import { CNN, MLP, Zoo } from "./models.ts";

const item = (x: Tensor): unknown => (x as NDArray).item();
const list = (x: Tensor | undefined): unknown => (x as NDArray).toArray();

class Scale extends nnx.Module {
  w = new nnx.Param(array([2, 3]));
  seen = new nnx.BatchStat(array([0, 0]));
  forward(x: Tensor): Tensor {
    const y = multiply(this.w.value, x);
    this.seen.value = stopGradient(y);
    return sum(y);
  }
}

test("grad(f) gives a State of new Params and leaves the model's alone", (t) => {
  const model = new Scale();
  const { value } = model.w;
  const gradient = nnx.grad((m: Scale) => m.forward(array([5, 7])))(model);
  t.deepEqual(Object.keys(gradient), ["w"]);
  t.true(gradient.w instanceof nnx.Param);
  t.not(gradient.w, model.w);
  t.deepEqual(list(gradient.w.value), [5, 7]);
  t.is(model.w.value, value);
});

test("valueAndGrad(f) keeps what f writes to other Variables, as concrete arrays", (t) => {
  const model = new Scale();
  const [loss, gradient] = nnx.valueAndGrad((m: Scale) => m.forward(array([5, 7])))(model);
  t.is(item(loss), 31);
  t.deepEqual(list(gradient.w.value), [5, 7]);
  t.deepEqual(list(model.seen.value), [10, 21]);
  model.seen.value = zeros([2]);
});

test("grad(f) keeps what f writes to a differentiated Variable", (t) => {
  const model = new Scale();
  const gradient = nnx.grad((m: Scale) => {
    const loss = sum(square(m.w.value));
    m.w.value = add(m.w.value, 1);
    return loss;
  })(model);
  t.deepEqual(list(gradient.w.value), [4, 6]);
  t.deepEqual(list(model.w.value), [3, 4]);
});

test("grad(f) draws keys from the streams of its arguments", (t) => {
  const model = new CNN();
  const x = ones([2, 4, 4, 1]);
  nnx.grad((m: CNN) => mean(square(m.forward(x))))(model);
  t.is(model.drop.rngs?.count.value.item(), 1);
});

// class Tied: a = Param(2.), b = a; nnx.grad(lambda m: m.a * m.b * 3)(Tied()) -> {a: 12}, flax 0.12.8
test("grad(f) sums the uses of a shared Variable under its first path", (t) => {
  const shared = new nnx.Param(array(2));
  const gradient = nnx.grad((m: { a: nnx.Param; b: nnx.Param }) =>
    multiply(multiply(m.a.value, m.b.value), 3),
  )({ a: shared, b: shared });
  t.deepEqual(Object.keys(gradient), ["a"]);
  t.is(item(gradient.a.value), 12);
});

test("grad(f) reaches Modules in lists, Maps and cycles", (t) => {
  const zoo = new Zoo();
  const gradient = nnx.grad((m: Zoo) => {
    const x = array([[1]]);
    const first = m.byName.get("first") as nnx.Linear;
    return sum(add(first.forward(m.layers[10].forward(x)), m.tied.forward(x)));
  })(zoo);
  t.deepEqual(list(gradient.layers[0].bias.value), [2]);
  t.deepEqual(list(gradient.layers[3].kernel.value), [[0]]);
  t.deepEqual(list(gradient.byName.first.bias.value), [1, 1]);
});

test("grad(f, { argnums }) differentiates arrays and trees as well as Modules", (t) => {
  const model = new Scale();
  const loss = (m: Scale, batch: { x: Tensor; k: number }): Tensor =>
    multiply(m.forward(batch.x), batch.k);
  const [gradient, batch] = nnx.grad(loss, { argnums: [0, 1] })(model, { x: array([5, 7]), k: 2 });
  t.deepEqual(list(gradient.w.value), [10, 14]);
  t.deepEqual(list(batch.x), [4, 6]);
  t.is(item(batch.k), 31);
  t.deepEqual(list(nnx.grad(loss, { argnums: 1 })(model, { x: array([5, 7]), k: 1 }).x), [2, 3]);
  t.deepEqual(list(nnx.grad((x: Tensor) => sum(square(x)))(array([1, 2]))), [2, 4]);
  t.is(item(nnx.grad((_: Scale, k: number) => multiply(k, 3), { argnums: -1 })(model, 2)), 3);
});

test("grad(f, { argnums: DiffState }) differentiates what the filter selects", (t) => {
  const model = new MLP();
  const x = array([[1, 2]]);
  const loss = (m: MLP): Tensor => sum(m.forward(x));
  const biases = nnx.grad(loss, { argnums: nnx.DiffState(0, nnx.PathContains("bias")) })(model);
  t.deepEqual(
    nnx.toFlatState(biases).map(([path]) => path.join(".")),
    ["l1.bias", "l2.bias"],
  );
  const none = nnx.grad(loss, { argnums: nnx.DiffState(0, null) })(model);
  t.deepEqual(none as object, {});
  const scale = new Scale();
  const stat = nnx.grad((m: Scale) => sum(multiply(m.seen.value, m.w.value)), {
    argnums: nnx.DiffState(0, nnx.BatchStat),
  })(scale);
  t.deepEqual(list(stat.seen.value), [2, 3]);
});

test("grad(f) takes a State as its argument", (t) => {
  const model = new MLP();
  const params = nnx.state(model, nnx.Param);
  const gradient = nnx.grad((p: typeof params) => sum(square(p.l2.bias.value)))(params);
  t.deepEqual(list(gradient.l2.bias.value), [0]);
  t.is(nnx.toFlatState(gradient).length, 4);
});

test("a Variable that two arguments share has its gradient with the first", (t) => {
  const model = new Scale();
  const [first, second] = nnx.grad((a: Scale, b: Scale) => sum(multiply(a.w.value, b.w.value)), {
    argnums: [0, 1],
  })(model, model);
  t.deepEqual(list(first.w.value), [4, 6]);
  t.deepEqual(nnx.toFlatState(second), []);
});

test("valueAndGrad(f, { hasAux }) passes aux through, with random keys, Maps and Modules", (t) => {
  const model = new Scale();
  const rngs = new nnx.Rngs(0);
  const [[loss, aux], gradient] = nnx.valueAndGrad(
    (m: Scale, r: nnx.Rngs) => {
      const y = multiply(m.w.value, 2);
      const made = new Scale();
      made.seen.value = y;
      return [sum(y), { y, key: r.next(), table: new Map([["y", y]]), made, text: "a" }] as const;
    },
    { hasAux: true },
  )(model, rngs);
  t.is(item(loss), 10);
  t.deepEqual(list(aux.y), [4, 6]);
  t.deepEqual(aux.key, new nnx.Rngs(0).next());
  t.deepEqual(list(aux.table.get("y") as Tensor), [4, 6]);
  t.deepEqual(list(aux.made.seen.value), [4, 6]);
  aux.made.seen.value = zeros([2]);
  t.is(aux.text, "a");
  t.deepEqual(list(gradient.w.value), [2, 2]);
  const [onlyGradient, onlyAux] = nnx.grad((m: Scale) => [sum(m.w.value), 5] as const, {
    hasAux: true,
  })(model);
  t.deepEqual([list(onlyGradient.w.value), onlyAux], [[1, 1], 5]);
});

test("Variables that f attaches to its arguments are theirs afterwards", (t) => {
  class Growing extends nnx.Module {
    w = new nnx.Param(array(3));
    last: nnx.Intermediate | null = null;
  }
  const model = new Growing();
  nnx.grad((m: Growing) => {
    m.last = new nnx.Intermediate(multiply(m.w.value, 2));
    return square(m.w.value);
  })(model);
  t.is(item(model.last?.value as Tensor), 6);
  (model.last as nnx.Intermediate).value = array(1);
});

test("grad nests", (t) => {
  const model = new nnx.Param(array(2));
  const cube = (v: nnx.Param): Tensor => multiply(v.value, square(v.value));
  const second = nnx.grad((v: nnx.Param) => nnx.grad(cube)(v).value)(model);
  t.is(item(second.value), 12);
  // The inner function captures the Variable of the outer one and reads it as a constant.
  const mixed = nnx.grad((v: nnx.Param) =>
    nnx.grad((x: Tensor) => multiply(square(x), v.value))(array(3)),
  );
  t.is(item(mixed(model).value), 6);
  t.is(item(model.value), 2);
});

test("a captured Variable is a constant", (t) => {
  const captured = new nnx.BatchStat(array(3));
  const gradient = nnx.grad((v: nnx.Param) => multiply(v.value, captured.value))(
    new nnx.Param(array(2)),
  );
  t.is(item(gradient.value), 3);
});

test("a throwing f leaves Variables, fields, lists and Maps as they were", (t) => {
  const model = new CNN();
  const zoo = new Zoo();
  const before = nnx.toPureDict(nnx.state({ model, zoo }));
  const keys = Object.keys(zoo);
  const layers = [...zoo.layers];
  const x = ones([2, 4, 4, 1]);
  t.throws(
    () =>
      nnx.grad((m: CNN, z: Zoo) => {
        m.forward(x);
        m.eval();
        m.conv.kernel.value = zeros([3, 3, 1, 4]);
        nnx.update(z, { layers: { 1: { bias: new nnx.Param(array([9]), { changed: true }) } } });
        z.layers.pop();
        z.layers[0] = z.layers[1];
        z.byName.delete("first");
        z.extra.note = "changed";
        (z as unknown as Record<string, unknown>).added = 1;
        throw new Error("stop");
      })(model, zoo),
    { message: "stop" },
  );
  t.deepEqual(nnx.toPureDict(nnx.state({ model, zoo })), before);
  t.is(model.conv.kernel.value, before.model.conv.kernel);
  t.deepEqual([model.drop.deterministic, model.bn.useRunningAverage], [false, false]);
  t.deepEqual([zoo.extra.note, zoo.byName.size, zoo.layers.length], ["static", 1, 11]);
  t.true(zoo.layers.every((layer, i) => layer === layers[i]));
  t.deepEqual(Object.keys(zoo), keys);
  t.deepEqual(zoo.layers[1].bias?.metadata, {});
  // Everything may be written again.
  model.conv.kernel.value = zeros([3, 3, 1, 4]);
});

test("a loss that is refused leaves everything as it was", (t) => {
  const model = new Scale();
  const before = model.seen.value;
  t.throws(() =>
    nnx.grad((m: Scale) => {
      m.forward(array([1, 1]));
      return m.w.value;
    })(model),
  );
  t.is(model.seen.value, before);
});

test("a nested transform that throws inside a caught block does not disturb the outer one", (t) => {
  const model = new Scale();
  const gradient = nnx.grad((m: Scale) => {
    try {
      nnx.grad((inner: Scale) => {
        inner.w.value = zeros([2]);
        throw new Error("inner");
      })(m);
    } catch {
      // The outer function goes on with the values it had.
    }
    return sum(square(m.w.value));
  })(model);
  t.deepEqual(list(gradient.w.value), [4, 6]);
});

test("the gradient of a Module equals central differences", (t) => {
  const model = new MLP();
  const x = array([
    [0.3, -0.7],
    [1.1, 0.4],
  ]);
  const loss = (m: MLP): Tensor => mean(square(tanh(m.forward(x))));
  const gradient = nnx.grad(loss)(model);
  const kernel = model.l1.kernel.value as NDArray;
  const h = 1e-2;
  const differences = Array.from({ length: 16 }, (_, i) => {
    const at = (delta: number): number => {
      const data = Float32Array.from(kernel.data as Float32Array);
      data[i] += delta;
      model.l1.kernel.value = array(
        [...Array(2).keys()].map((r) => [...data.subarray(8 * r, 8 * r + 8)]),
      );
      return item(loss(model)) as number;
    };
    return (at(h) - at(-h)) / (2 * h);
  });
  // Central differences in float32 with h = 0.01 are good to about 1e-4.
  closeTo(t, gradient.l1.kernel.value, differences, { rtol: 1e-3, atol: 2e-4 });
});

test("a function without Variables that reads captured Params warns once", (t) => {
  const model = new Scale();
  const messages: unknown[] = [];
  const { warn } = console;
  console.warn = (message: unknown): void => void messages.push(message);
  try {
    const f = nnx.grad((x: Tensor) => sum(multiply(model.w.value, x)));
    t.deepEqual(list(f(array([1, 1]))), [2, 3]);
    f(array([1, 1]));
    nnx.grad((x: Tensor, m: Scale) => sum(multiply(m.w.value, x)))(array([1, 1]), model);
  } finally {
    console.warn = warn;
  }
  t.deepEqual(messages, [
    "grad: the function has no argument that holds Variables, but reads Params, which are constants to it. Pass the model as an argument to get its gradient.",
  ]);
});
