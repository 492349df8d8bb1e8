import test from "ava";
import { expectTypeOf } from "expect-type";
import { allocate } from "@flaxen/dtype";
import type { Complex, DType } from "@flaxen/dtype";
import { arange, array, isNDArray, NDArray, reshape, zeros } from "@flaxen/ndarray";
import { bitEqual } from "@flaxen/testing";

const matrix = (): NDArray => reshape(arange(12), [3, 4]);

const throws = test.macro<[() => unknown, new (message: string) => Error, string]>({
  exec(t, run, errorClass, message) {
    const error = t.throws(run, { message });
    t.is(error?.constructor, errorClass);
  },
  title: (name) => name ?? "",
});

test("NDArray(data, shape) takes row-major strides, offset 0 and the dtype of the data", (t) => {
  const data = new Float64Array(6);
  const x = new NDArray(data, [2, 3]);
  t.is(x.data, data as never);
  t.deepEqual([x.shape, x.stride, x.offset, x.dtype], [[2, 3], [3, 1], 0, "float64"]);
  t.deepEqual([x.size, x.ndim, x.dimension, x.order], [6, 2, 2, [1, 0]]);
});

test("NDArray(data, shape, stride, offset, dtype) keeps copies of shape and stride", (t) => {
  const shape = [2];
  const stride = [-2];
  const x = new NDArray(Uint16Array.of(0x3c00, 0, 0x4000), shape, stride, 2, "float16");
  shape[0] = 7;
  stride[0] = 1;
  t.deepEqual(x.toArray(), [2, 1]);
});

test("NDArray accepts rank 0, empty shapes and stride 0", (t) => {
  t.is(new NDArray(Int8Array.of(5), []).get(), 5);
  t.is(new NDArray(new Int8Array(0), [0, 3]).size, 0);
  t.deepEqual(new NDArray(new Int8Array(0), [2, 0]).toArray(), [[], []]);
  t.deepEqual(new NDArray(Int8Array.of(5), [2, 2], [0, 0]).toArray(), [
    [5, 5],
    [5, 5],
  ]);
});

test("NDArray.order lists the axes from the smallest stride on", (t) => {
  t.deepEqual(zeros([2, 3, 4]).order, [2, 1, 0]);
  t.deepEqual(zeros([2, 3, 4]).transpose(2, 0, 1).order, [0, 2, 1]);
  t.deepEqual(zeros([2, 3]).step(1, -1).order, [1, 0]);
  t.deepEqual(zeros([]).order, []);
});

test("NDArray.get and set decode and encode every dtype", (t) => {
  const values: [DType, unknown, unknown][] = [
    ["bool", true, true],
    ["int8", 200, -56],
    ["int16", -1.5, -1],
    ["int32", 2 ** 31, -(2 ** 31)],
    ["int64", -5n, -5n],
    ["uint8", -1, 255],
    ["uint16", 65537, 1],
    ["uint32", -1, 2 ** 32 - 1],
    ["uint64", -1n, 2n ** 64n - 1n],
    ["float16", 0.1, 0.0999755859375],
    ["bfloat16", 0.1, 0.10009765625],
    ["float32", 0.1, Math.fround(0.1)],
    ["float64", 0.1, 0.1],
    ["complex64", { re: 0.5, im: -0.1 }, { re: 0.5, im: Math.fround(-0.1) }],
    ["complex128", { re: 0.1, im: 2 }, { re: 0.1, im: 2 }],
  ];
  for (const [dtype, written, read] of values) {
    const x = new NDArray(allocate(dtype, 3), [3], [1], 0, dtype);
    t.is(x.set(1, written as number), written as number);
    t.deepEqual(x.get(1), read as number, dtype);
    const zero = x.get(0) as number | Complex;
    t.is(typeof zero === "object" ? zero.re : Number(zero), 0, dtype);
    t.deepEqual(x.get(2), x.get(0), dtype);
  }
});

test("NDArray.set stores scalars of other kinds", (t) => {
  const at = (dtype: DType, value: unknown): unknown => {
    const x = zeros([1], dtype);
    x.set(0, value as number);
    return x.get(0);
  };
  t.is(at("bool", NaN), true);
  t.is(at("bool", 0n), false);
  t.is(at("float32", true), 1);
  t.is(at("float32", 3n), 3);
  t.is(at("int8", 2n ** 40n + 5n), 5);
  t.is(at("int64", 1.9), 1n);
  t.is(at("int64", NaN), 0n);
  t.is(at("uint64", true), 1n);
  t.deepEqual(at("complex64", 2), { re: 2, im: 0 });
});

test(
  "NDArray.set throws TypeError for a string",
  throws,
  () => zeros([1]).set(0, "a" as unknown as number),
  TypeError,
  'NDArray.set: value must be a real scalar, got "a".',
);
test(
  "NDArray.set throws TypeError for a complex number in a real array",
  throws,
  () => zeros([1], "int64").set(0, { re: 1, im: 2 } as unknown as bigint),
  TypeError,
  "NDArray.set: value must be a real scalar, got Object.",
);
test(
  "NDArray.get throws RangeError for too few indices",
  throws,
  () => matrix().get(1),
  RangeError,
  "NDArray.get: indices must be 2 in number, got 1.",
);
test(
  "NDArray.set throws RangeError for too many indices",
  throws,
  () => matrix().set(1, 2, 3, 4),
  RangeError,
  "NDArray.set: indices must be 2 in number, got 3.",
);
test(
  "NDArray.get throws RangeError for an index past the end",
  throws,
  () => matrix().get(0, 4),
  RangeError,
  "NDArray.get: indices must lie inside shape [3, 4], got [0, 4].",
);
test(
  "NDArray.get throws RangeError for a negative index",
  throws,
  () => matrix().get(-1, 0),
  RangeError,
  "NDArray.get: indices must lie inside shape [3, 4], got [-1, 0].",
);
test(
  "NDArray.get throws RangeError for a fractional index",
  throws,
  () => matrix().get(0.5, 0),
  RangeError,
  "NDArray.get: indices must lie inside shape [3, 4], got [0.5, 0].",
);
test(
  "NDArray.get throws RangeError for NaN",
  throws,
  () => matrix().get(NaN, 0),
  RangeError,
  "NDArray.get: indices must lie inside shape [3, 4], got [NaN, 0].",
);
test(
  "NDArray.set throws RangeError outside the shape and stores nothing",
  throws,
  () => matrix().set(3, 0, 1),
  RangeError,
  "NDArray.set: indices must lie inside shape [3, 4], got [3, 0].",
);
test(
  "NDArray.index throws RangeError for a wrong number of indices",
  throws,
  () => matrix().index(1),
  RangeError,
  "NDArray.index: indices must be 2 in number, got 1.",
);

test("NDArray.index gives positions without checking them", (t) => {
  const x = matrix().lo(1, 1);
  t.is(x.index(0, 0), 5);
  t.is(x.index(5, 0), 25);
});

test("NDArray.lo, hi, step, transpose and pick give views with scijs meaning", (t) => {
  const x = matrix();
  bitEqual(t, x.lo(1, 2), [
    [6, 7],
    [10, 11],
  ]);
  bitEqual(t, x.lo(-1, 3), [[3], [7], [11]]);
  bitEqual(t, x.hi(2), [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
  ]);
  bitEqual(t, x.hi(null, 1), [[0], [4], [8]]);
  bitEqual(t, x.step(-2, 3), [
    [8, 11],
    [0, 3],
  ]);
  bitEqual(t, x.step(undefined, -1).pick(0), [3, 2, 1, 0]);
  bitEqual(t, x.pick(null, 1), [1, 5, 9]);
  t.is(x.pick(2, 3).get(), 11);
  t.deepEqual(x.transpose().shape, [3, 4]);
  t.deepEqual(x.transpose(1, 0).toArray(), [
    [0, 4, 8],
    [1, 5, 9],
    [2, 6, 10],
    [3, 7, 11],
  ]);
  for (const view of [x.lo(1), x.hi(1), x.step(-1), x.transpose(1, 0), x.pick(0)]) {
    t.is(view.data, x.data);
  }
});

test("NDArray.lo, hi and step leave nothing of an axis when asked to", (t) => {
  const x = matrix();
  t.deepEqual(x.lo(3).shape, [0, 4]);
  t.deepEqual(x.hi(0, 0).shape, [0, 0]);
  t.deepEqual(x.hi(0).step(-1).toArray(), []);
  t.deepEqual(x.step(-1, -1).lo(3, 4).toArray(), []);
  t.deepEqual(x.lo(0, 4).step(1, -3).toArray(), [[], [], []]);
});

const refusals: [string, () => unknown, string][] = [
  ["lo(x)", () => matrix().lo(4), "NDArray.lo: start must be an integer in [0, 4), got 4."],
  ["lo(1.5)", () => matrix().lo(1.5), "NDArray.lo: start must be an integer in [0, 4), got 1.5."],
  ["lo(NaN)", () => matrix().lo(NaN), "NDArray.lo: start must be an integer in [0, 4), got NaN."],
  ["hi(x)", () => matrix().hi(-1, 5), "NDArray.hi: length must be an integer in [0, 5), got 5."],
  ["pick(x)", () => matrix().pick(3), "NDArray.pick: index must be an integer in [0, 3), got 3."],
  ["step(0)", () => matrix().step(0), "NDArray.step: step must be a non-zero integer, got 0."],
  [
    "step(0.5)",
    () => matrix().step(0.5),
    "NDArray.step: step must be a non-zero integer, got 0.5.",
  ],
  [
    "lo(...)",
    () => matrix().lo(0, 0, 0),
    "NDArray.lo: arguments must be at most 2 in number, got 3.",
  ],
  [
    "hi(...)",
    () => matrix().hi(0, 0, 0),
    "NDArray.hi: arguments must be at most 2 in number, got 3.",
  ],
  [
    "step(...)",
    () => matrix().step(1, 1, 1),
    "NDArray.step: arguments must be at most 2 in number, got 3.",
  ],
  [
    "pick(...)",
    () => matrix().pick(0, 0, 0),
    "NDArray.pick: arguments must be at most 2 in number, got 3.",
  ],
  [
    "transpose(0, 0)",
    () => matrix().transpose(0, 0),
    "NDArray.transpose: axes must be a permutation of 0 to ndim - 1 for ndim = 2, got [0, 0].",
  ],
  [
    "transpose(1)",
    () => matrix().transpose(1),
    "NDArray.transpose: axes must be a permutation of 0 to ndim - 1 for ndim = 2, got [1].",
  ],
  ["item()", () => matrix().item(), "NDArray.item: the array must have size 1, got shape [3, 4]."],
];
for (const [call, run, message] of refusals) {
  test(`NDArray.${call} throws RangeError`, throws, run, RangeError, message);
}
test(
  "NDArray.lo throws TypeError for a string",
  throws,
  () => matrix().lo("1" as unknown as number),
  TypeError,
  'NDArray.lo: arguments must be integers, got "1".',
);

test("Number(x) is the element of an array of size 1, other texts are those of toString", (t) => {
  t.is(Number(array([[7]])), 7);
  t.is(Number(array(true)), 1);
  t.is(`${array([1, 2])}`, "Array([1., 2.], dtype=float32)");
  t.throws(() => Number(array([1, 2])), {
    instanceOf: RangeError,
    message: "NDArray.item: the array must have size 1, got shape [2].",
  });
});

test("NDArray.item and toArray read the elements", (t) => {
  t.is(array([[7]]).item(), 7);
  t.is(array(true).item(), true);
  t.is(array(2.5).toArray(), 2.5);
  t.deepEqual(array([[1n], [2n]], "int64").toArray(), [[1n], [2n]]);
  t.deepEqual(array([{ re: 1, im: 2 }]).toArray(), [{ re: 1, im: 2 }]);
  t.deepEqual(zeros([2, 0, 3]).toArray(), [[], []]);
});

const constructions: [string, () => NDArray, new (message: string) => Error, string][] = [
  [
    "a list as data",
    () => new NDArray([1, 2] as never, [2]),
    TypeError,
    "NDArray: data must be a typed array, got [1, 2].",
  ],
  [
    "an unknown dtype",
    () => new NDArray(new Float32Array(2), [2], [1], 0, "half" as DType),
    TypeError,
    'NDArray: dtype must be a dtype name, got "half".',
  ],
  [
    "storage of another dtype",
    () => new NDArray<DType>(new Float32Array(2), [2], [1], 0, "float16"),
    TypeError,
    "NDArray: data must be a Uint16Array for dtype float16, got Float32Array(2).",
  ],
  [
    "clamped bytes",
    () => new NDArray(new Uint8ClampedArray(2) as never, [2]),
    TypeError,
    "NDArray: data must be a Uint8Array for dtype uint8, got Uint8ClampedArray(2).",
  ],
  [
    "a number as shape",
    () => new NDArray(new Float32Array(2), 2 as never),
    TypeError,
    "NDArray: shape must be an array of integers, got 2.",
  ],
  [
    "a negative length",
    () => new NDArray(new Float32Array(2), [-2]),
    RangeError,
    "NDArray: shape must hold non-negative integers, got [-2].",
  ],
  [
    "a number as stride",
    () => new NDArray(new Float32Array(2), [2], 1 as never),
    TypeError,
    "NDArray: stride must be an array of integers, got 1.",
  ],
  [
    "too few strides",
    () => new NDArray(new Float32Array(2), [1, 2], [1]),
    RangeError,
    "NDArray: stride must hold 2 integers, one an axis, got [1].",
  ],
  [
    "a fractional stride",
    () => new NDArray(new Float32Array(2), [2], [0.5]),
    RangeError,
    "NDArray: stride must hold 1 integers, one an axis, got [0.5].",
  ],
  [
    "a negative offset",
    () => new NDArray(new Float32Array(2), [1], [1], -1),
    RangeError,
    "NDArray: offset must be a non-negative integer, got -1.",
  ],
  [
    "NaN as offset",
    () => new NDArray(new Float32Array(2), [1], [1], NaN),
    RangeError,
    "NDArray: offset must be a non-negative integer, got NaN.",
  ],
  [
    "too little data",
    () => new NDArray(new Float32Array(5), [2, 3]),
    RangeError,
    "NDArray: shape, stride and offset must stay inside the 5 elements of data, " +
      "got shape [2, 3], stride [3, 1], offset 0.",
  ],
  [
    "an offset past the end",
    () => new NDArray(new Float32Array(2), [], [], 2),
    RangeError,
    "NDArray: shape, stride and offset must stay inside the 2 elements of data, " +
      "got shape [], stride [], offset 2.",
  ],
  [
    "a stride that leads below 0",
    () => new NDArray(new Float32Array(4), [3], [-1], 1),
    RangeError,
    "NDArray: shape, stride and offset must stay inside the 4 elements of data, " +
      "got shape [3], stride [-1], offset 1.",
  ],
  [
    "half a complex number",
    () => new NDArray<DType>(new Float32Array(5), [3], [1], 0, "complex64"),
    RangeError,
    "NDArray: shape, stride and offset must stay inside the 2 elements of data, " +
      "got shape [3], stride [1], offset 0.",
  ],
];
for (const [what, run, errorClass, message] of constructions) {
  test(`NDArray(...) throws ${errorClass.name} for ${what}`, throws, run, errorClass, message);
}

test("isNDArray(x) knows the brand, not the structure", (t) => {
  t.true(isNDArray(zeros([2])));
  t.true(isNDArray({ [Symbol.for("flaxen.NDArray")]: true }));
  for (const x of [undefined, null, 1, [1], new Float32Array(1), {}, { data: [], shape: [] }]) {
    t.false(isNDArray(x));
  }
});

test("NDArray is typed by its dtype", (t) => {
  const x = zeros([2], "float32");
  expectTypeOf(x.data).toEqualTypeOf<Float32Array>();
  expectTypeOf(x.get(0)).toEqualTypeOf<number>();
  expectTypeOf(zeros([2], "bool").get(0)).toEqualTypeOf<boolean>();
  expectTypeOf(zeros([1], "int64").item()).toEqualTypeOf<bigint>();
  expectTypeOf(x.transpose()).toEqualTypeOf<NDArray<"float32">>();
  expectTypeOf(x).toExtend<NDArray>();
  // @ts-expect-error a float16 array is stored as bit patterns
  t.throws(() => new NDArray<"float16">(new Float32Array(1), [1], [1], 0, "float16"));
});
