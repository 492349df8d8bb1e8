import { itemSize } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { full } from "@flaxen/ndarray";
import { scratch } from "@flaxen/wasm";
import { sizeOf } from "../compute-dtype.ts";
import type { MemoryKernel } from "../memory-kernel.ts";
import type { ShapedArray } from "../primitive.ts";
import {
  gatherElementFunctions,
  gatherFunctions,
  indexFunctions,
  isIndexKind,
  scatter32,
  scatter64,
} from "./gather-functions.ts";

/** An axis that is indexed, and how. */
interface Indexed {
  readonly axis: number;
  readonly mode: "fill" | "clip" | "wrap";
}

/** Runs with the address of resolved positions. */
type Resolved = (inputs: readonly number[], output: number, positions: number) => void;

/** A kernel whose second operand is indices, resolved to positions before `run`. */
function withPositions(
  indices: ShapedArray,
  length: number,
  { mode }: Indexed,
  run: Resolved | undefined,
): MemoryKernel | undefined {
  if (run === undefined || !isIndexKind(indices.dtype)) return undefined;
  const functions = indexFunctions(indices.dtype);
  const memory = scratch();
  if (functions === undefined || memory === undefined) return undefined;
  const count = sizeOf(indices.shape);
  const [wrap, clip] = [Number(mode === "wrap"), Number(mode === "clip")];
  return (inputs, output) => {
    const positions = memory.allocate(4 * count);
    functions.resolve(inputs[1], positions, count, length, wrap, clip);
    run(inputs, output, positions);
    memory.release(positions);
  };
}

/** The bytes of a fill value, repeated up to a whole vector. */
function fillPattern(dtype: DType, value: number): Uint8Array {
  const { buffer } = full([16 / itemSize(dtype)], value, dtype).data;
  return new Uint8Array(buffer);
}

/** The kernel of `take`: rows of `x` at the positions of the indices. */
export function takeKernel(
  [x, indices]: readonly ShapedArray[],
  params: Indexed & { readonly fill: number },
): MemoryKernel | undefined {
  const functions = gatherFunctions();
  const memory = scratch();
  if (functions === undefined || memory === undefined) return undefined;
  const { axis, fill } = params;
  const length = x.shape[axis];
  const outer = sizeOf(x.shape.slice(0, axis));
  const count = sizeOf(indices.shape);
  const bytes = sizeOf(x.shape.slice(axis + 1)) * itemSize(x.dtype);
  const pattern = fillPattern(x.dtype, fill);
  return withPositions(indices, length, params, ([source], target, positions) => {
    if (bytes === 0) return;
    const patternAt = memory.allocate(16);
    memory.u8.set(pattern, patternAt);
    functions.gather(source, target, patternAt, outer, positions, count, length, bytes);
    memory.release(patternAt);
  });
}

/** The kernel of `takeAlongAxis`: an element of `x` for each index. */
export function takeAlongAxisKernel(
  [x, indices]: readonly ShapedArray[],
  params: Indexed & { readonly fill: number },
): MemoryKernel | undefined {
  const functions = gatherElementFunctions(itemSize(x.dtype) as 1 | 2 | 4 | 8);
  const memory = scratch();
  if (functions === undefined || memory === undefined) return undefined;
  const { axis, fill } = params;
  const length = x.shape[axis];
  const outer = sizeOf(x.shape.slice(0, axis));
  const count = indices.shape[axis];
  const inner = sizeOf(x.shape.slice(axis + 1));
  const pattern = fillPattern(x.dtype, fill);
  return withPositions(indices, length, params, ([source], target, positions) => {
    const patternAt = memory.allocate(16);
    memory.u8.set(pattern, patternAt);
    functions.gatherEach(source, target, patternAt, outer, positions, count, length, inner);
    memory.release(patternAt);
  });
}

/** The kernel of the gradients of `take` and, with `each`, of `takeAlongAxis`, for float32 and float64. */
export function scatterKernel(
  [updates, indices]: readonly ShapedArray[],
  params: Indexed & { readonly shape: readonly number[] },
  each: boolean,
): MemoryKernel | undefined {
  const { dtype } = updates;
  const functions =
    dtype === "float32" ? scatter32() : dtype === "float64" ? scatter64() : undefined;
  const memory = scratch();
  if (functions === undefined || memory === undefined) return undefined;
  const { axis, shape } = params;
  const length = shape[axis];
  const outer = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis + 1));
  const count = each ? indices.shape[axis] : sizeOf(indices.shape);
  const bytes = inner * itemSize(dtype);
  const total = sizeOf(shape) * itemSize(dtype);
  return withPositions(indices, length, params, ([source], target, positions) => {
    memory.u8.fill(0, target, target + total);
    if (each) functions.scatterEach(source, target, outer, positions, count, length, inner);
    else functions.scatter(source, target, outer, positions, count, length, bytes);
  });
}
