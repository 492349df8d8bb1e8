import type { Kind, Workload } from "../workload.ts";

const BATCH = 32;
const SIDE = 28;
const IN = 32;
const OUT = 64;
const WINDOW = 3;

function convolution(name: string, kind: Kind): Workload {
  return {
    name: `conv ${name}`,
    family: "convolution",
    kind,
    sizes: { batch: BATCH, side: SIDE, in: IN, out: OUT, window: WINDOW },
    unit: "GF/s",
    // Every product with padding counts, as is the custom.
    count: 2 * BATCH * SIDE ** 2 * IN * OUT * WINDOW ** 2,
    comparison: "values",
    checks: 1,
  };
}

/** 3 × 3 SAME over 32 images of 28 × 28 with 32 channels, to 64 channels. Each library has its own layout. */
export const convolutions: readonly Workload[] = [
  convolution("forward", "convForward"),
  convolution("input gradient", "convInputGradient"),
  convolution("kernel gradient", "convKernelGradient"),
];
