import { exp32, log1p32, log32, roundFloat } from "@flaxen/dtype";
import type { FloatDType } from "./arguments.ts";
import { fma64 } from "./fma64.ts";
import { log64 } from "./log64.ts";
import { log1p64 } from "./log1p64.ts";
import { power32 } from "./power32.ts";

/** Elementary functions of numbers of one dtype, each with its result rounded to that dtype. */
export interface Arithmetic {
  /** Rounds a float64 to the dtype. */
  readonly round: (x: number) => number;
  /** `a * b + c` with one rounding where JAX on a CPU has one: in float32 and float64. */
  readonly fma: (a: number, b: number, c: number) => number;
  /** `e ** x`. */
  readonly exp: (x: number) => number;
  /** The natural logarithm. */
  readonly log: (x: number) => number;
  /** `ln(1 + x)`. */
  readonly log1p: (x: number) => number;
  /** `x ** y` for `x` of at least 0. */
  readonly pow: (x: number, y: number) => number;
}

const SINGLE: Arithmetic = {
  round: Math.fround,
  fma: (a, b, c) => Math.fround(a * b + c),
  exp: exp32,
  log: log32,
  log1p: log1p32,
  pow: power32,
};

const DOUBLE: Arithmetic = {
  round: (x) => x,
  fma: fma64,
  exp: Math.exp,
  log: log64,
  log1p: log1p64,
  pow: Math.pow,
};

/** Returns the elementary functions of a dtype. Those of 16-bit dtypes are the float32 ones with their result rounded. */
export function arithmeticOf(dtype: FloatDType): Arithmetic {
  if (dtype === "float32") return SINGLE;
  if (dtype === "float64") return DOUBLE;
  const round = (x: number): number => roundFloat(dtype, x);
  return {
    round,
    fma: (a, b, c) => round(round(a * b) + c),
    exp: (x) => round(exp32(x)),
    log: (x) => round(log32(x)),
    log1p: (x) => round(log1p32(x)),
    pow: (x, y) => round(power32(x, y)),
  };
}
