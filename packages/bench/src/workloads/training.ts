import type { Kind, Workload } from "../workload.ts";

function training(name: string, kind: Kind, sizes: Record<string, number>): Workload {
  return {
    name,
    family: "training",
    kind,
    sizes,
    unit: "ms",
    count: 1,
    comparison: "values",
    checks: 4,
  };
}

/**
 * One step: loss, gradients, Adam. Mean softmax cross-entropy, relu between layers, the same initial weights for
 * everyone. The CNN is conv 3×3 1→32, pool 2, conv 3×3 32→64, pool 2, dense 3136→256→10.
 */
export const trainingSteps: readonly Workload[] = [
  training("tiny MLP step (2-32-32-2, batch 64)", "tiny", { batch: 64 }),
  training("MLP step (784-256-128-10, batch 128)", "mlp", { batch: 128 }),
  training("CNN step (28×28, batch 64)", "cnn", { batch: 64 }),
];
