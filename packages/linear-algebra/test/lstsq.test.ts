import test from "ava";
import fc from "fast-check";
import { lstsq, matmul, matrixRank, norm, pinv, svd } from "@flaxen/linear-algebra";
import {
  arange,
  array,
  contiguous,
  expandDims,
  eye,
  flip,
  NDArray,
  ones,
  reshape,
  transpose,
  zeros,
} from "@flaxen/ndarray";
import { bitEqual, closeTo } from "@flaxen/testing";
import { difference, randomArray } from "./matrices.ts";
import { EPS, hardMatrices, matrixOf } from "./structured.ts";

const size = fc.integer({ min: 1, max: 12 });
const POWERS = matrixOf(4, 3, (i, j) => (3 * i + j) ** 2);

test("lstsq(a, b) matches jax.numpy.linalg.lstsq", (t) => {
  // jnp.linalg.lstsq(jnp.arange(12.).reshape(4, 3) ** 2, jnp.arange(4.)), JAX 0.10.2, float64
  const [x, residuals, rank, s] = lstsq(POWERS, arange(4, undefined, undefined, "float64"));
  closeTo(t, x, [-0.25, 1 / 3, -1 / 12], { rtol: 1e-12 });
  t.deepEqual(residuals.shape, [1]);
  t.true((residuals.item() as number) < 1e-26);
  t.is(rank.item(), 3);
  t.is(rank.dtype, "int32");
  closeTo(t, s, [199.76006792, 8.34141387, 0.57972283], { rtol: 1e-8 });
  // jnp.linalg.lstsq([[1., 2], [2, 4]], [1., 1]), JAX 0.10.2, float64
  const singular = lstsq(
    array(
      [
        [1, 2],
        [2, 4],
      ],
      "float64",
    ),
    ones([2], "float64"),
  );
  closeTo(t, singular[0], [0.12, 0.24], { rtol: 1e-14 });
  closeTo(t, singular[1], [0.2], { rtol: 1e-13 });
  t.is(singular[2].item(), 1);
});

test("lstsq(a, b) leaves NumPy's residuals empty on request", (t) => {
  // numpy.linalg.lstsq, NumPy 2.4.6: residuals only for full column rank and m > n
  const shapeOf = (a: NDArray, b: NDArray): readonly number[] =>
    lstsq(a, b, { numpyResid: true })[1].shape;
  t.deepEqual(shapeOf(POWERS, ones([4])), [1]);
  t.deepEqual(shapeOf(POWERS, ones([4, 2])), [2]);
  t.deepEqual(shapeOf(ones([4, 3]), ones([4])), [0]);
  t.deepEqual(shapeOf(eye(3), ones([3])), [0]);
  t.deepEqual(shapeOf(ones([2, 3]), ones([2])), [0]);
});

test("lstsq(a, b) has a residual orthogonal to the columns, and the least norm", (t) => {
  fc.assert(
    fc.property(size, size, fc.integer({ min: 1, max: 3 }), fc.nat(10000), (m, n, width, seed) => {
      const a = randomArray([m, n], seed);
      const b = randomArray([m, width], seed + 1);
      const [x, residuals, rank, s] = lstsq(a, b);
      const condition = s.get(0) / s.get(s.size - 1);
      const rest = difference(b, matmul(a, x));
      const bound = 50 * (m + n) * EPS * Math.max(1, condition) * Math.sqrt(m * width);
      t.true((norm(matmul(transpose(a), rest)).item() as number) <= bound * s.get(0));
      t.is(rank.item(), Math.min(m, n));
      const squares = norm(rest, { axis: 0 }).data as Float64Array;
      closeTo(
        t,
        residuals,
        squares.map((value) => value ** 2),
        { rtol: 1e-10, atol: bound ** 2 },
      );
      closeTo(t, x, matmul(pinv(a), b), { rtol: 0, atol: bound * condition });
    }),
    { seed: 20330, numRuns: 60 },
  );
});

test("lstsq(a, b) of nothing is zero", (t) => {
  // jnp.linalg.lstsq(jnp.ones((3, 0)), jnp.ones(3)) and of shapes (0, 3), (0,), JAX 0.10.2
  const [x, residuals, rank, s] = lstsq(ones([3, 0]), ones([3]));
  t.deepEqual([x.shape, residuals.toArray(), rank.item(), s.shape], [[0], [3], 0, [0]]);
  const none = lstsq(ones([0, 3]), ones([0]));
  t.deepEqual([none[0].toArray(), none[1].toArray(), none[2].item()], [[0, 0, 0], [0], 0]);
  t.deepEqual(lstsq(ones([2, 3]), ones([2, 0]))[0].shape, [3, 0]);
});

test("lstsq(a, b) cuts off singular values below rcond", (t) => {
  // jnp.linalg.lstsq(jnp.diag(jnp.array([1., 1e-17])), jnp.ones(2), rcond=...), JAX 0.10.2, float64
  const a = array(
    [
      [1, 0],
      [0, 1e-17],
    ],
    "float64",
  );
  const b = ones([2], "float64");
  const solve = (rcond?: number): unknown[] => {
    const [x, , rank] = lstsq(a, b, rcond === undefined ? {} : { rcond });
    return [x.toArray(), rank.item()];
  };
  t.deepEqual(solve(), [[1, 0], 1]);
  t.deepEqual(solve(-1), [[1, 0], 1]);
  t.deepEqual(solve(0), [[1, 1e17], 2]);
  t.deepEqual(solve(2), [[0, 0], 0]);
  // The default knows the width: 1e-8 is nothing to float32.
  t.is(
    lstsq(
      array(
        [
          [1, 0],
          [0, 1e-8],
        ],
        "float32",
      ),
      ones([2], "float32"),
    )[2].item(),
    1,
  );
  t.is(
    lstsq(
      array(
        [
          [1, 0],
          [0, 1e-8],
        ],
        "float64",
      ),
      b,
    )[2].item(),
    2,
  );
});

test("lstsq(a, b) broadcasts batches and reads any strides", (t) => {
  const a = randomArray([2, 1, 5, 3], 1, "float32");
  const b = randomArray([4, 5, 2], 2, "float32");
  const [x, residuals, rank, s] = lstsq(flip(a, 0), b);
  t.deepEqual(
    [x.shape, residuals.shape, rank.shape, s.shape],
    [
      [2, 4, 3, 2],
      [2, 4, 2],
      [2, 1],
      [2, 1, 3],
    ],
  );
  const single = lstsq(contiguous(a.pick(1, 0)), contiguous(b.pick(3)));
  bitEqual(t, contiguous(x.pick(0, 3)), single[0]);
  bitEqual(t, contiguous(residuals.pick(0, 3)), single[1]);
  const vector = lstsq(a, contiguous(b.pick(0, -1, 1)));
  t.deepEqual(
    [vector[0].shape, vector[1].shape],
    [
      [2, 1, 3],
      [2, 1, 1],
    ],
  );
});

test("lstsq(a, b) throws on NaN and infinities in a, and spreads those of b, as NumPy", (t) => {
  // numpy.linalg.lstsq raises LinAlgError for a, NumPy 2.4.6.
  t.throws(
    () =>
      lstsq(
        [
          [1, NaN],
          [2, 3],
        ],
        [1, 1],
      ),
    {
      instanceOf: RangeError,
      message: "lstsq: a must be finite, got NaN.",
    },
  );
  t.throws(
    () =>
      lstsq(
        [
          [1, -Infinity],
          [2, 3],
        ],
        [1, 1],
      ),
    {
      instanceOf: RangeError,
      message: "lstsq: a must be finite, got -Infinity.",
    },
  );
  t.throws(() => lstsq([[[1]], [[Infinity]]], [[1]]), {
    instanceOf: RangeError,
    message: "lstsq: a must be finite, got Infinity at [1].",
  });
  for (const bad of [NaN, Infinity]) {
    const [x, , rank] = lstsq(eye(3, 2), [1, bad, 2]);
    t.deepEqual([x.toArray(), rank.item()], [[NaN, NaN], 2]);
  }
});

test("lstsq(a, b) throws on shapes, dtypes and options without a meaning", (t) => {
  const cases: [() => unknown, string][] = [
    [() => lstsq([1], [1]), "lstsq: a must have at least 2 axes, got shape [1]."],
    [() => lstsq([[1]], 1), "lstsq: b must have at least 1 axis, got shape []."],
    [
      () => lstsq([[1], [2]], [1]),
      "lstsq: b must have as many rows as a, got shapes [2, 1] and [1].",
    ],
    [
      () => lstsq(ones([2, 2, 2]), ones([3, 2, 2])),
      "lstsq: a and b must have batch axes that broadcast, got shapes [2, 2, 2] and [3, 2, 2].",
    ],
    [() => lstsq([[1]], [1], { rcond: NaN }), "lstsq: rcond must be a number, got NaN."],
    [
      () => lstsq(ones([1, 2, 2]), [1, 1], { numpyResid: true }),
      "lstsq: numpyResid must be false for batches, got shapes [1, 2, 2] and [2].",
    ],
  ];
  for (const [call, message] of cases) t.throws(call, { instanceOf: RangeError, message });
  t.throws(() => lstsq(zeros([1, 1], "complex64"), [1]), {
    instanceOf: TypeError,
    message: "lstsq: a must have dtype float32 or float64, got complex64.",
  });
  t.throws(() => lstsq([[1]], zeros([1], "float16")), {
    instanceOf: TypeError,
    message:
      "lstsq: b must have dtype float32 or float64, got float16. Convert it with astype first.",
  });
});

test("pinv(x) satisfies the four Penrose conditions", (t) => {
  for (const [name, x] of Object.entries(hardMatrices())) {
    if (["huge", "tiny", "far apart", "extremes"].includes(name)) continue;
    const y = pinv(x);
    t.deepEqual(y.shape, [...x.shape].reverse());
    const rank = matrixRank(x, { rtol: 10 * Math.max(...x.shape) * EPS }).item() as number;
    const s = svd(x, { computeUv: false });
    const condition = rank === 0 ? 1 : s.get(0) / s.get(rank - 1);
    const close = (a: NDArray, b: NDArray): void => {
      const scale = Math.max(norm(b).item() as number, 2 ** -1000);
      const error = (norm(difference(contiguous(a), contiguous(b))).item() as number) / scale;
      t.true(
        error <= 20 * Math.max(...x.shape) * EPS * condition,
        `${name}: ${error}, ${condition}`,
      );
    };
    const [xy, yx] = [matmul(x, y), matmul(y, x)];
    close(matmul(xy, x), x);
    close(matmul(yx, y), y);
    close(transpose(xy), xy);
    close(transpose(yx), yx);
  }
});

test("pinv(x) matches jax.numpy.linalg.pinv", (t) => {
  // jnp.linalg.pinv, JAX 0.10.2
  closeTo(
    t,
    pinv([
      [1, 2],
      [2, 4],
    ]),
    [
      [0.04, 0.08],
      [0.08, 0.16],
    ],
  );
  closeTo(
    t,
    pinv(
      array([
        [1, 0],
        [0, 1e-3],
      ]),
      { rtol: 1e-2 },
    ),
    [
      [1, 0],
      [0, 0],
    ],
  );
  t.deepEqual(pinv(zeros([2, 3])).toArray(), zeros([3, 2]).toArray());
  t.deepEqual(pinv(zeros([0, 3])).shape, [3, 0]);
  // numpy.linalg.pinv raises LinAlgError, NumPy 2.4.6.
  t.throws(
    () =>
      pinv([
        [1, NaN],
        [2, 3],
      ]),
    {
      instanceOf: RangeError,
      message: "pinv: x must have no NaN, got NaN.",
    },
  );
  t.throws(() => pinv([[[1]], [[NaN]]]), {
    instanceOf: RangeError,
    message: "pinv: x must have no NaN, got NaN at [1].",
  });
  t.deepEqual(
    pinv([
      [1, Infinity],
      [2, 3],
    ]).toArray(),
    [
      [NaN, NaN],
      [NaN, NaN],
    ],
  );
  const x = randomArray([2, 4, 3], 3, "float32");
  bitEqual(t, contiguous(pinv(flip(x, 0)).pick(1)), pinv(contiguous(x.pick(0))));
});

test("pinv(x) throws on vectors and tolerances that are no numbers", (t) => {
  t.throws(() => pinv([1]), {
    instanceOf: RangeError,
    message: "pinv: x must have at least 2 axes, got shape [1].",
  });
  t.throws(() => pinv([[1]], { rtol: NaN }), {
    instanceOf: RangeError,
    message: "pinv: rtol must be a number, got NaN.",
  });
  t.throws(() => pinv(zeros([1, 1], "complex64")), {
    instanceOf: TypeError,
    message: "pinv: x must have dtype float32 or float64, got complex64.",
  });
});

test("matrixRank(x) counts singular values", (t) => {
  fc.assert(
    fc.property(size, size, size, fc.nat(1000), (m, n, r, seed) => {
      const rank = Math.min(m, n, r);
      const product = matmul(randomArray([m, rank], seed), randomArray([rank, n], seed + 1));
      t.true((matrixRank(product).item() as number) <= rank);
      t.is(
        matrixRank(product, { rtol: 1e-12 }).item(),
        matrixRank(transpose(product), { rtol: 1e-12 }).item(),
      );
    }),
    { seed: 20331, numRuns: 40 },
  );
  const ranks = {
    zero: 0,
    "all ones": 1,
    identity: 6,
    "rank 2": 2,
    "zero on the diagonal": 4,
    "nearly singular": 2,
  };
  for (const [name, rank] of Object.entries(ranks))
    t.is(matrixRank(hardMatrices()[name]).item(), rank, name);
});

test("matrixRank(x) matches jax.numpy.linalg.matrix_rank on vectors, batches and NaN", (t) => {
  t.is(matrixRank(ones([3])).item(), 1);
  t.is(matrixRank(zeros([3])).item(), 0);
  t.is(matrixRank(5).item(), 1);
  t.is(matrixRank(array([0n, 2n], "int64")).item(), 1);
  // numpy.linalg.matrix_rank raises LinAlgError for matrices with NaN, NumPy 2.4.6.
  t.throws(
    () =>
      matrixRank([
        [1, NaN],
        [2, 3],
      ]),
    {
      instanceOf: RangeError,
      message: "matrixRank: x must have no NaN, got NaN.",
    },
  );
  t.throws(() => matrixRank([[[1]], [[NaN]]]), {
    instanceOf: RangeError,
    message: "matrixRank: x must have no NaN, got NaN at [1].",
  });
  t.is(matrixRank([NaN]).item(), 1);
  t.is(
    matrixRank([
      [1, Infinity],
      [2, 3],
    ]).item(),
    0,
  );
  t.deepEqual(matrixRank(reshape(array([1, 2, 2, 4, 1, 2, 3, 4]), [2, 2, 2])).toArray(), [1, 2]);
  t.is(matrixRank(ones([2, 2])).dtype, "int32");
  t.is(matrixRank(zeros([0, 3])).item(), 0);
  t.deepEqual(matrixRank(expandDims(eye(3), 0)).toArray(), [3]);
  t.throws(() => matrixRank([[1]], { rtol: NaN }), {
    instanceOf: RangeError,
    message: "matrixRank: rtol must be a number, got NaN.",
  });
  t.throws(() => matrixRank(zeros([1, 1], "complex64")), {
    instanceOf: TypeError,
    message: "matrixRank: x must have dtype float32 or float64, got complex64.",
  });
});
