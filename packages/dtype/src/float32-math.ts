/*
 * Elementary functions of one float32 value, in the forms that XLA compiles on a CPU, so that samplers and models
 * agree with JAX in the last bit. Every function takes and returns a number that is a float32 value. `fround` marks
 * each rounding; a product and a sum under one `fround` is a fused multiply-add.
 */

import { F32, F64, F64_WORDS, U32 } from "./float32-bits.ts";

const fround = Math.fround;

/** Adding and subtracting this rounds a small number to a whole one. */
const WHOLE = 1.5 * 2 ** 52;

/** `1 / k!`, rounded to float64. */
const INVERSE_FACTORIALS: readonly number[] = [
  1,
  1,
  1 / 2,
  1 / 6,
  1 / 24,
  1 / 120,
  1 / 720,
  1 / 5040,
  1 / 40320,
  1 / 362880,
  1 / 3628800,
  1 / 39916800,
  1 / 479001600,
  1 / 6227020800,
];

const SMALLEST_NORMAL = 2 ** -126;

/**
 * Multiplies and adds with a single rounding: the float32 nearest to `a * b + c`.
 *
 * The product of two float32 is exact in float64, so only a sum that lands within 2^-53 of the middle between two
 * float32 values can be off, by one unit in the last place.
 *
 * @param a - First factor, a float32 value.
 * @param b - Second factor, a float32 value.
 * @param c - The addend, a float32 value.
 * @returns `a * b + c` as a float32 value.
 *
 * @example
 * ```ts
 * import { fma32 } from "@flaxen/dtype";
 *
 * const a = 1 + 2 ** -12;
 * fma32(a, a, -1) === 2 ** -11 + 2 ** -24; // => true
 * Math.fround(a * a) - 1 === 2 ** -11; // => true
 * ```
 */
export function fma32(a: number, b: number, c: number): number {
  return fround(a * b + c);
}

/**
 * Computes the exponential `e ** x` of a float32, as XLA does on a CPU: at most 1 ulp from the true value.
 *
 * @param x - A float32 value. Below -87.3 the result is 0, above 88.7 it is `Infinity`.
 * @returns `e ** x` as a float32 value.
 * @see Moshier, Cephes Mathematical Library, `expf`. https://www.netlib.org/cephes/
 *
 * @example
 * ```ts
 * import { exp32 } from "@flaxen/dtype";
 *
 * exp32(1); // => Math.fround(Math.E)
 * exp32(-200); // => 0
 * ```
 */
export function exp32(x: number): number {
  if (x !== x) return x;
  const clamped = x < -87.8 ? fround(-87.8) : x > 88.8 ? fround(88.8) : x;
  let n = Math.floor(fround(clamped * fround(1.44269504088896341) + 0.5));
  if (n < -127) n = -127;
  else if (n > 127) n = 127;
  // x - n * ln(2), with ln(2) in two parts.
  let r = fround(-0.693359375 * n + clamped);
  r = fround(fround(2.1219444e-4) * n + r);
  let z = fround(r * fround(1.98756915e-4) + fround(1.3981999507e-3));
  z = fround(z * r + fround(8.3334519073e-3));
  z = fround(z * r + fround(4.1665795894e-2));
  z = fround(z * r + fround(1.6666665459e-1));
  z = fround(z * r + fround(5.0000001201e-1));
  z = fround(z * fround(r * r) + r);
  z = fround(1 + z);
  U32[0] = (n + 127) << 23; // 2 ** n, and 0 for n = -127
  const y = fround(z * F32[0]);
  return y < SMALLEST_NORMAL ? 0 : y;
}

/**
 * Computes `e ** x - 1` of a float32, precise for small `x`, as XLA does on a CPU.
 *
 * Formula: `tanh(x / 2) * (e ** x + 1)` for `|x| <= 1/2`, else `e ** x - 1`.
 *
 * @param x - A float32 value.
 * @returns `e ** x - 1` as a float32 value.
 *
 * @example
 * ```ts
 * import { expm132 } from "@flaxen/dtype";
 *
 * expm132(2 ** -30); // => 2 ** -30
 * expm132(1).toFixed(6); // => "1.718282"
 * ```
 */
export function expm132(x: number): number {
  const size = Math.abs(x);
  if (size > 0.5) return fround(exp32(x) - 1);
  if (size < 2 * SMALLEST_NORMAL) return x;
  return fround(tanh32(fround(x * 0.5)) * fround(exp32(x) + 1));
}

/**
 * Computes the natural logarithm of a float32, as XLA does on a CPU: at most 1 ulp from the true value.
 *
 * @param x - A float32 value. Subnormal numbers count as 0.
 * @returns `ln(x)` as a float32 value; `-Infinity` for 0, `NaN` for negative numbers.
 * @see Moshier, Cephes Mathematical Library, `logf`. https://www.netlib.org/cephes/
 *
 * @example
 * ```ts
 * import { log32 } from "@flaxen/dtype";
 *
 * log32(2); // => Math.fround(Math.LN2)
 * log32(0); // => -Infinity
 * ```
 */
export function log32(x: number): number {
  if (!(x < Infinity)) return x;
  if (x < SMALLEST_NORMAL) return x > -SMALLEST_NORMAL ? -Infinity : NaN;
  F32[0] = x;
  const pattern = U32[0];
  let e = (pattern >>> 23) - 126;
  U32[0] = (pattern & 0x007fffff) | 0x3f000000;
  const m = F32[0]; // in [1/2, 1)
  let t = fround(m - 1);
  if (m < fround(0.707106781186547524)) {
    e -= 1;
    t = fround(t + m);
  }
  const z = fround(t * t);
  let y0 = fround(t * fround(7.0376836292e-2) + fround(-1.151461031e-1));
  let y1 = fround(t * fround(-1.2420140846e-1) + fround(1.4249322787e-1));
  let y2 = fround(t * fround(2.0000714765e-1) + fround(-2.4999993993e-1));
  y0 = fround(y0 * t + fround(1.167699874e-1));
  y1 = fround(y1 * t + fround(-1.6668057665e-1));
  y2 = fround(y2 * t + fround(3.3333331174e-1));
  const cube = fround(z * t);
  let y = fround(y0 * cube + y1);
  y = fround(y * cube + y2);
  y = fround(y * cube + fround(fround(-2.1219444e-4) * e));
  let r = fround(t - 0.5 * z);
  r = fround(r + y);
  return fround(0.693359375 * e + r);
}

/**
 * Computes `ln(1 + x)` of a float32, precise for small `x`, as XLA does on a CPU: at most 1 ulp from the true value.
 *
 * @param x - A float32 value.
 * @returns `ln(1 + x)` as a float32 value; `-Infinity` for -1, `NaN` below.
 *
 * @example
 * ```ts
 * import { log1p32 } from "@flaxen/dtype";
 *
 * log1p32(2 ** -30); // => 2 ** -30
 * log1p32(1); // => Math.fround(Math.LN2)
 * ```
 */
export function log1p32(x: number): number {
  const size = Math.abs(x);
  if (!(size < fround(0.4142135623730951))) return log32(fround(x + 1));
  if (size < SMALLEST_NORMAL) return x * 0;
  let n = fround(4.5270000862445199635215e-5);
  n = fround(n * x + fround(4.9854102823193375972212e-1));
  n = fround(n * x + fround(6.5787325942061044846969));
  n = fround(n * x + fround(29.911919328553073277375));
  n = fround(n * x + fround(60.949667980987787057556));
  n = fround(n * x + fround(57.112963590585538103336));
  n = fround(n * x + fround(20.039553499201281259648));
  let d = fround(x + fround(15.062909083469192043167));
  d = fround(d * x + fround(83.047565967967209469434));
  d = fround(d * x + fround(221.76239823732856465394));
  d = fround(d * x + fround(309.09872225312059774938));
  d = fround(d * x + fround(216.42788614495947685003));
  d = fround(d * x + fround(60.118660497603843919306));
  const square = fround(x * x);
  const t = fround(fround(x * square) * fround(n / d));
  return fround(x + fround(-0.5 * square + t));
}

/**
 * Computes the power `x ** y` of two float32 as `2 ** (y log2(x))` in float64, rounded once: the same on every engine, and
 * at most 0.501 ulp from the true value. XLA on a CPU rounds differently in rare cases.
 *
 * Unlike `Math.pow` it has `1 ** NaN` and `(-1) ** Infinity` equal to 1, as IEEE 754 has.
 *
 * @param x - The base, a float32 value.
 * @param y - The exponent, a float32 value.
 * @returns `x ** y` as a float32 value; `NaN` for a negative base and an exponent that is not an integer. Subnormal
 *   results are 0.
 *
 * @example
 * ```ts
 * import { pow32 } from "@flaxen/dtype";
 *
 * pow32(2, 0.5); // => Math.fround(Math.SQRT2)
 * pow32(0, -1); // => Infinity
 * pow32(1, NaN); // => 1
 * ```
 */
export function pow32(x: number, y: number): number {
  if (x === 1 || y === 0) return 1;
  const size = Math.abs(x);
  let power = size === 1 ? 1 : fround(exp2(y * log2(size)));
  if (power < SMALLEST_NORMAL) power = 0;
  if (x !== x || y !== y) return NaN;
  if (x > 0 || Math.floor(y) !== y) return x < 0 && size < Infinity ? NaN : power;
  const isOdd = Math.floor(y * 0.5) !== y * 0.5;
  return isOdd && (x < 0 || Object.is(x, -0)) ? -power : power;
}

/** The binary logarithm of a float32 of at least 0, in float64: `e + 2 artanh((m - 1) / (m + 1)) / ln(2)` for `x = m 2^e`. */
function log2(x: number): number {
  if (x === 0) return -Infinity;
  if (!(x < Infinity)) return x;
  F64[0] = x;
  let e = (F64_WORDS[1] >>> 20) - 1023;
  F64_WORDS[1] = (F64_WORDS[1] & 0x000fffff) | 0x3ff00000;
  let m = F64[0];
  if (m > Math.SQRT2) {
    m *= 0.5;
    e += 1;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let p = 1 / 21;
  for (let k = 19; k >= 3; k -= 2) p = p * z + 1 / k;
  return e + (s + s * (z * p)) * (2 * Math.LOG2E);
}

/** `2 ** x` in float64, with x limited to [-200, 200]: `2^n` times the series of `exp(r ln(2))` for `x = n + r`. */
function exp2(x: number): number {
  const limited = Math.min(Math.max(x, -200), 200);
  const n = limited + WHOLE - WHOLE;
  const w = (limited - n) * Math.LN2;
  let p = INVERSE_FACTORIALS[13];
  for (let k = 12; k >= 0; k--) p = p * w + INVERSE_FACTORIALS[k];
  F64_WORDS[0] = 0;
  F64_WORDS[1] = (n + 1023) << 20;
  return p * F64[0];
}

/**
 * Computes the hyperbolic tangent of a float32 as XLA does on a CPU: an odd polynomial over an even one.
 *
 * @param x - A float32 value.
 * @returns `tanh(x)` as a float32 value within `[-1, 1]`.
 *
 * @example
 * ```ts
 * import { tanh32 } from "@flaxen/dtype";
 *
 * tanh32(0.5).toFixed(6); // => "0.462117"
 * tanh32(40); // => 1
 * ```
 */
export function tanh32(x: number): number {
  const size = Math.abs(x);
  if (size < fround(0.0004)) return x;
  if (size >= fround(7.99881172180175781)) return x < 0 ? -1 : 1;
  const s = fround(x * x);
  let p = fround(s * fround(-2.76076847742355e-16) + fround(2.00018790482477e-13));
  p = fround(p * s + fround(-8.60467152213735e-11));
  p = fround(p * s + fround(5.12229709037114e-8));
  p = fround(p * s + fround(1.48572235717979e-5));
  p = fround(p * s + fround(6.37261928875436e-4));
  p = fround(p * s + fround(4.89352455891786e-3));
  let q = fround(s * fround(1.19825839466702e-6) + fround(1.18534705686654e-4));
  q = fround(q * s + fround(2.268434632439e-3));
  q = fround(q * s + fround(4.89352518554385e-3));
  return fround(fround(x * p) / q);
}

/**
 * Computes the error function of a float32 as XLA does on a CPU: an odd polynomial over an even one.
 *
 * @param x - A float32 value.
 * @returns `erf(x)` as a float32 value within `[-1, 1]`.
 *
 * @example
 * ```ts
 * import { erf32 } from "@flaxen/dtype";
 *
 * erf32(0.5).toFixed(6); // => "0.520500"
 * erf32(-10); // => -1
 * ```
 */
export function erf32(x: number): number {
  const size = Math.abs(x);
  if (size < SMALLEST_NORMAL) return x * 0;
  if (size >= fround(3.8325066566467285)) return x < 0 ? -1 : 1;
  // Of all values, the one whose last sum below float64 rounds to the middle of two float32 values, and so to the wrong one.
  if (size === fround(0.0003461441083345562)) return fround(x * fround(1.128379));
  const s = fround(x * x);
  let p = fround(s * fround(0.00022905065861350646) + fround(0.0034082910107109506));
  p = fround(p * s + fround(0.050955695062380861));
  p = fround(p * s + fround(0.18520832239976145));
  p = fround(p * s + fround(1.128379143519084));
  let q = fround(s * fround(-1.1791602954361697e-7) + fround(0.000023547966471313185));
  q = fround(q * s + fround(0.0010179625278914885));
  q = fround(q * s + fround(0.014070470171167667));
  q = fround(q * s + fround(0.11098505178285362));
  q = fround(q * s + fround(0.49746925110067538));
  q = fround(q * s + 1);
  return fround(fround(x * p) / q);
}

/**
 * Computes the inverse error function of a float32 as XLA does on a CPU.
 *
 * `z = sqrt(2) * erfInv32(u)` turns a uniform `u` on `(-1, 1)` into a standard normal `z`.
 *
 * @param x - A float32 value within `[-1, 1]`.
 * @returns `y` with `erf(y) = x`, a float32 value; `±Infinity` for ±1 and `NaN` outside.
 * @see Giles (2012), "Approximating the erfinv function", GPU Computing Gems 2, table 5.
 *
 * @example
 * ```ts
 * import { erfInv32 } from "@flaxen/dtype";
 *
 * erfInv32(0.5).toFixed(6); // => "0.476936"
 * erfInv32(1); // => Infinity
 * ```
 */
export function erfInv32(x: number): number {
  let w = -log1p32(fround(-x * x));
  let p: number;
  if (w < 5) {
    w = fround(w - 2.5);
    p = fround(2.81022636e-8);
    p = fround(p * w + fround(3.43273939e-7));
    p = fround(p * w + fround(-3.5233877e-6));
    p = fround(p * w + fround(-4.39150654e-6));
    p = fround(p * w + fround(0.00021858087));
    p = fround(p * w + fround(-0.00125372503));
    p = fround(p * w + fround(-0.00417768164));
    p = fround(p * w + fround(0.246640727));
    p = fround(p * w + fround(1.50140941));
  } else {
    if (x === 1 || x === -1) return x * Infinity;
    w = fround(fround(Math.sqrt(w)) - 3);
    p = fround(-0.000200214257);
    p = fround(p * w + fround(0.000100950558));
    p = fround(p * w + fround(0.00134934322));
    p = fround(p * w + fround(-0.00367342844));
    p = fround(p * w + fround(0.00573950773));
    p = fround(p * w + fround(-0.0076224613));
    p = fround(p * w + fround(0.00943887047));
    p = fround(p * w + fround(1.00167406));
    p = fround(p * w + fround(2.83297682));
  }
  const y = fround(p * x);
  return Math.abs(y) < SMALLEST_NORMAL ? x * 0 : y;
}
