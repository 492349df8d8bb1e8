// Rates of the matrix product, with and without WebAssembly. Seeded inputs, processor times of at least 9 samples: the
// median, and the best tenth, which other jobs on the machine disturb less.
import { cholesky, gemm, gemmInScratch, inv, lu, matmul, qr, svd } from "@flaxen/linear-algebra";
import { NDArray } from "@flaxen/ndarray";
import { scratch, setWasmEnabled } from "@flaxen/wasm";

const BUDGET_MS = 250;

function numbers(Type, length, seed) {
  const values = new Type(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    values[i] = state / 2 ** 31;
  }
  return values;
}

/** Processor time of this process: other jobs on the machine disturb it little. */
function processorTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

/** Times of one call in milliseconds: the median and the best tenth. */
function time(run) {
  run();
  const calibration = processorTime();
  run();
  const once = processorTime() - calibration;
  const calls = Math.max(1, Math.round(2 / Math.max(once, 1e-4)));
  const samples = [];
  const end = processorTime() + BUDGET_MS;
  while (samples.length < 9 || processorTime() < end) {
    const start = processorTime();
    for (let i = 0; i < calls; i++) run();
    samples.push((processorTime() - start) / calls);
  }
  samples.sort((a, b) => a - b);
  return [samples[samples.length >> 1], samples[Math.floor(samples.length / 10)]];
}

function print(label, flop, [median, best]) {
  const columns = [median, best].map(
    (ms) =>
      `${(ms * 1e3).toFixed(1).padStart(9)} us ${(flop / ms / 1e6).toFixed(1).padStart(6)} GFLOP/s`,
  );
  console.log(`${label.padEnd(34)} ${columns.join("   best")}`);
}

function report(label, m, n, k, Type, transA, transB) {
  const a = numbers(Type, m * k, 1);
  const b = numbers(Type, k * n, 2);
  const c = new Type(m * n);
  const times = time(() => gemm(transA, transB, m, n, k, a, 0, b, 0, c, 0));
  print(label, 2 * m * n * k, times);
}

function reportOthers(n) {
  const [a, b] = [1, 2].map((seed) => new NDArray(numbers(Float32Array, n * n, seed), [n, n]));
  const flop = 2 * n ** 3;
  print(
    `  matmul ${n}`,
    flop,
    time(() => matmul(a, b)),
  );
  const memory = scratch();
  if (!memory) return;
  const at = memory.allocate(12 * n * n);
  const [bAt, cAt] = [at + 4 * n * n, at + 8 * n * n];
  memory.f32.set(a.data, at / 4);
  memory.f32.set(b.data, bAt / 4);
  const run = () => gemmInScratch("float32", false, false, n, n, n, at, bAt, cAt);
  print(`  gemmInScratch ${n}`, flop, time(run));
  memory.release(at);
}

for (const n of [8, 16, 64, 65, 127, 128, 129, 256, 257, 512, 513, 1024]) {
  report(`float32 ${n}`, n, n, n, Float32Array, false, false);
  reportOthers(n);
}
report("float32 256, A transposed", 256, 256, 256, Float32Array, true, false);
report("float32 256, B transposed", 256, 256, 256, Float32Array, false, true);
report("float32 256, both transposed", 256, 256, 256, Float32Array, true, true);
report("float32 vector by 1024 × 1024", 1, 1024, 1024, Float32Array, false, false);
report("float32 1024 × 1024 by a vector", 1024, 1, 1024, Float32Array, false, false);
for (const m of [2, 4, 6, 8]) {
  report(`float32 ${m} rows by 1024 × 1024`, m, 1024, 1024, Float32Array, false, false);
}
report("float32 [64, 512] by [512, 10]", 64, 10, 512, Float32Array, false, false);
report("float64 256", 256, 256, 256, Float64Array, false, false);
setWasmEnabled(false);
report("float32 256, plain JavaScript", 256, 256, 256, Float32Array, false, false);
report("float64 256, plain JavaScript", 256, 256, 256, Float64Array, false, false);
setWasmEnabled(true);
const square = new NDArray(numbers(Float32Array, 512 * 512, 3), [512, 512]);
const smaller = square.hi(256, 256);
const definite = new NDArray(new Float32Array(512 * 512), [512, 512]);
gemm(true, false, 512, 512, 512, square.data, 0, square.data, 0, definite.data, 0);
for (let i = 0; i < 512; i++) definite.set(i, i, definite.get(i, i) + 1);
for (const [label, run] of Object.entries({
  "qr float32 512": () => qr(square),
  "lu float32 512": () => lu(square),
  "cholesky float32 512": () => cholesky(definite),
  "inv float32 512": () => inv(square),
  "svd float32 256": () => svd(smaller),
})) {
  const [median, best] = time(run);
  console.log(`${label.padEnd(34)} ${median.toFixed(1)} ms   best ${best.toFixed(1)} ms`);
}
