import type { FunctionBuilder } from "./function-builder.ts";
import {
  each,
  fuse,
  horner,
  multiplyAdd,
  narrow,
  polynomial,
  single,
  SMALLEST_NORMAL,
  widen,
  word,
} from "./float32-lanes.ts";
import type { Exponents, Vector } from "./float32-lanes.ts";
import { f32x4, i32x4, v128 } from "./simd.ts";

/** Numerator and denominator of `(ln(1 + x) - x + x ** 2 / 2) / x ** 3`. */
const OVER = [
  4.5270000862445199635215e-5, 4.9854102823193375972212e-1, 6.5787325942061044846969,
  29.911919328553073277375, 60.949667980987787057556, 57.112963590585538103336,
  20.039553499201281259648,
];
const UNDER = [
  1, 15.062909083469192043167, 83.047565967967209469434, 221.76239823732856465394,
  309.09872225312059774938, 216.42788614495947685003, 60.118660497603843919306,
];

/**
 * Writes the natural logarithm of float32 vectors whose values are normal and positive.
 *
 * @param f - The function that is written.
 * @param xs - The vectors.
 * @returns The results, one vector for each; some number below -87 for 0.
 */
export function logOfNormal(f: FunctionBuilder, xs: readonly Vector[]): Vector[] {
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
  const y0 = horner(f, [7.0376836292e-2, -1.151461031e-1, 1.167699874e-1], wide);
  const y1 = horner(f, [-1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1], wide, [
    undefined,
    -3,
  ]);
  const y2 = horner(f, [2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1], wide, [undefined, -2]);
  const sum = fuse(f, fuse(f, y0, cube, y1), cube, y2, -2);
  const correction = widen(f, each(f, f32x4.mul, e, single(f, -2.1219444e-4)));
  const y = narrow(f, multiplyAdd(f, sum, cube, correction));
  const ln2 = single(f, 0.693359375);
  return each(
    f,
    (a, b, c, d) => f32x4.add(f32x4.mul(ln2, d), f32x4.add(f32x4.sub(a, f32x4.mul(half, b)), c)),
    t,
    z,
    y,
    e,
  );
}

/**
 * Writes `ln(1 + x)` of float32 vectors with normal values below 0.414 in size, or 0.
 *
 * @param f - The function that is written.
 * @param xs - The vectors.
 * @param over - Binary exponents of the steps of the numerator, by default those that hold for all values.
 * @param under - Those of the denominator.
 * @returns The results, one vector for each.
 */
export function log1pNear(
  f: FunctionBuilder,
  xs: readonly Vector[],
  over: Exponents = [-2, 2],
  under: Exponents = [3, 6],
): Vector[] {
  const wide = widen(f, xs);
  const n = polynomial(f, OVER, wide, over);
  const d = polynomial(f, UNDER, wide, under);
  const square = each(f, f32x4.mul, xs, xs);
  const minusHalf = single(f, -0.5);
  return each(
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
    logOfNormal(f, xs),
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
    log1pNear(f, xs),
    far,
  );
}
