import { einsum } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { array, NDArray, zeros } from "@flaxen/ndarray";
import { closeTo } from "@flaxen/testing";
import test from "ava";
import { checkGradient, checkSecondGradient } from "./check-gradient.ts";

/** Element `i` is `((37 i) mod 23 - 11) / 8`. */
function ramp(shape: readonly number[]): NDArray<"float32"> {
  const size = shape.reduce((total, n) => total * n, 1);
  const data = Float32Array.from({ length: size }, (_, i) => (((37 * i) % 23) - 11) / 8);
  return new NDArray(data, [...shape]);
}

/** Subscripts, shapes of the operands, shape and elements of jnp.einsum(...) (jax 0.10.2, CPU). */
const table: readonly [string, number[][], number[], number[]][] = [
  [
    "ij,jk->ik",
    [
      [2, 3],
      [3, 4],
    ],
    [2, 4],
    [1.0, -0.984375, 2.0625, -2.078125, -2.765625, 0.53125, 0.59375, 0.296875],
  ],
  [
    "ij,jk",
    [
      [2, 3],
      [3, 4],
    ],
    [2, 4],
    [1.0, -0.984375, 2.0625, -2.078125, -2.765625, 0.53125, 0.59375, 0.296875],
  ],
  [
    "ij,ij",
    [
      [2, 3],
      [2, 3],
    ],
    [],
    [5.171875],
  ],
  ["ii", [[3, 3]], [], [-0.375]],
  ["ii->i", [[3, 3]], [3], [-1.375, -0.125, 1.125]],
  ["ijj->ij", [[2, 3, 3]], [2, 3], [-1.375, -0.125, 1.125, 0.0, 1.25, -0.375]],
  [
    "bij,bjk->bik",
    [
      [2, 2, 3],
      [2, 3, 2],
    ],
    [2, 2, 2],
    [1.703125, 0.796875, -1.125, 1.8125, -1.71875, 0.390625, -1.96875, 0.390625],
  ],
  [
    "...ij,jk->...ik",
    [
      [2, 2, 2, 3],
      [3, 2],
    ],
    [2, 2, 2, 2],
    [
      1.703125, 0.796875, -1.125, 1.8125, -0.359375, -1.84375, 0.765625, -1.90625, -0.265625,
      0.90625, 0.859375, 0.84375, -1.96875, 1.859375, -0.84375, 1.796875,
    ],
  ],
  ["i,j->ij", [[2], [3]], [2, 3], [1.890625, -0.515625, 1.03125, -0.515625, 0.140625, -0.28125]],
  ["ij->", [[2, 3]], [], [-2.125]],
  ["ji->ij", [[2, 3]], [3, 2], [-1.375, 1.0, 0.375, -0.125, -0.75, -1.25]],
  [
    "...ij->...ji",
    [[2, 2, 3]],
    [2, 3, 2],
    [-1.375, 1.0, 0.375, -0.125, -0.75, -1.25, 0.5, 0.0, -0.625, -1.125, 1.125, 0.625],
  ],
  [
    "ij,jk,kl->il",
    [
      [2, 3],
      [3, 2],
      [2, 4],
    ],
    [2, 4],
    [-2.44140625, -0.357421875, -0.87890625, 1.205078125, 1.3203125, -2.6875, 1.75, -2.2578125],
  ],
  [
    "bqhd,bkhd->bhqk",
    [
      [1, 2, 2, 3],
      [1, 3, 2, 3],
    ],
    [1, 2, 2, 3],
    [
      2.59375, -1.765625, 1.0625, -1.765625, 1.90625, -0.890625, 2.578125, -0.640625, -0.625,
      -0.640625, 1.65625, -1.078125,
    ],
  ],
  [
    "ab,ab->b",
    [
      [2, 3],
      [2, 3],
    ],
    [3],
    [2.890625, 0.15625, 2.125],
  ],
  [
    "i...,i...->...",
    [
      [2, 3],
      [2, 2, 1],
    ],
    [2, 3],
    [1.140625, -0.421875, 1.96875, 0.484375, 0.015625, -1.53125],
  ],
  [
    "ij,kj,lj->ikl",
    [
      [2, 3],
      [1, 3],
      [2, 3],
    ],
    [2, 1, 2],
    [-2.96875, 1.169921875, 1.169921875, -2.541015625],
  ],
  [
    "ij,ij->ij",
    [
      [2, 3],
      [2, 1],
    ],
    [2, 3],
    [1.890625, -0.515625, 1.03125, 0.375, -0.046875, -0.46875],
  ],
  ["aij,j->ai", [[2, 2, 3], [3]], [2, 2], [2.59375, -0.484375, -1.765625, -0.890625]],
  ["ba", [[2, 3]], [3, 2], [-1.375, 1.0, 0.375, -0.125, -0.75, -1.25]],
];

const sameAsJax = test.macro<[(typeof table)[number]]>({
  exec(t, [subscripts, shapes, shape, elements]) {
    const y = einsum(subscripts, ...shapes.map(ramp));
    t.deepEqual(y.shape, shape);
    closeTo(t, y, elements);
  },
  title: (_, [subscripts, shapes]) =>
    `einsum("${subscripts}") of ${JSON.stringify(shapes)} equals jnp.einsum`,
});
for (const row of table) test(sameAsJax, row);

test("einsum(subscripts, operands) has the gradient of its sums", (t) => {
  for (const [subscripts, shapes] of table) {
    const f = (...xs: Tensor[]): Tensor => einsum(subscripts, ...xs);
    checkGradient(
      t,
      f,
      shapes.map((shape) => ramp(shape).toArray()),
    );
  }
  const f = (a: Tensor, b: Tensor): Tensor => einsum("ij,jk->ik", a, b);
  checkSecondGradient(t, (a, b) => f(f(a, b), b), [
    [
      [1, 2],
      [3, 4],
    ],
    [
      [0.5, 1],
      [-1, 2],
    ],
  ]);
});

test("einsum(subscripts, operands) takes empty axes, spaces and integers", (t) => {
  t.deepEqual(einsum("ij, jk -> ik", zeros([2, 0]), zeros([0, 3])).shape, [2, 3]);
  t.deepEqual(einsum("ij,jk->ik", zeros([0, 2]), zeros([2, 3])).shape, [0, 3]);
  const counts = einsum("i,i", array([1, 2], "int32"), array([3, 4], "int32")) as NDArray;
  t.is(counts.dtype, "int32");
  t.is(counts.item(), 11);
});

const refused = test.macro<[() => unknown, new (message: string) => Error, string]>({
  exec(t, run, Class, message) {
    t.throws(run, { instanceOf: Class, message });
  },
  title: (_, __, ___, message) => message,
});
const m = zeros([2, 3]);
test(
  refused,
  () => einsum(3 as never, m),
  TypeError,
  "einsum: subscripts must be a string, got 3.",
);
test(
  refused,
  () => einsum("i1->i", m),
  RangeError,
  'einsum: subscripts must be letters and ..., commas and at most one ->, got "i1->i".',
);
test(
  refused,
  () => einsum("ij->i->j", m),
  RangeError,
  'einsum: subscripts must be letters and ..., commas and at most one ->, got "ij->i->j".',
);
test(
  refused,
  () => einsum("ij,jk->ik", m),
  RangeError,
  'einsum: subscripts must name 1 operands, got "ij,jk->ik".',
);
test(
  refused,
  () => einsum(""),
  RangeError,
  "einsum: operands must be at least one tensor, got none.",
);
test(
  refused,
  () => einsum("ijk->i", m),
  RangeError,
  'einsum: subscripts must have a label for each of the 2 axes of operand 0, got "ijk->i".',
);
test(
  refused,
  () => einsum("i...jk->i", m),
  RangeError,
  'einsum: subscripts must have a label for each of the 2 axes of operand 0, got "i...jk->i".',
);
test(
  refused,
  () => einsum("ij->ii", m),
  RangeError,
  'einsum: subscripts must name each axis of the result once, and only axes of the operands, got "ij->ii".',
);
test(
  refused,
  () => einsum("ij->k", m),
  RangeError,
  'einsum: subscripts must name each axis of the result once, and only axes of the operands, got "ij->k".',
);
test(
  refused,
  () => einsum("ii", m),
  RangeError,
  "einsum: axes labelled i must have one length, got 2 and 3.",
);
test(
  refused,
  () => einsum("...i,...i->i", zeros([2, 3]), zeros([4, 3])),
  RangeError,
  "einsum: axes labelled ... must have one length, got 2 and 4.",
);
