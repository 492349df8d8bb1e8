import type { NDArray } from "@flaxen/ndarray";
import { v128 } from "@flaxen/wasm";
import { broadcastOperands, loopNest } from "./broadcasting.ts";
import { allocateCompute, computeDType, narrow, sizeOf, widen } from "./compute-dtype.ts";
import type { ComputeData } from "./compute-dtype.ts";
import { maximum, minimum } from "./elementwise-binary.ts";
import type { LaneFormula } from "./lanes.ts";
import { widenMask } from "./lanes.ts";
import { cast, checkOperand, promote } from "./operands.ts";
import { bind } from "./primitive.ts";
import type { ShapedArray } from "./primitive.ts";
import { sumTo } from "./sum-to.ts";
import type { Tensor, TensorLike } from "./tensor.ts";
import type { PlainPrimitive } from "./unary-kernels.ts";

type SelectLoop<T> = (
  o: T,
  p: number,
  n: number,
  mask: Uint8Array,
  k: number,
  dk: number,
  a: T,
  i: number,
  di: number,
  b: T,
  j: number,
  dj: number,
) => void;

/** Takes the words of either side by a bit mask: a branch is mispredicted on random conditions. */
const selectWord: SelectLoop<Int32Array> = (o, p, n, mask, k, dk, a, i, di, b, j, dj) => {
  for (const end = p + n; p < end; p++, k += dk, i += di, j += dj) {
    const chosen = -Number(mask[k] !== 0);
    o[p] = (a[i] & chosen) | (b[j] & ~chosen);
  }
};

const selectFloat64: SelectLoop<Float64Array> = (o, p, n, mask, k, dk, a, i, di, b, j, dj) => {
  for (const end = p + n; p < end; p++, k += dk, i += di, j += dj) {
    o[p] = mask[k] !== 0 ? a[i] : b[j];
  }
};

/** The 32-bit words of the storage; float64 stays as it is. */
function asWords(data: ComputeData): Int32Array | Float64Array {
  return data instanceof Float64Array
    ? data
    : new Int32Array(data.buffer, data.byteOffset, data.length);
}

function evaluateSelect([condition, a, b]: readonly NDArray[], out: ShapedArray): NDArray {
  const compute = computeDType(out.dtype);
  const n = sizeOf(out.shape);
  const o = allocateCompute(compute, n);
  if (n === 0) return narrow(o, out.shape, out.dtype);
  const x = widen(a);
  const y = widen(b);
  const row = (compute === "float64" ? selectFloat64 : selectWord) as SelectLoop<
    Int32Array | Float64Array
  >;
  const result = asWords(o);
  const dataX = asWords(x.data);
  const dataY = asWords(y.data);
  const nest = loopNest(out.shape, [condition, x, y]);
  const [steps, stepsA, stepsB] = nest.steps;
  const mask = condition.data as Uint8Array;
  const inner = nest.shape.length - 1;
  const length = nest.shape[inner];
  const index = new Int32Array(inner);
  let k = condition.offset;
  let i = x.offset;
  let j = y.offset;
  for (let p = 0; p < n; p += length) {
    row(result, p, length, mask, k, steps[inner], dataX, i, stepsA[inner], dataY, j, stepsB[inner]);
    for (let axis = inner - 1; axis >= 0; axis--) {
      k += steps[axis];
      i += stepsA[axis];
      j += stepsB[axis];
      if (++index[axis] < nest.shape[axis]) break;
      k -= steps[axis] * nest.shape[axis];
      i -= stepsA[axis] * nest.shape[axis];
      j -= stepsB[axis] * nest.shape[axis];
      index[axis] = 0;
    }
  }
  return narrow(o, out.shape, out.dtype);
}

const selectLanes: LaneFormula<null> = (f, [condition, x, y]) => {
  const masks = widenMask(f, condition, x.dtype);
  return {
    dtype: x.dtype,
    parts: x.parts.map((part, i) => f.let(v128.bitselect(part, y.parts[i], masks[i]))),
  };
};

const wherePrimitive: PlainPrimitive = {
  name: "where",
  abstractEval: (inputs) => ({ shape: broadcastOperands("where", inputs), dtype: inputs[1].dtype }),
  evaluate: (inputs, _, out) => evaluateSelect(inputs, out),
  lanes: {
    float32: selectLanes,
    float64: selectLanes,
    int32: selectLanes,
    uint32: selectLanes,
    bool: selectLanes,
  },
  vjp: (ct, { inputs: [condition, x, y], needs }) => [
    null,
    needs[1] ? sumTo(where(condition, ct, 0), x.shape) : null,
    needs[2] ? sumTo(where(condition, 0, ct), y.shape) : null,
  ],
};

/**
 * Elements of `x` where the condition holds and of `y` elsewhere, with broadcasting.
 *
 * The branch not taken receives a zero cotangent; make its argument safe too when its own derivative could
 * be infinite there, as `0 * Infinity` is NaN.
 *
 * @param condition - Bool, or numbers of which 0 is false.
 * @param x - Chosen where the condition is true.
 * @param y - Chosen elsewhere.
 * @returns Broadcast shape, promoted dtype of `x` and `y`.
 * @throws {@link RangeError} if the shapes cannot be broadcast together.
 *
 * @example
 * ```ts
 * import { where } from "@flaxen/autodiff";
 *
 * where([true, false], [1, 2], 0); // => [1, 0]
 * ```
 */
export function where(condition: TensorLike, x: TensorLike, y: TensorLike): Tensor {
  const mask = cast(checkOperand("where", "condition", condition), "bool");
  const [a, b] = promote("where", ["x", "y"], [x, y]);
  return bind(wherePrimitive, [mask, a, b], null);
}

/**
 * `x` limited to `[min, max]`, element by element: `minimum(maximum(x, min), max)`.
 *
 * @param x - Input.
 * @param min - Lower limit, or `null` for none; broadcast against `x`.
 * @param max - Upper limit, or `null` for none. Where `x` equals a limit, half of the cotangent goes to each.
 * @returns Broadcast shape, promoted dtype.
 *
 * @example
 * ```ts
 * import { clip } from "@flaxen/autodiff";
 *
 * clip([-2, 0.5, 2], -1, 1); // => [-1, 0.5, 1]
 * ```
 */
export function clip(
  x: TensorLike,
  min: TensorLike | null = null,
  max: TensorLike | null = null,
): Tensor {
  const operand = checkOperand("clip", "x", x);
  const raised = min === null ? operand : maximum(operand, min);
  return max === null ? raised : minimum(raised, max);
}
