import test from "ava";
import fc from "fast-check";
import { bitEqual } from "@flaxen/testing";
import { scratch, setWasmEnabled } from "@flaxen/wasm";
import type { Scratch } from "@flaxen/wasm";
import * as ops from "@flaxen/autodiff";
import { add, jit, matmul, multiply, relu, sum } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { CHAIN_CASES, drawn } from "./chain-cases.ts";

for (const { name, f, shapes, chains } of CHAIN_CASES) {
  test(`jit(f) of ${name} has the bits of f`, (t) => {
    const inputs = shapes.map((shape, i) => drawn(shape, i));
    setWasmEnabled(false);
    const expected = [f(...inputs)].flat();
    setWasmEnabled(true);
    const compiled = jit(f);
    for (let run = 0; run < 2; run++) {
      [compiled(...inputs)].flat().forEach((y, i) => bitEqual(t, y, expected[i]));
    }
    [f(...inputs)].flat().forEach((y, i) => bitEqual(t, y, expected[i]));
    t.deepEqual(compiled.explain()[0].program?.chains, chains);
  });
}

test("jit(f) of float64 goes block by block as well", (t) => {
  const f = (x: Tensor, w: Tensor, b: Tensor): Tensor => relu(add(matmul(x, w), b));
  const shapes = [[801, 37], [37, 401], [401]];
  const inputs = shapes.map((shape, i) => drawn(shape, i, "float64"));
  const compiled = jit(f);
  bitEqual(
    t,
    compiled(...(inputs as [Tensor, Tensor, Tensor])),
    f(...(inputs as [Tensor, Tensor, Tensor])),
  );
  t.is(compiled.explain()[0].program?.chains.length, 1);
});

/** Runs `f` while only so many bytes of the scratch memory are free. */
function withFree(bytes: number, f: () => void): void {
  const memory = scratch() as Scratch;
  const taken = memory.allocate(memory.available - bytes);
  try {
    f();
  } finally {
    memory.release(taken);
  }
}

test("a chain whose workspace does not fit runs step by step", (t) => {
  const f = (x: Tensor, w: Tensor): Tensor => relu(matmul(x, w));
  const [x, w] = [drawn([1601, 37], 1), drawn([37, 401], 2)];
  const compiled = jit(f);
  const expected = compiled(x, w);
  const { bytes = 0 } = compiled.explain()[0].program ?? {};
  withFree(bytes + 64, () => bitEqual(t, compiled(x, w), expected));
});

test("a convolution whose workspace does not fit throws, and leaves the memory as it was", (t) => {
  const f = jit((x: Tensor, k: Tensor) => ops.convGeneralDilated(x, k, { padding: "SAME" }));
  const [x, k] = [drawn([4, 9, 9, 16], 1), drawn([3, 3, 16, 16], 2)];
  const expected = f(x, k);
  const { bytes = 0 } = f.explain()[0].program ?? {};
  withFree(bytes + 64, () => {
    const before = scratch()?.available;
    t.throws(() => f(x, k), {
      instanceOf: RangeError,
      message: "convolution: the scratch memory must have room for workspace, got too little.",
    });
    t.is(scratch()?.available, before);
  });
  bitEqual(t, f(x, k), expected);
});

test("jit(f) of small arrays does not go block by block", (t) => {
  const f = jit((x: Tensor, w: Tensor) => relu(matmul(x, w)));
  f(drawn([64, 32], 1), drawn([32, 64], 2));
  t.deepEqual(f.explain()[0].program?.chains, []);
});

/** Operations on a value of 1031 rows and others that are there already, by number. */
const STEPS: readonly ((x: Tensor, other: Tensor, w: Tensor, b: Tensor) => Tensor)[] = [
  (x, _, w) => matmul(x, w),
  (x, _, __, b) => add(x, b),
  (x, other) => add(x, other),
  (x) => relu(x),
  (x, other) => ops.where(ops.greater(x, 0), x, other),
  (x) => ops.subtract(x, ops.mean(x, { axis: 1, keepdims: true })),
  (x) => ops.subtract(x, ops.max(x, { axis: 0 })),
  (x) => ops.softmax(x),
  (x, other) => multiply(ops.tanh(x), other),
  (x, other, w) => matmul(multiply(x, 0.5), add(w, sum(other, { axis: 0 }))),
];

test("jit(f) of random chains of products and element-wise operations has the bits of f", (t) => {
  const inputs = [drawn([1031, 520], 1), drawn([520, 520], 2), drawn([520], 3)];
  const choices = fc.array(
    fc.tuple(fc.integer({ min: 0, max: STEPS.length - 1 }), fc.integer({ min: 0, max: 99 })),
    { minLength: 2, maxLength: 8 },
  );
  let chained = 0;
  fc.assert(
    fc.property(choices, (steps) => {
      const f = (x: Tensor, w: Tensor, b: Tensor): Tensor[] => {
        const values = [x];
        for (const [step, other] of steps) {
          values.push(STEPS[step](values[values.length - 1], values[other % values.length], w, b));
        }
        return [values[values.length - 1], values[values.length >> 1]];
      };
      const [x, w, b] = inputs;
      const compiled = jit(f);
      const expected = f(x, w, b);
      compiled(x, w, b).forEach((y, i) => bitEqual(t, y, expected[i]));
      chained += compiled.explain()[0].program?.chains.length ?? 0;
    }),
    { seed: 20260803, numRuns: 30 },
  );
  t.true(chained > 10);
});
