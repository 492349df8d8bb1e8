import type { Kind, Workload } from "../workload.ts";

const ELEMENTS = 10;
/** Additions in a chain whose gradient is taken, so that taking it weighs little beside the additions. */
const CHAIN = 100;

function additions(name: string, kind: Kind, chain: number): Workload {
  return {
    name,
    family: "small operations",
    kind,
    sizes: { n: ELEMENTS, chain },
    unit: "µs",
    count: chain,
    comparison: "values",
    checks: 1,
  };
}

/** What one eager operation costs where there is nearly nothing to compute. */
export const smallOperations: readonly Workload[] = [
  additions("add of 10", "add", 1),
  additions("add of 10 in a gradient", "addGradient", CHAIN),
];
