import test from "ava";
import { erf32 } from "@flaxen/dtype";
import type { NDArray } from "@flaxen/ndarray";
import { bitEqual, closeTo } from "@flaxen/testing";
import { foldIn, key, normal, wrapKeyData } from "@flaxen/rng";
import { answer, digest, elements, legacy, modern, withX64 } from "./answers.ts";
import { kolmogorovDistance, kolmogorovLimit } from "./kolmogorov.ts";

answer(
  () => normal(modern, [65537]),
  "float32[65537]",
  [0.45123515, 1.9534509, -0.51623946],
  "b1b71de4f9eb8b29",
);
answer(
  () => normal(modern, [3, 5, 7]),
  "float32[3, 5, 7]",
  [0.45123515, 1.9534509, -0.51623946],
  "0a04f48856d0ff57",
);
answer(() => normal(modern, []), "float32[]", [0.45123515], "df1a918d1dd69858");
answer(() => normal(modern, [0]), "float32[0]", [], "e3b0c44298fc1c14");
answer(
  () => normal(modern, [65537], { dtype: "float16" }),
  "float16[65537]",
  [-0.99267578125, -0.0189666748046875, -0.984375],
  "4e6fb503acf3747c",
);
answer(
  () => normal(modern, [65537], { dtype: "bfloat16" }),
  "bfloat16[65537]",
  [-1.734375, -2.890625, 0.427734375],
  "7285c8292ef3d7da",
);
answer(
  () => normal(modern, [1048576]),
  "float32[1048576]",
  [0.45123515, 1.9534509, -0.51623946],
  "d81eec6519795834",
);
answer(
  () => normal(legacy, [65537]),
  "float32[65537]",
  [-0.6515845, 0.39618462, -0.6855866],
  "31b47fa41d3275d1",
);
answer(
  () => normal(legacy, [3, 5, 7]),
  "float32[3, 5, 7]",
  [0.5162246, -0.1304059, -0.43166503],
  "955be9aab7527d9d",
);
answer(() => normal(legacy, []), "float32[]", [1.0114812], "549235435d3183a3");
answer(() => normal(legacy, [0]), "float32[0]", [], "e3b0c44298fc1c14");
answer(
  () => normal(legacy, [65537], { dtype: "float16" }),
  "float16[65537]",
  [0.05450439453125, -0.984375, -2.0],
  "79bc9f2a0fe7e82c",
);
answer(
  () => normal(legacy, [65537], { dtype: "bfloat16" }),
  "bfloat16[65537]",
  [0.322265625, 1.703125, 0.65625],
  "42580efe712c89bf",
);
answer(
  () => normal(legacy, [1048576]),
  "float32[1048576]",
  [-0.2876123, 0.6944972, 0.057782374],
  "d3f06062c293dd6f",
);

test("normal(key, shape) equals what JAX's documentation prints", (t) => {
  const shown = (x: number): number => Math.fround(x);
  t.deepEqual(
    elements(normal(key(0, { partitionable: false }), [10])),
    [
      -0.3721109, 0.26423115, -0.18252768, -0.7368197, -0.44030377, -0.1521442, -0.67135346,
      -0.5908641, 0.73168886, 0.5673026,
    ].map(shown),
  );
  t.deepEqual(
    elements(normal(wrapKeyData([1428664606, 3351135085]), [4])),
    [0.0761425, -1.6157459, -1.6857724, 0.7126891].map(shown),
  );
  t.deepEqual(
    elements(normal(wrapKeyData([3456700291, 3873160899]), [4])),
    [0.60175574, 0.2553228, 0.27367848, -2.1975214].map(shown),
  );
});

test("normal(key, shape, { dtype: float64 }) equals JAX", (t) => {
  // jax.config.update("jax_enable_x64", True); jax.random.normal(key, (6,)), JAX 0.10.2.
  bitEqual(
    t,
    normal(modern, [6], { dtype: "float64" }),
    Float64Array.of(
      1.0114813355590866,
      -1.6910609087906374,
      -0.7554662899926428,
      -1.5189653807511148,
      -2.2590883418712715,
      0.9711021498424087,
    ),
  );
  bitEqual(
    t,
    normal(legacy, [6], { dtype: "float64" }),
    Float64Array.of(
      0.3203202246335365,
      -1.217679438004763,
      -0.9472482813716673,
      -0.6289274579309271,
      -0.056627138949704836,
      1.5385430477314725,
    ),
  );
  t.is(withX64(() => normal(modern)).dtype, "float64");
});

test("normal(key, shape) follows the standard normal distribution", (t) => {
  const cumulative = (x: number): number => (1 + erf32(Math.fround(x / Math.SQRT2))) / 2;
  for (const k of [modern, legacy, foldIn(modern, 1)]) {
    const data = normal(k, [65536]).data as Float32Array;
    t.true(kolmogorovDistance(data, cumulative) < kolmogorovLimit(65536));
    const mean = data.reduce((sum, x) => sum + x, 0) / 65536;
    const variance = data.reduce((sum, x) => sum + x * x, 0) / 65536;
    // Four standard errors: 4 / 256 and 4 sqrt(2) / 256.
    t.true(Math.abs(mean) < 0.0157);
    t.true(Math.abs(variance - 1) < 0.0221);
  }
});

test("normal(key, shape, { dtype: float64 }) follows the standard normal distribution", (t) => {
  const cumulative = (x: number): number => (1 + erf32(Math.fround(x / Math.SQRT2))) / 2;
  const { data } = normal(modern, [65536], { dtype: "float64" });
  t.true(kolmogorovDistance(data as Float64Array, cumulative) < kolmogorovLimit(65536));
});

test("normal(key) throws TypeError when key is not a Key", (t) => {
  t.throws(() => normal(0 as never, [2]), {
    instanceOf: TypeError,
    message: "normal: key must be a Key, got 0. Make one with key(seed).",
  });
});

test("normal(key, shape) throws when shape is not a list of sizes", (t) => {
  t.throws(() => normal(modern, 3 as never), {
    instanceOf: TypeError,
    message: "normal: shape must be an array of integers, got 3.",
  });
  t.throws(() => normal(modern, [2, -1]), {
    instanceOf: RangeError,
    message: "normal: shape must hold non-negative integers, got [2, -1].",
  });
  t.throws(() => normal(modern, [NaN]), {
    instanceOf: RangeError,
    message: "normal: shape must hold non-negative integers, got [NaN].",
  });
  t.throws(() => normal(modern, [65536, 65536]), {
    instanceOf: RangeError,
    message: "normal: shape must have fewer than 2^32 - 1 elements, got [65536, 65536].",
  });
});

test("normal(key, ..., options) throws TypeError when options is not an object", (t) => {
  // @ts-expect-error: options must be an object
  t.throws(() => normal(modern, [2], "float32"), {
    instanceOf: TypeError,
    message: 'normal: options must be an object, got "float32".',
  });
});

test("normal(key, ..., { dtype }) throws TypeError when dtype is neither floating-point nor complex", (t) => {
  for (const dtype of ["int32", "bool", "float"]) {
    t.throws(() => normal(modern, [2], { dtype: dtype as never }), {
      instanceOf: TypeError,
      message: `normal: dtype must be a floating-point or complex dtype, got "${dtype}".`,
    });
  }
});

const complexAnswer = test.macro({
  exec(t, draw: () => NDArray, shape: readonly number[], sha: string) {
    const drawn = draw();
    t.is(drawn.dtype, "complex64");
    t.deepEqual(drawn.shape, shape);
    t.is(digest(drawn), sha);
  },
  title: (_, draw: () => NDArray) => `${String(draw).slice(6)} equals JAX in every bit`,
});

test(
  complexAnswer,
  () => normal(modern, [4099], { dtype: "complex64" }),
  [4099],
  "3cc405157091f42e",
);
test(
  complexAnswer,
  () => normal(legacy, [4099], { dtype: "complex64" }),
  [4099],
  "31b97854e013b7f9",
);
test(complexAnswer, () => normal(modern, [], { dtype: "complex64" }), [], "f6aaadaea2520819");
test(complexAnswer, () => normal(legacy, [], { dtype: "complex64" }), [], "17dcbeb379c5b289");

test("normal(key, shape, { dtype: complex128 }) is within 2 ulp of JAX", (t) => {
  // jax.random.normal(jax.random.key(7), (4099,), "complex128")[:3] under x64
  closeTo(
    t,
    normal(modern, [4099], { dtype: "complex128" }).data.subarray(0, 6),
    [
      0.2486219065895716, -0.3681745440129854, -0.816142769279704, -0.2253882086257468,
      -0.03265663101232079, 0.5084401599437366,
    ],
    { rtol: 2 ** -51, atol: 0 },
  );
});

test("normal(key, [0], { dtype: complex64 }) has no elements", (t) => {
  t.deepEqual(normal(modern, [0], { dtype: "complex64" }).toArray(), []);
});
