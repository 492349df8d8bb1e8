import test from "ava";
import fc from "fast-check";
import { array, NDArray } from "@flaxen/ndarray";
import { isKey, key, keyData, split, wrapKeyData } from "@flaxen/rng";
import { answer, answerX64, elements } from "./answers.ts";

// keyData(key(s)) stands for jax.random.key_data(jax.random.key(s)).
answer(() => keyData(key(0)), "uint32[2]", [0, 0], "af5570f5a1810b7a");
answer(() => keyData(key(42)), "uint32[2]", [0, 42], "25ab3aa91671294c");
answer(() => keyData(key(-1)), "uint32[2]", [0, 4294967295], "5981693c8df83eea");
answer(() => keyData(key(-3)), "uint32[2]", [0, 4294967293], "cbf664357a222cde");
answer(() => keyData(key(2147483747)), "uint32[2]", [0, 2147483747], "5d2fb921f2fc0686");
answer(() => keyData(key(-2147483748)), "uint32[2]", [0, 2147483548], "d0449581f9a6d215");
answer(() => keyData(key(4294967296n)), "uint32[2]", [0, 0], "af5570f5a1810b7a");
answer(() => keyData(key(4294967301n)), "uint32[2]", [0, 5], "2be2196b9c19b091");
answer(() => keyData(key(9007199254740991n)), "uint32[2]", [0, 4294967295], "5981693c8df83eea");
answer(() => keyData(key(-9007199254740991n)), "uint32[2]", [0, 1], "01acecb507abfe1a");
answer(() => keyData(key(9223372036854775807n)), "uint32[2]", [0, 4294967295], "5981693c8df83eea");
answer(() => keyData(key(-9223372036854775808n)), "uint32[2]", [0, 0], "af5570f5a1810b7a");

answerX64(() => keyData(key(0)), "uint32[2]", [0, 0], "af5570f5a1810b7a");
answerX64(() => keyData(key(-1)), "uint32[2]", [4294967295, 4294967295], "12a3ae445661ce5d");
answerX64(() => keyData(key(-3)), "uint32[2]", [4294967295, 4294967293], "d85d9862876d4383");
answerX64(() => keyData(key(2147483747)), "uint32[2]", [0, 2147483747], "5d2fb921f2fc0686");
answerX64(() => keyData(key(4294967296)), "uint32[2]", [1, 0], "7c9fa136d4413fa6");
answerX64(() => keyData(key(1099511627781)), "uint32[2]", [256, 5], "8076970a7e5a672e");
answerX64(
  () => keyData(key(9223372036854775807n)),
  "uint32[2]",
  [2147483647, 4294967295],
  "3cb4d4bb45b29955",
);
answerX64(
  () => keyData(key(-9223372036854775808n)),
  "uint32[2]",
  [2147483648, 0],
  "a9765c4805658a96",
);

test("key(seed, { partitionable }) keeps the layout", (t) => {
  t.true(key(1).partitionable);
  t.true(key(1, {}).partitionable);
  t.false(key(1, { partitionable: false }).partitionable);
});

test("key(seed) is immutable", (t) => {
  const k = key(1);
  t.true(Object.isFrozen(k));
  t.true(Object.isFrozen(k.words));
});

test("key(seed) throws when seed is not an integer", (t) => {
  for (const [seed, shown] of [
    ["7", '"7"'],
    [true, "true"],
    [undefined, "undefined"],
    [[1], "[1]"],
    [key(0), "Key"],
  ]) {
    t.throws(() => key(seed as never), {
      instanceOf: TypeError,
      message: `key: seed must be a number or a bigint, got ${String(shown)}.`,
    });
  }
  for (const seed of [1.5, NaN, Infinity]) {
    t.throws(() => key(seed), {
      instanceOf: RangeError,
      message: `key: seed must be an integer, got ${seed}.`,
    });
  }
  t.throws(() => key(2 ** 53), {
    instanceOf: RangeError,
    message:
      "key: seed must be below 2^53 in size, got 9007199254740992. Pass a bigint beyond that.",
  });
  t.throws(() => key(2n ** 63n), {
    instanceOf: RangeError,
    message: "key: seed must be in [-2^63, 2^63), got 9223372036854775808n.",
  });
});

test("key(seed, options) throws TypeError when an option is of the wrong type", (t) => {
  t.throws(() => key(0, { partitionable: 1 as never }), {
    instanceOf: TypeError,
    message: "key: partitionable must be a boolean, got 1.",
  });
  t.throws(() => key(0, false as never), {
    instanceOf: TypeError,
    message: "key: options must be an object, got false.",
  });
  t.throws(() => key(0, null as never), {
    instanceOf: TypeError,
    message: "key: options must be an object, got null.",
  });
});

test("isKey(x) knows keys by their brand", (t) => {
  t.true(isKey(key(0)));
  t.true(isKey({ words: [0, 0], partitionable: true, [Symbol.for("flaxen.Key")]: true }));
  for (const x of [0, null, undefined, [0, 0], { words: [0, 0], partitionable: true }, "key"]) {
    t.false(isKey(x));
  }
});

test("wrapKeyData(keyData(k)) is k", (t) => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.boolean(), (seed, partitionable) => {
      const k = key(seed, { partitionable });
      t.deepEqual(wrapKeyData(keyData(k), { partitionable }), k);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test("wrapKeyData(data) reads strided arrays, typed arrays and lists", (t) => {
  const column = new NDArray(new Uint32Array([1, 2, 3, 4]), [2, 2]).pick(-1, 1);
  t.deepEqual(wrapKeyData(column as NDArray<"uint32">).words, [2, 4]);
  t.deepEqual(wrapKeyData(new Uint32Array([5, 6])).words, [5, 6]);
  t.deepEqual(wrapKeyData([4294967295, 0]).words, [4294967295, 0]);
});

test("wrapKeyData(data) throws when data is not two uint32 words", (t) => {
  t.throws(() => wrapKeyData(array([1, 2], "int32") as never), {
    instanceOf: TypeError,
    message: "wrapKeyData: data must be an array of uint32, got int32[2].",
  });
  t.throws(() => wrapKeyData(7 as never), {
    instanceOf: TypeError,
    message: "wrapKeyData: data must be an array of uint32, got 7.",
  });
  t.throws(() => wrapKeyData(["a", 1] as never), {
    instanceOf: TypeError,
    message: 'wrapKeyData: data must be an array of uint32, got ["a", 1].',
  });
  t.throws(() => wrapKeyData(keyData(split(key(0)))), {
    instanceOf: RangeError,
    message: "wrapKeyData: data must have shape [2], got [2, 2].",
  });
  t.throws(() => wrapKeyData([1, 2, 3]), {
    instanceOf: RangeError,
    message: "wrapKeyData: data must hold 2 words, got [1, 2, 3].",
  });
  for (const word of [-1, 1.5, NaN, 2 ** 32]) {
    t.throws(() => wrapKeyData([word, 0]), {
      instanceOf: RangeError,
      message: `wrapKeyData: data must hold integers in [0, 2^32), got [${word}, 0].`,
    });
  }
  t.throws(() => wrapKeyData([0, 0], { partitionable: "no" as never }), {
    instanceOf: TypeError,
    message: 'wrapKeyData: partitionable must be a boolean, got "no".',
  });
});

test("keyData(key) throws TypeError when key is not a Key or a list of them", (t) => {
  t.throws(() => keyData(0 as never), {
    instanceOf: TypeError,
    message: "keyData: key must be a Key, got 0. Make one with key(seed).",
  });
  t.throws(() => keyData([key(0), [0, 1] as never]), {
    instanceOf: TypeError,
    message: "keyData: key must be a Key, got [0, 1]. Make one with key(seed).",
  });
});

test("keyData([]) has shape [0, 2]", (t) => {
  t.deepEqual(keyData([]).shape, [0, 2]);
  t.deepEqual(elements(keyData([])), []);
});
