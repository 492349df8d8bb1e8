import { describe } from "@flaxen/dtype";
import { reshape } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import type { Shape } from "@flaxen/ndarray";
import { sameShape } from "./update.ts";
import type { Callee } from "./places.ts";

/** What decides which inputs a convolution takes. */
export interface ConvGeometry {
  /** Size of the last axis of the input. */
  readonly inFeatures: number;
  /** As given: a number for one spatial axis. */
  readonly kernelSize: number | readonly number[];
  /** One for each spatial axis. */
  readonly strides: readonly number[];
}

/** Asserts that an input has enough axes, not too many, and the right number of features. */
export function checkSpatial(
  callee: Callee,
  x: Tensor,
  { inFeatures, kernelSize, strides: { length: rank } }: ConvGeometry,
): Tensor {
  if (x.ndim < rank + 1) {
    throw new RangeError(
      `${callee}: x must have at least ${rank + 1} axes, ${rank} spatial and one of features, got shape ${describe(x.shape)}.`,
    );
  }
  if (typeof kernelSize === "number" && x.ndim > 3) {
    throw new RangeError(
      `${callee}: x must have at most 3 axes when kernelSize is a number, got shape ${describe(x.shape)}. ` +
        `Make the layer with kernelSize: [${kernelSize}, ${kernelSize}] for images, or [${kernelSize}] for sequences with several batch axes.`,
    );
  }
  if (x.shape[x.ndim - 1] !== inFeatures) {
    throw new RangeError(
      `${callee}: x must have inFeatures = ${inFeatures} on its last axis, got shape ${describe(x.shape)}.`,
    );
  }
  return x;
}

/** Joins the batch axes into one, or adds one if there are none. */
export function flattenBatch(x: Tensor, batch: Shape): Tensor {
  if (batch.length === 1) return x;
  return reshape(x, [batch.reduce((product, n) => product * n, 1), ...x.shape.slice(batch.length)]);
}

/** Asserts that a mask has the shape of the kernel. */
export function checkMask(callee: Callee, mask: Tensor, kernelShape: Shape): Tensor {
  if (!sameShape(mask.shape, kernelShape)) {
    throw new RangeError(
      `${callee}: mask must have the shape of the kernel, ${describe(kernelShape)}, got ${describe(mask)}.`,
    );
  }
  return mask;
}
