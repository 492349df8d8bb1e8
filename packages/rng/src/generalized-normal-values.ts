import { arithmeticOf } from "./arithmetic.ts";
import type { FloatDType } from "./arguments.ts";
import { gammaValues } from "./gamma-values.ts";
import type { Key } from "./make-key.ts";
import type { Parameter } from "./parameters.ts";
import { signsOf } from "./rademacher.ts";
import { splitKey } from "./split.ts";

/** Draws `size` values of `dtype` with densities proportional to `exp(-|x| ** p)`. */
export function generalizedNormalValues(
  key: Key,
  size: number,
  { values: exponents, step }: Parameter,
  dtype: FloatDType,
): Float32Array | Float64Array {
  const { round, pow } = arithmeticOf(dtype);
  const inverses = { values: exponents.map((p) => round(1 / p)), step };
  const [gammaKey, signKey] = splitKey(key);
  const values = gammaValues(gammaKey, size, inverses, dtype, false);
  const signs = signsOf(signKey, size, new Int8Array(size));
  for (let i = 0; i < size; i++) {
    values[i] = signs[i] * pow(values[i], inverses.values[i * step]);
  }
  return values;
}
