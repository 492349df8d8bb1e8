import { convolutions } from "./workloads/convolution.ts";
import { matrixProducts } from "./workloads/matrix-products.ts";
import { rowWorkloads } from "./workloads/rows.ts";
import { samplers } from "./workloads/samplers.ts";
import { smallOperations } from "./workloads/small-operations.ts";
import { trainingSteps } from "./workloads/training.ts";
import type { Workload } from "./workload.ts";

/** Everything that is timed call by call, in the order of the table. */
export const workloads: readonly Workload[] = [
  ...matrixProducts,
  ...convolutions,
  ...rowWorkloads,
  ...samplers,
  ...smallOperations,
  ...trainingSteps,
];
