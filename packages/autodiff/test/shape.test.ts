import * as ad from "@flaxen/autodiff";
import { array, zeros } from "@flaxen/ndarray";
import test from "ava";
import { sameAsJax } from "./same-as-jax.ts";
import type { JaxRow } from "./same-as-jax.ts";

const x = array([0, -0, 0.5, -1.5, 3, 100, -100, 1e-8, Infinity, -Infinity, NaN], "float32");
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
const j = array([3, -2, 2], "int32");
const u = array([200, 3, 0], "uint8");
const s = array([100, -128, 7], "int8");
const b = array([true, false, true]);
const e = zeros([0]);
const z = zeros([2, 0]);

/** Python call (jax 0.10.2, CPU), our call, dtype and shape, elements in row-major order. */
const table: readonly JaxRow[] = [
  [
    "jnp.reshape(m, (3, 2))",
    () => ad.reshape(m, [3, 2]),
    "float32[3, 2]",
    [0.3, -1.2, 2.1, 1.4, 0.6, -0.7],
  ],
  [
    "jnp.reshape(m, (-1,))",
    () => ad.reshape(m, -1),
    "float32[6]",
    [0.3, -1.2, 2.1, 1.4, 0.6, -0.7],
  ],
  [
    "jnp.reshape(m.T, (2, -1))",
    () => ad.reshape(ad.transpose(m), [2, -1]),
    "float32[2, 3]",
    [0.3, 1.4, -1.2, 0.6, 2.1, -0.7],
  ],
  ["jnp.reshape(z, (0, 5))", () => ad.reshape(z, [0, 5]), "float32[0, 5]", []],
  ["jnp.reshape(jnp.array(2.), (1, 1))", () => ad.reshape(array(2), [1, 1]), "float32[1, 1]", [2]],
  ["jnp.ravel(q)", () => ad.ravel(q), "float32[8]", [0.3, -1.2, 2.1, 1.4, 0.6, -0.7, -0.4, 1.9]],
  [
    "jnp.transpose(q)",
    () => ad.transpose(q),
    "float32[2, 2, 2]",
    [0.3, 0.6, 2.1, -0.4, -1.2, -0.7, 1.4, 1.9],
  ],
  [
    "jnp.transpose(q, (1, 2, 0))",
    () => ad.transpose(q, [1, 2, 0]),
    "float32[2, 2, 2]",
    [0.3, 0.6, -1.2, -0.7, 2.1, -0.4, 1.4, 1.9],
  ],
  [
    "jnp.split(m, 3, axis=1)[1]",
    () => ad.split(m, 3, { axis: 1 })[1],
    "float32[2, 1]",
    [-1.2, 0.6],
  ],
  [
    "jnp.split(m, [1], axis=-1)[1]",
    () => ad.split(m, [1], { axis: -1 })[1],
    "float32[2, 2]",
    [-1.2, 2.1, 0.6, -0.7],
  ],
  ["jnp.split(m, [1, 1])[1]", () => ad.split(m, [1, 1])[1], "float32[0, 3]", []],
  ["jnp.split(h, 3)[2]", () => ad.split(h, 3)[2], "float16[1]", [2.099609375]],
  ["jnp.unstack(m, axis=1)[2]", () => ad.unstack(m, { axis: 1 })[2], "float32[2]", [2.1, -0.7]],
  ["jnp.unstack(q)[1]", () => ad.unstack(q)[1], "float32[2, 2]", [0.6, -0.7, -0.4, 1.9]],
  [
    "jnp.moveaxis(q, 0, -1)",
    () => ad.moveaxis(q, 0, -1),
    "float32[2, 2, 2]",
    [0.3, 0.6, -1.2, -0.7, 2.1, -0.4, 1.4, 1.9],
  ],
  [
    "jnp.moveaxis(q, (0, 2), (1, 0))",
    () => ad.moveaxis(q, [0, 2], [1, 0]),
    "float32[2, 2, 2]",
    [0.3, 2.1, 0.6, -0.4, -1.2, 1.4, -0.7, 1.9],
  ],
  [
    "jnp.swapaxes(q, 0, 2)",
    () => ad.swapaxes(q, 0, 2),
    "float32[2, 2, 2]",
    [0.3, 0.6, 2.1, -0.4, -1.2, -0.7, 1.4, 1.9],
  ],
  [
    "jnp.swapaxes(m, -1, 0)",
    () => ad.swapaxes(m, -1, 0),
    "float32[3, 2]",
    [0.3, 1.4, -1.2, 0.6, 2.1, -0.7],
  ],
  ["jnp.transpose(h)", () => ad.transpose(h), "float16[3]", [0.30004883, -1.2001953, 2.0996094]],
  [
    "jnp.expand_dims(m, (0, -1))",
    () => ad.expandDims(m, [0, -1]),
    "float32[1, 2, 3, 1]",
    [0.3, -1.2, 2.1, 1.4, 0.6, -0.7],
  ],
  ["jnp.squeeze(c)", () => ad.squeeze(c), "float32[2]", [0.8, -1.1]],
  ["jnp.squeeze(c, axis=-1)", () => ad.squeeze(c, -1), "float32[2]", [0.8, -1.1]],
  [
    "jnp.broadcast_to(v, (2, 3))",
    () => ad.broadcastTo(v, [2, 3]),
    "float32[2, 3]",
    [0.3, -1.2, 2.1, 0.3, -1.2, 2.1],
  ],
  [
    "jnp.broadcast_to(c, (2, 2, 3))",
    () => ad.broadcastTo(c, [2, 2, 3]),
    "float32[2, 2, 3]",
    [0.8, 0.8, 0.8, -1.1, -1.1, -1.1, 0.8, 0.8, 0.8, -1.1, -1.1, -1.1],
  ],
  [
    "jnp.broadcast_to(b, (2, 3))",
    () => ad.broadcastTo(b, [2, 3]),
    "bool[2, 3]",
    [true, false, true, true, false, true],
  ],
  ["jnp.broadcast_to(c, (0, 2, 1))", () => ad.broadcastTo(c, [0, 2, 1]), "float32[0, 2, 1]", []],
  [
    "jnp.concatenate([m, c], axis=1)",
    () => ad.concatenate([m, c], 1),
    "float32[2, 4]",
    [0.3, -1.2, 2.1, 0.8, 1.4, 0.6, -0.7, -1.1],
  ],
  [
    "jnp.concatenate([i, v])",
    () => ad.concatenate([i, v]),
    "float32[6]",
    [5, -7, 2.1474836e9, 0.3, -1.2, 2.1],
  ],
  [
    "jnp.concatenate([h, g])",
    () => ad.concatenate([h, g]),
    "float32[6]",
    [0.30004883, -1.2001953, 2.0996094, 0.30078125, -1.203125, 2.09375],
  ],
  ["jnp.concatenate([e, v])", () => ad.concatenate([e, v]), "float32[3]", [0.3, -1.2, 2.1]],
  [
    "jnp.stack([v, w], axis=-1)",
    () => ad.stack([v, w], -1),
    "float32[3, 2]",
    [0.3, 2, -1.2, -0.5, 2.1, 1.5],
  ],
  ["jnp.stack([b, i])", () => ad.stack([b, i]), "int32[2, 3]", [1, 0, 1, 5, -7, 2147483647]],
  [
    "lax.slice(m, (0, 1), (2, 3))",
    () => ad.slice(m, [0, 1]),
    "float32[2, 2]",
    [-1.2, 2.1, 0.6, -0.7],
  ],
  [
    "lax.slice(x, (1,), (10,), (3,))",
    () => ad.slice(x, [1], [10], [3]),
    "float32[3]",
    [-0, 3, 1e-8],
  ],
  ["lax.slice(m, (2, 0), (2, 3))", () => ad.slice(m, [2, 0]), "float32[0, 3]", []],
  ["lax.slice(h, (1,), (2,))", () => ad.slice(h, [1], [2]), "float16[1]", [-1.2001953]],
  [
    "lax.pad(v, jnp.float32(9), [(1, 2, 1)])",
    () => ad.pad(v, [[1, 2, 1]], 9),
    "float32[8]",
    [9, 0.3, 9, -1.2, 9, 2.1, 9, 9],
  ],
  [
    "lax.pad(jnp.arange(5.), jnp.float32(9), [(-1, -1, 1)])",
    () => ad.pad([0, 1, 2, 3, 4], [[-1, -1, 1]], 9),
    "float32[7]",
    [9, 1, 9, 2, 9, 3, 9],
  ],
  [
    "lax.pad(jnp.arange(5.), jnp.float32(9), [(2, -4, 2)])",
    () => ad.pad([0, 1, 2, 3, 4], [[2, -4, 2]], 9),
    "float32[11]",
    [9, 9, 0, 9, 9, 1, 9, 9, 2, 9, 9],
  ],
  [
    "lax.pad(jnp.arange(5.), jnp.float32(9), [(-6, 3, 1)])",
    () => ad.pad([0, 1, 2, 3, 4], [[-6, 3, 1]], 9),
    "float32[6]",
    [3, 9, 4, 9, 9, 9],
  ],
  [
    "lax.pad(m, jnp.float32(-0.5), [(1, 0, 2), (-1, 2, 0)])",
    () =>
      ad.pad(
        m,
        [
          [1, 0, 2],
          [-1, 2],
        ],
        -0.5,
      ),
    "float32[5, 4]",
    [
      -0.5, -0.5, -0.5, -0.5, -1.2, 2.1, -0.5, -0.5, -0.5, -0.5, -0.5, -0.5, -0.5, -0.5, -0.5, -0.5,
      0.6, -0.7, -0.5, -0.5,
    ],
  ],
  [
    "lax.pad(m, jnp.float32(1), [(-1, -1, 0), (0, 0, 0)])",
    () =>
      ad.pad(
        m,
        [
          [-1, -1],
          [0, 0],
        ],
        1,
      ),
    "float32[0, 3]",
    [],
  ],
  [
    "lax.pad(m, jnp.float32(1), [(-1, 4, 0), (-2, 1, 0)])",
    () =>
      ad.pad(
        m,
        [
          [-1, 4],
          [-2, 1],
        ],
        1,
      ),
    "float32[5, 2]",
    [-0.7, 1, 1, 1, 1, 1, 1, 1, 1, 1],
  ],
  [
    "lax.pad(z, jnp.float32(1), [(0, 0, 0), (1, 1, 3)])",
    () =>
      ad.pad(
        z,
        [
          [0, 0],
          [1, 1, 3],
        ],
        1,
      ),
    "float32[2, 2]",
    [1, 1, 1, 1],
  ],
  [
    "lax.pad(u, jnp.uint8(7), [(1, 0, 0)])",
    () => ad.pad(u, [[1, 0]], 7),
    "uint8[4]",
    [7, 200, 3, 0],
  ],
  [
    "lax.pad(h, jnp.float16(0.1), [(0, 1, 0)])",
    () => ad.pad(h, [[0, 1]], 0.1),
    "float16[4]",
    [0.30004883, -1.2001953, 2.0996094, 0.099975586],
  ],
  [
    "jnp.flip(q, (0, 2))",
    () => ad.flip(q, [0, 2]),
    "float32[2, 2, 2]",
    [-0.7, 0.6, 1.9, -0.4, -1.2, 0.3, 1.4, 2.1],
  ],
  ["jnp.flip(m)", () => ad.flip(m), "float32[2, 3]", [-0.7, 0.6, 1.4, 2.1, -1.2, 0.3]],
  ["jnp.flip(z)", () => ad.flip(z), "float32[2, 0]", []],
  [
    "x.astype(jnp.float16)",
    () => ad.astype(x, "float16"),
    "float16[11]",
    [0, -0, 0.5, -1.5, 3, 100, -100, 0, Infinity, -Infinity, NaN],
  ],
  ["m.astype(jnp.int32)", () => ad.astype(m, "int32"), "int32[2, 3]", [0, -1, 2, 1, 0, 0]],
  ["i.astype(jnp.float32)", () => ad.astype(i, "float32"), "float32[3]", [5, -7, 2.1474836e9]],
  [
    "x.astype(bool)",
    () => ad.astype(x, "bool"),
    "bool[11]",
    [false, false, true, true, true, true, true, true, true, true, true],
  ],
  ["i.astype(jnp.uint8)", () => ad.astype(i, "uint8"), "uint8[3]", [5, 249, 255]],
  [
    "h.astype(jnp.bfloat16)",
    () => ad.astype(h, "bfloat16"),
    "bfloat16[3]",
    [0.30078125, -1.203125, 2.09375],
  ],
  [
    "jnp.take(m, jnp.array([[0, -1], [7, -7]]))",
    () =>
      ad.take(m, [
        [0, -1],
        [7, -7],
      ]),
    "float32[2, 2]",
    [0.3, -0.7, NaN, NaN],
  ],
  [
    "jnp.take(m, jnp.array([2, 0]), axis=1)",
    () => ad.take(m, [2, 0], { axis: 1 }),
    "float32[2, 2]",
    [2.1, 0.3, -0.7, 1.4],
  ],
  ["jnp.take(m, 1, axis=0)", () => ad.take(m, 1, { axis: 0 }), "float32[3]", [1.4, 0.6, -0.7]],
  ["jnp.take(i, jnp.array([0, 3]))", () => ad.take(i, [0, 3]), "int32[2]", [5, -2147483648]],
  ["jnp.take(u, jnp.array([0, 3]))", () => ad.take(u, [0, 3]), "uint8[2]", [200, 255]],
  ["jnp.take(s, jnp.array([0, 3]))", () => ad.take(s, [0, 3]), "int8[2]", [100, -128]],
  ["jnp.take(h, jnp.array([0, 3]))", () => ad.take(h, [0, 3]), "float16[2]", [0.30004883, NaN]],
  ["jnp.take(b, jnp.array([1, 5]))", () => ad.take(b, [1, 5]), "bool[2]", [false, true]],
  [
    `jnp.take(v, jnp.array([5, -5, 1]), mode='clip')`,
    () => ad.take(v, [5, -5, 1], { mode: "clip" }),
    "float32[3]",
    [2.1, 0.3, -1.2],
  ],
  [
    `jnp.take(v, jnp.array([5, -5, 1]), mode='wrap')`,
    () => ad.take(v, [5, -5, 1], { mode: "wrap" }),
    "float32[3]",
    [2.1, -1.2, -1.2],
  ],
  [
    "jnp.take(z, jnp.array([], int), axis=1)",
    () => ad.take(z, [], { axis: 1 }),
    "float32[2, 0]",
    [],
  ],
  [
    "jnp.take(m, jnp.array([1, 1], jnp.uint8), axis=0)",
    () => ad.take(m, array([1, 1], "uint8"), { axis: 0 }),
    "float32[2, 3]",
    [1.4, 0.6, -0.7, 1.4, 0.6, -0.7],
  ],
  [
    "jax.grad(lambda t: jnp.sum(jnp.take(t, jnp.array([0, -1, 3, -4, 0])) * jnp.array([1., 2, 3, 4, 5])))(v)",
    () => ad.grad((t) => ad.sum(ad.multiply(ad.take(t, [0, -1, 3, -4, 0]), [1, 2, 3, 4, 5])))(v),
    "float32[3]",
    [6, 0, 2],
  ],
  [
    "jnp.take_along_axis(m, jnp.array([[2], [0]]), axis=1)",
    () => ad.takeAlongAxis(m, [[2], [0]], 1),
    "float32[2, 1]",
    [2.1, 1.4],
  ],
  [
    "jnp.take_along_axis(m, jnp.array([[1, 0, -1]]), axis=0)",
    () => ad.takeAlongAxis(m, [[1, 0, -1]], 0),
    "float32[1, 3]",
    [1.4, -1.2, -0.7],
  ],
  [
    "jnp.take_along_axis(m, jnp.array([[3, -4]]), axis=1)",
    () => ad.takeAlongAxis(m, [[3, -4]]),
    "float32[2, 2]",
    [NaN, NaN, NaN, NaN],
  ],
  [
    "jnp.take_along_axis(c, jnp.array([[0, 0, 1]]), axis=0)",
    () => ad.takeAlongAxis(c, [[0, 0, 1]], 0),
    "float32[1, 3]",
    [0.8, 0.8, -1.1],
  ],
  [
    "jax.nn.one_hot(jnp.array([0, -1, 3, 1]), 3)",
    () => ad.oneHot([0, -1, 3, 1], 3),
    "float32[4, 3]",
    [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0],
  ],
  [
    "jax.nn.one_hot(j, 4, axis=0, dtype=jnp.int8)",
    () => ad.oneHot(j, 4, { axis: 0, dtype: "int8" }),
    "int8[4, 3]",
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0],
  ],
  [
    "jax.nn.one_hot(jnp.array([0.5, 1.]), 3)",
    () => ad.oneHot([0.5, 1], 3),
    "float32[2, 3]",
    [0, 0, 0, 0, 1, 0],
  ],
  [
    "jax.nn.one_hot(jnp.array([[0], [1]]), 2, axis=1)",
    () => ad.oneHot([[0], [1]], 2, { axis: 1 }),
    "float32[2, 2, 1]",
    [1, 0, 0, 1],
  ],
  ["jax.nn.one_hot(jnp.array([0, 1]), 0)", () => ad.oneHot([0, 1], 0), "float32[2, 0]", []],
];

for (const row of table) test(sameAsJax, row);
