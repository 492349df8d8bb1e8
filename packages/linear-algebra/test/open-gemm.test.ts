import test from "ava";
import fc from "fast-check";
import { gemm, openGemm } from "@flaxen/linear-algebra";
import { bitEqual } from "@flaxen/testing";
import { scratch, setWasmEnabled } from "@flaxen/wasm";

const memory = scratch()!;

function numbers(length: number, double: boolean, seed: number): Float32Array | Float64Array {
  const values = double ? new Float64Array(length) : new Float32Array(length);
  let state = seed | 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    values[i] = state / 2 ** 31;
  }
  return values;
}

const size = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(1, 3, 31, 33, 64, 129));
const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

test("openGemm(...) by ranges of rows and columns has the bits of gemm, and writes nothing else", (t) => {
  fc.assert(
    fc.property(
      fc.record({
        transA: fc.boolean(),
        transB: fc.boolean(),
        m: size,
        n: fc.oneof(size, fc.constant(2100)),
        k: fc.oneof(size, fc.constantFrom(0, 319, 650)),
        double: fc.boolean(),
        byRows: fc.boolean(),
      }),
      cuts,
      ({ transA, transB, m, n, k, double, byRows }, lengths) => {
        const [a, b] = [numbers(m * k, double, m), numbers(k * n, double, n)];
        const c = double ? new Float64Array(m * n) : new Float32Array(m * n);
        gemm(transA, transB, m, n, k, a, 0, b, 0, c, 0);
        const bytes = double ? 8 : 4;
        const view = double ? memory.f64 : memory.f32;
        const before = memory.available;
        const at = memory.allocate(a.byteLength);
        const bt = memory.allocate(b.byteLength);
        const ct = memory.allocate((m * n + 8) * bytes) + 4 * bytes;
        view.set(a, at / bytes);
        view.set(b, bt / bytes);
        view.fill(-7, ct / bytes - 4, ct / bytes + m * n + 4);
        const product = openGemm(double ? "float64" : "float32", transA, transB, m, n, k)!;
        const lines = byRows ? m : n;
        for (let first = 0, i = 0; first < lines; i++) {
          const count = Math.min(lengths[i % lengths.length], lines - first);
          if (byRows) product(at, bt, ct, first, count, 0, n);
          else product(at, bt, ct, 0, m, first, count);
          first += count;
        }
        const result = view.slice(ct / bytes - 4, ct / bytes + m * n + 4);
        memory.release(at);
        t.is(memory.available, before);
        bitEqual(t, result, [-7, -7, -7, -7, ...c, -7, -7, -7, -7]);
      },
    ),
    { seed: 20253, numRuns: 150 },
  );
});

test("openGemm(...) packs the right operand anew for each range if it is large, and if it is another one", (t) => {
  const [m, n, k] = [40, 2100, 1030];
  const a = numbers(m * k, false, 1) as Float32Array;
  const at = memory.allocate(4 * m * k);
  memory.f32.set(a, at / 4);
  const rights = [2, 3].map((seed) => {
    const b = numbers(k * n, false, seed) as Float32Array;
    const bt = memory.allocate(4 * k * n);
    memory.f32.set(b, bt / 4);
    return { b, bt };
  });
  const ct = memory.allocate(4 * m * n);
  for (const columns of [n, 300]) {
    const work = memory.allocate(0);
    const product = openGemm("float32", false, false, m, columns, k)!;
    for (const { b, bt } of rights) {
      const c = new Float32Array(m * columns);
      gemm(false, false, m, columns, k, a, 0, b, 0, c, 0);
      product(at, bt, ct, 0, 24, 0, columns);
      product(at, bt, ct, 24, 16, 0, columns);
      bitEqual(t, memory.f32.slice(ct / 4, ct / 4 + m * columns), c);
    }
    memory.release(work);
  }
  memory.release(at);
});

test("openGemm(...) is undefined without WebAssembly and when the workspace does not fit", (t) => {
  const at = memory.allocate(memory.available - 1024);
  t.is(openGemm("float32", false, false, 16, 16, 16), undefined);
  t.is(openGemm("float64", false, false, 16, 1, 16), undefined);
  memory.release(at);
  setWasmEnabled(false);
  t.is(openGemm("float32", false, false, 2, 2, 2), undefined);
  setWasmEnabled(true);
});

test("openGemm(...) refuses what gemmInScratch refuses", (t) => {
  t.throws(() => openGemm("float16" as never, false, false, 2, 2, 2), {
    instanceOf: TypeError,
    message: 'gemmInScratch: dtype must be "float32" or "float64", got "float16".',
  });
  t.throws(() => openGemm("float32", false, false, 2, -2, 2), {
    instanceOf: RangeError,
    message: "gemmInScratch: n must be a non-negative integer, got -2.",
  });
  const at = memory.allocate(0);
  const product = openGemm("float32", false, false, 2, 2, 2)!;
  t.throws(() => product(0, 16, NaN, 0, 2, 0, 2), {
    instanceOf: RangeError,
    message: "gemmInScratch: c must be a non-negative integer, got NaN.",
  });
  memory.release(at);
});
