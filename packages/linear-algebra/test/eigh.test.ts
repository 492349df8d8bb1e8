import test from "ava";
import type { ExecutionContext } from "ava";
import fc from "fast-check";
import { eigh, matmul, norm } from "@flaxen/linear-algebra";
import {
  array,
  astype,
  contiguous,
  eye,
  flip,
  NDArray,
  stack,
  transpose,
  zeros,
} from "@flaxen/ndarray";
import { bitEqual, closeTo } from "@flaxen/testing";
import { eigenvaluesBelow, exact, exactRows } from "./inertia.ts";
import { difference, hilbert, largest, randomArray } from "./matrices.ts";
import { EPS, hardMatrices, matrixOf } from "./structured.ts";

const order = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(13, 31, 40));

function symmetric(n: number, seed: number): NDArray {
  const x = randomArray([n, n], seed);
  return matrixOf(n, n, (i, j) => (x.get(i, j) as number) + (x.get(j, i) as number));
}

/** Asserts the bounds of the README: 2 (n + 2) eps for the residual and for orthogonality. */
function checkDecomposition(t: ExecutionContext, name: string, x: NDArray): void {
  const n = x.shape[0];
  const bound = 2 * (n + 2) * EPS;
  const [w, v] = eigh(x);
  t.deepEqual([w.shape, v.shape], [[n], [n, n]], name);
  const values = w.data as Float64Array;
  t.true(
    values.every((value, i) => i === 0 || value >= values[i - 1]),
    name,
  );
  const by = largest(x) > 1e200 ? 2 ** -1000 : largest(x) < 1e-200 ? 2 ** 1000 : 1;
  const a = new NDArray(
    (x.data as Float64Array).map((value) => value * by),
    x.shape,
  );
  const scaled = (v.data as Float64Array).map((value, i) => value * (values[i % n] * by));
  const error = difference(matmul(new NDArray(scaled, [n, n]), transpose(v)), a);
  const length = norm(a).item() as number;
  const residual = length === 0 ? largest(error) : (norm(error).item() as number) / length;
  t.true(residual <= bound, `${name}: residual ${residual / EPS} eps`);
  const product = matmul(transpose(v), v);
  const off = norm(difference(product, eye(n, undefined, "float64"))).item() as number;
  t.true(off <= bound, `${name}: orthogonality ${off / EPS} eps`);
}

test("eigh(x) multiplies to x with orthogonal eigenvectors", (t) => {
  fc.assert(
    fc.property(order, fc.nat(10000), (n, seed) => {
      checkDecomposition(t, `${n}, seed ${seed}`, symmetric(n, seed));
    }),
    { seed: 20320, numRuns: 60 },
  );
});

test("eigh(x) multiplies to x for hard matrices", (t) => {
  for (const [name, x] of Object.entries(hardMatrices())) {
    const n = Math.min(...x.shape);
    const at = (i: number, j: number): number => x.get(i, j) as number;
    checkDecomposition(
      t,
      name,
      matrixOf(n, n, (i, j) => at(i, j) / 2 + at(j, i) / 2),
    );
  }
});

test("eigh(x) multiplies to a large x", (t) => {
  checkDecomposition(t, "large", symmetric(310, 12));
});

test("eigh(x) finds eigenvalues as numpy.linalg.eigh does", (t) => {
  // numpy.linalg.eigh([[4., 1, -2], [1, 0, 3], [-2, 3, 5]]), NumPy 2.4.6
  const [w, v] = eigh(
    array(
      [
        [4, 1, -2],
        [1, 0, 3],
        [-2, 3, 5],
      ],
      "float64",
    ),
  );
  closeTo(t, w, [-1.9435630140477276, 3.8374961755702337, 7.106066838477494], { rtol: 1e-14 });
  const magnitudes = (v.data as Float64Array).map(Math.abs);
  closeTo(
    t,
    magnitudes,
    [
      0.2931284138572723, 0.8440296287459853, 0.4490987851112872, 0.8440296287459852,
      0.449098785111287, 0.2931284138572721, 0.449098785111287, 0.2931284138572723,
      0.8440296287459853,
    ],
    { rtol: 1e-13 },
  );
  // Known: 2 - 2 cos(k pi / (n + 1)) for the second difference.
  const [second] = eigh(matrixOf(20, 20, (i, j) => (i === j ? 2 : -Number(Math.abs(i - j) === 1))));
  closeTo(
    t,
    second,
    Float64Array.from({ length: 20 }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / 21)),
    { rtol: 1e-13 },
  );
});

test("eigh(x) brackets the exact eigenvalues, found in 50 digits", (t) => {
  for (const x of [hilbert(8), hilbert(12), symmetric(9, 4)]) {
    const rows = exactRows(x);
    const values = eigh(x)[0].data as Float64Array;
    const n = values.length;
    const slack = exact(n * EPS * Math.max(...values.map(Math.abs)));
    values.forEach((value, i) => {
      t.true(eigenvaluesBelow(rows, exact(value).plus(slack)) >= i + 1);
      t.true(eigenvaluesBelow(rows, exact(value).minus(slack)) <= i);
    });
  }
});

test("eigh(x) finds both of Wilkinson's nearly equal eigenvalues", (t) => {
  // numpy.linalg.eigvalsh of the Wilkinson matrix of order 21, NumPy 2.4.6: the two largest agree to 14 digits.
  const wilkinson = hardMatrices()["wilkinson"];
  const [w] = eigh(wilkinson);
  closeTo(t, w.get(20) as number, 10.74619418290339, { rtol: 1e-14 });
  closeTo(t, w.get(19) as number, 10.746194182903322, { rtol: 1e-14 });
});

test("eigh(x) symmetrizes, or reads one triangle", (t) => {
  const x = [
    [1, 7],
    [3, 1],
  ];
  closeTo(t, eigh(x)[0], [-4, 6]);
  closeTo(t, eigh(x, { upper: true })[0], [-4, 6]);
  closeTo(t, eigh(x, { symmetrizeInput: false })[0], [-2, 4]);
  closeTo(t, eigh(x, { symmetrizeInput: false, upper: true })[0], [-6, 8]);
  closeTo(
    t,
    eigh(
      [
        [1, NaN],
        [3, 1],
      ],
      { symmetrizeInput: false },
    )[0],
    [-2, 4],
  );
});

test("eigh(x) works on batches, any strides and empty matrices", (t) => {
  const x = randomArray([2, 3, 4, 4], 5, "float32");
  const [w, v] = eigh(flip(x, 0));
  t.deepEqual(
    [w.shape, v.shape],
    [
      [2, 3, 4],
      [2, 3, 4, 4],
    ],
  );
  const [values, vectors] = eigh(contiguous(x.pick(0, 2)));
  bitEqual(t, contiguous(w.pick(1, 2)), values);
  bitEqual(t, contiguous(v.pick(1, 2)), vectors);
  bitEqual(t, eigh(transpose(x.pick(1, 1)))[0], eigh(x.pick(1, 1))[0]);
  t.deepEqual(
    eigh(zeros([0, 0])).map((part) => part.shape),
    [[0], [0, 0]],
  );
  t.deepEqual(
    eigh(zeros([3, 0, 0])).map((part) => part.shape),
    [
      [3, 0],
      [3, 0, 0],
    ],
  );
});

test("eigh(x) rounds float32 once, and takes integers", (t) => {
  const x = randomArray([6, 6], 9, "float32");
  const double = eigh(astype(x, "float64"));
  eigh(x).forEach((part, i) => bitEqual(t, part, astype(double[i], "float32")));
  t.is(eigh(array([[2]], "int32"))[0].dtype, "float32");
});

test("eigh(x) of matrices with NaN or infinities is NaN, as jax.numpy.linalg.eigh", (t) => {
  const good = array(
    [
      [2, 0],
      [0, 1],
    ],
    "float64",
  );
  for (const bad of [NaN, Infinity, -Infinity]) {
    const [w, v] = eigh(
      stack([
        array(
          [
            [1, bad],
            [bad, 3],
          ],
          "float64",
        ),
        good,
      ]),
    );
    t.deepEqual(w.toArray(), [
      [NaN, NaN],
      [1, 2],
    ]);
    t.true((contiguous(v.pick(0)).data as Float64Array).every(Number.isNaN));
  }
});

test("eigh(x) throws on shapes and dtypes that it has no answer for", (t) => {
  t.throws(() => eigh([1]), {
    instanceOf: RangeError,
    message: "eigh: x must have at least 2 axes, got shape [1].",
  });
  t.throws(() => eigh([[1, 2]]), {
    instanceOf: RangeError,
    message: "eigh: x must be square on its last two axes, got shape [1, 2].",
  });
  t.throws(() => eigh(zeros([2, 2], "complex128")), {
    instanceOf: TypeError,
    message: "eigh: x must have dtype float32 or float64, got complex128.",
  });
});

test("eigh(x) has the signs of numpy.linalg.eigh", (t) => {
  // numpy.linalg.eigh(x)[1] of NumPy 2
  const [, v] = eigh(
    array(
      [
        [4, 1, -2, 2],
        [1, 2, 0, 1],
        [-2, 0, 3, -2],
        [2, 1, -2, -1],
      ],
      "float64",
    ),
  );
  const expected = [
    [-0.17670517062447652, -0.6422600067660328, -0.20171109662094233, -0.7180459594506796],
    [-0.17810046990630068, 0.5441878481946866, -0.7894499124874397, -0.2211529881551807],
    [0.2876680343197011, -0.5202218509386148, -0.5796341693167879, 0.5573513771375096],
    [0.9242849167461131, 0.14398227457619123, -0.010280998686330534, -0.3533564748939929],
  ];
  closeTo(t, v, expected, { rtol: 0, atol: 1e-14 });
});
