import { defaultFloat, describe, roundFloat } from "@flaxen/dtype";
import { checkShape, sizeOf } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";

/** The dtypes of floating-point samples. */
export type FloatDType = "float16" | "bfloat16" | "float32" | "float64";

// Counters are 32 bits wide and their number must be too.
const LARGEST_SIZE = 2 ** 32 - 2;

/** Asserts that `options` is an object of options, in the name of a caller. */
export function checkOptions(callee: string, options: unknown): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`${callee}: options must be an object, got ${describe(options)}.`);
  }
}

/** Asserts that `shape` is the shape of a sample and returns its number of elements. */
export function checkSampleShape(callee: string, shape: Shape): number {
  checkShape(callee, shape);
  const size = sizeOf(shape);
  if (size > LARGEST_SIZE) {
    throw new RangeError(
      `${callee}: shape must have fewer than 2^32 - 1 elements, got ${describe(shape)}.`,
    );
  }
  return size;
}

/** Returns the floating-point dtype of a sample, by default the default float. */
export function checkFloatDType(callee: string, dtype: unknown): FloatDType {
  switch (dtype) {
    case undefined:
      return defaultFloat();
    case "float16":
    case "bfloat16":
    case "float32":
    case "float64":
      return dtype;
    default:
      throw new TypeError(
        `${callee}: dtype must be a real floating-point dtype, got ${describe(dtype)}.`,
      );
  }
}

/** Returns a number as it is stored in `dtype`; NaN is refused, infinities too unless `infinite` is set. */
export function checkNumber(
  callee: string,
  argument: string,
  value: unknown,
  dtype: FloatDType,
  infinite = false,
): number {
  if (typeof value !== "number") {
    throw new TypeError(`${callee}: ${argument} must be a number, got ${describe(value)}.`);
  }
  const rounded = roundFloat(dtype, value);
  if (Number.isNaN(value) || (!infinite && !Number.isFinite(rounded))) {
    const rule = infinite ? "not be NaN" : `be finite in ${dtype}`;
    throw new RangeError(`${callee}: ${argument} must ${rule}, got ${describe(value)}.`);
  }
  return rounded;
}
