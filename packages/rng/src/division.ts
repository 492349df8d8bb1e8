import { arithmeticOf } from "./arithmetic.ts";
import type { FloatDType } from "./arguments.ts";
import type { Parameter } from "./parameters.ts";

/** Returns the division by a parameter: one value for all elements is divided by once, to multiply with the reciprocal. */
export function division(
  dtype: FloatDType,
  { step }: Parameter,
): (x: number, divisor: number) => number {
  const { round } = arithmeticOf(dtype);
  if (step === 0) return (x, divisor) => round(x * round(1 / divisor));
  return (x, divisor) => round(x / divisor);
}
