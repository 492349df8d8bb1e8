import test from "ava";
import fc from "fast-check";
import { array } from "@flaxen/ndarray";
import { foldIn, key, keyData, split, wrapKeyData } from "@flaxen/rng";
import { bitEqual } from "@flaxen/testing";
import { answer, legacy, modern } from "./answers.ts";

const legacyLayout = { partitionable: false };

// keyData(split(modern, 3)) stands for jax.random.key_data(jax.random.split(jax.random.key(7), 3)).
answer(
  () => keyData(split(key(0))),
  "uint32[2, 2]",
  [1797259609, 2579123966, 928981903],
  "afa87e0cb51b7ebf",
);
answer(
  () => keyData(split(key(1))),
  "uint32[2, 2]",
  [507451445, 1853169794, 1948878966],
  "aff673d38045cf69",
);
answer(
  () => keyData(split(modern, 1)),
  "uint32[1, 2]",
  [3625411723, 1954958720],
  "b729a9eb35282791",
);
answer(
  () => keyData(split(modern, 3)),
  "uint32[3, 2]",
  [3625411723, 1954958720, 195045567],
  "a5e3025e5c0b024e",
);
answer(
  () => keyData(split(modern, 1001)),
  "uint32[1001, 2]",
  [3625411723, 1954958720, 195045567],
  "60583159b932cc59",
);
answer(() => keyData(foldIn(modern, 0)), "uint32[2]", [3625411723, 1954958720], "b729a9eb35282791");
answer(() => keyData(foldIn(modern, 1)), "uint32[2]", [195045567, 4062205631], "43bd5287968a9fad");
answer(
  () => keyData(foldIn(modern, 2147483648)),
  "uint32[2]",
  [2844531661, 3596575356],
  "23c76dbb10040586",
);
answer(
  () => keyData(foldIn(modern, 4294967295)),
  "uint32[2]",
  [3658129989, 1719350670],
  "cf3213bcfbf6fe72",
);
answer(
  () => keyData(split(key(0, legacyLayout))),
  "uint32[2, 2]",
  [4146024105, 967050713, 2718843009],
  "b07641ba7253d3c8",
);
answer(
  () => keyData(split(key(1, legacyLayout))),
  "uint32[2, 2]",
  [2441914641, 1384938218, 3819641963],
  "54f828300425b5d0",
);
answer(
  () => keyData(split(legacy, 1)),
  "uint32[1, 2]",
  [195045567, 4062205631],
  "43bd5287968a9fad",
);
answer(
  () => keyData(split(legacy, 3)),
  "uint32[3, 2]",
  [276534068, 861967409, 1905761346],
  "4a079edac18ef812",
);
answer(
  () => keyData(split(legacy, 1001)),
  "uint32[1001, 2]",
  [1629707793, 3537898433, 3899155966],
  "231bec9284f12771",
);
answer(() => keyData(foldIn(legacy, 0)), "uint32[2]", [3625411723, 1954958720], "b729a9eb35282791");
answer(() => keyData(foldIn(legacy, 1)), "uint32[2]", [195045567, 4062205631], "43bd5287968a9fad");
answer(
  () => keyData(foldIn(legacy, 2147483648)),
  "uint32[2]",
  [2844531661, 3596575356],
  "23c76dbb10040586",
);
answer(
  () => keyData(foldIn(legacy, 4294967295)),
  "uint32[2]",
  [3658129989, 1719350670],
  "cf3213bcfbf6fe72",
);

test("split(key, 1) is the first known answer of Threefry-2x32", (t) => {
  // Random123, kat_vectors: threefry2x32 20 rounds, key and counter 0.
  t.deepEqual(split(wrapKeyData([0, 0]), 1)[0].words, [0x6b200159, 0x99ba4efe]);
});

test("split(key, num)[i] equals foldIn(key, i) in the partitionable layout", (t) => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 20 }), (seed, num) => {
      split(key(seed), num).forEach((k, i) => t.deepEqual(k, foldIn(key(seed), i)));
    }),
    { seed: 1, numRuns: 20 },
  );
});

test("split(key, num) and foldIn(key, data) keep the layout", (t) => {
  t.true(split(modern).every((k) => k.partitionable));
  t.false(split(legacy).some((k) => k.partitionable));
  t.true(foldIn(modern, 1).partitionable);
  t.false(foldIn(legacy, 1).partitionable);
});

test("split(key) makes distinct keys", (t) => {
  const words = split(modern, 10000).map((k) => k.words.join());
  t.is(new Set(words).size, 10000);
});

test("split(key, num) throws when num is not a positive integer", (t) => {
  for (const num of [0, -1, 1.5, NaN, 2 ** 31]) {
    t.throws(() => split(modern, num), {
      instanceOf: RangeError,
      message: `split: num must be an integer in [1, 2^31), got ${num}.`,
    });
  }
  t.throws(() => split(modern, "2" as never), {
    instanceOf: TypeError,
    message: 'split: num must be an integer or a shape, got "2".',
  });
});

test("split(key, shape) nests the keys of split(key, size)", (t) => {
  // jax.random.key_data(jax.random.split(jax.random.key(7), (2, 3))) in JAX 0.10.2.
  bitEqual(
    t,
    keyData(split(modern, [2, 3])),
    array(
      [
        [
          [3625411723, 1954958720],
          [195045567, 4062205631],
          [966301609, 1948237315],
        ],
        [
          [276534068, 1641862660],
          [51277378, 3088387524],
          [3583082021, 1947592014],
        ],
      ],
      "uint32",
    ),
  );
  for (const key of [modern, legacy]) {
    t.deepEqual(split(key, [2, 3]).flat(), split(key, 6));
    t.deepEqual(split(key, [4]), split(key, 4));
    t.deepEqual(split(key, []), split(key, 1)[0]);
    t.deepEqual(split(key, [2, 0]), [[], []]);
    t.deepEqual(split(key, [0, 2]), []);
    t.deepEqual(keyData(split(key, [2, 0])).shape, [2, 0, 2]);
    t.deepEqual(keyData(split(key, [2, 1, 3])).shape, [2, 1, 3, 2]);
  }
});

test("split(key, shape) throws when shape is not a list of sizes", (t) => {
  t.throws(() => split(modern, [2, -1]), {
    instanceOf: RangeError,
    message: "split: shape must hold non-negative integers, got [2, -1].",
  });
  t.throws(() => split(modern, ["2"] as never), {
    instanceOf: TypeError,
    message: 'split: shape must be an array of integers, got ["2"].',
  });
  t.throws(() => split(modern, [2 ** 16, 2 ** 15]), {
    instanceOf: RangeError,
    message: "split: shape must have fewer than 2^31 elements, got [65536, 32768].",
  });
});

test("keyData(keys) throws when nested arrays differ in length or hold no keys", (t) => {
  for (const keys of [
    [[modern], []],
    [[modern], modern],
  ]) {
    t.throws(() => keyData(keys), {
      instanceOf: RangeError,
      message: "keyData: key must hold arrays of equal lengths.",
    });
  }
  t.throws(() => keyData([[modern, 1]] as never), {
    instanceOf: TypeError,
    message: "keyData: key must be a Key, got 1. Make one with key(seed).",
  });
});

test("foldIn(key, data) throws when data is not a uint32", (t) => {
  for (const data of [-1, 1.5, NaN, 2 ** 32]) {
    t.throws(() => foldIn(modern, data), {
      instanceOf: RangeError,
      message: `foldIn: data must be an integer in [0, 2^32), got ${data}.`,
    });
  }
  t.throws(() => foldIn(modern, "a" as never), {
    instanceOf: TypeError,
    message: 'foldIn: data must be an integer, got "a".',
  });
});

test("split(key) and foldIn(key, data) throw TypeError when key is not a Key", (t) => {
  t.throws(() => split([0, 0] as never), {
    instanceOf: TypeError,
    message: "split: key must be a Key, got [0, 0]. Make one with key(seed).",
  });
  t.throws(() => foldIn(keyData(modern) as never, 1), {
    instanceOf: TypeError,
    message: "foldIn: key must be a Key, got uint32[2]. Make one with key(seed).",
  });
});
