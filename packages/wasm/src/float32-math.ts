/*
 * Elementary functions of four float32 values in the lanes of a vector, in every bit the functions of
 * `@flaxen/dtype` with the same names. Those say what each step is; here all cases are computed and the right ones taken.
 *
 * A fused multiply-add of float32 is a float64 product, which is exact, a float64 sum, and one rounding to float32.
 * Where all results of a step have one exponent, that rounding is `(x + M) - M`, with `M` so large that the sum has
 * float32's last place there; elsewhere it is a demotion.
 */

import type { Expression, Local } from "./expression.ts";
import type { FunctionBuilder } from "./function-builder.ts";
import { f32x4, f64x2, i32x4, v128 } from "./simd.ts";

type Vector = Local<"v128">;

/** The lower and the upper two values in float64. */
type Pair = readonly [Vector, Vector];

/** A step of Horner's scheme: the coefficient, and the binary exponent of the result where all results share one. */
type Step = readonly [coefficient: number, exponent?: number];

const SMALLEST_NORMAL = 2 ** -126;

function single(f: FunctionBuilder, x: number): Vector {
  return f.hoist(f32x4.splat(Math.fround(x)));
}

function word(f: FunctionBuilder, x: number): Vector {
  return f.hoist(i32x4.splat(x));
}

function double(f: FunctionBuilder, x: number): Vector {
  return f.hoist(f64x2.splat(x));
}

function widen(f: FunctionBuilder, x: Vector): Pair {
  return [
    f.let(f64x2.promoteLowF32x4(x)),
    f.let(f64x2.promoteLowF32x4(i32x4.shuffle(x, x, [2, 3, 2, 3]))),
  ];
}

function narrow(f: FunctionBuilder, x: readonly Expression<"v128">[]): Vector {
  return f.let(
    i32x4.shuffle(f32x4.demoteF64x2Zero(x[0]), f32x4.demoteF64x2Zero(x[1]), [0, 1, 4, 5]),
  );
}

/** `a b + c` in float64, not rounded to float32 yet. */
function multiplyAdd(a: Pair, b: Pair, c: Pair): Expression<"v128">[] {
  return a.map((part, i) => f64x2.add(f64x2.mul(part, b[i]), c[i]));
}

/** Rounds float64 values to float32 ones, of that exponent if there is one. */
function round(
  f: FunctionBuilder,
  x: readonly Expression<"v128">[],
  exponent: number | undefined,
): Pair {
  const parts = x.map((part) => {
    if (exponent === undefined) return f.let(f64x2.promoteLowF32x4(f32x4.demoteF64x2Zero(part)));
    const large = double(f, 1.5 * 2 ** (29 + exponent));
    return f.let(f64x2.sub(f64x2.add(part, large), large));
  });
  return [parts[0], parts[1]];
}

/** `f(a b + c)` for a constant c. */
function step(f: FunctionBuilder, a: Pair, b: Pair, [coefficient, exponent]: Step): Pair {
  const c = double(f, Math.fround(coefficient));
  return round(f, multiplyAdd(a, b, [c, c]), exponent);
}

function steps(f: FunctionBuilder, first: Pair, x: Pair, coefficients: readonly Step[]): Pair {
  return coefficients.reduce((sum, coefficient) => step(f, sum, x, coefficient), first);
}

/** Horner's scheme in `x`, with float32 results at the end. */
function polynomial(
  f: FunctionBuilder,
  first: number,
  x: Pair,
  coefficients: readonly Step[],
  last: number,
): Vector {
  const start = double(f, Math.fround(first));
  const sum = steps(f, [start, start], x, coefficients);
  const c = double(f, Math.fround(last));
  return narrow(f, multiplyAdd(sum, x, [c, c]));
}

/**
 * Writes `e ** x` of four float32, the bits of `exp32` of `@flaxen/dtype`.
 *
 * @param f - The function that is written.
 * @param x - The values.
 * @returns The results.
 *
 * @example
 * ```ts
 * import { f32x4Exp, ModuleBuilder, v128 } from "@flaxen/wasm";
 *
 * const module = new ModuleBuilder();
 * module.importMemory("scratch", "memory");
 * module.function("exp", { at: "i32" }, undefined, (f, { at }) => {
 *   f.store(at, f32x4Exp(f, f.let(v128.load(at))));
 * });
 * ```
 */
export function f32x4Exp(f: FunctionBuilder, x: Vector): Vector {
  const clamped = f.let(f32x4.pmin(f32x4.pmax(single(f, -87.8), x), single(f, 88.8)));
  const wide = widen(f, clamped);
  const log2e = double(f, Math.fround(1.44269504088896341));
  const half = double(f, 0.5);
  const turns = narrow(f, multiplyAdd(wide, [log2e, log2e], [half, half]));
  const n = f.let(f32x4.pmin(f32x4.pmax(f32x4.floor(turns), single(f, -127)), single(f, 127)));
  const r0 = f.let(f32x4.add(f32x4.mul(single(f, -0.693359375), n), clamped));
  const low = double(f, Math.fround(2.1219444e-4));
  const rest = narrow(f, multiplyAdd([low, low], widen(f, n), widen(f, r0)));
  const r = widen(f, rest);
  const start = double(f, Math.fround(1.98756915e-4));
  const z = steps(f, [start, start], r, [
    [1.3981999507e-3, -10],
    [8.3334519073e-3, -7],
    [4.1665795894e-2, -5],
    [1.6666665459e-1, -3],
    [5.0000001201e-1],
  ]);
  const square = widen(f, f.let(f32x4.mul(rest, rest)));
  const sum = f32x4.add(single(f, 1), narrow(f, multiplyAdd(z, square, r)));
  const power = i32x4.shl(i32x4.add(i32x4.truncSatF32x4S(n), word(f, 127)), 23);
  const y = f.let(f32x4.mul(sum, power));
  const normal = v128.and(y, f32x4.ge(y, single(f, SMALLEST_NORMAL)));
  return f.let(v128.bitselect(x, normal, f32x4.ne(x, x)));
}

/**
 * Writes `e ** x - 1` of four float32, the bits of `expm132` of `@flaxen/dtype`.
 *
 * @param f - The function that is written.
 * @param x - The values.
 * @returns The results.
 *
 * @example
 * ```ts
 * import { f32x4Expm1, ModuleBuilder, v128 } from "@flaxen/wasm";
 *
 * const module = new ModuleBuilder();
 * module.importMemory("scratch", "memory");
 * module.function("expm1", { at: "i32" }, undefined, (f, { at }) => {
 *   f.store(at, f32x4Expm1(f, f.let(v128.load(at))));
 * });
 * ```
 */
export function f32x4Expm1(f: FunctionBuilder, x: Vector): Vector {
  const size = f.let(f32x4.abs(x));
  const power = f32x4Exp(f, x);
  const half = f32x4Tanh(f, f.let(f32x4.mul(x, single(f, 0.5))));
  const near = f32x4.mul(half, f32x4.add(power, single(f, 1)));
  const far = f32x4.sub(power, single(f, 1));
  const large = v128.bitselect(far, near, f32x4.gt(size, single(f, 0.5)));
  return f.let(v128.bitselect(x, large, f32x4.lt(size, single(f, 2 * SMALLEST_NORMAL))));
}

/**
 * Writes the natural logarithm of four float32, the bits of `log32` of `@flaxen/dtype`.
 *
 * @param f - The function that is written.
 * @param x - The values.
 * @returns The results.
 *
 * @example
 * ```ts
 * import { f32x4Log, ModuleBuilder, v128 } from "@flaxen/wasm";
 *
 * const module = new ModuleBuilder();
 * module.importMemory("scratch", "memory");
 * module.function("log", { at: "i32" }, undefined, (f, { at }) => {
 *   f.store(at, f32x4Log(f, f.let(v128.load(at))));
 * });
 * ```
 */
export function f32x4Log(f: FunctionBuilder, x: Vector): Vector {
  const m = f.let(v128.or(v128.and(x, word(f, 0x007fffff)), word(f, 0x3f000000)));
  const small = f.let(f32x4.lt(m, single(f, 0.707106781186547524)));
  const e = f.let(
    f32x4.convertI32x4S(i32x4.sub(i32x4.add(i32x4.shrU(x, 23), small), word(f, 126))),
  );
  const t = f.let(f32x4.add(f32x4.sub(m, single(f, 1)), v128.and(m, small)));
  const z = f.let(f32x4.mul(t, t));
  const cube = widen(f, f.let(f32x4.mul(z, t)));
  const wide = widen(f, t);
  const part = (first: number, second: Step, third: Step): Pair => {
    const start = double(f, Math.fround(first));
    return steps(f, [start, start], wide, [second, third]);
  };
  const y0 = part(7.0376836292e-2, [-1.151461031e-1], [1.167699874e-1]);
  const y1 = part(-1.2420140846e-1, [1.4249322787e-1], [-1.6668057665e-1, -3]);
  const y2 = part(2.0000714765e-1, [-2.4999993993e-1], [3.3333331174e-1, -2]);
  const y01 = round(f, multiplyAdd(y0, cube, y1), undefined);
  const y012 = round(f, multiplyAdd(y01, cube, y2), undefined);
  const correction = widen(f, f.let(f32x4.mul(single(f, -2.1219444e-4), e)));
  const y = narrow(f, multiplyAdd(y012, cube, correction));
  const r = f32x4.add(f32x4.sub(t, f32x4.mul(single(f, 0.5), z)), y);
  const result = f32x4.add(f32x4.mul(single(f, 0.693359375), e), r);
  const isZero = f32x4.gt(x, single(f, -SMALLEST_NORMAL));
  const below = v128.bitselect(single(f, -Infinity), single(f, NaN), isZero);
  const finite = v128.bitselect(below, result, f32x4.lt(x, single(f, SMALLEST_NORMAL)));
  return f.let(v128.bitselect(finite, x, f32x4.lt(x, single(f, Infinity))));
}

/**
 * Writes `ln(1 + x)` of four float32, the bits of `log1p32` of `@flaxen/dtype`.
 *
 * @param f - The function that is written.
 * @param x - The values.
 * @returns The results.
 *
 * @example
 * ```ts
 * import { f32x4Log1p, ModuleBuilder, v128 } from "@flaxen/wasm";
 *
 * const module = new ModuleBuilder();
 * module.importMemory("scratch", "memory");
 * module.function("log1p", { at: "i32" }, undefined, (f, { at }) => {
 *   f.store(at, f32x4Log1p(f, f.let(v128.load(at))));
 * });
 * ```
 */
export function f32x4Log1p(f: FunctionBuilder, x: Vector): Vector {
  const size = f.let(f32x4.abs(x));
  const far = f32x4Log(f, f.let(f32x4.add(x, single(f, 1))));
  const wide = widen(f, x);
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
  const square = f.let(f32x4.mul(x, x));
  const t = f32x4.mul(f32x4.mul(x, square), f32x4.div(n, d));
  const near = f32x4.add(x, f32x4.add(f32x4.mul(single(f, -0.5), square), t));
  const zero = f32x4.mul(x, single(f, 0));
  const central = v128.bitselect(zero, near, f32x4.lt(size, single(f, SMALLEST_NORMAL)));
  return f.let(v128.bitselect(central, far, f32x4.lt(size, single(f, 0.4142135623730951))));
}

/**
 * Writes the hyperbolic tangent of four float32, the bits of `tanh32` of `@flaxen/dtype`.
 *
 * @param f - The function that is written.
 * @param x - The values.
 * @returns The results.
 *
 * @example
 * ```ts
 * import { f32x4Tanh, ModuleBuilder, v128 } from "@flaxen/wasm";
 *
 * const module = new ModuleBuilder();
 * module.importMemory("scratch", "memory");
 * module.function("tanh", { at: "i32" }, undefined, (f, { at }) => {
 *   f.store(at, f32x4Tanh(f, f.let(v128.load(at))));
 * });
 * ```
 */
export function f32x4Tanh(f: FunctionBuilder, x: Vector): Vector {
  const size = f.let(f32x4.abs(x));
  const s = widen(f, f.let(f32x4.mul(x, x)));
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
  const middle = f32x4.div(f32x4.mul(x, p), q);
  return f.let(
    v128.bitselect(
      x,
      v128.bitselect(signedOne(f, x), middle, f32x4.ge(size, single(f, 7.99881172180175781))),
      f32x4.lt(size, single(f, 0.0004)),
    ),
  );
}

/** 1 with the sign of x. */
function signedOne(f: FunctionBuilder, x: Vector): Expression<"v128"> {
  return v128.or(single(f, 1), v128.and(x, single(f, -0)));
}

/**
 * Writes the error function of four float32, the bits of `erf32` of `@flaxen/dtype`.
 *
 * @param f - The function that is written.
 * @param x - The values.
 * @returns The results.
 *
 * @example
 * ```ts
 * import { f32x4Erf, ModuleBuilder, v128 } from "@flaxen/wasm";
 *
 * const module = new ModuleBuilder();
 * module.importMemory("scratch", "memory");
 * module.function("erf", { at: "i32" }, undefined, (f, { at }) => {
 *   f.store(at, f32x4Erf(f, f.let(v128.load(at))));
 * });
 * ```
 */
export function f32x4Erf(f: FunctionBuilder, x: Vector): Vector {
  const size = f.let(f32x4.abs(x));
  const s = widen(f, f.let(f32x4.mul(x, x)));
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
  const middle = f32x4.div(f32x4.mul(x, p), q);
  const end = single(f, 3.8325066566467285);
  const large = v128.bitselect(signedOne(f, x), middle, f32x4.ge(size, end));
  const zero = f32x4.mul(x, single(f, 0));
  return f.let(v128.bitselect(zero, large, f32x4.lt(size, single(f, SMALLEST_NORMAL))));
}
