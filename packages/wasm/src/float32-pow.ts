import type { FunctionBuilder } from "./function-builder.ts";
import { double, each, demote, single, SMALLEST_NORMAL, promote } from "./float32-lanes.ts";
import type { Vector, Vectors } from "./float32-lanes.ts";
import { f32x4, f64x2, i64x2, v128 } from "./simd.ts";

/** A pattern of 64 bits in both lanes. */
function pattern(f: FunctionBuilder, x: bigint): Vector {
  return f.hoist(i64x2.splat(x));
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
  const product = each(f, f64x2.mul, promote(f, ys), log2(f, promote(f, sizes)));
  const powers = demote(f, exp2(f, product));
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
