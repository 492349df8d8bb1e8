// Values: nnx.metrics of flax 0.12.8 with the same updates.
import type { Tensor } from "@flaxen/autodiff";
import { array, zeros } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { closeTo } from "@flaxen/testing";
import test from "ava";
import * as nnx from "@flaxen/nnx";

const item = (x: Tensor): number => (x as NDArray).item() as number;

test("Average is NaN before the first update and after reset", (t) => {
  const average = new nnx.Average();
  t.is(item(average.compute()), NaN);
  average.update({ values: array([1, 2, 3, 4]) });
  t.is(item(average.compute()), 2.5);
  average.update({ values: array([3, 2, 1, 0]), other: "ignored" });
  t.is(item(average.compute()), 2);
  average.reset();
  t.is(item(average.compute()), NaN);
  t.deepEqual([average.total.dtype, average.count.dtype], ["float32", "int32"]);
});

// a.update(values=jnp.array([1., 2, 3, 4])); a.update(values=jnp.array([3., 2, 1, 0])); a.update(values=3.5)
test("Average counts a number as one value", (t) => {
  const average = new nnx.Average("loss");
  average.update({ loss: array([1, 2, 3, 4]) });
  average.update({ loss: [3, 2, 1, 0] });
  average.update({ loss: 3.5 });
  closeTo(t, average.compute(), 2.1666667);
});

// a.update(values=jnp.array([[1., 2], [3, 4]]), mask=jnp.array([[1], [0]])): 3 / 1
test("Average weighs values by the mask and counts the mask as it is", (t) => {
  const average = new nnx.Average();
  average.update({
    values: [
      [1, 2],
      [3, 4],
    ],
    mask: [[1], [0]],
  });
  t.is(item(average.compute()), 3);
  average.reset();
  average.update({ values: [1, 2, 3], mask: array([true, false, true]) });
  t.is(item(average.compute()), 2);
  average.update({ values: [1, 2, 3], mask: null });
  t.is(item(average.compute()), 2);
});

test("Average casts half precision and integers to float32", (t) => {
  const average = new nnx.Average();
  average.update({ values: array([1, 2], "int32") });
  average.update({ values: array([0.5, 0.5], "bfloat16") });
  t.is(item(average.compute()), 1);
  t.is(average.total.dtype, "float32");
});

test("Accuracy compares the argmax with labels of any rank", (t) => {
  const accuracy = new nnx.Accuracy();
  accuracy.update({
    logits: [
      [0.1, 0.9],
      [0.8, 0.2],
      [0.3, 0.7],
    ],
    labels: array([1, 1, 1], "int32"),
  });
  closeTo(t, accuracy.compute(), 2 / 3);
  accuracy.reset();
  accuracy.update({
    logits: zeros([2, 3, 4]),
    labels: array(
      [
        [0, 0, 0],
        [1, 0, 0],
      ],
      "uint8",
    ),
  });
  closeTo(t, accuracy.compute(), 5 / 6);
  accuracy.reset();
  accuracy.update({ logits: [1, 2, 3], labels: array(2, "int32") });
  t.is(item(accuracy.compute()), 1);
});

// nnx.metrics.Accuracy(threshold=0.5): logits [0.8, 0.3, 0.5, 0.1], labels [1, 0, 0, 1] -> 0.5
test("Accuracy with a threshold takes logits of the shape of the labels", (t) => {
  const accuracy = new nnx.Accuracy({ threshold: 0.5 });
  accuracy.update({ logits: [0.8, 0.3, 0.5, 0.1], labels: [1, 0, 0, 1] });
  t.is(item(accuracy.compute()), 0.5);
  accuracy.update({ logits: [0.8, 0.3], labels: [1, 1], mask: [1, 0] });
  t.is(item(accuracy.compute()), Math.fround(0.6));
});

test("MultiMetric hands everything to every metric, and masks by name", (t) => {
  const metrics = new nnx.MultiMetric({
    loss: new nnx.Average("loss"),
    accuracy: new nnx.Accuracy(),
  });
  const logits = [
    [2, 1],
    [0, 3],
    [1, 0],
  ];
  metrics.update({ loss: [1, 2, 6], logits, labels: [0, 1, 1] });
  const { loss, accuracy } = metrics.compute();
  t.is(item(loss), 3);
  closeTo(t, accuracy, 2 / 3);
  t.deepEqual(Object.keys(metrics.compute()), ["loss", "accuracy"]);
  metrics.reset();
  metrics.update({ loss: [1, 2, 6], logits, labels: [0, 1, 1], mask: { accuracy: [1, 1, 0] } });
  t.deepEqual(Object.values(metrics.compute()).map(item), [3, 1]);
  metrics.reset();
  metrics.update({ loss: [1, 2, 6], logits, labels: [0, 1, 1], mask: array([1, 1, 0]) });
  t.deepEqual(Object.values(metrics.compute()).map(item), [1.5, 1]);
});

test("MultiMetric keeps its state under the names of the metrics", (t) => {
  const metrics = new nnx.MultiMetric({
    loss: new nnx.Average("loss"),
    accuracy: new nnx.Accuracy(),
  });
  t.deepEqual(
    nnx.toFlatState(nnx.state(metrics)).map(([path]) => path.join(".")),
    ["accuracy.count", "accuracy.total", "loss.count", "loss.total"],
  );
});

test("MultiMetric changes nothing when one of its metrics throws", (t) => {
  const metrics = new nnx.MultiMetric({
    loss: new nnx.Average("loss"),
    accuracy: new nnx.Accuracy(),
  });
  metrics.update({ loss: 1, logits: [[1, 0]], labels: [0] });
  t.throws(() => metrics.update({ loss: 5, logits: [[1, 0]], labels: [[0]] }));
  t.deepEqual(Object.values(metrics.compute()).map(item), [1, 1]);
});
