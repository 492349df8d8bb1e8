import test from "ava";
import fc from "fast-check";
import type { ExecutionContext } from "ava";
import { det, inv, lu, norm, qr, slogdet, solve, triangularSolve } from "@flaxen/linear-algebra";
import { astype, NDArray, ones, transpose, zeros } from "@flaxen/ndarray";
import { bitEqual, closeTo } from "@flaxen/testing";
import { randomArray } from "./matrices.ts";

type ComplexArray = NDArray<"complex64" | "complex128">;

/** A complex64 or complex128 array from real and imaginary parts by turns. */
function complex(
  parts: readonly number[] | Float64Array,
  shape: readonly number[],
  dtype: "complex64" | "complex128" = "complex64",
): ComplexArray {
  const data = dtype === "complex64" ? Float32Array.from(parts) : Float64Array.from(parts);
  return new NDArray(data, shape, undefined, 0, dtype);
}

function randomComplex(
  m: number,
  n: number,
  seed: number,
  dtype: "complex64" | "complex128",
): ComplexArray {
  return complex(randomArray([m, n, 2], seed).data as Float64Array, [m, n], dtype);
}

/** The product of complex matrices in float64, parts by turns; `conjugate` takes aᴴ instead of a. */
function product(a: ComplexArray, b: ComplexArray, conjugate = false): ComplexArray {
  const [rows, columns] = a.shape;
  const [m, k] = conjugate ? [columns, rows] : [rows, columns];
  const n = b.shape[1];
  const parts = new Float64Array(2 * m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let p = 0; p < k; p++) {
        const x = conjugate ? a.get(p, i) : a.get(i, p);
        const im = conjugate ? -x.im : x.im;
        const y = b.get(p, j);
        parts[2 * (i * n + j)] += x.re * y.re - im * y.im;
        parts[2 * (i * n + j) + 1] += x.re * y.im + im * y.re;
      }
    }
  }
  return complex(parts, [m, n], "complex128");
}

/** The largest magnitude of a difference of parts. */
function distance(a: ComplexArray, b: ComplexArray): number {
  return Math.max(0, ...Array.from(a.data, (x, i) => Math.abs(x - b.data[i])));
}

/** Asserts that all parts agree to a few units in the last place of complex64. */
function near(t: ExecutionContext, actual: ComplexArray, expected: readonly number[]): void {
  closeTo(t, Array.from(actual.data), [...expected], { rtol: 2e-6, atol: 2e-6 });
}

const A = complex([1, 2, 0, -1, 0.5, 0, 3, -1, 2, 0, 1, 1, 0, 0.25, -2, 1, 1, 0], [3, 3]);
const EPS = { complex64: 2 ** -23, complex128: 2 ** -52 };

test("qr(x) of complex64 matches jax.numpy.linalg.qr in values and signs", (t) => {
  // jnp.linalg.qr(jnp.array([[1+2j, -1j, 0.5], [3-1j, 2, 1+1j], [0.25j, -2+1j, 1]])), JAX 0.10.2 on CPU
  const [q, r] = qr(A);
  t.deepEqual([q.dtype, r.dtype], ["complex64", "complex64"]);
  near(
    t,
    q,
    [
      -0.25766265392303467, -0.5153253078460693, 0.028214214369654655, 0.5656957030296326,
      -0.34580835700035095, 0.47713619470596313, -0.7729880213737488, 0.25766268372535706,
      -0.35832086205482483, 0.005642890930175781, -0.30060240626335144, -0.3425085246562958,
      -1.862645149230957e-9, -0.06441566348075867, 0.6714990735054016, -0.3159995675086975,
      -0.6375013589859009, -0.19666188955307007,
    ],
  );
  near(
    t,
    r,
    [
      -3.8810434341430664, 0, -1.0950663089752197, -0.38649410009384155, -0.6441565752029419,
      -0.7085723876953125, 0, 0, -2.9413349628448486, 0, 0.3329281806945801, -0.3308119773864746, 0,
      0, 0, 0, -1.4535164833068848, 0,
    ],
  );
  // jnp.linalg.qr(a[:2])
  const [wideQ, wideR] = qr(complex(Array.from(A.data.subarray(0, 12)), [2, 3]));
  near(
    t,
    wideQ,
    [
      -0.2581988573074341, -0.5163977742195129, 0.06780636310577393, 0.8136761784553528,
      -0.774596631526947, 0.2581988573074341, -0.5763539671897888, -0.03390318155288696,
    ],
  );
  near(
    t,
    wideR,
    [
      -3.872983455657959, 0, -1.0327954292297363, -0.2581988573074341, -0.64549720287323,
      -0.774596631526947, 0, 0, -1.9663841724395752, 0, -0.5763540267944336, -0.9492888450622559,
    ],
  );
  // jnp.linalg.qr([[1j, 2], [0, 3]]): an imaginary diagonal is reflected, a real one is not.
  const [turn, real] = qr(complex([0, 1, 2, 0, 0, 0, 3, 0], [2, 2]));
  near(t, turn, [0, -1, 0, 0, 0, 0, 1, 0]);
  near(t, real, [-1, 0, 0, 2, 0, 0, 3, 0]);
});

test("qr(x) of complex matrices has an orthonormal Q and x as the product, within 8 n eps", (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 0, max: 9 }),
      fc.constantFrom("reduced", "complete"),
      fc.constantFrom("complex64", "complex128"),
      fc.nat(10000),
      (m, n, mode, dtype, seed) => {
        const x = randomComplex(m, n, seed, dtype);
        const [q, r] = qr(x, { mode });
        const k = mode === "complete" ? m : Math.min(m, n);
        t.deepEqual(
          [q.shape, r.shape],
          [
            [m, k],
            [k, n],
          ],
        );
        bitEqual(t, qr(x, { mode: "r" }), mode === "reduced" ? r : qr(x)[1]);
        const bound = 8 * Math.max(m, n) * EPS[dtype];
        t.true(distance(product(q, r), x) <= bound);
        const identity = new Float64Array(2 * k * k);
        for (let i = 0; i < k; i++) identity[2 * (i * k + i)] = 1;
        t.true(distance(product(q, q, true), complex(identity, [k, k])) <= bound);
      },
    ),
    { seed: 20300, numRuns: 60 },
  );
});

test("qr(x) of tiny and huge complex matrices neither underflows nor overflows", (t) => {
  for (const scale of [1e-310, 1e-200, 1e200, 1e307]) {
    const x = randomComplex(5, 3, 4, "complex128");
    for (let i = 0; i < x.data.length; i++) x.data[i] *= scale;
    const [q, r] = qr(x);
    const identity = complex([1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0], [3, 3]);
    t.true(distance(product(q, q, true), identity) <= 1e-14, `${scale}`);
    t.true(distance(product(q, r), x) <= 1e-14 * scale + 2 ** -1070, `${scale}`);
  }
});

test("lu(x) of complex64 pivots as jax.lax.linalg.lu", (t) => {
  // jax.lax.linalg.lu, JAX 0.10.2 on CPU
  const [permutation, l, u] = lu(A);
  t.deepEqual(permutation.toArray(), [1, 2, 0]);
  near(
    t,
    l,
    [
      1, 0, 0, 0, 0, 0, -0.02499999850988388, 0.07499999552965164, 1, 0, 0, 0, 0.09999999403953552,
      0.6999999284744263, -0.36464083194732666, 1.071823000907898, 1, 0,
    ],
  );
  near(
    t,
    u,
    [
      3, -1, 2, 0, 1, 1, 0, 0, -1.9500000476837158, 0.8500000238418579, 1.100000023841858,
      -0.04999999701976776, 0, 0, 0, 0, 1.4475136995315552, -1.9972373247146606,
    ],
  );
  // |3 + 3i| < 5, but 3 + 3 > 5: LAPACK compares the sums of the parts.
  t.deepEqual(lu(complex([3, 3, 1, 0, 5, 0, 2, 0], [2, 2]))[0].toArray(), [0, 1]);
});

test("solve(a, b), inv(x) and triangularSolve(a, b) of complex64 match JAX", (t) => {
  // jnp.linalg.solve, jnp.linalg.inv, jax.scipy.linalg.solve_triangular, JAX 0.10.2 on CPU
  const b = complex([1, 0, 0, 1, 2, 0], [3]);
  near(
    t,
    solve(A, b),
    [
      -0.09761633723974228, -0.22247447073459625, -0.28547102212905884, -0.022701473906636238,
      1.3507378101348877, 0.26447218656539917,
    ],
  );
  near(
    t,
    inv(A),
    [
      0.09171396493911743, -0.29330307245254517, 0.08354145288467407, 0.06946651637554169,
      -0.05993186682462692, -0.006356396246701479, 0.05425653234124184, 0.20272418856620789,
      0.11872870475053787, -0.04801361635327339, -0.19387061893939972, -0.172077178955078,
      0.23791149258613586, 0.32826337218284607, 0.20681042969226837, -0.23564130067825317,
      0.43859246373176575, -0.13530078530311584,
    ],
  );
  near(t, triangularSolve(A, b, { lower: true, transposeA: true }), [0.3, 2.4, 2, -0.5, 2, 0]);
});

test("solve(a, b) of singular complex matrices throws", (t) => {
  const singular = astype(
    new NDArray(Float32Array.of(1, 2, 2, 4), [2, 2]),
    "complex64",
  ) as ComplexArray;
  t.throws(() => solve(singular, [1, 1]), {
    instanceOf: RangeError,
    message: "solve: a must be nonsingular, got a singular matrix.",
  });
  t.throws(() => inv(singular), {
    instanceOf: RangeError,
    message: "inv: x must be nonsingular, got a singular matrix.",
  });
  const half = complex([0, 0, 1, 0, 1, 0, 2, 0], [2, 2]);
  t.throws(() => triangularSolve(half, [1, 2]), {
    instanceOf: RangeError,
    message: "triangularSolve: a must be nonsingular, got a singular matrix.",
  });
});

test("solve(a, b) of complex matrices leaves a residual within 16 n eps, also on strides and batches", (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 0, max: 3 }),
      fc.constantFrom("complex64", "complex128"),
      fc.nat(10000),
      (n, k, dtype, seed) => {
        const a = transpose(randomComplex(n, n, seed, dtype)) as ComplexArray;
        const b = randomComplex(n, k, seed + 1, dtype);
        const x = solve(a, b);
        t.is(x.dtype, dtype);
        const largest = Math.max(1, ...Array.from(x.data, Math.abs));
        t.true(distance(product(a, x), b) <= 16 * (n + 1) * EPS[dtype] * largest);
      },
    ),
    { seed: 20301, numRuns: 60 },
  );
  const a = complex([...A.data, ...A.data], [2, 3, 3]);
  const x = solve(a, ones([3]));
  t.deepEqual(x.shape, [2, 3]);
  bitEqual(t, x.data.subarray(0, 6), solve(A, ones([3], "complex64") as ComplexArray).data);
});

test("solve(a, b) promotes real and complex operands", (t) => {
  const real = new NDArray(Float64Array.of(2, 0, 0, 4), [2, 2]);
  t.is(solve(real, complex([1, 0, 0, 1], [2])).dtype, "complex128");
  t.is(solve(ones([1, 1], "int32"), complex([1, 0], [1])).dtype, "complex64");
  t.is(solve(A, ones([3], "bool")).dtype, "complex64");
  t.deepEqual(
    qr(zeros([0, 2], "complex64")).map((f) => f.shape),
    [
      [0, 0],
      [0, 2],
    ],
  );
});

test("qr(x) and lu(x) of complex vectors throw RangeError", (t) => {
  t.throws(() => qr(ones([2], "complex64")), {
    instanceOf: RangeError,
    message: "qr: x must have at least 2 axes, got shape [2].",
  });
  t.throws(() => lu(ones([2], "complex64")), {
    instanceOf: RangeError,
    message: "lu: x must have at least 2 axes, got shape [2].",
  });
});

test("det(x), slogdet(x) of complex matrices are those of numpy.linalg", (t) => {
  // numpy.linalg.det(A), numpy.linalg.slogdet(A) of NumPy 2 in complex128
  const value = det(A);
  t.is(value.dtype, "complex64");
  near(t, value, [1.75, 16.5]);
  const [sign, logarithm] = slogdet(A);
  t.deepEqual([sign.dtype, logarithm.dtype], ["complex64", "float32"]);
  near(t, sign, [0.10546906201345368, 0.9944225846982772]);
  closeTo(t, logarithm, 2.8089534080652494);
});

test("det(x), slogdet(x) of complex batches, empty, singular and huge matrices", (t) => {
  const batch = complex([1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0], [2, 2, 2]);
  near(t, det(batch), [0, 1, -1, 0]);
  t.deepEqual(det(zeros([0, 0], "complex64")).item(), { re: 1, im: 0 });
  const [one, nothing] = slogdet(zeros([0, 0], "complex128"));
  t.deepEqual([one.item(), nothing.item()], [{ re: 1, im: 0 }, 0]);
  const [sign, logarithm] = slogdet(zeros([2, 2], "complex64"));
  t.deepEqual([sign.item(), logarithm.item()], [{ re: 0, im: 0 }, -Infinity]);
  t.deepEqual(det(zeros([2, 2], "complex64")).item(), { re: 0, im: 0 });
  const huge = complex([0, 1e300, 0, 0, 0, 0, 3e300, 4e300], [2, 2], "complex128");
  const [direction, size] = slogdet(huge);
  closeTo(t, Array.from(direction.data), [-0.8, 0.6], { atol: 1e-15 });
  closeTo(t, size, Math.log(5) + 2 * Math.log(1e300));
});

test("det(x) of a transposed complex product is the product of determinants", (t) => {
  for (const n of [1, 2, 5, 12]) {
    const [a, b] = [1, 2].map((seed) => randomComplex(n, n, seed + n, "complex128"));
    const [u, v] = [det(a).item(), det(b).item()];
    const both = det(transpose(product(a, b)) as ComplexArray);
    const expected = [u.re * v.re - u.im * v.im, u.re * v.im + u.im * v.re];
    const size = Math.hypot(...expected);
    closeTo(t, Array.from(both.data), expected, { rtol: 0, atol: 1e-12 * size });
  }
});

test("norm(x) of complex arrays is that of numpy.linalg.norm", (t) => {
  // numpy.linalg.norm(A, ord), numpy.linalg.norm(A[0], ord) of NumPy 2
  const matrices = [
    [undefined, 5.320949163448191],
    ["fro", 5.320949163448191],
    [1, 5.64834563766817],
    [-1, 2.914213562373095],
    [Infinity, 6.576491222541475],
    [-Infinity, 3.48606797749979],
  ] as const;
  for (const [ord, expected] of matrices) {
    const value = norm(A, ord === undefined ? {} : { ord });
    t.is(value.dtype, "float32");
    closeTo(t, value, expected);
  }
  const row = astype(A, "complex128").pick(0, -1);
  const vectors = [
    [2, 2.5],
    [0, 3],
    [1, 3.73606797749979],
    [3, 2.3086842383239525],
    [-1, 0.29008936414773207],
    [0.5, 10.255721629196453],
    [Infinity, 2.23606797749979],
    [-Infinity, 0.5],
  ] as const;
  for (const [ord, expected] of vectors) {
    const value = norm(row, { ord });
    t.is(value.dtype, "float64");
    closeTo(t, value, expected);
  }
  closeTo(t, norm(A, { axis: 1, keepdims: true }), [[2.5], [4], [2.4622145]], {
    rtol: 1e-6,
  });
});
