import { roundTo } from "@flaxen/dtype";
import type { NDArray, Shape } from "@flaxen/ndarray";
import type { FloatDType, Key } from "@flaxen/rng";
import { checkCall, checkFloatDType, checkOptions } from "./arguments.ts";
import { checkAxes, fanOf } from "./fans.ts";
import type { Axes, FanMode } from "./fans.ts";
import type { Initializer } from "./initializer.ts";

/** Options of the variance-scaling initializers. */
export interface FanOptions {
  /** Axis or axes of the input units (default -2). */
  readonly inAxis?: Axes;
  /** Axis or axes of the output units (default -1). */
  readonly outAxis?: Axes;
  /** Axis or axes that count for neither fan (default `[]`). */
  readonly batchAxis?: Axes;
  /** dtype of the result if none is asked for (default: the default float). */
  readonly dtype?: FloatDType;
}

/** Draws a sample of a given variance, a value of `dtype`. */
export type Draw = (key: Key, shape: Shape, dtype: FloatDType, variance: number) => NDArray;

/** Builds the initializer whose samples have variance `scale / fan`. */
export function fanInitializer(
  callee: string,
  scale: number,
  mode: FanMode,
  options: FanOptions,
  draw: Draw,
): Initializer {
  checkOptions(callee, options);
  const { inAxis = -2, outAxis = -1, batchAxis = [] } = options;
  checkAxes(callee, "inAxis", inAxis);
  checkAxes(callee, "outAxis", outAxis);
  checkAxes(callee, "batchAxis", batchAxis);
  const axes = { inAxis, outAxis, batchAxis };
  const builderDType =
    options.dtype === undefined ? undefined : checkFloatDType(callee, options.dtype);
  return (key, shape, dtype = builderDType) => {
    checkCall(callee, key, shape);
    const type = checkFloatDType(callee, dtype);
    // As in JAX, the variance is rounded to the dtype before any root is taken.
    return draw(key, shape, type, roundTo(type, scale / fanOf(callee, shape, mode, axes)));
  };
}
