import test from "ava";
import { bits, bitsSlice, key } from "@flaxen/rng";
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

test("bitsSlice(key, size, start, stop) is a part of bits(key, [size])", (t) => {
  for (const k of [modern, legacy]) {
    for (const size of [0, 1, 2, 7, 100, 1001]) {
      const whole = bits(k, [size]).data as Uint32Array;
      const middle = Math.floor(size / 2);
      for (const [start, stop] of [
        [0, size],
        [0, middle],
        [middle, size],
        [middle, middle],
        [middle >> 1, middle],
      ]) {
        t.deepEqual(bitsSlice(k, size, start, stop).data, whole.slice(start, stop));
      }
    }
  }
});

test("bitsSlice(key, size, start, stop) counts in 64 bits above 2^32 elements", (t) => {
  // x0 ^ x1 of jax.extend.random.threefry_2x32(key_data(key(5)), [i >> 32, i & 0xffffffff]), JAX 0.10.2.
  const five = key(5);
  const whole = Number.MAX_SAFE_INTEGER;
  t.deepEqual(
    bitsSlice(five, whole, 2 ** 32 - 3, 2 ** 32 + 2).toArray(),
    [1799631102, 2398834568, 1435501323, 428664776, 1767058645],
  );
  t.is(bitsSlice(five, whole, 3 * 2 ** 32 + 7, 3 * 2 ** 32 + 8).item(), 2049466733);
  t.is(bitsSlice(five, whole, 2 ** 53 - 2, 2 ** 53 - 1).item(), 3780212038);
});

test("bitsSlice(key, size, start, stop) draws blocks of 2^32 - 1 elements from split keys in the legacy layout", (t) => {
  // Size, index and word: with b, p = divmod(index, 2^32 - 1), pair p of jax.extend.random.threefry_2x32 under key b of
  // jax.random.split(key(5), blocks) with jax_threefry_partitionable off, JAX 0.10.2.
  const rows = [
    [4294967295, 0, 3517672968],
    [4294967295, 2147483647, 1850034480],
    [4294967295, 2147483648, 122739461],
    [4294967295, 4294967294, 2470077071],
    [4294967295, 4294967290, 2411279344],
    [4294967295, 4294967294, 2470077071],
    [8589934592, 0, 3752757200],
    [8589934592, 2147483647, 3612031108],
    [8589934592, 2147483648, 2919215258],
    [8589934592, 4294967294, 2919291475],
    [8589934592, 4294967295, 2190515972],
    [8589934592, 8589934587, 1589442667],
    [8589934592, 8589934591, 88930808],
    [12884901890, 0, 3135424064],
    [12884901890, 2147483647, 1318456678],
    [12884901890, 2147483648, 2785046181],
    [12884901890, 4294967294, 3661678784],
    [12884901890, 4294967295, 2295326378],
    [12884901890, 10737418237, 1626002396],
    [12884901890, 12884901885, 204762923],
    [12884901890, 12884901889, 2801620500],
    [1099511627777, 0, 2813568131],
    [1099511627777, 2147483647, 1145537851],
    [1099511627777, 2147483648, 1952088750],
    [1099511627777, 4294967294, 3912876138],
    [1099511627777, 4294967295, 522211907],
    [1099511627777, 10737418237, 2457685702],
    [1099511627777, 1099511627772, 1894604197],
    [1099511627777, 1099511627776, 3118953516],
  ];
  const five = key(5, { partitionable: false });
  for (const [size, index, word] of rows) {
    t.is(bitsSlice(five, size, index, index + 1).item(), word);
    const start = Math.max(0, index - 3);
    const around = bitsSlice(five, size, start, Math.min(size, index + 3));
    t.is(around.get(index - start), word);
  }
});

test("bitsSlice(key, size, start, stop) throws when a bound is out of range", (t) => {
  t.throws(() => bitsSlice(modern, -1, 0, 0), {
    instanceOf: RangeError,
    message: "bitsSlice: size must be an integer in [0, 9007199254740991], got -1.",
  });
  t.throws(() => bitsSlice(modern, 5, 0, 6), {
    instanceOf: RangeError,
    message: "bitsSlice: stop must be an integer in [0, 5], got 6.",
  });
  t.throws(() => bitsSlice(modern, 5, 3, 2), {
    instanceOf: RangeError,
    message: "bitsSlice: start must be an integer in [0, 2], got 3.",
  });
  t.throws(() => bitsSlice(modern, 2 ** 40, 1, 2 ** 32), {
    instanceOf: RangeError,
    message: "bitsSlice: start must be an integer in [2, 4294967296], got 1.",
  });
  t.throws(() => bitsSlice(modern, "5" as never, 0, 1), {
    instanceOf: TypeError,
    message: 'bitsSlice: size must be an integer, got "5".',
  });
});

test("bits(key, shape) throws when 64-bit words in the legacy layout need more than 2^32 counters", (t) => {
  t.throws(() => bits(key(0, { partitionable: false }), [2, 2 ** 30], { dtype: "uint64" }), {
    instanceOf: RangeError,
    message:
      "bits: shape must have fewer than 2^31 elements for uint64 in the legacy layout, got [2, 1073741824].",
  });
});
