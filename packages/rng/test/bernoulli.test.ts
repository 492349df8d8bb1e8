import test from "ava";
import { array } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { bernoulli } from "@flaxen/rng";
import { answer, answerX64, elements, legacy, modern } from "./answers.ts";

answer(
  () => bernoulli(modern, 0.3, [65537]),
  "bool[65537]",
  [false, false, false],
  "c4370dcecfad6cc7",
);
answer(
  () => bernoulli(modern, 0.3, [3, 5, 7]),
  "bool[3, 5, 7]",
  [false, false, false],
  "99c3e3f78d7e1af8",
);
answer(() => bernoulli(modern, 0.3, []), "bool[]", [false], "6e340b9cffb37a98");
answer(() => bernoulli(modern, 0.3, [0]), "bool[0]", [], "e3b0c44298fc1c14");
answer(() => bernoulli(modern), "bool[]", [false], "6e340b9cffb37a98");
answer(
  () => bernoulli(modern, 0, [65537]),
  "bool[65537]",
  [false, false, false],
  "3266304f31be278d",
);
answer(() => bernoulli(modern, 1, [65537]), "bool[65537]", [true, true, true], "8a6ae4065ac8004a");
answer(
  () => bernoulli(modern, 0.5, [65537]),
  "bool[65537]",
  [false, false, true],
  "eb28c64bf87ff101",
);
answer(
  () => bernoulli(modern, 0.3, [65537], { mode: "high" }),
  "bool[65537]",
  [false, false, false],
  "c4370dcecfad6cc7",
);
answer(
  () => bernoulli(modern, 1e-6, [65537], { mode: "high" }),
  "bool[65537]",
  [false, false, false],
  "3266304f31be278d",
);
answer(
  () => bernoulli(legacy, 0.3, [65537]),
  "bool[65537]",
  [true, false, true],
  "815b20cc4b412450",
);
answer(
  () => bernoulli(legacy, 0.3, [3, 5, 7]),
  "bool[3, 5, 7]",
  [false, false, false],
  "1fb52470c558cb96",
);
answer(() => bernoulli(legacy, 0.3, []), "bool[]", [false], "6e340b9cffb37a98");
answer(() => bernoulli(legacy, 0.3, [0]), "bool[0]", [], "e3b0c44298fc1c14");
answer(() => bernoulli(legacy), "bool[]", [false], "6e340b9cffb37a98");
answer(
  () => bernoulli(legacy, 0, [65537]),
  "bool[65537]",
  [false, false, false],
  "3266304f31be278d",
);
answer(() => bernoulli(legacy, 1, [65537]), "bool[65537]", [true, true, true], "8a6ae4065ac8004a");
answer(
  () => bernoulli(legacy, 0.5, [65537]),
  "bool[65537]",
  [true, false, true],
  "453c554b56c86f84",
);
answer(
  () => bernoulli(legacy, 0.3, [65537], { mode: "high" }),
  "bool[65537]",
  [true, false, false],
  "547282f3318631da",
);
answer(
  () => bernoulli(legacy, 1e-6, [65537], { mode: "high" }),
  "bool[65537]",
  [false, false, false],
  "3266304f31be278d",
);

answerX64(
  () => bernoulli(modern, 0.3, [4097]),
  "bool[4097]",
  [false, true, true],
  "61fe2398feb30b90",
);
answerX64(
  () => bernoulli(modern, 0.3, [4097], { mode: "high" }),
  "bool[4097]",
  [false, true, true],
  "61fe2398feb30b90",
);
answerX64(() => bernoulli(modern, 0.3, []), "bool[]", [false], "6e340b9cffb37a98");
answerX64(
  () => bernoulli(modern, 0.3, [], { mode: "high" }),
  "bool[]",
  [false],
  "6e340b9cffb37a98",
);
answerX64(
  () => bernoulli(legacy, 0.3, [4097]),
  "bool[4097]",
  [false, false, true],
  "2846d007cc16878f",
);
answerX64(
  () => bernoulli(legacy, 0.3, [4097], { mode: "high" }),
  "bool[4097]",
  [false, false, true],
  "2fd3df3158e66fb5",
);
answerX64(() => bernoulli(legacy, 0.3, []), "bool[]", [true], "4bf5122f344554c5");
answerX64(() => bernoulli(legacy, 0.3, [], { mode: "high" }), "bool[]", [true], "4bf5122f344554c5");

// p: (jnp.arange(4099) / 4099).astype(dtype), times 0.01 in mode "high".
const RAMP = Array.from({ length: 4099 }, (_, i) => i / 4099);
const ramp = (dtype: "float16" | "bfloat16" | "float32"): NDArray => array(RAMP, dtype);
const lowRamp = (dtype: "float16" | "bfloat16" | "float32"): NDArray => {
  const [factor] = array([0.01], dtype).toArray() as number[];
  return array(
    (ramp(dtype).toArray() as number[]).map((x) => x * factor),
    dtype,
  );
};
answer(
  () => bernoulli(modern, ramp("float32")),
  "bool[4099]",
  [false, false, false],
  "c686171788af62b8",
);
answer(
  () => bernoulli(modern, ramp("float16")),
  "bool[4099]",
  [false, false, false],
  "2065dfd33013441e",
);
answer(
  () => bernoulli(modern, ramp("bfloat16")),
  "bool[4099]",
  [false, true, false],
  "b6ef08e386043c8e",
);
answer(
  () => bernoulli(legacy, ramp("float32")),
  "bool[4099]",
  [false, false, false],
  "d023c53796ae4683",
);
answer(
  () => bernoulli(legacy, ramp("float16")),
  "bool[4099]",
  [false, false, false],
  "ecb054223798232a",
);
answer(
  () => bernoulli(legacy, ramp("bfloat16")),
  "bool[4099]",
  [false, false, false],
  "557c3573f9499279",
);
answer(
  () => bernoulli(modern, lowRamp("float32"), undefined, { mode: "high" }),
  "bool[4099]",
  [false, false, false],
  "628b16a7605b8bc7",
);
answer(
  () => bernoulli(modern, lowRamp("float16"), undefined, { mode: "high" }),
  "bool[4099]",
  [false, false, false],
  "3ea6db541bc79a17",
);
answer(
  () => bernoulli(legacy, lowRamp("bfloat16"), undefined, { mode: "high" }),
  "bool[4099]",
  [false, false, false],
  "ee02017eb65ff90b",
);
answer(
  () => bernoulli(modern, [[0.1], [0.9]], [3, 2, 5]),
  "bool[3, 2, 5]",
  [false, false, false],
  "7228fbffc22d1e24",
);
answer(
  () => bernoulli(legacy, [[0.1], [0.9]], [3, 2, 5]),
  "bool[3, 2, 5]",
  [false, true, false],
  "11caa0eb5d91ce72",
);
answerX64(() => bernoulli(modern, RAMP), "bool[4099]", [false, false, false], "3c6e4dc15953b5e1");
answerX64(() => bernoulli(legacy, RAMP), "bool[4099]", [false, false, false], "7d6a70b9f09942d2");

test("bernoulli(key, p, shape) throws RangeError when p does not broadcast to shape", (t) => {
  t.throws(() => bernoulli(modern, [0.1, 0.2], [3]), {
    instanceOf: RangeError,
    message: "bernoulli: p must broadcast to shape [3], got shape [2].",
  });
});

test("bernoulli(key, p, shape) is true with frequency p", (t) => {
  const n = 65536;
  for (const k of [modern, legacy]) {
    for (const p of [0.01, 0.3, 0.5, 0.99]) {
      for (const mode of ["low", "high"] as const) {
        const trues = elements(bernoulli(k, p, [n], { mode })).filter(Boolean).length;
        t.true(Math.abs(trues - n * p) < 4 * Math.sqrt(n * p * (1 - p)));
      }
    }
  }
});

test("bernoulli(key) throws TypeError when key is not a Key", (t) => {
  t.throws(() => bernoulli(0 as never, 0.5, [2]), {
    instanceOf: TypeError,
    message: "bernoulli: key must be a Key, got 0. Make one with key(seed).",
  });
});

test("bernoulli(key, shape) throws when shape is not a list of sizes", (t) => {
  t.throws(() => bernoulli(modern, 0.5, 3 as never), {
    instanceOf: TypeError,
    message: "bernoulli: shape must be an array of integers, got 3.",
  });
  t.throws(() => bernoulli(modern, 0.5, [2, -1]), {
    instanceOf: RangeError,
    message: "bernoulli: shape must hold non-negative integers, got [2, -1].",
  });
  t.throws(() => bernoulli(modern, 0.5, [NaN]), {
    instanceOf: RangeError,
    message: "bernoulli: shape must hold non-negative integers, got [NaN].",
  });
  t.throws(() => bernoulli(modern, 0.5, [65536, 65536]), {
    instanceOf: RangeError,
    message: "bernoulli: shape must have fewer than 2^32 - 1 elements, got [65536, 65536].",
  });
});

test("bernoulli(key, ..., options) throws TypeError when options is not an object", (t) => {
  // @ts-expect-error: options must be an object
  t.throws(() => bernoulli(modern, 0.5, [2], "float32"), {
    instanceOf: TypeError,
    message: 'bernoulli: options must be an object, got "float32".',
  });
});

test("bernoulli(key, p) throws when p is not a probability", (t) => {
  t.throws(() => bernoulli(modern, "0.5" as never), {
    instanceOf: TypeError,
    message: 'bernoulli: p must be a number or an array of real numbers, got "0.5".',
  });
  t.throws(() => bernoulli(modern, NaN), {
    instanceOf: RangeError,
    message: "bernoulli: p must be in [0, 1], got NaN.",
  });
  for (const p of [-0.1, 1.5]) {
    t.throws(() => bernoulli(modern, p), {
      instanceOf: RangeError,
      message: `bernoulli: p must be in [0, 1], got ${p}.`,
    });
  }
});

test("bernoulli(key, p, shape, { mode }) throws RangeError when mode is unknown", (t) => {
  t.throws(() => bernoulli(modern, 0.5, [2], { mode: "middle" as never }), {
    instanceOf: RangeError,
    message: 'bernoulli: mode must be "low" or "high", got "middle".',
  });
});
