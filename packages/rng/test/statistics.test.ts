import test from "ava";
import { erf32 } from "@flaxen/dtype";
import {
  bernoulli,
  bits,
  foldIn,
  key,
  normal,
  permutation,
  randint,
  split,
  truncatedNormal,
  uniform,
} from "@flaxen/rng";
import type { Key } from "@flaxen/rng";
import { kolmogorovDistance, kolmogorovLimit } from "./kolmogorov.ts";

// Every key is fixed, so a test passes always or never. The limits are those that true samples leave once in a
// thousand times.
const LIMIT = 3.29;
const SIZE = 2 ** 18;

type Numbers = ArrayLike<number>;

/** How many standard deviations the chi-square of counts is off, by Wilson and Hilferty's cube root. */
function chiSquare(counts: Numbers, probabilities?: Numbers): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i];
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const expected = total * (probabilities?.[i] ?? 1 / counts.length);
    sum += (counts[i] - expected) ** 2 / expected;
  }
  const freedom = counts.length - 1;
  const variance = 2 / (9 * freedom);
  return (Math.cbrt(sum / freedom) - 1 + variance) / Math.sqrt(variance);
}

/** How often each of `0, 1, ..., bins - 1` occurs. */
function tally(size: number, bins: number, bin: (i: number) => number): Float64Array {
  const counts = new Float64Array(bins);
  for (let i = 0; i < size; i++) counts[bin(i)]++;
  return counts;
}

/** The correlation of two samples, in standard deviations of that of independent ones. */
function correlation(x: Numbers, y: Numbers): number {
  const n = Math.min(x.length, y.length);
  let [sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    sx += x[i];
    sy += y[i];
    sxx += x[i] * x[i];
    syy += y[i] * y[i];
    sxy += x[i] * y[i];
  }
  const covariance = sxy - (sx * sy) / n;
  return (covariance / Math.sqrt((sxx - (sx * sx) / n) * (syy - (sy * sy) / n))) * Math.sqrt(n);
}

const normalCumulative = (x: number): number => (1 + erf32(Math.fround(x / Math.SQRT2))) / 2;

/** A sample looks like independent draws from a distribution. */
const continuous = test.macro<[string, (key: Key) => Numbers, (x: number) => number]>({
  exec(t, _, draw, cumulative) {
    for (const partitionable of [true, false]) {
      const sample = draw(key(2024, { partitionable }));
      t.true(kolmogorovDistance(sample, cumulative) < kolmogorovLimit(SIZE), "distribution");
      for (const lag of [1, 2, 3, 128, SIZE / 2]) {
        const later = Array.prototype.slice.call(sample, lag) as number[];
        t.true(Math.abs(correlation(sample, later)) < LIMIT, `lag ${lag}`);
      }
      // Pairs of neighbours fall into the squares of a grid equally often.
      const square = (i: number): number => Math.min(31, Math.floor(32 * cumulative(sample[i])));
      const pairs = tally(SIZE / 2, 1024, (i) => 32 * square(2 * i) + square(2 * i + 1));
      t.true(Math.abs(chiSquare(pairs)) < LIMIT, "pairs");
    }
  },
  title: (_, name) => `${name} draws independently from its distribution`,
});

test(
  continuous,
  "uniform(key, shape)",
  (k) => uniform(k, [SIZE]).data as Float32Array,
  (x) => x,
);
test(
  continuous,
  "uniform(key, shape, { minval, maxval })",
  (k) => uniform(k, [SIZE], { minval: -3, maxval: 5, dtype: "float64" }).data as Float64Array,
  (x) => (x + 3) / 8,
);
test(
  continuous,
  "normal(key, shape)",
  (k) => normal(k, [SIZE]).data as Float32Array,
  normalCumulative,
);
test(
  continuous,
  "truncatedNormal(key, lower, upper, shape)",
  (k) => truncatedNormal(k, -0.5, 2, [SIZE]).data as Float32Array,
  (x) =>
    (normalCumulative(x) - normalCumulative(-0.5)) / (normalCumulative(2) - normalCumulative(-0.5)),
);
test(
  continuous,
  "randint(key, shape, 0, 2^30)",
  (k) => randint(k, [SIZE], 0, 2 ** 30).data as Int32Array,
  (x) => x / 2 ** 30,
);

test("bits(key, shape) has equally frequent bytes, bit pairs and ranks", (t) => {
  for (const partitionable of [true, false]) {
    const words = bits(key(5, { partitionable }), [SIZE]).data as Uint32Array;
    for (let shift = 0; shift < 32; shift += 8) {
      const bytes = tally(SIZE, 256, (i) => (words[i] >>> shift) & 255);
      t.true(Math.abs(chiSquare(bytes)) < LIMIT, `byte at ${shift}`);
    }
    for (let bit = 0; bit < 32; bit++) {
      const pairs = tally(
        SIZE - 1,
        4,
        (i) => 2 * ((words[i] >>> bit) & 1) + ((words[i + 1] >>> bit) & 1),
      );
      t.true(Math.abs(chiSquare(pairs)) < LIMIT, `bit ${bit}`);
    }
    // Which of three neighbours is the largest, and so on: six orders.
    const orders = tally(Math.floor(SIZE / 3), 8, (i) => {
      const [a, b, c] = [words[3 * i], words[3 * i + 1], words[3 * i + 2]];
      return (a < b ? 4 : 0) + (b < c ? 2 : 0) + (a < c ? 1 : 0);
    }).filter((count) => count > 0);
    t.is(orders.length, 6);
    t.true(Math.abs(chiSquare(orders)) < LIMIT, "orders");
  }
});

test("uniform(key, shape) of related keys is not correlated", (t) => {
  const root = key(11);
  // foldIn(root, 0) would be split(root)[0] in this layout.
  const keys = [root, key(12), ...split(root, 3), foldIn(root, 3), foldIn(root, 2 ** 31)];
  const samples = keys.map((k) => uniform(k, [SIZE / 4]).data as Float32Array);
  samples.forEach((x, i) =>
    samples.slice(0, i).forEach((y, j) => {
      t.true(Math.abs(correlation(x, y)) < LIMIT, `keys ${i} and ${j}`);
    }),
  );
  // The first number of each of many keys.
  const first = split(root, 2 ** 12).map((k) => uniform(k).item() as number);
  t.true(kolmogorovDistance(first, (x) => x) < kolmogorovLimit(first.length));
  const folded = first.map((_, i) => uniform(foldIn(root, i)).item() as number);
  t.true(kolmogorovDistance(folded, (x) => x) < kolmogorovLimit(first.length));
  t.true(Math.abs(correlation(folded, folded.slice(1))) < LIMIT);
});

test("bernoulli(key, p, shape) is true as often as p says, whatever came before", (t) => {
  for (const p of [0.5, 0.3, 0.01]) {
    const draws = bernoulli(key(7), p, [SIZE]).data as Uint8Array;
    const runs = tally(SIZE / 4, 16, (i) =>
      [0, 1, 2, 3].reduce((pattern, j) => 2 * pattern + draws[4 * i + j], 0),
    );
    const weights = [...runs.keys()].map((pattern) => {
      const ones = [1, 2, 4, 8].filter((bit) => pattern & bit).length;
      return p ** ones * (1 - p) ** (4 - ones);
    });
    // Patterns too rare for the chi-square are counted together.
    const rare = [...runs.keys()].filter((i) => weights[i] * (SIZE / 4) < 10);
    const common = [...runs.keys()].filter((i) => !rare.includes(i));
    const sums = (x: Numbers): number[] => {
      const rest = rare.reduce((sum, i) => sum + x[i], 0);
      return [...common.map((i) => x[i]), ...(rare.length > 0 ? [rest] : [])];
    };
    t.true(Math.abs(chiSquare(sums(runs), sums(weights))) < LIMIT, `p = ${p}`);
  }
});

test("randint(key, shape, minval, maxval) draws every integer equally often", (t) => {
  for (const [minval, maxval] of [
    [0, 2],
    [-3, 7],
    [0, 256],
    [-500, 501],
  ]) {
    // prettier-ignore
    const draws = randint(key(9), [SIZE], minval, maxval).data as Int32Array;
    const counts = tally(SIZE, maxval - minval, (i) => draws[i] - minval);
    t.true(Math.abs(chiSquare(counts)) < LIMIT, `${minval} to ${maxval}`);
  }
});

// As in JAX, whose answers it has to equal: 2^32 is no multiple of this span, and only 32 random bits count.
test("randint(key, shape, minval, maxval) is biased where the span is above 2^16 and no power of 2", (t) => {
  const span = 3 * 2 ** 29;
  const draws = randint(key(9), [SIZE], 0, span).data as Int32Array;
  const low = tally(SIZE, 2, (i) => (draws[i] < 2 ** 30 ? 0 : 1));
  t.true(Math.abs(chiSquare(low, [3 / 4, 1 / 4])) < LIMIT);
});

test("permutation(key, n) gives every order equally often", (t) => {
  const counts = new Map<string, number>();
  for (const k of split(key(13), 24 * 250)) {
    const order = String(permutation(k, 4).data);
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  t.is(counts.size, 24);
  t.true(Math.abs(chiSquare([...counts.values()])) < LIMIT);
});

test("permutation(key, n) moves every element anywhere", (t) => {
  const n = 2 ** 16;
  const order = permutation(key(14), n).data as Int32Array;
  const moves = tally(n, 256, (i) => 16 * (i >>> 12) + (order[i] >>> 12));
  t.true(Math.abs(chiSquare(moves)) < LIMIT);
  t.true(Math.abs(correlation(order, order.slice(1))) < LIMIT);
  t.true(Math.abs(correlation(order, [...order.keys()])) < LIMIT);
});
