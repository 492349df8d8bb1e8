import test from "ava";
import type { ExecutionContext } from "ava";
import fc from "fast-check";
import { reduceWindow, vjp } from "@flaxen/autodiff";
import type { ReduceWindowOptions, Tensor, WindowOperator } from "@flaxen/autodiff";
import type { DType } from "@flaxen/dtype";
import type { NDArray } from "@flaxen/ndarray";
import { checkKernels, scrambled } from "./check-kernels.ts";

interface Pooling {
  readonly x: NDArray;
  readonly operator: WindowOperator;
  readonly options: ReduceWindowOptions;
}

/** Checks the pooling, its gradient, and the transpose of that; returns the names of their kernels. */
function checkPooling(t: ExecutionContext, { x, operator, options }: Pooling): ReadonlySet<string> {
  const { shape } = reduceWindow(x, operator, options);
  return checkKernels(
    t,
    (x, ct, direction) => {
      const [, pullback] = vjp((x: Tensor) => reduceWindow(x, operator, options), x);
      const [, transposed] = vjp((ct: Tensor) => (pullback(ct) as readonly Tensor[])[0], ct);
      transposed(direction);
    },
    x,
    scrambled(x.dtype, shape, 2),
    scrambled(x.dtype, x.shape, 3),
  );
}

const dtypes = fc.constantFrom<DType>("float32", "float64");
const operators = fc.constantFrom<WindowOperator>("add", "max", "min");
const features = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(16, 17, 32, 35));
const axis = fc.record({
  size: fc.integer({ min: 1, max: 7 }),
  window: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 3 }),
  padding: fc.tuple(fc.integer({ min: -1, max: 2 }), fc.integer({ min: 0, max: 2 })),
});
const poolings = fc
  .record({
    axes: fc.array(axis, { minLength: 0, maxLength: 3 }),
    batch: fc.integer({ min: 0, max: 3 }),
    features,
    dtype: dtypes,
    operator: operators,
    seed: fc.nat(1000),
  })
  .map(({ axes, batch, features, dtype, operator, seed }): Pooling => ({
    x: scrambled(dtype, [batch, ...axes.map(({ size }) => size), features], seed),
    operator,
    options: {
      windowShape: axes.map(({ window }) => window),
      strides: axes.map(({ stride }) => stride),
      padding: axes.map(({ padding }) => padding),
    },
  }));

test("reduceWindow(x, operator, options) kernels and those of its gradients give the bits of the plain loops", (t) => {
  fc.assert(
    fc.property(poolings, (pooling) => {
      checkPooling(t, pooling);
    }),
    { seed: 7, numRuns: 500 },
  );
});

test("reduceWindow(x, operator, options) has kernels for windows of 2 by 2", (t) => {
  for (const operator of ["add", "max", "min"] as const) {
    for (const shape of [
      [2, 8, 8, 16],
      [2, 7, 9, 20],
      [1, 28, 28, 1],
    ]) {
      const x = scrambled("float32", shape);
      const options = { windowShape: [2, 2], strides: [2, 2] };
      const ran = checkPooling(t, { x, operator, options });
      t.is(ran.size, operator === "add" ? 2 : 3);
    }
  }
});
