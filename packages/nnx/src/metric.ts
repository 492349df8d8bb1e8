import type { Tensor } from "@flaxen/autodiff";
import { Pytree } from "./pytree.ts";
import { Variable } from "./variable.ts";

/**
 * What a metric has counted so far.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { MetricState } from "@flaxen/nnx";
 *
 * new MetricState(array(0)).value; // => 0
 * ```
 */
export class MetricState<T = Tensor> extends Variable<T> {
  /** `"MetricState"`. */
  override get kind(): "MetricState" {
    return "MetricState";
  }
}

/**
 * The base class of metrics: `update` with the results of a batch, `compute` what they amount to,
 * `reset` before the next epoch.
 *
 * A metric keeps what it counts in fields of class `MetricState`.
 *
 * @example
 * ```ts
 * import { add } from "@flaxen/autodiff";
 * import { array, zerosLike } from "@flaxen/ndarray";
 * import { Metric, MetricState } from "@flaxen/nnx";
 *
 * class Steps extends Metric {
 *   count = new MetricState(array(0, "int32"));
 *   update() {
 *     this.count.value = add(this.count.value, 1);
 *   }
 *   compute() {
 *     return this.count.value;
 *   }
 *   reset() {
 *     this.count.value = array(0, "int32");
 *   }
 * }
 * const steps = new Steps();
 * steps.update();
 * steps.compute(); // => 1
 * ```
 */
export abstract class Metric extends Pytree {
  /**
   * Takes in the results of a batch.
   *
   * @param results - named values; a metric ignores those that it does not know.
   */
  abstract update(results: Readonly<Record<string, unknown>>): void;

  /** Returns the metric over everything since the last `reset`. */
  abstract compute(): unknown;

  /** Forgets everything. */
  abstract reset(): void;
}
