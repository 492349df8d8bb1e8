import type { Shape } from "@flaxen/ndarray";
import { checkFloatDType, checkOptions, checkSampleShape } from "./arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { useKey } from "./key.ts";

/** Options of the samplers that draw floating-point numbers and have no other options. */
export interface FloatOptions {
  /** A real floating-point dtype (default float32, or float64 after `enableX64(true)`). */
  readonly dtype?: FloatDType;
}

/** Asserts the arguments that all samplers of floating-point numbers share; returns the number of elements and dtype. */
export function checkFloatSample(
  callee: string,
  key: unknown,
  shape: Shape,
  options: FloatOptions,
): { readonly size: number; readonly dtype: FloatDType } {
  useKey(callee, key);
  checkOptions(callee, options);
  const size = checkSampleShape(callee, shape);
  return { size, dtype: checkFloatDType(callee, options.dtype) };
}
