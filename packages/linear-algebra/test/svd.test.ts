import test from "ava";
import type { ExecutionContext } from "ava";
import fc from "fast-check";
import { expm, lstsq, matmul, norm, pinv, svd } from "@flaxen/linear-algebra";
import {
  array,
  astype,
  contiguous,
  eye,
  flip,
  NDArray,
  reshape,
  stack,
  transpose,
  zeros,
} from "@flaxen/ndarray";
import { bitEqual, closeTo } from "@flaxen/testing";
import { setWasmEnabled } from "@flaxen/wasm";
import { eigenvaluesBelow, exact, exactGram } from "./inertia.ts";
import { difference, hilbert, largest, randomArray } from "./matrices.ts";
import { EPS, hardMatrices, matrixOf } from "./structured.ts";

const size = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(13, 31, 40));

/** The matrix with its largest magnitude near 1, so that products neither overflow nor underflow. */
function scaled(x: NDArray, by: number): NDArray {
  return new NDArray(
    (x.data as Float64Array).map((value) => value * by),
    x.shape,
  );
}

/** `‖A - U diag(s) Vᵀ‖ / ‖A‖`, and how far U and V are from orthogonal. */
function residuals(x: NDArray, [u, s, vh]: readonly NDArray[]): [number, number, number] {
  const k = s.size;
  const top =
    Math.max(largest(x), 2 ** -1000) > 1e200 ? 2 ** -1000 : largest(x) < 1e-200 ? 2 ** 1000 : 1;
  const a = scaled(x, top);
  const left = contiguous(u.hi(-1, k));
  const data = left.data as Float64Array;
  const scaledLeft = new NDArray(
    data.map((value, i) => value * ((s.data as Float64Array)[i % k] * top)),
    left.shape,
  );
  const error = difference(matmul(scaledLeft, contiguous(vh.hi(k))), a);
  const length = norm(a).item() as number;
  const orthogonality = (q: NDArray): number =>
    norm(
      difference(matmul(q, transpose(q)), eye(q.shape[0], undefined, "float64")),
    ).item() as number;
  return [
    length === 0 ? largest(error) : (norm(error).item() as number) / length,
    orthogonality(transpose(u)),
    orthogonality(vh),
  ];
}

/** Asserts the bounds of the README: 2 (max(m, n) + 2) eps for all three, in the Frobenius norm. */
function checkDecomposition(t: ExecutionContext, name: string, x: NDArray): void {
  const [m, n] = x.shape;
  const k = Math.min(m, n);
  const bound = 2 * (Math.max(m, n) + 2) * EPS;
  for (const fullMatrices of [true, false]) {
    const parts = svd(x, { fullMatrices });
    const [u, s, vh] = parts;
    t.deepEqual(
      [u.shape, s.shape, vh.shape],
      fullMatrices ? [[m, m], [k], [n, n]] : [[m, k], [k], [k, n]],
      name,
    );
    const values = s.data as Float64Array;
    t.true(
      values.every((value, i) => value >= 0 && (i === 0 || value <= values[i - 1])),
      name,
    );
    const [error, left, right] = residuals(x, parts);
    t.true(error <= bound, `${name}: residual ${error / EPS} eps`);
    t.true(
      left <= bound && right <= bound,
      `${name}: orthogonality ${left / EPS}, ${right / EPS} eps`,
    );
    // Without vectors the same sweeps run on the same numbers.
    bitEqual(t, svd(x, { computeUv: false }), s);
  }
}

test("svd(x) multiplies to x with orthogonal factors", (t) => {
  fc.assert(
    fc.property(size, size, fc.nat(10000), (m, n, seed) => {
      checkDecomposition(t, `${m} × ${n}, seed ${seed}`, randomArray([m, n], seed));
    }),
    { seed: 20310, numRuns: 60 },
  );
});

test("svd(x) multiplies to x for hard matrices", (t) => {
  for (const [name, x] of Object.entries(hardMatrices())) {
    checkDecomposition(t, name, x);
    checkDecomposition(t, `${name}, transposed`, contiguous(transpose(x)));
  }
});

test("svd(x) multiplies to a large x", (t) => {
  checkDecomposition(t, "large", randomArray([310, 300], 11));
});

test("svd(x) finds singular values as numpy.linalg.svd does", (t) => {
  // numpy.linalg.svd(numpy.arange(12.).reshape(3, 4), compute_uv=False), NumPy 2.4.6
  closeTo(
    t,
    svd(reshape(array(Float64Array.from({ length: 12 }, (_, i) => i)), [3, 4]), {
      computeUv: false,
    }),
    [22.40929816327044, 1.9553403360142754, 0],
    { rtol: 1e-14, atol: 1e-14 },
  );
  // numpy.linalg.svd (a, compute_uv=False) with a[i, j] = 8 - max(i, j) for j >= i - 1, NumPy 2.4.6
  const frank = matrixOf(8, 8, (i, j) => (j < i - 1 ? 0 : 8 - Math.max(i, j)));
  closeTo(
    t,
    svd(frank, { computeUv: false }),
    [
      23.704942131456384, 8.554250623167396, 4.924833456558798, 3.3600560959674666,
      2.432095947249407, 1.6387839252141965, 0.8693962387147756, 8.600444499900169e-5,
    ],
    { rtol: 1e-14, atol: 1e-14 },
  );
});

test("svd(x) brackets the exact singular values, found in 50 digits", (t) => {
  const matrices = [hilbert(7), hilbert(12), randomArray([9, 7], 3), hardMatrices()["frank"]];
  for (const x of matrices) {
    const gram = exactGram(x);
    const values = svd(x, { computeUv: false }).data as Float64Array;
    const n = values.length;
    const slack = exact(n * EPS * values[0]);
    values.forEach((value, i) => {
      // n - i eigenvalues of xᵀ x are at most this one squared.
      t.true(eigenvaluesBelow(gram, exact(value).plus(slack).pow(2)) >= n - i);
      const low = exact(value).minus(slack);
      if (!low.isNegative()) t.true(eigenvaluesBelow(gram, low.pow(2)) <= n - i - 1);
    });
  }
});

test("svd(x) keeps small singular values of bidiagonal matrices to full relative accuracy", (t) => {
  // The Kahan example: bidiagonal with diagonal 1 and superdiagonal 1e8, n = 3. Its determinant is 1, so the
  // smallest singular value is 1 over the product of the others.
  const x = matrixOf(3, 3, (i, j) => (i === j ? 1 : j === i + 1 ? 1e8 : 0));
  const [a, b, c] = svd(x, { computeUv: false }).data as Float64Array;
  closeTo(t, a * b * c, 1, { rtol: 1e-14 });
});

test("svd(x), lstsq(a, b), pinv(x) and expm(x) have the same bits without WebAssembly", (t) => {
  const x = randomArray([20, 17], 6, "float32");
  const square = randomArray([17, 17], 7);
  const compute = (): NDArray[] => [...svd(x), ...lstsq(x, x), pinv(x), expm(square)];
  const fast = compute();
  setWasmEnabled(false);
  try {
    compute().forEach((part, i) => bitEqual(t, part, fast[i]));
  } finally {
    setWasmEnabled(true);
  }
});

test("svd(x) of diagonal matrices sorts magnitudes", (t) => {
  const [u, s, vh] = svd(
    array(
      [
        [0, 0],
        [0, -5],
        [2, 0],
      ],
      "float64",
    ),
  );
  t.deepEqual(s.toArray(), [5, 2]);
  closeTo(
    t,
    matmul(
      u.hi(-1, 2),
      matmul(
        array(
          [
            [5, 0],
            [0, 2],
          ],
          "float64",
        ),
        vh,
      ),
    ),
    [
      [0, 0],
      [0, -5],
      [2, 0],
    ],
  );
});

test("svd(x) of empty matrices gives identities, as jax.numpy.linalg.svd does", (t) => {
  // jnp.linalg.svd(jnp.zeros((0, 3))), JAX 0.10.2
  const [u, s, vh] = svd(zeros([0, 3]));
  t.deepEqual([u.shape, s.shape], [[0, 0], [0]]);
  t.deepEqual(vh.toArray(), eye(3).toArray());
  t.deepEqual(svd(zeros([2, 0]))[0].toArray(), eye(2).toArray());
  t.deepEqual(
    svd(zeros([2, 0]), { fullMatrices: false }).map((x) => x.shape),
    [[2, 0], [0], [0, 0]],
  );
  t.deepEqual(
    svd(zeros([0, 2, 3]), { fullMatrices: false }).map((x) => x.shape),
    [
      [0, 2, 2],
      [0, 2],
      [0, 2, 3],
    ],
  );
});

test("svd(x) works on batches and on any strides", (t) => {
  const x = randomArray([2, 3, 4, 3], 5, "float32");
  const [u, s, vh] = svd(flip(x, 0));
  t.deepEqual(
    [u.shape, s.shape, vh.shape],
    [
      [2, 3, 4, 4],
      [2, 3, 3],
      [2, 3, 3, 3],
    ],
  );
  const parts = svd(contiguous(x.pick(0, 2)));
  [u, s, vh].forEach((part, i) => bitEqual(t, contiguous(part.pick(1, 2)), parts[i]));
  const turned = svd(transpose(x.pick(1, 1)));
  bitEqual(t, turned[1], svd(contiguous(transpose(x.pick(1, 1))))[1]);
});

test("svd(x) rounds float32 once, and takes integers and booleans", (t) => {
  const x = randomArray([6, 4], 9, "float32");
  const single = svd(x);
  const double = svd(astype(x, "float64"));
  single.forEach((part, i) => {
    t.is(part.dtype, "float32");
    bitEqual(t, part, astype(double[i], "float32"));
  });
  t.is(svd(array([[3, 4]], "int32"), { computeUv: false }).dtype, "float32");
  t.deepEqual(svd(array([[3, 4]], "int32"), { computeUv: false }).toArray(), [5]);
  t.is(svd([[true]], { computeUv: false }).dtype, "float32");
});

test("svd(x) of matrices with infinities is NaN, as numpy.linalg.svd", (t) => {
  for (const bad of [Infinity, -Infinity]) {
    const x = array(
      [
        [1, bad],
        [2, 3],
      ],
      "float64",
    );
    for (const part of svd(x)) t.true((part.data as Float64Array).every(Number.isNaN));
    t.deepEqual(svd(x, { computeUv: false }).toArray(), [NaN, NaN]);
    const [, s] = svd(
      stack([
        x,
        array(
          [
            [3, 0],
            [0, 4],
          ],
          "float64",
        ),
      ]),
    );
    t.deepEqual(s.toArray(), [
      [NaN, NaN],
      [4, 3],
    ]);
  }
});

test("svd(x) throws on vectors and on dtypes without a kernel", (t) => {
  t.throws(() => svd([1, 2]), {
    instanceOf: RangeError,
    message: "svd: x must have at least 2 axes, got shape [2].",
  });
  t.throws(() => svd(zeros([2, 2], "complex64")), {
    instanceOf: TypeError,
    message: "svd: x must have dtype float32 or float64, got complex64.",
  });
  t.throws(() => svd(zeros([2, 2], "bfloat16")), {
    instanceOf: TypeError,
    message:
      "svd: x must have dtype float32 or float64, got bfloat16. Convert it with astype first.",
  });
});

test("svd(x) throws on NaN as NumPy", (t) => {
  // numpy.linalg.svd raises LinAlgError, NumPy 2.4.6.
  t.throws(
    () =>
      svd([
        [1, NaN],
        [2, 3],
      ]),
    {
      instanceOf: RangeError,
      message: "svd: x must have no NaN, got NaN.",
    },
  );
  t.throws(() => svd([[NaN, 1]], { computeUv: false }), {
    instanceOf: RangeError,
    message: "svd: x must have no NaN, got NaN.",
  });
  t.throws(() => svd([[[[1]]], [[[NaN]]]]), {
    instanceOf: RangeError,
    message: "svd: x must have no NaN, got NaN at [1, 0].",
  });
});
