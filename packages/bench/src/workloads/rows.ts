import type { Kind, Workload } from "../workload.ts";

function rows(name: string, kind: Kind, checks = 1): Workload {
  return {
    name,
    family: "rows and updates",
    kind,
    sizes: { rows: 1000, columns: 1000 },
    unit: "ms",
    count: 1,
    comparison: "values",
    checks,
  };
}

/** Passes over 10^6 float32 elements: rows of 1000, or one vector of parameters. */
export const rowWorkloads: readonly Workload[] = [
  rows("softmax, 10^6", "softmax"),
  rows("layer norm, 10^6", "layerNorm"),
  rows("Adam, 10^6", "adam", 3),
];
