import test from "ava";
import fc from "fast-check";
import { gemm } from "@flaxen/linear-algebra";
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
  readonly seed: number;
}

/** Sizes around every tile and panel edge. */
const size = fc.oneof(
  fc.integer({ min: 0, max: 20 }),
  fc.constantFrom(0, 1, 31, 33, 64, 95, 97, 101),
);

const problem: fc.Arbitrary<Problem> = fc.record({
  transA: fc.boolean(),
  transB: fc.boolean(),
  m: size,
  n: size,
  k: fc.oneof(size, fc.constantFrom(255, 256, 257, 600)),
  double: fc.boolean(),
  seed: fc.nat(2 ** 31),
});

/** A quick generator of numbers in (-1, 1) with full mantissas. */
function numbers(length: number, double: boolean, seed: number): Floats {
  const values = double ? new Float64Array(length) : new Float32Array(length);
  let state = seed | 1;
  for (let i = 0; i < length; i++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    values[i] = (state | 0) / 2 ** 31 + i * 2 ** -40;
  }
  return values;
}

/** The definition: sums in ascending order of k from +0, each product and each sum rounded. */
function definition({ transA, transB, m, n, k }: Problem, a: Floats, b: Floats): Floats {
  const round = a instanceof Float32Array ? Math.fround : (x: number) => x;
  const c = a instanceof Float32Array ? new Float32Array(m * n) : new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) {
        sum = round(
          sum + round(a[transA ? p * m + i : i * k + p] * b[transB ? j * k + p : p * n + j]),
        );
      }
      c[i * n + j] = sum;
    }
  }
  return c;
}

function product(
  { transA, transB, m, n, k }: Problem,
  a: Floats,
  b: Floats,
  wasm: boolean,
): Floats {
  const c = a instanceof Float32Array ? new Float32Array(m * n) : new Float64Array(m * n);
  c.fill(NaN);
  setWasmEnabled(wasm);
  try {
    gemm(transA, transB, m, n, k, a, 0, b, 0, c, 0);
  } finally {
    setWasmEnabled(true);
  }
  return c;
}

test("gemm(...) has the bits of its definition, with and without WebAssembly", (t) => {
  fc.assert(
    fc.property(problem, (p) => {
      const a = numbers(p.m * p.k, p.double, p.seed);
      const b = numbers(p.k * p.n, p.double, ~p.seed);
      const expected = definition(p, a, b);
      bitEqual(t, product(p, a, b, true), expected);
      bitEqual(t, product(p, a, b, false), expected);
    }),
    { seed: 20250, numRuns: 150 },
  );
});

test("gemm(...) has the bits of its definition for a few rows or columns and at every edge of a tile", (t) => {
  const check = (m: number, n: number, k: number, double: boolean): void => {
    const a = numbers(m * k, double, m + 1);
    const b = numbers(k * n, double, n + 2);
    for (const transA of [false, true]) {
      for (const transB of [false, true]) {
        const p = { transA, transB, m, n, k, double, seed: 0 };
        const expected = definition(p, a, b);
        bitEqual(t, product(p, a, b, true), expected);
        bitEqual(t, product(p, a, b, false), expected);
      }
    }
  };
  for (const double of [false, true]) {
    // Long right operands come in by blocks.
    for (const m of [1, 2, 3, 5]) check(m, 301, 333, double);
    check(2, 70, 2500, double);
    check(1, 3000, 40, double);
    for (const n of [1, 2, 3]) check(301, n, 333, double);
    for (let rest = 0; rest < 8; rest++) {
      check(36 + rest, 40 + rest, 17 + rest, double);
      check(129 + rest, 9, 321, double);
      check(13, 32 + rest, 1, double);
      for (let m = 4; m < 14; m++) check(m, 9 + rest, 6, double);
      for (const m of [5, 7, 12]) check(m, 20 + rest, 700 + rest, double);
    }
  }
});

test("gemm(...) treats infinities, NaN, zeros and subnormals alike with and without WebAssembly", (t) => {
  const special = fc.constantFrom(
    0,
    -0,
    1,
    -1,
    Infinity,
    -Infinity,
    NaN,
    2 ** -149,
    2 ** -126,
    3e38,
  );
  fc.assert(
    fc.property(
      fc.record({
        transA: fc.boolean(),
        transB: fc.boolean(),
        m: fc.integer({ min: 8, max: 13 }),
        n: fc.integer({ min: 8, max: 13 }),
        k: fc.integer({ min: 8, max: 13 }),
      }),
      fc.array(special, { minLength: 2 * 13 * 13, maxLength: 2 * 13 * 13 }),
      (sizes, values) => {
        const p = { ...sizes, double: false, seed: 0 };
        const a = Float32Array.from(values.slice(0, p.m * p.k));
        const b = Float32Array.from(values.slice(169, 169 + p.k * p.n));
        const expected = definition(p, a, b);
        bitEqual(t, product(p, a, b, true), expected);
        bitEqual(t, product(p, a, b, false), expected);
      },
    ),
    { seed: 20251, numRuns: 50 },
  );
});

test("gemm(...) reads and writes at its offsets and nowhere else", (t) => {
  for (const wasm of [true, false]) {
    const a = Float32Array.of(NaN, ...numbers(77, false, 1), NaN);
    const b = Float32Array.of(NaN, NaN, ...numbers(63, false, 2), NaN);
    const c = new Float32Array(11 * 9 + 6).fill(-7);
    setWasmEnabled(wasm);
    gemm(false, false, 11, 9, 7, a, 1, b, 2, c, 3);
    setWasmEnabled(true);
    const p = { transA: false, transB: false, m: 11, n: 9, k: 7, double: false, seed: 0 };
    const expected = definition(p, a.subarray(1, 78), b.subarray(2, 65));
    bitEqual(t, c, Float32Array.of(-7, -7, -7, ...expected, -7, -7, -7));
  }
});

test("gemm(...) brings operands in by blocks when the scratch memory is short", (t) => {
  const memory = scratch()!;
  for (const kilobytes of [1500, 1200]) {
    for (const [transA, transB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      const p = { transA, transB, m: 150, n: 130, k: 1100, double: false, seed: 3 };
      const a = numbers(p.m * p.k, false, 4);
      const b = numbers(p.k * p.n, false, 5);
      const taken = memory.allocate(memory.available - kilobytes * 1024);
      const c = product(p, a, b, true);
      memory.release(taken);
      bitEqual(t, c, product(p, a, b, true));
    }
  }
});

test("gemm(...) does without WebAssembly when no scratch memory is left", (t) => {
  const memory = scratch()!;
  const p = { transA: false, transB: false, m: 20, n: 20, k: 20, double: false, seed: 3 };
  const a = numbers(400, false, 4);
  const taken = memory.allocate(memory.available);
  const c = product(p, a, a, true);
  memory.release(taken);
  bitEqual(t, c, definition(p, a, a));
});

test("gemm(...) leaves the scratch memory as it found it", (t) => {
  const before = scratch()!.available;
  const a = numbers(900, true, 4);
  gemm(false, true, 30, 30, 30, a, 0, a, 0, new Float64Array(900), 0);
  t.is(scratch()!.available, before);
});

const f = new Float32Array(4);

test("gemm(...) throws RangeError on sizes and offsets that are not counts", (t) => {
  t.throws(() => gemm(false, false, -1, 2, 2, f, 0, f, 0, f, 0), {
    instanceOf: RangeError,
    message: "gemm: m must be a non-negative integer, got -1.",
  });
  t.throws(() => gemm(false, false, 2, NaN, 2, f, 0, f, 0, f, 0), {
    instanceOf: RangeError,
    message: "gemm: n must be a non-negative integer, got NaN.",
  });
  t.throws(() => gemm(false, false, 2, 2, 0.5, f, 0, f, 0, f, 0), {
    instanceOf: RangeError,
    message: "gemm: k must be a non-negative integer, got 0.5.",
  });
  t.throws(() => gemm(false, false, 1, 1, 1, f, 0, f, Infinity, f, 0), {
    instanceOf: RangeError,
    message: "gemm: bOffset must be a non-negative integer, got Infinity.",
  });
});

test("gemm(...) throws RangeError when a matrix does not fit into its array", (t) => {
  t.throws(() => gemm(false, false, 2, 1, 3, f, 0, f, 0, f, 0), {
    instanceOf: RangeError,
    message: "gemm: a must hold 6 elements from offset 0 on, got length 4.",
  });
  t.throws(() => gemm(false, false, 1, 2, 2, f, 0, f, 1, f, 0), {
    instanceOf: RangeError,
    message: "gemm: b must hold 4 elements from offset 1 on, got length 4.",
  });
  t.throws(() => gemm(false, false, 2, 2, 0, f, 0, f, 0, f, 3), {
    instanceOf: RangeError,
    message: "gemm: c must hold 4 elements from offset 3 on, got length 4.",
  });
});

test("gemm(...) throws TypeError on arrays of different kinds", (t) => {
  t.throws(() => gemm(false, false, 2, 2, 2, f, 0, new Float64Array(4), 0, f, 0), {
    instanceOf: TypeError,
    message:
      "gemm: a, b and c must be Float32Arrays or Float64Arrays alike, got Float32Array, Float64Array, Float32Array.",
  });
  t.throws(() => gemm(false, false, 2, 2, 2, [1, 2, 3, 4] as never, 0, f, 0, f, 0), {
    instanceOf: TypeError,
    message:
      "gemm: a, b and c must be Float32Arrays or Float64Arrays alike, got Array, Float32Array, Float32Array.",
  });
});
