import test from "ava";
import { enableX64 } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { arange, array, asNDArray, NDArray, reshape, transpose } from "@flaxen/ndarray";
import type { ArrayInput } from "@flaxen/ndarray";
import { bitEqual } from "@flaxen/testing";

test("array(input) reads scalars and nested lists", (t) => {
  const cases: [ArrayInput, DType, number[], unknown][] = [
    [1.5, "float32", [], 1.5],
    [true, "bool", [], true],
    [3n, "int32", [], 3],
    [[], "float32", [0], []],
    [[[], []], "float32", [2, 0], [[], []]],
    [[1, 2], "float32", [2], [1, 2]],
    [[true, false], "bool", [2], [true, false]],
    [[true, 2n], "int32", [2], [1, 2]],
    [[true, 2.5], "float32", [2], [1, 2.5]],
    [[1n, 2.5], "float32", [2], [1, 2.5]],
    [[[[1]], [[2]]], "float32", [2, 1, 1], [[[1]], [[2]]]],
  ];
  for (const [input, dtype, shape, values] of cases) {
    const x = array(input);
    t.deepEqual([x.dtype, x.shape, x.toArray()], [dtype, shape, values]);
  }
  const z = array([{ re: 1, im: -1 }, 2]);
  t.is(z.dtype, "complex64");
  t.deepEqual(z.toArray(), [
    { re: 1, im: -1 },
    { re: 2, im: 0 },
  ]);
});

test.serial("array(input) takes 64-bit defaults when they are on", (t) => {
  enableX64(true);
  const dtypes = [array(1), array(1n), array({ re: 0, im: 1 }), array([])].map((x) => x.dtype);
  enableX64(false);
  t.deepEqual(dtypes, ["float64", "int64", "complex128", "float64"]);
});

test("array(input, dtype) stores numbers by the rules of the dtype", (t) => {
  bitEqual(t, array([1.9, -1.9, 300, -1, NaN], "uint8"), [1, 255, 44, 255, 0]);
  bitEqual(t, array([0.1, 65520, 1e-8], "float16"), [0.0999755859375, Infinity, 0]);
  bitEqual(t, array([0, 2, NaN], "bool"), [0, 1, 1]);
  t.deepEqual(array([1, 2n, true], "int64").toArray(), [1n, 2n, 1n]);
  t.deepEqual(array([0.5], "complex128").toArray(), [{ re: 0.5, im: 0 }]);
});

test("array(typed array) keeps the dtype and copies", (t) => {
  const data = Int16Array.of(1, 2);
  const x = array(data);
  data[0] = 9;
  t.is(x.dtype, "int16");
  bitEqual(t, x, [1, 2]);
  t.is(array(new Uint8ClampedArray([300])).dtype, "uint8");
  t.is(array(new BigUint64Array(1)).dtype, "uint64");
  t.is(array(new Float64Array(0)).size, 0);
});

test("array(array) copies into row-major order", (t) => {
  const x = transpose(reshape(arange(6), [2, 3]));
  const y = array(x);
  t.deepEqual([y.stride, y.offset, y.data.length], [[2, 1], 0, 6]);
  bitEqual(t, y, [
    [0, 3],
    [1, 4],
    [2, 5],
  ]);
  y.set(0, 0, 7);
  t.is(x.get(0, 0), 0);
  t.not(array(x, "int32").data, x.data);
  t.is(array(x, "float16").dtype, "float16");
});

test("asNDArray(x) shares memory where it can", (t) => {
  const x = arange(4);
  t.true(Object.is(asNDArray(x), x));
  t.true(Object.is(asNDArray(x, "int32"), x));
  t.not(asNDArray(x, "float32") as NDArray, x);
  const data = new Float64Array(3);
  t.is(asNDArray(data).data, data as never);
  t.is(asNDArray(Buffer.from([1, 2])).dtype, "uint8");
  const bytes = new Uint8ClampedArray([1, 2, 3]).subarray(1);
  const clamped = asNDArray(bytes);
  t.is(clamped.data.buffer, bytes.buffer);
  bitEqual(t, clamped, [2, 3]);
});

test("asNDArray(x) takes objects with data, shape, stride and offset", (t) => {
  const data = Float32Array.of(1, 2, 3, 4);
  const x = asNDArray({ data, shape: [2, 2], stride: [1, 2], offset: 0 });
  t.is(x.data, data as never);
  bitEqual(t, x, [
    [1, 3],
    [2, 4],
  ]);
  const strided = { shape: [2], stride: [1], offset: 1 };
  t.is(asNDArray({ data: Uint16Array.of(0, 0x3c00, 0), dtype: "float16", ...strided }).get(0), 1);
  t.is(asNDArray({ data: Uint8Array.of(0, 1, 0), dtype: "bool", ...strided }).get(0), true);
  t.is(
    asNDArray({ data: Uint8Array.of(0, 7, 0), dtype: "uint8_clamped", ...strided }).dtype,
    "uint8",
  );
  t.is(
    asNDArray({ data: Float64Array.of(0, 7, 0), dtype: "float32", ...strided }).dtype,
    "float64",
  );
});

test("asNDArray(x) copies storage that is not a typed array it knows", (t) => {
  const strided = { shape: [2], stride: [-1], offset: 2 };
  bitEqual(t, asNDArray({ data: [1, 2, 3], dtype: "array", ...strided }), [3, 2]);
  bitEqual(t, asNDArray({ data: [1, 2, 3], dtype: "int8", ...strided }), [3, 2]);
  t.is(asNDArray({ data: [1, 2, 3], dtype: "int8", ...strided }).dtype, "int8");
  t.is(asNDArray({ data: [1n, 2n, 3n], ...strided }).dtype, "int32");
  const generic = { length: 3, get: (i: number) => 10 * i };
  bitEqual(t, asNDArray({ data: generic, dtype: "generic", ...strided }), [20, 10]);
});

test("array(x.toArray()) gives x back", (t) => {
  for (const x of [
    reshape(arange(6), [2, 3]),
    array([{ re: 1, im: 2 }]),
    array([[true], [false]]),
  ]) {
    const y = array(x.toArray(), x.dtype);
    t.deepEqual([y.dtype, y.shape, y.toArray()], [x.dtype, x.shape, x.toArray()]);
  }
});

const throws = test.macro<[() => unknown, new (message: string) => Error, string]>({
  exec(t, run, errorClass, message) {
    const error = t.throws(run, { message });
    t.is(error?.constructor, errorClass);
  },
  title: (name) => name ?? "",
});

const NOT_SCALARS = "must be an array, a typed array or nested lists of scalars, got";

test(
  "array(input) throws RangeError for rows of different lengths",
  throws,
  () => array([[1, 2], [3]]),
  RangeError,
  "array: input must have equal lengths along axis 1, got 2 and 1.",
);
test(
  "array(input) throws RangeError for a scalar among rows",
  throws,
  () => array([[1], 2]),
  RangeError,
  "array: input must have equal lengths along axis 1, got 1 and a scalar.",
);
test(
  "array(input) throws RangeError for a row among scalars",
  throws,
  () => array([1, [2, 3]]),
  RangeError,
  "array: input must have equal lengths along axis 1, got a scalar and 2.",
);
test(
  "array(input) throws RangeError for rows beside an empty one",
  throws,
  () => array([[], [1]]),
  RangeError,
  "array: input must have equal lengths along axis 1, got 0 and 1.",
);
test(
  "array(input) throws TypeError for a string among numbers",
  throws,
  () => array([1, "2"] as unknown as number[]),
  TypeError,
  `array: input ${NOT_SCALARS} "2".`,
);
test(
  "asNDArray(x) throws TypeError for undefined",
  throws,
  () => asNDArray(undefined as unknown as number),
  TypeError,
  `asNDArray: input ${NOT_SCALARS} undefined.`,
);
test(
  "asNDArray(x) throws TypeError for null",
  throws,
  () => asNDArray(null as unknown as number),
  TypeError,
  `asNDArray: input ${NOT_SCALARS} null.`,
);
test(
  "asNDArray(x) throws TypeError for a plain object",
  throws,
  () => asNDArray({} as unknown as number),
  TypeError,
  `asNDArray: input ${NOT_SCALARS} Object.`,
);
test(
  "array(input, dtype) throws TypeError for an unknown dtype",
  throws,
  () => array([1], "half" as DType),
  TypeError,
  'array: dtype must be a dtype name, got "half".',
);
test(
  "array(input, dtype) throws TypeError for complex values in a real dtype",
  throws,
  () => array([{ re: 1, im: 2 }], "float32"),
  TypeError,
  "array: value must be a real scalar, got Object.",
);
test(
  "asNDArray(x) throws TypeError for data that cannot be read",
  throws,
  () => asNDArray({ data: 3 as never, shape: [1], stride: [1], offset: 0 }),
  TypeError,
  "asNDArray: data must be a list of numbers, got 3.",
);
test(
  "asNDArray(x) throws RangeError for an object that reaches outside its data",
  throws,
  () => asNDArray({ data: new Float32Array(2), shape: [3], stride: [1], offset: 0 }),
  RangeError,
  "NDArray: shape, stride and offset must stay inside the 2 elements of data, " +
    "got shape [3], stride [1], offset 0.",
);
