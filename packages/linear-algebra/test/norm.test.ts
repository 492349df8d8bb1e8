import test from "ava";
import fc from "fast-check";
import { norm } from "@flaxen/linear-algebra";
import type { NormOrder } from "@flaxen/linear-algebra";
import { arange, array, flip, ones, reshape, transpose, zeros } from "@flaxen/ndarray";
import { closeTo } from "@flaxen/testing";
import { randomArray } from "./matrices.ts";

test("norm(x) of vectors matches numpy.linalg.norm for every order", (t) => {
  // numpy.linalg.norm([3., -4., 0., 1.], ord=...), NumPy 2
  const x = array([3, -4, 0, 1], "float64");
  const expected: [NormOrder | undefined, number][] = [
    [undefined, 5.0990195135927845],
    [0, 3],
    [1, 8],
    [-1, 0],
    [2, 5.0990195135927845],
    [-2, 0],
    [3, 4.514357435474001],
    [0.5, 22.392304845413257],
    [Infinity, 4],
    [-Infinity, 0],
  ];
  for (const [ord, value] of expected) {
    closeTo(t, norm(x, ord === undefined ? {} : { ord }), value, { rtol: 1e-15 });
  }
});

test("norm(x) of matrices matches numpy.linalg.norm for every order", (t) => {
  // numpy.linalg.norm(numpy.arange(-4., 5).reshape(3, 3), ord=...), NumPy 2
  const x = reshape(arange(-4, 5, 1, "float64"), [3, 3]);
  const expected: [NormOrder, number][] = [
    ["fro", 7.745966692414834],
    ["nuc", 9.797958971132712],
    [1, 7],
    [-1, 6],
    [2, 7.348469228349533],
    [-2, 0],
    [Infinity, 9],
    [-Infinity, 2],
  ];
  for (const [ord, value] of expected) {
    closeTo(t, norm(x, { ord }), value, { rtol: 1e-14, atol: 1e-15 });
  }
  t.is(norm(transpose(x), { ord: 1 }).item(), 9);
  t.is(norm(transpose(x), { ord: -Infinity }).item(), 6);
});

test("norm(x) reduces the axes that are named", (t) => {
  // jnp.linalg.norm, JAX 0.10.2
  const x = reshape(arange(6, undefined, undefined, "float32"), [2, 3]);
  closeTo(t, norm(x, { axis: 0 }), [3, 4.1231055, 5.3851647]);
  closeTo(t, norm(x, { axis: [-1] }), [2.236068, 7.071068]);
  closeTo(t, norm(x, { axis: [0, 1], keepdims: true }), [[7.4161983]]);
  closeTo(t, norm(x, { keepdims: true }), [[7.4161983]]);
  closeTo(t, norm(x, { axis: 1, keepdims: true, ord: 1 }), [[3], [12]]);
  t.deepEqual(norm(ones([2, 3]), { axis: [1, 0], ord: 1 }).toArray(), 3);
  t.deepEqual(norm(ones([2, 3, 4]), { axis: [0, 2], ord: Infinity }).toArray(), [4, 4, 4]);
  closeTo(t, norm(flip(x), { axis: 0 }), [5.3851647, 4.1231055, 3]);
});

test("norm(x) of other ranks is the root of all squares", (t) => {
  closeTo(t, norm(ones([2, 2, 2])), 2.828427);
  t.is(norm(-3).item(), 3);
  t.is(norm(zeros([0])).item(), 0);
  t.deepEqual(norm(ones([2, 1, 2]), { keepdims: true }).shape, [1, 1, 1]);
});

test("norm(x) of nothing is 0", (t) => {
  t.is(norm(zeros([0]), { ord: Infinity }).item(), 0);
  t.is(norm(zeros([0, 3]), { ord: 1 }).item(), 0);
  t.is(norm(zeros([0, 3]), { ord: 2 }).item(), 0);
  t.is(norm(zeros([3, 0]), { ord: 1 }).item(), 0);
  t.deepEqual(norm(zeros([2, 0]), { axis: 1 }).toArray(), [0, 0]);
});

test("norm(x) spreads NaN and infinities", (t) => {
  t.is(norm([1, NaN]).item(), NaN);
  t.is(norm([1, NaN], { ord: Infinity }).item(), NaN);
  t.is(norm([Infinity, 1]).item(), Infinity);
  t.is(norm([[Infinity, 1]], { ord: 2 }).item(), NaN);
  // numpy.linalg.norm raises LinAlgError, NumPy 2.4.6.
  for (const ord of [2, -2, "nuc"] as const) {
    t.throws(() => norm([[NaN, 1]], { ord }), {
      instanceOf: RangeError,
      message: "norm: x must have no NaN, got NaN.",
    });
    t.throws(() => norm([[[1]], [[NaN]]], { ord, axis: [1, 2] }), {
      instanceOf: RangeError,
      message: "norm: x must have no NaN, got NaN at [1].",
    });
  }
  t.is(norm([[1, NaN]], { ord: 1 }).item(), NaN);
});

test("norm(x) does not overflow before its result does", (t) => {
  closeTo(t, norm([3e30, 4e30]), 5e30, { rtol: 1e-6 });
  closeTo(t, norm(array([3e300, 4e300], "float64")), 5e300, { rtol: 1e-15 });
  closeTo(t, norm(array([3e-300, 4e-300], "float64")), 5e-300, { rtol: 1e-15 });
});

test("norm(x) keeps floats and computes other dtypes in the default float", (t) => {
  for (const [dtype, expected] of [
    ["float16", "float16"],
    ["bfloat16", "bfloat16"],
    ["float64", "float64"],
    ["int32", "float32"],
    ["bool", "float32"],
  ] as const) {
    t.is(norm(ones([4], dtype)).dtype, expected);
    t.is(norm(ones([4], dtype)).item(), 2);
  }
  t.is(norm(array([60000, 60000], "float16")).item(), Infinity);
});

test("norm(x) with singular values agrees with the Frobenius norm and with known spectra", (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      fc.nat(1000),
      (m, n, seed) => {
        const x = randomArray([m, n], seed);
        const frobenius = norm(x).item() as number;
        const [two, nuclear, least] = [2, "nuc", -2].map(
          (ord) => norm(x, { ord: ord as NormOrder }).item() as number,
        );
        const slack = 1 + 1e-13;
        t.true(two <= frobenius * slack && frobenius <= nuclear * slack && least <= two * slack);
        t.true(nuclear <= Math.sqrt(Math.min(m, n)) * frobenius * slack);
        closeTo(t, norm(transpose(x), { ord: 2 }).item(), two, { rtol: 1e-13 });
      },
    ),
    { seed: 20290, numRuns: 60 },
  );
  closeTo(
    t,
    norm(
      array(
        [
          [3, 0],
          [0, -4],
        ],
        "float64",
      ),
      { ord: "nuc" },
    ),
    7,
  );
  closeTo(
    t,
    norm(
      array(
        [
          [3, 0],
          [0, -4],
        ],
        "float64",
      ),
      { ord: -2 },
    ),
    3,
  );
  // The singular values of [[1, 1], [0, 1]] are the golden ratio and its inverse.
  closeTo(
    t,
    norm(
      array(
        [
          [1, 1],
          [0, 1],
        ],
        "float64",
      ),
      { ord: 2 },
    ),
    (1 + Math.sqrt(5)) / 2,
  );
});

test("norm(x) throws on orders and axes that do not exist", (t) => {
  const cases: [() => unknown, string][] = [
    [() => norm([1], { ord: "fro" }), 'norm: ord must be a number for vectors, got "fro".'],
    [() => norm([1], { ord: NaN }), "norm: ord must be a number for vectors, got NaN."],
    [
      () => norm([[1]], { ord: 3 }),
      'norm: ord must be "fro", "nuc", ±1, ±2 or ±Infinity for matrices, got 3.',
    ],
    [
      () => norm(ones([2, 2, 2]), { ord: 2 }),
      "norm: axis must name 1 or 2 axes for this ord, got shape [2, 2, 2].",
    ],
    [
      () => norm(ones([2, 2, 2]), { axis: [0, 1, 2] }),
      "norm: axis must name 1 or 2 axes for this ord, got 3 axes.",
    ],
    [() => norm([1], { axis: 1 }), "norm: axis must be an integer in [-1, 1), got 1."],
    [() => norm([[1]], { axis: [0, 0] }), "norm: axis must name each axis once, got [0, 0]."],
    [
      () => norm(zeros([0]), { ord: -Infinity }),
      "norm: x must have elements along axis for ord -Infinity, got lengths [0].",
    ],
    [
      () => norm(zeros([3, 0]), { ord: -1 }),
      "norm: x must have elements along axis for ord -1, got lengths [3, 0].",
    ],
  ];
  for (const [call, message] of cases) t.throws(call, { instanceOf: RangeError, message });
  t.throws(() => norm(zeros([1, 1], "complex64"), { ord: 2 }), {
    instanceOf: TypeError,
    message: "norm: x must have a real dtype for ord 2 of matrices, got complex64.",
  });
  t.throws(() => norm(zeros([1, 1], "complex64"), { ord: "nuc" }), {
    instanceOf: TypeError,
    message: 'norm: x must have a real dtype for ord "nuc" of matrices, got complex64.',
  });
});
