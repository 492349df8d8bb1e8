import test from "ava";
import type { ExecutionContext } from "ava";
import {
  cholesky,
  det,
  eigh,
  inv,
  lu,
  matmul,
  qr,
  solve,
  svd,
  triangularSolve,
} from "@flaxen/linear-algebra";
import { astype, contiguous, eye, NDArray, transpose } from "@flaxen/ndarray";
import { bitEqual } from "@flaxen/testing";
import { scratch, setWasmEnabled } from "@flaxen/wasm";
import { difference, hilbert, randomArray } from "./matrices.ts";

type Real = NDArray<"float32" | "float64">;

const EPS = { float32: 2 ** -23, float64: 2 ** -52 };

/** A float64 matrix from a formula in the row and column. */
function matrix(m: number, n: number, element: (i: number, j: number) => number): Real {
  const data = Float64Array.from({ length: m * n }, (_, at) => element(Math.floor(at / n), at % n));
  return new NDArray<"float64">(data, [m, n]);
}

/** The Frobenius norm, with the largest element taken out. */
function size(x: NDArray): number {
  const data = x.data as Float64Array;
  const largest = data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  if (largest === 0) return 0;
  return largest * Math.sqrt(data.reduce((sum, v) => sum + (v / largest) ** 2, 0));
}

const double = (x: NDArray): NDArray => astype(x, "float64");

/** Matrices that are hard on factorizations, of order n. */
function hard(n: number): Record<string, Real> {
  const [sine, cosine] = [Math.sin(1.2), Math.cos(1.2)];
  const thin = randomArray([n, 3], 7);
  return {
    random: randomArray([n, n], 1),
    graded: matrix(n, n, (i, j) => 10 ** ((-8 * (i + j)) / n) * Math.cos(3 * i + 7 * j + 1)),
    "graded upwards": matrix(
      n,
      n,
      (i, j) => 10 ** ((8 * (i + j)) / n) * Math.cos(3 * i + 7 * j + 1),
    ),
    "rank 3": matmul(thin, transpose(randomArray([n, 3], 8))) as Real,
    "nearly singular": matrix(n, n, (i, j) => 1 / n + (i === j ? 1e-13 : 0)),
    hilbert: hilbert(n) as Real,
    vandermonde: matrix(n, n, (i, j) => (i / n) ** j),
    frank: matrix(n, n, (i, j) => (j < i - 1 ? 0 : n - Math.max(i, j))),
    kahan: matrix(n, n, (i, j) => (j < i ? 0 : (i === j ? 1 : -cosine) * sine ** i)),
    wilkinson: matrix(n, n, (i, j) =>
      i === j ? Math.abs((n - 1) / 2 - i) : Number(Math.abs(i - j) === 1),
    ),
    "zero columns": matrix(n, n, (i, j) => (j % 5 === 2 ? 0 : Math.cos(i * j + 1))),
    identity: eye(n, undefined, "float64") as Real,
  };
}

/** Sizes around the edges of blocks, and a prime one. */
const SHAPES = [
  [31, 31],
  [32, 32],
  [33, 33],
  [63, 63],
  [64, 64],
  [65, 65],
  [97, 97],
  [131, 40],
  [40, 131],
  [300, 33],
] as const;

/** `‖QᵀQ - I‖ ≤ 4 √k √m eps` and `‖x - QR‖ ≤ 8 √m eps ‖x‖` in the Frobenius norm, and R upper triangular. */
function assertQR(t: ExecutionContext, x: Real, label: string, mode?: "complete"): void {
  const [q, r] = qr(x, { mode: mode ?? "reduced" });
  const [m, k] = q.shape;
  const eps = EPS[x.dtype];
  const gram = matmul(transpose(double(q)), double(q));
  const loss = size(difference(gram, eye(k, undefined, "float64")));
  t.true(loss <= 4 * Math.sqrt(k * m) * eps, `${label}: loss of orthogonality ${loss / eps} eps`);
  const residual = size(difference(matmul(double(q), double(r)), double(x)));
  const bound = 8 * Math.sqrt(m) * eps * size(double(x));
  t.true(residual <= bound, `${label}: residual ${residual / size(double(x)) / eps} eps`);
  const [rows, columns] = r.shape;
  let below = 0;
  for (let i = 1; i < rows; i++) {
    for (let j = 0; j < Math.min(i, columns); j++) below += Math.abs(Number(r.get(i, j)));
  }
  t.is(below, 0, label);
}

for (const dtype of ["float32", "float64"] as const) {
  test(`qr(x) of ${dtype} is backward stable around block edges`, (t) => {
    for (const shape of SHAPES) {
      assertQR(t, randomArray(shape, 5, dtype), shape.join(" × "));
      assertQR(t, randomArray(shape, 6, dtype), `${shape.join(" × ")} complete`, "complete");
    }
    assertQR(t, randomArray([311, 307], 7, dtype), "311 × 307");
  });

  test(`qr(x) of ${dtype} is backward stable on hard matrices`, (t) => {
    for (const [name, x] of Object.entries(hard(67))) assertQR(t, astype(x, dtype) as Real, name);
  });

  test(`lu(x) of ${dtype} is backward stable on hard matrices and around block edges`, (t) => {
    const cases: [string, Real][] = [
      ...Object.entries(hard(67)),
      ...SHAPES.map((shape): [string, Real] => [shape.join(" × "), randomArray(shape, 8)]),
      ["311 × 307", randomArray([311, 307], 9)],
    ];
    for (const [name, matrix] of cases) {
      const x = astype(matrix, dtype) as Real;
      const [permutation, l, u] = lu(x);
      const [m, n] = x.shape;
      const permuted = new Float64Array(m * n);
      for (const [i, row] of permutation.data.entries()) {
        permuted.set(x.data.subarray(row * n, (row + 1) * n), i * n);
      }
      const product = matmul(double(l), double(u)) as Real;
      // |P A - L U| ≤ 4 k eps |L| |U|, element by element; Higham (2002), theorem 9.3.
      const k = Math.min(m, n);
      const scale = matmul(absolute(l), absolute(u)) as Real;
      let worst = 0;
      for (let at = 0; at < permuted.length; at++) {
        const error = Math.abs(product.data[at] - permuted[at]);
        if (error > 0) worst = Math.max(worst, error / scale.data[at]);
      }
      t.true(worst <= 4 * k * EPS[dtype], `${name}: ${worst / EPS[dtype]} eps`);
      t.true(
        l.data.every((v) => Math.abs(v) <= 1),
        name,
      );
    }
  });

  test(`cholesky(x) of ${dtype} is backward stable around block edges`, (t) => {
    for (const n of [31, 32, 33, 48, 63, 64, 65, 97, 128, 129, 301]) {
      const b = randomArray([n, n], 10);
      const exact = matmul(b, transpose(b)) as NDArray<"float64">;
      for (let i = 0; i < n; i++) exact.set(i, i, exact.get(i, i) + 1e-3);
      const x = astype(exact, dtype) as Real;
      const l = double(cholesky(x));
      const residual = size(difference(matmul(l, transpose(l)), double(x)));
      const bound = 4 * Math.sqrt(n) * EPS[dtype] * size(double(x));
      t.true(residual <= bound, `${n}: ${residual / bound}`);
      bitEqual(t, contiguous(transpose(cholesky(x, { upper: true }))), cholesky(x));
    }
  });
}

function absolute(x: NDArray): NDArray {
  return new NDArray(Float64Array.from(x.data as Float64Array, Math.abs), x.shape);
}

test("cholesky(x) throws when a late pivot fails, and spreads an early NaN", (t) => {
  const x = eye(100, undefined, "float64") as NDArray<"float64">;
  x.set(90, 90, -1);
  t.throws(() => cholesky(x), {
    instanceOf: RangeError,
    message: "cholesky: x must be positive definite, got a matrix that is not.",
  });
  x.set(90, 90, NaN);
  const l = cholesky(x);
  t.is(l.get(89, 89), 1);
  t.is(l.get(90, 90), NaN);
  t.is(l.get(99, 90), NaN);
  t.is(l.get(99, 0), 0);
});

test("lu(x) of a larger matrix keeps NaN, infinities and zero columns apart from the rest", (t) => {
  const x = randomArray([70, 70], 3) as NDArray<"float64">;
  for (let i = 0; i < 70; i++) x.set(i, 50, 0);
  const [, l, u] = lu(x);
  t.is(u.get(50, 50), 0);
  t.true([...l.data, ...u.data].every(Number.isFinite));
  x.set(3, 60, NaN);
  const [, , broken] = lu(x);
  t.true(Number.isFinite(broken.get(59, 59)));
  t.is(broken.get(69, 60), 0);
  t.is(broken.get(69, 69), NaN);
});

test("solve(a, b), inv(x) and det(x) are backward stable for larger orders", (t) => {
  for (const n of [33, 64, 65, 101, 310]) {
    const a = randomArray([n, n], n);
    const b = randomArray([n, 5], n + 1);
    const x = solve(a, b);
    const residual = size(difference(matmul(a, x), b));
    t.true(residual <= 4 * n * EPS.float64 * size(a) * size(x), `${n}`);
    // Columns are solved alike, alone or together.
    bitEqual(t, solve(a, contiguous(b.pick(-1, 3))), contiguous(x.pick(-1, 3)));
    const inverse = inv(a);
    const identity = matmul(a, inverse);
    const error = size(difference(identity, eye(n, undefined, "float64")));
    t.true(error <= 4 * n * EPS.float64 * size(a) * size(inverse), `${n}`);
  }
  const triangle = matrix(200, 200, (i, j) => (j > i ? 0.01 : i === j ? 1 + i / 1000 : 0));
  let expected = 1;
  for (let i = 0; i < 200; i++) expected *= 1 + i / 1000;
  t.true(Math.abs(Number(det(triangle).item()) / expected - 1) <= 200 * EPS.float64);
});

test("triangularSolve(a, b) of larger systems reads one triangle and is backward stable", (t) => {
  for (const n of [33, 64, 65, 130]) {
    const full = randomArray([n, n], n) as NDArray<"float64">;
    for (let i = 0; i < n; i++) full.set(i, i, 4 + i / n);
    const b = randomArray([n, 7], n + 1);
    for (const lower of [true, false]) {
      for (const transposeA of [true, false]) {
        for (const unitDiagonal of [true, false]) {
          const triangle = matrix(n, n, (i, j) => {
            if (i === j) return unitDiagonal ? 1 : full.get(i, i);
            return (lower ? j < i : j > i) ? full.get(i, j) / n : 0;
          });
          const poisoned = matrix(n, n, (i, j) => {
            if (i === j) return unitDiagonal ? NaN : full.get(i, i);
            return (lower ? j < i : j > i) ? full.get(i, j) / n : NaN;
          });
          const x = triangularSolve(poisoned, b, { lower, transposeA, unitDiagonal });
          const product = matmul(transposeA ? transpose(triangle) : triangle, x);
          const residual = size(difference(product, b));
          t.true(residual <= 4 * n * EPS.float64 * size(triangle) * size(x));
        }
      }
    }
  }
});

test("the factorizations have the same bits with and without WebAssembly", (t) => {
  for (const dtype of ["float32", "float64"] as const) {
    for (const shape of [
      [20, 20],
      [33, 33],
      [70, 65],
      [65, 100],
      [129, 129],
    ]) {
      const x = randomArray(shape, 11, dtype);
      const factors = (): NDArray[] => [
        ...qr(x),
        ...lu(x),
        qr(x, { mode: "r" }),
        ...svd(x),
        ...svd(x, { fullMatrices: false }),
        svd(x, { computeUv: false }),
      ];
      const [on, off] = both(factors);
      for (const [i, factor] of on.entries()) bitEqual(t, off[i], factor);
    }
    for (const n of [20, 47, 65, 129]) {
      const a = randomArray([n, n], 12, dtype);
      const b = randomArray([n, 9], 13, dtype);
      const gram = matmul(a, transpose(a));
      const results = (): NDArray[] => [
        cholesky(gram),
        ...eigh(gram),
        solve(a, b),
        inv(a),
        det(a),
        triangularSolve(a, b, { lower: true }),
        triangularSolve(a, b, { transposeA: true }),
      ];
      const [on, off] = both(results);
      for (const [i, result] of on.entries()) bitEqual(t, off[i], result);
    }
  }
});

test("the factorizations do without WebAssembly when no scratch memory is left, and leave it as they found it", (t) => {
  const memory = scratch()!;
  const x = randomArray([65, 65], 14, "float32");
  const before = memory.available;
  const expected = [...qr(x), ...lu(x), inv(x), ...svd(x), ...eigh(x)];
  t.is(memory.available, before);
  const taken = memory.allocate(memory.available);
  const results = [...qr(x), ...lu(x), inv(x), ...svd(x), ...eigh(x)];
  memory.release(taken);
  for (const [i, result] of results.entries()) bitEqual(t, result, expected[i]);
});

/** What `compute` gives with WebAssembly and without. */
function both(compute: () => NDArray[]): [on: NDArray[], off: NDArray[]] {
  const on = compute();
  setWasmEnabled(false);
  try {
    return [on, compute()];
  } finally {
    setWasmEnabled(true);
  }
}
