import { normal } from "@flaxen/rng";
import type { Pairs } from "./complex-sample.ts";
import type { Draw, Draws } from "./fan-initializer.ts";
import { scaleSample } from "./scale-sample.ts";

/** Draws normally with standard deviation `sqrt(variance)`. */
export const drawNormal: Draw = (key, shape, dtype, variance) =>
  scaleSample(normal(key, shape, { dtype }), Math.sqrt(variance));

/** Draws complex numbers of variance 1. */
export const drawComplexNormal: Draws["complex"] = (key, shape, dtype) =>
  normal(key, shape, { dtype }).data as Pairs;
