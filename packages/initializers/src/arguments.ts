import { defaultFloat, describe } from "@flaxen/dtype";
import { checkShape } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import { isKey } from "@flaxen/rng";
import type { ComplexDType, FloatDType } from "@flaxen/rng";

/** The dtypes of weights that may be complex: the floating-point ones and `complex64`, `complex128`. */
export type InexactDType = FloatDType | ComplexDType;

/** Asserts that what a builder got is an object of options. */
export function checkOptions(callee: string, options: unknown): void {
  if (typeof options !== "object" || options === null || Array.isArray(options) || isKey(options)) {
    throw new TypeError(
      `${callee}: options must be an object, got ${describe(options)}.${cureOf(callee, options)}`,
    );
  }
}

/** Asserts that a number given to a builder is finite. */
export function checkFinite(callee: string, argument: string, value: unknown): void {
  if (typeof value !== "number") {
    throw new TypeError(
      `${callee}: ${argument} must be a number, got ${describe(value)}.${cureOf(callee, value)}`,
    );
  }
  if (!Number.isFinite(value)) {
    throw new RangeError(`${callee}: ${argument} must be finite, got ${describe(value)}.`);
  }
}

/** What to do when a builder was called as if it were the initializer. */
export function cureOf(callee: string, value: unknown): string {
  return isKey(value) ? ` Build the initializer first: ${callee}(...)(key, shape).` : "";
}

/** Asserts that an initializer got a key and a shape. */
export function checkCall(callee: string, key: unknown, shape: unknown): asserts shape is Shape {
  if (!isKey(key)) {
    throw new TypeError(
      `${callee}: key must be a Key, got ${describe(key)}. Make one with key(seed).`,
    );
  }
  checkShape(callee, shape);
}

/** Returns the dtype of random weights: a real floating-point dtype, by default the default float. */
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

/** Returns the dtype of random weights that may be complex, by default the default float. */
export function checkInexactDType(callee: string, dtype: unknown): InexactDType {
  switch (dtype) {
    case undefined:
      return defaultFloat();
    case "float16":
    case "bfloat16":
    case "float32":
    case "float64":
    case "complex64":
    case "complex128":
      return dtype;
    default:
      throw new TypeError(
        `${callee}: dtype must be a floating-point or complex dtype, got ${describe(dtype)}.`,
      );
  }
}
