import { arithmeticOf } from "./arithmetic.ts";
import type { FloatDType } from "./arguments.ts";
import { gammaValues } from "./gamma-values.ts";
import type { Key } from "./make-key.ts";
import type { Parameter } from "./parameters.ts";

/** Draws `size` logarithms of halves of chi-square distributed numbers. */
export function chisquareLogs(
  key: Key,
  size: number,
  degrees: Parameter,
  dtype: FloatDType,
): Float32Array | Float64Array {
  return gammaValues(key, size, halfOf(degrees, dtype), dtype, true);
}

/** Returns a parameter with its values halved. */
export function halfOf({ values, step }: Parameter, dtype: FloatDType): Parameter {
  const { round } = arithmeticOf(dtype);
  return { values: values.map((x) => round(x / 2)), step };
}
