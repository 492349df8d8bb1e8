import test from "ava";
import fc from "fast-check";
import { all, create } from "mathjs";
import type { BigNumber } from "mathjs";
import { det, expm, matmul, matrixPower, norm, trace } from "@flaxen/linear-algebra";
import {
  array,
  astype,
  contiguous,
  eye,
  flip,
  NDArray,
  ones,
  reshape,
  stack,
  transpose,
  zeros,
} from "@flaxen/ndarray";
import { bitEqual, closeTo } from "@flaxen/testing";
import { difference, randomArray } from "./matrices.ts";
import { EPS, matrixOf } from "./structured.ts";

const math = create(all, { number: "BigNumber", precision: 60 });

/** The exponential in 60 digits: the Taylor series of x / 2^k, squared k times. */
function exactExponential(x: NDArray, k: number): NDArray {
  const rows = (x.toArray() as number[][]).map((row) =>
    row.map((v) => math.bignumber(v).div(2 ** k)),
  );
  const product = (a: BigNumber[][], b: BigNumber[][]): BigNumber[][] =>
    math.multiply(math.matrix(a), math.matrix(b)).toArray() as unknown as BigNumber[][];
  let term = rows.map((row, i) => row.map((_, j) => math.bignumber(Number(i === j))));
  let sum = term;
  for (let i = 1; i <= 40; i++) {
    term = product(term, rows).map((row) => row.map((value) => value.div(i)));
    sum = sum.map((row, r) => row.map((value, c) => value.plus(term[r][c])));
  }
  for (let i = 0; i < k; i++) sum = product(sum, sum);
  return array(
    sum.map((row) => row.map((value) => value.toNumber())),
    "float64",
  );
}

function relativeError(actual: NDArray, expected: NDArray): number {
  return (norm(difference(actual, expected)).item() as number) / (norm(expected).item() as number);
}

test("expm(x) agrees with its series in 60 digits", (t) => {
  for (const [scale, k] of [
    [1e-3, 2],
    [1, 5],
    [5, 8],
    [40, 12],
  ]) {
    for (const n of [1, 2, 5]) {
      const x = matrixOf(n, n, (i, j) => scale * (randomArray([n, n], n).get(i, j) as number));
      const error = relativeError(expm(x), exactExponential(x, k));
      // The condition number of the exponential is about the norm of x.
      t.true(error <= 10 * EPS * (1 + n * scale), `${n}, ${scale}: ${error / EPS} eps`);
    }
  }
});

test("expm(x) matches scipy.linalg.expm", (t) => {
  // scipy.linalg.expm([[1., 2], [3, 4]]), SciPy 1.17.1
  closeTo(
    t,
    expm(
      array(
        [
          [1, 2],
          [3, 4],
        ],
        "float64",
      ),
    ),
    [
      [51.968956198707545, 74.73656456700692],
      [112.10484685051041, 164.073803049218],
    ],
    { rtol: 1e-13 },
  );
  closeTo(
    t,
    expm(
      array(
        [
          [-1000, 1],
          [0, -1000],
        ],
        "float64",
      ),
    ),
    [
      [0, 0],
      [0, 0],
    ],
  );
  // Moler and Van Loan (2003), "Nineteen dubious ways", example with a severe hump; SciPy 1.17.1
  closeTo(
    t,
    expm(
      array(
        [
          [-49, 24],
          [-64, 31],
        ],
        "float64",
      ),
    ),
    [
      [-0.7357587581447559, 0.5518190996580998],
      [-1.4715175990882672, 1.1036382407155778],
    ],
    { rtol: 1e-12 },
  );
});

test("expm(x) of special matrices is known", (t) => {
  t.deepEqual(expm(zeros([3, 3])).toArray(), eye(3).toArray());
  t.deepEqual(expm(zeros([0, 0])).shape, [0, 0]);
  t.deepEqual(
    expm(
      array(
        [
          [1e10, 0],
          [0, 1],
        ],
        "float64",
      ),
    ).toArray(),
    [
      [Infinity, 0],
      [0, Math.E],
    ],
  );
  // Nilpotent: the series ends.
  closeTo(
    t,
    expm([
      [0, 1, 2],
      [0, 0, 3],
      [0, 0, 0],
    ]),
    [
      [1, 1, 3.5],
      [0, 1, 3],
      [0, 0, 1],
    ],
  );
});

test("expm(x) turns sums into products and traces into determinants", (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(10000), (n, seed) => {
      const x = randomArray([n, n], seed);
      const minus = new NDArray(
        (x.data as Float64Array).map((v) => -v),
        x.shape,
      );
      const [e, inverse] = [expm(x), expm(minus)];
      const size = (norm(e).item() as number) * (norm(inverse).item() as number);
      closeTo(t, matmul(e, inverse), eye(n), { rtol: 0, atol: 20 * n * EPS * size });
      closeTo(t, det(e), Math.exp(trace(x).item() as number), { rtol: 1e-13 * size });
      // The exponential of a skew-symmetric matrix is orthogonal.
      const q = expm(difference(x, contiguous(transpose(x))));
      closeTo(t, matmul(q, transpose(q)), eye(n), { rtol: 0, atol: 40 * n * EPS });
    }),
    { seed: 20350, numRuns: 40 },
  );
});

test("expm(x) works on batches, any strides and float32, and spreads NaN", (t) => {
  const x = randomArray([2, 3, 3], 4, "float32");
  const e = expm(flip(x, 0));
  bitEqual(t, contiguous(e.pick(1)), expm(contiguous(x.pick(0))));
  bitEqual(t, e, astype(expm(astype(flip(x, 0), "float64")), "float32"));
  // jax.scipy.linalg.expm, JAX 0.10.2
  for (const bad of [NaN, Infinity]) {
    const y = expm(
      stack([
        array([
          [1, bad],
          [2, 3],
        ]),
        zeros([2, 2]),
      ]),
    );
    t.deepEqual(y.toArray(), [
      [
        [NaN, NaN],
        [NaN, NaN],
      ],
      [
        [1, 0],
        [0, 1],
      ],
    ]);
  }
});

test("expm(x) throws on shapes and dtypes that it has no answer for", (t) => {
  t.throws(() => expm([1]), {
    instanceOf: RangeError,
    message: "expm: x must have at least 2 axes, got shape [1].",
  });
  t.throws(() => expm([[1, 2]]), {
    instanceOf: RangeError,
    message: "expm: x must be square on its last two axes, got shape [1, 2].",
  });
  t.throws(() => expm(zeros([2, 2], "complex64")), {
    instanceOf: TypeError,
    message: "expm: x must have dtype float32 or float64, got complex64.",
  });
});

test("matrixPower(x, n) matches jax.numpy.linalg.matrix_power", (t) => {
  // jnp.linalg.matrix_power([[1, 2], [3, 4]], n), JAX 0.10.2
  const x = array(
    [
      [1, 2],
      [3, 4],
    ],
    "int32",
  );
  t.deepEqual(matrixPower(x, 3).toArray(), [
    [37, 54],
    [81, 118],
  ]);
  t.is(matrixPower(x, 3).dtype, "int32");
  t.deepEqual(matrixPower(x, 1).toArray(), x.toArray());
  t.not(matrixPower(x, 1).data, x.data);
  closeTo(t, matrixPower(x, -1), [
    [-2, 1],
    [1.5, -0.5],
  ]);
  t.is(matrixPower(x, -1).dtype, "float32");
  t.deepEqual(matrixPower(ones([2, 2], "bool"), 0).toArray(), [
    [true, false],
    [false, true],
  ]);
  t.deepEqual(matrixPower(ones([2, 3, 3]), 0).shape, [2, 3, 3]);
  // numpy.linalg.matrix_power raises LinAlgError, NumPy 2.4.6.
  t.throws(
    () =>
      matrixPower(
        [
          [1, 2],
          [2, 4],
        ],
        -1,
      ),
    {
      instanceOf: RangeError,
      message: "matrixPower: x must be nonsingular, got a singular matrix.",
    },
  );
  t.throws(() => matrixPower([[[1]], [[0]]], -3), {
    instanceOf: RangeError,
    message: "matrixPower: x must be nonsingular, got a singular matrix at [1].",
  });
  t.deepEqual(matrixPower(zeros([0, 0]), 5).shape, [0, 0]);
});

test("matrixPower(x, n) is the n-fold product", (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: -4, max: 12 }),
      fc.nat(1000),
      (n, power, seed) => {
        // Diagonally dominant, so that powers of the inverse stay accurate.
        const x = matrixOf(
          n,
          n,
          (i, j) => (i === j ? 2 : 0) + 0.3 * (randomArray([n, n], seed).get(i, j) as number),
        );
        const next = matrixPower(x, power + 1);
        closeTo(t, matmul(matrixPower(x, power), x), next, {
          rtol: 1e-12,
          atol: 1e-12 * (norm(next).item() as number),
        });
      },
    ),
    { seed: 20351, numRuns: 60 },
  );
  const batch = randomArray([2, 3, 3], 2, "float32");
  bitEqual(
    t,
    contiguous(matrixPower(flip(batch, 0), 5).pick(1)),
    matrixPower(contiguous(batch.pick(0)), 5),
  );
  t.deepEqual(
    matrixPower(
      reshape(array([{ re: 0, im: 1 }] as never, "complex64"), [1, 1]),
      3,
    ).toArray() as unknown,
    [[{ re: 0, im: -1 }]],
  );
});

test("matrixPower(x, n) throws on shapes and powers without a meaning", (t) => {
  const cases: [() => unknown, string][] = [
    [() => matrixPower([1], 2), "matrixPower: x must have at least 2 axes, got shape [1]."],
    [
      () => matrixPower([[1, 2]], 2),
      "matrixPower: x must be square on its last two axes, got shape [1, 2].",
    ],
    [() => matrixPower([[1]], 0.5), "matrixPower: n must be an integer, got 0.5."],
    [() => matrixPower([[1]], NaN), "matrixPower: n must be an integer, got NaN."],
  ];
  for (const [call, message] of cases) t.throws(call, { instanceOf: RangeError, message });
});
