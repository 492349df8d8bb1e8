/*
 * What elementary functions of float32 vectors are written with. Each step is written for all vectors before the next
 * one, so that no unit of the processor waits for a result.
 *
 * A fused multiply-add of float32 is a float64 product, which is exact, a float64 sum, and one rounding to float32.
 * Where all results of a step have one exponent, that rounding is `(x + M) - M`, with `M` so large that the sum has
 * float32's last place there; elsewhere it is a demotion.
 */

import type { Expression, Local, Operand } from "./expression.ts";
import type { FunctionBuilder } from "./function-builder.ts";
import { f32x4, f64x2, i32x4 } from "./simd.ts";

/** A vector in a local variable. */
export type Vector = Local<"v128">;

/** Some vectors, or one that stands for all. */
export type Vectors = readonly Vector[] | Vector;

/** For each step of a polynomial the binary exponent of the results, where all of them share one. */
export type Exponents = readonly (number | undefined)[];

/** The smallest normal float32. */
export const SMALLEST_NORMAL: number = 2 ** -126;

type Instruction = (...operands: Operand<"v128">[]) => Expression<"v128">;

/** A float32 constant in all lanes. */
export function single(f: FunctionBuilder, x: number): Vector {
  return f.hoist(f32x4.splat(Math.fround(x)));
}

/** A 32-bit pattern in all lanes. */
export function word(f: FunctionBuilder, x: number): Vector {
  return f.hoist(i32x4.splat(x));
}

/** A float64 constant in both lanes. */
export function double(f: FunctionBuilder, x: number): Vector {
  return f.hoist(f64x2.splat(x));
}

/** A float32 constant for the lanes of {@link widen}. */
export function coefficient(f: FunctionBuilder, x: number): Vector {
  return f.fused ? single(f, x) : double(f, Math.fround(x));
}

/** An instruction on each vector of lists that are as long as the first. */
export function each(
  f: FunctionBuilder,
  instruction: Instruction,
  ...operands: Vectors[]
): Vector[] {
  const first = operands.find((list): list is readonly Vector[] => !("owner" in list)) ?? [];
  return first.map((_, i) =>
    f.let(instruction(...operands.map((list) => ("owner" in list ? list : list[i])))),
  );
}

/** float32 vectors as float64 ones, two for each. */
export function promote(f: FunctionBuilder, xs: readonly Vector[]): Vector[] {
  return xs.flatMap((x) => [
    f.let(f64x2.promoteLowF32x4(x)),
    f.let(f64x2.promoteLowF32x4(i32x4.shuffle(x, x, [2, 3, 2, 3]))),
  ]);
}

/** Rounds float64 vectors to float32 ones, half as many. */
export function demote(f: FunctionBuilder, xs: readonly Expression<"v128">[]): Vector[] {
  const halves = xs.map((x) => f32x4.demoteF64x2Zero(x));
  return Array.from({ length: xs.length / 2 }, (_, i) =>
    f.let(i32x4.shuffle(halves[2 * i], halves[2 * i + 1], [0, 1, 4, 5])),
  );
}

/** float32 vectors in the lanes that {@link multiplyAdd} needs. */
export function widen(f: FunctionBuilder, xs: readonly Vector[]): readonly Vector[] {
  return f.fused ? xs : promote(f, xs);
}

/** Results of {@link multiplyAdd} as float32 vectors. */
export function narrow(f: FunctionBuilder, xs: readonly Expression<"v128">[]): Vector[] {
  return f.fused ? xs.map((x) => f.let(x)) : demote(f, xs);
}

/** `a b + c` of wide vectors, which may still have to be rounded to float32. */
export function multiplyAdd(
  f: FunctionBuilder,
  a: Vectors,
  b: readonly Vector[],
  c: Vectors,
): Expression<"v128">[] {
  return b.map((x, i) => {
    const factor = "owner" in a ? a : a[i];
    const addend = "owner" in c ? c : c[i];
    return f.fused ? f32x4.relaxedMadd(factor, x, addend) : f64x2.add(f64x2.mul(factor, x), addend);
  });
}

/** The fused `a b + c` of wide vectors, of that exponent if there is one. */
export function fuse(
  f: FunctionBuilder,
  a: Vectors,
  b: readonly Vector[],
  c: Vectors,
  exponent?: number,
): Vector[] {
  const sums = multiplyAdd(f, a, b, c);
  if (f.fused) return narrow(f, sums);
  if (exponent === undefined) {
    return sums.map((x) => f.let(f64x2.promoteLowF32x4(f32x4.demoteF64x2Zero(x))));
  }
  const large = double(f, magic(exponent));
  return sums.map((x) => f.let(f64x2.sub(f64x2.add(x, large), large)));
}

/** The M whose sums with numbers of that binary exponent have the last place of float32. */
function magic(exponent: number): number {
  return 1.5 * 2 ** (29 + exponent);
}

/**
 * Horner's scheme: a polynomial of float32 values in float64 lanes.
 *
 * @param coefficients - Those of the highest power first.
 * @param exponents - Of the results of its steps.
 */
export function horner(
  f: FunctionBuilder,
  coefficients: readonly number[],
  xs: readonly Vector[],
  exponents: Exponents = [],
): Vector[] {
  const [first, ...others] = coefficients.map(Math.fround);
  let sums: Vectors = coefficient(f, first);
  for (const [i, c] of others.entries()) {
    const exponent = exponents[i];
    const large = exponent === undefined ? 0 : magic(exponent);
    if (!f.fused && large > 0 && c + large - large === c) {
      // c + M is exact: one addition less, and the only rounding is that of the sum.
      const raised = multiplyAdd(f, sums, xs, double(f, c + large));
      sums = raised.map((x) => f.let(f64x2.sub(x, double(f, large))));
    } else {
      sums = fuse(f, sums, xs, coefficient(f, c), exponent);
    }
  }
  return sums as Vector[];
}

/** The same with float32 results. */
export function polynomial(
  f: FunctionBuilder,
  coefficients: readonly number[],
  xs: readonly Vector[],
  exponents?: Exponents,
): Vector[] {
  const last = coefficient(f, coefficients[coefficients.length - 1]);
  const sums = horner(f, coefficients.slice(0, -1), xs, exponents);
  return narrow(f, multiplyAdd(f, sums, xs, last));
}
