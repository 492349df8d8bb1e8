import type { FunctionBuilder } from "./function-builder.ts";
import { each, polynomial, single, SMALLEST_NORMAL, widen } from "./float32-lanes.ts";
import type { Exponents, Vector } from "./float32-lanes.ts";
import { f32x4Log1p } from "./float32-log.ts";
import { f32x4, v128 } from "./simd.ts";

/** `erf^-1(x) / x` in `w - 2.5` where `w = -ln(1 - x ** 2)` is below 5, and in `sqrt(w) - 3` elsewhere. */
const NEAR = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503,
  -0.00417768164, 0.246640727, 1.50140941,
];
const FAR = [
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613,
  0.00943887047, 1.00167406, 2.83297682,
];

/**
 * Writes `erf^-1(x) / x` of float32 vectors where `ln(1 - x ** 2) > -5`.
 *
 * @param f - The function that is written.
 * @param ws - `-2.5 - ln(1 - x ** 2)` of each value x.
 * @param exponents - Binary exponents of the polynomial's steps, by default those that hold for all such values.
 * @returns The results, one vector for each.
 */
export function erfInvNear(
  f: FunctionBuilder,
  ws: readonly Vector[],
  exponents: Exponents = [-22, undefined, undefined, -13, undefined, undefined, -3],
): Vector[] {
  return polynomial(f, NEAR, widen(f, ws), exponents);
}

/**
 * Writes the inverse error function of float32 vectors where `ln(1 - x ** 2) <= -5`.
 *
 * @param f - The function that is written.
 * @param xs - The vectors.
 * @param logs - `ln(1 - x ** 2)` of each value x.
 * @returns The results, one vector for each.
 */
export function erfInvFar(
  f: FunctionBuilder,
  xs: readonly Vector[],
  logs: readonly Vector[],
): Vector[] {
  const [one, three, infinity] = [single(f, 1), single(f, 3), single(f, Infinity)];
  const rest = each(f, (log) => f32x4.sub(f32x4.sqrt(f32x4.neg(log)), three), logs);
  return each(
    f,
    (x, p) => f32x4.mul(x, v128.bitselect(infinity, p, f32x4.eq(f32x4.abs(x), one))),
    xs,
    polynomial(f, FAR, widen(f, rest)),
  );
}

/**
 * Writes the inverse error function of float32 vectors, the bits of `erfInv32` of `@flaxen/dtype`.
 *
 * @param f - The function that is written.
 * @param xs - The vectors; four side by side run about twice as fast as one.
 * @returns The results, one vector for each.
 *
 * @example
 * ```ts
 * import { f32x4ErfInv, ModuleBuilder, v128 } from "@flaxen/wasm";
 *
 * const module = new ModuleBuilder();
 * module.importMemory("scratch", "memory");
 * module.function("erfInv", { at: "i32" }, undefined, (f, { at }) => {
 *   const [y] = f32x4ErfInv(f, [f.let(v128.load(at))]);
 *   f.store(at, y);
 * });
 * ```
 */
export function f32x4ErfInv(f: FunctionBuilder, xs: readonly Vector[]): Vector[] {
  const logs = f32x4Log1p(
    f,
    each(f, (x) => f32x4.neg(f32x4.mul(x, x)), xs),
  );
  const [middle, end, zero, smallest] = [-2.5, -5, 0, SMALLEST_NORMAL].map((x) => single(f, x));
  const ws = each(f, f32x4.sub, middle, logs);
  return each(
    f,
    (x, p, far, log) => {
      const near = f32x4.mul(x, p);
      const y = v128.bitselect(near, far, f32x4.gt(log, end));
      return v128.bitselect(f32x4.mul(x, zero), y, f32x4.lt(f32x4.abs(near), smallest));
    },
    xs,
    erfInvNear(f, ws),
    erfInvFar(f, xs, logs),
    logs,
  );
}
