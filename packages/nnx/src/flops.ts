import type { ShapedArray } from "@flaxen/autodiff";
import type { Shape } from "@flaxen/ndarray";

/** Operations that only move, compare or convert elements, or look them up. */
const FREE: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "astype",
  "broadcastTo",
  "concatenate",
  "flip",
  "pad",
  "reshape",
  "slice",
  "stopGradient",
  "take",
  "takeAlongAxis",
  "transpose",
  "where",
]);

interface Window {
  readonly windowShape: Shape;
  readonly strides: Shape;
  readonly padding: readonly (readonly [number, number])[];
  readonly inputShape: Shape;
  readonly lhsDilation: Shape;
  readonly rhsDilation: Shape;
}

/**
 * Estimates what an operation costs: multiplications and additions of products count one each, and every
 * other arithmetic operation one for each element.
 */
export function floatingPointOperations(
  name: string,
  inputs: readonly ShapedArray[],
  params: unknown,
  outShape: Shape,
): number {
  if (FREE.has(name)) return 0;
  const out = sizeOf(outShape);
  if (name === "matmul") {
    const { transposeA } = params as { readonly transposeA?: boolean };
    const { shape } = inputs[0];
    return 2 * out * shape[shape.length - (transposeA === true ? 2 : 1)];
  }
  if (name === "convGeneralDilated") {
    const [, kernel] = inputs;
    const features = kernel.shape.slice(-2);
    return 2 * outShape[0] * features[0] * features[1] * taps(params as Window, outShape);
  }
  if (name === "reduceWindow") return out * sizeOf((params as Window).windowShape);
  return Math.max(out, ...inputs.map(({ shape }) => sizeOf(shape)));
}

/** The number of pairs of an output position and an input element under its window, padding left out. */
function taps(
  { windowShape, strides, padding, inputShape, lhsDilation, rhsDilation }: Window,
  outShape: Shape,
): number {
  let total = 1;
  for (let axis = 0; axis < windowShape.length; axis++) {
    let count = 0;
    const last = (inputShape[axis] - 1) * lhsDilation[axis];
    for (let position = 0; position < outShape[axis + 1]; position++) {
      for (let tap = 0; tap < windowShape[axis]; tap++) {
        const place = position * strides[axis] + tap * rhsDilation[axis] - padding[axis][0];
        if (place >= 0 && place <= last && place % lhsDilation[axis] === 0) count++;
      }
    }
    total *= count;
  }
  return total;
}

function sizeOf(shape: Shape): number {
  return shape.reduce((size, n) => size * n, 1);
}
