import test from "ava";
import fc from "fast-check";
import { array } from "@flaxen/ndarray";
import { bitEqual } from "@flaxen/testing";
import { key, randint } from "@flaxen/rng";
import type { RandintOptions } from "@flaxen/rng";
import { answer, answerX64, elements, legacy, modern } from "./answers.ts";

answer(() => randint(modern, [65537], 0, 10), "int32[65537]", [9, 2, 0], "8f2c0495cc0877b7");
answer(() => randint(modern, [3, 5, 7], 0, 10), "int32[3, 5, 7]", [9, 2, 0], "12e4ab5e8086c9dd");
answer(() => randint(modern, [], 0, 10), "int32[]", [9], "9f076b7eb7fdc031");
answer(() => randint(modern, [0], 0, 10), "int32[0]", [], "e3b0c44298fc1c14");
answer(
  () => randint(modern, [65537], -50, 70000, { dtype: "int32" }),
  "int32[65537]",
  [27209, 18198, 32530],
  "cf8a7ca693ef1bae",
);
answer(
  () => randint(modern, [65537], -2147483648, 2147483647, { dtype: "int32" }),
  "int32[65537]",
  [752193311, 1400917350, -455323268],
  "709a7728112bac4c",
);
answer(
  () => randint(modern, [65537], 5, 5, { dtype: "int32" }),
  "int32[65537]",
  [5, 5, 5],
  "a6d31d68694ef8a3",
);
answer(
  () => randint(modern, [65537], 5, 100000, { dtype: "uint32" }),
  "uint32[65537]",
  [21954, 78428, 44995],
  "9aea407d743aa813",
);
answer(
  () => randint(modern, [65537], -128, 128, { dtype: "int8" }),
  "int8[65537]",
  [-97, -26, -4],
  "905a378898fee439",
);
answer(
  () => randint(modern, [65537], 0, 256, { dtype: "uint8" }),
  "uint8[65537]",
  [31, 102, 124],
  "d6b8ab8609508b5f",
);
answer(
  () => randint(modern, [65537], -3, 1000, { dtype: "int16" }),
  "int16[65537]",
  [197, 597, 670],
  "2cc99027dc74eba6",
);
answer(
  () => randint(modern, [65537], 0, 65536, { dtype: "uint16" }),
  "uint16[65537]",
  [36639, 19814, 20860],
  "999338b6aae35bc4",
);
answer(() => randint(legacy, [65537], 0, 10), "int32[65537]", [8, 3, 2], "c7c097693303e6af");
answer(() => randint(legacy, [3, 5, 7], 0, 10), "int32[3, 5, 7]", [7, 3, 2], "6e846460ee81d6d5");
answer(() => randint(legacy, [], 0, 10), "int32[]", [3], "9d9f290527a6be62");
answer(() => randint(legacy, [0], 0, 10), "int32[0]", [], "e3b0c44298fc1c14");
answer(
  () => randint(legacy, [65537], -50, 70000, { dtype: "int32" }),
  "int32[65537]",
  [67014, 41567, 59430],
  "6d168d59acf8b826",
);
answer(
  () => randint(legacy, [65537], -2147483648, 2147483647, { dtype: "int32" }),
  "int32[65537]",
  [-1110186234, 877737269, 738005382],
  "41b366b5223d73da",
);
answer(
  () => randint(legacy, [65537], 5, 5, { dtype: "int32" }),
  "int32[65537]",
  [5, 5, 5],
  "a6d31d68694ef8a3",
);
answer(
  () => randint(legacy, [65537], 5, 100000, { dtype: "uint32" }),
  "uint32[65537]",
  [49284, 72187, 33315],
  "a275aaef35158ceb",
);
answer(
  () => randint(legacy, [65537], -128, 128, { dtype: "int8" }),
  "int8[65537]",
  [-122, -75, 6],
  "e418f846e5f423da",
);
answer(
  () => randint(legacy, [65537], 0, 256, { dtype: "uint8" }),
  "uint8[65537]",
  [6, 53, 134],
  "32933063941e0469",
);
answer(
  () => randint(legacy, [65537], -3, 1000, { dtype: "int16" }),
  "int16[65537]",
  [255, 322, 572],
  "bd1d7b075a695c08",
);
answer(
  () => randint(legacy, [65537], 0, 65536, { dtype: "uint16" }),
  "uint16[65537]",
  [59142, 13621, 4486],
  "5d8aa1bc37dfe562",
);

answerX64(
  () => randint(modern, [4097], -5, 1000000007, { dtype: "int64" }),
  "int64[4097]",
  [365692352n, 842771104n, 746131613n],
  "14e486cc6424eb6d",
);
answerX64(
  () => randint(modern, [4097], 3, 9007199254740993n, { dtype: "uint64" }),
  "uint64[4097]",
  [483625698344346n, 8253877232936382n, 4997274565189053n],
  "0b10752304d4e00d",
);
answerX64(
  () => randint(modern, [4097], -(2n ** 63n), 2n ** 63n - 1n, { dtype: "int64" }),
  "int64[4097]",
  [-3665446470981240635n, -2306596331235500099n, 4868884872125321602n],
  "6d4c6c4a6705a64b",
);
answerX64(
  () => randint(modern, [4097], -(2 ** 31), 2 ** 31, { dtype: "int32" }),
  "int32[4097]",
  [752193311, 1400917350, -455323268],
  "101c9a6d7b027ab7",
);
answerX64(
  () => randint(modern, [4097], 7, 2 ** 32, { dtype: "uint32" }),
  "uint32[4097]",
  [2899676966, 3548401005, 1692160387],
  "61946869a8981ab1",
);
answerX64(
  () => randint(modern, [4097], 0, 2 ** 32, { dtype: "uint32" }),
  "uint32[4097]",
  [2899676959, 3548400998, 1692160380],
  "a4da0cefa9419638",
);
answerX64(
  () => randint(modern, [], -5, 1000000007, { dtype: "int64" }),
  "int64[]",
  [365692352n],
  "4de4cd64f6ffec1b",
);
answerX64(
  () => randint(modern, [], 3, 9007199254740993n, { dtype: "uint64" }),
  "uint64[]",
  [483625698344346n],
  "211634b6c3ca3c80",
);
answerX64(
  () => randint(modern, [], -(2n ** 63n), 2n ** 63n - 1n, { dtype: "int64" }),
  "int64[]",
  [-3665446470981240635n],
  "3f29e3a756bdcf15",
);
answerX64(
  () => randint(modern, [], -(2 ** 31), 2 ** 31, { dtype: "int32" }),
  "int32[]",
  [752193311],
  "4e996e6c68e9b47a",
);
answerX64(
  () => randint(modern, [], 7, 2 ** 32, { dtype: "uint32" }),
  "uint32[]",
  [2899676966],
  "9444afa602a6a3a2",
);
answerX64(
  () => randint(modern, [], 0, 2 ** 32, { dtype: "uint32" }),
  "uint32[]",
  [2899676959],
  "b8a4b0d044792872",
);
answerX64(
  () => randint(legacy, [4097], -5, 1000000007, { dtype: "int64" }),
  "int64[4097]",
  [387533314n, 182603858n, 434729631n],
  "900197943a641c55",
);
answerX64(
  () => randint(legacy, [4097], 3, 9007199254740993n, { dtype: "uint64" }),
  "uint64[4097]",
  [5508964967163044n, 4227920893553718n, 2747938705216811n],
  "33d2917408a74920",
);
answerX64(
  () => randint(legacy, [4097], -(2n ** 63n), 2n ** 63n - 1n, { dtype: "int64" }),
  "int64[4097]",
  [-129599023853953857n, -464146440352979813n, -861943189749920280n],
  "25678a33489c3e50",
);
answerX64(
  () => randint(legacy, [4097], -(2 ** 31), 2 ** 31, { dtype: "int32" }),
  "int32[4097]",
  [-1250185064, -28348889, -154010379],
  "a0ada30ef892a766",
);
answerX64(
  () => randint(legacy, [4097], 7, 2 ** 32, { dtype: "uint32" }),
  "uint32[4097]",
  [897298591, 2119134766, 1993473276],
  "a4dd0e81fda5bd8c",
);
answerX64(
  () => randint(legacy, [4097], 0, 2 ** 32, { dtype: "uint32" }),
  "uint32[4097]",
  [897298584, 2119134759, 1993473269],
  "131afe11dfdf2010",
);
answerX64(
  () => randint(legacy, [], -5, 1000000007, { dtype: "int64" }),
  "int64[]",
  [60212602n],
  "b51d8fa0bf1fe582",
);
answerX64(
  () => randint(legacy, [], 3, 9007199254740993n, { dtype: "uint64" }),
  "uint64[]",
  [2188316239202354n],
  "4d7a5b390b350260",
);
answerX64(
  () => randint(legacy, [], -(2n ** 63n), 2n ** 63n - 1n, { dtype: "int64" }),
  "int64[]",
  [272404293881430003n],
  "6316d526735c1f71",
);
answerX64(
  () => randint(legacy, [], -(2 ** 31), 2 ** 31, { dtype: "int32" }),
  "int32[]",
  [-1838919373],
  "fce0ad9fcc3ad57a",
);
answerX64(
  () => randint(legacy, [], 7, 2 ** 32, { dtype: "uint32" }),
  "uint32[]",
  [308564282],
  "7ac62660f353481b",
);
answerX64(
  () => randint(legacy, [], 0, 2 ** 32, { dtype: "uint32" }),
  "uint32[]",
  [308564275],
  "44ffd5e302929f01",
);

test("randint(key, shape, minval, maxval) equals what JAX's tests print", (t) => {
  // jax tests, legacy layout.
  const drawn = randint(key(0, { partitionable: false }), [3, 3], 0, 8);
  t.deepEqual(drawn.toArray(), [
    [2, 1, 3],
    [6, 1, 5],
    [6, 3, 4],
  ]);
});

test("randint(key, shape, minval, maxval) stays within its limits", (t) => {
  const limit = fc.integer({ min: -(2 ** 31), max: 2 ** 31 });
  fc.assert(
    fc.property(fc.integer(), limit, limit, (seed, a, b) => {
      const [minval, maxval] = [Math.min(a, b), Math.max(a, b)];
      fc.pre(minval < maxval);
      for (const x of randint(key(seed), [20], minval, maxval).data as Int32Array) {
        t.true(x >= minval && x < maxval);
      }
    }),
    { seed: 1, numRuns: 100 },
  );
});

test("randint(key, shape, 0, 100) draws every number equally often", (t) => {
  for (const k of [modern, legacy]) {
    const counts = new Float64Array(100);
    for (const x of elements(randint(k, [65536], 0, 100))) counts[Number(x)]++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 655.36) ** 2 / 655.36, 0);
    // Chi-square of 99 degrees of freedom: 99.9 % lie below 148.2.
    t.true(chiSquare < 148.2, `${chiSquare}`);
  }
});

test("randint(key) throws TypeError when key is not a Key", (t) => {
  t.throws(() => randint(0 as never, [2], 0, 10), {
    instanceOf: TypeError,
    message: "randint: key must be a Key, got 0. Make one with key(seed).",
  });
});

test("randint(key, shape) throws when shape is not a list of sizes", (t) => {
  t.throws(() => randint(modern, 3 as never, 0, 10), {
    instanceOf: TypeError,
    message: "randint: shape must be an array of integers, got 3.",
  });
  t.throws(() => randint(modern, [2, -1], 0, 10), {
    instanceOf: RangeError,
    message: "randint: shape must hold non-negative integers, got [2, -1].",
  });
  t.throws(() => randint(modern, [NaN], 0, 10), {
    instanceOf: RangeError,
    message: "randint: shape must hold non-negative integers, got [NaN].",
  });
  t.throws(() => randint(modern, [65536, 65536], 0, 10), {
    instanceOf: RangeError,
    message: "randint: shape must have fewer than 2^32 - 1 elements, got [65536, 65536].",
  });
});

test("randint(key, ..., options) throws TypeError when options is not an object", (t) => {
  // @ts-expect-error: options must be an object
  t.throws(() => randint(modern, [2], 0, 10, "float32"), {
    instanceOf: TypeError,
    message: 'randint: options must be an object, got "float32".',
  });
});

test("randint(key, shape, minval, maxval, { dtype }) throws TypeError when dtype is not an integer dtype", (t) => {
  for (const dtype of ["bool", "float32", "int"]) {
    t.throws(() => randint(modern, [2], 0, 10, { dtype: dtype as never }), {
      instanceOf: TypeError,
      message: `randint: dtype must be an integer dtype, got "${dtype}".`,
    });
  }
});

test("randint(key, shape, minval, maxval) throws when a limit is not an integer of the dtype", (t) => {
  t.throws(() => randint(modern, [2], "0" as never, 10), {
    instanceOf: TypeError,
    message: 'randint: minval must be an integer, got "0".',
  });
  t.throws(() => randint(modern, [2], 0, undefined as never), {
    instanceOf: TypeError,
    message: "randint: maxval must be an integer, got undefined.",
  });
  for (const maxval of [2.5, NaN, Infinity]) {
    t.throws(() => randint(modern, [2], 0, maxval), {
      instanceOf: RangeError,
      message: `randint: maxval must be an integer, got ${maxval}.`,
    });
  }
  t.throws(() => randint(modern, [2], 0, 2 ** 31 + 1), {
    instanceOf: RangeError,
    message: "randint: maxval must be in [-2147483648, 2147483648] for int32, got 2147483649.",
  });
  t.throws(() => randint(modern, [2], -1, 5, { dtype: "uint8" }), {
    instanceOf: RangeError,
    message: "randint: minval must be in [0, 255] for uint8, got -1.",
  });
  t.throws(() => randint(modern, [2], 5, 4n), {
    instanceOf: RangeError,
    message: "randint: minval must be at most maxval, got 5 and 4n.",
  });
});

// minval: np.arange(4099) % 100 - 50; maxval: minval + (np.arange(4099) % 91) ** 2
const MINVAL = Array.from({ length: 4099 }, (_, i) => (i % 100) - 50);
const MAXVAL = MINVAL.map((x, i) => x + (i % 91) ** 2);
const BYTE = MINVAL.map((x) => ((x % 50) + 50) % 50);

answer(
  () => randint(modern, [4099], MINVAL, MAXVAL),
  "int32[4099]",
  [-50, -49, -48],
  "f748e95c8726d720",
);
answer(
  () => randint(legacy, [4099], MINVAL, MAXVAL),
  "int32[4099]",
  [-50, -49, -46],
  "a190f7711b3c484a",
);
answer(
  () => randint(modern, [3, 500], array([[0], [-5], [100]], "int32"), 2 ** 31 - 1),
  "int32[3, 500]",
  [752193312, 1400917351, 1692160380],
  "d12245ae914fb546",
);
answer(
  () =>
    randint(
      legacy,
      [4099],
      BYTE,
      BYTE.map((x) => x + 200),
      { dtype: "uint8" },
    ),
  "uint8[4099]",
  [74, 67, 32],
  "07fd0f08b8a6a898",
);
const WIDE: RandintOptions = { dtype: "int64" };
answer(
  () =>
    randint(
      modern,
      [4099],
      MINVAL.map((x) => BigInt(x) << 40n),
      MAXVAL.map((x) => (BigInt(x) << 40n) + 1n),
      WIDE,
    ),
  "int64[4099]",
  [-54975581388800n, -52933121203605n, -51682832765678n],
  "556d8dd48f91ebc5",
);

test("randint(key, shape, minval, maxval) of arrays equals that of numbers", (t) => {
  const limits = [
    [-5, 7],
    [0, 2 ** 31],
    [-(2 ** 31), 2 ** 31],
    [3, 3],
  ] as const;
  for (const [low, high] of limits) {
    const lows = Array.from({ length: 101 }, () => low);
    bitEqual(t, randint(modern, [101], lows, [high]), randint(modern, [101], low, high));
  }
  const all = [-(2n ** 63n), 2n ** 63n] as const;
  bitEqual(
    t,
    randint(modern, [11], array([all[0]], "int64"), all[1], WIDE),
    randint(modern, [11], ...all, WIDE),
  );
});

test("randint(key, shape, minval, maxval) throws for arrays that are no limits", (t) => {
  t.throws(() => randint(modern, [2], [0, 0.5], 2), {
    instanceOf: RangeError,
    message: "randint: minval must be an integer, got 0.5.",
  });
  t.throws(() => randint(modern, [2], array([true, false]), 2), {
    instanceOf: TypeError,
    message: "randint: minval must be an integer or an array of integers, got bool[2].",
  });
  t.throws(() => randint(modern, [2], [[0, "a"]] as never, 2), {
    instanceOf: TypeError,
    message: 'randint: minval must be an integer or an array of integers, got [[0, "a"]].',
  });
  t.throws(() => randint(modern, [2], 0, [1, 2, 3]), {
    instanceOf: RangeError,
    message: "randint: maxval must broadcast to shape [2], got shape [3].",
  });
  t.throws(() => randint(modern, [2], [0, 4], [1, 3]), {
    instanceOf: RangeError,
    message: "randint: minval must be at most maxval, got [0, 4] and [1, 3].",
  });
  t.throws(() => randint(modern, [2], 0, [2 ** 31, 2 ** 31 + 1]), {
    instanceOf: RangeError,
    message: "randint: maxval must be in [-2147483648, 2147483648] for int32, got 2147483649.",
  });
});
