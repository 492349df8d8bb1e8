import { createHash } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import {
  arange,
  argsort,
  array,
  asNDArray,
  astype,
  cumsum,
  flip,
  NDArray,
  reshape,
  sort,
  take,
  transpose,
  where,
  zeros,
} from "@flaxen/ndarray";

import { bitEqual } from "@flaxen/testing";

const throws = test.macro<[() => unknown, new (message: string) => Error, string]>({
  exec(t, run, errorClass, message) {
    const error = t.throws(run, { message });
    t.is(error?.constructor, errorClass);
  },
  title: (_, run, errorClass) => `${/\w+\(.*\)/.exec(String(run))?.[0]} throws ${errorClass.name}`,
});

// Values: numpy.sort(x, axis, kind="stable"), numpy.argsort, NumPy 2.4; for real numbers jax.numpy has the same.

test("sort(x, axis) and argsort(x, axis) order along any axis", (t) => {
  const x = array([[3, 1, 2], [2, 4, 1]], "int8"); // prettier-ignore
  bitEqual(t, sort(x), [[1, 2, 3], [1, 2, 4]]); // prettier-ignore
  bitEqual(t, sort(x, 0), [[2, 1, 1], [3, 4, 2]]); // prettier-ignore
  bitEqual(t, argsort(x), [[1, 2, 0], [2, 0, 1]]); // prettier-ignore
  bitEqual(t, argsort(x, -2), [[1, 0, 1], [0, 1, 0]]); // prettier-ignore
  t.deepEqual([sort(x, 0).dtype, argsort(x).dtype], ["int8", "int32"]);
  bitEqual(t, sort(transpose(x), 0), [[1, 1], [2, 2], [3, 4]]); // prettier-ignore
  bitEqual(t, sort(flip(arange(6).step(2))), [0, 2, 4]);
  bitEqual(t, x, [[3, 1, 2], [2, 4, 1]]); // prettier-ignore
  t.deepEqual(sort(zeros([2, 0, 3]), 0).shape, [2, 0, 3]);
  t.deepEqual(argsort(zeros([2, 0]), 1).shape, [2, 0]);
  bitEqual(t, sort(zeros([1, 1, 1]), 1), [[[0]]]);
});

test("sort(x) and argsort(x) keep equal elements in order and put NaN last", (t) => {
  for (const dtype of ["float32", "float64", "float16", "bfloat16"] as const) {
    const x = array([0, -0, 1, -0, NaN, -1, 0, -Infinity], dtype);
    const sorted = sort(x).toArray() as number[];
    t.deepEqual(sorted, [-Infinity, -1, 0, -0, -0, 0, 1, NaN]);
    bitEqual(t, argsort(x), [7, 5, 0, 1, 3, 6, 2, 4]);
  }
});

test("sort(x) and argsort(x) order complex numbers as NumPy does", (t) => {
  const z = (re: number, im: number): { re: number; im: number } => ({ re, im });
  const x = array([
    z(NaN, 1), z(1, NaN), z(2, 0), z(1, 2), z(NaN, NaN), z(1, 1), z(0, NaN), z(NaN, 0),
  ]); // prettier-ignore
  t.deepEqual(sort(x).toArray() as unknown, [
    z(1, 1), z(1, 2), z(2, 0), z(0, NaN), z(1, NaN), z(NaN, 0), z(NaN, 1), z(NaN, NaN),
  ]); // prettier-ignore
  bitEqual(t, argsort(x), [5, 3, 2, 6, 1, 7, 0, 4]);
});

test("sort(x) and argsort(x) order 64-bit integers and booleans", (t) => {
  const x = array([2n ** 63n - 1n, -(2n ** 63n), 2n ** 62n + 1n, 2n ** 62n], "int64");
  t.deepEqual(sort(x).toArray(), [-(2n ** 63n), 2n ** 62n, 2n ** 62n + 1n, 2n ** 63n - 1n]);
  bitEqual(t, argsort(x), [1, 3, 2, 0]);
  t.deepEqual(sort([true, false, true]).toArray(), [false, true, true]);
  t.deepEqual(sort(array([2n ** 64n - 1n, 1n], "uint64")).toArray(), [1n, 2n ** 64n - 1n]);
});

test("take(x, argsort(x)) is sort(x)", (t) => {
  fc.assert(
    fc.property(fc.array(fc.float(), { maxLength: 40 }), (list) => {
      const x = asNDArray(new Float32Array(list));
      bitEqual(t, take(x, argsort(x)), sort(x));
    }),
    { seed: 3, numRuns: 200 },
  );
});

test(throws, () => sort(1), RangeError, "sort: x must have at least 1 axis, got float32[].");
test(
  throws,
  () => argsort([1, 2], 1),
  RangeError,
  "argsort: axis must be an integer in [-1, 1), got 1.",
);
test(throws, () => sort([1], "0" as never), TypeError, 'sort: axis must be an integer, got "0".');

// Values: numpy.take(x, indices, axis), NumPy 2.4.
test("take(x, indices, axis) collects slices", (t) => {
  const x = reshape(arange(6), [2, 3]);
  bitEqual(t, take(x, [[0, -1]], 1), [[[0, 2]], [[3, 5]]]); // prettier-ignore
  bitEqual(t, take(x, [5, 0]), [5, 0]);
  bitEqual(t, take(x, array([1n]), 0), [[3, 4, 5]]);
  bitEqual(t, take(transpose(x), [2, 2], 0), [[2, 5], [2, 5]]); // prettier-ignore
  bitEqual(t, take(x, -1, 1), [2, 5]);
  t.deepEqual(take(x, [], 1).shape, [2, 0]);
  t.deepEqual(take(zeros([0, 3]), [1, 2], 1).shape, [0, 2]);
  t.deepEqual(take(array([{ re: 1, im: 2 }]), [0, 0]).toArray() as unknown, [
    { re: 1, im: 2 },
    { re: 1, im: 2 },
  ]);
  const copy = take(x, [0, 1], 0) as NDArray;
  copy.set(0, 0, 9);
  t.is(x.get(0, 0), 0);
});

test(throws, () => take([1, 2], [2]), RangeError, "take: indices must lie in [-2, 2), got 2.");
test(throws, () => take([], [0]), RangeError, "take: indices must lie in [0, 0), got 0.");
test(throws, () => take([1, 2], [0.5]), TypeError, "take: indices must be integers, got [0.5].");
test(throws, () => take([1], [true]), TypeError, "take: indices must be integers, got [true].");
test(
  throws,
  () => take([1], [0], 1),
  RangeError,
  "take: axis must be an integer in [-1, 1), got 1.",
);

// Values: jax.numpy.where(condition, x, y), JAX 0.10.2.
test("where(condition, x, y) broadcasts and promotes", (t) => {
  bitEqual(t, where([[true], [false]], array([1n, 2n, 3n]), array(0, "float16")), [
    [1, 2, 3],
    [0, 0, 0],
  ]);
  t.is(where([[true], [false]], array([1n, 2n, 3n]), array(0, "float16")).dtype, "float16");
  t.is(where([true, false], 1, 2.5).dtype, "float32");
  t.is(where([1, 0], array(1, "int8"), 2).dtype, "int8");
  bitEqual(t, where([1, NaN, 0, -0], 1n, 0n), [1, 1, 0, 0]);
  t.is(where(true, 1, 0).ndim, 0);
  t.deepEqual(where(zeros([0, 2]), 1, 0).shape, [0, 2]);
  t.deepEqual(where([true, false], { re: 1, im: 2 }, [3, 4]).toArray() as unknown, [
    { re: 1, im: 2 },
    { re: 4, im: 0 },
  ]);
  t.deepEqual(where([true, false], array([2n ** 60n, 1n], "int64"), 7).toArray(), [2n ** 60n, 7n]);
  bitEqual(t, where(transpose([[true, false]]), transpose([[1], [2]]), 0), [[1, 2], [0, 0]]); // prettier-ignore
});

test(
  throws,
  () => where([true, false], [1, 2, 3], 0),
  RangeError,
  "where: condition, x and y must broadcast together, got shapes [2], [3], [].",
);

// jax.numpy.cumsum(x, axis), JAX 0.10.2 on a CPU: SHA-256 of the bytes.

const hash = ({ data }: NDArray): string =>
  createHash("sha256")
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest("hex")
    .slice(0, 16);

const ramp = Float32Array.from({ length: 5000 }, (_, i) => {
  const step = ((37 * i + 11) % 101) - 50;
  return Math.fround(step / 7);
});

test("cumsum(x, axis) equals jax.numpy.cumsum in every bit", (t) => {
  t.is(hash(cumsum(ramp)), "ccacbb66bbfdac3a");
  t.is(hash(cumsum(ramp, 0, "float16")), "bad009ae0fcf4ad0");
  t.is(hash(cumsum(astype(ramp, "bfloat16"))), "d1595f349d798ab1");
  t.is(hash(cumsum(reshape(ramp, [2, 100, 25]), 1)), "ea56f9990d982ee9");
  const pairs = new Float32Array(600);
  for (let i = 0; i < 300; i++) pairs.set([ramp[i], ramp[300 + i]], 2 * i);
  const complex = new NDArray(pairs, [300], undefined, 0, "complex64");
  t.is(hash(cumsum(complex)), "e8fdec6085585231");
});

test("cumsum(x, axis, dtype) keeps dtypes as JAX does, wraps, and takes empty and strided arrays", (t) => {
  bitEqual(t, cumsum(array([100, 100], "int8")), Int8Array.of(100, -56));
  t.is(cumsum([true, true]).dtype, "int32");
  t.is(cumsum(array([1, 2], "uint16")).dtype, "uint16");
  t.deepEqual(cumsum(array([2n ** 63n - 1n, 1n], "int64")).toArray(), [
    2n ** 63n - 1n,
    -(2n ** 63n),
  ]);
  t.deepEqual(cumsum([1, 2, 3], 0, "float64").dtype, "float64");
  t.deepEqual(cumsum([true, false], 0, "bool").toArray(), [true, true]);
  t.deepEqual(cumsum(3).toArray(), [3]);
  t.deepEqual(cumsum(zeros([0, 3]), 0).shape, [0, 3]);
  t.deepEqual(cumsum(zeros([3, 0]), 1).shape, [3, 0]);
  t.deepEqual(cumsum([]).shape, [0]);
  t.deepEqual(cumsum(transpose(array([[1, 2], [3, 4]])), -1).toArray(), [[1, 4], [2, 6]]); // prettier-ignore
  t.deepEqual(cumsum([1, NaN, 2]).toArray(), [1, NaN, NaN]);
});

test(
  throws,
  () => cumsum([1], 1),
  RangeError,
  "cumsum: axis must be an integer in [-1, 1), got 1.",
);
test(
  throws,
  () => cumsum(2, 0),
  RangeError,
  "cumsum: axis must be omitted for an array of rank 0, got 0.",
);
test(
  throws,
  () => cumsum([1], 0, "float" as "float32"),
  TypeError,
  'cumsum: dtype must be a dtype name, got "float".',
);
