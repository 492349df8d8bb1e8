import test from "ava";
import { numbers, oneHot, permuted, trainingTask } from "@flaxen/bench/inputs.js";

test("numbers(length, seed) repeats itself and spreads over [-1, 1)", (t) => {
  const x = numbers(10_000, 1);
  t.deepEqual(numbers(10_000, 1), x);
  t.notDeepEqual(numbers(10_000, 2), x);
  t.true(x.every((value) => value >= -1 && value < 1));
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const square = x.reduce((sum, value) => sum + value ** 2, 0) / x.length;
  t.true(Math.abs(mean) < 0.03);
  t.true(Math.abs(square - 1 / 3) < 0.02);
});

test("permuted(values, shape, axes) transposes", (t) => {
  const x = Float32Array.of(0, 1, 2, 3, 4, 5);
  t.deepEqual([...permuted(x, [2, 3], [1, 0])], [0, 3, 1, 4, 2, 5]);
  t.deepEqual(permuted(permuted(x, [1, 2, 3], [2, 0, 1]), [3, 1, 2], [1, 2, 0]), x);
});

test("oneHot(indices, classes) has a one in each row", (t) => {
  t.deepEqual([...oneHot(Int32Array.of(1, 0), 3)], [0, 1, 0, 1, 0, 0]);
});

test("trainingTask(kind, batch) makes layers that fit the batch", (t) => {
  const { layers, inputShape, inputs, labels } = trainingTask("cnn", 4);
  t.deepEqual(inputShape, [4, 28, 28, 1]);
  t.is(inputs.length, 4 * 28 * 28);
  t.deepEqual(
    layers.map(({ kernel, shape }) => kernel.length === shape.reduce((a, b) => a * b)),
    [true, true, true, true],
  );
  t.true(labels.every((label) => label >= 0 && label < 10));
});
