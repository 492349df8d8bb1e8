import { fma64 } from "./fma64.ts";
import { log64 } from "./log64.ts";

// ln(1 + x) near 0: Moshier, Cephes Mathematical Library, `log1p`. https://www.netlib.org/cephes/
const TOP: readonly number[] = [
  4.5270000862445199635215e-5, 4.9854102823193375972212e-1, 6.5787325942061044846969,
  29.911919328553073277375, 60.949667980987787057556, 57.112963590585538103336,
  20.039553499201281259648,
];
const BOTTOM: readonly number[] = [
  1, 15.062909083469192043167, 83.047565967967209469434, 221.76239823732856465394,
  309.09872225312059774938, 216.42788614495947685003, 60.118660497603843919306,
];

/** Evaluates a polynomial, coefficient of the highest power first, by fused steps. */
export function polynomial64(x: number, coefficients: readonly number[]): number {
  let sum = coefficients[0];
  for (let i = 1; i < coefficients.length; i++) sum = fma64(sum, x, coefficients[i]);
  return sum;
}

/** `ln(1 + x)` in float64, in the form that XLA compiles on a CPU. */
export function log1p64(x: number): number {
  if (!(Math.abs(x) < 0.4142135623730951)) return log64(1 + x);
  // The sign of a zero matters to those who divide by the result.
  if (x === 0) return x;
  const square = x * x;
  const quotient = polynomial64(x, TOP) / polynomial64(x, BOTTOM);
  return x + fma64(-0.5, square, x * square * quotient);
}
