import { add, multiply, power, square, subtract } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { fused } from "@flaxen/autodiff/program";
import type { DType } from "@flaxen/dtype";
import { complement, toScalar } from "./hyperparam.ts";
import type { Hyperparam } from "./hyperparam.ts";
import { cast } from "./leaves.ts";

const weighted = /* @__PURE__ */ fused(
  "blend",
  (mean, value, decay, rest) => add(multiply(mean, decay), multiply(value, rest)),
  3,
);

const weightedSquare = /* @__PURE__ */ fused(
  "blend",
  (mean, value, decay, rest) => add(multiply(mean, decay), multiply(square(value), rest)),
  4,
);

/** `x + factor * y`, in their common dtype. */
export const addScaled: (x: Tensor, y: Tensor, factor: Hyperparam) => Tensor =
  /* @__PURE__ */ fused("addScaled", (x, y, factor) => add(x, multiply(y, factor)), 2);

/** `decay * mean + (1 - decay) * value`, in their common dtype. */
export function blend(mean: Tensor, value: Tensor, decay: Hyperparam): Tensor {
  return weighted(mean, value, decay, complement(decay));
}

/** {@link blend} in the dtype of the mean. */
export function blendInto(mean: Tensor, value: Tensor, decay: Hyperparam): Tensor {
  return cast(blend(mean, value, decay), mean.dtype);
}

/** {@link blendInto} with the square of the value. */
export function blendSquare(mean: Tensor, value: Tensor, decay: Hyperparam): Tensor {
  return cast(weightedSquare(mean, value, decay, complement(decay)), mean.dtype);
}

/** The dtype for powers of decay rates: 16-bit ones would round `b2^t` to 1, so float32 at least. */
export function wideDType(dtype: DType): DType {
  return dtype === "float64" ? "float64" : "float32";
}

/** `1 - decay^count` in the wide dtype of `dtype`: what a running mean that began at 0 falls short of. */
export function biasOf(decay: Hyperparam, count: Tensor, dtype: DType): Tensor {
  const wide = wideDType(dtype);
  return subtract(1, power(toScalar(decay, wide), cast(count, wide)));
}

/** Works out a value once for each dtype. */
export function oncePerDType<T>(work: (dtype: DType) => T): (dtype: DType) => T {
  const known = new Map<DType, T>();
  return (dtype) => {
    let found = known.get(dtype);
    if (found === undefined) {
      found = work(dtype);
      known.set(dtype, found);
    }
    return found;
  };
}
