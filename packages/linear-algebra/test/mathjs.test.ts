import test from "ava";
import { all, create } from "mathjs";
import { fromMathjs, registerArrays, toMathjs } from "@flaxen/linear-algebra/mathjs";
import { arange, array, flip, NDArray, ones, reshape, transpose, zeros } from "@flaxen/ndarray";

const A = array(
  [
    [2, 1],
    [1, 3],
  ],
  "float64",
);
const X = array([1, 2], "float64");

test("toMathjs(math, x) converts every kind of element, and any strides", (t) => {
  const math = create(all);
  t.deepEqual(toMathjs(math, transpose(reshape(arange(6), [2, 3]))).toArray(), [
    [0, 3],
    [1, 4],
    [2, 5],
  ]);
  t.deepEqual(toMathjs(math, flip(array([1n, 2n], "int64"))).toArray() as unknown, [2n, 1n]);
  t.deepEqual(toMathjs(math, array([true, false])).toArray() as unknown, [true, false]);
  const i = toMathjs(math, array([{ re: 0, im: 1 }] as never, "complex64"));
  t.is(String(i), "[i]");
  t.is(toMathjs(math, array(2.5)) as unknown, 2.5);
  t.deepEqual(toMathjs(math, zeros([2, 0])).size(), [2, 0]);
  t.deepEqual(toMathjs(math, ones([1, 2, 1])).size(), [1, 2, 1]);
});

test("fromMathjs(toMathjs(math, x)) is x", (t) => {
  const math = create(all);
  for (const x of [
    A,
    X,
    array(3, "float64"),
    array([[true]]),
    array([5n], "int64"),
    zeros([2, 0], "float64"),
    array([[{ re: 1, im: -2 }]] as never, "complex128"),
  ]) {
    const back = fromMathjs(toMathjs(math, x));
    t.deepEqual([back.dtype, back.shape, back.toArray()] as unknown, [
      x.size === 0 ? "float64" : x.dtype,
      x.shape,
      x.toArray(),
    ]);
  }
});

test("fromMathjs(value, dtype) reads sparse matrices, lists and every kind of number", (t) => {
  const math = create(all);
  t.deepEqual(
    fromMathjs(
      math.sparse([
        [1, 0],
        [0, 2],
      ]),
    ).toArray(),
    [
      [1, 0],
      [0, 2],
    ],
  );
  t.deepEqual(fromMathjs([[1, 2]]).shape, [1, 2]);
  t.deepEqual(
    fromMathjs(math.matrix([math.bignumber("0.1"), math.fraction(1, 4)] as never)).toArray(),
    [0.1, 0.25],
  );
  t.deepEqual(fromMathjs([math.bignumber("1e-400"), math.bignumber(3)]).toArray(), [0, 3]);
  const mixed = fromMathjs([1, math.complex(2, 3)]);
  t.is(mixed.dtype, "complex128");
  t.deepEqual(mixed.toArray() as unknown, [
    { re: 1, im: 0 },
    { re: 2, im: 3 },
  ]);
  t.deepEqual(fromMathjs([true, 2]).toArray(), [1, 2]);
  t.deepEqual(fromMathjs([2n, 0.5]).toArray(), [2, 0.5]);
  t.is(fromMathjs([1.5], "float32").dtype, "float32");
  t.is(fromMathjs([]).dtype, "float64");
});

test("fromMathjs(value) throws on what is no number", (t) => {
  const math = create(all);
  const message = (got: string): string =>
    `fromMathjs: value must hold numbers, booleans or complex numbers, got ${got}.`;
  t.throws(() => fromMathjs(["a"]), { instanceOf: TypeError, message: message('"a"') });
  t.throws(() => fromMathjs(null), { instanceOf: TypeError, message: message("null") });
  t.throws(() => fromMathjs(undefined), { instanceOf: TypeError, message: message("undefined") });
  t.throws(() => fromMathjs(math.unit(1, "m")), {
    instanceOf: TypeError,
    message: message("Unit"),
  });
  t.throws(() => fromMathjs([[1], [2, 3]]), { instanceOf: RangeError });
});

test("registerArrays(math) lets math.evaluate take arrays", (t) => {
  const math = create(all);
  // Functions that were used before know arrays as well.
  math.evaluate("[1, 2; 3, 4] * [1, 1] + det([1])");
  registerArrays(math);
  const cases: Record<string, unknown> = {
    "A * x": [4, 7],
    "x * A": [4, 7],
    "A * A": [
      [5, 5],
      [5, 10],
    ],
    "2 A": [
      [4, 2],
      [2, 6],
    ],
    "A + 1": [
      [3, 2],
      [2, 4],
    ],
    "A - A": [
      [0, 0],
      [0, 0],
    ],
    "-A": [
      [-2, -1],
      [-1, -3],
    ],
    "A .* A": [
      [4, 1],
      [1, 9],
    ],
    "A ./ 2": [
      [1, 0.5],
      [0.5, 1.5],
    ],
    "A .^ 2": [
      [4, 1],
      [1, 9],
    ],
    "A ^ 2": [
      [5, 5],
      [5, 10],
    ],
    "A == A": [
      [true, true],
      [true, true],
    ],
    "A > 1": [
      [true, false],
      [false, true],
    ],
    "A'": [
      [2, 1],
      [1, 3],
    ],
    "A[1, 2]": 1,
    "A[1, :]": [2, 1],
    "A[end, end]": 3,
    "dot(x, x)": 5,
    "det(A)": 5,
    "sum(A)": 7,
    "size(A)": [2, 2],
    "map(A, f(v) = v ^ 2)": [
      [4, 1],
      [1, 9],
    ],
    "lusolve(A, [4; 7])": [[1], [2]],
    "concat(x, x)": [1, 2, 1, 2],
  };
  for (const [expression, expected] of Object.entries(cases)) {
    t.deepEqual(
      fromMathjs(math.evaluate(expression, { A, x: X })).toArray(),
      expected as never,
      expression,
    );
  }
});

test("registerArrays(math) lets operators and compiled expressions take arrays", (t) => {
  const math = create(all);
  registerArrays(math);
  registerArrays(math);
  const multiply = math.multiply as (a: unknown, b: unknown) => unknown;
  t.deepEqual(fromMathjs(multiply(A, X)).toArray(), [4, 7]);
  t.deepEqual(fromMathjs(multiply(2, X)).toArray(), [2, 4]);
  t.deepEqual(fromMathjs(math.compile("A * x + 1").evaluate({ A, x: X })).toArray(), [5, 8]);
  t.is((math.det as (a: unknown) => unknown)(A), 5);
  t.is((math as unknown as { isNDArray(x: unknown): boolean }).isNDArray(A), true);
  t.is(math.evaluate("1 + 1"), 2);
  t.deepEqual(math.evaluate(["a + 1", "a + 2"], { a: 1 }), [2, 3]);
  // A scijs array, which only has the members.
  const strided = {
    data: new Float64Array([1, 2, 3, 4]),
    shape: [2, 2],
    stride: [1, 2],
    offset: 0,
  };
  t.deepEqual(toMathjs(math, strided).toArray(), [
    [1, 3],
    [2, 4],
  ]);
});

test("registerArrays(math) leaves the scope to its owner, but for assignments", (t) => {
  const math = create(all);
  registerArrays(math);
  const scope: Record<string, unknown> = { A, x: X };
  math.evaluate("y = A * x", scope);
  t.is(scope["A"], A);
  t.deepEqual(fromMathjs(scope["y"]).toArray(), [4, 7]);
  const map = new Map<string, unknown>([["A", A]]);
  t.throws(() => math.evaluate("b = 2 A; nothing", map), { message: "Undefined symbol nothing" });
  t.is(map.get("A"), A);
  t.deepEqual(fromMathjs(map.get("b")).toArray(), [
    [4, 2],
    [2, 6],
  ]);
  t.true(A instanceof NDArray);
});
