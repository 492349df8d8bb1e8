import test from "ava";
import { bitEqual, closeTo } from "@flaxen/testing";
import { array } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { key, normal } from "@flaxen/rng";
import * as ops from "@flaxen/autodiff";
import { grad, jit, jvp, multiply, square, sum, vjp } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";

// More of JAX's tangents are in packages/conformance/answers/dtypes.json.

function drawn(shape: readonly number[], seed: number, dtype: "float32" | "float64" = "float64") {
  return normal(key(seed), shape, { dtype }) as NDArray;
}

const softSum = (x: Tensor, y: Tensor): Tensor =>
  ops.logsumexp(ops.matmul(ops.tanh(x), y), { axis: 1 });

test("jvp(f, primals, tangents) of f(x) = x sin(x) is that of JAX", (t) => {
  // jax.jvp(lambda x: x * jnp.sin(x), (jnp.array([0.5, -2., 3.]),), (jnp.array([1., 2., -1.]),)), JAX 0.10.2
  const f = (x: Tensor): Tensor => multiply(x, ops.sin(x));
  const [out, tangent] = jvp(f, [array([0.5, -2, 3])], [array([1, 2, -1])]);
  const tolerance = { rtol: 1e-6, atol: 0 };
  closeTo(t, out, Float32Array.of(0.23971277, 1.8185949, 0.42336), tolerance);
  closeTo(t, tangent, Float32Array.of(0.9182168, -0.15400743, 2.8288574), tolerance);
});

test("jvp(f, primals, tangents) is the difference quotient along the tangents", (t) => {
  const [x, y] = [drawn([5, 3], 1), drawn([3, 4], 2)];
  const [u, v] = [drawn([5, 3], 3), drawn([3, 4], 4)];
  const h = 1e-5;
  const at = (step: number): Tensor =>
    softSum(ops.add(x, multiply(u, step)), ops.add(y, multiply(v, step)));
  const quotient = ops.divide(ops.subtract(at(h), at(-h)), 2 * h);
  const [out, tangent] = jvp(softSum, [x, y], [u, v]);
  bitEqual(t, out, softSum(x, y));
  closeTo(t, tangent, quotient as NDArray, { rtol: 1e-8, atol: 1e-9 });
});

test("jvp and vjp are transposes of each other", (t) => {
  const [x, y] = [drawn([5, 3], 1), drawn([3, 4], 2)];
  const [u, v, w] = [drawn([5, 3], 3), drawn([3, 4], 4), drawn([5], 5)];
  const [, tangent] = jvp(softSum, [x, y], [u, v]);
  const [, pullback] = vjp(softSum, x, y);
  const [a, b] = pullback(w);
  const forward = sum(multiply(w, tangent));
  const backward = ops.add(sum(multiply(a, u)), sum(multiply(b, v)));
  closeTo(t, forward, backward as NDArray, { rtol: 1e-13, atol: 1e-14 });
});

test("jvp(grad(f), [x], [v]) is the Hessian of f times v", (t) => {
  const f = (x: Tensor): Tensor => sum(ops.exp(multiply(x, ops.flip(x))));
  const [x, v] = [drawn([4], 6), drawn([4], 7)];
  const product = jvp(grad(f), [x], [v])[1];
  const other = grad((x: Tensor) => sum(multiply(grad(f)(x), v)))(x);
  closeTo(t, product, other as NDArray, { rtol: 1e-13, atol: 1e-14 });
  const along = grad((x: Tensor) => jvp(f, [x], [v])[1])(x);
  closeTo(t, along, other as NDArray, { rtol: 1e-13, atol: 1e-14 });
});

test("jvp nests: the third derivative of x⁴ is 24 x", (t) => {
  const f = (x: Tensor): Tensor => square(square(x));
  const derivative = (f: (x: Tensor) => Tensor) => (x: Tensor) => jvp(f, [x], [1])[1];
  bitEqual(t, derivative(derivative(derivative(f)))(array(2)), array(48));
});

test("jit of jvp has the bits of jvp", (t) => {
  const [x, y] = [drawn([5, 3], 1, "float32"), drawn([3, 4], 2, "float32")];
  const [u, v] = [drawn([5, 3], 3, "float32"), drawn([3, 4], 4, "float32")];
  const push = (x: Tensor, y: Tensor, u: Tensor, v: Tensor): Tensor[] =>
    jvp(softSum, [x, y], [u, v]);
  const expected = push(x, y, u, v);
  const compiled = jit(push);
  for (let i = 0; i < 2; i++) {
    (compiled(x, y, u, v) as Tensor[]).forEach((part, k) => bitEqual(t, part, expected[k]));
  }
  bitEqual(t, jvp(jit(softSum), [x, y], [u, v])[1], expected[1]);
});

test("jvp takes and gives trees, and zeros for what is not floating or does not depend", (t) => {
  const f = ({ a, b }: { a: Tensor; b: number[] }) => ({
    product: multiply(a, b[0] as never),
    index: ops.argmax(a),
    fixed: array([7]),
  });
  const [out, tangent] = jvp(f, [{ a: array([1, 3]), b: [2] }], [{ a: array([1, 0]), b: [10] }]);
  bitEqual(t, out.product, array([2, 6]));
  bitEqual(t, tangent.product, array([12, 30]));
  bitEqual(t, tangent.index, array(0, "int32"));
  bitEqual(t, tangent.fixed, array([0]));
  t.deepEqual(jvp(() => array([1]), [], [])[1].toString(), "Array([0.], dtype=float32)");
});

test("jvp refuses what it cannot take", (t) => {
  const f = (x: Tensor): Tensor => square(x);
  const x = array([1, 2]);
  t.throws(() => jvp(3 as never, [x] as never, [x] as never), {
    instanceOf: TypeError,
    message: "jvp: f must be a function, got 3.",
  });
  t.throws(() => jvp(f, x as never, [x]), {
    instanceOf: TypeError,
    message: "jvp: primals must be a list of arguments, got float32[2].",
  });
  t.throws(() => jvp(f, [array([1, 2], "int32")], [x]), {
    instanceOf: TypeError,
    message: "jvp: argument 0 must be of a floating dtype, got int32[2].",
  });
  t.throws(() => jvp(f, [x], [x, x] as never), {
    instanceOf: TypeError,
    message: "jvp: tangents must have the structure of primals, [*], got [*, *].",
  });
  t.throws(() => jvp(f, [x], [array([1, 2], "float64")]), {
    instanceOf: TypeError,
    message: "jvp: tangents must have the dtype of primals, float32, got float64[2].",
  });
  t.throws(() => jvp(f, [x], [array([1, 2, 3])]), {
    instanceOf: RangeError,
    message: "jvp: tangents must have the shape of primals, [2], got float32[3].",
  });
  t.throws(() => jvp(() => "text" as never, [x] as never, [x] as never), {
    instanceOf: TypeError,
    message: 'jvp: the function must return a tensor or a tree of tensors, got "text".',
  });
});
