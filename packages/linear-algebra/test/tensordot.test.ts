import test from "ava";
import fc from "fast-check";
import { einsum, kron, matmul, tensordot } from "@flaxen/linear-algebra";
import { arange, array, contiguous, flip, ones, reshape, transpose, zeros } from "@flaxen/ndarray";
import { bitEqual, closeTo } from "@flaxen/testing";
import { randomArray } from "./matrices.ts";

test("tensordot(a, b, axes) has the shapes and values of jax.numpy.tensordot", (t) => {
  // jnp.tensordot, JAX 0.10.2
  t.deepEqual(tensordot(ones([2, 3, 4]), ones([3, 4, 5])).shape, [2, 5]);
  t.deepEqual(tensordot(ones([2, 3]), ones([4]), 0).shape, [2, 3, 4]);
  t.deepEqual(
    tensordot(ones([2, 3, 4]), ones([4, 3, 2]), [
      [1, -1],
      [1, 0],
    ]).toArray(),
    [
      [12, 12],
      [12, 12],
    ],
  );
  // jnp.tensordot(jnp.arange(24).reshape(2, 3, 4), jnp.arange(6).reshape(3, 2), (1, 0))
  const a = reshape(arange(24), [2, 3, 4]);
  t.deepEqual(tensordot(a, reshape(arange(6), [3, 2]), [1, 0]).toArray(), [
    [
      [40, 52],
      [46, 61],
      [52, 70],
      [58, 79],
    ],
    [
      [112, 160],
      [118, 169],
      [124, 178],
      [130, 187],
    ],
  ]);
  t.is(tensordot(2, 3, 0).item(), 6);
  t.deepEqual(tensordot(ones([2, 0]), ones([0, 3]), 1).toArray(), zeros([2, 3]).toArray());
});

test("tensordot(a, b, axes) reads any strides and agrees with einsum and matmul", (t) => {
  const a = flip(randomArray([4, 3, 5], 1), 1);
  const b = transpose(randomArray([2, 5, 4], 2));
  closeTo(
    t,
    tensordot(a, b, [
      [0, 2],
      [0, 1],
    ]),
    einsum("ijk,ikl->jl", a, b),
    { rtol: 1e-14, atol: 1e-14 },
  );
  const x = randomArray([7, 9], 3, "float32");
  const y = randomArray([9, 8], 4, "float32");
  bitEqual(t, tensordot(x, y, 1), matmul(x, y));
  bitEqual(t, tensordot(transpose(x), y, [[0], [0]]), matmul(x, y));
});

test("tensordot(a, b, axes) throws on axes that do not pair", (t) => {
  const a = ones([2, 3]);
  const cases: [() => unknown, string][] = [
    [
      () => tensordot(a, a, 3),
      "tensordot: axes must be an integer in [0, 2] or a pair of lists, got 3.",
    ],
    [
      () => tensordot(a, [1], -1),
      "tensordot: axes must be an integer in [0, 1] or a pair of lists, got -1.",
    ],
    [
      () => tensordot(a, a, NaN),
      "tensordot: axes must be an integer in [0, 2] or a pair of lists, got NaN.",
    ],
    [
      () => tensordot(a, a, [[0]] as never),
      "tensordot: axes must be an integer in [0, 2] or a pair of lists, got [[0]].",
    ],
    [
      () => tensordot(a, a, 1),
      "tensordot: a and b must agree on the summed axes, got shapes [2, 3] and [2, 3] with axes [1] and [0].",
    ],
    [
      () => tensordot(a, a, [[0, 1], [0]]),
      "tensordot: a and b must agree on the summed axes, got shapes [2, 3] and [2, 3] with axes [0, 1] and [0].",
    ],
    [
      () =>
        tensordot(a, a, [
          [0, 0],
          [0, 1],
        ]),
      "tensordot: axis must name each axis once, got [0, 0].",
    ],
    [() => tensordot(a, a, [2, 0]), "tensordot: axis must be an integer in [-2, 2), got 2."],
  ];
  for (const [call, message] of cases) t.throws(call, { instanceOf: RangeError, message });
});

test("kron(a, b) matches numpy.kron", (t) => {
  // numpy.kron, NumPy 2.4.6
  t.deepEqual(
    kron(
      [
        [1, 2],
        [3, 4],
      ],
      [
        [0, 1],
        [1, 0],
      ],
    ).toArray(),
    [
      [0, 1, 0, 2],
      [1, 0, 2, 0],
      [0, 3, 0, 4],
      [3, 0, 4, 0],
    ],
  );
  t.deepEqual(kron([[1, 2]], [1, 10]).toArray(), [[1, 10, 2, 20]]);
  t.deepEqual(kron(2, [[1, 2]]).toArray(), [[2, 4]]);
  t.deepEqual(kron(ones([2, 2, 2]), ones([2, 3])).shape, [2, 4, 6]);
  t.deepEqual(kron(ones([0, 2]), ones([3, 2])).shape, [0, 4]);
  t.is(kron(array([1], "int8"), array([1], "uint8")).dtype, "int16");
  t.deepEqual(kron(flip(array([1, 2])), [1, 0]).toArray(), [2, 0, 1, 0]);
});

test("kron(a, b) kron(c, d) is kron(a c, b d)", (t) => {
  const size = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(size, size, size, size, size, size, fc.nat(1000), (m, n, p, q, r, s, seed) => {
      const [a, b] = [randomArray([m, n], seed), randomArray([p, q], seed + 1)];
      const [c, d] = [randomArray([n, r], seed + 2), randomArray([q, s], seed + 3)];
      const left = matmul(kron(a, b), kron(c, d));
      closeTo(t, left, contiguous(kron(matmul(a, c), matmul(b, d))), { rtol: 1e-12, atol: 1e-13 });
    }),
    { seed: 20341, numRuns: 40 },
  );
});
