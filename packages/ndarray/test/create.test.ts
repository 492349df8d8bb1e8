import test from "ava";
import { enableX64 } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import {
  arange,
  array,
  eye,
  full,
  fullLike,
  linspace,
  ones,
  onesLike,
  transpose,
  zeros,
  zerosLike,
} from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { bitEqual, closeTo } from "@flaxen/testing";

const describeArray = (x: NDArray): unknown[] => [x.dtype, x.shape, x.toArray()];

test("zeros, ones and full(shape, value) fill every dtype", (t) => {
  t.deepEqual(describeArray(zeros([2, 1])), ["float32", [2, 1], [[0], [0]]]);
  t.deepEqual(describeArray(ones([])), ["float32", [], 1]);
  t.deepEqual(describeArray(ones([2], "bfloat16")), ["bfloat16", [2], [1, 1]]);
  t.deepEqual(describeArray(ones([2], "bool")), ["bool", [2], [true, true]]);
  t.deepEqual(describeArray(ones([1], "uint64")), ["uint64", [1], [1n]]);
  t.deepEqual(describeArray(full([2], 0.1, "float16")).at(-1), [0.0999755859375, 0.0999755859375]);
  t.deepEqual(describeArray(full([1], { re: 1, im: 2 })), ["complex64", [1], [{ re: 1, im: 2 }]]);
  t.deepEqual(full([2], 3, "complex128").toArray(), [
    { re: 3, im: 0 },
    { re: 3, im: 0 },
  ]);
  t.deepEqual(describeArray(full([0, 2], 5)), ["float32", [0, 2], []]);
  t.deepEqual(full([2], -1, "uint32").toArray(), [2 ** 32 - 1, 2 ** 32 - 1]);
});

test("full(shape, value) takes its dtype from the value", (t) => {
  t.is(full([1], 1).dtype, "float32");
  t.is(full([1], true).dtype, "bool");
  t.is(full([1], 1n).dtype, "int32");
});

test("zerosLike(x) needs no more than a shape and a dtype", (t) => {
  t.deepEqual(describeArray(zerosLike({ shape: [2], dtype: "int32" })), ["int32", [2], [0, 0]]);
  const error = t.throws(() => zerosLike({ shape: [-1], dtype: "int32" }), {
    instanceOf: RangeError,
  });
  t.regex(error.message, /^zerosLike: shape must /);
});

test("zerosLike, onesLike and fullLike(x) take shape and dtype of x", (t) => {
  const x = transpose(array([[1n, 2n, 3n]], "int64"));
  t.deepEqual(describeArray(zerosLike(x)), ["int64", [3, 1], [[0n], [0n], [0n]]]);
  t.deepEqual(describeArray(onesLike(x, "bool")), ["bool", [3, 1], [[true], [true], [true]]]);
  t.deepEqual(describeArray(fullLike([true], 7)), ["bool", [1], [true]]);
  t.deepEqual(fullLike(x, 2).stride, [1, 1]);
});

test("eye(n, m) has ones on the diagonal", (t) => {
  bitEqual(t, eye(2), [
    [1, 0],
    [0, 1],
  ]);
  bitEqual(t, eye(3, 2, "int8"), [
    [1, 0],
    [0, 1],
    [0, 0],
  ]);
  t.deepEqual(eye(0).shape, [0, 0]);
  t.deepEqual(eye(1, 0).shape, [1, 0]);
});

test("arange(start, stop, step) counts integers in the default integer dtype", (t) => {
  t.deepEqual(describeArray(arange(3)), ["int32", [3], [0, 1, 2]]);
  t.deepEqual(describeArray(arange(-1, 3, 2)), ["int32", [2], [-1, 1]]);
  t.deepEqual(describeArray(arange(2, -2, -2)), ["int32", [2], [2, 0]]);
  t.deepEqual(describeArray(arange(5, 3)), ["int32", [0], []]);
  t.deepEqual(describeArray(arange(-2)), ["int32", [0], []]);
  t.deepEqual(describeArray(arange(2, undefined, 1, "int64")), ["int64", [2], [0n, 1n]]);
});

test.serial("arange(n) counts in int64 when 64-bit defaults are on", (t) => {
  enableX64(true);
  const dtype = arange(2).dtype;
  enableX64(false);
  t.is(dtype, "int64");
});

test("arange(start, stop, step) equals jnp.arange in every bit", (t) => {
  // JAX 0.10.2: jnp.arange(0, 1, 0.1)[[3, 6, 7, 9]], jnp.arange(-3, 3, 0.1)[[13, 18, 30]],
  // jnp.arange(5, -5, -0.3)[[6, 7]]
  const at = (x: NDArray, indices: number[]): unknown[] => indices.map((i) => x.get(i));
  t.deepEqual(
    at(arange(0, 1, 0.1), [3, 6, 7, 9]),
    [0.30000001192092896, 0.6000000238418579, 0.699999988079071, 0.9000000357627869],
  );
  t.deepEqual(at(arange(-3, 3, 0.1), [13, 18]), [-1.6999999284744263, -1.1999999284744263]);
  t.deepEqual(at(arange(5, -5, -0.3), [6, 7]), [3.1999998092651367, 2.8999998569488525]);
  // jnp.arange(0.5, 5.5, 1.5, "int32"), jnp.arange(0.1, 9, 0.3, "float16")[[12, 16]]
  t.deepEqual(arange(0.5, 5.5, 1.5, "int32").toArray(), [0, 1, 2, 3]);
  t.deepEqual(at(arange(0.1, 9, 0.3, "float16"), [12, 16]), [3.69921875, 4.8984375]);
});

test("linspace(start, stop, num) is close to jnp.linspace", (t) => {
  t.deepEqual(describeArray(linspace(0, 1, 3)), ["float32", [3], [0, 0.5, 1]]);
  t.is(linspace(0, 1).size, 50);
  t.deepEqual(linspace(0, 1, 0).toArray(), []);
  t.deepEqual(linspace(2, 3, 1).toArray(), [2]);
  t.deepEqual(linspace(2, 3, 2, { endpoint: false }).toArray(), [2, 2.5]);
  t.is(linspace(0.1, 0.7, 13).get(12), Math.fround(0.7));
  // JAX 0.10.2: jnp.linspace(3, -2, 11), jnp.linspace(-7, 9, 6, dtype="int32"), jnp.linspace(-3.5,
  // 2.5, 9, dtype="int32")
  closeTo(t, linspace(3, -2, 11), [3, 2.5, 2, 1.4999998807907104, 1, 0.5, 0, -0.5, -1, -1.5, -2]);
  t.deepEqual(linspace(-7, 9, 6, { dtype: "int32" }).toArray(), [-7, -4, -1, 2, 5, 9]);
  t.deepEqual(
    linspace(-3.5, 2.5, 9, { dtype: "int32" }).toArray(),
    [-4, -3, -2, -2, -1, 0, 1, 1, 2],
  );
});

const throws = test.macro<[() => unknown, new (message: string) => Error, string]>({
  exec(t, run, errorClass, message) {
    const error = t.throws(run, { message });
    t.is(error?.constructor, errorClass);
  },
  title: (_, run, errorClass) => `${/\w+\(.*\)/.exec(String(run))?.[0]} throws ${errorClass.name}`,
});

const half = "half" as DType;
const text = "2" as unknown as number;

test(
  throws,
  () => zeros([-1]),
  RangeError,
  "zeros: shape must hold non-negative integers, got [-1].",
);
test(
  throws,
  () => zeros(text as never),
  TypeError,
  'zeros: shape must be an array of integers, got "2".',
);
test(throws, () => zeros([1], half), TypeError, 'zeros: dtype must be a dtype name, got "half".');
test(
  throws,
  () => ones([0.5]),
  RangeError,
  "ones: shape must hold non-negative integers, got [0.5].",
);
test(throws, () => ones([1], half), TypeError, 'ones: dtype must be a dtype name, got "half".');
test(
  throws,
  () => full([NaN], 1),
  RangeError,
  "full: shape must hold non-negative integers, got [NaN].",
);
test(throws, () => full([1], 1, half), TypeError, 'full: dtype must be a dtype name, got "half".');
test(throws, () => full([1], text), TypeError, 'full: value must be a real scalar, got "2".');
test(
  throws,
  () => zerosLike([1], half),
  TypeError,
  'zerosLike: dtype must be a dtype name, got "half".',
);
test(
  throws,
  () => onesLike([1], half),
  TypeError,
  'onesLike: dtype must be a dtype name, got "half".',
);
test(
  throws,
  () => fullLike([1], 1, half),
  TypeError,
  'fullLike: dtype must be a dtype name, got "half".',
);
test(
  throws,
  () => fullLike([1], text),
  TypeError,
  'fullLike: value must be a real scalar, got "2".',
);
test(throws, () => arange(text), TypeError, 'arange: stop must be a number, got "2".');
test(throws, () => arange(NaN, 1), RangeError, "arange: start must be finite, got NaN.");
test(throws, () => arange(0, Infinity), RangeError, "arange: stop must be finite, got Infinity.");
test(throws, () => arange(0, 1, 0), RangeError, "arange: step must not be 0, got 0.");
test(
  throws,
  () => arange(0, 1, 1, half),
  TypeError,
  'arange: dtype must be a dtype name, got "half".',
);
test(throws, () => linspace(text, 1), TypeError, 'linspace: start must be a number, got "2".');
test(throws, () => linspace(0, NaN), RangeError, "linspace: stop must be finite, got NaN.");
test(
  throws,
  () => linspace(0, 1, -1),
  RangeError,
  "linspace: num must be a non-negative integer, got -1.",
);
test(
  throws,
  () => linspace(0, 1, 2, { dtype: half }),
  TypeError,
  'linspace: dtype must be a dtype name, got "half".',
);
test(throws, () => eye(-1), RangeError, "eye: n must be a non-negative integer, got -1.");
test(throws, () => eye(1, 0.5), RangeError, "eye: m must be a non-negative integer, got 0.5.");
test(throws, () => eye(1, 1, half), TypeError, 'eye: dtype must be a dtype name, got "half".');
