import test from "ava";
import { array } from "@flaxen/ndarray";
import type { DType } from "@flaxen/dtype";
import {
  constant,
  normal,
  ones,
  onesInit,
  truncatedNormal,
  uniform,
  zeros,
  zerosInit,
} from "@flaxen/initializers";
import { answer, elements, legacy, modern } from "./answers.ts";

answer(
  () => normal(0.37)(modern, [33, 7]),
  "float32[33, 7]",
  [0.166957, 0.72277683, -0.1910086],
  "941472ef0da662ab",
);
answer(
  () => normal()(modern, [33, 7]),
  "float32[33, 7]",
  [0.0045123515, 0.01953451, -0.0051623946],
  "112b0045d66ddbde",
);
answer(() => normal()(modern, []), "float32[]", [0.0045123515], "320853ff9a6966da");
answer(
  () => uniform(0.37)(modern, [33, 7]),
  "float32[33, 7]",
  [0.24941327, 0.36060825, 0.11205212],
  "f75abd1c9ef6e124",
);
answer(() => uniform()(modern, [0, 7]), "float32[0, 7]", [], "e3b0c44298fc1c14");
answer(
  () => truncatedNormal(0.37, { lower: -1, upper: 2.5 })(modern, [33, 7]),
  "float32[33, 7]",
  [0.21742503, 0.7105229, -0.08269752],
  "d9ad14ee259242e5",
);
answer(
  () => truncatedNormal()(modern, [33, 7]),
  "float32[33, 7]",
  [0.0042935833, 0.016748857, -0.004907144],
  "c5da1b26b9225a37",
);
answer(
  () => normal(0.37)(legacy, [33, 7]),
  "float32[33, 7]",
  [0.015006266, -0.07154958, -0.2933001],
  "b69d76361f582c77",
);
answer(
  () => normal()(legacy, [33, 7]),
  "float32[33, 7]",
  [0.00040557474, -0.0019337723, -0.007927029],
  "796fc1f36295f9be",
);
answer(() => normal()(legacy, []), "float32[]", [0.010114811], "dcb648d875016529");
answer(
  () => uniform(0.37)(legacy, [33, 7]),
  "float32[33, 7]",
  [0.19098498, 0.15663275, 0.07917091],
  "7bfeeac2cf258307",
);
answer(() => uniform()(legacy, [0, 7]), "float32[0, 7]", [], "e3b0c44298fc1c14");
answer(
  () => truncatedNormal(0.37, { lower: -1, upper: 2.5 })(legacy, [33, 7]),
  "float32[33, 7]",
  [0.08393624, 0.011311535, -0.15528765],
  "cf49da64f6d129f7",
);
answer(
  () => truncatedNormal()(legacy, [33, 7]),
  "float32[33, 7]",
  [0.0003871108, -0.0018447563, -0.0074879746],
  "04e2736b1b642428",
);

test("constant(value, dtype)(key, shape) broadcasts an array and rounds it to the dtype", (t) => {
  t.deepEqual(constant([1, 2, 3])(modern, [2, 3]).toArray(), [
    [1, 2, 3],
    [1, 2, 3],
  ]);
  t.deepEqual(constant([[1.5], [-2.5]], "int8")(modern, [2, 2]).toArray(), [
    [1, 1],
    [-2, -2],
  ]);
  t.deepEqual(constant(2 ** 24 + 1)(modern, [1], "int32").toArray(), [2 ** 24 + 1]);
  t.is(constant(0.1)(modern, [], "float64").item(), 0.1);
  t.deepEqual(constant(true, "bool")(modern, [1]).toArray(), [true]);
  t.deepEqual(constant(1, "complex64")(modern, [1]).toArray(), [{ re: 1, im: 0 }] as never);
  t.is(constant(-Infinity)(modern, []).item(), -Infinity);
});

test("constant(array)(key, shape, dtype) rounds the numbers of the array once", (t) => {
  t.deepEqual(constant([0.1])(modern, [1], "float64").toArray(), [0.1]);
  t.deepEqual(constant([2 ** 31 - 1])(modern, [1], "int32").toArray(), [2 ** 31 - 1]);
  t.deepEqual(constant([2n ** 31n - 1n])(modern, [1], "int64").toArray(), [2n ** 31n - 1n]);
  const z = { re: 0.1, im: -2 };
  t.deepEqual(constant(z)(modern, [1], "complex128").toArray(), [z] as never);
  t.deepEqual(constant([1, 2], "complex64")(modern, [2]).toArray(), [
    { re: 1, im: 0 },
    { re: 2, im: 0 },
  ] as never);
  t.deepEqual(constant([[1], [2]])(modern, [2, 0]).toArray(), [[], []]);
});

test("constant(array)(key, shape) shares no memory with the array", (t) => {
  const value = array([1, 2]);
  const initializer = constant(value);
  const first = initializer(modern, [2]);
  first.set(0, 9);
  value.set(1, 9);
  t.deepEqual(initializer(modern, [2]).toArray(), [1, 2]);
});

test("constant(value) throws when value is not a number or an array that fits", (t) => {
  t.throws(() => constant(modern as never), {
    instanceOf: TypeError,
    message:
      "constant: value must be a number or an array, got Key. Build the initializer first: constant(...)(key, shape).",
  });
  t.throws(() => constant("1" as never), {
    instanceOf: TypeError,
    message: 'constant: value must be a number or an array, got "1".',
  });
  t.throws(() => constant(undefined as never), {
    instanceOf: TypeError,
    message: "constant: value must be a number or an array, got undefined.",
  });
  t.throws(() => constant(NaN), {
    instanceOf: RangeError,
    message: "constant: value must not be NaN, got NaN.",
  });
  t.throws(() => constant(1, "float" as never), {
    instanceOf: TypeError,
    message: 'constant: dtype must be a dtype name, got "float".',
  });
  t.throws(() => constant([1, 2])(modern, [2, 3]), {
    instanceOf: RangeError,
    message: "constant: value must broadcast to shape [2, 3], got shape [2].",
  });
  t.throws(() => constant([1, NaN]), {
    instanceOf: RangeError,
    message: "constant: value must not be NaN, got [1, NaN].",
  });
  t.throws(() => constant({ re: 1, im: 2 })(modern, [2]), {
    instanceOf: TypeError,
    message: 'constant: dtype must be complex for a complex value, got "float32".',
  });
  t.throws(() => constant(1)(0 as never, [2]), {
    instanceOf: TypeError,
    message: "constant: key must be a Key, got 0. Make one with key(seed).",
  });
  t.throws(() => constant(1)(modern, [2], "f32" as never), {
    instanceOf: TypeError,
    message: 'constant: dtype must be a dtype name, got "f32".',
  });
});

test("zeros(key, shape, dtype) and ones(key, shape, dtype) know every dtype", (t) => {
  const dtypes: DType[] = [
    "bool",
    "int8",
    "int64",
    "uint32",
    "float16",
    "bfloat16",
    "float64",
    "complex64",
  ];
  for (const dtype of dtypes) {
    t.is(zeros(modern, [2], dtype).dtype, dtype);
    t.is(ones(modern, [2], dtype).dtype, dtype);
  }
  t.deepEqual(elements(zeros(modern, [2, 2], "float16")), [0, 0, 0, 0]);
  t.deepEqual(elements(ones(modern, [2, 2], "bfloat16")), [1, 1, 1, 1]);
  t.deepEqual(ones(modern, [0, 2]).shape, [0, 2]);
  t.is(zeros(modern, []).item(), 0);
});

test("zerosInit() is zeros and onesInit() is ones", (t) => {
  t.is(zerosInit(), zeros);
  t.is(onesInit(), ones);
});

test("zeros and ones refuse to be called like builders, zerosInit and onesInit like initializers", (t) => {
  t.throws(() => (zeros as () => unknown)(), {
    instanceOf: TypeError,
    message:
      "zeros: key must be a Key, got undefined. zeros is an initializer already; zerosInit() builds it.",
  });
  t.throws(() => ones([2] as never, [2]), {
    instanceOf: TypeError,
    message:
      "ones: key must be a Key, got [2]. ones is an initializer already; onesInit() builds it.",
  });
  t.throws(() => (zerosInit as (...args: unknown[]) => unknown)(modern, [2]), {
    instanceOf: TypeError,
    message:
      "zerosInit: arguments must be omitted, got Key. Build the initializer first: zerosInit()(key, shape).",
  });
  t.throws(() => (onesInit as (...args: unknown[]) => unknown)(modern, [2]), {
    instanceOf: TypeError,
    message:
      "onesInit: arguments must be omitted, got Key. Build the initializer first: onesInit()(key, shape).",
  });
});

test("zeros(key, shape, dtype) and ones(key, shape, dtype) throw when shape or dtype is wrong", (t) => {
  t.throws(() => zeros(modern, 2 as never), {
    instanceOf: TypeError,
    message: "zeros: shape must be an array of integers, got 2.",
  });
  t.throws(() => ones(modern, [-1]), {
    instanceOf: RangeError,
    message: "ones: shape must hold non-negative integers, got [-1].",
  });
  t.throws(() => zeros(modern, [1], "float" as never), {
    instanceOf: TypeError,
    message: 'zeros: dtype must be a dtype name, got "float".',
  });
});

const scaled = test.macro<["uniform" | "normal" | "truncatedNormal", string]>({
  exec(t, name, argument) {
    const build = { uniform, normal, truncatedNormal }[name];
    const fails = (run: () => unknown, instanceOf: ErrorConstructor, message: string): void => {
      t.throws(run, { instanceOf, message: `${name}: ${message}` });
    };
    fails(
      () => build(modern as never),
      TypeError,
      `${argument} must be a number, got Key. Build the initializer first: ${name}(...)(key, shape).`,
    );
    fails(() => build("1" as never), TypeError, `${argument} must be a number, got "1".`);
    fails(() => build(NaN), RangeError, `${argument} must be finite, got NaN.`);
    fails(() => build(Infinity), RangeError, `${argument} must be finite, got Infinity.`);
    fails(
      () => build()(7 as never, [2]),
      TypeError,
      "key must be a Key, got 7. Make one with key(seed).",
    );
    fails(
      () => build()(modern, [1.5]),
      RangeError,
      "shape must hold non-negative integers, got [1.5].",
    );
    fails(
      () => build()(modern, [2], "int8"),
      TypeError,
      `dtype must be a ${name === "normal" ? "floating-point or complex" : "real floating-point"} dtype, got "int8".`,
    );
  },
  title: (_, name) => `${name}(...)(key, shape) refuses wrong input`,
});
test(scaled, "uniform", "scale");
test(scaled, "normal", "stddev");
test(scaled, "truncatedNormal", "stddev");

test("uniform(scale, dtype) and normal(stddev, dtype) throw TypeError when there is no such distribution of the dtype", (t) => {
  t.throws(() => uniform(1, "complex64" as never), {
    instanceOf: TypeError,
    message: 'uniform: dtype must be a real floating-point dtype, got "complex64".',
  });
  t.throws(() => normal(1, "uint8" as never), {
    instanceOf: TypeError,
    message: 'normal: dtype must be a floating-point or complex dtype, got "uint8".',
  });
});

test("truncatedNormal(stddev, options) throws when an option is wrong", (t) => {
  t.throws(() => truncatedNormal(1, "float32" as never), {
    instanceOf: TypeError,
    message: 'truncatedNormal: options must be an object, got "float32".',
  });
  t.throws(() => truncatedNormal(1, { dtype: "int8" as never }), {
    instanceOf: TypeError,
    message: 'truncatedNormal: dtype must be a real floating-point dtype, got "int8".',
  });
  t.throws(() => truncatedNormal(1, { lower: "a" as never }), {
    instanceOf: TypeError,
    message: 'truncatedNormal: lower must be a number, got "a".',
  });
  t.throws(() => truncatedNormal(1, { upper: NaN }), {
    instanceOf: RangeError,
    message: "truncatedNormal: upper must not be NaN, got NaN.",
  });
  t.throws(() => truncatedNormal(1, { lower: 2, upper: 2 }), {
    instanceOf: RangeError,
    message: "truncatedNormal: lower must be below upper, got 2 and 2.",
  });
});
