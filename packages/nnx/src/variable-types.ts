import type { Tensor } from "@flaxen/autodiff";
import { Variable } from "./variable.ts";

/**
 * A trainable parameter: what `grad` differentiates and optimizers change by default.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { Param } from "@flaxen/nnx";
 *
 * String(new Param(array([1, 2]))); // => "Param(float32[2])"
 * ```
 */
export class Param<T = Tensor> extends Variable<T> {
  /** `"Param"`, or the name of a derived class. */
  override get kind(): "Param" | "LoRAParam" {
    return "Param";
  }
}

/**
 * A statistic of the data that training updates without gradients, e.g. a running mean.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { BatchStat } from "@flaxen/nnx";
 *
 * new BatchStat(array([0, 0])).value; // => [0, 0]
 * ```
 */
export class BatchStat<T = Tensor> extends Variable<T> {
  /** `"BatchStat"`. */
  override get kind(): "BatchStat" {
    return "BatchStat";
  }
}

/**
 * What a layer remembers between calls, e.g. the keys and values of autoregressive attention.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { Cache } from "@flaxen/nnx";
 *
 * new Cache(array([0, 0])).value; // => [0, 0]
 * ```
 */
export class Cache<T = Tensor> extends Variable<T> {
  /** `"Cache"`. */
  override get kind(): "Cache" {
    return "Cache";
  }
}

/**
 * A value recorded during a forward pass to be looked at afterwards. It is never saved to files.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { Intermediate } from "@flaxen/nnx";
 *
 * new Intermediate(array([0.5])).value; // => [0.5]
 * ```
 */
export class Intermediate<T = Tensor> extends Variable<T> {
  /** `"Intermediate"`, or the name of a derived class. */
  override get kind(): "Intermediate" | "Perturbation" {
    return "Intermediate";
  }
}

/**
 * What `Module.perturb` adds to an intermediate value: zeros, whose gradient is that of the value. It is
 * never saved to files.
 *
 * @example
 * ```ts
 * import { zeros } from "@flaxen/ndarray";
 * import { Intermediate, OfType, Perturbation } from "@flaxen/nnx";
 *
 * const nudge = new Perturbation(zeros([2]));
 * nudge.kind; // => "Perturbation"
 * OfType(Intermediate)([], nudge); // => true
 * ```
 */
export class Perturbation<T = Tensor> extends Intermediate<T> {
  /** `"Perturbation"`. */
  override get kind(): "Perturbation" {
    return "Perturbation";
  }
}
