import test from "ava";
import type { ExecutionContext } from "ava";
import { cholesky, eigh, inv, lu, matmul, norm, qr, solve, svd } from "@flaxen/linear-algebra";
import { astype, eye, NDArray, take, transpose } from "@flaxen/ndarray";
import { difference, randomArray } from "./matrices.ts";
import { matrixOf } from "./structured.ts";

const N = 1000;
const EPS32 = 2 ** -23;
const EPS64 = 2 ** -52;

const double = (x: NDArray): NDArray => astype(x, "float64");
const size = (x: NDArray): number => norm(x).item() as number;
const identity = (n: number): NDArray => eye(n, undefined, "float64");

/** ‖x − y‖ in float64. */
function distance(x: NDArray, y: NDArray): number {
  return size(difference(double(x), double(y)));
}

function atMost(t: ExecutionContext, error: number, bound: number, what: string): void {
  t.true(error <= bound, `${what}: ${error} > ${bound}`);
}

const random = randomArray([N, N], 1, "float32");
const graded = astype(
  matrixOf(N, N, (i, j) => 10 ** (-(i + j) / 400) * Math.cos(3 * i + 7 * j * j + 1)),
  "float32",
);

test("qr(x) of order 1000 is backward stable", (t) => {
  for (const [name, x] of Object.entries({ random, graded })) {
    const [q, r] = qr(x).map(double);
    const bound = 8 * Math.sqrt(N) * EPS32;
    atMost(t, distance(matmul(q, r), x), bound * size(double(x)), `${name}: x - Q R`);
    atMost(t, distance(matmul(transpose(q), q), identity(N)), 4 * N * EPS32, `${name}: Q`);
  }
});

test("lu(x) of order 1000 is backward stable", (t) => {
  for (const [name, x] of Object.entries({ random, graded })) {
    const [permutation, l, u] = lu(x);
    const magnitude = matmul(absolute(double(l)), absolute(double(u)));
    const error = difference(matmul(double(l), double(u)), take(double(x), permutation, 0));
    const limit = magnitude.data as Float64Array;
    const worst = (error.data as Float64Array).reduce(
      (most, e, i) => Math.max(most, e === 0 ? 0 : Math.abs(e) / limit[i]),
      0,
    );
    atMost(t, worst, 4 * N * EPS32, `${name}: P x - L U`);
  }
});

test("cholesky(x) of order 1000 is backward stable", (t) => {
  const a = double(random);
  const x = astype(matmul(a, transpose(a)), "float32");
  const l = double(cholesky(x));
  atMost(t, distance(matmul(l, transpose(l)), x), 4 * Math.sqrt(N) * EPS32 * size(double(x)), "");
});

test("solve(a, b) and inv(a) of order 1000 are backward stable", (t) => {
  const b = randomArray([N, 3], 2, "float32");
  const a = double(random);
  const x = double(solve(random, b));
  atMost(t, distance(matmul(a, x), b), 4 * N * EPS32 * size(a) * size(x), "solve");
  const inverse = double(inv(random));
  const bound = 4 * N * EPS32 * size(a) * size(inverse);
  atMost(t, distance(matmul(a, inverse), identity(N)), bound, "inv");
});

test("svd(x) of order 1000 × 700 is backward stable", (t) => {
  const x = randomArray([N, 700], 3);
  const [u, s, vh] = svd(x, { fullMatrices: false });
  const bound = 2 * (N + 2) * EPS64;
  const product = matmul(u, scaleRows(vh, s));
  atMost(t, distance(product, x), bound * size(x), "x - U S Vᵀ");
  atMost(t, distance(matmul(transpose(u), u), identity(700)), bound, "U");
  atMost(t, distance(matmul(vh, transpose(vh)), identity(700)), bound, "V");
});

test("eigh(x) of order 1000 is backward stable", (t) => {
  const a = double(random);
  const x = new NDArray<"float64">(
    Float64Array.from(a.data as Float64Array, (v, at) => {
      const [i, j] = [Math.floor(at / N), at % N];
      return v + (a.get(j, i) as number);
    }),
    [N, N],
  );
  const [w, v] = eigh(x);
  const bound = 2 * (N + 2) * EPS64;
  const product = matmul(v, scaleRows(transpose(v), w));
  atMost(t, distance(product, x), bound * size(x), "x - V W Vᵀ");
  atMost(t, distance(matmul(transpose(v), v), identity(N)), bound, "V");
});

/** Row i times factor i. */
function scaleRows(x: NDArray, factors: NDArray): NDArray {
  const [m, n] = x.shape;
  return matrixOf(
    m,
    n,
    (i, j) => (x.get(i, j) as number) * (factors.data as Float64Array)[factors.offset + i],
  );
}

function absolute(x: NDArray): NDArray {
  return new NDArray((x.data as Float64Array).map(Math.abs), x.shape);
}
