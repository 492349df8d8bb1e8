import type { Kind, Workload } from "../workload.ts";

function sampler(name: string, kind: Kind): Workload {
  const n = 10 ** 6;
  return {
    name,
    family: "samplers",
    kind,
    sizes: { n },
    unit: "M/s",
    count: n,
    comparison: "distribution",
    checks: 1,
  };
}

/** Draws of 10^6 float32 numbers with each library's own generator. */
export const samplers: readonly Workload[] = [
  sampler("uniform, 10^6", "uniform"),
  sampler("normal, 10^6", "normal"),
];
