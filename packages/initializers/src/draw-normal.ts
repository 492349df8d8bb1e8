import { normal } from "@flaxen/rng";
import type { Draw } from "./fan-initializer.ts";
import { scaleSample } from "./scale-sample.ts";

/** Draws normally with standard deviation `sqrt(variance)`. */
export const drawNormal: Draw = (key, shape, dtype, variance) =>
  scaleSample(normal(key, shape, { dtype }), Math.sqrt(variance));
