import test from "ava";
import fc from "fast-check";
import { bitEqual } from "@flaxen/testing";
import { array, full, isNDArray, NDArray } from "@flaxen/ndarray";
import { bernoulli, foldIn, key, keyData, normal, permutation, split, uniform } from "@flaxen/rng";
import type { Key } from "@flaxen/rng";
import { scratch, setWasmEnabled } from "@flaxen/wasm";
import * as ops from "@flaxen/autodiff";
import { add, grad, jit, matmul, mean, multiply, sum, tanh, valueAndGrad } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";

const SEED = 20260802;

function plain<T>(f: () => T): T {
  setWasmEnabled(false);
  try {
    return f();
  } finally {
    setWasmEnabled(true);
  }
}

function drawn(shape: readonly number[], seed: number): NDArray {
  return normal(key(seed), shape) as NDArray;
}

// --- random graphs -----------------------------------------------------------------------------------------

type Build = (values: readonly Tensor[]) => Tensor;

/** Applies to what is there already, picked by number; every shape fits every operation by broadcasting. */
const OPERATIONS: readonly ((a: Tensor, b: Tensor) => Tensor)[] = [
  (a, b) => add(a, b),
  (a, b) => multiply(a, b),
  (a, b) => ops.subtract(a, b),
  (a, b) => ops.maximum(a, b),
  (a) => tanh(a),
  (a) => ops.exp(ops.clip(a, -3, 3)),
  (a) => ops.relu(a),
  (a, b) => ops.where(ops.greater(a, b), a, 0.5),
  (a) => ops.astype(ops.astype(ops.clip(a, -99, 99), "int32"), "float32"),
  (a) => mean(a, { axis: -1, keepdims: true }),
  (a) => ops.max(a, { axis: 0, keepdims: true }),
  (a) => sum(a, { axis: 0 }),
  (a) => ops.softmax(a),
  (a, b) => matmul(ops.broadcastTo(a, [4, 6]), ops.transpose(ops.broadcastTo(b, [4, 6]))),
  (a) => ops.reshape(ops.broadcastTo(a, [4, 6]), [6, 4]),
  (a) => ops.slice(ops.broadcastTo(a, [4, 6]), [1, 0], [3, 6]),
  (a, b) => ops.concatenate([ops.broadcastTo(a, [4, 6]), ops.broadcastTo(b, [4, 6])]),
];

/** Operations that do not fit shapes that others have made are left out. */
function build(choices: readonly (readonly [number, number, number])[]): Build {
  return (inputs) => {
    const values = [...inputs];
    for (const [operation, a, b] of choices) {
      try {
        values.push(OPERATIONS[operation](values[a % values.length], values[b % values.length]));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }
    return values[values.length - 1];
  };
}

const graphs = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: OPERATIONS.length - 1 }),
    fc.integer({ min: 0, max: 99 }),
    fc.integer({ min: 0, max: 99 }),
  ),
  { minLength: 1, maxLength: 20 },
);

test("jit of a random graph has the bits of the operations one by one", (t) => {
  const inputs = [drawn([4, 6], 1), drawn([6], 2), drawn([4, 1], 3), drawn([], 4)];
  fc.assert(
    fc.property(graphs, (choices) => {
      const f = build(choices);
      const expected = plain(() => f(inputs));
      const compiled = jit((...x: Tensor[]) => f(x));
      bitEqual(t, compiled(...inputs), expected);
      bitEqual(t, compiled(...inputs), expected);
      bitEqual(
        t,
        plain(() => compiled(...inputs)),
        expected,
      );
    }),
    { seed: SEED, numRuns: 300 },
  );
});

test("jit of the gradient of a random graph has the bits of the gradient", (t) => {
  const inputs = [drawn([4, 6], 5), drawn([6], 6), drawn([4, 1], 7), drawn([], 8)];
  fc.assert(
    fc.property(graphs, (choices) => {
      const f = build(choices);
      const loss = (x: Tensor[]): Tensor => sum(multiply(f(x), f(x)));
      const expected = plain(() => grad(loss)(inputs)) as NDArray[];
      const actual = jit(grad(loss))(inputs) as NDArray[];
      expected.forEach((gradient, i) => bitEqual(t, actual[i], gradient));
    }),
    { seed: SEED, numRuns: 150 },
  );
});

// --- arguments and results ---------------------------------------------------------------------------------

test("jit(f) takes and gives trees, and passes on what is no tensor", (t) => {
  const f = jit(({ a, b }: { a: Tensor; b: Tensor[] }, name: string) => ({
    sums: b.map((x) => add(a, x)),
    name,
    none: null,
    fixed: array([7]),
  }));
  const result = f({ a: array([1]), b: [array([2]), array([3])] }, "x");
  bitEqual(t, result.sums[0], array([3]));
  bitEqual(t, result.sums[1], array([4]));
  t.is(result.name, "x");
  t.is(result.none, null);
  bitEqual(t, result.fixed, array([7]));
});

test("jit(f) of an argument that is returned, twice, or reshaped keeps its values", (t) => {
  const f = jit((x: Tensor) => [x, x, ops.reshape(x, [3]), ops.stopGradient(x), add(x, 0)]);
  const x = array([[1], [2], [3]]);
  const results = f(x) as NDArray[];
  t.deepEqual(
    results.map((y) => y.shape),
    [[3, 1], [3, 1], [3], [3, 1], [3, 1]],
  );
  for (const y of results) t.deepEqual([...(y.data as Float32Array)], [1, 2, 3]);
});

test("jit(f) of numbers follows the dtype of the other operands, as without jit", (t) => {
  const f = (x: Tensor, n: Tensor): Tensor => multiply(add(x, n), n);
  for (const dtype of ["float32", "float16", "bfloat16", "float64", "int32"] as const) {
    const x = array([1, 2, 3], dtype);
    bitEqual(t, jit(f)(x, 2), f(x, 2 as never));
  }
  bitEqual(t, jit(f)(array([1, 2], "float16"), 0.5), f(array([1, 2], "float16"), 0.5 as never));
});

test("jit(f) of zero-size and rank 0 arrays", (t) => {
  const f = (x: Tensor): Tensor[] => [sum(x), ops.exp(x), ops.concatenate([x, x])];
  for (const shape of [[0], [0, 3], [3, 0]]) {
    const x = full(shape, 1);
    const expected = f(x);
    (jit(f)(x) as Tensor[]).forEach((y, i) => bitEqual(t, y, expected[i]));
  }
  bitEqual(t, jit((x: Tensor) => ops.exp(x))(array(1)), ops.exp(1));
});

test("jit(f) reads strided views", (t) => {
  const x = (drawn([6, 4], 9) as NDArray).transpose(1, 0).step(1, -2);
  bitEqual(t, jit((y: Tensor) => ops.exp(y))(x), ops.exp(x));
});

test("jit(f) gives results that later calls leave alone", (t) => {
  const f = jit((x: Tensor) => multiply(x, 2));
  const first = f(array([1, 2])) as NDArray;
  f(array([3, 4]));
  t.deepEqual(first.toArray(), [2, 4]);
});

// --- random keys -------------------------------------------------------------------------------------------

test("jit(f) takes keys as data: every key draws anew, with the bits of the samplers", (t) => {
  const f = (k: Key, x: Tensor): unknown => {
    const [a, b] = split(k);
    return [
      multiply(x, bernoulli(a, 0.5, x.shape) as Tensor),
      uniform(b, [3]),
      normal(foldIn(k, 7), [2, 2]),
      permutation(b, 5),
    ];
  };
  const compiled = jit(f);
  const x = array([1, 2, 3, 4]);
  for (const seed of [0, 1, 2 ** 32 - 1]) {
    const expected = f(key(seed), x) as NDArray[];
    (compiled(key(seed), x) as NDArray[]).forEach((y, i) => bitEqual(t, y, expected[i]));
  }
  t.is(compiled.explain().length, 1);
  compiled(key(0, { partitionable: false }), x);
  t.is(compiled.explain().length, 2);
});

test("jit(f) returns keys", (t) => {
  const [a, b] = jit((k: Key) => split(k))(key(3));
  bitEqual(t, keyData(a), keyData(split(key(3))[0]));
  bitEqual(t, keyData(b), keyData(split(key(3))[1]));
});

// --- transformations ---------------------------------------------------------------------------------------

test("grad(jit(f)), jit(grad(f)) and jit(grad(jit(f))) are grad(f)", (t) => {
  const f = (x: Tensor): Tensor => sum(tanh(multiply(x, x)));
  const x = drawn([5], 10);
  const expected = grad(f)(x);
  bitEqual(t, grad(jit(f))(x), expected);
  bitEqual(t, jit(grad(f))(x), expected);
  bitEqual(t, jit(grad(jit(f)))(x), expected);
});

test("jit(f) inside of jit becomes part of it", (t) => {
  const inner = jit((x: Tensor) => add(x, 1));
  const outer = jit((x: Tensor) => multiply(inner(x), inner(x)));
  bitEqual(t, outer(array([1, 2])), array([4, 9]));
  t.is(inner.explain().length, 0);
  t.is(outer.explain()[0].program?.operations, 3);
  t.is(outer.explain()[0].program?.kept, 2);
});

test("jit(f) that captures a tracer of an outer grad runs as it is", (t) => {
  const slope = grad((x: Tensor) => sum(jit((y: Tensor) => multiply(y, x))(array([3, 4]))));
  bitEqual(t, slope(array([1, 2])), array([3, 4]));
});

test("jit(valueAndGrad(f, { hasAux })) gives aux", (t) => {
  const f = (x: Tensor): [Tensor, { double: Tensor }] => [sum(x), { double: multiply(x, 2) }];
  const [[value, aux], gradient] = jit(valueAndGrad(f, { hasAux: true }))(array([1, 2]));
  bitEqual(t, value, array(3));
  bitEqual(t, aux.double, array([2, 4]));
  bitEqual(t, gradient, array([1, 1]));
});

// --- the graph ---------------------------------------------------------------------------------------------

test("jit(f) shares equal operations, drops unused ones, and computes what is constant once", (t) => {
  let constants = 0;
  const f = jit((x: Tensor) => {
    constants++;
    const c = ops.exp(array([1, 2]));
    void tanh(x);
    return add(multiply(add(x, 1), c), multiply(add(x, 1), c));
  });
  f(array([1, 2]));
  f(array([3, 4]));
  t.is(constants, 1);
  const { program } = f.explain()[0];
  t.is(program?.operations, 6);
  t.is(program?.kept, 3);
});

test("jit(f) has one program for all values of scalar constants", (t) => {
  const values: Readonly<Record<string, number>> = { a: 2, b: -0, c: NaN, d: 3 };
  const f = (x: Tensor, name: string): Tensor[] => {
    const c = array(values[name]);
    // Folded, computed with, and returned; 0.5 is the same everywhere.
    return [multiply(add(x, 0.5), multiply(c, 2)), c, ops.power(x, c), sum(multiply(x, c))];
  };
  const compiled = jit(f);
  const x = array([1, 2, 3]);
  for (const name of ["a", "b", "c", "d", "b", "a", "c", "a"]) {
    const expected = f(x, name);
    for (const on of [true, false, true]) {
      setWasmEnabled(on);
      (compiled(x, name) as Tensor[]).forEach((y, i) => bitEqual(t, y, expected[i]));
    }
  }
  t.deepEqual(
    compiled.explain().map(({ reused }) => reused),
    [false, true, true, true],
  );
  const other = jit((y: Tensor, twice: string) => multiply(add(y, twice === "yes" ? 2 : 1), 2));
  bitEqual(t, other(x, "yes"), array([6, 8, 10]));
  bitEqual(t, other(x, "no"), array([4, 6, 8]));
  bitEqual(t, other(x, "yes"), array([6, 8, 10]));
  // One constant in one place cannot stand for two.
  t.deepEqual(
    other.explain().map(({ reused }) => reused),
    [false, false],
  );
});

test("jit(f) tells 0 from -0 and parameters from one another", (t) => {
  const f = (x: Tensor): Tensor[] => [
    multiply(x, 0),
    multiply(x, -0),
    sum(x, { axis: 0 }),
    sum(x, { axis: 1 }),
  ];
  const x = array([
    [1, 2],
    [3, 4],
  ]);
  const expected = f(x);
  (jit(f)(x) as Tensor[]).forEach((y, i) => bitEqual(t, y, expected[i]));
});

// --- programs that are kept --------------------------------------------------------------------------------

test("jit(f).explain() says what was compiled and why", (t) => {
  const f = jit((x: Tensor, n: Tensor, flag: boolean) => (flag ? add(x, n) : x));
  f(array([1]), 1, true);
  f(array([2]), 5, true);
  f(array([1, 2]), 1, true);
  f(array([1, 2]), 1.5, true);
  f(array([1, 2]), 1.5, false);
  t.deepEqual(
    f.explain().map(({ signature, reason }) => [signature, reason]),
    [
      ["(float32[1], number (int32), true)", "first call"],
      ["(float32[2], number (int32), true)", "leaf 0: float32[2] in place of float32[1]"],
      [
        "(float32[2], number (float32), true)",
        "leaf 1: number (float32) in place of number (int32)",
      ],
      ["(float32[2], number (float32), false)", "leaf 2: false in place of true"],
    ],
  );
});

test("jit(f, { cacheSize }) keeps that many programs, the latest ones", (t) => {
  let traced = 0;
  const f = jit(
    (x: Tensor) => {
      traced++;
      return add(x, 1);
    },
    { cacheSize: 2 },
  );
  for (const n of [1, 2, 1, 3, 1, 2]) f(full([n], 0));
  t.is(traced, 4);
  f.clear();
  f(full([2], 0));
  t.is(traced, 5);
});

test("jit(f) takes no scratch memory when it throws, and can be called again", (t) => {
  const f = jit((x: Tensor) => {
    if (x.shape[0] === 3) throw new Error("no");
    return add(x, 1);
  });
  const before = scratch()?.available;
  t.throws(() => f(full([3], 0)), { message: "no" });
  t.is(scratch()?.available, before);
  bitEqual(t, f(full([1], 0)), array([1]));
  t.is(f.explain().length, 1);
});

test("jit(f) runs in plain JavaScript when the memory is too small", (t) => {
  const memory = scratch();
  if (memory === undefined) return t.pass();
  const f = jit((x: Tensor) => multiply(add(x, 1), x));
  const x = drawn([1000], 11);
  const expected = f(x);
  const address = memory.allocate(memory.available - 64);
  try {
    bitEqual(t, f(x), expected);
  } finally {
    memory.release(address);
  }
});

// --- bad input ---------------------------------------------------------------------------------------------

test("jit(f) refuses what it cannot take", (t) => {
  t.throws(() => jit(3 as never), {
    instanceOf: TypeError,
    message: "jit: f must be a function, got 3.",
  });
  t.throws(() => jit((x: Tensor) => x, { cacheSize: 0 }), {
    instanceOf: RangeError,
    message: "jit: cacheSize must be a positive integer, got 0.",
  });
  t.throws(() => jit((x: Tensor) => x, { cache: 1 } as never), {
    instanceOf: TypeError,
    message: 'jit: options must be among cacheSize, got "cache".',
  });
  t.throws(() => jit((x: unknown) => x)(new Date(0)), {
    instanceOf: TypeError,
    message: "jit: arguments must hold tensors, numbers, keys and plain values, got Date.",
  });
});

test("jit(f) names the operation and the line whose value was read", (t) => {
  const f = jit((x: Tensor) => (x as NDArray).item());
  t.throws(() => f(array([1])), {
    instanceOf: Error,
    message:
      "Tensor.item: the tensor must be concrete, got a tracer of float32[1], an argument inside jit. Return it from the transformed function (hasAux passes extra values) and read it there.",
  });
  const g = jit((x: Tensor) => (add(x, 1) as NDArray).toArray());
  const error = t.throws(() => g(array([1])));
  t.regex(
    error.message,
    /^Tensor\.toArray: the tensor must be concrete, got a tracer of float32\[1\], the result of add at .*jit\.test\.[jt]s:\d+:\d+ inside jit\. /,
  );
});

test("jit(f) lets errors of operations through", (t) => {
  t.throws(() => jit((x: Tensor) => add(x, [1, 2, 3]))(array([1, 2])), {
    instanceOf: RangeError,
    message: "add: operands must have broadcast-compatible shapes, got [2] and [3].",
  });
});

test("a tracer of jit cannot be used afterwards", (t) => {
  let leaked: Tensor | undefined;
  jit((x: Tensor) => {
    leaked = add(x, 1);
    return x;
  })(array([1]));
  t.false(isNDArray(leaked));
  const error = t.throws(() => add(leaked as Tensor, 1));
  t.regex(
    error.message,
    /^add: a tracer must be used while its jit is running, got float32\[1\] from add at .* after it returned\. Return the value from the transformed function instead of storing it\.$/,
  );
});
