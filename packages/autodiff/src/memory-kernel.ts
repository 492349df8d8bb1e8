import type { DType } from "@flaxen/dtype";
import { allocate, itemSize } from "@flaxen/dtype";
import { flatData, NDArray } from "@flaxen/ndarray";
import { scratch, wasmEnabled } from "@flaxen/wasm";
import type { Scratch } from "@flaxen/wasm";
import { sizeOf } from "./compute-dtype.ts";
import { eagerLoop, loopPays } from "./loops/eager-loops.ts";
import type { EvaluatedPrimitive, ShapedArray } from "./primitive.ts";
import type { RangeKernel } from "./range-kernel.ts";

/**
 * Runs one application of a primitive on arrays in the scratch memory.
 *
 * Operands and result lie row-major in the storage of their dtypes, each from an address (in bytes) that is a
 * multiple of 64; up to the next multiple of 64 after its end an array may be read and written. A kernel
 * may take workspace with `allocate` and must release it.
 */
export interface MemoryKernel {
  (inputs: readonly number[], output: number): void;
  /** The same work by ranges, if it can be cut. */
  readonly ranges?: RangeKernel;
}

/** Chooses the kernel for operands of given shapes and dtypes; undefined where there is none. */
export type KernelChoice<P> = (
  inputs: readonly ShapedArray[],
  params: P,
  out: ShapedArray,
) => MemoryKernel | undefined;

/** With fewer elements than this, plain loops are quicker than the copies to and from the scratch memory. */
const KERNEL_THRESHOLD = 64;

/** Bytes that an array takes in the scratch memory. */
export function byteLength({ shape, dtype }: ShapedArray): number {
  return sizeOf(shape) * (dtype === "float32" ? 4 : itemSize(dtype));
}

/** Copies an array to an address of the scratch memory, row-major. */
export function copyIn(memory: Scratch, address: number, x: NDArray): void {
  const data = flatData(x);
  if (data instanceof Float32Array) {
    if (data.length === 1) memory.f32[address / 4] = data[0];
    else memory.f32.set(data, address / 4);
  } else memory.u8.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), address);
}

/** A new array with the bytes from an address of the scratch memory on. */
export function copyOut(memory: Scratch, address: number, { shape, dtype }: ShapedArray): NDArray {
  const size = sizeOf(shape);
  if (dtype === "float32") {
    // A slice is not filled with zeros first.
    const data = memory.f32.slice(address / 4, address / 4 + size);
    return new NDArray<DType>(data, shape, undefined, 0, dtype);
  }
  const data = allocate(dtype, size);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  bytes.set(memory.u8.subarray(address, address + bytes.length));
  return new NDArray<DType>(data, shape, undefined, 0, dtype);
}

/** Evaluates a primitive by its kernel, if it has one that is worth it; else undefined. */
export function runKernel<P>(
  primitive: EvaluatedPrimitive<P>,
  inputs: readonly NDArray[],
  params: P,
  out: ShapedArray,
): NDArray | undefined {
  const { kernel, copyPays, lanes, reduction } = primitive;
  const isLoop = lanes !== undefined || reduction !== undefined;
  if ((kernel === undefined && !isLoop) || !wasmEnabled()) return undefined;
  let size = sizeOf(out.shape);
  if (size === 0) return undefined;
  for (let i = 0; i < inputs.length; i++) size = Math.max(size, sizeOf(inputs[i].shape));
  if (
    isLoop ? !loopPays(primitive as EvaluatedPrimitive<unknown>, size) : size < KERNEL_THRESHOLD
  ) {
    return undefined;
  }
  if (copyPays !== undefined && !copyPays(inputs, params, out)) return undefined;
  const memory = scratch();
  if (memory === undefined) return undefined;
  const run = isLoop
    ? eagerLoop(primitive as EvaluatedPrimitive<unknown>, inputs, params, out, size)
    : kernel?.(inputs, params, out);
  if (run === undefined) return undefined;
  let total = roomFor(byteLength(out));
  for (let i = 0; i < inputs.length; i++) total += roomFor(byteLength(inputs[i]));
  // Kernels take their workspace from what is left.
  if (total > memory.available / 2) return undefined;
  const bottom = memory.allocate(total);
  try {
    let address = bottom;
    const addresses = inputs.map((x) => {
      const own = address;
      copyIn(memory, own, x);
      address += roomFor(byteLength(x));
      return own;
    });
    run(addresses, address);
    return copyOut(memory, address, out);
  } finally {
    memory.release(bottom);
  }
}

/** Bytes up to where the next array may begin. */
function roomFor(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
