import test from "ava";
import { bitEqual } from "@flaxen/testing";
import { array, astype, NDArray, transpose, zeros } from "@flaxen/ndarray";
import { setWasmEnabled } from "@flaxen/wasm";
import {
  add,
  divide,
  grad,
  greater,
  jit,
  multiply,
  sqrt,
  square,
  sum,
  where,
} from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { fused } from "@flaxen/autodiff/program";

const formulas: Readonly<Record<string, (...xs: Tensor[]) => Tensor>> = {
  blend: (mean, x, decay, rest) => add(multiply(mean, decay), multiply(square(x), rest)),
  quotient: (top, x, slope, floor) => divide(top, add(multiply(sqrt(x), slope), floor)),
  choice: (x, y, limit, other) => where(greater(x, limit), y, other),
};

/** Numbers of either sign in no order, NaN and infinities among them. */
function numbers(shape: readonly number[], seed: number): NDArray {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: size }, (_, i) => Math.tan(seed + 1.7 * i));
  if (size > 6) data.set([NaN, Infinity, -Infinity, 0, -0, 1e-40], 1);
  return new NDArray(data, shape) as NDArray;
}

/** Calls until a kernel would have been compiled; the last result. */
function often(f: () => Tensor): Tensor {
  for (let i = 0; i < 70; i++) f();
  return f();
}

const SHAPES = [[0], [1], [], [2], [3, 5], [64], [33, 35]];
for (const [name, formula] of Object.entries(formulas)) {
  for (const dtype of ["float32", "float64", "bfloat16", "float16"] as const) {
    test(`fused(${name}) has the bits of its operations one by one in ${dtype}`, (t) => {
      const whole = fused(name, formula, 4);
      for (const shape of SHAPES) {
        const [x, y, column] = [shape, shape, shape.map((n, i) => (i === 0 ? 1 : n))].map((s, i) =>
          astype(numbers(s, i), dtype),
        ) as [NDArray, NDArray, NDArray];
        const scalar = astype(array(0.25), dtype);
        // Numbers, which operations take too, are no tensors to the type.
        const cases: readonly (readonly (Tensor | number)[])[] = [
          [x, y, 0.9, 0.1],
          [x, y, scalar, 1],
          [x, column, 0.5, scalar],
          [transpose(x), transpose(y), 0.5, scalar],
        ];
        for (const operands of cases) {
          const expected = formula(...(operands as Tensor[]));
          bitEqual(t, often(() => whole(...operands)) as NDArray, expected as NDArray);
          setWasmEnabled(false);
          try {
            bitEqual(t, whole(...operands) as NDArray, expected as NDArray);
          } finally {
            setWasmEnabled(true);
          }
        }
      }
    });
  }
}

test("fused(f) keeps to the dtypes of the operations where operands differ", (t) => {
  const whole = fused("blend", formulas.blend, 4);
  const mean = astype(array([0.1, 0.2, 0.7]), "bfloat16");
  const x = array([1.3, 2.1, 0.4]);
  const expected = add(multiply(mean, 0.9), multiply(square(x), 0.1));
  bitEqual(t, often(() => whole(mean, x, 0.9, 0.1)) as NDArray, expected as NDArray);
});

test("fused(f) shows transformations its operations", (t) => {
  const whole = fused("blend", formulas.blend, 4);
  const [mean, x] = [numbers([3], 1), numbers([3], 2)];
  const slope = grad((x: Tensor) => sum(whole(mean, x, 0.9, 0.1)));
  const expected = grad((x: Tensor) => sum(formulas.blend(mean, x, array(0.9), array(0.1))));
  bitEqual(t, slope(x) as NDArray, expected(x) as NDArray);
  const compiled = jit((mean: Tensor, x: Tensor) => whole(mean, x, 0.9, 0.1));
  bitEqual(t, compiled(mean, x) as NDArray, whole(mean, x, 0.9, 0.1) as NDArray);
});

test("fused(f) refuses what is not computed element by element from the operands", (t) => {
  const constant = array([1, 2]);
  const captured = fused("captured", (x) => add(x, constant), 1);
  t.throws(() => often(() => captured(zeros([2]))), {
    instanceOf: TypeError,
    message: "fused: f must compute from its operands alone, got float32[2].",
  });
  const total = fused("total", (x) => sum(x), 1);
  t.throws(() => often(() => total(zeros([2]))), {
    instanceOf: TypeError,
    message: "fused: f must apply element-wise operations, got sum.",
  });
});
