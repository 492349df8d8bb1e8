import test from "ava";
import { bits } from "@flaxen/rng";
import { answer, answerX64, legacy, modern, withX64 } from "./answers.ts";

answer(
  () => bits(modern, [65537]),
  "uint32[65537]",
  [2895194379, 4185947648, 1300703658],
  "108e37ad948fdfdf",
);
answer(
  () => bits(modern, [3, 5, 7]),
  "uint32[3, 5, 7]",
  [2895194379, 4185947648, 1300703658],
  "0d73dc55592698c1",
);
answer(() => bits(modern, []), "uint32[]", [2895194379], "edf16ec70e9ed996");
answer(() => bits(modern, [0]), "uint32[0]", [], "e3b0c44298fc1c14");
answer(
  () => bits(modern, [65537], { dtype: "uint8" }),
  "uint8[65537]",
  [11, 0, 170],
  "81d36a91541badb7",
);
answer(() => bits(modern, [7], { dtype: "uint8" }), "uint8[7]", [11, 0, 170], "5e135e406d94dcd0");
answer(
  () => bits(modern, [65537], { dtype: "uint16" }),
  "uint16[65537]",
  [10507, 32256, 10666],
  "13381011207c6d1f",
);
answer(
  () => bits(modern, [7], { dtype: "uint16" }),
  "uint16[7]",
  [10507, 32256, 10666],
  "7aedab42e2133fd7",
);
answer(
  () => bits(legacy, [65537]),
  "uint32[65537]",
  [1105243837, 2808975495, 1058653257],
  "183688d5809e6d8d",
);
answer(
  () => bits(legacy, [3, 5, 7]),
  "uint32[3, 5, 7]",
  [2994241691, 1924672047, 1430191688],
  "28e93c2c10b53c08",
);
answer(() => bits(legacy, []), "uint32[]", [3625411723], "abdc747e8871b205");
answer(() => bits(legacy, [0]), "uint32[0]", [], "e3b0c44298fc1c14");
answer(
  () => bits(legacy, [65537], { dtype: "uint8" }),
  "uint8[65537]",
  [160, 244, 191],
  "ce348550ca273fe3",
);
answer(() => bits(legacy, [7], { dtype: "uint8" }), "uint8[7]", [191, 40, 160], "b87e63460b20a50f");
answer(
  () => bits(legacy, [65537], { dtype: "uint16" }),
  "uint16[65537]",
  [34183, 10668, 1502],
  "06ce70597f28bafb",
);
answer(
  () => bits(legacy, [7], { dtype: "uint16" }),
  "uint16[7]",
  [38825, 14744, 23901],
  "f590d64442ed74d7",
);

answerX64(
  () => bits(modern, [4097], { dtype: "uint64" }),
  "uint64[4097]",
  [15571024786774969728n, 837714335556982463n, 4150233810675416579n],
  "4003a4c88a6abbf9",
);
answerX64(
  () => bits(modern, [], { dtype: "uint64" }),
  "uint64[]",
  [15571024786774969728n],
  "880be7ff2964f0d8",
);
answerX64(
  () => bits(legacy, [4097], { dtype: "uint64" }),
  "uint64[4097]",
  [14837085240268160761n, 5873662851866966959n, 1184670028304649830n],
  "8e10fa3e99f27859",
);
answerX64(
  () => bits(legacy, [], { dtype: "uint64" }),
  "uint64[]",
  [837714335556982463n],
  "cdd170fdde6a990e",
);

test("bits(key, shape) is uint64 by default under x64", (t) => {
  t.is(bits(modern, [2]).dtype, "uint32");
  t.is(withX64(() => bits(modern, [2])).dtype, "uint64");
});

test("bits(key, shape) does not depend on the whole shape in the partitionable layout", (t) => {
  t.deepEqual(bits(modern, [100]).data.slice(0, 7), bits(modern, [7]).data);
});

test("bits(key, shape) fills every byte value equally often", (t) => {
  for (const k of [modern, legacy]) {
    const { data } = bits(k, [65536], { dtype: "uint8" });
    const counts = new Float64Array(256);
    for (const byte of data as Uint8Array) counts[byte]++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 256) ** 2 / 256, 0);
    // Chi-square of 255 degrees of freedom: 99.9 % lie below 330.5.
    t.true(chiSquare < 330.5, `${chiSquare}`);
  }
});

test("bits(key) throws TypeError when key is not a Key", (t) => {
  t.throws(() => bits(0 as never, [2]), {
    instanceOf: TypeError,
    message: "bits: key must be a Key, got 0. Make one with key(seed).",
  });
});

test("bits(key, shape) throws when shape is not a list of sizes", (t) => {
  t.throws(() => bits(modern, 3 as never), {
    instanceOf: TypeError,
    message: "bits: shape must be an array of integers, got 3.",
  });
  t.throws(() => bits(modern, [2, -1]), {
    instanceOf: RangeError,
    message: "bits: shape must hold non-negative integers, got [2, -1].",
  });
  t.throws(() => bits(modern, [NaN]), {
    instanceOf: RangeError,
    message: "bits: shape must hold non-negative integers, got [NaN].",
  });
  t.throws(() => bits(modern, [65536, 65536]), {
    instanceOf: RangeError,
    message: "bits: shape must have fewer than 2^32 - 1 elements, got [65536, 65536].",
  });
});

test("bits(key, ..., options) throws TypeError when options is not an object", (t) => {
  // @ts-expect-error: options must be an object
  t.throws(() => bits(modern, [2], "float32"), {
    instanceOf: TypeError,
    message: 'bits: options must be an object, got "float32".',
  });
});

test("bits(key, shape, { dtype }) throws TypeError when dtype is not unsigned", (t) => {
  for (const dtype of ["int32", "float32", "uint4"]) {
    t.throws(() => bits(modern, [2], { dtype: dtype as never }), {
      instanceOf: TypeError,
      message: `bits: dtype must be an unsigned integer dtype, got "${dtype}".`,
    });
  }
});
