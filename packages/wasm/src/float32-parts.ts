/**
 * Parts of {@link f32x4Log}, {@link f32x4Log1p} and {@link f32x4ErfInv}, for kernels that sort their values first.
 *
 * @packageDocumentation
 */
export { single } from "./float32-lanes.ts";
export type { Exponents, Vector } from "./float32-lanes.ts";
export { erfInvFar, erfInvNear } from "./float32-erf-inv.ts";
export { log1pNear, logOfNormal } from "./float32-log.ts";
