import { sizeOf } from "@flaxen/ndarray";
import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { checkFloatDType, checkOptions, checkSampleShape } from "./arguments.ts";
import { floatSample } from "./float-sample.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { maxwellValues } from "./maxwell-values.ts";
import { checkParameters, FINITE } from "./parameters.ts";
import { signsOf } from "./rademacher.ts";
import type { FloatOptions } from "./sample-arguments.ts";
import { splitKey } from "./split.ts";
import type { FloatDType } from "./arguments.ts";
import { handOver } from "./traced-key.ts";

/**
 * Draws from double-sided Maxwell distributions, as `jax.random.double_sided_maxwell` does.
 *
 * Formula: `sign * maxwell * scale + loc` with a random sign.
 *
 * @param key - The random key.
 * @param loc - The centre, finite: a number or an array.
 * @param scale - The scale, finite: a number or an array that broadcasts with `loc`.
 * @param shape - Leading axes of the result (default `[]`).
 * @param options - `dtype`, see {@link FloatOptions}; the parameters are rounded to it.
 * @returns An array of the dtype and of `shape` followed by the joint shape of the parameters; where `shape` is empty, JAX
 *   repeats that joint shape, and so does this.
 * @throws {@link TypeError} if `key` is not a key, `loc` or `scale` no array of real numbers, `shape` not an array or `dtype` not a
 *   real floating-point dtype.
 * @throws {@link RangeError} if a parameter is not finite, they do not broadcast together, or `shape` holds anything but
 *   non-negative integers.
 *
 * @example
 * ```ts
 * import { doubleSidedMaxwell, key } from "@flaxen/rng";
 *
 * doubleSidedMaxwell(key(0), 0, 1, [1000]).shape; // => [1000]
 * doubleSidedMaxwell(key(0), [0, 1], 1, [1000]).shape; // => [1000, 2]
 * ```
 */
export function doubleSidedMaxwell(
  key: Key,
  loc: ArrayInput,
  scale: ArrayInput,
  shape: Shape = [],
  options: FloatOptions = {},
): NDArray<FloatDType> {
  useKey("doubleSidedMaxwell", key);
  checkOptions("doubleSidedMaxwell", options);
  const dtype = checkFloatDType("doubleSidedMaxwell", options.dtype);
  checkSampleShape("doubleSidedMaxwell", shape);
  const joint = checkParameters("doubleSidedMaxwell", undefined, dtype, [
    ["loc", loc, FINITE],
    ["scale", scale, FINITE],
  ]);
  const [locs, scales] = joint.parameters;
  const full = [...(shape.length === 0 ? joint.shape : shape), ...joint.shape];
  checkSampleShape("doubleSidedMaxwell", [...full, 3]);
  const traced = handOver("doubleSidedMaxwell", [key, loc, scale], full, dtype, (key, loc, scale) =>
    doubleSidedMaxwell(key, loc, scale, shape, { dtype }),
  );
  if (traced) return traced;
  const size = sizeOf(full);
  const { round, fma } = arithmeticOf(dtype);
  const [maxwellKey, signKey] = splitKey(key);
  const values = maxwellValues(maxwellKey, size, dtype);
  const signs = signsOf(signKey, size, new Int8Array(size));
  for (let i = 0; i < size; i++) {
    const place = i % joint.size;
    const factor = scales.values[place * scales.step];
    values[i] = round(fma(signs[i] * values[i], factor, locs.values[place * locs.step]));
  }
  return floatSample(values, full, dtype);
}
