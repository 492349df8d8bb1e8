import {
  add,
  argmax,
  astype,
  bind,
  cos,
  divide,
  exp,
  floor,
  grad,
  isTensor,
  isTracer,
  log,
  multiply,
  sin,
  sqrt,
  square,
  stopGradient,
  sum,
  take,
  tanh,
  toTensor,
  Tracer,
  valueAndGrad,
  vjp,
  where,
} from "@flaxen/autodiff";
import type { Primitive, Tensor } from "@flaxen/autodiff";
import { enableX64 } from "@flaxen/dtype";
import { array, NDArray, onesLike, zeros } from "@flaxen/ndarray";
import { closeTo } from "@flaxen/testing";
import test from "ava";
import fc from "fast-check";

test("grad(f)(x) has the shape and dtype of x", (t) => {
  for (const dtype of ["float16", "bfloat16", "float32", "float64"] as const) {
    const x = array([[1, 2, 3]], dtype);
    const g = grad((y) => sum(square(y)))(x);
    t.is(g.dtype, dtype);
    t.deepEqual((g as NDArray).toArray(), [[2, 4, 6]]);
  }
});

test("grad(f)(x) may make arrays like a tracer", (t) => {
  t.deepEqual(grad((x) => sum(multiply(x, onesLike(x))))(array([3, 4])).toArray(), [1, 1]);
});

test("grad(f)(x) of an operand used twice adds both paths", (t) => {
  t.is(grad((x) => add(x, x))(3).toArray(), 2);
  t.is(grad((x) => multiply(x, x))(3).toArray(), 6);
  t.is(grad((x) => multiply(add(x, x), x))(3).toArray(), 12);
});

test("grad(f)(x, y) gives zeros for an unused argument", (t) => {
  const [gx, gy] = grad((x, _y) => sum(x), { argnums: [0, 1] })(
    array([1, 2]),
    array([[1, 2]], "float64"),
  );
  t.deepEqual(gx.toArray(), [1, 1]);
  t.deepEqual(gy.toArray(), [[0, 0]]);
  t.is(gy.dtype, "float64");
});

test("grad(f)(x) of a constant function is zero", (t) => {
  t.deepEqual(grad((_x) => toTensor(1.5))(array([1, 2])).toArray(), [0, 0]);
  t.deepEqual(grad((_x: Tensor) => 2.5)(array([1])).toArray(), [0]);
});

test("grad(f)(x) of the identity is 1", (t) => {
  t.is(grad((x) => x)(4).toArray(), 1);
});

test("grad(f)(tree) returns a tree of gradients", (t) => {
  const loss = ({ w, rest }: { w: Tensor; rest: [Tensor, { b: Tensor }] }): Tensor =>
    sum(add(multiply(w, rest[0]), rest[1].b));
  const gradient = grad(loss)({ w: array([1, 2]), rest: [array([3, 4]), { b: 5 }] });
  t.deepEqual(gradient.w.toArray(), [3, 4]);
  t.deepEqual(gradient.rest[0].toArray(), [1, 2]);
  t.is(gradient.rest[1].b.toArray(), 2);
});

test("grad(f)(tree) keeps null and empty containers in their places", (t) => {
  const gradient = grad((p: { a: Tensor; b: null; c: Tensor[] }) => square(p.a))({
    a: 3,
    b: null,
    c: [],
  });
  t.is(gradient.a.toArray(), 6);
  t.deepEqual([gradient.b, gradient.c], [null, []]);
});

test("grad(f) counts a negative argnum from the end", (t) => {
  t.is(grad((x, y) => multiply(x, y), { argnums: -1 })(3, 4).toArray(), 3);
});

test("grad(f, { hasAux }) passes auxiliary values through without tracers", (t) => {
  const f = (x: Tensor): [Tensor, { y: Tensor; note: string; when: Date }] => {
    const y = multiply(x, 2);
    return [sum(square(y)), { y, note: "kept", when: new Date(0) }];
  };
  const [gradient, aux] = grad(f, { hasAux: true })(array([1, 2]));
  t.deepEqual(gradient.toArray(), [8, 16]);
  t.false(isTracer(aux.y));
  t.deepEqual(aux.y.toArray(), [2, 4]);
  t.is(aux.note, "kept");
  t.deepEqual(aux.when, new Date(0));
  const [[value, again], same] = valueAndGrad(f, { hasAux: true })(array([1, 2]));
  t.is(value.toArray(), 20);
  t.deepEqual(again.y.toArray(), [2, 4]);
  t.deepEqual(same.toArray(), [8, 16]);
});

test("valueAndGrad(f)(x) returns both", (t) => {
  const [value, gradient] = valueAndGrad((x) => sum(square(x)))(array([1, 2]));
  t.is(value.toArray(), 5);
  t.deepEqual(gradient.toArray(), [2, 4]);
});

test("grad(f) differentiates numbers as the default float", (t) => {
  const g = grad((x) => square(x))(3);
  t.is(g.dtype, "float32");
  t.is(g.toArray(), 6);
});

test("grad(f) passes arguments that are not differentiated untouched", (t) => {
  const config = { power: 3 };
  const f = (x: Tensor, options: { power: number }): Tensor => {
    t.is(options, config);
    return multiply(x, options.power);
  };
  t.is(grad(f)(2, config).toArray(), 3);
});

test("grad(f) lets integers and bools flow without a gradient", (t) => {
  const labels = array([1, 0], "int32");
  const g = grad((x) => sum(multiply(take(x, labels), astype(argmax(x), "float32"))))(
    array([1, 2]),
  );
  t.deepEqual(g.toArray(), [1, 1]);
});

test("grad(grad(f)) of a closed-over outer variable does not mix the levels", (t) => {
  // d/dx (x * d/dy (x + y)) = 1: the classic perturbation confusion gives 2.
  const f = (x: Tensor): Tensor => multiply(x, grad((y) => add(x, y))(1));
  t.is(grad(f)(1).toArray(), 1);
  const g = (x: Tensor): Tensor => multiply(x, grad((y) => multiply(multiply(x, x), y))(2));
  t.is(grad(g)(3).toArray(), 27);
});

test("grad(f) nests to derivatives of sin up to the fourth", (t) => {
  let f = (x: Tensor): Tensor => sin(x);
  const expected = [Math.cos(0.7), -Math.sin(0.7), -Math.cos(0.7), Math.sin(0.7)];
  for (const value of expected) {
    const previous = f;
    f = (x) => grad(previous)(x);
    closeTo(t, f(toTensor(0.7, "float64")), value);
  }
});

test("vjp(f, ...primals) returns the output and a pullback that can be called again", (t) => {
  const [out, pullback] = vjp((x, y) => multiply(x, y), array([1, 2]), array([3, 4]));
  t.deepEqual(out.toArray(), [3, 8]);
  t.deepEqual(
    pullback(array([1, 0])).map((g) => g.toArray()),
    [
      [3, 0],
      [1, 0],
    ],
  );
  t.deepEqual(
    pullback(array([0, 1])).map((g) => g.toArray()),
    [
      [0, 4],
      [0, 2],
    ],
  );
});

test("vjp(f, ...primals) takes and returns trees", (t) => {
  const [out, pullback] = vjp((p: { a: Tensor }) => [square(p.a), { s: sum(p.a) }] as const, {
    a: array([1, 2]),
  });
  t.deepEqual(out[0].toArray(), [1, 4]);
  t.is(out[1].s.toArray(), 3);
  const [g] = pullback([array([1, 1]), { s: 10 }]);
  t.deepEqual(g.a.toArray(), [12, 14]);
});

test("vjp(f, x) can be differentiated: its pullback uses the outer tracers", (t) => {
  const outer = (x: Tensor): Tensor => {
    const [, pullback] = vjp((y) => multiply(square(y), x), x);
    return pullback(toTensor(1, "float32"))[0];
  };
  // d/dx (2 x * x) = 4 x
  t.is(grad(outer)(3).toArray(), 12);
});

test("stopGradient(x) stops every order", (t) => {
  const f = (x: Tensor): Tensor => multiply(square(stopGradient(x)), x);
  t.is(grad(f)(3).toArray(), 9);
  t.is(grad((x) => grad(f)(x))(3).toArray(), 0);
});

test("where(condition, x, y) has a safe gradient when the argument of the other branch is safe", (t) => {
  const safeLog = (x: Tensor): Tensor => {
    const positive = toTensor((x.shape.length === 0 ? [true, false] : [true, false]) as boolean[]);
    return sum(where(positive, log(where(positive, x, 1)), 0));
  };
  t.deepEqual(grad(safeLog)(array([2, 0])).toArray(), [0.5, 0]);
});

test("grad(f) walks a chain of 100,000 operations", (t) => {
  const long = (x: Tensor): Tensor => {
    let y = x;
    for (let i = 0; i < 100_000; i++) y = add(y, x);
    return y;
  };
  t.is(grad(long)(1).toArray(), 100_001);
});

test("vjp(f, x) walks a chain of 100,000 operations", (t) => {
  const [, pullback] = vjp((x: Tensor) => {
    let y = x;
    for (let i = 0; i < 100_000; i++) y = multiply(y, 1);
    return y;
  }, 2);
  t.is(pullback(toTensor(1, "float32"))[0].toArray(), 1);
});

test("grad(f) leaves nothing behind when f throws", (t) => {
  const failing = grad((_x: Tensor): Tensor => {
    throw new Error("mine");
  });
  t.throws(() => failing(1), { message: "mine" });
  t.is(grad((x) => square(x))(3).toArray(), 6);
});

test("grad(f) is linear in f and obeys the chain and product rules", (t) => {
  const number = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(number, number, (a, x) => {
      const at = toTensor(x, "float64");
      const slope = (f: (y: Tensor) => Tensor): number => Number(grad(f)(at).toArray());
      closeTo(
        t,
        slope((y) => add(multiply(a, sin(y)), cos(y))),
        a * Math.cos(x) - Math.sin(x),
      );
      closeTo(
        t,
        slope((y) => sin(exp(y))),
        Math.cos(Math.exp(x)) * Math.exp(x),
        { atol: 1e-12 },
      );
      closeTo(
        t,
        slope((y) => multiply(sin(y), tanh(y))),
        Math.cos(x) * Math.tanh(x) + Math.sin(x) / Math.cosh(x) ** 2,
        { atol: 1e-12 },
      );
    }),
    { seed: 7, numRuns: 50 },
  );
});

test("grad(f)(x) of x / sqrt(x^2 + y^2) matches the formula in float64", (t) => {
  const f = (x: Tensor, y: Tensor): Tensor => divide(x, sqrt(add(square(x), square(y))));
  const [gx, gy] = grad(f, { argnums: [0, 1] })(toTensor(3, "float64"), toTensor(4, "float64"));
  closeTo(t, [gx.toArray(), gy.toArray()] as number[], [16 / 125, -12 / 125], { rtol: 1e-14 });
});

test("grad(f)(x) of an argument of size 0 has size 0", (t) => {
  const g = grad((x) => sum(x))(zeros([2, 0]));
  t.deepEqual(g.shape, [2, 0]);
});

test("grad(f)(x) takes strided views and foreign arrays", (t) => {
  const view = array([1, 2, 3, 4]).step(-2);
  t.deepEqual(grad((x) => sum(square(x)))(view).toArray(), [8, 4]);
  const foreign = { data: new Float64Array([1, 2, 3, 4]), shape: [2], stride: [2], offset: 1 };
  const g = grad((x) => sum(square(x)))(foreign);
  t.deepEqual([g.dtype, g.toArray()], ["float64", [4, 8]]);
});

test("grad(f)(x) returns row-major results whose data can be read", (t) => {
  const g = grad((x) => sum(x))(zeros([2, 3])) as NDArray;
  t.deepEqual(g.data, new Float32Array(6).fill(1));
});

test("grad(f) errors name the argument, the rule and the value", (t) => {
  const x = array([1, 2]);
  t.throws(() => grad(3 as never), {
    instanceOf: TypeError,
    message: "grad: f must be a function, got 3.",
  });
  t.throws(() => grad((y) => sum(y))(array([1], "int32")), {
    instanceOf: TypeError,
    message: "grad: argument 0 must be of a floating dtype, got int32[1].",
  });
  t.throws(() => grad((y: { w: Tensor }) => y.w)({ w: array(true) }), {
    instanceOf: TypeError,
    message: "grad: argument 0 must be of a floating dtype, got bool[].",
  });
  t.throws(() => grad((y) => sum(y))("x" as never), {
    instanceOf: TypeError,
    message: 'grad: argument 0 must be a tensor, a number or a tree of these, got "x".',
  });
  t.throws(() => grad((y) => y)(x), {
    instanceOf: RangeError,
    message: "grad: the function must return a scalar, got float32[2].",
  });
  t.throws(() => valueAndGrad((y) => argmax(y))(x), {
    instanceOf: TypeError,
    message: "valueAndGrad: the function must return a floating scalar, got int32[].",
  });
  t.throws(() => grad(async (y: Tensor) => sum(y))(x), {
    instanceOf: TypeError,
    message: "grad: the function must return a scalar tensor, got Promise.",
  });
  t.throws(() => grad((y) => sum(y), { hasAux: true })(x), {
    instanceOf: TypeError,
    message: "grad: the function must return [value, aux] with hasAux, got float32[].",
  });
  t.throws(() => grad((y) => sum(y), { argnums: 1 as 0 })(x), {
    instanceOf: RangeError,
    message: "grad: argnums must be positions among the 1 arguments, got 1.",
  });
  t.throws(() => grad((y) => sum(y), { argnums: 0.5 as 0 })(x), {
    instanceOf: RangeError,
    message: "grad: argnums must be positions among the 1 arguments, got 0.5.",
  });
  t.throws(() => grad((y) => sum(y), { argnums: [0, -1] as never })(x), {
    instanceOf: RangeError,
    message: "grad: argnums must name each argument once, got [0, -1].",
  });
});

test("vjp(f, ...primals) errors name the argument, the rule and the value", (t) => {
  const [, pullback] = vjp((y) => square(y), array([1, 2]));
  t.throws(() => vjp((y) => y, array([1], "uint8")), {
    instanceOf: TypeError,
    message: "vjp: argument 0 must be of a floating dtype, got uint8[1].",
  });
  t.throws(() => vjp((_y: Tensor) => "text", array([1])), {
    instanceOf: TypeError,
    message: 'vjp: the function must return a tensor or a tree of tensors, got "text".',
  });
  t.throws(() => pullback([array([1, 2])] as never), {
    instanceOf: TypeError,
    message: "vjp: ct must have the structure of the output, *, got [*].",
  });
  t.throws(() => pullback(array([1, 2], "float64")), {
    instanceOf: TypeError,
    message: "vjp: ct must have the dtype of the output, float32, got float64[2].",
  });
  t.throws(() => pullback(array([1, 2, 3])), {
    instanceOf: RangeError,
    message: "vjp: ct must have the shape of the output, [2], got float32[3].",
  });
});

test("reading a tracer names its operation and the cure", (t) => {
  const cure =
    "Return it from the transformed function (hasAux passes extra values) and read it there.";
  const read = (f: (y: Tensor) => unknown): (() => unknown) => {
    return () => grad((x: Tensor) => sum(toTensor(f(add(x, 1)) as number)))(array([1, 2]));
  };
  for (const member of ["data", "stride", "offset"] as const) {
    t.throws(
      read((y) => y[member]),
      {
        instanceOf: Error,
        message: `Tensor.${member}: the tensor must be concrete, got a tracer of float32[2], the result of add inside grad. ${cure}`,
      },
    );
  }
  for (const method of ["toArray", "item"] as const) {
    t.throws(
      read((y) => y[method]()),
      {
        message: `Tensor.${method}: the tensor must be concrete, got a tracer of float32[2], the result of add inside grad. ${cure}`,
      },
    );
  }
  t.throws(
    read((y) => y.get(0)),
    {
      message: `Tensor.get: the tensor must be concrete, got a tracer of float32[2], the result of add inside grad. ${cure}`,
    },
  );
  t.throws(() => grad((x: Tensor) => toTensor((x as unknown as number) + 1))(1), {
    message:
      "Tensor.valueOf: the tensor must be concrete, got a tracer of float32[], an argument inside grad. Use operations such as add(x, 1) in place of x + 1.",
  });
});

test("a tracer prints its shape, origin and transformation", (t) => {
  let text = "";
  let size = 0;
  grad((x) => {
    const y = multiply(x, 2);
    text = String(y);
    size = y.size + y.ndim;
    return sum(y);
  })(array([[1, 2]]));
  t.is(text, "Tracer(float32[1, 2] from multiply in grad)");
  t.is(size, 4);
});

test("a tracer that outlives its transformation is refused", (t) => {
  let leaked: Tensor = toTensor(0);
  grad((x) => (leaked = multiply(x, 2)))(1);
  const message =
    "add: a tracer must be used while its grad is running, got float32[] from multiply after it returned. Return the value from the transformed function instead of storing it.";
  t.throws(() => add(leaked, 1), { instanceOf: Error, message });
  t.throws(() => grad((x) => add(leaked, x))(1), { instanceOf: Error, message });
});

test("enableX64(true) widens default floats and leaves integers at 32 bits", (t) => {
  enableX64(true);
  try {
    t.is(grad((x) => square(x))(3).dtype, "float64");
    t.is(add(1, 2).dtype, "int32");
    t.is(add([1], 2).dtype, "float64");
    t.is(sum([true]).dtype, "int32");
    t.is(argmax([1, 2]).dtype, "int32");
    t.is(divide(array([1], "int32"), 2).dtype, "float64");
    t.is(add(array([1], "float32"), 2.5).dtype, "float32");
  } finally {
    enableX64(false);
  }
});

test("isTensor(x) and isTracer(x) tell arrays, tracers and other values apart", (t) => {
  t.deepEqual(
    [isTensor(array(1)), isTensor(1), isTensor([1]), isTensor(null)],
    [true, false, false, false],
  );
  t.deepEqual([isTracer(array(1)), isTracer(null), isTracer({ trace: {} })], [false, false, false]);
  grad((x) => {
    t.deepEqual([isTensor(x), isTracer(x), x instanceof Tracer], [true, true, true]);
    return x;
  })(1);
});

test("isTracer(x) knows tracers of another copy of the package by their brand", (t) => {
  t.true(isTracer(Object.create({ [Symbol.for("flaxen.Tracer")]: true })));
});

test("toTensor(x) converts everything that operations accept", (t) => {
  t.deepEqual(
    [toTensor(3).dtype, toTensor(2.5).dtype, toTensor(true).dtype],
    ["int32", "float32", "bool"],
  );
  t.is(toTensor([1, 2]).dtype, "float32");
  t.is(toTensor(new Uint8Array([1])).dtype, "uint8");
  t.is(toTensor(3, "float16").dtype, "float16");
  const x = array([1]);
  t.is(toTensor(x), x);
});

const cube: Primitive<{ readonly times: number }> = {
  name: "cube",
  abstractEval: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  evaluate: ([x], { times }, out) =>
    new NDArray(
      Float32Array.from(x.data as Float32Array, (v) => times * v ** 3),
      out.shape,
      undefined,
      0,
      out.dtype,
    ),
  vjp: (ct, { inputs: [x], params }) => [multiply(ct, multiply(3 * params.times, square(x)))],
};

test("bind(primitive, inputs, params) evaluates, and differentiates to any order", (t) => {
  const f = (x: Tensor): Tensor => bind(cube, [x], { times: 2 });
  t.deepEqual(f(array([1, 2])).toArray(), [2, 16]);
  t.is(grad(f)(2).toArray(), 24);
  t.is(grad((x) => grad(f)(x))(2).toArray(), 24);
});

test("bind(primitive, inputs, params) refuses inputs that are no tensors", (t) => {
  t.throws(() => bind(cube, [3 as never], { times: 1 }), {
    instanceOf: TypeError,
    message: "cube: inputs must be tensors, got 3.",
  });
});

test("a reverse rule is asked only for the operands that need it", (t) => {
  const asked: (readonly boolean[])[] = [];
  const spy: Primitive<null> = {
    name: "spy",
    abstractEval: ([x]) => x,
    evaluate: ([x]) => x,
    vjp: (ct, { needs }) => {
      asked.push(needs);
      return [ct, ct];
    },
  };
  grad((x) => bind(spy, [x, toTensor(1, "float32")], null))(1);
  grad((x) => bind(spy, [x, x], null))(1);
  grad((x) => add(x, multiply(0, floor(bind(spy, [x, x], null)))))(1);
  t.deepEqual(asked, [
    [true, false],
    [true, true],
  ]);
});
