import { astype, isTensor, multiply, subtract } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { full } from "@flaxen/ndarray";
import { cast } from "./leaves.ts";
import type { Schedule } from "./schedule.ts";

/**
 * A number of a rule, or a floating-point scalar tensor in its place.
 *
 * A number is checked when the transformation is built. The value of a tensor is not, since it may be
 * traced; it can change from update to update, as {@link injectHyperparams} makes use of.
 */
export type Hyperparam = number | Tensor;

/** A {@link Hyperparam}, or a function from the count of updates to one. */
export type ScalarOrSchedule = Hyperparam | Schedule;

/** `1 - x`. */
export function complement(x: Hyperparam): Hyperparam {
  return typeof x === "number" ? 1 - x : subtract(1, x);
}

/** A hyper-parameter as a tensor of a dtype. */
export function toScalar(x: Hyperparam, dtype: DType): Tensor {
  return typeof x === "number" ? full([], x, dtype) : cast(x, dtype);
}

/** The factor in the leaf's dtype, so that it does not promote the leaf; numbers never do. */
export function likeScalar(factor: Hyperparam, sign: 1 | -1, leaf: Tensor): Hyperparam {
  if (typeof factor === "number") return sign * factor;
  return multiply(astype(factor, leaf.dtype), sign);
}

/** What a schedule returns for a count, checked. */
export function valueAt(
  callee: string,
  argument: string,
  schedule: Schedule,
  count: Tensor,
): Hyperparam {
  const value: unknown = schedule(count);
  if (typeof value === "number") {
    if (Number.isFinite(value)) return value;
    throw new RangeError(
      `${callee}: ${argument} must return a finite number or a scalar tensor, got ${value}.`,
    );
  }
  const found = `${callee}: ${argument} must return a finite number or a scalar tensor, got ${describe(value)}.`;
  if (!isTensor(value)) throw new TypeError(found);
  if (value.ndim !== 0) throw new RangeError(found);
  return value;
}
