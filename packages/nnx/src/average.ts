import { describe } from "@flaxen/dtype";
import { add, astype, divide, isTensor, multiply, sum, toTensor } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { full } from "@flaxen/ndarray";
import { Metric, MetricState } from "./metric.ts";

/**
 * The mean of all values seen.
 *
 * @example
 * ```ts
 * import { Average } from "@flaxen/nnx";
 *
 * const loss = new Average("loss");
 * loss.update({ loss: [1, 2, 3] });
 * loss.update({ loss: 6 });
 * loss.compute(); // => 3
 * ```
 */
export class Average extends Metric {
  /** The name under which `update` finds the values. */
  readonly argname: string;
  /** Sum of the values, a float32 scalar. */
  readonly total: MetricState;
  /** Number of the values, an int32 scalar. */
  readonly count: MetricState;

  /**
   * Starts with no values.
   *
   * @param argname - the name under which `update` finds the values; `"values"` by default.
   * @throws {@link TypeError} if `argname` is not a string.
   */
  constructor(argname: string = "values") {
    super();
    if (typeof argname !== "string") {
      throw new TypeError(`Average: argname must be a string, got ${describe(argname)}.`);
    }
    this.argname = argname;
    this.total = new MetricState<Tensor>(full([], 0, "float32"));
    this.count = new MetricState<Tensor>(full([], 0, "int32"));
  }

  /**
   * Takes in values.
   *
   * @param results - the values under `argname`: a number counts as one value, an array as its
   *   elements; and optionally `mask`, which broadcasts to the array: the sums are then those of
   *   `values * mask` and of `mask`.
   * @throws {@link TypeError} if there are no values under `argname`, or a mask with a number.
   */
  override update(results: Readonly<Record<string, unknown>>): void {
    const values = results[this.argname];
    if (values === undefined || values === null) {
      throw new TypeError(
        `Average.update: results must have values under ${describe(this.argname)}, got ${describe(Object.keys(results))}.`,
      );
    }
    this.accumulate(values as TensorLike, results.mask as TensorLike | null | undefined);
  }

  /**
   * Returns the mean.
   *
   * @returns a float32 scalar; NaN without values.
   */
  override compute(): Tensor {
    return divide(this.total.value, this.count.value);
  }

  /** Forgets all values. */
  override reset(): void {
    this.total.value = full([], 0, "float32");
    this.count.value = full([], 0, "int32");
  }

  /** Adds values to the sums; for derived metrics. */
  protected accumulate(values: TensorLike, mask: TensorLike | null | undefined): void {
    const masked = mask !== undefined && mask !== null;
    if (typeof values === "number") {
      if (masked) {
        throw new TypeError(
          `Average.update: ${this.argname} must be an array when there is a mask, got ${describe(values)}.`,
        );
      }
      this.add(toTensor(values, "float32"), toTensor(1, "int32"));
      return;
    }
    const x = toTensor(values);
    if (!masked) {
      this.add(sum(x), toTensor(x.size, "int32"));
      return;
    }
    const weights = isTensor(mask) ? mask : toTensor(mask);
    this.add(sum(multiply(x, astype(weights, x.dtype))), sum(weights));
  }

  private add(total: Tensor, count: Tensor): void {
    const newTotal = add(this.total.value, astype(total, "float32"));
    const newCount = add(this.count.value, astype(count, "int32"));
    this.total.value = newTotal;
    this.count.value = newCount;
  }
}
