import test from "ava";
import fc from "fast-check";
import { array } from "@flaxen/ndarray";
import { key, uniform } from "@flaxen/rng";
import type { FloatDType, UniformOptions } from "@flaxen/rng";
import { digest, answer, answerX64, elements, legacy, modern, withX64 } from "./answers.ts";
import { kolmogorovDistance, kolmogorovLimit } from "./kolmogorov.ts";

answer(
  () => uniform(modern, [65537]),
  "float32[65537]",
  [0.6740899, 0.9746169, 0.30284357],
  "92895d51b62dc167",
);
answer(
  () => uniform(modern, [3, 5, 7]),
  "float32[3, 5, 7]",
  [0.6740899, 0.9746169, 0.30284357],
  "ffa84d2abbe5c253",
);
answer(() => uniform(modern, []), "float32[]", [0.6740899], "e68d8c0654cd45ee");
answer(() => uniform(modern, [0]), "float32[0]", [], "e3b0c44298fc1c14");
answer(
  () => uniform(modern, [65537], { minval: -0.7, maxval: 3.1 }),
  "float32[65537]",
  [1.8615416, 3.003544, 0.45080557],
  "49d969213ebf3268",
);
answer(
  () => uniform(modern, [65537], { minval: 1000.1, maxval: 1000.2 }),
  "float32[65537]",
  [1000.1674, 1000.19745, 1000.13025],
  "cf1c59479af17d13",
);
answer(
  () => uniform(modern, [65537], { minval: 5, maxval: 5 }),
  "float32[65537]",
  [5, 5, 5],
  "8989cf1e168b4baf",
);
answer(
  () => uniform(modern, [65537], { dtype: "float16" }),
  "float16[65537]",
  [0.16015625, 0.4921875, 0.162109375],
  "c744e195e3b8b9d1",
);
answer(
  () => uniform(modern, [65537], { dtype: "float16", minval: -0.7, maxval: 3.1 }),
  "float16[65537]",
  [-0.09130859375, 1.1708984375, -0.083984375],
  "a98840be9df7aae8",
);
answer(
  () => uniform(modern, [65537], { dtype: "bfloat16" }),
  "bfloat16[65537]",
  [0.0390625, 0.0, 0.6640625],
  "990bf2535fbc9bc5",
);
answer(
  () => uniform(modern, [65537], { dtype: "bfloat16", minval: -0.7, maxval: 3.1 }),
  "bfloat16[65537]",
  [-0.55078125, -0.69921875, 1.8125],
  "8bda1f2874dede7f",
);
answer(
  () => uniform(modern, [1048575]),
  "float32[1048575]",
  [0.6740899, 0.9746169, 0.30284357],
  "4b91925cd0114abe",
);
answer(
  () => uniform(legacy, [65537]),
  "float32[65537]",
  [0.2573346, 0.65401554, 0.2464869],
  "2e4fcf6c955bb96d",
);
answer(
  () => uniform(legacy, [3, 5, 7]),
  "float32[3, 5, 7]",
  [0.6971512, 0.44812262, 0.33299243],
  "d505881eb262b1a9",
);
answer(() => uniform(legacy, []), "float32[]", [0.8441069], "62780b6517775952");
answer(() => uniform(legacy, [0]), "float32[0]", [], "e3b0c44298fc1c14");
answer(
  () => uniform(legacy, [65537], { minval: -0.7, maxval: 3.1 }),
  "float32[65537]",
  [0.27787143, 1.785259, 0.23665023],
  "531314ee1d039920",
);
answer(
  () => uniform(legacy, [65537], { minval: 1000.1, maxval: 1000.2 }),
  "float32[65537]",
  [1000.12573, 1000.1654, 1000.12463],
  "eb77130ee559e2d8",
);
answer(
  () => uniform(legacy, [65537], { minval: 5, maxval: 5 }),
  "float32[65537]",
  [5, 5, 5],
  "8989cf1e168b4baf",
);
answer(
  () => uniform(legacy, [65537], { dtype: "float16" }),
  "float16[65537]",
  [0.521484375, 0.162109375, 0.0224609375],
  "7900c0df75d39021",
);
answer(
  () => uniform(legacy, [65537], { dtype: "float16", minval: -0.7, maxval: 3.1 }),
  "float16[65537]",
  [1.2822265625, -0.083984375, -0.61474609375],
  "1d01a5d647ffed46",
);
answer(
  () => uniform(legacy, [65537], { dtype: "bfloat16" }),
  "bfloat16[65537]",
  [0.625, 0.953125, 0.7421875],
  "144e90185fca5f01",
);
answer(
  () => uniform(legacy, [65537], { dtype: "bfloat16", minval: -0.7, maxval: 3.1 }),
  "bfloat16[65537]",
  [1.671875, 2.921875, 2.109375],
  "48c58beed9aabc00",
);
answer(
  () => uniform(legacy, [1048575]),
  "float32[1048575]",
  [0.38682175, 0.75631475, 0.523039],
  "8806cdc7762ed323",
);

answerX64(
  () => uniform(modern, [4097], { dtype: "float64" }),
  "float64[4097]",
  [0.8441069450823528, 0.04541258512665647, 0.22498462569285382],
  "73361f6b78c51adb",
);
answerX64(
  () => uniform(modern, [4097], { dtype: "float64", minval: -0.7, maxval: 3.1 }),
  "float64[4097]",
  [2.5076063913129407, -0.5274321765187053, 0.15494157763284452],
  "0d3d826052117696",
);
answerX64(
  () => uniform(modern, [], { dtype: "float64" }),
  "float64[]",
  [0.8441069450823528],
  "d50ed86a072d88f4",
);
answerX64(
  () => uniform(modern, [], { dtype: "float64", minval: -0.7, maxval: 3.1 }),
  "float64[]",
  [2.5076063913129407],
  "38a1b9ba2138019a",
);
answerX64(
  () => uniform(legacy, [4097], { dtype: "float64" }),
  "float64[4097]",
  [0.8043200025425674, 0.3184119012220783, 0.06422109091831807],
  "efe53d718e22f841",
);
answerX64(
  () => uniform(legacy, [4097], { dtype: "float64", minval: -0.7, maxval: 3.1 }),
  "float64[4097]",
  [2.356416009661756, 0.5099652246438975, -0.4559598545103913],
  "ac89ea01f6cdf196",
);
answerX64(
  () => uniform(legacy, [], { dtype: "float64" }),
  "float64[]",
  [0.04541258512665647],
  "e065910ade6d89dc",
);
answerX64(
  () => uniform(legacy, [], { dtype: "float64", minval: -0.7, maxval: 3.1 }),
  "float64[]",
  [-0.5274321765187053],
  "5b044f6e16356b0b",
);

test("uniform(key, shape) equals what JAX's documentation and tests print", (t) => {
  const shown = (x: number): number => Math.fround(x);
  t.deepEqual(elements(uniform(key(0), [3])), [0.947667, 0.9785799, 0.33229148].map(shown));
  t.deepEqual(
    elements(uniform(key(51), [4])),
    [0.471269, 0.12344253, 0.17550635, 0.5663593].map(shown),
  );
  // jax tests, seed zlib.adler32(b"uniformthreefry2x32"), legacy layout.
  const drawn = uniform(key(1338574713, { partitionable: false }), [5]);
  t.deepEqual(
    elements(drawn).map((x) => Number(x).toFixed(6)),
    ["0.298671", "0.073213", "0.873356", "0.260549", "0.412797"],
  );
});

test("uniform(key, shape) is float64 by default under x64", (t) => {
  t.is(uniform(modern).dtype, "float32");
  t.is(withX64(() => uniform(modern)).dtype, "float64");
});

test("uniform(key, shape, { minval, maxval }) stays within its limits", (t) => {
  const number = fc.float({ noNaN: true, noDefaultInfinity: true, min: -(2 ** 90), max: 2 ** 90 });
  fc.assert(
    fc.property(fc.integer(), number, number, (seed, a, b) => {
      const [minval, maxval] = [Math.min(a, b), Math.max(a, b)];
      for (const x of uniform(key(seed), [50], { minval, maxval }).data as Float32Array) {
        t.true(x >= minval && x <= maxval);
      }
    }),
    { seed: 1, numRuns: 100 },
  );
});

test("uniform(key, shape) follows the uniform distribution", (t) => {
  for (const k of [modern, legacy]) {
    const { data } = uniform(k, [65536]);
    t.true(kolmogorovDistance(data as Float32Array, (x) => x) < kolmogorovLimit(65536));
  }
});

test("uniform(key) throws TypeError when key is not a Key", (t) => {
  t.throws(() => uniform(0 as never, [2]), {
    instanceOf: TypeError,
    message: "uniform: key must be a Key, got 0. Make one with key(seed).",
  });
});

test("uniform(key, shape) throws when shape is not a list of sizes", (t) => {
  t.throws(() => uniform(modern, 3 as never), {
    instanceOf: TypeError,
    message: "uniform: shape must be an array of integers, got 3.",
  });
  t.throws(() => uniform(modern, [2, -1]), {
    instanceOf: RangeError,
    message: "uniform: shape must hold non-negative integers, got [2, -1].",
  });
  t.throws(() => uniform(modern, [NaN]), {
    instanceOf: RangeError,
    message: "uniform: shape must hold non-negative integers, got [NaN].",
  });
  t.throws(() => uniform(modern, [65536, 65536]), {
    instanceOf: RangeError,
    message: "uniform: shape must have fewer than 2^32 - 1 elements, got [65536, 65536].",
  });
});

test("uniform(key, ..., options) throws TypeError when options is not an object", (t) => {
  // @ts-expect-error: options must be an object
  t.throws(() => uniform(modern, [2], "float32"), {
    instanceOf: TypeError,
    message: 'uniform: options must be an object, got "float32".',
  });
});

test("uniform(key, ..., { dtype }) throws TypeError when dtype is not a real floating-point dtype", (t) => {
  for (const dtype of ["int32", "complex64", "float"]) {
    t.throws(() => uniform(modern, [2], { dtype: dtype as never }), {
      instanceOf: TypeError,
      message: `uniform: dtype must be a real floating-point dtype, got "${dtype}".`,
    });
  }
});

test("uniform(key, shape, { minval, maxval }) throws when a limit is not a finite number", (t) => {
  t.throws(() => uniform(modern, [2], { minval: "0" as never }), {
    instanceOf: TypeError,
    message: 'uniform: minval must be a number or an NDArray of numbers, got "0".',
  });
  t.throws(() => uniform(modern, [2], { minval: NaN }), {
    instanceOf: RangeError,
    message: "uniform: maxval - minval must be at least 0 and finite in float32, got 1 - NaN.",
  });
  t.throws(() => uniform(modern, [2], { maxval: 1e39 }), {
    instanceOf: RangeError,
    message: "uniform: maxval - minval must be at least 0 and finite in float32, got Infinity - 0.",
  });
  t.throws(() => uniform(modern, [2], { maxval: 70000, dtype: "float16" }), {
    instanceOf: RangeError,
    message: "uniform: maxval - minval must be at least 0 and finite in float16, got Infinity - 0.",
  });
  t.throws(() => uniform(modern, [2], { minval: 1, maxval: 0 }), {
    instanceOf: RangeError,
    message: "uniform: maxval - minval must be at least 0 and finite in float32, got 0 - 1.",
  });
  t.throws(() => uniform(modern, [2], { minval: -60000, maxval: 60000, dtype: "float16" }), {
    instanceOf: RangeError,
    message:
      "uniform: maxval - minval must be at least 0 and finite in float16, got 60000 - -60000.",
  });
});

test("uniform(key, shape, { minval, maxval }) of arrays equals JAX in every bit", (t) => {
  // jax.random.uniform(key(0), (31, 33), dtype, lows, highs), with jax_enable_x64 for float64, JAX 0.10.2.
  const lows = Array.from({ length: 33 }, (_, i) => (((i * 37) % 101) - 50) / 16);
  const highs = lows.map((low, i) => Math.fround(low + (i % 7) / 4 + 0.3));
  const draw = (dtype: FloatDType, partitionable: boolean): string => {
    const limits = { minval: array(lows, "float64"), maxval: array(highs, "float64") };
    return digest(uniform(key(0, { partitionable }), [31, 33], { ...limits, dtype }));
  };
  t.is(draw("float32", true), "4974644d715d213a");
  t.is(draw("float16", true), "c7d9094485fa2a2b");
  t.is(draw("bfloat16", true), "c37bea4d2f378a99");
  t.is(draw("float64", true), "65bdcf522b7e1b74");
  t.is(draw("float32", false), "afc71c3f7e36a27e");
  t.is(draw("float16", false), "7b3cd366db77c4e5");
  t.is(draw("bfloat16", false), "5c589009809bf79f");
  t.is(draw("float64", false), "d273d739e96e13c5");
});

test("uniform(key, shape, { minval, maxval }) broadcasts arrays of any numbers", (t) => {
  const plain = uniform(modern, [3, 4], { minval: -1, maxval: 2 });
  const column = array([[-1], [-1], [-1]], "int8");
  t.deepEqual(uniform(modern, [3, 4], { minval: column, maxval: 2 }), plain);
  const row = array([2, 9, 2, 9, 2, 9, 2, 9], "float16").step(2);
  t.deepEqual(uniform(modern, [3, 4], { minval: -1, maxval: row }), plain);
  t.deepEqual(uniform(modern, [3, 4], { minval: array(-1), maxval: array([[2]]) }), plain);
  t.deepEqual(uniform(modern, [0, 2], { minval: array([1, 2]), maxval: 3 }).shape, [0, 2]);
  // jax.random.uniform(jax.random.key(0), (2, 2), minval=jnp.array([[0.], [10.]]), maxval=20), JAX 0.10.2.
  const limits = { minval: array([[0], [10]]), maxval: 20 };
  t.deepEqual(uniform(key(0), [2, 2], limits).toArray(), [
    [18.953340530395508, 19.571598052978516],
    [13.322915077209473, 14.686684608459473],
  ]);
});

test("uniform(key, shape, { minval, maxval }) refuses arrays that do not fit", (t) => {
  const limits = (minval: unknown, maxval: unknown): UniformOptions =>
    ({ minval, maxval }) as UniformOptions;
  const order = "uniform: maxval - minval must be at least 0 and finite in float32, got";
  t.throws(() => uniform(modern, [2], limits(array([0, 3]), array([1, 2]))), {
    instanceOf: RangeError,
    message: `${order} 2 - 3.`,
  });
  t.throws(() => uniform(modern, [2], limits(array([0, NaN]), 1)), {
    instanceOf: RangeError,
    message: `${order} 1 - NaN.`,
  });
  t.throws(() => uniform(modern, [1], limits(array([-3e38]), 3e38)), {
    instanceOf: RangeError,
    message: `${order} ${Math.fround(3e38)} - ${-Math.fround(3e38)}.`,
  });
  t.throws(() => uniform(modern, [2], limits(0, array([1, 2, 3]))), {
    instanceOf: RangeError,
    message: "uniform: maxval must broadcast to shape [2], got shape [3].",
  });
  t.throws(() => uniform(modern, [], limits(array([0]), 1)), {
    instanceOf: RangeError,
    message: "uniform: minval must broadcast to shape [], got shape [1].",
  });
  const rule = "uniform: minval must be a number or an NDArray of numbers, got";
  const wrong: readonly (readonly [unknown, string])[] = [
    [[0, 1], "[0, 1]"],
    [null, "null"],
    ["0", '"0"'],
    [array([1, 2], "complex64"), "complex64[2]"],
    [array([1, 2], "int64"), "int64[2]"],
  ];
  for (const [minval, got] of wrong) {
    t.throws(() => uniform(modern, [2], limits(minval, 9)), {
      instanceOf: TypeError,
      message: `${rule} ${got}.`,
    });
  }
});
