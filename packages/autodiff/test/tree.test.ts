import { grad, multiply, tree } from "@flaxen/autodiff";
import { array } from "@flaxen/ndarray";
import test from "ava";
import fc from "fast-check";

const trees = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    fc.integer(),
    fc.constant(null),
    fc.constant(undefined),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tie("tree"), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
})).tree;

test("tree.unflatten(tree.structure(x), tree.leaves(x)) is x", (t) => {
  fc.assert(
    fc.property(trees, (x) => {
      const [leaves, structure] = tree.flatten(x);
      t.deepEqual(tree.unflatten(structure, leaves), x);
    }),
    { seed: 3 },
  );
});

test("tree.map(f, x) applies f to every leaf and keeps the structure", (t) => {
  fc.assert(
    fc.property(trees, (x) => {
      const doubled = tree.map((leaf: number) => 2 * leaf, x);
      t.deepEqual(tree.structure(doubled), tree.structure(x));
      t.deepEqual(
        tree.leaves(doubled),
        tree.leaves(x).map((leaf) => 2 * (leaf as number)),
      );
    }),
    { seed: 4 },
  );
});

test("tree.flatten(x) walks objects by sorted key", (t) => {
  t.deepEqual(tree.leaves({ b: 1, a: [2, { d: 3, c: 4 }], A: 5 }), [5, 2, 4, 3, 1]);
});

test("tree.flatten(x) takes tensors, typed arrays, foreign arrays and instances as leaves", (t) => {
  const foreign = { data: [1], shape: [1], stride: [1], offset: 0 };
  const leaves = [array([1]), new Float32Array(1), foreign, new Map(), new Date(0), "text", 1n];
  t.deepEqual(tree.leaves(leaves), leaves);
  grad((x) => {
    t.is(tree.leaves([x]).length, 1);
    return multiply(x, 1);
  })(1);
});

test("tree.flatten(x) keeps a key named __proto__ as a field", (t) => {
  const x = JSON.parse('{"__proto__": 1, "a": 2}') as object;
  const copy = tree.map((leaf: number) => leaf, x) as object;
  t.deepEqual(Object.keys(copy).sort(), ["__proto__", "a"]);
  t.is(Object.getPrototypeOf(copy), Object.prototype);
});

test("tree.map(f, x, y) zips trees and refuses other structures", (t) => {
  t.deepEqual(
    tree.map((a: number, b: number, c: number) => a + b + c, { x: 1 }, { x: 2 }, { x: 3 }),
    { x: 6 },
  );
  const rows: [unknown, unknown, string, string][] = [
    [[1, 2], [1], "[*, *]", "[*]"],
    [{ a: 1 }, { b: 1 }, "{a: *}", "{b: *}"],
    [[1], { a: 1 }, "[*]", "{a: *}"],
    [1, null, "*", "null"],
    [null, undefined, "null", "undefined"],
    [null, 1, "null", "*"],
  ];
  for (const [x, y, first, second] of rows) {
    t.throws(() => tree.map((a: unknown) => a, x, y), {
      instanceOf: TypeError,
      message: `tree.map: every tree must have the structure of the first, ${first}, got ${second}.`,
    });
  }
});

test("tree.unflatten(structure, leaves) throws RangeError on a wrong number of leaves", (t) => {
  t.throws(() => tree.unflatten(tree.structure([1, { a: 2 }]), [1, 2, 3]), {
    instanceOf: RangeError,
    message: "tree.unflatten: leaves must be as many as the structure has, got 3 for 2.",
  });
});

test("tree.all(predicate, x) holds when every leaf passes", (t) => {
  const positive = (x: number): boolean => x > 0;
  t.true(tree.all(positive, { a: 1, b: [2] }));
  t.false(tree.all(positive, { a: 1, b: [-2] }));
  t.true(tree.all(positive, [null, []]));
});
