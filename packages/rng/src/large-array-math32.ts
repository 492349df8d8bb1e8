/*
 * Elementary functions of one float32 value as XLA on a CPU computes them next to a sum or maximum over an array of 4096
 * elements and more, by the library YNNPACK: other polynomials than elsewhere. A product and a sum under one `fround` are
 * a fused multiply-add.
 */

const fround = Math.fround;

const F32: Float32Array = /* @__PURE__ */ new Float32Array(1);
const U32: Uint32Array = /* @__PURE__ */ new Uint32Array(F32.buffer);

/** Adding and subtracting this rounds a small float32 to a whole number. */
const WHOLE = 1.5 * 2 ** 23;

const SMALLEST_NORMAL = 2 ** -126;

/** `e ** x` of a number. */
export function expLarge32(x: number): number {
  const limited = Math.min(Math.max(x, -88.02969360351562), 88.72283935546875);
  const n = fround(fround(limited * 1.4426950216293335) + WHOLE) - WHOLE;
  // x - n * ln(2), with ln(2) in two parts.
  let r = fround(-0.693145751953125 * n + limited);
  r = fround(-1.428606765330187e-6 * n + r);
  const z = fround(r * r);
  let odd = fround(0.00022773783712182194 * z + 0.008324293419718742);
  odd = fround(odd * z + 0.16666725277900696);
  let even = fround(-4.9866619519889355e-5 * z + 0.001413246151059866);
  even = fround(even * z + 0.04166562855243683);
  even = fround(even * z + 0.4999999403953552);
  const p = fround(fround(odd * r + even) * z + r);
  U32[0] = (n + 127) << 23; // 2 ** n, and 0 for n = -127
  const scale = F32[0];
  const y = fround(p * scale + scale);
  return y < SMALLEST_NORMAL ? 0 : y;
}

/** The natural logarithm of a positive number. */
export function logLarge32(x: number): number {
  return logarithm(x, x - 1);
}

/** `ln(1 + x)` of a number above -1. */
export function log1pLarge32(x: number): number {
  return logarithm(fround(1 + x), x);
}

/** The logarithm of `x`, which is `1 + excess`, perhaps rounded; next to 1 only the excess counts. */
function logarithm(x: number, excess: number): number {
  F32[0] = x;
  const pattern = U32[0];
  let e = (pattern >>> 23) - 127;
  U32[0] = (pattern & 0x007fffff) | 0x3f800000;
  let m = F32[0]; // in [1, 2)
  if (m > 1.4142135381698608) {
    m *= 0.5;
    e += 1;
  }
  const r = e === 0 ? excess : m - 1;
  const z = fround(r * r);
  const p = fround(
    -0.33127889037132263 * r + fround(-0.005229335278272629 * z - 0.49999964237213135),
  );
  const q = fround(1.3292170763015747 * r + fround(0.39658042788505554 * z + 1));
  return fround(0.6931471824645996 * e + fround(fround(p / q) * z + r));
}
