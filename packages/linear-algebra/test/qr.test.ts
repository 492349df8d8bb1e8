import test from "ava";
import type { ExecutionContext } from "ava";
import fc from "fast-check";
import { all, create } from "mathjs";
import { matmul, qr } from "@flaxen/linear-algebra";
import {
  array,
  astype,
  contiguous,
  eye,
  flip,
  NDArray,
  ones,
  transpose,
  zeros,
} from "@flaxen/ndarray";
import { bitEqual, closeTo } from "@flaxen/testing";
import { difference, hilbert, largest, randomArray } from "./matrices.ts";

/** `jnp.linalg.qr(x)` of matrices with 2, 2 and 3 columns. */
const SMALL: { columns: number; x: number[]; q: number[]; r: number[] }[] = [
  {
    columns: 2,
    x: [0.3048328757286072, -1.3154455423355103, 1.3928704261779785, -0.03826753422617912],
    q: [-0.21379220485687256, -0.9768791794776917, -0.9768791794776917, 0.21379217505455017],
    r: [-1.4258369207382202, 0.3186147212982178, 0.0, 1.2768499851226807],
  },
  {
    columns: 2,
    x: [
      -1.2756478786468506, 1.681046724319458, 0.6200127601623535, -0.3599879741668701,
      -1.3158694505691528, 0.07896430790424347,
    ],
    q: [
      -0.6593393087387085, -0.7273454666137695, 0.3204636573791504, -0.04282692074775696,
      -0.6801284551620483, 0.6849337220191956,
    ],
    r: [1.934736728668213, -1.277449131011963, 0.0, -1.153199315071106],
  },
  {
    columns: 3,
    x: [
      1.8529021739959717, 1.8241981267929077, -0.437075674533844, 0.08963728696107864,
      -0.48525017499923706, 0.5928593873977661, -1.9896067380905151, -0.7811728715896606,
      0.5120258331298828,
    ],
    q: [
      -0.681148886680603, 0.61809241771698, 0.3924258351325989, -0.03295173496007919,
      -0.5613324046134949, 0.8269340991973877, 0.7314030528068542, 0.550334095954895,
      0.4027181565761566,
    ],
    r: [
      -2.7202603816986084, -1.7979129552841187, 0.652675211429596, 0.0, 0.970003604888916,
      -0.32115912437438965, 0.0, 0.0, 0.5249379873275757,
    ],
  },
];

const EPS = { float32: 2 ** -23, float64: 2 ** -52 };

const shape = fc.oneof(
  fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })),
  fc.constantFrom([13, 13], [31, 7], [7, 31], [64, 64], [1, 40], [40, 1]),
);

/** Asserts `QᵀQ = I`, `QR = x` and that R is upper triangular, to a small multiple of the dtype's epsilon. */
function assertFactors(
  t: ExecutionContext,
  x: NDArray<"float32" | "float64">,
  q: NDArray<"float32" | "float64">,
  r: NDArray<"float32" | "float64">,
): void {
  const [m, n] = x.shape;
  const bound =
    4 * EPS[x.dtype] * Math.sqrt(Math.max(m, n) + 1) * Math.sqrt(Math.max(1, Math.min(m, n)));
  const q64 = astype(q, "float64");
  const gram = matmul(transpose(q64), q64);
  t.true(largest(difference(gram, eye(q.shape[1], undefined, "float64"))) <= bound);
  const product = matmul(q64, astype(r, "float64"));
  const scale = Math.max(1e-300, largest(x));
  t.true(largest(difference(product, astype(x, "float64"))) <= bound * scale);
  for (let i = 1; i < r.shape[0]; i++) {
    for (let j = 0; j < Math.min(i, n); j++) t.is(r.get(i, j), 0);
  }
}

for (const dtype of ["float32", "float64"] as const) {
  test(`qr(x) of ${dtype} has an orthonormal Q, an upper triangular R, and x as their product`, (t) => {
    fc.assert(
      fc.property(
        shape,
        fc.nat(10000),
        fc.constantFrom("reduced", "complete"),
        (size, seed, mode) => {
          const x = randomArray(size, seed, dtype);
          const [q, r] = qr(x, { mode });
          const [m, n] = size;
          const k = mode === "complete" ? m : Math.min(m, n);
          t.deepEqual(
            [q.shape, r.shape],
            [
              [m, k],
              [k, n],
            ],
          );
          t.deepEqual([q.dtype, r.dtype], [dtype, dtype]);
          assertFactors(t, x, q, r);
        },
      ),
      { seed: 20270, numRuns: 60 },
    );
  });
}

test("qr(x) matches jax.numpy.linalg.qr in values and signs", (t) => {
  // jnp.linalg.qr(jnp.array(..., jnp.float32)), JAX 0.10.2 on CPU
  const [q, r] = qr([
    [2, -1, 0],
    [1, 3, -2],
    [4, 0, 5],
  ]);
  closeTo(t, q, [
    [-0.4364358186721802, 0.3471722900867462, -0.8300573229789734],
    [-0.2182178944349289, -0.9358556866645813, -0.27668580412864685],
    [-0.8728715777397156, 0.06037778779864311, 0.484200119972229],
  ]);
  closeTo(t, r, [
    [-4.58257532119751, -0.2182179093360901, -3.927922010421753],
    [0, -3.1547393798828125, 2.173600196838379],
    [0, 0, 2.974372148513794],
  ]);
  const tall = [
    [1, 2],
    [3, 4],
    [5, 6],
  ];
  const [full, upper] = qr(tall, { mode: "complete" });
  closeTo(t, full, [
    [-0.16903090476989746, 0.8970853090286255, 0.40824776887893677],
    [-0.5070925951004028, 0.27602604031562805, -0.8164966106414795],
    [-0.845154345035553, -0.3450324833393097, 0.4082484543323517],
  ]);
  closeTo(t, upper, [
    [-5.916079521179199, -7.4373579025268555],
    [0, 0.8280795812606812],
    [0, 0],
  ]);
  closeTo(t, qr(tall, { mode: "r" }), [
    [-5.916079521179199, -7.4373579025268555],
    [0, 0.8280795812606812],
  ]);
  const [wideQ, wideR] = qr(transpose(array(tall)));
  closeTo(t, wideQ, [
    [-0.4472135305404663, -0.8944271802902222],
    [-0.8944271802902222, 0.4472135901451111],
  ]);
  closeTo(t, wideR, [
    [-2.2360680103302, -4.919349193572998, -7.602630615234375],
    [0, -0.8944271206855774, -1.7888542413711548],
  ]);
});

test("qr(x) of float32 up to 3 × 3 has the bits of JAX", (t) => {
  // x = jax.random.normal(jax.random.key(100 * m + n), (m, n)); jnp.linalg.qr(x), JAX 0.10.2 on CPU
  for (const { columns, x, q, r } of SMALL) {
    const factors = qr(new NDArray(Float32Array.from(x), [x.length / columns, columns]));
    bitEqual(t, factors[0].data, Float32Array.from(q));
    bitEqual(t, factors[1].data, Float32Array.from(r));
  }
});

test("qr(x) reflects nothing where a column is zero below the diagonal", (t) => {
  // jnp.linalg.qr(...), JAX 0.10.2: Q is the identity and R keeps the sign.
  t.deepEqual(
    qr([[-3]]).map((f) => f.toArray()),
    [[[1]], [[-3]]],
  );
  const [q, r] = qr(zeros([2, 2]));
  t.deepEqual(q.toArray(), [
    [1, 0],
    [-0, 1],
  ]);
  t.deepEqual(r.toArray(), [
    [0, 0],
    [0, 0],
  ]);
  const [identity] = qr(eye(3));
  bitEqual(t, Float32Array.from(identity.data, Math.abs), eye(3).data);
});

test("qr(x) has shapes for empty matrices as jax.numpy.linalg.qr", (t) => {
  const shapes = (size: number[], mode: "reduced" | "complete"): unknown =>
    qr(zeros(size), { mode }).map((f) => f.shape);
  t.deepEqual(shapes([0, 3], "reduced"), [
    [0, 0],
    [0, 3],
  ]);
  t.deepEqual(shapes([3, 0], "reduced"), [
    [3, 0],
    [0, 0],
  ]);
  t.deepEqual(shapes([3, 0], "complete"), [
    [3, 3],
    [3, 0],
  ]);
  t.deepEqual(qr(zeros([3, 0]), { mode: "complete" })[0].toArray(), eye(3).toArray());
  t.deepEqual(shapes([0, 2, 3], "reduced"), [
    [0, 2, 2],
    [0, 2, 3],
  ]);
});

test("qr(x) factorizes graded, tiny and huge matrices", (t) => {
  for (const dtype of ["float32", "float64"] as const) {
    const extremes =
      dtype === "float32" ? [1e-44, 1e-38, 1e-30, 1e30] : [1e-310, 1e-300, 1e-160, 1e160, 1e300];
    for (const scale of extremes) {
      const x = randomArray([6, 4], 3, dtype);
      for (let i = 0; i < x.data.length; i++) x.data[i] *= scale;
      const [q, r] = qr(x);
      const bound = 100 * EPS[dtype];
      const gram = matmul(transpose(q), q);
      t.true(largest(difference(gram, eye(4, undefined, dtype))) <= bound, `${scale}`);
      const product = matmul(q, r);
      // The smallest numbers carry few bits.
      const granularity = dtype === "float32" ? 2 ** -149 : 2 ** -1074;
      t.true(largest(difference(product, x)) <= bound * largest(x) + 8 * granularity, `${scale}`);
    }
    const graded = randomArray([20, 20], 4, dtype);
    for (let i = 0; i < 400; i++) graded.data[i] *= 10 ** -(i % 20);
    assertFactors(t, graded, ...qr(graded));
  }
});

test("qr(x) of the Hilbert matrix keeps Q orthogonal and agrees with mathjs in 50 digits", (t) => {
  const x = astype(hilbert(9), "float64");
  const [q, r] = qr(x);
  assertFactors(t, x, q, r);
  const math = create(all, { number: "BigNumber", precision: 50 });
  const exact = math.qr(
    math.matrix(
      (x.toArray() as number[][]).map((row) => row.map((value) => math.bignumber(String(value)))),
    ),
  );
  const rows = exact.R.valueOf() as unknown[][];
  // mathjs makes the diagonal positive, so magnitudes are compared.
  const magnitudes = new NDArray(Float64Array.from(r.data, Math.abs), r.shape);
  const expected = new NDArray(
    Float64Array.from(rows.flat(), (value) => Math.abs(Number(value))),
    r.shape,
  );
  t.true(largest(difference(magnitudes, expected)) <= 1e-14);
});

test("qr(x) works on batches and on any strides", (t) => {
  const x = randomArray([2, 3, 4, 5], 8, "float32");
  const [q, r] = qr(x);
  t.deepEqual(
    [q.shape, r.shape],
    [
      [2, 3, 4, 4],
      [2, 3, 4, 5],
    ],
  );
  const [one, upper] = qr(x.pick(1, 2));
  bitEqual(t, contiguous(q.pick(1, 2)), one);
  bitEqual(t, contiguous(r.pick(1, 2)), upper);
  const turned = flip(transpose(x.pick(0, 0)), 0);
  bitEqual(t, qr(turned)[0], qr(contiguous(turned))[0]);
});

test("qr(x) spreads NaN", (t) => {
  const [q, r] = qr([
    [NaN, 1],
    [2, 3],
  ]);
  t.true(Array.from(q.data).every(Number.isNaN));
  t.is(r.get(1, 0), 0);
  t.true(Number.isNaN(r.get(1, 1)));
});

test("qr(x) computes integers in the default float", (t) => {
  t.is(qr(ones([2, 2], "int32"))[0].dtype, "float32");
  t.is(qr(ones([2, 2], "bool"))[0].dtype, "float32");
});

test("qr(x) does not change x", (t) => {
  const x = randomArray([5, 5], 9);
  const before = x.data.slice();
  qr(x);
  t.deepEqual(x.data, before);
});

test("qr(x) throws on vectors, unknown modes and small floats", (t) => {
  t.throws(() => qr([1, 2]), {
    instanceOf: RangeError,
    message: "qr: x must have at least 2 axes, got shape [2].",
  });
  t.throws(() => qr(ones([2, 2]), { mode: "full" as never }), {
    instanceOf: RangeError,
    message: 'qr: mode must be "reduced", "complete" or "r", got "full".',
  });
  t.throws(() => qr(ones([2, 2], "float16")), {
    instanceOf: TypeError,
    message:
      "qr: x must have dtype float32, float64, complex64 or complex128, got float16. Convert it with astype first.",
  });
});
