import { roundTo } from "@flaxen/dtype";
import type { NDArray, Shape } from "@flaxen/ndarray";
import type { ComplexDType, FloatDType, Key } from "@flaxen/rng";
import { handOver } from "@flaxen/rng/tracing";
import { checkCall, checkInexactDType, checkOptions } from "./arguments.ts";
import type { InexactDType } from "./arguments.ts";
import { complexSample, partOf } from "./complex-sample.ts";
import type { Pairs } from "./complex-sample.ts";
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
  readonly dtype?: InexactDType;
}

/** Draws a real sample of a given variance, a value of `dtype`. */
export type Draw = (key: Key, shape: Shape, dtype: FloatDType, variance: number) => NDArray;

/** How one distribution is drawn. */
export interface Draws {
  readonly real: Draw;
  readonly complex: (key: Key, shape: Shape, dtype: ComplexDType) => Pairs;
  /** Standard deviation of what `complex` draws. */
  readonly deviation: number;
}

/** Builds the initializer whose samples have variance `scale / fan`. */
export function fanInitializer(
  callee: string,
  scale: number,
  mode: FanMode,
  options: FanOptions,
  draws: Draws,
): Initializer {
  checkOptions(callee, options);
  const { inAxis = -2, outAxis = -1, batchAxis = [] } = options;
  checkAxes(callee, "inAxis", inAxis);
  checkAxes(callee, "outAxis", outAxis);
  checkAxes(callee, "batchAxis", batchAxis);
  const axes = { inAxis, outAxis, batchAxis };
  const builderDType =
    options.dtype === undefined ? undefined : checkInexactDType(callee, options.dtype);
  const initializer: Initializer = (key, shape, dtype = builderDType) => {
    checkCall(callee, key, shape);
    const type = checkInexactDType(callee, dtype);
    const variance = scale / fanOf(callee, shape, mode, axes);
    const traced = handOver(callee, [key], shape, type, (key) => initializer(key, shape, type));
    if (traced) return traced;
    // As in JAX, the variance is rounded to the dtype before any root is taken.
    if (type !== "complex64" && type !== "complex128") {
      return draws.real(key, shape, type, roundTo(type, variance));
    }
    const part = partOf(type);
    const root = roundTo(part, Math.sqrt(roundTo(part, variance)));
    const factor = root / roundTo(part, draws.deviation);
    return complexSample(draws.complex(key, shape, type), factor, shape, type);
  };
  return initializer;
}
