/*
 * Elementary functions of float32 values in the lanes of vectors, in every bit the functions of `@flaxen/dtype` with the
 * same names. Those say what each step is; here all cases are computed and the right ones taken. Each step is written
 * for all vectors before the next one, so that no unit of the processor waits for a result.
 *
 * A fused multiply-add of float32 is a float64 product, which is exact, a float64 sum, and one rounding to float32.
 * Where all results of a step have one exponent, that rounding is `(x + M) - M`, with `M` so large that the sum has
 * float32's last place there; elsewhere it is a demotion.
 */

import type { Expression, Local, Operand } from "./expression.ts";
import type { FunctionBuilder } from "./function-builder.ts";
import { f32x4, f64x2, i32x4, i64x2, v128 } from "./simd.ts";

type Vector = Local<"v128">;

/** Some vectors, or one that stands for all. */
type Vectors = readonly Vector[] | Vector;

/** A step of Horner's scheme: the coefficient, and the binary exponent of the result where all results share one. */
type Step = readonly [coefficient: number, exponent?: number];

type Instruction = (...operands: Operand<"v128">[]) => Expression<"v128">;

const SMALLEST_NORMAL = 2 ** -126;

/** A float32 constant in all lanes. */
function single(f: FunctionBuilder, x: number): Vector {
  return f.hoist(f32x4.splat(Math.fround(x)));
}

/** A 32-bit pattern in all lanes. */
function word(f: FunctionBuilder, x: number): Vector {
  return f.hoist(i32x4.splat(x));
}

/** A float64 constant in both lanes. */
function double(f: FunctionBuilder, x: number): Vector {
  return f.hoist(f64x2.splat(x));
}

/** A pattern of 64 bits in both lanes. */
function pattern(f: FunctionBuilder, x: bigint): Vector {
  return f.hoist(i64x2.splat(x));
}

/** An instruction on each vector of lists that are as long as the first. */
function each(f: FunctionBuilder, instruction: Instruction, ...operands: Vectors[]): Vector[] {
  const first = operands.find((list): list is readonly Vector[] => !("owner" in list)) ?? [];
  return first.map((_, i) =>
    f.let(instruction(...operands.map((list) => ("owner" in list ? list : list[i])))),
  );
}

/** float32 vectors as float64 ones, two for each. */
function widen(f: FunctionBuilder, xs: readonly Vector[]): Vector[] {
  return xs.flatMap((x) => [
    f.let(f64x2.promoteLowF32x4(x)),
    f.let(f64x2.promoteLowF32x4(i32x4.shuffle(x, x, [2, 3, 2, 3]))),
  ]);
}

/** Rounds float64 vectors to float32 ones, half as many. */
function narrow(f: FunctionBuilder, xs: readonly Expression<"v128">[]): Vector[] {
  return xs.flatMap((low, i) =>
    i % 2 === 1
      ? []
      : [
          f.let(
            i32x4.shuffle(
              f32x4.demoteF64x2Zero(low),
              f32x4.demoteF64x2Zero(xs[i + 1]),
              [0, 1, 4, 5],
            ),
          ),
        ],
  );
}

/** `a b + c` in float64, not rounded to float32 yet. */
function multiplyAdd(a: Vectors, b: readonly Vector[], c: Vectors): Expression<"v128">[] {
  return b.map((x, i) => f64x2.add(f64x2.mul("owner" in a ? a : a[i], x), "owner" in c ? c : c[i]));
}

/** Rounds float64 values to float32 ones, of that exponent if there is one. */
function round(f: FunctionBuilder, xs: readonly Expression<"v128">[], exponent?: number): Vector[] {
  if (exponent === undefined) {
    return xs.map((x) => f.let(f64x2.promoteLowF32x4(f32x4.demoteF64x2Zero(x))));
  }
  const large = double(f, 1.5 * 2 ** (29 + exponent));
  return xs.map((x) => f.let(f64x2.sub(f64x2.add(x, large), large)));
}

/** Steps of Horner's scheme in `xs`, rounded to float32 each. */
function horner(
  f: FunctionBuilder,
  first: number,
  xs: readonly Vector[],
  steps: readonly Step[],
): Vector[] {
  let sums: Vectors = double(f, Math.fround(first));
  for (const [coefficient, exponent] of steps) {
    const c = double(f, Math.fround(coefficient));
    sums = round(f, multiplyAdd(sums, xs, c), exponent);
  }
  return sums as Vector[];
}

/** Horner's scheme in `xs`, with float32 results at the end. */
function polynomial(
  f: FunctionBuilder,
  first: number,
  xs: readonly Vector[],
  steps: readonly Step[],
  last: number,
): Vector[] {
  return narrow(f, multiplyAdd(horner(f, first, xs, steps), xs, double(f, Math.fround(last))));
}

/** 1 with the sign of x. */
function signedOne(f: FunctionBuilder, xs: readonly Vector[]): Vector[] {
  const [one, sign] = [single(f, 1), single(f, -0)];
  return each(f, (x) => v128.or(one, v128.and(x, sign)), xs);
}

/**
 * Writes `e ** x` of float32 vectors, the bits of `exp32` of `@flaxen/dtype`.
 *
 * @param f - The function that is written.
 * @param xs - The vectors; four side by side run about twice as fast as one.
 * @returns The results, one vector for each.
 *
 * @example
 * ```ts
 * import { f32x4Exp, ModuleBuilder, v128 } from "@flaxen/wasm";
 *
 * const module = new ModuleBuilder();
 * module.importMemory("scratch", "memory");
 * module.function("exp", { at: "i32" }, undefined, (f, { at }) => {
 *   const [y] = f32x4Exp(f, [f.let(v128.load(at))]);
 *   f.store(at, y);
 * });
 * ```
 */
export function f32x4Exp(f: FunctionBuilder, xs: readonly Vector[]): Vector[] {
  const [least, most] = [single(f, -87.8), single(f, 88.8)];
  const clamped = each(f, (x) => f32x4.pmin(f32x4.pmax(least, x), most), xs);
  const log2e = double(f, Math.fround(1.44269504088896341));
  const turns = narrow(f, multiplyAdd(log2e, widen(f, clamped), double(f, 0.5)));
  const [low, high] = [single(f, -127), single(f, 127)];
  const n = each(f, (x) => f32x4.pmin(f32x4.pmax(f32x4.floor(x), low), high), turns);
  const ln2 = single(f, -0.693359375);
  const first = each(f, (k, x) => f32x4.add(f32x4.mul(ln2, k), x), n, clamped);
  const second = double(f, Math.fround(2.1219444e-4));
  const rest = narrow(f, multiplyAdd(second, widen(f, n), widen(f, first)));
  const r = widen(f, rest);
  const z = horner(f, 1.98756915e-4, r, [
    [1.3981999507e-3, -10],
    [8.3334519073e-3, -7],
    [4.1665795894e-2, -5],
    [1.6666665459e-1, -3],
    [5.0000001201e-1],
  ]);
  const square = widen(f, each(f, f32x4.mul, rest, rest));
  const sum = narrow(f, multiplyAdd(z, square, r));
  const one = single(f, 1);
  const bias = word(f, 127);
  const smallest = single(f, SMALLEST_NORMAL);
  const power = each(f, (k) => i32x4.shl(i32x4.add(i32x4.truncSatF32x4S(k), bias), 23), n);
  const y = each(f, (s, p) => f32x4.mul(f32x4.add(one, s), p), sum, power);
  return each(
    f,
    (x, value) => v128.bitselect(x, v128.and(value, f32x4.ge(value, smallest)), f32x4.ne(x, x)),
    xs,
    y,
  );
}

/**
 * Writes `e ** x - 1` of float32 vectors, the bits of `expm132` of `@flaxen/dtype`.
 *
 * @param f - The function that is written.
 * @param xs - The vectors; four side by side run about twice as fast as one.
 * @returns The results, one vector for each.
 *
 * @example
 * ```ts
 * import { f32x4Expm1, ModuleBuilder, v128 } from "@flaxen/wasm";
 *
 * const module = new ModuleBuilder();
 * module.importMemory("scratch", "memory");
 * module.function("expm1", { at: "i32" }, undefined, (f, { at }) => {
 *   const [y] = f32x4Expm1(f, [f.let(v128.load(at))]);
 *   f.store(at, y);
 * });
 * ```
 */
export function f32x4Expm1(f: FunctionBuilder, xs: readonly Vector[]): Vector[] {
  const [half, one, smallest] = [single(f, 0.5), single(f, 1), single(f, 2 * SMALLEST_NORMAL)];
  const power = f32x4Exp(f, xs);
  const tangent = f32x4Tanh(f, each(f, f32x4.mul, xs, half));
  const near = each(f, (t, p) => f32x4.mul(t, f32x4.add(p, one)), tangent, power);
  return each(
    f,
    (x, n, p) => {
      const large = v128.bitselect(f32x4.sub(p, one), n, f32x4.gt(f32x4.abs(x), half));
      return v128.bitselect(x, large, f32x4.lt(f32x4.abs(x), smallest));
    },
    xs,
    near,
    power,
  );
}

/**
 * Writes the natural logarithm of float32 vectors, the bits of `log32` of `@flaxen/dtype`.
 *
 * @param f - The function that is written.
 * @param xs - The vectors; four side by side run about twice as fast as one.
 * @returns The results, one vector for each.
 *
 * @example
 * ```ts
 * import { f32x4Log, ModuleBuilder, v128 } from "@flaxen/wasm";
 *
 * const module = new ModuleBuilder();
 * module.importMemory("scratch", "memory");
 * module.function("log", { at: "i32" }, undefined, (f, { at }) => {
 *   const [y] = f32x4Log(f, [f.let(v128.load(at))]);
 *   f.store(at, y);
 * });
 * ```
 */
export function f32x4Log(f: FunctionBuilder, xs: readonly Vector[]): Vector[] {
  const [one, half, root] = [single(f, 1), single(f, 0.5), single(f, 0.707106781186547524)];
  const [fraction, halfWord, bias] = [word(f, 0x007fffff), word(f, 0x3f000000), word(f, 126)];
  const m = each(f, (x) => v128.or(v128.and(x, fraction), halfWord), xs);
  const small = each(f, (x) => f32x4.lt(x, root), m);
  const e = each(
    f,
    (x, s) => f32x4.convertI32x4S(i32x4.sub(i32x4.add(i32x4.shrU(x, 23), s), bias)),
    xs,
    small,
  );
  const t = each(f, (x, s) => f32x4.add(f32x4.sub(x, one), v128.and(x, s)), m, small);
  const z = each(f, f32x4.mul, t, t);
  const cube = widen(f, each(f, f32x4.mul, z, t));
  const wide = widen(f, t);
  const y0 = horner(f, 7.0376836292e-2, wide, [[-1.151461031e-1], [1.167699874e-1]]);
  const y1 = horner(f, -1.2420140846e-1, wide, [[1.4249322787e-1], [-1.6668057665e-1, -3]]);
  const y01 = round(f, multiplyAdd(y0, cube, y1));
  const y2 = horner(f, 2.0000714765e-1, wide, [[-2.4999993993e-1], [3.3333331174e-1, -2]]);
  const y012 = round(f, multiplyAdd(y01, cube, y2));
  const correction = widen(f, each(f, f32x4.mul, e, single(f, -2.1219444e-4)));
  const y = narrow(f, multiplyAdd(y012, cube, correction));
  const ln2 = single(f, 0.693359375);
  const results = each(
    f,
    (a, b, c, d) => f32x4.add(f32x4.mul(ln2, d), f32x4.add(f32x4.sub(a, f32x4.mul(half, b)), c)),
    t,
    z,
    y,
    e,
  );
  const [smallest, zero] = [single(f, SMALLEST_NORMAL), single(f, -SMALLEST_NORMAL)];
  const [infinity, minus, nan] = [single(f, Infinity), single(f, -Infinity), single(f, NaN)];
  return each(
    f,
    (x, result) => {
      const below = v128.bitselect(minus, nan, f32x4.gt(x, zero));
      const finite = v128.bitselect(below, result, f32x4.lt(x, smallest));
      return v128.bitselect(finite, x, f32x4.lt(x, infinity));
    },
    xs,
    results,
  );
}

/**
 * Writes `ln(1 + x)` of float32 vectors, the bits of `log1p32` of `@flaxen/dtype`.
 *
 * @param f - The function that is written.
 * @param xs - The vectors; four side by side run about twice as fast as one.
 * @returns The results, one vector for each.
 *
 * @example
 * ```ts
 * import { f32x4Log1p, ModuleBuilder, v128 } from "@flaxen/wasm";
 *
 * const module = new ModuleBuilder();
 * module.importMemory("scratch", "memory");
 * module.function("log1p", { at: "i32" }, undefined, (f, { at }) => {
 *   const [y] = f32x4Log1p(f, [f.let(v128.load(at))]);
 *   f.store(at, y);
 * });
 * ```
 */
export function f32x4Log1p(f: FunctionBuilder, xs: readonly Vector[]): Vector[] {
  const far = f32x4Log(f, each(f, f32x4.add, xs, single(f, 1)));
  const wide = widen(f, xs);
  const n = polynomial(
    f,
    4.5270000862445199635215e-5,
    wide,
    [
      [4.9854102823193375972212e-1, -2],
      [6.5787325942061044846969, 2],
      [29.911919328553073277375],
      [60.949667980987787057556],
      [57.112963590585538103336],
    ],
    20.039553499201281259648,
  );
  const d = polynomial(
    f,
    1,
    wide,
    [
      [15.062909083469192043167, 3],
      [83.047565967967209469434, 6],
      [221.76239823732856465394],
      [309.09872225312059774938],
      [216.42788614495947685003],
    ],
    60.118660497603843919306,
  );
  const square = each(f, f32x4.mul, xs, xs);
  const minusHalf = single(f, -0.5);
  const near = each(
    f,
    (x, s, a, b) => {
      const t = f32x4.mul(f32x4.mul(x, s), f32x4.div(a, b));
      return f32x4.add(x, f32x4.add(f32x4.mul(minusHalf, s), t));
    },
    xs,
    square,
    n,
    d,
  );
  const [zero, smallest, end] = [
    single(f, 0),
    single(f, SMALLEST_NORMAL),
    single(f, 0.4142135623730951),
  ];
  return each(
    f,
    (x, a, b) => {
      const central = v128.bitselect(f32x4.mul(x, zero), a, f32x4.lt(f32x4.abs(x), smallest));
      return v128.bitselect(central, b, f32x4.lt(f32x4.abs(x), end));
    },
    xs,
    near,
    far,
  );
}

/**
 * Writes the hyperbolic tangent of float32 vectors, the bits of `tanh32` of `@flaxen/dtype`.
 *
 * @param f - The function that is written.
 * @param xs - The vectors; four side by side run about twice as fast as one.
 * @returns The results, one vector for each.
 *
 * @example
 * ```ts
 * import { f32x4Tanh, ModuleBuilder, v128 } from "@flaxen/wasm";
 *
 * const module = new ModuleBuilder();
 * module.importMemory("scratch", "memory");
 * module.function("tanh", { at: "i32" }, undefined, (f, { at }) => {
 *   const [y] = f32x4Tanh(f, [f.let(v128.load(at))]);
 *   f.store(at, y);
 * });
 * ```
 */
export function f32x4Tanh(f: FunctionBuilder, xs: readonly Vector[]): Vector[] {
  const s = widen(f, each(f, f32x4.mul, xs, xs));
  const p = polynomial(
    f,
    -2.76076847742355e-16,
    s,
    [
      [2.00018790482477e-13],
      [-8.60467152213735e-11],
      [5.12229709037114e-8],
      [1.48572235717979e-5],
      [6.37261928875436e-4],
    ],
    4.89352455891786e-3,
  );
  const q = polynomial(
    f,
    1.19825839466702e-6,
    s,
    [[1.18534705686654e-4], [2.268434632439e-3]],
    4.89352518554385e-3,
  );
  const [least, most] = [single(f, 0.0004), single(f, 7.99881172180175781)];
  return each(
    f,
    (x, a, b, one) => {
      const middle = f32x4.div(f32x4.mul(x, a), b);
      const large = v128.bitselect(one, middle, f32x4.ge(f32x4.abs(x), most));
      return v128.bitselect(x, large, f32x4.lt(f32x4.abs(x), least));
    },
    xs,
    p,
    q,
    signedOne(f, xs),
  );
}

/**
 * Writes the error function of float32 vectors, the bits of `erf32` of `@flaxen/dtype`.
 *
 * @param f - The function that is written.
 * @param xs - The vectors; four side by side run about twice as fast as one.
 * @returns The results, one vector for each.
 *
 * @example
 * ```ts
 * import { f32x4Erf, ModuleBuilder, v128 } from "@flaxen/wasm";
 *
 * const module = new ModuleBuilder();
 * module.importMemory("scratch", "memory");
 * module.function("erf", { at: "i32" }, undefined, (f, { at }) => {
 *   const [y] = f32x4Erf(f, [f.let(v128.load(at))]);
 *   f.store(at, y);
 * });
 * ```
 */
export function f32x4Erf(f: FunctionBuilder, xs: readonly Vector[]): Vector[] {
  const s = widen(f, each(f, f32x4.mul, xs, xs));
  const p = polynomial(
    f,
    0.00022905065861350646,
    s,
    [[0.0034082910107109506], [0.050955695062380861], [0.18520832239976145]],
    1.128379143519084,
  );
  const q = polynomial(
    f,
    -1.1791602954361697e-7,
    s,
    [
      [0.000023547966471313185],
      [0.0010179625278914885],
      [0.014070470171167667],
      [0.11098505178285362],
      [0.49746925110067538],
    ],
    1,
  );
  const [zero, smallest, most] = [
    single(f, 0),
    single(f, SMALLEST_NORMAL),
    single(f, 3.8325066566467285),
  ];
  return each(
    f,
    (x, a, b, one) => {
      const middle = f32x4.div(f32x4.mul(x, a), b);
      const large = v128.bitselect(one, middle, f32x4.ge(f32x4.abs(x), most));
      return v128.bitselect(f32x4.mul(x, zero), large, f32x4.lt(f32x4.abs(x), smallest));
    },
    xs,
    p,
    q,
    signedOne(f, xs),
  );
}

/** The binary logarithm of float64 vectors that hold float32 values of at least 0. */
function log2(f: FunctionBuilder, xs: readonly Vector[]): Vector[] {
  const [root, half, one] = [double(f, Math.SQRT2), double(f, 0.5), double(f, 1)];
  const [fraction, unit] = [pattern(f, 0x000fffffffffffffn), pattern(f, 0x3ff0000000000000n)];
  const [whole, bias] = [pattern(f, 0x4330000000000000n), double(f, 2 ** 52 + 1023)];
  const raw = each(f, (x) => v128.or(v128.and(x, fraction), unit), xs);
  const large = each(f, (x) => f64x2.gt(x, root), raw);
  const m = each(f, (x, mask) => v128.bitselect(f64x2.mul(x, half), x, mask), raw, large);
  const e = each(
    f,
    (x, mask) => f64x2.add(f64x2.sub(v128.or(i64x2.shrU(x, 52), whole), bias), v128.and(mask, one)),
    xs,
    large,
  );
  const s = each(f, (x) => f64x2.div(f64x2.sub(x, one), f64x2.add(x, one)), m);
  const z = each(f, f64x2.mul, s, s);
  let p: Vectors = double(f, 1 / 21);
  for (let k = 19; k >= 3; k -= 2) {
    const c = double(f, 1 / k);
    p = each(f, (x, y) => f64x2.add(f64x2.mul(y, x), c), z, p);
  }
  const scale = double(f, 2 * Math.LOG2E);
  const [zero, infinity, minus] = [double(f, 0), double(f, Infinity), double(f, -Infinity)];
  const logarithm = each(
    f,
    (a, b, c, d) => {
      const series = f64x2.add(a, f64x2.mul(a, f64x2.mul(b, c)));
      return f64x2.add(d, f64x2.mul(series, scale));
    },
    s,
    z,
    p,
    e,
  );
  return each(
    f,
    (x, y) => v128.bitselect(minus, v128.bitselect(y, x, f64x2.lt(x, infinity)), f64x2.eq(x, zero)),
    xs,
    logarithm,
  );
}

/** `2 ** x` of float64 vectors, with x limited to [-200, 200]. */
function exp2(f: FunctionBuilder, xs: readonly Vector[]): Vector[] {
  const [least, most, whole] = [double(f, -200), double(f, 200), double(f, 1.5 * 2 ** 52)];
  const limited = each(f, (x) => f64x2.pmin(f64x2.pmax(least, x), most), xs);
  const raised = each(f, (x) => f64x2.add(x, whole), limited);
  const ln2 = double(f, Math.LN2);
  const w = each(f, (x, n) => f64x2.mul(f64x2.sub(x, f64x2.sub(n, whole)), ln2), limited, raised);
  let factorial = 6227020800;
  let p: Vectors = double(f, 1 / factorial);
  for (let k = 13; k >= 1; k--) {
    factorial /= k;
    const c = double(f, 1 / factorial);
    p = each(f, (x, y) => f64x2.add(f64x2.mul(y, x), c), w, p);
  }
  const bias = pattern(f, 1023n);
  return each(f, (y, n) => f64x2.mul(y, i64x2.shl(i64x2.add(n, bias), 52)), p, raised);
}

/**
 * Writes `x ** y` of float32 vectors, the bits of `pow32` of `@flaxen/dtype`.
 *
 * @param f - The function that is written.
 * @param xs - The bases.
 * @param ys - The exponents, as many.
 * @returns The results, one vector for each.
 *
 * @example
 * ```ts
 * import { f32x4Pow, ModuleBuilder, v128 } from "@flaxen/wasm";
 *
 * const module = new ModuleBuilder();
 * module.importMemory("scratch", "memory");
 * module.function("pow", { at: "i32" }, undefined, (f, { at }) => {
 *   const [z] = f32x4Pow(f, [f.let(v128.load(at))], [f.let(v128.load(at, 16))]);
 *   f.store(at, z);
 * });
 * ```
 */
export function f32x4Pow(
  f: FunctionBuilder,
  xs: readonly Vector[],
  ys: readonly Vector[],
): Vector[] {
  const sizes = each(f, f32x4.abs, xs);
  const product = each(f, f64x2.mul, widen(f, ys), log2(f, widen(f, sizes)));
  const powers = narrow(f, exp2(f, product));
  const [zero, one, half] = [single(f, 0), single(f, 1), single(f, 0.5)];
  const [smallest, infinity] = [single(f, SMALLEST_NORMAL), single(f, Infinity)];
  const [sign, nan] = [single(f, -0), single(f, NaN)];
  const sized = each(
    f,
    (power, size) => {
      const normal = v128.and(power, f32x4.ge(power, smallest));
      return v128.bitselect(one, normal, f32x4.eq(size, one));
    },
    powers,
    sizes,
  );
  const isWhole = each(f, (y) => f32x4.eq(f32x4.floor(y), y), ys);
  const isOdd = each(
    f,
    (y, whole) => {
      const halved = f32x4.mul(y, half);
      return v128.and(whole, f32x4.ne(f32x4.floor(halved), halved));
    },
    ys,
    isWhole,
  );
  const signed = each(
    f,
    (x, power, odd) => v128.or(power, v128.and(v128.and(x, sign), odd)),
    xs,
    sized,
    isOdd,
  );
  const isNone = each(
    f,
    (x, y, whole) => {
      const negative = v128.and(f32x4.lt(x, zero), f32x4.lt(f32x4.abs(x), infinity));
      const unknown = v128.or(f32x4.ne(x, x), f32x4.ne(y, y));
      return v128.or(unknown, v128.andnot(negative, whole));
    },
    xs,
    ys,
    isWhole,
  );
  return each(
    f,
    (x, y, power, none) => {
      const isOne = v128.or(f32x4.eq(x, one), f32x4.eq(y, zero));
      return v128.bitselect(one, v128.bitselect(nan, power, none), isOne);
    },
    xs,
    ys,
    signed,
    isNone,
  );
}
