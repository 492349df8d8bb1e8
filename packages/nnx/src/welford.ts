import { describe } from "@flaxen/dtype";
import {
  add,
  divide,
  mean,
  multiply,
  sqrt,
  square,
  subtract,
  toTensor,
  variance,
} from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { full } from "@flaxen/ndarray";
import { Metric, MetricState } from "./metric.ts";

/** What `Welford` computes. */
export interface Statistics {
  /** The mean, a float32 scalar. */
  readonly mean: Tensor;
  /** The standard deviation divided by the square root of the number of values. */
  readonly standardErrorOfMean: Tensor;
  /** The square root of the mean squared distance from the mean. */
  readonly standardDeviation: Tensor;
}

/**
 * Mean and standard deviation of all values seen, by Welford's algorithm, which does not cancel as the
 * difference of the mean square and the squared mean does.
 *
 * @see Chan, Golub and LeVeque (1983), "Algorithms for computing the sample variance", equation 2.1b, for
 *   whole batches.
 *
 * @example
 * ```ts
 * import { Welford } from "@flaxen/nnx";
 *
 * const loss = new Welford("loss");
 * loss.update({ loss: [1, 2, 3, 4] });
 * loss.update({ loss: [3, 2, 1, 0] });
 * loss.compute().mean; // => 2
 * Number(loss.compute().standardDeviation).toFixed(5); // => "1.22474"
 * ```
 */
export class Welford extends Metric {
  /** The name under which `update` finds the values. */
  readonly argname: string;
  /** Number of the values, an int32 scalar. */
  readonly count: MetricState;
  /** Mean of the values, a float32 scalar. */
  readonly mean: MetricState;
  /** Sum of the squared distances from the mean, a float32 scalar. */
  readonly m2: MetricState;

  /**
   * Starts with no values.
   *
   * @param argname - the name under which `update` finds the values; `"values"` by default.
   * @throws {@link TypeError} if `argname` is not a string.
   */
  constructor(argname: string = "values") {
    super();
    if (typeof argname !== "string") {
      throw new TypeError(`Welford: argname must be a string, got ${describe(argname)}.`);
    }
    this.argname = argname;
    this.count = new MetricState<Tensor>(full([], 0, "int32"));
    this.mean = new MetricState<Tensor>(full([], 0, "float32"));
    this.m2 = new MetricState<Tensor>(full([], 0, "float32"));
  }

  /**
   * Takes in values.
   *
   * @param results - the values under `argname`: a number counts as one value, an array as its elements.
   * @throws {@link TypeError} if there are no values under `argname`.
   * @throws {@link RangeError} if they are an array without elements.
   */
  override update(results: Readonly<Record<string, unknown>>): void {
    const values = results[this.argname];
    if (values === undefined || values === null) {
      throw new TypeError(
        `Welford.update: results must have values under ${describe(this.argname)}, got ${describe(Object.keys(results))}.`,
      );
    }
    const x = toTensor(values as TensorLike, typeof values === "number" ? "float32" : undefined);
    if (x.size === 0) {
      throw new RangeError(
        `Welford.update: ${this.argname} must have at least one element, got ${describe(x)}.`,
      );
    }
    const before = this.count.value;
    const count = add(before, toTensor(x.size, "int32"));
    const delta = subtract(mean(x), this.mean.value);
    const newMean = add(this.mean.value, divide(multiply(delta, x.size), count));
    const within = multiply(variance(x), x.size);
    const between = divide(multiply(multiply(square(delta), x.size), before), count);
    const newM2 = add(this.m2.value, add(within, between));
    this.count.value = count;
    this.mean.value = newMean;
    this.m2.value = newM2;
  }

  /**
   * Returns the statistics.
   *
   * @returns without values the mean is 0 and the others are NaN.
   */
  override compute(): Statistics {
    const count = this.count.value;
    const standardDeviation = sqrt(divide(this.m2.value, count));
    return {
      mean: this.mean.value,
      standardErrorOfMean: divide(standardDeviation, sqrt(count)),
      standardDeviation,
    };
  }

  /** Forgets all values. */
  override reset(): void {
    this.count.value = full([], 0, "int32");
    this.mean.value = full([], 0, "float32");
    this.m2.value = full([], 0, "float32");
  }
}
