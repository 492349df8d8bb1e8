import test from "ava";
import fc from "fast-check";
import ndarray from "ndarray";
import { dot, matmul, outer, trace, vdot } from "@flaxen/linear-algebra";
import {
  arange,
  array,
  arrayEqual,
  astype,
  broadcastTo,
  contiguous,
  flip,
  NDArray,
  ones,
  reshape,
  transpose,
  zeros,
} from "@flaxen/ndarray";
import { bitEqual } from "@flaxen/testing";
import { setWasmEnabled } from "@flaxen/wasm";
import { randomArray } from "./matrices.ts";

const RUNS = { seed: 20260, numRuns: 100 };

/** The product of two matrices by its definition, in the order of the kernels. */
function naive(a: NDArray, b: NDArray): NDArray {
  const round = a.dtype === "float32" ? Math.fround : (x: number) => x;
  const [m, k] = a.shape;
  const [, n] = b.shape;
  const c = zeros([m, n], a.dtype);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) {
        sum = round(sum + round((a.get(i, p) as number) * (b.get(p, j) as number)));
      }
      c.set(i, j, sum);
    }
  }
  return c;
}

/** Views of a matrix of the given shape that lie in memory in every possible way. */
const viewsOf = (rows: number, columns: number, seed: number): NDArray[] => [
  randomArray([rows, columns], seed, "float32"),
  transpose(randomArray([columns, rows], seed, "float32")),
  flip(randomArray([rows, columns], seed, "float32")),
  flip(transpose(randomArray([columns, rows], seed, "float32")), 0),
  randomArray([2 * rows, 3 * columns], seed, "float32").step(2, 3),
  randomArray([rows + 2, columns + 1], seed, "float32").lo(2, 1),
  transpose(randomArray([columns + 2, rows + 1], seed, "float32").lo(2, 1)),
  broadcastTo(randomArray([1, columns], seed, "float32"), [rows, columns]),
  broadcastTo(randomArray([rows, 1], seed, "float32"), [rows, columns]),
];

test("matmul(a, b) reads any strides, and gives the bits of the definition", (t) => {
  fc.assert(
    fc.property(
      fc.tuple(fc.nat(12), fc.nat(12), fc.nat(12)),
      fc.nat(8),
      fc.nat(8),
      fc.nat(1000),
      ([m, n, k], i, j, seed) => {
        const a = viewsOf(m, k, seed)[i];
        const b = viewsOf(k, n, seed + 1)[j];
        bitEqual(t, matmul(a, b), naive(a, b));
      },
    ),
    RUNS,
  );
});

test("matmul(a, b) broadcasts leading axes and stacks of strided matrices", (t) => {
  const a = randomArray([2, 1, 3, 4], 1, "float32");
  const b = randomArray([5, 4, 6], 2, "float32");
  const c = matmul(a, b);
  t.deepEqual(c.shape, [2, 5, 3, 6]);
  for (let i = 0; i < 2; i++) {
    for (let j = 0; j < 5; j++) {
      bitEqual(t, contiguous(c.pick(i, j)), naive(a.pick(i, 0), b.pick(j)));
    }
  }
  const swapped = matmul(transpose(a, [1, 0, 2, 3]), transpose(b, [0, 1, 2]).pick(2));
  t.deepEqual(swapped.shape, [1, 2, 3, 6]);
  bitEqual(t, contiguous(swapped.pick(0, 1)), naive(a.pick(1, 0), b.pick(2)));
  const turned = matmul(transpose(b, [0, 2, 1]), transpose(b, [0, 1, 2]));
  bitEqual(t, contiguous(turned.pick(3)), naive(transpose(b.pick(3)), b.pick(3)));
  const repeated = matmul(broadcastTo(a.pick(0), [7, 3, 4]), b.pick(0));
  bitEqual(t, contiguous(repeated.pick(6)), naive(a.pick(0, 0), b.pick(0)));
});

test("matmul(a, b) folds a batch into one tall product with the same bits", (t) => {
  const a = randomArray([4, 9, 20], 3, "float32");
  const b = randomArray([20, 11], 4, "float32");
  const c = matmul(a, b);
  for (let i = 0; i < 4; i++) bitEqual(t, contiguous(c.pick(i)), naive(a.pick(i), b));
});

test("matmul(a, b) drops the axis of rank-1 operands", (t) => {
  const a = array([1, 2, 3]);
  t.deepEqual(matmul(a, a).toArray(), 14);
  t.deepEqual(matmul(a, [[1], [0], [2]]).toArray(), [7]);
  t.deepEqual(matmul([[1, 0, 2]], a).toArray(), [7]);
  // numpy.matmul(numpy.arange(12.).reshape(2, 2, 3), [1, 2, 3]), NumPy 2
  t.deepEqual(matmul(reshape(arange(12), [2, 2, 3]), a).toArray(), [
    [8, 26],
    [44, 62],
  ]);
  t.deepEqual(matmul([1, 1], reshape(arange(12), [2, 2, 3])).toArray(), [
    [3, 5, 7],
    [15, 17, 19],
  ]);
  t.deepEqual(matmul(flip(a), a.step(-1)).toArray(), 14);
  t.deepEqual(matmul(broadcastTo(array([2]), [3]), a).toArray(), 12);
});

test("matmul(a, b) gives zeros where nothing is summed and empty arrays where there is nothing", (t) => {
  t.deepEqual(matmul(ones([2, 0]), ones([0, 2])).toArray(), [
    [0, 0],
    [0, 0],
  ]);
  t.deepEqual(matmul(ones([0, 3]), ones([3, 0])).shape, [0, 0]);
  t.deepEqual(matmul(ones([0, 2, 3]), ones([3, 4])).shape, [0, 2, 4]);
  t.deepEqual(matmul(ones([0, 2, 3]), ones([1, 3, 4])).shape, [0, 2, 4]);
  t.is(matmul(ones([0]), ones([0])).item(), 0);
});

test("matmul(a, b) wraps integers around as jax.numpy.matmul does", (t) => {
  // jax.numpy.matmul, JAX 0.10.2
  const cases = [
    [array([[100, 100, 100]], "int8"), array([[100], [100], [100]], "int8"), "int8", 48],
    [array([[200]], "uint8"), array([[2]], "int8"), "int16", 400],
    [array([[2 ** 31]], "uint32"), array([[3]], "uint32"), "uint32", 2 ** 31],
    [array([[2 ** 31 - 1, 2 ** 31 - 1]], "int32"), array([[2], [2]], "int32"), "int32", -4],
    [array([[16, 17]], "uint8"), array([[16], [1]], "uint8"), "uint8", 17],
  ] as const;
  for (const [a, b, dtype, expected] of cases) {
    const c = matmul(a, b);
    t.is(c.dtype, dtype);
    t.is(c.item(), expected);
  }
  const long = matmul(array([[2n ** 62n, 3n]], "int64"), array([[4n], [5n]], "int64"));
  t.is(long.dtype, "int64");
  t.is(long.item(), 15n);
  const unsigned = matmul(array([[2n ** 63n]], "uint64"), array([[3n]], "uint64"));
  t.is(unsigned.item(), 2n ** 63n);
});

test("matmul(a, b) of booleans tells whether any product is true", (t) => {
  const c = matmul(
    [
      [true, false],
      [false, false],
    ],
    [
      [true, false],
      [true, true],
    ],
  );
  t.is(c.dtype, "bool");
  t.deepEqual(c.toArray(), [
    [true, false],
    [false, false],
  ]);
  // 256 true products: a sum in uint8 would be 0.
  t.is(matmul(ones([256], "bool"), ones([256], "bool")).item(), true);
});

test("matmul(a, b) computes small floats in float32 and rounds once", (t) => {
  // jax.numpy.matmul, JAX 0.10.2: intermediate 60000 + 60000 would overflow float16.
  const half = matmul(array([[60000, 60000, -60000]], "float16"), ones([3, 1], "float16"));
  t.is(half.dtype, "float16");
  t.is(half.item(), 60000);
  const brain = matmul(array([[1, 2 ** -8]], "bfloat16"), ones([2, 1], "bfloat16"));
  t.is(brain.dtype, "bfloat16");
  t.is(brain.item(), 1);
  const mixed = matmul(ones([1, 2], "int32"), ones([2, 1], "float16"));
  t.is(mixed.dtype, "float16");
});

test("matmul(a, b) promotes as the dtype lattice says", (t) => {
  t.is(matmul(ones([2, 2], "float32"), ones([2, 2], "float64")).dtype, "float64");
  t.is(matmul(ones([2, 2], "bool"), ones([2, 2], "int16")).dtype, "int16");
  t.is(matmul(ones([2, 2], "int32"), ones([2, 2], "float32")).dtype, "float32");
});

test("matmul(a, b) accepts scijs ndarrays", (t) => {
  const a = ndarray(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
  t.deepEqual(matmul(a, a.transpose(1, 0)).toArray(), [
    [14, 32],
    [32, 77],
  ]);
});

test("matmul(a, b) does not change its operands", (t) => {
  const a = randomArray([9, 9], 5, "float32");
  const before = a.data.slice();
  matmul(a, transpose(a));
  t.deepEqual(a.data, before);
});

test("matmul(a, b) has the same bits without WebAssembly", (t) => {
  const a = randomArray([3, 40, 50], 6, "float32");
  const b = transpose(randomArray([3, 30, 50], 7, "float32"), [0, 2, 1]);
  const fast = matmul(a, b);
  setWasmEnabled(false);
  const plain = matmul(a, b);
  setWasmEnabled(true);
  bitEqual(t, fast, plain);
});

test("matmul(a, b) throws RangeError on shapes that do not fit", (t) => {
  const message = (text: string) => ({ instanceOf: RangeError, message: `matmul: ${text}` });
  t.throws(() => matmul(2, [1, 2]), message("a must have at least 1 axis, got shape []."));
  t.throws(() => matmul([1, 2], 2), message("b must have at least 1 axis, got shape []."));
  t.throws(
    () => matmul(ones([2, 3]), ones([4, 5])),
    message("a and b must agree on the inner axis, got shapes [2, 3] and [4, 5]."),
  );
  t.throws(
    () => matmul(ones([3]), ones([4])),
    message("a and b must agree on the inner axis, got shapes [3] and [4]."),
  );
  t.throws(
    () => matmul(ones([2, 3, 4]), ones([3, 4, 5])),
    message("a and b must have batch axes that broadcast, got shapes [2, 3, 4] and [3, 4, 5]."),
  );
});

const complex = (
  rows: [number, number][][],
  dtype: "complex64" | "complex128" = "complex64",
): NDArray => array(rows.map((row) => row.map(([re, im]) => ({ re, im }))) as never, dtype);

test("matmul(a, b) multiplies complex matrices as jax.numpy.matmul does", (t) => {
  // jnp.array([[1 + 2j, 3 - 1j], [0.5j, -2]]) @ jnp.array([[2 - 1j, 1j], [1, 4 + 4j]]), JAX 0.10.2
  const a = complex([
    [
      [1, 2],
      [3, -1],
    ],
    [
      [0, 0.5],
      [-2, 0],
    ],
  ]);
  const b = complex([
    [
      [2, -1],
      [0, 1],
    ],
    [
      [1, 0],
      [4, 4],
    ],
  ]);
  const expected = [
    [
      [7, 2],
      [14, 9],
    ],
    [
      [-1.5, 1],
      [-8.5, -8],
    ],
  ];
  for (const dtype of ["complex64", "complex128"] as const) {
    const c = matmul(astype(a, dtype), astype(b, dtype));
    t.is(c.dtype, dtype);
    t.deepEqual(
      c.toArray() as unknown,
      expected.map((row) => row.map(([re, im]) => ({ re, im }))),
    );
  }
  t.is(matmul(a, ones([2, 2], "float64")).dtype, "complex128");
  t.deepEqual(matmul(a, array([1, 1])).toArray() as unknown, [
    { re: 4, im: 1 },
    { re: -2, im: 0.5 },
  ]);
});

test("matmul(a, b) of complex arrays reads any strides, batches and empty axes", (t) => {
  const pairs = (shape: number[], seed: number): NDArray =>
    new NDArray(
      randomArray([...shape, 2], seed, "float32").data as Float32Array,
      shape,
      undefined,
      0,
      "complex64",
    );
  const a = pairs([3, 4, 5], 1);
  const b = pairs([6, 5], 2);
  const c = matmul(flip(a, 0), transpose(b));
  t.deepEqual(c.shape, [3, 4, 6]);
  for (const [i, j] of [
    [0, 0],
    [3, 5],
  ]) {
    let [re, im] = [0, 0];
    for (let k = 0; k < 5; k++) {
      const x = a.get(2, i, k) as { re: number; im: number };
      const y = b.get(j, k) as { re: number; im: number };
      re += x.re * y.re - x.im * y.im;
      im += x.re * y.im + x.im * y.re;
    }
    const actual = c.get(0, i, j) as { re: number; im: number };
    t.true(Math.abs(actual.re - re) < 1e-6 && Math.abs(actual.im - im) < 1e-6);
  }
  t.deepEqual(matmul(zeros([1, 0], "complex64"), zeros([0, 1], "complex64")).toArray() as unknown, [
    [{ re: 0, im: 0 }],
  ]);
});

test("dot, vdot, outer and trace take complex numbers", (t) => {
  // jnp.vdot(jnp.array([1 + 2j, 3j]), jnp.array([2, 1 - 1j])) and so on, JAX 0.10.2
  const [x, y] = [
    complex([
      [
        [1, 2],
        [0, 3],
      ],
    ]),
    complex([
      [
        [2, 0],
        [1, -1],
      ],
    ]),
  ];
  t.deepEqual(dot(x.pick(0), y.pick(0)).item(), { re: 5, im: 7 });
  t.deepEqual(vdot(x, y).item(), { re: -1, im: -7 });
  t.deepEqual(outer(x, [1, 2]).toArray() as unknown, [
    [
      { re: 1, im: 2 },
      { re: 2, im: 4 },
    ],
    [
      { re: 0, im: 3 },
      { re: 0, im: 6 },
    ],
  ]);
  const square = complex([
    [
      [1, 2],
      [9, 9],
    ],
    [
      [9, 9],
      [-3, 1],
    ],
  ]);
  t.deepEqual(trace(square).item(), { re: -2, im: 3 });
  t.is(trace(square).dtype, "complex64");
});

test("dot(a, b) sums over the last axis of a and the second-to-last of b", (t) => {
  // jax.numpy.dot(jnp.arange(6).reshape(2, 3), jnp.arange(24).reshape(2, 3, 4)), JAX 0.10.2
  const a = reshape(arange(6), [2, 3]);
  const b = reshape(arange(24), [2, 3, 4]);
  t.deepEqual(dot(a, b).toArray(), [
    [
      [20, 23, 26, 29],
      [56, 59, 62, 65],
    ],
    [
      [56, 68, 80, 92],
      [200, 212, 224, 236],
    ],
  ]);
  t.true(arrayEqual(dot(a, transpose(a)), matmul(a, transpose(a))));
  t.deepEqual(dot(ones([2, 3]), ones([4, 3, 5])).shape, [2, 4, 5]);
  t.is(dot(array([100, 100], "int8"), array([100, 100], "int8")).item(), 32);
  t.deepEqual(dot(ones([0]), ones([0])).item(), 0);
});

test("dot(a, b) multiplies by a scalar", (t) => {
  t.deepEqual(dot(2, [[1, -0]]).toArray(), [[2, -0]]);
  t.deepEqual(dot(array([3, 4], "int32"), array(5, "int32")).toArray(), [15, 20]);
  t.deepEqual(dot(array(3n, "int64"), array([2n ** 63n - 1n], "int64")).toArray(), [
    2n ** 63n - 3n,
  ]);
  t.is(dot(true, [true, false]).dtype, "bool");
});

test("dot(a, b) throws RangeError when the summed axes differ", (t) => {
  t.throws(() => dot(ones([2, 3]), ones([4, 2, 5])), {
    instanceOf: RangeError,
    message: "dot: a and b must agree on the summed axis, got shapes [2, 3] and [4, 2, 5].",
  });
});

test("vdot(a, b) sums the products of all elements", (t) => {
  t.is(vdot(ones([2, 3]), ones([3, 2])).item(), 6);
  t.is(vdot(2, 3).item(), 6);
  t.is(vdot(transpose(reshape(arange(6), [2, 3])), arange(6)).item(), 0 + 3 + 2 + 12 + 8 + 25);
  t.throws(() => vdot([1, 2], [1, 2, 3]), {
    instanceOf: RangeError,
    message: "vdot: a and b must have the same size, got shapes [2] and [3].",
  });
});

test("outer(a, b) multiplies every element by every other", (t) => {
  t.deepEqual(outer([[1, 2]], [3, -0]).toArray(), [
    [3, -0],
    [6, -0],
  ]);
  // jax.numpy.outer(jnp.uint8([16, 17]), jnp.uint8([16, 1])), JAX 0.10.2
  t.deepEqual(outer(array([16, 17], "uint8"), array([16, 1], "uint8")).toArray(), [
    [0, 16],
    [16, 17],
  ]);
  t.deepEqual(outer([], [1, 2]).shape, [0, 2]);
});

test("trace(x) sums diagonals as jax.numpy.trace does", (t) => {
  // jax.numpy.trace(jnp.arange(24).reshape(2, 3, 4), ...), JAX 0.10.2
  const x = reshape(arange(24), [2, 3, 4]);
  t.deepEqual(trace(x).toArray(), [16, 18, 20, 22]);
  t.deepEqual(trace(x, { axis1: -1, axis2: 0 }).toArray(), [13, 21, 29]);
  t.deepEqual(trace(x, { offset: -1 }).toArray(), [12, 13, 14, 15]);
  const y = astype(reshape(arange(6), [2, 3]), "float32");
  t.is(trace(y, { offset: 1 }).item(), 6);
  t.is(trace(y, { offset: 5 }).item(), 0);
  t.is(trace(y, { offset: -2 }).item(), 0);
  t.is(trace(flip(y)).item(), 5 + 1);
  t.is(trace(zeros([0, 0])).item(), 0);
});

test("trace(x) of empty arrays does not look at where they start", (t) => {
  const x = flip(flip(zeros([0, 2, 3]), 1), 2);
  t.deepEqual(trace(x, { offset: -1, axis1: 1, axis2: 2 }).shape, [0]);
});

test("trace(x) sums narrow integers in the default width", (t) => {
  for (const [dtype, expected] of [
    ["int8", "int32"],
    ["bool", "int32"],
    ["uint8", "uint32"],
    ["int64", "int64"],
    ["float16", "float16"],
    ["float64", "float64"],
  ] as const) {
    const sum = trace(ones([200, 200], dtype));
    t.is(sum.dtype, expected);
    t.is(Number(sum.item()), 200);
  }
  t.is(
    trace(
      array(
        [
          [2 ** 31 - 1, 0],
          [0, 2],
        ],
        "int32",
      ),
    ).item(),
    -(2 ** 31) + 1,
  );
});

test("trace(x) throws on scalars, bad axes and bad offsets", (t) => {
  t.throws(() => trace([1, 2]), {
    instanceOf: RangeError,
    message: "trace: x must have at least 2 axes, got shape [2].",
  });
  t.throws(() => trace(ones([2, 2]), { offset: 0.5 }), {
    instanceOf: RangeError,
    message: "trace: offset must be an integer, got 0.5.",
  });
  t.throws(() => trace(ones([2, 2]), { axis1: 1 }), {
    instanceOf: RangeError,
    message: "trace: axis must name each axis once, got [1, 1].",
  });
});
