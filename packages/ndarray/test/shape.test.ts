import test from "ava";
import {
  broadcastShapes,
  broadcastTo,
  checkShape,
  normalizeAxes,
  normalizeAxis,
  rowMajorStrides,
  sizeOf,
  zeros,
} from "@flaxen/ndarray";
import { bitEqual } from "@flaxen/testing";
import fc from "fast-check";

const throws = test.macro<[() => unknown, new (message: string) => Error, string]>({
  exec(t, run, errorClass, message) {
    const error = t.throws(run, { message });
    t.is(error?.constructor, errorClass);
  },
  title: (_, run, errorClass) => `${/\w+\(.*\)/.exec(String(run))?.[0]} throws ${errorClass.name}`,
});

test("sizeOf(shape) and rowMajorStrides(shape) describe a row-major array", (t) => {
  t.deepEqual([sizeOf([]), rowMajorStrides([])], [1, []]);
  t.deepEqual([sizeOf([2, 3, 4]), rowMajorStrides([2, 3, 4])], [24, [12, 4, 1]]);
  t.deepEqual([sizeOf([2, 0, 4]), rowMajorStrides([2, 0, 4])], [0, [0, 4, 1]]);
});

test("checkShape(callee, shape) accepts shapes", (t) => {
  for (const shape of [[], [0], [2, 3]]) t.notThrows(() => checkShape("f", shape));
});

test(throws, () => checkShape("f", 3), TypeError, "f: shape must be an array of integers, got 3.");
test(
  throws,
  () => checkShape("f", ["3"]),
  TypeError,
  'f: shape must be an array of integers, got ["3"].',
);
test(
  throws,
  () => checkShape("f", [2, -1]),
  RangeError,
  "f: shape must hold non-negative integers, got [2, -1].",
);
test(
  throws,
  () => checkShape("f", [NaN]),
  RangeError,
  "f: shape must hold non-negative integers, got [NaN].",
);
test(
  throws,
  () => checkShape("f", [2 ** 30, 2 ** 30]),
  RangeError,
  "f: shape must have a size of at most 2^53 - 1, got [1073741824, 1073741824].",
);

test("normalizeAxis(callee, axis, ndim) counts from the front", (t) => {
  t.deepEqual(
    [-3, -1, 0, 2].map((axis) => normalizeAxis("f", axis, 3)),
    [0, 2, 0, 2],
  );
  t.true(Object.is(normalizeAxis("f", -0, 1), 0));
});

test(
  throws,
  () => normalizeAxis("f", 3, 3),
  RangeError,
  "f: axis must be an integer in [-3, 3), got 3.",
);
test(
  throws,
  () => normalizeAxis("f", -4, 3),
  RangeError,
  "f: axis must be an integer in [-3, 3), got -4.",
);
test(
  throws,
  () => normalizeAxis("f", NaN, 3),
  RangeError,
  "f: axis must be an integer in [-3, 3), got NaN.",
);
test(
  throws,
  () => normalizeAxis("f", 0, 0),
  RangeError,
  "f: axis must be omitted for an array of rank 0, got 0.",
);
test(
  throws,
  () => normalizeAxis("f", "0" as never, 1),
  TypeError,
  'f: axis must be an integer, got "0".',
);

test("normalizeAxes(callee, axes, ndim) keeps the order of the axes", (t) => {
  t.deepEqual(normalizeAxes("f", undefined, 3), [0, 1, 2]);
  t.deepEqual(normalizeAxes("f", -1, 3), [2]);
  t.deepEqual(normalizeAxes("f", [-1, 0], 3), [2, 0]);
  t.deepEqual(normalizeAxes("f", [], 3), []);
});

test(
  throws,
  () => normalizeAxes("f", [0, -2], 2),
  RangeError,
  "f: axis must name each axis once, got [0, -2].",
);
test(
  throws,
  () => normalizeAxes("f", [2], 2),
  RangeError,
  "f: axis must be an integer in [-2, 2), got 2.",
);
test(
  throws,
  () => normalizeAxes("f", "0" as never, 2),
  TypeError,
  'f: axis must be an integer, got "0".',
);

test("broadcastShapes(...shapes) aligns last axes", (t) => {
  t.deepEqual(broadcastShapes(), []);
  t.deepEqual(broadcastShapes([2, 3]), [2, 3]);
  t.deepEqual(broadcastShapes([2, 1], [3], []), [2, 3]);
  t.deepEqual(broadcastShapes([1], [0]), [0]);
  t.deepEqual(broadcastShapes([4, 1, 1], [3, 1], [2]), [4, 3, 2]);
});

test("broadcastShapes(...shapes) is commutative and is the shape to which each broadcasts", (t) => {
  const shape = fc.array(fc.constantFrom(1, 1, 2, 3, 0), { maxLength: 4 });
  fc.assert(
    fc.property(shape, shape, (a, b) => {
      let joint: number[] | undefined;
      try {
        joint = broadcastShapes(a, b);
      } catch {
        t.throws(() => broadcastShapes(b, a), { instanceOf: RangeError });
        return;
      }
      t.deepEqual(broadcastShapes(b, a), joint);
      t.deepEqual(broadcastTo(zeros(a), joint).shape, joint);
      t.deepEqual(broadcastTo(zeros(b), joint).shape, joint);
    }),
    { seed: 3 },
  );
});

test(
  throws,
  () => broadcastShapes([2], [3]),
  RangeError,
  "broadcastShapes: shapes must be broadcast-compatible, got [2] and [3].",
);
test(
  throws,
  () => broadcastShapes([0], [1], [2, 3]),
  RangeError,
  "broadcastShapes: shapes must be broadcast-compatible, got [0] and [1] and [2, 3].",
);

test("broadcastTo(x, shape) is a view with stride 0", (t) => {
  const x = zeros([2, 1]);
  const y = broadcastTo(x, [3, 2, 4]);
  t.is(y.data, x.data);
  t.deepEqual(y.stride, [0, 1, 0]);
  bitEqual(t, broadcastTo([1, 2], [2, 2]), [
    [1, 2],
    [1, 2],
  ]);
  bitEqual(t, broadcastTo(5, [2]), [5, 5]);
  t.deepEqual(broadcastTo([1], [0]).shape, [0]);
});

test(
  throws,
  () => broadcastTo([1, 2], [3]),
  RangeError,
  "broadcastTo: x must broadcast to shape [3], got shape [2].",
);
test(
  throws,
  () => broadcastTo([[1]], [3]),
  RangeError,
  "broadcastTo: x must broadcast to shape [3], got shape [1, 1].",
);
test(
  throws,
  () => broadcastTo([1, 2], [1]),
  RangeError,
  "broadcastTo: x must broadcast to shape [1], got shape [2].",
);
test(
  throws,
  () => broadcastTo(1, [-1]),
  RangeError,
  "broadcastTo: shape must hold non-negative integers, got [-1].",
);
