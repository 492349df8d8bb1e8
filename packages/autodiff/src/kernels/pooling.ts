import { scratch } from "@flaxen/wasm";
import type { DType } from "@flaxen/dtype";
import { windowTable } from "../conv-padding.ts";
import type { MemoryKernel } from "../memory-kernel.ts";
import type { PoolingGeometry } from "../pooling-kernels.ts";
import type { RangeKernel } from "../range-kernel.ts";
import { shared } from "../threads/pool.ts";
import { pooling32, pooling64 } from "./pooling-functions.ts";
import type { PoolingFunctions } from "./pooling-functions.ts";

/** About what a tap of a window costs, in floating-point operations. */
const TAP_COST = 4;

/** Arrays of one number for each window; the others have one for each input element. */
interface Pooled {
  readonly inputs: readonly boolean[];
  readonly output: boolean;
}

function pooledArrays(name: keyof PoolingFunctions): Pooled {
  switch (name) {
    case "spread":
      return { inputs: [true], output: false };
    case "scatterMax":
    case "scatterMin":
      return { inputs: [true, false], output: false };
    case "gatherMax":
    case "gatherMin":
      return { inputs: [false, false], output: true };
    default:
      return { inputs: [false], output: true };
  }
}

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
  const ranges = poolingRanges(name, dtype, geometry);
  return ranges && shared(ranges);
}

/** The same work by ranges of images. */
export function poolingRanges(
  name: keyof PoolingFunctions,
  dtype: DType,
  geometry: PoolingGeometry,
): RangeKernel | undefined {
  const open = poolImages(name, dtype, geometry);
  if (open === undefined || (dtype !== "float32" && dtype !== "float64")) return undefined;
  const { batch, features } = geometry;
  const { outerOut, outerTaps, lastOut, lastTaps } = windowTable(geometry);
  return {
    units: batch,
    step: 1,
    flops: TAP_COST * batch * features * outerOut * outerTaps * lastOut * lastTaps,
    follows: pooledArrays(name).inputs.map(() => true),
    describe: () => ({ kind: "pooling", name, dtype, geometry }),
    open,
  };
}

function poolImages(
  name: keyof PoolingFunctions,
  dtype: DType,
  geometry: PoolingGeometry,
): RangeKernel["open"] | undefined {
  const functions =
    dtype === "float32" ? pooling32() : dtype === "float64" ? pooling64() : undefined;
  const memory = scratch();
  if (functions === undefined || memory === undefined) return undefined;
  const run = functions[name] as (...values: number[]) => void;
  const { features } = geometry;
  const table = windowTable(geometry);
  const pixelBytes = features * (dtype === "float32" ? 4 : 8);
  const outer = inBytes(table.outer, table.lastIn * pixelBytes);
  const last = inBytes(table.last, pixelBytes);
  const imageBytes = table.outerIn * table.lastIn * pixelBytes;
  const pooledBytes = table.outerOut * table.lastOut * pixelBytes;
  const pooled = pooledArrays(name);
  const bytesOf = (isPooled: boolean): number => (isPooled ? pooledBytes : imageBytes);
  const tableBytes = 4 * (outer.length + last.length);
  return (addresses) => {
    if (tableBytes > memory.available) return undefined;
    const outerTable = memory.allocate(tableBytes);
    memory.i32.set(outer, outerTable / 4);
    const lastTable = outerTable + 4 * outer.length;
    memory.i32.set(last, lastTable / 4);
    const steps = [...pooled.inputs, pooled.output].map(bytesOf);
    return (image, count) => {
      const [first, second, third] = addresses.map((at, i) => at + image * steps[i]);
      const operands = third === undefined ? [first, second] : [second, third, first];
      run(
        ...operands,
        count,
        imageBytes,
        outerTable,
        table.outerOut,
        table.outerTaps,
        lastTable,
        table.lastOut,
        table.lastTaps,
        features,
      );
    };
  };
}

/** Positions as byte offsets; -1 stays. */
function inBytes(table: Int32Array, step: number): Int32Array {
  return table.map((position) => (position < 0 ? -1 : position * step));
}
