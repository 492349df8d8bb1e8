import * as ad from "@flaxen/autodiff";
import { array, zeros } from "@flaxen/ndarray";
import test from "ava";
import { sameAsJax } from "./same-as-jax.ts";
import type { JaxRow } from "./same-as-jax.ts";

const v = array([0.3, -1.2, 2.1], "float32");
const w = array([2, -0.5, 1.5], "float32");
const m = array(
  [
    [0.3, -1.2, 2.1],
    [1.4, 0.6, -0.7],
  ],
  "float32",
);
const c = array([[0.8], [-1.1]], "float32");
const q = array(
  [
    [
      [0.3, -1.2],
      [2.1, 1.4],
    ],
    [
      [0.6, -0.7],
      [-0.4, 1.9],
    ],
  ],
  "float32",
);
const h = array([0.3, -1.2, 2.1], "float16");
const g = array([0.3, -1.2, 2.1], "bfloat16");
const i = array([5, -7, 2147483647], "int32");
const u = array([200, 3, 0], "uint8");
const s = array([100, -128, 7], "int8");
const b = array([true, false, true]);
const z = zeros([2, 0]);

/** Python call (jax 0.10.2, CPU), our call, dtype and shape, elements in row-major order. */
const table: readonly JaxRow[] = [
  [
    "jnp.matmul(m, q[0, :, :1].T.repeat(3, 0))",
    () =>
      ad.matmul(m, [
        [0.3, 2.1],
        [0.3, 2.1],
        [0.3, 2.1],
      ]),
    "float32[2, 2]",
    [0.35999998, 2.5199995, 0.39000002, 2.73],
    1e-6,
  ],
  [
    "jnp.matmul(m, m.T)",
    () => ad.matmul(m, ad.transpose(m)),
    "float32[2, 2]",
    [5.9399996, -1.77, -1.77, 2.81],
    1e-6,
  ],
  [
    "jnp.matmul(m.T, m)",
    () => ad.matmul(m.transpose(1, 0), m),
    "float32[3, 3]",
    [2.05, 0.48000002, -0.34999996, 0.48000002, 1.8000001, -2.94, -0.34999996, -2.94, 4.899999],
    1e-6,
  ],
  [
    "jnp.matmul(q, q)",
    () => ad.matmul(q, q),
    "float32[2, 2, 2]",
    [-2.43, -2.04, 3.5699997, -0.56000006, 0.64, -1.75, -1, 3.8899999],
    1e-6,
  ],
  [
    "jnp.matmul(q, c)",
    () => ad.matmul(q, c),
    "float32[2, 2, 1]",
    [1.5600001, 0.13999994, 1.25, -2.41],
    1e-6,
  ],
  [
    "jnp.matmul(c.T, q)",
    () => ad.matmul(c.transpose(1, 0), q),
    "float32[2, 1, 2]",
    [-2.07, -2.5, 0.92, -2.65],
    1e-6,
  ],
  [
    "jnp.matmul(q.transpose(2, 0, 1), q)",
    () => ad.matmul(q.transpose(2, 0, 1), q),
    "float32[2, 2, 2]",
    [4.4999995, 2.5799997, -0.65999997, -1.28, -1.28, 3.5, -1.1800001, 4.1],
    1e-6,
  ],
  [
    "jnp.matmul(v, m.T)",
    () => ad.matmul(v, ad.transpose(m)),
    "float32[2]",
    [5.9399996, -1.77],
    1e-6,
  ],
  ["jnp.matmul(m, v)", () => ad.matmul(m, v), "float32[2]", [5.9399996, -1.77], 1e-6],
  ["jnp.matmul(v, w)", () => ad.matmul(v, w), "float32[]", [4.35], 1e-6],
  [
    "jnp.matmul(q, jnp.array([1., 2.]))",
    () => ad.matmul(q, [1, 2]),
    "float32[2, 2]",
    [-2.1000001, 4.8999996, -0.79999995, 3.3999999],
    1e-6,
  ],
  [
    "jnp.matmul(jnp.array([1., 2.]), q)",
    () => ad.matmul([1, 2], q),
    "float32[2, 2]",
    [4.5, 1.5999999, -0.19999999, 3.1],
    1e-6,
  ],
  [
    "jnp.matmul(jnp.array([[1, 2], [3, 4]]), jnp.array([[2147483647, 1], [1, 2147483647]]))",
    () =>
      ad.matmul(
        array(
          [
            [1, 2],
            [3, 4],
          ],
          "int32",
        ),
        array(
          [
            [2147483647, 1],
            [1, 2147483647],
          ],
          "int32",
        ),
      ),
    "int32[2, 2]",
    [-2147483647, -1, -2147483647, -1],
  ],
  [
    "jnp.matmul(h[None], g[:, None])",
    () => ad.matmul(ad.expandDims(h, 0), ad.expandDims(g, 1)),
    "float32[1, 1]",
    [5.930291],
    1e-6,
  ],
  [
    "jnp.matmul(h[None], h[:, None])",
    () => ad.matmul(ad.expandDims(h, 0), ad.expandDims(h, 1)),
    "float16[1, 1]",
    [5.9375],
    2e-3,
  ],
  [
    "jnp.matmul(b[None], ~b[:, None])",
    () => ad.matmul(ad.expandDims(b, 0), ad.expandDims(ad.logicalNot(b), 1)),
    "bool[1, 1]",
    [false],
  ],
  [
    "jnp.matmul(b[None], b[:, None])",
    () => ad.matmul(ad.expandDims(b, 0), ad.expandDims(b, 1)),
    "bool[1, 1]",
    [true],
  ],
  ["jnp.matmul(s, u)", () => ad.matmul(s, u), "int16[]", [19616]],
  ["jnp.matmul(i, v)", () => ad.matmul(i, v), "float32[]", [4.5097155e9], 1e-6],
  ["jnp.matmul(jnp.zeros((0, 2)), q)", () => ad.matmul(zeros([0, 2]), q), "float32[2, 0, 2]", []],
  [
    "jnp.matmul(z, jnp.zeros((0, 3)))",
    () => ad.matmul(z, zeros([0, 3])),
    "float32[2, 3]",
    [0, 0, 0, 0, 0, 0],
  ],
  ["jnp.dot(2., v)", () => ad.dot(2, v), "float32[3]", [0.6, -2.4, 4.2]],
  [
    "jnp.dot(m, m.T)",
    () => ad.dot(m, ad.transpose(m)),
    "float32[2, 2]",
    [5.9399996, -1.77, -1.77, 2.81],
    1e-6,
  ],
  [
    "jnp.dot(q, q)",
    () => ad.dot(q, q),
    "float32[2, 2, 2, 2]",
    [
      -2.43, -2.04, 0.66, -2.49, 3.5699997, -0.56000006, 0.7, 1.19, -1.2899998, -1.7, 0.64, -1.75,
      3.8699996, 3.1399999, -1, 3.8899999,
    ],
    1e-6,
  ],
  ["jnp.dot(v, w)", () => ad.dot(v, w), "float32[]", [4.35], 1e-6],
  [
    "jnp.dot(q, jnp.array([1., 2.]))",
    () => ad.dot(q, [1, 2]),
    "float32[2, 2]",
    [-2.1000001, 4.8999996, -0.79999995, 3.3999999],
    1e-6,
  ],
  [
    "jnp.matmul(jnp.array([[inf, 1.]]), jnp.array([[0.], [1.]]))",
    () => ad.matmul([[Infinity, 1]], [[0], [1]]),
    "float32[1, 1]",
    [NaN],
  ],
  [
    "jax.grad(lambda t: jnp.sum(jnp.matmul(t, q) ** 2))(m[:, :2])",
    () => ad.grad((t) => ad.sum(ad.square(ad.matmul(t, q))))(m.hi(-1, 2)),
    "float32[2, 2]",
    [7.716, -25.907999, 3.5200005, 4.832],
    2e-6,
  ],
  [
    "jax.grad(lambda t: jnp.sum(jnp.matmul(q, t) ** 2))(c)",
    () => ad.grad((t) => ad.sum(ad.square(ad.matmul(q, t))))(c),
    "float32[2, 1]",
    [4.9519997, -14.26],
    2e-6,
  ],
];

for (const row of table) test(sameAsJax, row);
