import test from "ava";
import fc from "fast-check";
import { gemm, gemmInScratch } from "@flaxen/linear-algebra";
import { bitEqual } from "@flaxen/testing";
import { scratch, setWasmEnabled } from "@flaxen/wasm";

type Floats = Float32Array | Float64Array;

interface Problem {
  readonly transA: boolean;
  readonly transB: boolean;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly double: boolean;
}

const memory = scratch()!;

function numbers(length: number, double: boolean, seed: number): Floats {
  const values = double ? new Float64Array(length) : new Float32Array(length);
  let state = seed | 1;
  for (let i = 0; i < length; i++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    values[i] = (state | 0) / 2 ** 31 + i * 2 ** -40;
  }
  return values;
}

function expected({ transA, transB, m, n, k, double }: Problem, a: Floats, b: Floats): Floats {
  const c = double ? new Float64Array(m * n) : new Float32Array(m * n);
  gemm(transA, transB, m, n, k, a, 0, b, 0, c, 0);
  return c;
}

/** C between two guards of 4 elements, computed by panels of `panel` rows of C. */
function inScratch(p: Problem, a: Floats, b: Floats, panel: number): Floats {
  const { transA, transB, m, n, k, double } = p;
  const bytes = double ? 8 : 4;
  const view = double ? memory.f64 : memory.f32;
  const at = memory.allocate(a.byteLength);
  const bt = memory.allocate(b.byteLength);
  const ct = memory.allocate((m * n + 8) * bytes) + 4 * bytes;
  try {
    view.set(a, at / bytes);
    view.set(b, bt / bytes);
    view.fill(-7, ct / bytes - 4, ct / bytes + m * n + 4);
    const dtype = double ? "float64" : "float32";
    for (let i = 0; i < m; i += panel) {
      const rows = Math.min(panel, m - i);
      // A panel of rows of A is contiguous only where A is not transposed.
      const from = at + i * k * bytes;
      if (!gemmInScratch(dtype, transA, transB, rows, n, k, from, bt, ct + i * n * bytes)) {
        throw new Error("not computed");
      }
    }
    return view.slice(ct / bytes - 4, ct / bytes + m * n + 4);
  } finally {
    memory.release(at);
  }
}

function guarded(c: Floats): number[] {
  return [-7, -7, -7, -7, ...c, -7, -7, -7, -7];
}

const size = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(1, 3, 31, 33, 64, 129));

test("gemmInScratch(...) has the bits of gemm, by panels of rows as well, and writes nothing but C", (t) => {
  fc.assert(
    fc.property(
      fc.record({
        transA: fc.boolean(),
        transB: fc.boolean(),
        m: size,
        n: size,
        k: fc.oneof(size, fc.constantFrom(0, 319, 321, 650)),
        double: fc.boolean(),
      }),
      fc.integer({ min: 1, max: 40 }),
      (p, panel) => {
        const a = numbers(p.m * p.k, p.double, p.m);
        const b = numbers(p.k * p.n, p.double, ~p.n);
        const before = memory.available;
        const rows = p.transA ? Math.max(1, p.m) : panel;
        bitEqual(t, inScratch(p, a, b, rows), guarded(expected(p, a, b)));
        t.is(memory.available, before);
      },
    ),
    { seed: 20252, numRuns: 150 },
  );
});

test("gemmInScratch(...) takes more columns than are packed at a time", (t) => {
  for (const double of [false, true]) {
    for (const transB of [false, true]) {
      const p = { transA: false, transB, m: 5, n: 4103, k: 11, double };
      const a = numbers(p.m * p.k, double, 1);
      const b = numbers(p.k * p.n, double, 2);
      bitEqual(t, inScratch(p, a, b, 5), guarded(expected(p, a, b)));
    }
  }
});

test("gemmInScratch(...) gives zeros for an empty sum and nothing for an empty matrix", (t) => {
  const at = memory.allocate(64);
  memory.f32.fill(5, at / 4, at / 4 + 16);
  t.true(gemmInScratch("float32", false, true, 2, 3, 0, at, at, at));
  t.deepEqual(Array.from(memory.f32.subarray(at / 4, at / 4 + 7)), [0, 0, 0, 0, 0, 0, 5]);
  t.true(gemmInScratch("float32", false, true, 0, 3, 4, at, at, at + 32));
  t.true(gemmInScratch("float32", false, true, 3, 0, 4, at, at, at + 32));
  t.is(memory.f32[at / 4 + 8], 5);
  memory.release(at);
});

test("gemmInScratch(...) is false without WebAssembly and when the workspace does not fit", (t) => {
  const at = memory.allocate(memory.available - 1024);
  t.false(gemmInScratch("float32", false, true, 16, 16, 16, at, at + 1024, at + 2048));
  // A small right operand that is not transposed needs none.
  t.true(gemmInScratch("float32", false, false, 16, 16, 16, at, at + 1024, at + 2048));
  memory.release(at);
  setWasmEnabled(false);
  t.false(gemmInScratch("float32", false, false, 2, 2, 2, 0, 16, 32));
  setWasmEnabled(true);
});

test("gemmInScratch(...) throws TypeError on another dtype", (t) => {
  t.throws(() => gemmInScratch("float16" as never, false, false, 2, 2, 2, 0, 16, 32), {
    instanceOf: TypeError,
    message: 'gemmInScratch: dtype must be "float32" or "float64", got "float16".',
  });
});

test("gemmInScratch(...) throws RangeError on sizes and addresses that are not counts", (t) => {
  t.throws(() => gemmInScratch("float32", false, false, 2, -2, 2, 0, 16, 32), {
    instanceOf: RangeError,
    message: "gemmInScratch: n must be a non-negative integer, got -2.",
  });
  t.throws(() => gemmInScratch("float32", false, false, 2, 2, 2, 0, NaN, 32), {
    instanceOf: RangeError,
    message: "gemmInScratch: b must be a non-negative integer, got NaN.",
  });
});

test("gemmInScratch(...) throws RangeError when a matrix does not lie in the scratch memory", (t) => {
  const { capacity } = memory;
  t.throws(() => gemmInScratch("float64", false, false, 2, 3, 2, 0, 64, capacity - 8), {
    instanceOf: RangeError,
    message: `gemmInScratch: c must have its 48 bytes in the ${capacity} of the scratch memory, got address ${capacity - 8}.`,
  });
});

test("gemmInScratch(...) computes blocks of C one by one, with the bits of the whole", (t) => {
  fc.assert(
    fc.property(
      fc.record({
        transA: fc.boolean(),
        transB: fc.boolean(),
        m: size,
        n: size,
        k: size,
        double: fc.boolean(),
      }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      (p, rows, columns) => {
        const { transA, transB, m, n, k, double } = p;
        const [a, b] = [numbers(m * k, double, 1), numbers(k * n, double, 2)];
        const bytes = double ? 8 : 4;
        const view = double ? memory.f64 : memory.f32;
        const at = memory.allocate(a.byteLength);
        const bt = memory.allocate(b.byteLength);
        const ct = memory.allocate(m * n * bytes);
        view.set(a, at / bytes);
        view.set(b, bt / bytes);
        view.fill(-7, ct / bytes, ct / bytes + m * n);
        const dtype = double ? "float64" : "float32";
        for (let i = 0; i < m; i += rows) {
          const taken = Math.min(rows, m - i);
          for (let j = 0; j < n; j += columns) {
            const width = Math.min(columns, n - j);
            gemmInScratch(dtype, transA, transB, m, n, k, at, bt, ct, i, taken, j, width);
          }
        }
        const c = view.slice(ct / bytes, ct / bytes + m * n);
        memory.release(at);
        bitEqual(t, c, expected(p, a, b));
      },
    ),
    { seed: 20261123, numRuns: 200 },
  );
});

test("gemmInScratch(...) throws RangeError on rows and columns that C does not have", (t) => {
  t.throws(() => gemmInScratch("float32", false, false, 2, 2, 2, 0, 16, 32, 1, 2), {
    instanceOf: RangeError,
    message: "gemmInScratch: first + rows must be at most m = 2, got 1 + 2.",
  });
  t.throws(() => gemmInScratch("float32", false, false, 2, 2, 2, 0, 16, 32, 0, 2, 3), {
    instanceOf: RangeError,
    message: "gemmInScratch: columns must be a non-negative integer, got -1.",
  });
  t.throws(() => gemmInScratch("float32", false, false, 2, 2, 2, 0, 16, 32, 0, 2, 1, 2), {
    instanceOf: RangeError,
    message: "gemmInScratch: firstColumn + columns must be at most n = 2, got 1 + 2.",
  });
});
