import test from "ava";
import fc from "fast-check";
import { bitEqual, closeTo } from "@flaxen/testing";
import {
  add,
  convGeneralDilated,
  grad,
  multiply,
  padtypeToPads,
  square,
  sum,
  vjp,
} from "@flaxen/autodiff";
import type { ConvOptions, Tensor } from "@flaxen/autodiff";
import { array, NDArray, reshape, transpose, zeros } from "@flaxen/ndarray";

type Floats = Float32Array | Float64Array;

const EXACT = { rtol: 0, atol: 0 };

function filled(shape: readonly number[], data: Floats): NDArray {
  return new NDArray(data, shape);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** `((i * a + b) % m) - floor(m / 2)`: small integers, the same in Python and here. */
function sequence(shape: readonly number[], a: number, b: number, m: number): NDArray {
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    (_, i) => ((i * a + b) % m) - Math.floor(m / 2),
  );
  return filled(shape, data);
}

function concrete(x: Tensor): NDArray {
  return x as NDArray;
}

interface Case {
  readonly x: readonly number[];
  readonly kernel: readonly number[];
  readonly options: ConvOptions;
  readonly shape: readonly number[];
  readonly out: readonly number[];
  readonly dx: readonly number[];
  readonly dkernel: readonly number[];
}

// jax 0.10.2: y, pullback = jax.vjp(lambda x, k: lax.conv_general_dilated(x, k, strides, padding,
//   lhs_dilation, rhs_dilation, ("NHWC", "HWIO", "NHWC"), groups), seq(x, 7, 3, 11), seq(k, 5, 2, 7))
//   and pullback(seq(y.shape, 3, 1, 5)), with seq as `sequence` above; sums of small integers are exact.
const CASES: readonly Case[] = [
  {
    x: [2, 5, 2],
    kernel: [3, 2, 2],
    options: { padding: "VALID" },
    shape: [2, 3, 2],
    out: [-5, 20, -3, -5, 10, -19, -6, -6, 7, -20, -2, 21],
    dx: [-5, -2, 14, -3, 3, 0, -9, 6, -5, 2, -2, 4, -5, -2, -4, -5, 16, -5, 7, -4],
    dkernel: [3, -11, -15, 25, 11, -5, 4, -13, -14, 23, 12, -7],
  },
  {
    x: [1, 6, 2],
    kernel: [3, 2, 2],
    options: { padding: "SAME", strides: [2] },
    shape: [1, 3, 2],
    out: [-5, 20, 10, -19, -15, 11],
    dx: [-5, -2, 8, -3, 13, -4, -6, 2, -2, 6, -5, 2],
    dkernel: [1, -11, -10, 15, 1, 8, 1, -10, -4, 10, 0, 10],
  },
  {
    x: [1, 6, 2],
    kernel: [4, 2, 2],
    options: { padding: "SAME_LOWER", rhsDilation: [2] },
    shape: [1, 6, 2],
    out: [-18, -5, -1, 11, 15, 0, 7, 26, -2, -10, -7, -10],
    dx: [-8, 6, 1, -6, -13, 4, 1, -6, 0, 3, 10, 0],
    dkernel: [-10, 9, 16, -3, 18, -3, -4, -14, -11, 0, 0, -11, 6, -8, -5, 18],
  },
  {
    x: [1, 5, 2],
    kernel: [3, 2, 2],
    options: { padding: [[2, 1]], lhsDilation: [2], strides: [3] },
    shape: [1, 4, 2],
    out: [6, -14, -5, 6, 8, -26, -3, 2],
    dx: [7, -4, -6, 2, 2, 2, -5, 2, -4, 2],
    dkernel: [4, -4, 0, 0, -2, -2, -10, 6, -2, 0, -2, 7],
  },
  {
    x: [1, 7, 4],
    kernel: [2, 2, 4],
    options: { padding: [[-1, 2]], featureGroupCount: 2, strides: [2] },
    shape: [1, 4, 4],
    out: [-16, -19, -3, -1, -19, -16, -1, -7, -11, 20, 1, -13, 0, 0, 0, 0],
    dx: [
      0, 0, 0, 0, -5, 8, 0, 2, 7, -1, 4, 6, 2, -5, 4, 2, -5, 2, 0, -2, -1, 7, -2, -3, 8, -5, -4, -5,
    ],
    dkernel: [11, -2, -4, 4, -3, 1, 3, 4, -1, -1, 2, 4, 7, -9, -2, 4],
  },
  {
    x: [2, 4, 3],
    kernel: [3, 1, 6],
    options: { padding: "SAME", featureGroupCount: 3 },
    shape: [2, 4, 6],
    out: [
      -11, -1, -19, -2, 0, -2, -13, 5, -5, -1, -4, 3, -16, 8, -3, 0, -4, 2, -1, 17, 0, 4, 2, 1, 17,
      -1, -3, 2, -8, 6, 8, -16, 3, 3, -4, -1, 5, -13, 5, 4, 18, -2, -1, -11, 4, -4, 10, -25,
    ],
    dx: [-5, -8, 10, 7, 16, -6, 7, -8, -8, -5, 9, 8, -3, -6, -7, -3, -10, 6, 7, 16, -6, 8, -6, -2],
    dkernel: [7, 6, -10, 6, -10, -1, 13, -2, -5, -4, 16, -6, 0, 6, 0, -7, -5, 9],
  },
  {
    x: [1, 3, 2],
    kernel: [5, 2, 2],
    options: { padding: "SAME" },
    shape: [1, 3, 2],
    out: [20, -4, 18, 1, -5, 20],
    dx: [3, 0, -10, 1, -9, 16],
    dkernel: [-2, 2, 5, -5, 1, 3, -3, -7, 6, -10, -5, 16, -1, -6, 3, -6, -4, 8, 0, 0],
  },
  {
    x: [1, 4, 4, 1],
    kernel: [3, 3, 1, 2],
    options: { padding: "SAME" },
    shape: [1, 4, 4, 2],
    out: [
      2, -26, -13, 14, 12, 15, -5, -20, -35, 26, 20, 27, -6, -49, -12, 15, 8, -7, 26, -35, -11, 32,
      5, -9, -7, -7, -11, 12, 23, -6, -21, 5,
    ],
    dx: [0, 5, 11, -8, 1, 0, 13, 7, -11, -8, 0, -1, -10, -5, -6, 9],
    dkernel: [1, -4, -5, -6, -3, 18, 17, -9, 7, -3, -29, -2, -16, 11, 14, -14, 15, 13],
  },
  {
    x: [2, 4, 3, 2],
    kernel: [2, 2, 2, 2],
    options: { padding: "VALID", strides: [2, 1] },
    shape: [2, 2, 2, 2],
    out: [21, 12, -4, 25, -19, -31, 11, -18, -4, 25, 15, -17, 11, -18, -3, 6],
    dx: [
      -5, -2, 14, -3, -6, 2, 7, -4, -5, -1, -2, 6, 2, 2, -7, 6, -4, 2, -5, 2, -4, 2, 6, -2, -1, -4,
      2, -5, 8, -3, 8, -2, 2, -5, -1, -5, 6, 0, -4, 4, -5, 2, -4, 4, -7, 8, 2, 2,
    ],
    dkernel: [-5, 4, 6, 8, -5, -10, -5, 5, -5, 6, 17, -1, -16, 14, 17, -15],
  },
  {
    x: [1, 4, 5, 2],
    kernel: [2, 3, 2, 2],
    options: { padding: "SAME_LOWER", strides: [2, 2], rhsDilation: [1, 2] },
    shape: [1, 2, 3, 2],
    out: [-10, 2, 7, 41, -12, -28, 19, -27, 38, 16, 26, -28],
    dx: [
      14, -3, 0, 0, 3, 0, 0, 0, -9, 6, -4, 14, 0, 0, -1, 3, 0, 0, 4, -9, -5, -2, 0, 0, -4, -5, 0, 0,
      16, -5, -1, -5, 0, 0, -3, -4, 0, 0, -5, 16,
    ],
    dkernel: [
      13, -3, -1, -14, -7, -18, -3, 18, 6, 6, -12, 13, -6, 8, 13, -3, -11, 12, -7, -18, 13, -12, 6,
      6,
    ],
  },
  {
    x: [1, 3, 3, 2],
    kernel: [3, 2, 2, 2],
    options: {
      padding: [
        [1, 2],
        [0, 1],
      ],
      lhsDilation: [2, 1],
      rhsDilation: [1, 2],
    },
    shape: [1, 6, 2, 2],
    out: [
      18, -10, -3, 8, -2, 21, 1, -18, 20, -6, 3, 8, 24, 15, -23, 15, -11, 20, 9, -14, -7, -11, 11,
      9,
    ],
    dx: [9, -2, -6, 8, -6, -3, 16, -7, 13, -6, -9, -4, -11, -8, 16, -7, 16, -9],
    dkernel: [
      -6, 27, -7, -12, 4, -8, 4, -4, 27, -15, -12, 13, -8, 10, -4, -2, -9, -3, -3, -9, 2, -2, -2,
      10,
    ],
  },
  {
    x: [1, 3, 4, 4],
    kernel: [2, 2, 2, 2],
    options: { padding: "SAME", featureGroupCount: 2, strides: [1, 2] },
    shape: [1, 3, 2, 2],
    out: [-13, -27, -36, 3, -15, 0, -16, -14, 4, -11, 4, 21],
    dx: [
      1, -2, -6, 0, 2, -1, 6, -2, 0, 0, 6, 0, 0, 0, -6, 2, 2, 2, 7, -4, -5, 2, -1, -5, -2, 4, -4, 4,
      -4, 2, -2, 6, -1, -4, -5, 2, 7, -3, 2, 2, -5, -2, -6, 0, 8, -3, 6, -2,
    ],
    dkernel: [-3, -10, -10, 4, -9, 2, -5, -17, 8, -7, 0, -3, -2, -2, 12, 24],
  },
  {
    x: [1, 3, 3, 4],
    kernel: [2, 2, 1, 4],
    options: {
      padding: [
        [0, 1],
        [1, 0],
      ],
      featureGroupCount: 4,
    },
    shape: [1, 3, 3, 4],
    out: [
      19, 16, 4, -9, -21, -17, -5, -8, -17, -21, -4, -11, -7, 0, -7, -4, -20, -18, -2, 16, 28, 22,
      -1, 2, -2, -9, 4, 0, 7, 18, 7, 5, 0, -15, 3, -1,
    ],
    dx: [
      1, 9, 4, 2, 0, -6, 0, 0, 4, 3, -1, -2, -8, -6, -3, 7, 6, -5, -4, -5, -4, 7, 1, -4, -6, -8, -1,
      1, 13, 13, 3, -1, -3, -4, 1, 7,
    ],
    dkernel: [-2, -22, 7, 17, 22, 17, -5, -24, 11, 1, -17, 8, -5, 10, 14, -5],
  },
  {
    x: [2, 2, 3, 3],
    kernel: [1, 1, 3, 2],
    options: { padding: "VALID" },
    shape: [2, 2, 3, 2],
    out: [
      10, 9, 11, 9, 12, 9, 13, 9, 3, -24, 4, -24, 5, -24, -16, 9, -15, 9, -14, 9, -13, 9, 10, 9,
    ],
    dx: [
      -5, -2, 8, 6, 0, -6, 2, 2, -5, -2, 4, -4, -1, -4, 7, -5, -2, 8, 6, 0, -6, 2, 2, -5, -2, 4, -4,
      -1, -4, 7, -5, -2, 8, 6, 0, -6,
    ],
    dkernel: [-21, 13, 5, -20, 9, 2],
  },
  {
    x: [1, 5, 3, 1],
    kernel: [3, 2, 1, 2],
    options: {
      padding: [
        [-1, 1],
        [2, -1],
      ],
      strides: [2, 1],
      lhsDilation: [1, 2],
      rhsDilation: [2, 1],
    },
    shape: [1, 1, 5, 2],
    out: [0, 0, -11, 5, 13, -6, 10, -2, -8, -6],
    dx: [0, 0, 0, 2, 3, 0, 0, 0, 0, -3, 9, 0, 0, 0, 0],
    dkernel: [-11, 7, 8, 6, -9, 7, 4, 10, 0, 0, 0, 0],
  },
  {
    x: [1, 3, 2, 3, 1],
    kernel: [2, 2, 2, 1, 2],
    options: { padding: "SAME" },
    shape: [1, 3, 2, 3, 2],
    out: [
      17, -32, -12, 13, -4, -7, 26, -5, -10, -4, 6, -4, 19, 7, -10, 19, 2, -13, -3, 23, -6, 2, 14,
      -2, -11, -3, -11, 1, 11, -3, -4, -12, -8, 0, 4, 12,
    ],
    dx: [-5, 4, 2, 6, -6, -12, 13, -6, -1, -14, -11, 15, -2, -1, -1, -4, 15, 11],
    dkernel: [3, 1, -5, 8, 13, -14, -14, 6, -22, -14, 6, -1, -5, -20, -6, 12],
  },
  {
    x: [1, 3, 2, 3, 2],
    kernel: [2, 1, 3, 2, 2],
    options: { padding: "VALID", strides: [1, 2, 1] },
    shape: [1, 2, 1, 1, 2],
    out: [7, 26, 8, 0],
    dx: [
      -5, -2, 8, -3, 7, -4, 0, 0, 0, 0, 0, 0, 5, -5, -8, 10, -7, 11, 0, 0, 0, 0, 0, 0, -2, 6, 0, -6,
      2, -4, 0, 0, 0, 0, 0, 0,
    ],
    dkernel: [2, -14, -5, 8, -1, 8, 3, -14, -4, 8, 0, 8, -5, 8, -1, 8, 3, -14, -4, 8, 0, 8, 4, -14],
  },
  {
    x: [1, 2, 3, 2, 2],
    kernel: [2, 2, 1, 1, 2],
    options: {
      padding: [
        [1, 0],
        [0, 1],
        [0, 0],
      ],
      featureGroupCount: 2,
      lhsDilation: [1, 2, 1],
      rhsDilation: [2, 1, 1],
      strides: [1, 1, 2],
    },
    shape: [1, 1, 5, 1, 2],
    out: [-10, 3, 0, 4, 0, -12, -5, -2, 10, 6],
    dx: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 6, 0, 0, -2, -1, 0, 0, 6, 3, 0, 0],
    dkernel: [0, 0, 0, 0, 5, 8, -10, 8],
  },
];

const matchesJax = test.macro({
  exec(t, { x, kernel, options, shape, out, dx, dkernel }: Case) {
    const [y, pullback] = vjp(
      (x: Tensor, k: Tensor) => convGeneralDilated(x, k, options),
      sequence(x, 7, 3, 11),
      sequence(kernel, 5, 2, 7),
    );
    t.deepEqual([...y.shape], shape);
    t.is(y.dtype, "float32");
    const [gx, gk] = pullback(sequence(shape, 3, 1, 5));
    closeTo(t, concrete(y), out, EXACT);
    closeTo(t, concrete(gx), dx, EXACT);
    closeTo(t, concrete(gk), dkernel, EXACT);
    t.deepEqual([...gx.shape], x);
    t.deepEqual([...gk.shape], kernel);
  },
  title: (_, { x, kernel, options }: Case) =>
    `convGeneralDilated([${x}], [${kernel}], ${JSON.stringify(options)}) and its gradients match lax.conv_general_dilated`,
});
for (const example of CASES) test(matchesJax, example);

const goldens = test.macro({
  exec(
    t,
    size: number,
    taps: number,
    options: ConvOptions,
    expected: readonly (readonly number[])[],
  ) {
    const x = Float32Array.from({ length: size * size }, (_, i) => i + 1);
    const kernel = Float32Array.from({ length: taps * taps }, (_, i) => i + 1);
    const y = convGeneralDilated(
      filled([1, size, size, 1], x),
      filled([taps, taps, 1, 1], kernel),
      options,
    );
    const rows = expected.length;
    t.deepEqual(reshape(concrete(y), [rows, -1]).toArray(), expected);
  },
  title: (_, size: number, taps: number, options: ConvOptions) =>
    `convGeneralDilated(1..${size * size}, 1..${taps * taps}, ${JSON.stringify(options)}) matches flax.nnx.Conv`,
});
// flax 0.12.8, nnx.Conv(1, 1, (3, 3), use_bias=False) with kernel 1..9 on 1..25, and so on.
test(goldens, 5, 3, { padding: "VALID" }, [
  [411, 456, 501],
  [636, 681, 726],
  [861, 906, 951],
]);
test(goldens, 5, 3, { padding: "SAME", strides: [2, 2] }, [
  [128, 241, 184],
  [441, 681, 453],
  [320, 457, 280],
]);
test(goldens, 5, 3, { padding: "SAME", strides: [2, 2], rhsDilation: [2, 2] }, [
  [228, 365, 248],
  [519, 777, 501],
  [304, 431, 260],
]);
test(goldens, 4, 2, { padding: "SAME" }, [
  [44, 54, 64, 28],
  [84, 94, 104, 44],
  [124, 134, 144, 60],
  [41, 44, 47, 16],
]);

test("convGeneralDilated(x, kernel, { padding: [[k - 1, 0]] }) is the causal convolution", (t) => {
  // flax 0.12.8: nnx.Conv(1, 1, (3,), padding="CAUSAL") with kernel [1, 2, 3] on [1, 2, 3, 4].
  const y = convGeneralDilated([[[1], [2], [3], [4]]], [[[1]], [[2]], [[3]]], {
    padding: [[2, 0]],
  });
  t.deepEqual(concrete(y).toArray(), [[[3], [8], [14], [20]]]);
});

test("convGeneralDilated(x, kernel, { lhsDilation }) is the transposed convolution of stride 2", (t) => {
  // flax 0.12.8: nnx.ConvTranspose(1, 1, (3, 3), strides=(2, 2), padding="SAME") with kernel 1..9.
  const kernel = filled(
    [3, 3, 1, 1],
    Float32Array.from({ length: 9 }, (_, i) => i + 1),
  );
  const y = convGeneralDilated(
    [
      [
        [[1], [2]],
        [[3], [4]],
      ],
    ],
    kernel,
    {
      padding: [
        [2, 1],
        [2, 1],
      ],
      lhsDilation: [2, 2],
    },
  );
  t.deepEqual(reshape(concrete(y), [4, 4]).toArray(), [
    [9, 8, 25, 16],
    [6, 5, 16, 10],
    [30, 26, 64, 36],
    [18, 15, 36, 20],
  ]);
});

test("convGeneralDilated(x, kernel) multiplies the zeros of the padding, and leaves out those between elements", (t) => {
  // jax 0.10.2, x ones and k = [inf, 1, 1]: lax.conv_general_dilated(x, k, (1,), "SAME") gives [nan, inf, inf]; with
  // x ones of [4, 4, 8] and kernel ones but kernel[0, 0, 0, 0] = inf, the gradient of the sum over strides (2, 2)
  // is [inf, 8, inf, 8], [8, 8, 16, 8], [inf, 16, inf, 16], [8, 8, 16, 8] in feature 0.
  const y = convGeneralDilated([[[1], [1], [1]]], [[[Infinity]], [[1]], [[1]]], {
    padding: "SAME",
  });
  t.deepEqual(concrete(y).toArray(), [[[NaN], [Infinity], [Infinity]]]);
  const kernel = filled([3, 3, 8, 8], new Float32Array(576).fill(1));
  kernel.set(0, 0, 0, 0, Infinity);
  const gradient = grad((x: Tensor) =>
    sum(convGeneralDilated(x, kernel, { padding: "SAME", strides: [2, 2] })),
  )(filled([1, 4, 4, 8], new Float32Array(128).fill(1)));
  t.deepEqual(concrete(gradient).pick(0, null, null, 0).toArray(), [
    [Infinity, 8, Infinity, 8],
    [8, 8, 16, 8],
    [Infinity, 16, Infinity, 16],
    [8, 8, 16, 8],
  ]);
});

test("convGeneralDilated(x, kernel) without spatial axes is the matrix product", (t) => {
  const x = array([[1, 2, 3]]);
  const y = convGeneralDilated(
    x,
    [
      [1, 0],
      [10, 1],
      [100, 2],
    ],
    { padding: "SAME" },
  );
  t.deepEqual(concrete(y).toArray(), [[321, 8]]);
});

test("convGeneralDilated(x, kernel) accepts strided views", (t) => {
  const x = sequence([2, 3, 5, 4], 7, 3, 11);
  const kernel = sequence([2, 3, 2, 3], 5, 2, 7);
  const strided = convGeneralDilated(transpose(x, [0, 3, 2, 1]).step(1, 2, -1), transpose(kernel), {
    padding: "SAME",
  });
  const copy = (v: NDArray): NDArray => array(v.toArray());
  const plain = convGeneralDilated(
    copy(transpose(x, [0, 3, 2, 1]).step(1, 2, -1)),
    copy(transpose(kernel)),
    { padding: "SAME" },
  );
  t.deepEqual([...strided.shape], [2, 2, 5, 2]);
  bitEqual(t, concrete(strided), concrete(plain));
});

test("convGeneralDilated(x, kernel) rounds 16-bit sums once", (t) => {
  // jax 0.10.2: x = (jnp.arange(18) % 7 / 8).reshape(1, 9, 2), k = (jnp.arange(12) % 5 / 3).reshape(3, 2, 2),
  //   lax.conv_general_dilated(x.astype(dt), k.astype(dt), (1,), "VALID", dimension_numbers=("NWC", "WIO", "NWC"))
  const x = Array.from({ length: 18 }, (_, i) => (i % 7) / 8);
  const k = Array.from({ length: 12 }, (_, i) => Math.fround((i % 5) / 3));
  const run = (dtype: "float16" | "bfloat16"): Tensor =>
    convGeneralDilated(reshape(array(x, dtype), [1, 9, 2]), reshape(array(k, dtype), [3, 2, 2]), {
      padding: "VALID",
    });
  const half = run("float16");
  t.is(half.dtype, "float16");
  closeTo(
    t,
    concrete(half),
    [
      1.0419921875, 1.25, 1.875, 1.875, 1.541015625, 1.0419921875, 0.625, 1.0830078125,
      1.4580078125, 1.7080078125, 1.416015625, 1.166015625, 0.79150390625, 1.5,
    ],
    EXACT,
  );
  const brain = run("bfloat16");
  t.is(brain.dtype, "bfloat16");
  closeTo(
    t,
    concrete(brain),
    [
      1.0390625, 1.25, 1.875, 1.875, 1.546875, 1.0390625, 0.625, 1.0859375, 1.4609375, 1.7109375,
      1.421875, 1.171875, 0.79296875, 1.5,
    ],
    EXACT,
  );
});

const empties = test.macro({
  exec(
    t,
    x: readonly number[],
    kernel: readonly number[],
    options: ConvOptions,
    shape: readonly number[],
  ) {
    // jax 0.10.2 gives these shapes and zeros.
    const [y, pullback] = vjp(
      (x: Tensor, k: Tensor) => convGeneralDilated(x, k, options),
      filled(x, new Float32Array(sizeOf(x)).fill(1)),
      filled(kernel, new Float32Array(sizeOf(kernel)).fill(1)),
    );
    t.deepEqual([...y.shape], shape);
    closeTo(t, concrete(y), new Float32Array(sizeOf(shape)), EXACT);
    const [gx, gk] = pullback(filled(shape, new Float32Array(sizeOf(shape)).fill(1)));
    t.deepEqual([...gx.shape], x);
    t.deepEqual([...gk.shape], kernel);
    closeTo(t, concrete(gx), new Float32Array(sizeOf(x)), EXACT);
    closeTo(t, concrete(gk), new Float32Array(sizeOf(kernel)), EXACT);
  },
  title: (_, x: readonly number[], kernel: readonly number[], options: ConvOptions) =>
    `convGeneralDilated([${x}], [${kernel}], ${JSON.stringify(options)}) of nothing is zero`,
});
test(empties, [0, 5, 5, 2], [3, 3, 2, 4], { padding: "SAME" }, [0, 5, 5, 4]);
test(empties, [1, 2, 2, 2], [3, 3, 2, 4], { padding: "VALID" }, [1, 0, 0, 4]);
test(empties, [1, 0, 5, 2], [3, 3, 2, 4], { padding: "SAME" }, [1, 0, 5, 4]);
test(
  empties,
  [1, 0, 5, 2],
  [3, 3, 2, 4],
  {
    padding: [
      [2, 2],
      [0, 0],
    ],
  },
  [1, 2, 3, 4],
);
test(empties, [1, 5, 5, 0], [3, 3, 0, 4], { padding: "SAME" }, [1, 5, 5, 4]);
test(empties, [1, 5, 5, 2], [3, 3, 2, 0], { padding: "SAME" }, [1, 5, 5, 0]);
test(
  empties,
  [1, 5, 5, 2],
  [1, 1, 2, 4],
  {
    padding: [
      [-7, 3],
      [0, 0],
    ],
  },
  [1, 1, 5, 4],
);

interface Random {
  readonly rank: number;
  readonly batch: number;
  readonly groups: number;
  readonly inPerGroup: number;
  readonly outPerGroup: number;
  readonly axes: readonly {
    readonly size: number;
    readonly taps: number;
    readonly stride: number;
    readonly low: number;
    readonly high: number;
    readonly lhs: number;
    readonly rhs: number;
  }[];
  readonly wide: boolean;
}

const configurations: fc.Arbitrary<Random> = fc
  .record({
    rank: fc.integer({ min: 0, max: 3 }),
    batch: fc.integer({ min: 0, max: 3 }),
    groups: fc.constantFrom(1, 1, 1, 2, 3),
    inPerGroup: fc.constantFrom(1, 1, 2, 3, 5, 17, 33),
    outPerGroup: fc.constantFrom(1, 2, 3, 4, 18),
    axes: fc.array(
      fc.record({
        size: fc.integer({ min: 0, max: 7 }),
        taps: fc.integer({ min: 1, max: 4 }),
        stride: fc.integer({ min: 1, max: 3 }),
        low: fc.integer({ min: -1, max: 3 }),
        high: fc.integer({ min: 0, max: 3 }),
        lhs: fc.constantFrom(1, 1, 1, 2, 3),
        rhs: fc.constantFrom(1, 1, 1, 2, 3),
      }),
      { minLength: 3, maxLength: 3 },
    ),
    wide: fc.boolean(),
  })
  .map((config) => ({
    ...config,
    axes: config.axes
      .slice(0, config.rank)
      .map((axis) => ({ ...axis, size: config.rank === 3 ? Math.min(axis.size, 4) : axis.size }))
      .map((axis) => (axis.size === 0 ? { ...axis, low: Math.abs(axis.low) } : axis)),
  }));

/** All index vectors below `shape`, in row-major order. */
function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, n) => all.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])),
    [[]],
  );
}

/** The definition as one sum over all pairs of output and kernel positions; calls back for each term. */
function directSum(
  config: Random,
  counts: readonly number[],
  term: (x: number, kernel: number, out: number) => void,
): void {
  const { batch, groups, inPerGroup, outPerGroup, axes } = config;
  const [features, outFeatures] = [groups * inPerGroup, groups * outPerGroup];
  const inside = sizeOf(axes.map((axis) => axis.size));
  const taps = indices(axes.map((axis) => axis.taps));
  const positions = indices(counts);
  for (let n = 0; n < batch; n++) {
    positions.forEach((position, p) => {
      taps.forEach((tap, k) => {
        let at = 0;
        for (const [d, axis] of axes.entries()) {
          const place = position[d] * axis.stride + tap[d] * axis.rhs - axis.low;
          if (place < 0 || place % axis.lhs !== 0 || place / axis.lhs >= axis.size) return;
          at = at * axis.size + place / axis.lhs;
        }
        for (let o = 0; o < outFeatures; o++) {
          const group = Math.floor(o / outPerGroup);
          for (let i = 0; i < inPerGroup; i++) {
            term(
              (n * inside + at) * features + group * inPerGroup + i,
              (k * inPerGroup + i) * outFeatures + o,
              (n * positions.length + p) * outFeatures + o,
            );
          }
        }
      });
    });
  }
}

test("convGeneralDilated(x, kernel) and its gradients equal the direct sum", (t) => {
  fc.assert(
    fc.property(
      configurations,
      fc.infiniteStream(fc.integer({ min: -4, max: 4 })),
      (config, values) => {
        const { batch, groups, inPerGroup, outPerGroup, axes } = config;
        const counts = axes.map(({ size, taps, stride, low, high, lhs, rhs }) => {
          const dilated = size === 0 ? 0 : (size - 1) * lhs + 1;
          return Math.max(
            Math.floor((dilated + low + high - (taps - 1) * rhs - 1) / stride) + 1,
            0,
          );
        });
        const xShape = [batch, ...axes.map((axis) => axis.size), groups * inPerGroup];
        const kShape = [...axes.map((axis) => axis.taps), inPerGroup, groups * outPerGroup];
        const outShape = [batch, ...counts, groups * outPerGroup];
        const allocate = (length: number): Floats =>
          config.wide ? new Float64Array(length) : new Float32Array(length);
        const draw = (shape: readonly number[]): Floats =>
          allocate(sizeOf(shape)).map(() => values.next().value as number) as Floats;
        const [x, k, ct] = [draw(xShape), draw(kShape), draw(outShape)];
        const [out, dx, dk] = [allocate(ct.length), allocate(x.length), allocate(k.length)];
        directSum(config, counts, (xAt, kAt, outAt) => {
          out[outAt] += x[xAt] * k[kAt];
          dx[xAt] += ct[outAt] * k[kAt];
          dk[kAt] += ct[outAt] * x[xAt];
        });
        const [y, pullback] = vjp(
          (x: Tensor, k: Tensor) =>
            convGeneralDilated(x, k, {
              strides: axes.map((axis) => axis.stride),
              padding: axes.map((axis) => [axis.low, axis.high]),
              lhsDilation: axes.map((axis) => axis.lhs),
              rhsDilation: axes.map((axis) => axis.rhs),
              featureGroupCount: groups,
            }),
          filled(xShape, x),
          filled(kShape, k),
        );
        const [gx, gk] = pullback(filled(outShape, ct));
        return (
          y.shape.join() === outShape.join() &&
          equal(concrete(y), out) &&
          equal(concrete(gx), dx) &&
          equal(concrete(gk), dk)
        );
      },
    ),
    { seed: 20, numRuns: 400 },
  );
  t.pass();
});

function equal(actual: NDArray, expected: Floats): boolean {
  const data = actual.data as Floats;
  return data.length === expected.length && data.every((value, i) => value === expected[i]);
}

test("convGeneralDilated(x, kernel) and its gradients equal the direct sum over several blocks", (t) => {
  // 2 images of 40 x 41 pixels with patches of 9 * 40 elements take five blocks, also within a row
  // of 1500 pixels; 40 features make the runs long enough for the padded row.
  const shapes = [
    { rank: 2, batch: 2, sizes: [40, 41], taps: [3, 3] },
    { rank: 1, batch: 1, sizes: [1500], taps: [9] },
  ];
  for (const { rank, batch, sizes, taps } of shapes) {
    for (const [groups, stride, rhs] of [
      [1, 1, 1],
      [1, 2, 1],
      [1, 1, 2],
      [2, 1, 1],
    ]) {
      const axes = sizes.map((size, d) => ({
        size,
        taps: taps[d],
        stride,
        low: 2,
        high: 1,
        lhs: 1,
        rhs,
      }));
      const config = {
        rank,
        batch,
        groups,
        inPerGroup: 40 / groups,
        outPerGroup: 4 / groups,
        axes,
        wide: false,
      };
      const counts = axes.map(
        (axis) => Math.floor((axis.size + 3 - (axis.taps - 1) * rhs - 1) / stride) + 1,
      );
      const x = sequence([batch, ...sizes, 40], 7, 3, 11);
      const k = sequence([...taps, 40 / groups, 4], 5, 2, 7);
      const ct = sequence([batch, ...counts, 4], 3, 1, 5);
      const [xs, ks, cts] = [x.data, k.data, ct.data] as Float32Array[];
      const out = new Float32Array(ct.size);
      const dx = new Float32Array(x.size);
      const dk = new Float32Array(k.size);
      directSum(config, counts, (xAt, kAt, outAt) => {
        out[outAt] += xs[xAt] * ks[kAt];
        dx[xAt] += cts[outAt] * ks[kAt];
        dk[kAt] += cts[outAt] * xs[xAt];
      });
      const [y, pullback] = vjp(
        (x: Tensor, k: Tensor) =>
          convGeneralDilated(x, k, {
            padding: axes.map(({ low, high }) => [low, high]),
            strides: axes.map(() => stride),
            rhsDilation: axes.map(() => rhs),
            featureGroupCount: groups,
          }),
        x,
        k,
      );
      const [gx, gk] = pullback(ct);
      t.true(equal(concrete(y), out));
      t.true(equal(concrete(gx), dx));
      t.true(equal(concrete(gk), dk));
    }
  }
});

/** Float64 numbers without structure. */
function noise(shape: readonly number[], seed: number): NDArray {
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(12.9898 * i + seed));
  return filled(shape, data);
}

/** `(f(x + h e) - f(x - h e)) / 2h` for each element of one argument. */
function centralDifferences(f: (x: NDArray) => Tensor, x: NDArray): Float64Array {
  const h = 1e-5;
  return Float64Array.from({ length: x.size }, (_, i) => {
    const at = (step: number): number => {
      const moved = Float64Array.from(x.data as Float64Array);
      moved[i] += step;
      return Number(concrete(f(filled(x.shape, moved))).item());
    };
    return (at(h) - at(-h)) / (2 * h);
  });
}

const SMOOTH: readonly ConvOptions[] = [
  { padding: "SAME", strides: [2, 1] },
  {
    padding: [
      [2, 0],
      [-1, 2],
    ],
    lhsDilation: [1, 2],
    rhsDilation: [2, 1],
    strides: [1, 2],
  },
  { padding: "VALID", featureGroupCount: 2 },
];

/** A scalar of x and kernel that is quadratic in the convolution, so that second derivatives matter. */
function energy(x: Tensor, kernel: Tensor, options: ConvOptions): Tensor {
  const y = convGeneralDilated(x, kernel, options);
  return sum(multiply(square(y), add(y, 2)));
}

const centralFirst = test.macro({
  exec(t, options: ConvOptions) {
    const x = noise([2, 4, 3, 2], 1);
    const kernel = noise([2, 3, 2 / (options.featureGroupCount ?? 1), 4], 2);
    const [gx, gk] = grad((x: Tensor, k: Tensor) => energy(x, k, options), { argnums: [0, 1] })(
      x,
      kernel,
    );
    const tolerance = { rtol: 1e-7, atol: 1e-7 };
    closeTo(
      t,
      gx,
      centralDifferences((x) => energy(x, kernel, options), x),
      tolerance,
    );
    closeTo(
      t,
      gk,
      centralDifferences((k) => energy(x, k, options), kernel),
      tolerance,
    );
  },
  title: (_, options: ConvOptions) =>
    `grad(convGeneralDilated(x, kernel, ${JSON.stringify(options)})) matches central differences`,
});
const centralSecond = test.macro({
  exec(t, options: ConvOptions) {
    const x = noise([1, 4, 3, 2], 3);
    const kernel = noise([2, 3, 2 / (options.featureGroupCount ?? 1), 2], 4);
    // A cubic function of the two gradients reaches the reverse rules of both gradient primitives.
    const slope = (x: Tensor, k: Tensor): Tensor => {
      const [gx, gk] = grad((x: Tensor, k: Tensor) => energy(x, k, options), { argnums: [0, 1] })(
        x,
        k,
      );
      return add(sum(multiply(gx, noise(gx.shape, 5))), sum(square(gk)));
    };
    const [gx, gk] = grad(slope, { argnums: [0, 1] })(x, kernel);
    const tolerance = { rtol: 1e-6, atol: 1e-5 };
    closeTo(
      t,
      gx,
      centralDifferences((x) => slope(x, kernel), x),
      tolerance,
    );
    closeTo(
      t,
      gk,
      centralDifferences((k) => slope(x, k), kernel),
      tolerance,
    );
  },
  title: (_, options: ConvOptions) =>
    `grad(grad(convGeneralDilated(x, kernel, ${JSON.stringify(options)}))) matches central differences`,
});
for (const options of SMOOTH) {
  test(centralFirst, options);
  test(centralSecond, options);
}

test("grad(grad(grad(convGeneralDilated))) of a cube is the sixth of its leading term", (t) => {
  // For y = conv(x, k) with x = k = s of shape [1, 1, 1] and [1, 1, 1], y * s = s^3.
  const cube = (s: Tensor): Tensor =>
    sum(multiply(convGeneralDilated(s, s, { padding: "VALID" }), s));
  const third = grad((s: Tensor) => sum(grad((s: Tensor) => sum(grad(cube)(s)))(s)));
  t.deepEqual(third(array([[[1.5]]])).toArray(), [[[6]]]);
});

test("padtypeToPads(inShape, windowShape, strides, padding) matches lax.padtype_to_pads", (t) => {
  // jax 0.10.2: lax.padtype_to_pads((5, 6), (3, 2), (2, 2), "SAME") and so on.
  t.deepEqual(padtypeToPads([5, 6], [3, 2], [2, 2], "SAME"), [
    [1, 1],
    [0, 0],
  ]);
  t.deepEqual(padtypeToPads([5, 6], [3, 2], [1, 1], "same"), [
    [1, 1],
    [0, 1],
  ]);
  t.deepEqual(padtypeToPads([5, 6], [3, 2], [1, 1], "same_lower"), [
    [1, 1],
    [1, 0],
  ]);
  t.deepEqual(padtypeToPads([5, 6], [3, 2], [2, 2], "VALID"), [
    [0, 0],
    [0, 0],
  ]);
  t.deepEqual(padtypeToPads([5, 0], [3, 2], [2, 2], "SAME"), [
    [1, 1],
    [0, 0],
  ]);
  t.deepEqual(padtypeToPads([2], [1], [3], "SAME"), [[0, 0]]);
  t.deepEqual(padtypeToPads([], [], [], "SAME"), []);
});

test("padtypeToPads(inShape, windowShape, strides, padding) refuses bad arguments", (t) => {
  const refuses = (
    run: () => unknown,
    instanceOf: typeof TypeError | typeof RangeError,
    message: string,
  ) => t.throws(run, { instanceOf, message });
  refuses(
    () => padtypeToPads([5], [3], [1], "FOO" as "SAME"),
    RangeError,
    'padtypeToPads: padding must be "SAME", "VALID" or "SAME_LOWER", got "FOO".',
  );
  refuses(
    () => padtypeToPads([5], [3], [1], 3 as never),
    TypeError,
    'padtypeToPads: padding must be "SAME", "VALID" or "SAME_LOWER", got 3.',
  );
  refuses(
    () => padtypeToPads([-1], [3], [1], "SAME"),
    RangeError,
    "padtypeToPads: inShape must hold non-negative integers, got [-1].",
  );
  refuses(
    () => padtypeToPads([5], [0], [1], "SAME"),
    RangeError,
    "padtypeToPads: windowShape must hold positive integers, got [0].",
  );
  refuses(
    () => padtypeToPads([5], [3], [0], "SAME"),
    RangeError,
    "padtypeToPads: strides must hold positive integers, got [0].",
  );
  refuses(
    () => padtypeToPads([5], [3, 3], [1], "SAME"),
    RangeError,
    "padtypeToPads: windowShape must have one element for each spatial axis (1), got [3, 3].",
  );
  refuses(
    () => padtypeToPads(5 as never, [3], [1], "SAME"),
    TypeError,
    "padtypeToPads: inShape must be an array of integers, got 5.",
  );
});

const refused = test.macro({
  exec(
    t,
    x: readonly number[],
    kernel: readonly number[],
    options: object,
    instanceOf: typeof TypeError | typeof RangeError,
    rest: string,
  ) {
    t.throws(() => convGeneralDilated(zeros(x), zeros(kernel), options as ConvOptions), {
      instanceOf,
      message: `convGeneralDilated: ${rest}`,
    });
  },
  title: (_, x: readonly number[], kernel: readonly number[], options: object) =>
    `convGeneralDilated([${x}], [${kernel}], ${JSON.stringify(options)}) is refused`,
});
const X = [1, 5, 5, 2];
const K = [3, 3, 2, 4];
const PADDING_RULE =
  'padding must be "SAME", "VALID", "SAME_LOWER" or a list of [low, high] pairs of integers';
test(
  refused,
  [5],
  [3],
  { padding: "SAME" },
  RangeError,
  "x must have shape [n, ...spatial, inFeatures], got shape [5].",
);
test(
  refused,
  X,
  [3, 2, 4],
  { padding: "SAME" },
  RangeError,
  "kernel must have as many axes as x, got shapes [3, 2, 4] and [1, 5, 5, 2].",
);
test(
  refused,
  X,
  [0, 3, 2, 4],
  { padding: "VALID" },
  RangeError,
  "kernel must have at least one tap on each spatial axis, got shape [0, 3, 2, 4].",
);
test(
  refused,
  [1, 5, 5, 3],
  K,
  { padding: "SAME" },
  RangeError,
  "kernel must have inFeatures / featureGroupCount = 3 on its second to last axis, got shape [3, 3, 2, 4].",
);
test(
  refused,
  [1, 5, 5, 4],
  [3, 3, 4, 4],
  { padding: "SAME", featureGroupCount: 2 },
  RangeError,
  "kernel must have inFeatures / featureGroupCount = 2 on its second to last axis, got shape [3, 3, 4, 4].",
);
test(
  refused,
  [1, 5, 5, 3],
  [3, 3, 1, 4],
  { padding: "SAME", featureGroupCount: 2 },
  RangeError,
  "featureGroupCount must divide the 3 features of x, got 2.",
);
test(
  refused,
  [1, 5, 5, 4],
  [3, 3, 2, 3],
  { padding: "SAME", featureGroupCount: 2 },
  RangeError,
  "featureGroupCount must divide the 3 output features of kernel, got 2.",
);
test(
  refused,
  X,
  K,
  { padding: "SAME", featureGroupCount: 0 },
  RangeError,
  "featureGroupCount must be a positive integer, got 0.",
);
test(
  refused,
  X,
  K,
  { padding: "SAME", featureGroupCount: NaN },
  RangeError,
  "featureGroupCount must be a positive integer, got NaN.",
);
test(refused, X, K, { padding: "FOO" }, RangeError, `${PADDING_RULE}, got "FOO".`);
test(refused, X, K, {}, TypeError, `${PADDING_RULE}, got undefined.`);
test(refused, X, K, { padding: 1 }, TypeError, `${PADDING_RULE}, got 1.`);
test(
  refused,
  X,
  K,
  { padding: [[1, 1]] },
  RangeError,
  "padding must have one [low, high] pair for each spatial axis (2), got [[1, 1]].",
);
test(refused, X, K, { padding: [1, 1] }, RangeError, `${PADDING_RULE}, got [1, 1].`);
test(
  refused,
  X,
  K,
  {
    padding: [
      [1, 1],
      [0.5, 1],
    ],
  },
  RangeError,
  `${PADDING_RULE}, got [[1, 1], [0.5, 1]].`,
);
test(
  refused,
  X,
  K,
  {
    padding: [
      [1, 1],
      [1, 1, 1],
    ],
  },
  RangeError,
  `${PADDING_RULE}, got [[1, 1], [1, 1, 1]].`,
);
test(
  refused,
  X,
  K,
  {
    padding: [
      [-3, -3],
      [1, 1],
    ],
  },
  RangeError,
  "padding must not crop more elements than there are, got [[-3, -3], [1, 1]] for shape [1, 5, 5, 2].",
);
test(
  refused,
  X,
  K,
  { padding: "SAME", strides: [1] },
  RangeError,
  "strides must have one element for each spatial axis (2), got [1].",
);
test(
  refused,
  X,
  K,
  { padding: "SAME", strides: [0, 1] },
  RangeError,
  "strides must hold positive integers, got [0, 1].",
);
test(
  refused,
  X,
  K,
  { padding: "SAME", strides: [1.5, 1] },
  RangeError,
  "strides must hold positive integers, got [1.5, 1].",
);
test(
  refused,
  X,
  K,
  { padding: "SAME", strides: [1, NaN] },
  RangeError,
  "strides must hold positive integers, got [1, NaN].",
);
test(
  refused,
  X,
  K,
  { padding: "SAME", strides: 2 },
  TypeError,
  "strides must be an array of integers, got 2.",
);
test(
  refused,
  X,
  K,
  { padding: "SAME", rhsDilation: [1, 0] },
  RangeError,
  "rhsDilation must hold positive integers, got [1, 0].",
);
test(
  refused,
  X,
  K,
  {
    padding: [
      [0, 0],
      [0, 0],
    ],
    lhsDilation: [-1, 1],
  },
  RangeError,
  "lhsDilation must hold positive integers, got [-1, 1].",
);
test(
  refused,
  X,
  K,
  { padding: "SAME", lhsDilation: [2, 1] },
  RangeError,
  'padding must be given as [low, high] pairs when lhsDilation is not 1, got "SAME".',
);

test("convGeneralDilated(x, kernel) refuses dtypes that are not floating or differ", (t) => {
  t.throws(() => convGeneralDilated(zeros(X, "int32"), zeros(K, "int32"), { padding: "SAME" }), {
    instanceOf: TypeError,
    message:
      "convGeneralDilated: x must be of dtype float16, bfloat16, float32 or float64, got int32[1, 5, 5, 2].",
  });
  t.throws(() => convGeneralDilated(zeros(X), zeros(K, "float16"), { padding: "SAME" }), {
    instanceOf: TypeError,
    message:
      "convGeneralDilated: kernel must have the dtype float32 of x, got float16[3, 3, 2, 4]. Use astype.",
  });
  t.throws(() => convGeneralDilated("x" as never, zeros(K), { padding: "SAME" }), {
    instanceOf: TypeError,
    message: 'convGeneralDilated: x must be a tensor, nested arrays or a number, got "x".',
  });
});

test("convGeneralDilated(x, kernel) leaves its operands unchanged", (t) => {
  const x = sequence([1, 4, 4, 2], 7, 3, 11);
  const kernel = sequence([3, 3, 2, 2], 5, 2, 7);
  const [before, kernelBefore] = [x.toArray(), kernel.toArray()];
  grad((x: Tensor, k: Tensor) => sum(convGeneralDilated(x, k, { padding: "SAME" })), {
    argnums: [0, 1],
  })(x, kernel);
  t.deepEqual(x.toArray(), before);
  t.deepEqual(kernel.toArray(), kernelBefore);
});
