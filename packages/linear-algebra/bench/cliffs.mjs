// Looks for cliffs: sizes whose product has a much lower rate than that of the sizes rounded up to multiples of 16.
//
//   node packages/linear-algebra/bench/cliffs.mjs [--of gemm|matmul|gemmInScratch] [--dtype float32] [--to 130]
//     [--random 200] [--most 300] [--least 1] [--all]
//
// Squares m = n = k up to `--to`, then random triples with sizes from `--least` to `--most`. The samples of a shape and of
// its rounded shape alternate, and each takes its best sample, which other jobs on the machine disturb least.
import { parseArgs } from "node:util";
import { gemm, gemmInScratch, matmul } from "@flaxen/linear-algebra";
import { NDArray } from "@flaxen/ndarray";
import { scratch } from "@flaxen/wasm";

const { values: options } = parseArgs({
  options: {
    of: { type: "string", default: "gemm" },
    dtype: { type: "string", default: "float32" },
    to: { type: "string", default: "130" },
    random: { type: "string", default: "200" },
    least: { type: "string", default: "1" },
    most: { type: "string", default: "300" },
    all: { type: "boolean", default: false },
  },
});
/** Samples of each shape, and how long one is at least. */
const SAMPLES = 25;
const SAMPLE_NS = 40_000;

let state = 1;
function random() {
  state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return (state >>> 0) / 2 ** 32;
}

const Type = options.dtype === "float32" ? Float32Array : Float64Array;
const numbers = (length) => Type.from({ length }, () => random() * 2 - 1);

/** The product of a shape, to be called many times. */
function product(m, n, k) {
  const a = numbers(m * k);
  const b = numbers(k * n);
  if (options.of === "matmul") {
    const [x, y] = [new NDArray(a, [m, k]), new NDArray(b, [k, n])];
    return { run: () => matmul(x, y), end() {} };
  }
  if (options.of === "gemm") {
    const c = new Type(m * n);
    return { run: () => gemm(false, false, m, n, k, a, 0, b, 0, c, 0), end() {} };
  }
  const memory = scratch();
  const bytes = Type.BYTES_PER_ELEMENT;
  const view = bytes === 4 ? memory.f32 : memory.f64;
  const [at, bAt, cAt] = [a.length, b.length, m * n].map((size) =>
    memory.allocate(size * bytes + 256),
  );
  view.set(a, at / bytes);
  view.set(b, bAt / bytes);
  return {
    run: () => gemmInScratch(options.dtype, false, false, m, n, k, at, bAt, cAt),
    end: () => memory.release(at),
  };
}

function nanoseconds(run, calls) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) run();
  return Number(process.hrtime.bigint() - start) / calls;
}

/** The best times of some shapes, whose samples alternate. */
function compare(shapes) {
  const entries = shapes.map(([m, n, k]) => {
    const { run, end } = product(m, n, k);
    for (let i = 0; i < 3; i++) run();
    let calls = 1;
    while (nanoseconds(run, calls) * calls < SAMPLE_NS) calls *= 2;
    return { run, end, calls, best: Infinity };
  });
  for (let s = 0; s < SAMPLES; s++) {
    for (const entry of entries) {
      entry.best = Math.min(entry.best, nanoseconds(entry.run, entry.calls));
    }
  }
  for (const { end } of entries.toReversed()) end();
  return entries.map(({ best }) => best);
}

/** A shape's rate over the rounded shape's. */
function measure(m, n, k) {
  const rounded = [m, n, k].map((size) => Math.ceil(size / 16) * 16);
  const [own, other] = compare([[m, n, k], rounded]);
  const rate = (2 * m * n * k) / own;
  return {
    shape: [m, n, k],
    own,
    rate,
    ratio: rate / ((2 * rounded.reduce((x, y) => x * y)) / other),
  };
}

function print({ shape, own, rate, ratio }) {
  const time = `${(own / 1e3).toFixed(2)} us`;
  console.log(
    `${shape.join(" × ").padEnd(18)} ${time.padStart(12)} ${rate.toFixed(1).padStart(6)} GFLOP/s   ratio ${ratio.toFixed(2)}`,
  );
}

function report(title, shapes) {
  if (shapes.length === 0) return;
  // The first turn compiles.
  for (const [m, n, k] of shapes.slice(0, 40)) measure(m, n, k);
  const results = shapes.map(([m, n, k]) => measure(m, n, k));
  const sorted = results.toSorted((x, y) => x.ratio - y.ratio);
  const below = sorted.filter(({ ratio }) => ratio < 0.8);
  console.log(
    `${title}: ${below.length} of ${shapes.length} below 0.8, median ratio ${sorted[sorted.length >> 1].ratio.toFixed(2)}`,
  );
  for (const result of options.all ? results : sorted.slice(0, 12)) print(result);
}

const squares = Array.from({ length: Number(options.to) }, (_, i) => [i + 1, i + 1, i + 1]);
report(
  "squares",
  squares.filter(([n]) => n >= Number(options.least)),
);
const [least, most] = [Number(options.least), Number(options.most)];
const size = () => least + Math.floor(random() * (most - least + 1));
report(
  "random",
  Array.from({ length: Number(options.random) }, () => [size(), size(), size()]),
);
process.exit(0);
