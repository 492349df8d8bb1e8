import type { FunctionBuilder } from "./function-builder.ts";
import {
  coefficient,
  each,
  horner,
  multiplyAdd,
  narrow,
  single,
  SMALLEST_NORMAL,
  widen,
  word,
} from "./float32-lanes.ts";
import type { Vector } from "./float32-lanes.ts";
import { f32x4Tanh } from "./float32-sigmoids.ts";
import { f32x4, i32x4, v128 } from "./simd.ts";

/** `(e ** r - 1 - r) / r ** 2` for `|r| <= ln(2) / 2`. */
const SERIES = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1,
  5.0000001201e-1,
];

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
  const log2e = coefficient(f, 1.44269504088896341);
  const turns = narrow(f, multiplyAdd(f, log2e, widen(f, clamped), coefficient(f, 0.5)));
  const [low, high] = [single(f, -127), single(f, 127)];
  const n = each(f, (x) => f32x4.pmin(f32x4.pmax(f32x4.floor(x), low), high), turns);
  const ln2 = single(f, -0.693359375);
  const first = each(f, (k, x) => f32x4.add(f32x4.mul(ln2, k), x), n, clamped);
  const second = coefficient(f, 2.1219444e-4);
  const rest = narrow(f, multiplyAdd(f, second, widen(f, n), widen(f, first)));
  const r = widen(f, rest);
  const z = horner(f, SERIES, r, [-10, -7, -5, -3]);
  const square = widen(f, each(f, f32x4.mul, rest, rest));
  const sum = narrow(f, multiplyAdd(f, z, square, r));
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
