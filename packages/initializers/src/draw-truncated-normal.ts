import { roundTo } from "@flaxen/dtype";
import { truncatedNormal } from "@flaxen/rng";
import type { Draw } from "./fan-initializer.ts";
import { scaleSample } from "./scale-sample.ts";

// Standard deviation of the standard normal distribution cut off at ±2.
const TRUNCATED_STDDEV = 0.87962566103423978;

/** Draws normally, cut off at two standard deviations, with standard deviation `sqrt(variance)` after the cut. */
export const drawTruncatedNormal: Draw = (key, shape, dtype, variance) => {
  const stddev = roundTo(dtype, Math.sqrt(variance)) / roundTo(dtype, TRUNCATED_STDDEV);
  return scaleSample(truncatedNormal(key, -2, 2, shape, { dtype }), stddev);
};
