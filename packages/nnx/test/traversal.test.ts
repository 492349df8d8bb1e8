// What is remembered between walks must never show: every change of a field counts at once.
import { array } from "@flaxen/ndarray";
import test from "ava";
import fc from "fast-check";
import * as nnx from "@flaxen/nnx";
import { MLP, Zoo } from "./models.ts";

const paths = (node: object): string[] =>
  nnx.toFlatState(nnx.state(node)).map(([path]) => path.join("."));
const param = (value = 0): nnx.Param => new nnx.Param(array(value));

class Holder extends nnx.Module {
  a: unknown;
  b: unknown;
  list: unknown[] = [];
  map = new Map<unknown, unknown>();
  plain: Record<string, unknown> = {};
}

test("state(node) sees a field that was given a Variable, a layer or a static value", (t) => {
  const holder = new Holder();
  t.deepEqual(paths(holder), []);
  holder.a = param();
  t.deepEqual(paths(holder), ["a"]);
  holder.b = new nnx.Linear(1, 1, { rngs: new nnx.Rngs(0) });
  t.deepEqual(paths(holder), ["a", "b.bias", "b.kernel"]);
  holder.a = null;
  t.deepEqual(paths(holder), ["b.bias", "b.kernel"]);
  (holder.b as nnx.Linear).bias = null;
  t.deepEqual(paths(holder), ["b.kernel"]);
});

test("state(node) returns the Variable that a field holds now", (t) => {
  const model = new MLP();
  nnx.state(model);
  model.l1.kernel = param(7);
  t.is(nnx.state(model).l1.kernel, model.l1.kernel);
  const { l1 } = model;
  model.l1 = model.l2;
  model.l2 = l1;
  t.is(nnx.state(model).l2.kernel, l1.kernel);
});

test("state(node) sees new and deleted fields, also in another order", (t) => {
  const holder = new Holder();
  nnx.state(holder);
  (holder as unknown as Record<string, unknown>).z = param();
  t.deepEqual(paths(holder), ["z"]);
  Reflect.deleteProperty(holder, "z");
  t.deepEqual(paths(holder), []);
  Reflect.deleteProperty(holder, "a");
  holder.a = param();
  t.deepEqual(paths(holder), ["a"]);
});

test("state(node) sees changes inside lists, Maps and plain objects", (t) => {
  const holder = new Holder();
  nnx.state(holder);
  holder.list.push(param());
  holder.map.set("k", param());
  holder.plain.p = { q: param() };
  t.deepEqual(paths(holder), ["list.0", "map.k", "plain.p.q"]);
  holder.list[0] = null;
  holder.map.set("k", 1);
  holder.plain.p = 3;
  t.deepEqual(paths(holder), []);
  holder.map.delete("k");
  holder.map.set(2, param());
  t.deepEqual(paths(holder), ["map.2"]);
  holder.map.delete(2);
  holder.map.set(3, param());
  t.deepEqual(paths(holder), ["map.3"]);
});

test("state(node) sees an object that becomes a container by losing a field", (t) => {
  const holder = new Holder();
  const view: Record<string, unknown> = { data: [param()], shape: [], stride: [], offset: 0 };
  holder.a = view;
  t.deepEqual(paths(holder), []);
  delete view.offset;
  t.deepEqual(paths(holder), ["a.data.0"]);
});

test("state(node) does not mind NaN, getters and static values that change", (t) => {
  const holder = new Holder();
  holder.a = NaN;
  holder.b = param();
  t.deepEqual(paths(holder), ["b"]);
  t.deepEqual(paths(holder), ["b"]);
  holder.a = () => 1;
  t.deepEqual(paths(holder), ["b"]);
  t.false(nnx.graphdef(holder).equals(nnx.graphdef(new Holder())));
});

test("split(node) has the static values of now", (t) => {
  const model = new nnx.Dropout(0.5);
  t.is(nnx.merge(...nnx.split(model)).deterministic, false);
  model.eval();
  t.is(nnx.merge(...nnx.split(model)).deterministic, true);
  t.is(nnx.clone(model).deterministic, true);
});

test("state([a, b]) of Pytrees sees their changes, and objects that they share", (t) => {
  const [a, b] = [new Holder(), new Holder()];
  a.a = param();
  t.deepEqual(paths([a, b, 1]), ["0.a"]);
  b.b = param();
  t.deepEqual(paths([a, b, 1]), ["0.a", "1.b"]);
  b.b = a.a;
  t.deepEqual(paths([a, b]), ["0.a"]);
  t.deepEqual(paths([b, a]), ["0.b"]);
  t.deepEqual(paths([a, a]), ["0.a"]);
  t.deepEqual(paths([1, a]), ["1.a"]);
  t.deepEqual(paths([{ x: array(1) }, a, [b]]), ["1.a"]);
  b.b = param();
  t.deepEqual(paths([a, { deep: b }]), ["0.a", "1.deep.b"]);
  t.deepEqual(paths([param(), a]), ["0", "1.a"]);
  t.deepEqual(paths([a, b]), ["0.a", "1.b"]);
});

test("clone([a, b]) of Pytrees rebuilds the list", (t) => {
  const list = [new MLP(), new Zoo()] as const;
  nnx.state(list);
  const copy = nnx.clone(list);
  t.true(Array.isArray(copy));
  t.is(copy.length, 2);
  t.true(copy[1] instanceof Zoo);
  t.not(copy[0].l1.kernel, list[0].l1.kernel);
});

test("state(node) after random edits is that of a fresh object", (t) => {
  const field = fc.constantFrom("a", "b", "list", "map", "plain");
  const value = fc.constantFrom("param", "layer", "null", "number", "list", "object");
  const make = (kind: string): unknown => {
    if (kind === "param") return param();
    if (kind === "layer") return new nnx.Linear(1, 1, { rngs: new nnx.Rngs(0), useBias: false });
    if (kind === "list") return [param(), 1];
    if (kind === "object") return { x: param(), y: null };
    return kind === "null" ? null : 5;
  };
  fc.assert(
    fc.property(fc.array(fc.tuple(field, fc.nat(2), value), { maxLength: 12 }), (edits) => {
      const holder = new Holder();
      for (const [name, index, kind] of edits) {
        if (name === "list") holder.list[index] = make(kind);
        else if (name === "map") holder.map.set(index, make(kind));
        else if (name === "plain") holder.plain[`p${index}`] = make(kind);
        else (holder as unknown as Record<string, unknown>)[name] = make(kind);
        const fresh = Object.assign(new Holder(), { ...holder });
        t.deepEqual(paths(holder), paths(fresh));
        t.deepEqual(paths([holder, 1]), paths([fresh, 1]));
      }
    }),
    { seed: 6, numRuns: 200 },
  );
});

test("fromFlatState(flat) takes digits for indices", (t) => {
  const flat: [nnx.Path, unknown][] = [
    [["a", 0, "x"], 1],
    [["a", "0", "y"], 2],
  ];
  t.deepEqual(nnx.fromFlatState(flat), { a: { 0: { x: 1, y: 2 } } });
});
