// Rates of the matrix product, with and without WebAssembly. Seeded inputs, median processor time of at
// least 9 samples.
import { cholesky, gemm, inv, lu, qr } from "@flaxen/linear-algebra";
import { NDArray } from "@flaxen/ndarray";
import { setWasmEnabled } from "@flaxen/wasm";

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

/** Median time of one call in milliseconds. */
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
  return samples.sort((a, b) => a - b)[samples.length >> 1];
}

function report(label, m, n, k, Type, transA, transB) {
  const a = numbers(Type, m * k, 1);
  const b = numbers(Type, k * n, 2);
  const c = new Type(m * n);
  const ms = time(() => gemm(transA, transB, m, n, k, a, 0, b, 0, c, 0));
  const rate = (2 * m * n * k) / ms / 1e6;
  console.log(
    `${label.padEnd(34)} ${(ms * 1e3).toFixed(1).padStart(9)} us ${rate.toFixed(1).padStart(6)} GFLOP/s`,
  );
}

for (const n of [8, 16, 64, 65, 127, 128, 129, 256, 257, 512, 513, 1024]) {
  report(`float32 ${n}`, n, n, n, Float32Array, false, false);
}
report("float32 256, A transposed", 256, 256, 256, Float32Array, true, false);
report("float32 256, B transposed", 256, 256, 256, Float32Array, false, true);
report("float32 256, both transposed", 256, 256, 256, Float32Array, true, true);
report("float32 vector by 1024 × 1024", 1, 1024, 1024, Float32Array, false, false);
report("float32 1024 × 1024 by a vector", 1024, 1, 1024, Float32Array, false, false);
report("float32 [64, 512] by [512, 10]", 64, 10, 512, Float32Array, false, false);
report("float64 256", 256, 256, 256, Float64Array, false, false);
setWasmEnabled(false);
report("float32 256, plain JavaScript", 256, 256, 256, Float32Array, false, false);
report("float64 256, plain JavaScript", 256, 256, 256, Float64Array, false, false);
setWasmEnabled(true);
const square = new NDArray(numbers(Float32Array, 512 * 512, 3), [512, 512]);
const definite = new NDArray(new Float32Array(512 * 512), [512, 512]);
gemm(true, false, 512, 512, 512, square.data, 0, square.data, 0, definite.data, 0);
for (let i = 0; i < 512; i++) definite.set(i, i, definite.get(i, i) + 1);
console.log(`qr float32 512 ${time(() => qr(square)).toFixed(1)} ms`);
console.log(`lu float32 512 ${time(() => lu(square)).toFixed(1)} ms`);
console.log(`cholesky float32 512 ${time(() => cholesky(definite)).toFixed(1)} ms`);
console.log(`inv float32 512 ${time(() => inv(square)).toFixed(1)} ms`);
