import { describe } from "@flaxen/dtype";
import { isTensor } from "@flaxen/autodiff";
import { Metric } from "./metric.ts";
import { defineField } from "./state.ts";
import { findVariables, isNode } from "./traverse.ts";
import { isPytree } from "./pytree.ts";

/**
 * Several metrics under one roof.
 *
 * The metrics are fields of the object, so their state has paths such as `loss.total`.
 *
 * @example
 * ```ts
 * import { Accuracy, Average, MultiMetric } from "@flaxen/nnx";
 *
 * const metrics = new MultiMetric({ loss: new Average("loss"), accuracy: new Accuracy() });
 * metrics.update({ loss: 0.5, logits: [[2, 1], [0, 3]], labels: [0, 1] });
 * metrics.compute(); // => { loss: 0.5, accuracy: 1 }
 * ```
 */
export class MultiMetric<
  M extends Readonly<Record<string, Metric>> = Readonly<Record<string, Metric>>,
> extends Metric {
  /** Carries the types of the metrics; there is no value. */
  declare protected readonly metrics: M;

  /**
   * Puts metrics together.
   *
   * @param metrics - names and metrics; `compute` keeps their order.
   * @throws {@link TypeError} if a value is not a metric.
   * @throws {@link RangeError} if a name is that of a method: update, compute or reset.
   */
  constructor(metrics: M) {
    super();
    for (const [name, metric] of Object.entries(metrics)) {
      if (name === "update" || name === "compute" || name === "reset" || name === "constructor") {
        throw new RangeError(
          `MultiMetric: names of metrics must not be those of its methods, got ${describe(name)}.`,
        );
      }
      if (!isMetric(metric)) {
        throw new TypeError(`MultiMetric: ${name} must be a Metric, got ${describe(metric)}.`);
      }
      defineField(this, name, metric);
    }
  }

  /**
   * Hands the results of a batch to every metric. If one of them throws, none is changed.
   *
   * @param results - all that the metrics need. `mask` may be one array for all metrics, or an object
   *   of metric names and arrays.
   */
  override update(results: Readonly<Record<string, unknown>>): void {
    const { mask, ...shared } = results;
    const before = findVariables(this).map(([, variable]) => [variable, variable.value] as const);
    try {
      for (const [name, metric] of metricsOf(this)) {
        const own = isMaskTable(mask) ? mask[name] : mask;
        metric.update(own === undefined || own === null ? shared : { ...shared, mask: own });
      }
    } catch (error) {
      for (const [variable, value] of before) variable.value = value;
      throw error;
    }
  }

  /**
   * Computes every metric.
   *
   * @returns an object of names and results in the order of the constructor.
   */
  override compute(): { [K in keyof M]: ReturnType<M[K]["compute"]> } {
    const results = metricsOf(this).map(([name, metric]) => [name, metric.compute()] as const);
    return Object.fromEntries(results) as { [K in keyof M]: ReturnType<M[K]["compute"]> };
  }

  /** Resets every metric. */
  override reset(): void {
    for (const [, metric] of metricsOf(this)) metric.reset();
  }
}

function metricsOf(multi: object): [string, Metric][] {
  return Object.entries(multi as Readonly<Record<string, Metric>>).filter(([, field]) =>
    isMetric(field),
  );
}

function isMetric(value: unknown): value is Metric {
  return isPytree(value) && "compute" in value;
}

function isMaskTable(mask: unknown): mask is Readonly<Record<string, unknown>> {
  return isNode(mask) && !Array.isArray(mask) && !isTensor(mask) && !("shape" in mask);
}
