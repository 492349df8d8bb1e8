import { scratch } from "@flaxen/wasm";
import type { DType } from "@flaxen/dtype";
import { windowTable } from "../conv-padding.ts";
import type { MemoryKernel } from "../memory-kernel.ts";
import type { PoolingGeometry } from "../pooling-kernels.ts";
import { pooling32, pooling64 } from "./pooling-functions.ts";
import type { PoolingFunctions } from "./pooling-functions.ts";

/**
 * The kernel of one pooling; undefined for other dtypes than float32 and float64, and when WebAssembly cannot
 * be used. The operands are those of the function: the input or, for `spread`, the gradient of the result;
 * for the gradients of maximum and minimum, `[gradient, input]`.
 */
export function poolingKernel(
  name: keyof PoolingFunctions,
  dtype: DType,
  geometry: PoolingGeometry,
): MemoryKernel | undefined {
  const functions =
    dtype === "float32" ? pooling32() : dtype === "float64" ? pooling64() : undefined;
  const memory = scratch();
  if (functions === undefined || memory === undefined) return undefined;
  const run = functions[name] as (...values: number[]) => void;
  const { batch, features } = geometry;
  const table = windowTable(geometry);
  const pixelBytes = features * (dtype === "float32" ? 4 : 8);
  const outer = inBytes(table.outer, table.lastIn * pixelBytes);
  const last = inBytes(table.last, pixelBytes);
  const imageBytes = table.outerIn * table.lastIn * pixelBytes;
  return (inputs, output) => {
    const bottom = memory.allocate(4 * (outer.length + last.length));
    memory.i32.set(outer, bottom / 4);
    const lastTable = bottom + 4 * outer.length;
    memory.i32.set(last, lastTable / 4);
    const [first, second] = inputs;
    const operands = second === undefined ? [first, output] : [second, output, first];
    run(
      ...operands,
      batch,
      imageBytes,
      bottom,
      table.outerOut,
      table.outerTaps,
      lastTable,
      table.lastOut,
      table.lastTaps,
      features,
    );
    memory.release(bottom);
  };
}

/** Positions as byte offsets; -1 stays. */
function inBytes(table: Int32Array, step: number): Int32Array {
  return table.map((position) => (position < 0 ? -1 : position * step));
}
