import test from "ava";
import {
  arange,
  array,
  arrayEqual,
  concatenate,
  reshape,
  stack,
  transpose,
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

test("concatenate(arrays, axis) joins along any axis", (t) => {
  const x = reshape(arange(6), [2, 3]);
  bitEqual(t, concatenate([x, [[7, 8, 9]]]), [
    [0, 1, 2],
    [3, 4, 5],
    [7, 8, 9],
  ]);
  bitEqual(t, concatenate([x, [[7], [8]]], 1), [
    [0, 1, 2, 7],
    [3, 4, 5, 8],
  ]);
  bitEqual(t, concatenate([transpose(x), x.hi(-1, 2).transpose(1, 0)], -2), [
    [0, 3],
    [1, 4],
    [2, 5],
    [0, 3],
    [1, 4],
  ]);
  t.deepEqual(concatenate([zeros([0, 3]), x]).shape, [2, 3]);
  bitEqual(t, concatenate([x]), x);
});

test("concatenate(arrays) and stack(arrays) promote dtypes", (t) => {
  t.is(concatenate([array([1], "int8"), array([1], "uint8")]).dtype, "int16");
  t.is(concatenate([arange(2), array([0.5], "float16")]).dtype, "float16");
  t.is(stack([array(true), array(2n)]).dtype, "int32");
  t.deepEqual(concatenate([array([1n], "int64"), array([true])]).toArray(), [1n, 1n]);
});

test("stack(arrays, axis) joins along a new axis", (t) => {
  const [a, b] = [arange(3), arange(3, 6)];
  bitEqual(t, stack([a, b]), [
    [0, 1, 2],
    [3, 4, 5],
  ]);
  bitEqual(t, stack([a, b], 1), [
    [0, 3],
    [1, 4],
    [2, 5],
  ]);
  bitEqual(t, stack([a, b], -2), [
    [0, 1, 2],
    [3, 4, 5],
  ]);
  bitEqual(t, stack([1, 2, 3]), [1, 2, 3]);
  bitEqual(t, stack([a.step(-1), b]), [
    [2, 1, 0],
    [3, 4, 5],
  ]);
  t.deepEqual(stack([zeros([0]), zeros([0])], 1).shape, [0, 2]);
  t.deepEqual(stack([array([{ re: 1, im: 2 }]), array([{ re: 3, im: 4 }])], 1).toArray(), [
    [
      { re: 1, im: 2 },
      { re: 3, im: 4 },
    ],
  ]);
});

test(
  throws,
  () => concatenate([]),
  RangeError,
  "concatenate: arrays must hold at least one array, got [].",
);
test(
  throws,
  () => concatenate(1 as never),
  TypeError,
  "concatenate: arrays must be a list of arrays, got 1.",
);
test(
  throws,
  () => concatenate([1, 2]),
  RangeError,
  "concatenate: arrays must have rank 1 or more, got a scalar. Use stack.",
);
test(
  throws,
  () => concatenate([[1], [[2]]]),
  RangeError,
  "concatenate: arrays must agree on every axis but 0, got shapes [1] and [1, 1].",
);
test(
  throws,
  () => concatenate([[[1, 2]], [[3]]]),
  RangeError,
  "concatenate: arrays must agree on every axis but 0, got shapes [1, 2] and [1, 1].",
);
test(
  throws,
  () => concatenate([[1]], 1),
  RangeError,
  "concatenate: axis must be an integer in [-1, 1), got 1.",
);
test(throws, () => stack([]), RangeError, "stack: arrays must hold at least one array, got [].");
test(throws, () => stack(1 as never), TypeError, "stack: arrays must be a list of arrays, got 1.");
test(
  throws,
  () => stack([[1], [2, 3]]),
  RangeError,
  "stack: arrays must have equal shapes, got [1] and [2].",
);
test(
  throws,
  () => stack([[1]], 2),
  RangeError,
  "stack: axis must be an integer in [-2, 2), got 2.",
);

test("arrayEqual(a, b) compares shapes and values", (t) => {
  t.true(arrayEqual([1, 2], arange(1, 3)));
  t.true(arrayEqual([], []));
  t.true(arrayEqual([0], [-0]));
  t.true(arrayEqual(array([1n], "int64"), array([true])));
  t.true(arrayEqual(array([-0, 1], "float16"), array([0, 1], "bfloat16")));
  t.true(arrayEqual(array([-0], "float16"), array([0], "float16")));
  t.true(
    arrayEqual(transpose(reshape(arange(4), [2, 2])), [
      [0, 2],
      [1, 3],
    ]),
  );
  t.false(arrayEqual([1], [2]));
  t.false(arrayEqual([1], [[1]]));
  t.false(arrayEqual([NaN], [NaN]));
  t.false(arrayEqual(array([NaN], "float16"), array([NaN], "float16")));
  t.false(arrayEqual([{ re: 1, im: 2 }], [{ re: 1, im: 3 }]));
});
