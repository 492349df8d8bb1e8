import test from "ava";
import fc from "fast-check";
import { erf32 } from "@flaxen/dtype";
import { bitEqual, closeTo } from "@flaxen/testing";
import { key, truncatedNormal } from "@flaxen/rng";
import { answer, elements, legacy, modern, withX64 } from "./answers.ts";
import { kolmogorovDistance, kolmogorovLimit } from "./kolmogorov.ts";

answer(
  () => truncatedNormal(modern, -2, 2, [65537]),
  "float32[65537]",
  [0.42935836, 1.6748857, -0.4907144],
  "6dacf76c94c7c6c7",
);
answer(
  () => truncatedNormal(modern, -2, 2, [3, 5, 7]),
  "float32[3, 5, 7]",
  [0.42935836, 1.6748857, -0.4907144],
  "57d6d2c666907e40",
);
answer(() => truncatedNormal(modern, -2, 2, []), "float32[]", [0.42935836], "aa0b42ea4e17b170");
answer(() => truncatedNormal(modern, -2, 2, [0]), "float32[0]", [], "e3b0c44298fc1c14");
answer(
  () => truncatedNormal(modern, -2, 1.5, [65537], { dtype: "float16" }),
  "float16[65537]",
  [-0.96044921875, -0.073486328125, -0.9521484375],
  "a49529e611a7ffc8",
);
answer(
  () => truncatedNormal(modern, -2, 1.5, [65537], { dtype: "bfloat16" }),
  "bfloat16[65537]",
  [-1.5703125, -1.9921875, 0.328125],
  "3855f8433bd868ca",
);
answer(
  () => truncatedNormal(modern, 0, 2, [65537]),
  "float32[65537]",
  [0.92189866, 1.8136705, 0.3705995],
  "586100663fc4364c",
);
answer(
  () => truncatedNormal(modern, -0.7, 3.1, [65537]),
  "float32[65537]",
  [0.6817329, 2.049956, -0.072160564],
  "8f0874892e7263f2",
);
answer(
  () => truncatedNormal(modern, 2.5, 5, [65537]),
  "float32[65537]",
  [2.8744018, 3.6020014, 2.6252553],
  "5588b8c1b86aa5d3",
);
answer(
  () => truncatedNormal(modern, 0, 2, [1048576]),
  "float32[1048576]",
  [0.92189866, 1.8136705, 0.3705995],
  "19b24fb8923c1ce8",
);
answer(
  () => truncatedNormal(modern, -Infinity, -1, [65537]),
  "float32[65537]",
  [-1.2429242, -1.016784, -1.6640848],
  "f16ab493713bf18f",
);
answer(
  () => truncatedNormal(modern, -Infinity, Infinity, [65537]),
  "float32[65537]",
  [0.45123506, 1.9534504, -0.5162395],
  "b8f2a695c83aea99",
);
answer(
  () => truncatedNormal(legacy, -2, 2, [65537]),
  "float32[65537]",
  [-0.6177323, 0.37725464, -0.6494561],
  "9050970881be71ff",
);
answer(
  () => truncatedNormal(legacy, -2, 2, [3, 5, 7]),
  "float32[3, 5, 7]",
  [0.49070024, -0.12444099, -0.41084987],
  "584830f6ff16a109",
);
answer(() => truncatedNormal(legacy, -2, 2, []), "float32[]", [0.9480577], "6d3993340d70610d");
answer(() => truncatedNormal(legacy, -2, 2, [0]), "float32[0]", [], "e3b0c44298fc1c14");
answer(
  () => truncatedNormal(legacy, -2, 1.5, [65537], { dtype: "float16" }),
  "float16[65537]",
  [-0.006732940673828125, -0.9521484375, -1.7138671875],
  "a61d44b9a58ca5a6",
);
answer(
  () => truncatedNormal(legacy, -2, 1.5, [65537], { dtype: "bfloat16" }),
  "bfloat16[65537]",
  [0.2373046875, 1.234375, 0.5234375],
  "0f4c590c690055b8",
);
answer(
  () => truncatedNormal(legacy, 0, 2, [65537]),
  "float32[65537]",
  [0.3128769, 0.8857683, 0.29927748],
  "bf9b040ff77d3bc6",
);
answer(
  () => truncatedNormal(legacy, -0.7, 3.1, [65537]),
  "float32[65537]",
  [-0.15912896, 0.63442546, -0.18001299],
  "46136a7d29678344",
);
answer(
  () => truncatedNormal(legacy, 2.5, 5, [65537]),
  "float32[65537]",
  [2.6036537, 2.8554745, 2.59868],
  "20de8fb57b3cfd3a",
);
answer(
  () => truncatedNormal(legacy, 0, 2, [1048576]),
  "float32[1048576]",
  [0.4806311, 1.0846025, 0.6732953],
  "2fa00a2a98edeb15",
);
answer(
  () => truncatedNormal(legacy, -Infinity, -1, [65537]),
  "float32[65537]",
  [-1.7411631, -1.2603976, -1.7611507],
  "cc2ac012f8672806",
);
answer(
  () => truncatedNormal(legacy, -Infinity, Infinity, [65537]),
  "float32[65537]",
  [-0.6515846, 0.39618453, -0.68558663],
  "e4a11cda2dccd3f9",
);

test("truncatedNormal(key, 0, 2, shape) equals what JAX's tests print", (t) => {
  // jax tests, seed zlib.adler32(b"truncated_normalthreefry2x32"), legacy layout.
  const seed = 2846034731;
  t.deepEqual(
    elements(truncatedNormal(key(seed, { partitionable: false }), 0, 2, [5])).map((x) =>
      Number(x).toFixed(5),
    ),
    ["0.58281", "1.70977", "0.15951", "0.86138", "0.36148"],
  );
});

test("truncatedNormal(key, lower, upper, shape, { dtype: float64 }) is within 2 ulp of JAX", (t) => {
  // jax.config.update("jax_enable_x64", True); jax.random.truncated_normal(key, -2., 1.5, (6,)), JAX 0.10.2.
  const tolerance = { rtol: 2 ** -51, atol: 0 };
  closeTo(
    t,
    truncatedNormal(modern, -2, 1.5, [6], { dtype: "float64" }),
    [
      0.8108047960073523, -1.5212728755564995, -0.7468212460023342, -1.3959184037214785,
      -1.8300683835597926, 0.7799440789370056,
    ],
    tolerance,
  );
  closeTo(
    t,
    truncatedNormal(legacy, -2, 1.5, [6], { dtype: "float64" }),
    [
      0.23361210635917354, -1.1531621832748116, -0.9187076671641439, -0.6318491250906417,
      -0.10694910436387253, 1.159057575291234,
    ],
    tolerance,
  );
  t.is(withX64(() => truncatedNormal(modern, -1, 1)).dtype, "float64");
});

test("truncatedNormal(key, lower, upper, shape) stays between its limits", (t) => {
  const limit = fc.float({ noNaN: true, min: -6, max: 6 });
  const dtype = fc.constantFrom("float16", "bfloat16", "float32", "float64" as const);
  fc.assert(
    fc.property(fc.integer(), limit, limit, dtype, (seed, a, b, dtype) => {
      // Limits of bfloat16 are limits of every dtype.
      const [lower, upper] = [Math.min(a, b), Math.max(a, b)].map(Math.round);
      fc.pre(lower < upper);
      for (const x of elements(truncatedNormal(key(seed), lower, upper, [20], { dtype }))) {
        t.true(Number(x) > lower && Number(x) < upper);
      }
    }),
    { seed: 1, numRuns: 100 },
  );
});

test("truncatedNormal(key, lower, upper, shape) follows the truncated normal distribution", (t) => {
  const error = (x: number): number => erf32(Math.fround(x / Math.SQRT2));
  for (const [lower, upper] of [
    [-2, 2],
    [0.5, 3],
    [-Infinity, -1],
  ]) {
    const { data } = truncatedNormal(modern, lower, upper, [65536]);
    const from = error(lower);
    const cumulative = (x: number): number => (error(x) - from) / (error(upper) - from);
    t.true(kolmogorovDistance(data as Float32Array, cumulative) < kolmogorovLimit(65536));
  }
});

test("truncatedNormal(key) throws TypeError when key is not a Key", (t) => {
  t.throws(() => truncatedNormal(0 as never, -2, 2, [2]), {
    instanceOf: TypeError,
    message: "truncatedNormal: key must be a Key, got 0. Make one with key(seed).",
  });
});

test("truncatedNormal(key, shape) throws when shape is not a list of sizes", (t) => {
  t.throws(() => truncatedNormal(modern, -2, 2, 3 as never), {
    instanceOf: TypeError,
    message: "truncatedNormal: shape must be an array of integers, got 3.",
  });
  t.throws(() => truncatedNormal(modern, -2, 2, [2, -1]), {
    instanceOf: RangeError,
    message: "truncatedNormal: shape must hold non-negative integers, got [2, -1].",
  });
  t.throws(() => truncatedNormal(modern, -2, 2, [NaN]), {
    instanceOf: RangeError,
    message: "truncatedNormal: shape must hold non-negative integers, got [NaN].",
  });
  t.throws(() => truncatedNormal(modern, -2, 2, [65536, 65536]), {
    instanceOf: RangeError,
    message: "truncatedNormal: shape must have fewer than 2^32 - 1 elements, got [65536, 65536].",
  });
});

test("truncatedNormal(key, ..., options) throws TypeError when options is not an object", (t) => {
  // @ts-expect-error: options must be an object
  t.throws(() => truncatedNormal(modern, -2, 2, [2], "float32"), {
    instanceOf: TypeError,
    message: 'truncatedNormal: options must be an object, got "float32".',
  });
});

test("truncatedNormal(key, ..., { dtype }) throws TypeError when dtype is not a real floating-point dtype", (t) => {
  for (const dtype of ["int32", "complex64", "float"]) {
    t.throws(() => truncatedNormal(modern, -2, 2, [2], { dtype: dtype as never }), {
      instanceOf: TypeError,
      message: `truncatedNormal: dtype must be a real floating-point dtype, got "${dtype}".`,
    });
  }
});

test("truncatedNormal(key, lower, upper) throws when the limits are not in order", (t) => {
  t.throws(() => truncatedNormal(modern, "a" as never, 2), {
    instanceOf: TypeError,
    message: 'truncatedNormal: lower must be a number or an array of real numbers, got "a".',
  });
  t.throws(() => truncatedNormal(modern, -2, NaN), {
    instanceOf: RangeError,
    message: "truncatedNormal: upper must not be NaN, got NaN.",
  });
  for (const [lower, upper] of [
    [2, 2],
    [3, -3],
    [Infinity, Infinity],
  ]) {
    t.throws(() => truncatedNormal(modern, lower, upper), {
      instanceOf: RangeError,
      message: `truncatedNormal: lower must be below upper, got ${lower} and ${upper}.`,
    });
  }
});

// lower: (np.arange(4099) % 7 - 3) * 0.5; upper: lower + 0.25 + np.arange(4099) % 5
const LOWER = Array.from({ length: 4099 }, (_, i) => ((i % 7) - 3) * 0.5);
const UPPER = LOWER.map((x, i) => x + 0.25 + (i % 5));

answer(
  () => truncatedNormal(modern, LOWER, UPPER),
  "float32[4099]",
  [-1.3225616216659546, 0.22121238708496094, 0.014566146768629551],
  "4710b2bbd0bef655",
);
answer(
  () => truncatedNormal(legacy, LOWER, UPPER),
  "float32[4099]",
  [-1.2668877840042114, -0.963558554649353, -0.23752132058143616],
  "aae9ab135de28181",
);
answer(
  () => truncatedNormal(modern, LOWER, UPPER, [4099], { dtype: "float16" }),
  "float16[4099]",
  [-1.4541015625, -0.31787109375, -0.216796875],
  "3642cd727f18915d",
);
answer(
  () => truncatedNormal(legacy, LOWER, UPPER, [4099], { dtype: "bfloat16" }),
  "bfloat16[4099]",
  [-1.40625, -0.466796875, 0.91796875],
  "540f3b272ccbbfce",
);
answer(
  () => truncatedNormal(modern, [[-1], [2]], Infinity, [2, 700]),
  "float32[2, 700]",
  [0.6001511812210083, 2.0265157222747803, -0.2186763435602188],
  "756fda8e41f5635c",
);

test("truncatedNormal(key, lower, upper, shape, { dtype: float64 }) of arrays is within 4 ulp of JAX", (t) => {
  // jax.random.truncated_normal(jax.random.key(7), lower, upper)[:3] under x64
  closeTo(
    t,
    truncatedNormal(modern, LOWER, UPPER, [4099], { dtype: "float64" }).data.subarray(0, 3),
    [-1.283865636315652, -0.920563776706422, -0.11280325880001263],
    { rtol: 2 ** -50, atol: 0 },
  );
});

test("truncatedNormal(key, lower, upper, shape) of arrays equals that of numbers", (t) => {
  for (const dtype of ["float16", "bfloat16", "float32", "float64"] as const) {
    const numbers = truncatedNormal(modern, -0.7, 1.3, [501], { dtype });
    const lower = Array.from({ length: 501 }, () => -0.7);
    bitEqual(t, truncatedNormal(modern, lower, [1.3], [501], { dtype }), numbers);
  }
});

test("truncatedNormal(key, lower, upper, shape) throws RangeError for limits that do not fit", (t) => {
  t.throws(() => truncatedNormal(modern, [0, 1], [2, 1]), {
    instanceOf: RangeError,
    message: "truncatedNormal: lower must be below upper, got [0, 1] and [2, 1].",
  });
  t.throws(() => truncatedNormal(modern, [0, 1], 2, [3]), {
    instanceOf: RangeError,
    message: "truncatedNormal: lower and upper must broadcast to shape [3], got shapes [2] and [].",
  });
});
