import test from "ava";
import fc from "fast-check";
import { all, create } from "mathjs";
import {
  cholesky,
  det,
  inv,
  lu,
  matmul,
  slogdet,
  solve,
  triangularSolve,
} from "@flaxen/linear-algebra";
import {
  arange,
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
import { difference, hilbert, largest, randomArray } from "./matrices.ts";

const EPS = 2 ** -52;
const A = [
  [2, -1, 0],
  [1, 3, -2],
  [4, 0, 5],
];
const order = fc.oneof(fc.integer({ min: 0, max: 8 }), fc.constantFrom(13, 31, 40));

/** The rows of a matrix in the order of a permutation. */
function rowsOf(x: NDArray, permutation: NDArray<"int32">): NDArray {
  return permutation.size === 0
    ? x
    : stack(Array.from(permutation.data, (row) => contiguous(x.pick(row))));
}

test("lu(x) multiplies to the permuted matrix with multipliers of at most 1", (t) => {
  fc.assert(
    fc.property(order, order, fc.nat(10000), (m, n, seed) => {
      const x = randomArray([m, n], seed);
      const [permutation, l, u] = lu(x);
      const k = Math.min(m, n);
      t.deepEqual([permutation.shape, l.shape, u.shape], [[m], [m, k], [k, n]]);
      t.deepEqual(
        [...permutation.data].sort((a, b) => a - b),
        Array.from({ length: m }, (_, i) => i),
      );
      const error = difference(matmul(l, u), contiguous(rowsOf(x, permutation)));
      t.true(largest(error) <= 4 * EPS * (k + 1));
      t.true(largest(l) <= 1);
      for (let i = 0; i < m; i++) {
        for (let j = i; j < k; j++) t.is(l.get(i, j), i === j ? 1 : 0);
      }
      for (let i = 0; i < k; i++) {
        for (let j = 0; j < Math.min(i, n); j++) t.is(u.get(i, j), 0);
      }
    }),
    { seed: 20280, numRuns: 60 },
  );
});

test("lu(x) matches jax.lax.linalg.lu", (t) => {
  // jax.lax.linalg.lu(jnp.array(..., jnp.float32)), JAX 0.10.2 on CPU
  const [permutation, l, u] = lu(A);
  t.is(permutation.dtype, "int32");
  t.deepEqual(permutation.toArray(), [2, 1, 0]);
  closeTo(t, l, [
    [1, 0, 0],
    [0.25, 1, 0],
    [0.5, -0.3333333432674408, 1],
  ]);
  closeTo(t, u, [
    [4, 0, 5],
    [0, 3, -3.25],
    [0, 0, -3.5833332538604736],
  ]);
  const [order, tallL, tallU] = lu([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  t.deepEqual(order.toArray(), [2, 0, 1]);
  closeTo(t, tallL, [
    [1, 0],
    [0.2, 1],
    [0.6, 0.5],
  ]);
  closeTo(t, tallU, [
    [5, 6],
    [0, 0.8],
  ]);
  t.deepEqual(
    lu([
      [1, 2],
      [2, 4],
    ]).map((f) => f.toArray()),
    [
      [1, 0],
      [
        [1, 0],
        [0.5, 1],
      ],
      [
        [2, 4],
        [0, 0],
      ],
    ],
  );
  t.deepEqual(lu(zeros([2, 0]))[0].toArray(), [0, 1]);
});

test("lu(x) works on batches and on any strides", (t) => {
  const x = randomArray([2, 4, 3], 2, "float32");
  const [permutation, l, u] = lu(flip(x, 0));
  const [p, one, upper] = lu(x.pick(0));
  bitEqual(t, contiguous(permutation.pick(1)), p);
  bitEqual(t, contiguous(l.pick(1)), one);
  bitEqual(t, contiguous(u.pick(1)), upper);
});

test("cholesky(x) multiplies to x", (t) => {
  fc.assert(
    fc.property(order, fc.nat(10000), (n, seed) => {
      const b = randomArray([n, n], seed);
      const shifted = matmul(b, transpose(b)) as NDArray<"float64">;
      for (let i = 0; i < n; i++) shifted.set(i, i, shifted.get(i, i) + 1);
      const l = cholesky(shifted);
      const error = difference(matmul(l, transpose(l)), shifted);
      t.true(largest(error) <= 4 * EPS * (n + 1) * Math.max(1, largest(shifted)));
      const upper = cholesky(shifted, { upper: true });
      bitEqual(t, contiguous(transpose(upper)), l);
      for (let i = 0; i < n; i++) {
        t.true(l.get(i, i) > 0);
        for (let j = i + 1; j < n; j++) t.is(l.get(i, j), 0);
      }
    }),
    { seed: 20281, numRuns: 60 },
  );
});

test("cholesky(x) matches jax.numpy.linalg.cholesky", (t) => {
  // jnp.linalg.cholesky(...), JAX 0.10.2
  t.deepEqual(
    cholesky([
      [25, 15, -5],
      [15, 18, 0],
      [-5, 0, 11],
    ]).toArray(),
    [
      [5, 0, 0],
      [3, 3, 0],
      [-1, 1, 3],
    ],
  );
  const skew = [
    [2, 7],
    [1, 3],
  ];
  closeTo(t, cholesky(skew, { symmetrizeInput: false }), [
    [1.4142135, 0],
    [0.70710677, 1.5811388],
  ]);
  t.deepEqual(cholesky(zeros([0, 0])).shape, [0, 0]);
});

test("cholesky(x) throws unless x is positive definite, and spreads NaN as NumPy does", (t) => {
  // numpy.linalg.cholesky, NumPy 2.4.6: LinAlgError, and NaN from where it is.
  const indefinite = [
    [4, 2, 1],
    [2, 1, 3],
    [1, 3, 9],
  ];
  t.throws(() => cholesky(indefinite), {
    instanceOf: RangeError,
    message: "cholesky: x must be positive definite, got a matrix that is not.",
  });
  t.throws(() => cholesky(indefinite, { upper: true }), {
    instanceOf: RangeError,
    message: "cholesky: x must be positive definite, got a matrix that is not.",
  });
  t.throws(() => cholesky(zeros([3, 3])), {
    instanceOf: RangeError,
    message: "cholesky: x must be positive definite, got a matrix that is not.",
  });
  t.throws(() => cholesky([[-Infinity]]), {
    instanceOf: RangeError,
    message: "cholesky: x must be positive definite, got a matrix that is not.",
  });
  t.throws(() => cholesky([eye(3).toArray(), indefinite] as number[][][]), {
    instanceOf: RangeError,
    message: "cholesky: x must be positive definite, got a matrix that is not at [1].",
  });
  t.throws(
    () =>
      cholesky([
        [[[1]], [[2]]],
        [[[-1]], [[1]]],
      ]),
    {
      instanceOf: RangeError,
      message: "cholesky: x must be positive definite, got a matrix that is not at [1, 0].",
    },
  );
  t.deepEqual(cholesky([[NaN]]).toArray(), [[NaN]]);
  t.deepEqual(cholesky([[Infinity]]).toArray(), [[Infinity]]);
  t.deepEqual(
    cholesky([
      [1, 2],
      [2, NaN],
    ]).toArray(),
    [
      [1, 0],
      [2, NaN],
    ],
  );
  t.deepEqual(
    cholesky([
      [NaN, 1],
      [1, 1],
    ]).toArray(),
    [
      [NaN, 0],
      [NaN, NaN],
    ],
  );
  t.deepEqual(cholesky(zeros([0, 3, 3])).shape, [0, 3, 3]);
});

test("solve(a, b) leaves a residual of rounding size", (t) => {
  fc.assert(
    fc.property(order, fc.integer({ min: 0, max: 5 }), fc.nat(10000), (n, k, seed) => {
      const a = randomArray([n, n], seed);
      const b = randomArray([n, k], seed + 1);
      const x = solve(a, b);
      t.deepEqual(x.shape, [n, k]);
      const residual = largest(difference(matmul(a, x), b));
      t.true(residual <= 16 * EPS * (n + 1) * Math.max(1, largest(x)));
      if (k > 0) bitEqual(t, solve(a, b.pick(-1, 0)), contiguous(x.pick(-1, 0)));
    }),
    { seed: 20282, numRuns: 60 },
  );
});

test("solve(a, b) and inv(x) match jax.numpy.linalg", (t) => {
  // jnp.linalg.solve, jnp.linalg.inv, JAX 0.10.2 on CPU
  closeTo(t, solve(A, [1, 2, 3]), [0.7209302186965942, 0.44186049699783325, 0.02325582690536976]);
  closeTo(t, inv(A), [
    [0.3488372266292572, 0.11627908051013947, 0.04651162028312683],
    [-0.30232560634613037, 0.23255813121795654, 0.09302326291799545],
    [-0.27906978130340576, -0.09302326291799545, 0.1627907007932663],
  ]);
  t.deepEqual(
    inv([
      [0, 1],
      [1, 0],
    ]).toArray(),
    [
      [0, 1],
      [1, 0],
    ],
  );
  t.deepEqual(inv(zeros([0, 0])).shape, [0, 0]);
  t.deepEqual(inv(zeros([3, 0, 0])).shape, [3, 0, 0]);
});

test("solve(a, b) and inv(x) survive tiny pivots", (t) => {
  const tiny = [
    [1e-20, 1],
    [1, 1],
  ];
  // jnp.linalg.solve, jnp.linalg.inv, JAX 0.10.2
  t.deepEqual(solve(tiny, [1, 2]).toArray(), [1, 1]);
  closeTo(t, inv(tiny), [
    [-1, 1],
    [1, -1e-20],
  ]);
});

test("solve(a, b) and inv(x) of singular matrices throw as NumPy", (t) => {
  // numpy.linalg.solve and inv raise LinAlgError for each of these, NumPy 2.4.6.
  const singular = [
    [1, 2],
    [2, 4],
  ];
  const batch = [eye(2).toArray(), singular] as number[][][];
  t.throws(() => solve(singular, [1, 1]), {
    instanceOf: RangeError,
    message: "solve: a must be nonsingular, got a singular matrix.",
  });
  t.throws(() => solve(singular, zeros([2, 0])), {
    instanceOf: RangeError,
    message: "solve: a must be nonsingular, got a singular matrix.",
  });
  t.throws(() => solve(batch, [1, 1]), {
    instanceOf: RangeError,
    message: "solve: a must be nonsingular, got a singular matrix at [1].",
  });
  t.throws(() => solve(singular, ones([3, 2, 1])), {
    instanceOf: RangeError,
    message: "solve: a must be nonsingular, got a singular matrix.",
  });
  t.throws(() => inv(singular), {
    instanceOf: RangeError,
    message: "inv: x must be nonsingular, got a singular matrix.",
  });
  t.throws(() => inv([[0]]), {
    instanceOf: RangeError,
    message: "inv: x must be nonsingular, got a singular matrix.",
  });
  t.throws(() => inv(batch), {
    instanceOf: RangeError,
    message: "inv: x must be nonsingular, got a singular matrix at [1].",
  });
  t.throws(() => inv([batch, batch]), {
    instanceOf: RangeError,
    message: "inv: x must be nonsingular, got a singular matrix at [0, 1].",
  });
  t.throws(() => inv(zeros([40, 40])), {
    instanceOf: RangeError,
    message: "inv: x must be nonsingular, got a singular matrix.",
  });
  // A pivot of 0 decides, whatever else there is.
  t.throws(
    () =>
      inv([
        [0, NaN],
        [0, 1],
      ]),
    {
      instanceOf: RangeError,
      message: "inv: x must be nonsingular, got a singular matrix.",
    },
  );
  t.deepEqual(inv(zeros([0, 2, 2])).shape, [0, 2, 2]);
  t.deepEqual(solve(singular, zeros([0, 2, 1])).shape, [0, 2, 1]);
});

test("solve(a, b) and inv(x) of infinities and NaN give what NumPy gives", (t) => {
  // numpy.linalg, NumPy 2.4.6
  const infinite = [
    [Infinity, 1],
    [1, 1],
  ];
  t.deepEqual(inv(infinite).toArray(), [
    [0, -0],
    [0, 1],
  ]);
  t.deepEqual(solve(infinite, [1, 1]).toArray(), [0, 1]);
  t.deepEqual(
    inv([
      [1, 2],
      [2, Infinity],
    ]).toArray(),
    [
      [NaN, NaN],
      [-0, 0],
    ],
  );
  t.deepEqual(
    inv([
      [1, 2],
      [2, NaN],
    ]).toArray(),
    [
      [NaN, NaN],
      [NaN, NaN],
    ],
  );
  t.deepEqual(solve(eye(2), [NaN, 1]).toArray(), [NaN, NaN]);
  t.deepEqual(inv([[NaN]]).toArray(), [[NaN]]);
  t.deepEqual(inv([[Infinity]]).toArray(), [[0]]);
});

test("solve(a, b) of the Hilbert matrix agrees with mathjs in 50 digits as far as its condition allows", (t) => {
  const n = 7;
  const a = hilbert(n);
  const x = solve(a, ones([n], "float64"));
  const math = create(all, { number: "BigNumber", precision: 50 });
  const rows = (a.toArray() as number[][]).map((row) =>
    row.map((value) => math.bignumber(String(value))),
  );
  const exact = math.lusolve(
    rows,
    rows.map(() => [math.bignumber(1)]),
  ) as unknown as unknown[][];
  // The condition number of the Hilbert matrix of order 7 is 4.8e8.
  closeTo(
    t,
    x,
    exact.map(([value]) => Number(value)),
    { rtol: 4.8e8 * EPS },
  );
});

test("solve(a, b) broadcasts leading axes; a vector b is one right-hand side", (t) => {
  // jnp.linalg.solve(jnp.ones((3, 2, 2)) + jnp.eye(2), jnp.ones(2)), JAX 0.10.2
  const a = array(
    Array.from({ length: 3 }, () => [
      [2, 1],
      [1, 2],
    ]),
  );
  closeTo(
    t,
    solve(a, [1, 1]),
    Array.from({ length: 3 }, () => [1 / 3, 1 / 3]),
  );
  t.deepEqual(solve(a, ones([5, 1, 2, 4])).shape, [5, 3, 2, 4]);
  t.deepEqual(solve(zeros([2, 0, 0]), zeros([0, 3])).shape, [2, 0, 3]);
  const many = randomArray([2, 3, 3], 5);
  const right = randomArray([2, 3, 1], 6);
  const x = solve(transpose(many, [0, 2, 1]), flip(right, 1));
  const one = solve(contiguous(transpose(many.pick(1))), contiguous(flip(right.pick(1), 0)));
  bitEqual(t, contiguous(x.pick(1)), one);
});

test("solve(a, b) promotes dtypes and rounds float32 once", (t) => {
  t.is(solve(eye(2, 2, "float32"), ones([2], "float64")).dtype, "float64");
  t.is(solve(eye(2, 2, "int32"), ones([2], "bool")).dtype, "float32");
  const a = astype(hilbert(5), "float32");
  const exact = solve(astype(a, "float64"), ones([5], "float64"));
  bitEqual(t, solve(a, ones([5], "float32")), astype(exact, "float32"));
});

test("triangularSolve(a, b) solves with one triangle, transposed or not", (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 12 }),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      fc.nat(1000),
      (n, lower, transposeA, unitDiagonal, seed) => {
        const full = randomArray([n, n], seed);
        for (let i = 0; i < n; i++) full.set(i, i, 2 + i / 4);
        const triangle = zeros([n, n], "float64");
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            if (lower ? j < i : j > i) triangle.set(i, j, full.get(i, j));
          }
          triangle.set(i, i, unitDiagonal ? 1 : full.get(i, i));
        }
        const b = randomArray([n, 3], seed + 1);
        const x = triangularSolve(full, b, { lower, transposeA, unitDiagonal });
        const product = matmul(transposeA ? transpose(triangle) : triangle, x);
        t.true(largest(difference(product, b)) <= 1e-12 * Math.max(1, largest(x)));
      },
    ),
    { seed: 20283, numRuns: 60 },
  );
});

test("triangularSolve(a, b) matches jax.scipy.linalg.solve_triangular", (t) => {
  // JAX 0.10.2
  const a = [
    [2, 1],
    [1, 4],
  ];
  t.deepEqual(triangularSolve(a, [1, 2], { lower: true }).toArray(), [0.5, 0.375]);
  t.deepEqual(triangularSolve(a, [1, 2], { lower: true, transposeA: true }).toArray(), [0.25, 0.5]);
  t.deepEqual(triangularSolve(a, [1, 2], { unitDiagonal: true }).toArray(), [-1, 2]);
  const singular = [
    [0, 1],
    [1, 2],
  ];
  // scipy.linalg.solve_triangular raises LinAlgError, SciPy 1.17.1.
  t.throws(() => triangularSolve(singular, [1, 2]), {
    instanceOf: RangeError,
    message: "triangularSolve: a must be nonsingular, got a singular matrix.",
  });
  t.throws(() => triangularSolve([[[1]], [[0]]], [[1]]), {
    instanceOf: RangeError,
    message: "triangularSolve: a must be nonsingular, got a singular matrix at [1].",
  });
  t.deepEqual(triangularSolve(singular, [1, 2], { unitDiagonal: true }).toArray(), [-1, 2]);
  t.deepEqual(
    triangularSolve(
      [
        [1, 0],
        [2, NaN],
      ],
      [1, 1],
      { lower: true },
    ).toArray(),
    [1, NaN],
  );
});

test("det(x) and slogdet(x) match NumPy and JAX", (t) => {
  // numpy.linalg.det, jnp.linalg.slogdet, NumPy 2 and JAX 0.10.2
  t.is(
    det([
      [0, 1],
      [1, 0],
    ]).item(),
    -1,
  );
  t.is(det(A).item(), 43);
  t.is(det(zeros([0, 0])).item(), 1);
  t.is(det(array(A, "int32")).dtype, "float32");
  t.deepEqual(
    slogdet([
      [0, 1],
      [1, 0],
    ]).map((f) => f.item()),
    [-1, 0],
  );
  closeTo(t, slogdet(A)[1], 3.761199951171875);
  t.deepEqual(
    slogdet(zeros([0, 0])).map((f) => f.item()),
    [1, 0],
  );
  const singular = [
    [1, 2],
    [2, 4],
  ];
  t.is(det(singular).item(), 0);
  t.deepEqual(
    slogdet(singular).map((f) => f.item()),
    [0, -Infinity],
  );
  t.is(det([[NaN]]).item(), NaN);
  const zeroColumn = [
    [0, NaN],
    [0, 1],
  ];
  t.is(det(zeroColumn).item(), 0);
  t.deepEqual(
    slogdet(zeroColumn).map((f) => f.item()),
    [0, -Infinity],
  );
  t.deepEqual(
    slogdet([
      [1, 2],
      [2, NaN],
    ]).map((f) => f.item()),
    [-1, NaN],
  );
  t.is(
    det([
      [Infinity, 0],
      [0, 1],
    ]).item(),
    Infinity,
  );
  t.deepEqual(det(zeros([3, 0, 0])).toArray(), [1, 1, 1]);
});

test("det(x) of a product is the product of the determinants", (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(1000), (n, seed) => {
      const [x, y] = [randomArray([n, n], seed), randomArray([n, n], seed + 1)];
      const product = det(matmul(x, y)).item();
      closeTo(t, product, det(x).item() * det(y).item(), { rtol: 1e-11, atol: 1e-13 });
      closeTo(t, det(transpose(x)).item(), det(x).item(), { rtol: 1e-12, atol: 1e-14 });
      const [sign, logarithm] = slogdet(x);
      closeTo(t, sign.item() * Math.exp(logarithm.item()), det(x).item(), { rtol: 1e-12 });
    }),
    { seed: 20284, numRuns: 60 },
  );
});

test("slogdet(x) neither overflows nor underflows", (t) => {
  const diagonal = zeros([40, 40], "float64");
  for (let i = 0; i < 40; i++) diagonal.set(i, i, i % 2 ? -1e-200 : 1e-100);
  const [sign, logarithm] = slogdet(diagonal);
  t.is(sign.item(), 1);
  closeTo(t, logarithm, -6000 * Math.LN10, { rtol: 1e-14 });
  t.is(det(diagonal).item(), 0);
});

test("the solvers throw RangeError on shapes that do not fit", (t) => {
  const wide = reshape(arange(6), [2, 3]);
  const cases: [() => unknown, string][] = [
    [() => lu([1, 2]), "lu: x must have at least 2 axes, got shape [2]."],
    [() => cholesky(wide), "cholesky: x must be square on its last two axes, got shape [2, 3]."],
    [() => inv(wide), "inv: x must be square on its last two axes, got shape [2, 3]."],
    [() => inv(3), "inv: x must have at least 2 axes, got shape []."],
    [() => det(wide), "det: x must be square on its last two axes, got shape [2, 3]."],
    [() => slogdet([1]), "slogdet: x must have at least 2 axes, got shape [1]."],
    [() => solve(wide, [1, 2]), "solve: a must be square on its last two axes, got shape [2, 3]."],
    [() => solve(eye(2), 1), "solve: b must have at least 1 axis, got shape []."],
    [
      () => solve(eye(2), ones([3, 2])),
      "solve: b must have as many rows as a, got shapes [2, 2] and [3, 2].",
    ],
    [
      () => solve(ones([3, 2, 2]), ones([4, 2, 1])),
      "solve: a and b must have batch axes that broadcast, got shapes [3, 2, 2] and [4, 2, 1].",
    ],
    [
      () => triangularSolve(eye(2), ones([3])),
      "triangularSolve: b must have as many rows as a, got shapes [2, 2] and [3].",
    ],
  ];
  for (const [call, message] of cases) t.throws(call, { instanceOf: RangeError, message });
});

test("the solvers throw TypeError on dtypes that have no kernel", (t) => {
  const half = ones([2, 2], "float16");
  const complex = ones([2, 2], "complex64");
  const cure = "got float16. Convert it with astype first.";
  const all = "float32, float64, complex64 or complex128";
  const cases: [() => unknown, string][] = [
    [() => lu(half), `lu: x must have dtype ${all}, ${cure}`],
    [() => cholesky(complex), "cholesky: x must have dtype float32 or float64, got complex64."],
    [() => inv(half), `inv: x must have dtype ${all}, ${cure}`],
    [() => det(half), `det: x must have dtype ${all}, ${cure}`],
    [() => solve(half, ones([2])), `solve: a must have dtype ${all}, ${cure}`],
    [() => solve(eye(2), half), `solve: b must have dtype ${all}, ${cure}`],
  ];
  for (const [call, message] of cases) t.throws(call, { instanceOf: TypeError, message });
});
