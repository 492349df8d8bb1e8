import type { FunctionBuilder } from "./function-builder.ts";
import { each, polynomial, single, SMALLEST_NORMAL, widen } from "./float32-lanes.ts";
import type { Vector } from "./float32-lanes.ts";
import { f32x4, v128 } from "./simd.ts";

/** A numerator and a denominator in `x ** 2`, and the size of x from which on the result is 1. */
interface Quotient {
  readonly over: readonly number[];
  readonly under: readonly number[];
  readonly most: number;
}

const TANH: Quotient = {
  over: [
    -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8,
    1.48572235717979e-5, 6.37261928875436e-4, 4.89352455891786e-3,
  ],
  under: [1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3],
  most: 7.99881172180175781,
};

const ERF: Quotient = {
  over: [
    0.00022905065861350646, 0.0034082910107109506, 0.050955695062380861, 0.18520832239976145,
    1.128379143519084,
  ],
  under: [
    -1.1791602954361697e-7, 0.000023547966471313185, 0.0010179625278914885, 0.014070470171167667,
    0.11098505178285362, 0.49746925110067538, 1,
  ],
  most: 3.8325066566467285,
};

/** x times the quotient, and 1 with the sign of x for large x. */
function sigmoid(
  f: FunctionBuilder,
  xs: readonly Vector[],
  { over, under, most }: Quotient,
): Vector[] {
  const s = widen(f, each(f, f32x4.mul, xs, xs));
  const p = polynomial(f, over, s);
  const q = polynomial(f, under, s);
  const [one, sign, end] = [single(f, 1), single(f, -0), single(f, most)];
  return each(
    f,
    (x, a, b) => {
      const signed = v128.or(one, v128.and(x, sign));
      const middle = f32x4.div(f32x4.mul(x, a), b);
      return v128.bitselect(signed, middle, f32x4.ge(f32x4.abs(x), end));
    },
    xs,
    p,
    q,
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
  const least = single(f, 0.0004);
  return each(
    f,
    (x, y) => v128.bitselect(x, y, f32x4.lt(f32x4.abs(x), least)),
    xs,
    sigmoid(f, xs, TANH),
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
  const [zero, smallest, slope] = [0, SMALLEST_NORMAL, 1.128379].map((x) => single(f, x));
  // Here alone emulation is wrong, see `erf32`.
  const odd = single(f, 0.0003461441083345562);
  return each(
    f,
    (x, y) => {
      const size = f.let(f32x4.abs(x));
      const value = f.fused ? y : v128.bitselect(f32x4.mul(x, slope), y, f32x4.eq(size, odd));
      return v128.bitselect(f32x4.mul(x, zero), value, f32x4.lt(size, smallest));
    },
    xs,
    sigmoid(f, xs, ERF),
  );
}
