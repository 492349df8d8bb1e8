import { describe, promoteTypes } from "@flaxen/dtype";
import {
  add,
  astype,
  broadcastTo,
  divide,
  maximum,
  mean,
  multiply,
  rsqrt,
  square,
  subtract,
  sum,
  toTensor,
  where,
} from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import type { Shape } from "@flaxen/ndarray";
import { normalizeAxes } from "@flaxen/ndarray";
import { commonDtype } from "./dtypes.ts";
import type { PromoteDtypeOptions } from "./dtypes.ts";
import type { Callee } from "./places.ts";

/** How statistics are taken. */
export interface MomentsOptions {
  /** Whether the variance is `E[x^2] - E[x]^2` and not `E[(x - E[x])^2]`. */
  readonly fast: boolean;
  /** Booleans that broadcast to `x`; only true elements count. */
  readonly mask: TensorLike | undefined;
}

/** Mean and biased variance over axes, which stay with length 1, in at least float32. */
export function moments(
  x: Tensor,
  axis: readonly number[],
  { fast, mask }: MomentsOptions,
): [Tensor, Tensor] {
  const wide = widen(x);
  const average = meanOver(wide, axis, mask);
  const mu = average(wide);
  if (!fast) return [mu, average(square(subtract(wide, mu)))];
  // Rounding can make the difference negative.
  return [mu, maximum(subtract(average(square(wide)), square(mu)), 0)];
}

/** Mean of the squares over axes, which stay with length 1, in at least float32. */
export function meanSquare(
  x: Tensor,
  axis: readonly number[],
  mask: TensorLike | undefined,
): Tensor {
  const wide = widen(x);
  return meanOver(wide, axis, mask)(square(wide));
}

function widen(x: Tensor): Tensor {
  return astype(x, promoteTypes(x.dtype, "float32"));
}

function meanOver(
  x: Tensor,
  axis: readonly number[],
  mask: TensorLike | undefined,
): (values: Tensor) => Tensor {
  const over = { axis, keepdims: true };
  if (mask === undefined) return (values) => mean(values, over);
  const chosen = broadcastTo(astype(toTensor(mask), "bool"), x.shape);
  const count = sum(astype(chosen, x.dtype), over);
  return (values) => divide(sum(where(chosen, values, 0), over), count);
}

/** What `normalize` works with; all broadcast to `x`. */
export interface Normalization extends PromoteDtypeOptions {
  /** Null for 0. */
  readonly mean: Tensor | null;
  /** The variance, or the mean square. */
  readonly variance: Tensor;
  /** Added to the variance. */
  readonly epsilon: number;
  /** Null for 1. */
  readonly scale: Tensor | null;
  /** Null for 0. */
  readonly bias: Tensor | null;
}

/** `(x - mean) / sqrt(variance + epsilon) * scale + bias` in the common dtype of x, scale and bias. */
export function normalize(
  callee: Callee,
  x: Tensor,
  { mean, variance, epsilon, scale, bias, dtype }: Normalization,
): Tensor {
  const inverse = rsqrt(add(variance, epsilon));
  const factor = scale === null ? inverse : multiply(inverse, scale);
  const y = multiply(mean === null ? x : subtract(x, mean), factor);
  const shifted = bias === null ? y : add(y, bias);
  return astype(shifted, commonDtype(callee, [x, scale, bias], { dtype }));
}

/** The shape under which one number for each feature broadcasts to `x`. */
export function featureShape(
  callee: Callee,
  x: Tensor,
  featureAxes: number | readonly number[],
  numFeatures: number,
): Shape {
  const axes = normalizeAxes(callee, featureAxes, x.ndim);
  const shape = x.shape.map((n, axis) => (axes.includes(axis) ? n : 1));
  if (shape.reduce((product, n) => product * n, 1) !== numFeatures) {
    const where = typeof featureAxes === "number" ? "axis" : "axes";
    throw new RangeError(
      `${callee}: x must have numFeatures = ${numFeatures} on ${where} ${describe(featureAxes)}, got shape ${describe(x.shape)}.`,
    );
  }
  return shape;
}
