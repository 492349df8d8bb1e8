import { describe, itemSize } from "@flaxen/dtype";
import { gemm, gemmInScratch } from "@flaxen/linear-algebra";
import { transpose as permuteView } from "@flaxen/ndarray";
import type { NDArray, Shape } from "@flaxen/ndarray";
import { scratch } from "@flaxen/wasm";
import type { Scratch } from "@flaxen/wasm";
import { broadcastOperands } from "./broadcasting.ts";
import { allocateCompute, computeData, computeDType, narrow, sizeOf } from "./compute-dtype.ts";
import type { ComputeData } from "./compute-dtype.ts";
import { multiply } from "./elementwise-binary.ts";
import type { MemoryKernel } from "./memory-kernel.ts";
import { promotePair } from "./operands.ts";
import { bind } from "./primitive.ts";
import type { Primitive, ShapedArray } from "./primitive.ts";
import { reshapeTo } from "./reshape.ts";
import { sumTo } from "./sum-to.ts";
import { productRanges } from "./product-ranges.ts";
import type { ProductDescription } from "./threads/description.ts";
import { shared } from "./threads/pool.ts";
import type { Tensor, TensorLike } from "./tensor.ts";
import { permute } from "./transpose.ts";

const OPERANDS: readonly string[] = ["a", "b"];

/** Which operands hold the transpose of their last two axes. */
interface MatmulParams {
  /** Whether `a` is `[..., k, m]`. */
  readonly transposeA: boolean;
  /** Whether `b` is `[..., n, k]`. */
  readonly transposeB: boolean;
}

/** Stacks of matrices with broadcast leading axes, both of rank 2 or more. */
const matmulPrimitive: Primitive<MatmulParams> = {
  name: "matmul",
  abstractEval: ([a, b], params) => matmulRule(a, b, params),
  evaluate: ([a, b], params, out) => evaluateMatmul(a, b, params, out),
  kernel: ([a, b], params, out) => matmulKernel(a, b, params, out),
  // `gemm` copies by itself, and takes transposed views as they lie.
  copyPays: () => false,
  vjp: (ct, { inputs: [a, b], params: { transposeA, transposeB }, needs }) => [
    needs[0] ? sumTo(leftGradient(ct, b, transposeA, transposeB), a.shape) : null,
    needs[1] ? sumTo(rightGradient(ct, a, transposeA, transposeB), b.shape) : null,
  ],
};

/** Of `C = op(A) op(B)`: `ct op(B)^T`, transposed once more if `A` is held transposed. */
function leftGradient(ct: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  return transposeA
    ? multiplyMatrices(b, ct, transposeB, true)
    : multiplyMatrices(ct, b, false, !transposeB);
}

/** Of `C = op(A) op(B)`: `op(A)^T ct`, transposed once more if `B` is held transposed. */
function rightGradient(ct: Tensor, a: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  return transposeB
    ? multiplyMatrices(ct, a, true, transposeA)
    : multiplyMatrices(a, ct, !transposeA, false);
}

function multiplyMatrices(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  return bind(matmulPrimitive, [a, b], { transposeA, transposeB });
}

function matmulRule(
  a: ShapedArray,
  b: ShapedArray,
  { transposeA, transposeB }: MatmulParams,
): ShapedArray {
  const rows = a.shape.at(transposeA ? -1 : -2) as number;
  const k = a.shape.at(transposeA ? -2 : -1) as number;
  const columns = b.shape.at(transposeB ? -2 : -1) as number;
  if (k !== b.shape.at(transposeB ? -1 : -2)) refuseInner(a, b);
  if (areMatrices(a, b)) return { shape: [rows, columns], dtype: a.dtype };
  const batchA = { shape: a.shape.slice(0, -2), dtype: a.dtype };
  const batchB = { shape: b.shape.slice(0, -2), dtype: b.dtype };
  const batch = broadcastOperands("matmul", [batchA, batchB]);
  return { shape: [...batch, rows, columns], dtype: a.dtype };
}

/** Whether neither operand is a stack, as is usual. */
function areMatrices(a: ShapedArray, b: ShapedArray): boolean {
  return a.shape.length === 2 && b.shape.length === 2;
}

function refuseInner(a: ShapedArray, b: ShapedArray): never {
  throw new RangeError(
    `matmul: a and b must agree on the inner axis, got shapes ${describe(a.shape)} and ${describe(b.shape)}.`,
  );
}

/** A stack of matrices, row-major elements and whether they hold the transpose. */
interface Operand {
  readonly data: ComputeData;
  readonly transposed: boolean;
  /** Offset of the matrix of each position of the result's stack. */
  readonly offsets: ArrayLike<number>;
}

const NO_STACK: readonly number[] = [0];

function evaluateMatmul(
  a: NDArray,
  b: NDArray,
  { transposeA, transposeB }: MatmulParams,
  out: ShapedArray,
): NDArray {
  const batch = out.shape.slice(0, -2);
  const [m, n] = out.shape.slice(-2);
  const k = a.shape[a.shape.length - (transposeA ? 2 : 1)];
  const left = operandOf(a, transposeA, batch);
  const right = operandOf(b, transposeB, batch);
  const compute = computeDType(out.dtype);
  const o = allocateCompute(compute, sizeOf(out.shape));
  for (let i = 0; i < left.offsets.length; i++) {
    const x = left.offsets[i];
    const y = right.offsets[i];
    if (compute === "float32" || compute === "float64") {
      gemm(
        left.transposed,
        right.transposed,
        m,
        n,
        k,
        left.data as Float32Array,
        x,
        right.data as Float32Array,
        y,
        o as Float32Array,
        i * m * n,
      );
    } else {
      integerGemm(left, right, m, n, k, x, y, o as Int32Array | Uint32Array, i * m * n);
    }
  }
  return narrow(o, out.shape, out.dtype);
}

/** The product of stacks that lie in the scratch memory. */
function matmulKernel(
  a: ShapedArray,
  b: ShapedArray,
  { transposeA, transposeB }: MatmulParams,
  out: ShapedArray,
): MemoryKernel | undefined {
  const { dtype } = out;
  if (dtype !== "float32" && dtype !== "float64") return undefined;
  const bytes = itemSize(dtype);
  const batch = out.shape.slice(0, -2);
  const [m, n] = out.shape.slice(-2);
  const k = a.shape[a.shape.length - (transposeA ? 2 : 1)];
  const left = stackOffsets(a.shape.slice(0, -2), m * k * bytes, batch);
  const right = stackOffsets(b.shape.slice(0, -2), k * n * bytes, batch);
  const alone: MemoryKernel = ([x, y], to) => {
    for (let i = 0; i < left.length; i++) {
      const c = to + i * m * n * bytes;
      const l = x + left[i];
      const r = y + right[i];
      if (gemmInScratch(dtype, transposeA, transposeB, m, n, k, l, r, c)) continue;
      const view = scratchView(dtype);
      gemm(transposeA, transposeB, m, n, k, view, l / bytes, view, r / bytes, view, c / bytes);
    }
  };
  const product: ProductDescription = {
    dtype,
    transposeA,
    transposeB,
    m,
    n,
    k,
    left: [...left],
    right: [...right],
  };
  return shared(productRanges(product), alone);
}

function scratchView(dtype: "float32" | "float64"): Float32Array | Float64Array {
  const memory = scratch() as Scratch;
  return dtype === "float32" ? memory.f32 : memory.f64;
}

/** A matrix that is a transposed view of row-major elements is taken as it lies, with the flag turned. */
function operandOf(x: NDArray, transpose: boolean, batch: Shape): Operand {
  const ndim = x.shape.length;
  const turned = ndim === 2 && x.stride[0] === 1 && x.stride[1] === x.shape[0] && x.shape[0] > 1;
  const data = computeData(turned ? permuteView(x) : x);
  const size = x.shape[ndim - 2] * x.shape[ndim - 1];
  return {
    data,
    transposed: transpose !== turned,
    offsets: batch.length === 0 ? NO_STACK : stackOffsets(x.shape.slice(0, -2), size, batch),
  };
}

function stackOffsets(stack: Shape, size: number, batch: Shape): Float64Array {
  const offsets = new Float64Array(sizeOf(batch));
  let repeat = 1;
  let step = size;
  for (let axis = batch.length - 1; axis >= 0; axis--) {
    const own = stack[axis - batch.length + stack.length] ?? 1;
    if (own !== 1) {
      for (let i = 0; i < offsets.length; i++) {
        offsets[i] += (Math.floor(i / repeat) % own) * step;
      }
    }
    step *= own;
    repeat *= batch[axis];
  }
  return offsets;
}

function integerGemm(
  left: Operand,
  right: Operand,
  m: number,
  n: number,
  k: number,
  aOffset: number,
  bOffset: number,
  o: Int32Array | Uint32Array,
  oOffset: number,
): void {
  const a = left.data as Int32Array | Uint32Array;
  const b = right.data as Int32Array | Uint32Array;
  const [rowA, stepA] = left.transposed ? [1, m] : [k, 1];
  const [stepB, columnB] = right.transposed ? [1, k] : [n, 1];
  for (let r = 0; r < m; r++) {
    for (let c = 0; c < n; c++) {
      let total = 0;
      let i = aOffset + r * rowA;
      let j = bOffset + c * columnB;
      for (let q = 0; q < k; q++, i += stepA, j += stepB)
        total = (total + Math.imul(a[i], b[j])) | 0;
      o[oOffset + r * n + c] = total;
    }
  }
}

/**
 * Matrix product with the rules of NumPy: vectors are a row on the left and a column on the right, and
 * leading axes are stacks of matrices that broadcast.
 *
 * @param a - `[..., m, k]` or `[k]`.
 * @param b - `[..., k, n]` or `[k]`.
 * @returns `[..., m, n]` without the axis of a vector; promoted dtype. Sums run over ascending `k`, rounded
 *   at each step.
 * @throws {@link RangeError} if an operand is a scalar, or the inner lengths or the stacks do not fit.
 *
 * @example
 * ```ts
 * import { matmul } from "@flaxen/autodiff";
 *
 * matmul([[1, 2], [3, 4]], [[5, 6], [7, 8]]); // => [[19, 22], [43, 50]]
 * matmul([1, 2], [3, 4]); // => 11
 * matmul([[1, 2]], [[3, 4]]); // throws RangeError: matmul: a and b must agree on the inner axis, got shapes [1, 2] and [1, 2].
 * ```
 */
export function matmul(a: TensorLike, b: TensorLike): Tensor {
  const [x, y] = promotePair("matmul", a, b, false, OPERANDS);
  const { shape: shapeA } = x;
  const { shape: shapeB } = y;
  if (shapeA.length === 0 || shapeB.length === 0) {
    throw new RangeError(
      `matmul: a and b must have at least one axis, got shapes ${describe(shapeA)} and ${describe(shapeB)}.`,
    );
  }
  const k = shapeA[shapeA.length - 1];
  if (k !== shapeB[Math.max(0, shapeB.length - 2)]) refuseInner(x, y);
  if (areMatrices(x, y)) return multiplyMatrices(x, y, false, false);
  const vectorA = shapeA.length === 1;
  const vectorB = shapeB.length === 1;
  const right = vectorB ? reshapeTo(y, [k, 1]) : y;
  // A stack times one matrix is one larger product; its gradient then needs no sum over the stack.
  const flatten = !vectorA && shapeA.length > 2 && right.shape.length === 2;
  const rows = sizeOf(shapeA.slice(0, -1));
  const left = vectorA ? reshapeTo(x, [1, k]) : flatten ? reshapeTo(x, [rows, k]) : x;
  const product = multiplyMatrices(left, right, false, false);
  const full = flatten ? [...shapeA.slice(0, -1), right.shape[1]] : product.shape;
  const last = full.length - 1;
  return reshapeTo(
    product,
    full.filter((_, axis) => !(vectorA && axis === last - 1) && !(vectorB && axis === last)),
  );
}

/**
 * Dot product with the rules of NumPy: over the last axis of `a` and the second to last of `b` (or its only
 * one), and every other axis of both stays; a scalar multiplies.
 *
 * @param a - `[..., k]` or a scalar.
 * @param b - `[..., k, n]`, `[k]` or a scalar.
 * @returns Axes of `a` without its last, then axes of `b` without the summed one; promoted dtype.
 * @throws {@link RangeError} if the summed lengths differ.
 *
 * @example
 * ```ts
 * import { dot } from "@flaxen/autodiff";
 *
 * dot([1, 2], [3, 4]); // => 11
 * dot(2, [3, 4]); // => [6, 8]
 * ```
 */
export function dot(a: TensorLike, b: TensorLike): Tensor {
  const [x, y] = promotePair("dot", a, b, false, OPERANDS);
  if (x.shape.length === 0 || y.shape.length === 0) return multiply(x, y);
  const summed = Math.max(0, y.shape.length - 2);
  const [k] = x.shape.slice(-1);
  if (k !== y.shape[summed]) {
    throw new RangeError(
      `dot: a and b must agree on the summed axis, got shapes ${describe(x.shape)} and ${describe(y.shape)}.`,
    );
  }
  const kept = y.shape.map((_, axis) => axis).filter((axis) => axis !== summed);
  const columns = kept.map((axis) => y.shape[axis]);
  const rows = x.shape.slice(0, -1);
  const left = reshapeTo(x, [sizeOf(rows), k]);
  const right = reshapeTo(permute(y, [summed, ...kept]), [k, sizeOf(columns)]);
  return reshapeTo(multiplyMatrices(left, right, false, false), [...rows, ...columns]);
}
