import { describe, finfo } from "@flaxen/dtype";
import type { RealDType } from "./operands.ts";

/** The cutoff for singular values, relative to the largest one: what was given, or `factor * max(m, n) * eps`. */
export function relativeTolerance(
  callee: string,
  argument: string,
  given: number | undefined,
  dtype: RealDType,
  length: number,
  factor: number,
): number {
  if (given === undefined) return factor * length * finfo(dtype).eps;
  if (typeof given !== "number" || Number.isNaN(given)) {
    throw new RangeError(`${callee}: ${argument} must be a number, got ${describe(given)}.`);
  }
  return given;
}
