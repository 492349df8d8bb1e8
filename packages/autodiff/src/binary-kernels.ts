import { isContiguous, NDArray } from "@flaxen/ndarray";
import { broadcastOperands, loopNest, sameShape } from "./broadcasting.ts";
import { allocateCompute, computeDType, narrow, sizeOf, widen } from "./compute-dtype.ts";
import type { ComputeData, ComputeDType } from "./compute-dtype.ts";
import type { ShapedArray } from "./primitive.ts";

/** Storage of 32-bit integers. */
type IntegerData = Int32Array | Uint32Array;

/**
 * One row: `o[p..p+n)` from `a[i], a[i+di], ...` and `b[j], b[j+dj], ...`. A step of 0 repeats a scalar, so
 * that same-shape, scalar and trailing-broadcast operands share one literal loop.
 */
type RowLoop<O, T> = (
  o: O,
  p: number,
  n: number,
  a: T,
  i: number,
  di: number,
  b: T,
  j: number,
  dj: number,
) => void;

/** The loops of one binary operation, one per typed-array kind. */
export interface BinaryLoops {
  /** float32, and float16 and bfloat16 through it. */
  readonly f32: RowLoop<Float32Array, Float32Array>;
  /** float64. */
  readonly f64: RowLoop<Float64Array, Float64Array>;
  /** Integers and bool; absent if the operation is floating only. */
  readonly integer?: RowLoop<IntegerData, IntegerData>;
}

/** The loops of one comparison. */
export interface ComparisonLoops {
  /** float32, and float16 and bfloat16 through it. */
  readonly f32: RowLoop<Uint8Array, Float32Array>;
  /** float64. */
  readonly f64: RowLoop<Uint8Array, Float64Array>;
  /** Integers and bool. */
  readonly integer: RowLoop<Uint8Array, IntegerData>;
}

/** Rule of arithmetic: the broadcast shape and the common dtype. */
export function binaryRule(callee: string, inputs: readonly ShapedArray[]): ShapedArray {
  return { shape: broadcastOperands(callee, inputs), dtype: inputs[0].dtype };
}

/** Evaluates arithmetic on two arrays of one dtype. */
export function evaluateBinary(
  [a, b]: readonly NDArray[],
  out: ShapedArray,
  loops: BinaryLoops,
): NDArray {
  const compute = computeDType(out.dtype);
  const o = allocateCompute(compute, sizeOf(out.shape));
  runRows(selectLoop(loops, compute), o, out.shape, widen(a), widen(b));
  return narrow(o, out.shape, out.dtype);
}

/** Evaluates a comparison of two arrays of one dtype. */
export function evaluateComparison(
  [a, b]: readonly NDArray[],
  out: ShapedArray,
  loops: ComparisonLoops,
): NDArray {
  const o = new Uint8Array(sizeOf(out.shape));
  runRows(selectLoop(loops, computeDType(a.dtype)), o, out.shape, widen(a), widen(b));
  return new NDArray(o, out.shape, undefined, 0, "bool") as NDArray;
}

function selectLoop(
  loops: BinaryLoops | ComparisonLoops,
  compute: ComputeDType,
): RowLoop<ComputeData | Uint8Array, ComputeData> {
  const loop =
    compute === "float32" ? loops.f32 : compute === "float64" ? loops.f64 : loops.integer;
  return loop as RowLoop<ComputeData | Uint8Array, ComputeData>;
}

function runRows(
  row: RowLoop<ComputeData | Uint8Array, ComputeData>,
  o: ComputeData | Uint8Array,
  shape: readonly number[],
  a: NDArray,
  b: NDArray,
): void {
  const n = o.length;
  const x = a.data as ComputeData;
  const y = b.data as ComputeData;
  const plainA = sizeOf(a.shape) === 1 || (sameShape(a.shape, shape) && isContiguous(a));
  const plainB = sizeOf(b.shape) === 1 || (sameShape(b.shape, shape) && isContiguous(b));
  if (plainA && plainB) {
    const di = sizeOf(a.shape) === 1 ? 0 : 1;
    const dj = sizeOf(b.shape) === 1 ? 0 : 1;
    row(o, 0, n, x, a.offset, di, y, b.offset, dj);
    return;
  }
  if (n === 0) return;
  const nest = loopNest(shape, [a, b]);
  const [stepsA, stepsB] = nest.steps;
  const inner = nest.shape.length - 1;
  const length = nest.shape[inner];
  const index = new Int32Array(inner);
  let i = a.offset;
  let j = b.offset;
  for (let p = 0; p < n; p += length) {
    row(o, p, length, x, i, stepsA[inner], y, j, stepsB[inner]);
    for (let axis = inner - 1; axis >= 0; axis--) {
      i += stepsA[axis];
      j += stepsB[axis];
      if (++index[axis] < nest.shape[axis]) break;
      i -= stepsA[axis] * nest.shape[axis];
      j -= stepsB[axis] * nest.shape[axis];
      index[axis] = 0;
    }
  }
}
