import test from "ava";
import {
  f32x4,
  f32x4Erf,
  f32x4ErfInv,
  f32x4Exp,
  f32x4Expm1,
  f32x4Log,
  f32x4Log1p,
  f32x4Pow,
  f32x4Tanh,
  fusedSupported,
  v128,
} from "@flaxen/wasm";
import type { FunctionBuilder, Local } from "@flaxen/wasm";
import { compiled } from "./compiled.ts";

type Write = (f: FunctionBuilder, xs: readonly Local<"v128">[]) => Local<"v128">[];

/** The function on eight values, in two vectors side by side. */
function onEight(write: Write, fused = false): (values: ArrayLike<number>) => number[] {
  const { call, memory } = compiled<{ run(at: number): void }>((module) => {
    module.function("run", { at: "i32" }, undefined, (f, { at }) => {
      const xs = [f.let(v128.load(at)), f.let(v128.load(at, 16))];
      for (const [i, y] of write(f, xs).entries()) f.store(at, y, 16 * i);
    });
  }, fused);
  return (values) => {
    const lanes = new Float32Array(memory, 64, 8);
    lanes.set(values);
    call.run(64);
    return [...lanes];
  };
}

// The bits of `@flaxen/dtype`, and by them those of XLA, are tested where both packages are known, in
// `@flaxen/autodiff`. Here: special values, and the true function to 2 parts in 10 million.
const SPECIAL = [0, -0, Infinity, -Infinity, NaN, 1, 1e-40, -1e-40];

const CASES: readonly (readonly [
  name: string,
  write: Write,
  exact: (x: number) => number,
  special: readonly number[],
  values: readonly number[],
])[] = [
  [
    "f32x4Exp",
    f32x4Exp,
    Math.exp,
    [1, 1, Infinity, 0, NaN, Math.fround(Math.E), 1, 1],
    [-80, -3.5, -0.2, 0.01, 0.7, 5, 40, 88],
  ],
  [
    "f32x4Expm1",
    f32x4Expm1,
    Math.expm1,
    [0, -0, Infinity, -1, NaN, Math.fround(Math.E) - 1, 1e-40, -1e-40].map(Math.fround),
    [-20, -3.5, -0.2, 0.01, 0.7, 5, 40, 88],
  ],
  [
    "f32x4Log",
    f32x4Log,
    Math.log,
    [-Infinity, -Infinity, Infinity, NaN, NaN, 0, -Infinity, -Infinity],
    [1e-30, 0.01, 0.6, 0.8, 1.5, 3, 1000, 1e30],
  ],
  [
    "f32x4Log1p",
    f32x4Log1p,
    Math.log1p,
    [0, -0, Infinity, NaN, NaN, Math.fround(Math.LN2), 0, -0],
    [-0.99, -0.3, -1e-5, 1e-5, 0.2, 0.5, 3, 1e30],
  ],
  [
    "f32x4Tanh",
    f32x4Tanh,
    Math.tanh,
    [0, -0, 1, -1, NaN, Math.fround(Math.tanh(1)), 1e-40, -1e-40].map(Math.fround),
    [-9, -3, -0.5, -1e-3, 1e-5, 0.1, 1.5, 7],
  ],
];

for (const [name, write, exact, special, values] of CASES) {
  test(`${name}(f, xs) has the limits of the function and is close to it`, (t) => {
    const run = onEight(write);
    t.deepEqual(run(SPECIAL), special);
    for (const [i, y] of run(values).entries()) {
      const wanted = exact(Math.fround(values[i]));
      t.true(Math.abs(y - wanted) <= 4e-7 * Math.abs(wanted), `${values[i]}: ${y}, not ${wanted}`);
    }
  });
}

test("f32x4Erf(f, xs) has the limits of the function and is close to it", (t) => {
  const run = onEight(f32x4Erf);
  t.deepEqual(run(SPECIAL), [0, -0, 1, -1, NaN, run([1])[0], 0, -0]);
  // scipy.special.erf of SciPy 1.17.1.
  const wanted = [0.1124629160182849, 0.5204998778130465, 0.8427007929497148, 0.9953222650189527];
  for (const [i, y] of run([0.1, 0.5, 1, 2]).slice(0, 4).entries()) {
    t.true(Math.abs(y - wanted[i]) < 2e-7);
  }
});

test("f32x4ErfInv(f, xs) has the limits of the function and is close to it", (t) => {
  const run = onEight(f32x4ErfInv);
  t.deepEqual(run(SPECIAL), [0, -0, NaN, NaN, NaN, Infinity, 0, -0]);
  // scipy.special.erfinv of SciPy 1.17.1, of the float32 values; near 1 the rounded square tells.
  const wanted = [
    -Infinity,
    -1.1630870719457722,
    -0.08885599182530647,
    8.862269030879841e-6,
    0.4769362762044699,
    1.821386600900278,
    2.7510354379032873,
    Infinity,
  ];
  for (const [i, y] of run([-1, -0.9, -0.1, 1e-5, 0.5, 0.99, 0.9999, 1]).entries()) {
    t.true(y === wanted[i] || Math.abs(y - wanted[i]) < 4e-6 * Math.abs(wanted[i]));
  }
});

test("f32x4Pow(f, xs, ys) has the special values of IEEE 754 and is close to the power", (t) => {
  const cases: readonly (readonly [x: number, y: number, power: number])[] = [
    [0, -1, Infinity],
    [-0, -1, -Infinity],
    [-8, 3, -512],
    [-8, 0.5, NaN],
    [1, NaN, 1],
    [NaN, 0, 1],
    [-1, Infinity, 1],
    [-Infinity, 0.5, Infinity],
  ];
  const two = cases.map(([, y]) => y);
  const run = (y: readonly number[]): ((x: readonly number[]) => number[]) =>
    onEight((f, xs) => {
      const ys = [0, 4].map((i) => f.let(f32x4.const(y.slice(i, i + 4))));
      return f32x4Pow(f, xs, ys);
    });
  t.deepEqual(
    run(two)(cases.map(([x]) => x)),
    cases.map(([, , power]) => power),
  );
  const bases = [0.1, 0.9, 1.1, 2, 10, 1e10, 1e-10, 3];
  const exponents = [2.5, 100, -100, 0.5, -3, 3.7, 3.5, 80].map(Math.fround);
  for (const [i, z] of run(exponents)(bases).entries()) {
    t.is(z, Math.fround(Math.fround(bases[i]) ** exponents[i]));
  }
});

const FUNCTIONS = { f32x4Erf, f32x4ErfInv, f32x4Exp, f32x4Expm1, f32x4Log, f32x4Log1p, f32x4Tanh };

for (const [name, write] of Object.entries(FUNCTIONS)) {
  test(`${name}(f, xs) has the same bits in fused modules`, (t) => {
    if (!fusedSupported()) return t.pass();
    const [plain, fused] = [onEight(write), onEight(write, true)];
    for (let i = 0; i < 2 ** 32; i += 8 * 40009) {
      const values = new Float32Array(
        Uint32Array.from({ length: 8 }, (_, k) => i + 40009 * k).buffer,
      );
      t.deepEqual(fused(values), plain(values));
    }
  });
}

test("f32x4Erf(f, xs) equals JAX where float64 rounds a sum to the middle of two values", (t) => {
  const values = new Float32Array(8).fill(0.0003461441083345562);
  // lax.erf of JAX 0.10.2 on a CPU.
  for (const fused of fusedSupported() ? [false, true] : [false]) {
    t.is(onEight(f32x4Erf, fused)(values)[0], 0.00039058172842487693);
  }
});
