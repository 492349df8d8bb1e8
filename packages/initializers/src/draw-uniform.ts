import { roundTo } from "@flaxen/dtype";
import { uniform } from "@flaxen/rng";
import type { Draw } from "./fan-initializer.ts";
import { scaleSample } from "./scale-sample.ts";

/** Draws uniformly on `[-limit, limit)` with `limit = sqrt(3 * variance)`. */
export const drawUniform: Draw = (key, shape, dtype, variance) => {
  const sample = uniform(key, shape, { dtype, minval: -1, maxval: 1 });
  return scaleSample(sample, Math.sqrt(roundTo(dtype, 3 * variance)));
};
