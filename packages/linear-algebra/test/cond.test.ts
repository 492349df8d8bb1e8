import test from "ava";
import { cond } from "@flaxen/linear-algebra";
import type { NormOrder } from "@flaxen/linear-algebra";
import { array, flip, ones, stack, zeros } from "@flaxen/ndarray";
import { closeTo } from "@flaxen/testing";
import { hilbert, randomArray } from "./matrices.ts";

const ORDERS: NormOrder[] = [2, -2, 1, -1, Infinity, -Infinity, "fro", "nuc"];

test("cond(x, ord) matches numpy.linalg.cond for every order", (t) => {
  // [numpy.linalg.cond([[1., 2], [3, 4]], p) for p in (2, -2, 1, -1, inf, -inf, "fro", "nuc")], NumPy 2.4.6
  const x = array(
    [
      [1, 2],
      [3, 4],
    ],
    "float64",
  );
  const expected = [
    14.933034373659265, 0.06696562634074718, 20.999999999999993, 5.999999999999998,
    20.999999999999993, 5.999999999999998, 14.999999999999998, 16.999999999999996,
  ];
  ORDERS.forEach((ord, i) => closeTo(t, cond(x, ord), expected[i], { rtol: 1e-13 }));
  closeTo(t, cond(x), expected[0], { rtol: 1e-13 });
  // numpy.linalg.cond(scipy.linalg.hilbert(6)), NumPy 2.4.6
  closeTo(t, cond(hilbert(6)), 14951058.64177819, { rtol: 1e-9 });
});

test("cond(x) of singular matrices is large or infinite, as in NumPy", (t) => {
  // numpy.linalg.cond(numpy.array([[1., 2], [2, 4]]), p) and of zeros, NumPy 2.4.6
  const singular = array(
    [
      [1, 2],
      [2, 4],
    ],
    "float64",
  );
  t.true((cond(singular).item() as number) > 1e15);
  t.true((cond(singular, -2).item() as number) < 1e-15);
  for (const ord of ORDERS.slice(2)) {
    t.is(cond(singular, ord).item(), Infinity);
    t.is(cond(zeros([2, 2]), ord).item(), Infinity);
  }
  t.is(cond(zeros([2, 2])).item(), Infinity);
  t.is(cond(zeros([2, 2]), -2).item(), Infinity);
});

test("cond(x) of NaN and infinities is what NumPy gives", (t) => {
  // numpy.linalg.cond raises LinAlgError where singular values are needed of NaN, NumPy 2.4.6.
  for (const ord of [2, -2, "nuc"] as const) {
    t.throws(() => cond([[NaN]], ord), {
      instanceOf: RangeError,
      message: "cond: x must have no NaN, got NaN.",
    });
    t.throws(() => cond([[[1]], [[NaN]]], ord), {
      instanceOf: RangeError,
      message: "cond: x must have no NaN, got NaN at [1].",
    });
  }
  for (const ord of ORDERS.filter((each) => each !== 2 && each !== -2 && each !== "nuc"))
    t.is(
      cond(
        [
          [1, NaN],
          [2, 3],
        ],
        ord,
      ).item(),
      NaN,
    );
  t.is(
    cond([
      [1, Infinity],
      [2, 3],
    ]).item(),
    Infinity,
  );
  t.is(
    cond(
      [
        [1, Infinity],
        [2, 3],
      ],
      1,
    ).item(),
    Infinity,
  );
});

test("cond(x) takes batches, strides and matrices that are not square", (t) => {
  const x = randomArray([3, 4, 2], 1);
  const batch = cond(flip(x, 0)).toArray() as number[];
  closeTo(t, batch[2], cond(x.pick(0)), { rtol: 1e-14 });
  const pair = stack([
    array(
      [
        [2, 0],
        [0, 1],
      ],
      "float64",
    ),
    ones([2, 2], "float64"),
  ]);
  t.deepEqual(cond(pair, 1).toArray(), [2, Infinity]);
  t.is(
    cond(
      array(
        [
          [2, 0],
          [0, 1],
        ],
        "int32",
      ),
    ).dtype,
    "float32",
  );
  // In float64 the norms of a float32 matrix and its inverse do not overflow on the way.
  closeTo(
    t,
    cond(
      array(
        [
          [1e-30, 0],
          [0, 1e-10],
        ],
        "float32",
      ),
      1,
    ),
    1e20,
    { rtol: 1e-6 },
  );
});

test("cond(x, ord) throws on empty or rectangular matrices and unknown orders", (t) => {
  const cases: [() => unknown, string][] = [
    [() => cond([1]), "cond: x must have at least 2 axes, got shape [1]."],
    [() => cond(zeros([2, 0])), "cond: x must have elements in its matrices, got shape [2, 0]."],
    [
      () => cond(ones([3, 2]), 1),
      "cond: x must be square on its last two axes for ord 1, got shape [3, 2].",
    ],
    [() => cond([[1]], 3), 'cond: ord must be "fro", "nuc", ±1, ±2 or ±Infinity, got 3.'],
    [() => cond([[1]], NaN), 'cond: ord must be "fro", "nuc", ±1, ±2 or ±Infinity, got NaN.'],
  ];
  for (const [call, message] of cases) t.throws(call, { instanceOf: RangeError, message });
  t.throws(() => cond(zeros([1, 1], "float16")), {
    instanceOf: TypeError,
    message:
      "cond: x must have dtype float32 or float64, got float16. Convert it with astype first.",
  });
});
