import test from "ava";
import { digest, disagreement, summarize } from "@flaxen/bench/statistics.js";

test("summarize(samples) gives the middle, or the mean of the middle two", (t) => {
  t.deepEqual(summarize([3, 1, 2]), { median: 2, min: 1, max: 3, samples: 3 });
  t.deepEqual(summarize([10, 9, 1, 2]), { median: 5.5, min: 1, max: 10, samples: 4 });
  t.deepEqual(summarize([7]), { median: 7, min: 7, max: 7, samples: 1 });
});

test("digest(values) has evenly spaced elements and the moments of all", (t) => {
  t.deepEqual(digest([1, 3]), { size: 2, values: [1, 3], mean: 2, deviation: 1 });
  const { values, mean } = digest(Array.from({ length: 1024 }, (_, i) => i));
  t.is(values.length, 256);
  t.deepEqual(values.slice(0, 3), [0, 4, 8]);
  t.is(mean, 511.5);
});

test("disagreement(actual, expected, comparison) compares values or moments", (t) => {
  const x = digest([1, -2, 3]);
  t.is(disagreement(digest([1, -2, 3.0003]), x, "values"), undefined);
  t.is(disagreement(digest([1, -2, 3.01]), x, "values"), "it has 3.01 where flaxen has 3");
  t.is(disagreement(digest([1, NaN, 3]), x, "values"), "it has NaN where flaxen has -2");
  t.is(disagreement(digest([3, 1, -2]), x, "distribution"), undefined);
  t.is(disagreement(digest([3, 1, -1.7]), x, "distribution"), "its moments differ by 0.13");
});

test("disagreement of losses compares the steps that both have made", (t) => {
  const losses = digest([2, 1, 0.5, 0.2]);
  t.is(disagreement(digest([2, 1]), losses, "values"), undefined);
  t.not(disagreement(digest([2, 1.1]), losses, "values"), undefined);
});
