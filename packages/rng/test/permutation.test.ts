import test from "ava";
import fc from "fast-check";
import {
  arange,
  array,
  asNDArray,
  astype,
  NDArray,
  reshape,
  transpose,
  zeros,
} from "@flaxen/ndarray";
import type { DType } from "@flaxen/dtype";
import { bits, key, permutation, split } from "@flaxen/rng";
import { answer, answerX64, elements, legacy, modern } from "./answers.ts";

const modern3 = key(3);
const legacy3 = key(3, { partitionable: false });

/** np.arange(3000).reshape(30, 5, 20) in a dtype; for bool, where it is a multiple of 7. */
function cube(dtype: DType): NDArray {
  const x = reshape(arange(3000), [30, 5, 20]);
  if (dtype !== "bool") return astype(x, dtype);
  const isMultiple = Uint8Array.from({ length: 3000 }, (_, i) => Number(i % 7 === 0));
  return new NDArray<DType>(isMultiple, [30, 5, 20], undefined, 0, "bool");
}

answer(() => permutation(modern3, 0), "int32[0]", [], "e3b0c44298fc1c14");
answer(() => permutation(modern3, 1), "int32[1]", [0], "df3f619804a92fdb");
answer(() => permutation(modern3, 2), "int32[2]", [0, 1], "01acecb507abfe1a");
answer(() => permutation(modern3, 10), "int32[10]", [0, 5, 6], "b285b62bfc8beaae");
answer(() => permutation(modern3, 47), "int32[47]", [38, 0, 33], "4267e522eaf23d70");
answer(() => permutation(modern3, 48), "int32[48]", [38, 0, 33], "98bacac5ae257b94");
answer(() => permutation(modern3, 1625), "int32[1625]", [1228, 1433, 942], "3aa6498da4947d58");
answer(() => permutation(modern3, 1626), "int32[1626]", [438, 1416, 897], "9372510207347996");
answer(
  () => permutation(modern3, 65537),
  "int32[65537]",
  [63924, 36266, 15844],
  "0f75f734451c8986",
);
answer(
  () => permutation(modern3, cube("float32"), { axis: 0, independent: false }),
  "float32[30, 5, 20]",
  [0, 1, 2],
  "19d6c8c776c63f2b",
);
answer(
  () => permutation(modern3, cube("bool"), { axis: 0, independent: false }),
  "bool[30, 5, 20]",
  [true, false, false],
  "5b8f3bda883b5e82",
);
answer(
  () => permutation(modern3, cube("int16"), { axis: 0, independent: false }),
  "int16[30, 5, 20]",
  [0, 1, 2],
  "f70cef58aa6790ae",
);
answer(
  () => permutation(modern3, cube("float32"), { axis: 0, independent: true }),
  "float32[30, 5, 20]",
  [1800, 1801, 802],
  "697831362dc0b0ac",
);
answer(
  () => permutation(modern3, cube("bool"), { axis: 0, independent: true }),
  "bool[30, 5, 20]",
  [false, false, false],
  "ddcf4c08f9a14d7e",
);
answer(
  () => permutation(modern3, cube("int16"), { axis: 0, independent: true }),
  "int16[30, 5, 20]",
  [1800, 1801, 802],
  "67f0b6d3d572ee34",
);
answer(
  () => permutation(modern3, cube("float32"), { axis: 1, independent: false }),
  "float32[30, 5, 20]",
  [0, 1, 2],
  "363ca5ad098f4c0c",
);
answer(
  () => permutation(modern3, cube("float32"), { axis: 1, independent: true }),
  "float32[30, 5, 20]",
  [60, 41, 82],
  "1a73a6030bd1535c",
);
answer(
  () => permutation(modern3, cube("float32"), { axis: -1, independent: false }),
  "float32[30, 5, 20]",
  [0, 14, 5],
  "33d6a948b50f71c4",
);
answer(
  () => permutation(modern3, cube("float32"), { axis: -1, independent: true }),
  "float32[30, 5, 20]",
  [19, 7, 9],
  "33085e62a31bb071",
);
answer(
  () => permutation(modern3, cube("float32")),
  "float32[30, 5, 20]",
  [0, 1, 2],
  "19d6c8c776c63f2b",
);
answer(() => permutation(modern3, [3, 1, 4, 1, 5]), "float32[5]", [3, 5, 4], "65575e290c45c114");
answer(
  () => permutation(modern3, arange(100).step(-3)),
  "int32[34]",
  [99, 0, 57],
  "af0c632c433299c9",
);
answer(() => permutation(modern3, zeros([0, 3])), "float32[0, 3]", [], "e3b0c44298fc1c14");
answer(
  () => permutation(modern3, zeros([3, 0]), { axis: 1, independent: true }),
  "float32[3, 0]",
  [],
  "e3b0c44298fc1c14",
);
answer(() => permutation(legacy3, 0), "int32[0]", [], "e3b0c44298fc1c14");
answer(() => permutation(legacy3, 1), "int32[1]", [0], "df3f619804a92fdb");
answer(() => permutation(legacy3, 2), "int32[2]", [1, 0], "7c9fa136d4413fa6");
answer(() => permutation(legacy3, 10), "int32[10]", [3, 7, 0], "7f5bcca2aab16b52");
answer(() => permutation(legacy3, 47), "int32[47]", [31, 20, 4], "12dab7482499b740");
answer(() => permutation(legacy3, 48), "int32[48]", [31, 20, 4], "a817648c0207b6e8");
answer(() => permutation(legacy3, 1625), "int32[1625]", [512, 394, 308], "406843992817a98b");
answer(() => permutation(legacy3, 1626), "int32[1626]", [1441, 651, 756], "278d059f70841b69");
answer(
  () => permutation(legacy3, 65537),
  "int32[65537]",
  [15208, 12332, 19723],
  "94c890f800b19659",
);
answer(
  () => permutation(legacy3, cube("float32"), { axis: 0, independent: false }),
  "float32[30, 5, 20]",
  [2100, 2101, 2102],
  "bb2ef8d97863341c",
);
answer(
  () => permutation(legacy3, cube("bool"), { axis: 0, independent: false }),
  "bool[30, 5, 20]",
  [true, false, false],
  "4272a3b44901120d",
);
answer(
  () => permutation(legacy3, cube("int16"), { axis: 0, independent: false }),
  "int16[30, 5, 20]",
  [2100, 2101, 2102],
  "61daa49834caafd5",
);
answer(
  () => permutation(legacy3, cube("float32"), { axis: 0, independent: true }),
  "float32[30, 5, 20]",
  [1900, 1701, 2202],
  "dc030327dc7202d4",
);
answer(
  () => permutation(legacy3, cube("bool"), { axis: 0, independent: true }),
  "bool[30, 5, 20]",
  [false, true, false],
  "146b50268a5ccef1",
);
answer(
  () => permutation(legacy3, cube("int16"), { axis: 0, independent: true }),
  "int16[30, 5, 20]",
  [1900, 1701, 2202],
  "1f443a427d6606e8",
);
answer(
  () => permutation(legacy3, cube("float32"), { axis: 1, independent: false }),
  "float32[30, 5, 20]",
  [80, 81, 82],
  "31b34cf581803aad",
);
answer(
  () => permutation(legacy3, cube("float32"), { axis: 1, independent: true }),
  "float32[30, 5, 20]",
  [60, 41, 62],
  "86e6de9acb191672",
);
answer(
  () => permutation(legacy3, cube("float32"), { axis: -1, independent: false }),
  "float32[30, 5, 20]",
  [9, 12, 10],
  "6d1c918df62ecb74",
);
answer(
  () => permutation(legacy3, cube("float32"), { axis: -1, independent: true }),
  "float32[30, 5, 20]",
  [19, 0, 15],
  "c2b050f47ea51ad9",
);
answer(
  () => permutation(legacy3, cube("float32")),
  "float32[30, 5, 20]",
  [2100, 2101, 2102],
  "bb2ef8d97863341c",
);
answer(() => permutation(legacy3, [3, 1, 4, 1, 5]), "float32[5]", [5, 1, 4], "3daa703561e295ed");
answer(
  () => permutation(legacy3, arange(100).step(-3)),
  "int32[34]",
  [9, 12, 78],
  "bc72abea001eb2dc",
);
answer(() => permutation(legacy3, zeros([0, 3])), "float32[0, 3]", [], "e3b0c44298fc1c14");
answer(
  () => permutation(legacy3, zeros([3, 0]), { axis: 1, independent: true }),
  "float32[3, 0]",
  [],
  "e3b0c44298fc1c14",
);

answerX64(() => permutation(modern, 2000), "int64[2000]", [1785n, 5n, 1002n], "12ea34612961bc3b");
answerX64(() => permutation(legacy, 2000), "int64[2000]", [1247n, 656n, 1630n], "d3f469cae0866295");

test("permutation(key, n) holds every number once", (t) => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 3000 }), (seed, n) => {
      const sorted = (permutation(key(seed), n).data as Int32Array).slice().sort();
      t.deepEqual(
        sorted,
        Int32Array.from({ length: n }, (_, i) => i),
      );
    }),
    { seed: 1, numRuns: 50 },
  );
});

test("permutation(key, n) sorts stably by random keys", (t) => {
  for (const n of [2, 40, 60, 1625]) {
    const drawn = bits(split(modern)[1], [n]).data as Uint32Array;
    const order = Array.from(drawn.keys()).sort((i, j) => drawn[i] - drawn[j] || i - j);
    t.deepEqual(elements(permutation(modern, n)), order);
  }
});

test("permutation(key, n) puts every number first equally often", (t) => {
  const counts = new Float64Array(10);
  for (const k of split(modern, 5000)) counts[(permutation(k, 10).data as Int32Array)[0]]++;
  const chiSquare = counts.reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
  // Chi-square of 9 degrees of freedom: 99.9 % lie below 27.9.
  t.true(chiSquare < 27.9, `${chiSquare}`);
});

test("permutation(key, x) moves elements of every width", (t) => {
  const order = elements(permutation(modern, 6)).map(Number);
  const dtypes: DType[] = [
    "int8",
    "uint16",
    "bfloat16",
    "float64",
    "int64",
    "complex64",
    "complex128",
  ];
  for (const dtype of dtypes) {
    const x = array([0, 1, 2, 3, 4, 5], dtype);
    const plain = elements(x);
    t.deepEqual(
      elements(permutation(modern, x)),
      order.map((i) => plain[i]),
    );
    t.is(permutation(modern, x).dtype, dtype);
  }
});

test("permutation(key, x, { axis, independent }) of a strided array equals that of its copy", (t) => {
  const strided = transpose(reshape(arange(24), [2, 3, 4])).step(-1, 1, 1);
  const copied = array(strided);
  for (const axis of [0, 1, 2, -1]) {
    for (const independent of [false, true]) {
      t.deepEqual(
        permutation(modern, strided, { axis, independent }).toArray(),
        permutation(modern, copied, { axis, independent }).toArray(),
      );
    }
  }
});

test("permutation(key, x) leaves x as it was", (t) => {
  const x = asNDArray([3, 1, 2]);
  permutation(modern, x);
  t.deepEqual(x.toArray(), [3, 1, 2]);
});

test("permutation(key, x) throws when x is not a size or an array with axes", (t) => {
  for (const x of [-1, 1.5, NaN]) {
    t.throws(() => permutation(modern, x), {
      instanceOf: RangeError,
      message: `permutation: x must be a non-negative integer, got ${x}.`,
    });
  }
  t.throws(() => permutation(modern, 2 ** 32), {
    instanceOf: RangeError,
    message: "permutation: shape must have fewer than 2^32 - 1 elements, got [4294967296].",
  });
  t.throws(() => permutation(modern, "abc" as never), {
    instanceOf: TypeError,
    message: 'permutation: x must be an integer or an array, got "abc".',
  });
  t.throws(() => permutation(modern, array(5)), {
    instanceOf: RangeError,
    message: "permutation: x must have at least 1 axis, got float32[].",
  });
});

test("permutation(key, x, options) throws when an option is wrong", (t) => {
  t.throws(() => permutation(0 as never, 3), {
    instanceOf: TypeError,
    message: "permutation: key must be a Key, got 0. Make one with key(seed).",
  });
  t.throws(() => permutation(modern, 3, 0 as never), {
    instanceOf: TypeError,
    message: "permutation: options must be an object, got 0.",
  });
  t.throws(() => permutation(modern, 3, { axis: 1 }), {
    instanceOf: RangeError,
    message: "permutation: axis must be an integer in [-1, 1), got 1.",
  });
  t.throws(() => permutation(modern, [[1, 2]], { axis: 2 }), {
    instanceOf: RangeError,
    message: "permutation: axis must be an integer in [-2, 2), got 2.",
  });
  t.throws(() => permutation(modern, [1, 2], { independent: 1 as never }), {
    instanceOf: TypeError,
    message: "permutation: independent must be a boolean, got 1.",
  });
});
