import { truncatedNormalDisk, uniformDisk } from "./disk.ts";
import { drawComplexNormal, drawNormal } from "./draw-normal.ts";
import { drawTruncatedNormal } from "./draw-truncated-normal.ts";
import { drawUniform } from "./draw-uniform.ts";
import type { Draws } from "./fan-initializer.ts";

/** Normal, cut off at two standard deviations. */
export const TRUNCATED_NORMAL: Draws = {
  real: drawTruncatedNormal,
  complex: truncatedNormalDisk,
  deviation: 0.95311164380491208,
};

/** Normal. */
export const NORMAL: Draws = { real: drawNormal, complex: drawComplexNormal, deviation: 1 };

/** Uniform, in the complex plane on a disk. */
export const UNIFORM: Draws = { real: drawUniform, complex: uniformDisk, deviation: 1 };
