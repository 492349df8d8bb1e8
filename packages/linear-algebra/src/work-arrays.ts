import { scratch } from "@flaxen/wasm";
import { rowKernel } from "./row-kernel.ts";

/** Below this order the algorithms are as quick without WebAssembly. */
const KERNEL_ORDER = 24;

/**
 * Runs `body` with float64 arrays of the given lengths, filled with zeros. Where the row kernel can be used they lie
 * in the scratch memory, so that {@link inScratch} holds for them; they are gone when `body` returns.
 *
 * @param order - Of the matrix that is worked on.
 */
export function withWorkArrays<R>(
  order: number,
  lengths: readonly number[],
  body: (...arrays: Float64Array[]) => R,
): R {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const memory = order >= KERNEL_ORDER && rowKernel() ? scratch() : undefined;
  if (!memory || 8 * total > memory.available) {
    return body(...lengths.map((length) => new Float64Array(length)));
  }
  const start = memory.allocate(8 * total);
  memory.f64.fill(0, start / 8, start / 8 + total);
  let at = start / 8;
  const arrays = lengths.map((length) => memory.f64.subarray(at, (at += length)));
  try {
    return body(...arrays);
  } finally {
    memory.release(start);
  }
}

/** Whether the row kernel can work on an array: whether it lies in the scratch memory. */
export function inScratch(x: Float64Array): boolean {
  return x.buffer === scratch()?.memory.buffer;
}

/** Elements from row to row of a matrix with this many columns: rows can be worked on in groups of 4 elements from any column on. */
export function paddedLength(columns: number): number {
  return Math.ceil((columns + 3) / 8) * 8;
}
