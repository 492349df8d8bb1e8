import type { DType } from "@flaxen/dtype";
import { scratch } from "@flaxen/wasm";
import type { Scratch } from "@flaxen/wasm";
import { windowCounts } from "../conv-padding.ts";
import type { MemoryKernel } from "../memory-kernel.ts";
import { planForward } from "./forward.ts";
import { isEmpty, transposedGeometry } from "./geometry.ts";
import type { ConvolutionGeometry } from "./geometry.ts";
import { planKernelGradient } from "./kernel-gradient.ts";
import type { KernelGradientProgram } from "./kernel-gradient.ts";
import type { RangeKernel } from "../range-kernel.ts";
import type { RangesDescription } from "../threads/description.ts";
import { shared } from "../threads/pool.ts";
import { doubleKernels, singleKernels } from "./kernels.ts";
import type { ConvolutionKernels, MoveKernel } from "./kernels.ts";

/** Kernels that need more workspace than this, in bytes, leave the work to plain JavaScript. */
const MOST_WORKSPACE = 64 * 2 ** 20;
/** Kernels that are remembered; planning one takes as long as a small convolution. */
const REMEMBERED = 32;

/** Bytes of sums of the kernel gradient that threads leave for the first one to add. */
const MOST_SUMS = 8 * 2 ** 20;
/** With so many parts the last one keeps nobody waiting for long. */
const ENOUGH_PARTS = 24;
/** Ranges of rows of the kernel gradient for several threads: each goes over all pixels once more. */
const ROW_PARTS = 4;

/** What is computed from two of the three arrays. */
type Wanted = "output" | "input" | "kernel";

/** The kernel of the convolution of x and kernel, if there is one. */
export function convolutionKernel(
  geometry: ConvolutionGeometry,
  dtype: DType,
): MemoryKernel | undefined {
  return remember("output", geometry, dtype)?.run;
}

/** The kernel of the gradient with respect to x, from that of the output and the kernel. */
export function inputGradientKernel(
  geometry: ConvolutionGeometry,
  dtype: DType,
): MemoryKernel | undefined {
  return remember("input", geometry, dtype)?.run;
}

/** The kernel of the gradient with respect to the kernel, from x and the gradient of the output. */
export function kernelGradientKernel(
  geometry: ConvolutionGeometry,
  dtype: DType,
): MemoryKernel | undefined {
  return remember("kernel", geometry, dtype)?.run;
}

/** The same work by ranges. */
export function convolutionRanges(
  wanted: Wanted,
  geometry: ConvolutionGeometry,
  dtype: DType,
): RangeKernel | undefined {
  return remember(wanted, geometry, dtype)?.run.ranges;
}

function plan(
  wanted: Wanted,
  geometry: ConvolutionGeometry,
  dtype: "float32" | "float64",
  kernels: ConvolutionKernels,
): PlannedKernel {
  const common = {
    flops: flopsOf(geometry),
    describe: (): RangesDescription => ({ kind: "convolution", wanted, dtype, geometry }),
  };
  switch (wanted) {
    case "output": {
      const program = planForward(geometry, kernels);
      const ranges: RangeKernel = {
        ...common,
        units: geometry.batch,
        step: program.passImages,
        follows: [true, false],
        open: ([x, kernel, out]) => program.open(x, kernel, out),
      };
      return { run: shared(ranges), workspace: program.bytes };
    }
    case "input": {
      const program = planForward(transposedGeometry(geometry), kernels);
      const { inFeatures, outFeatures, groups, windowShape, batch } = geometry;
      const taps = windowShape.reduce((product, n) => product * n, 1);
      const bytes = taps * (inFeatures / groups) * outFeatures * kernels.bytes;
      const ranges: RangeKernel = {
        ...common,
        units: batch,
        step: program.passImages,
        follows: [true, false],
        open([gradient, kernel, out]) {
          const memory = scratch() as Scratch;
          if (program.bytes + bytes + 64 > memory.available) return undefined;
          const flipped = memory.allocate(bytes);
          flipKernel(geometry, taps, kernels, kernel, flipped);
          return program.open(gradient, flipped, out);
        },
      };
      return { run: shared(ranges), workspace: program.bytes + bytes };
    }
    case "kernel": {
      const program = planKernelGradient(geometry, kernels);
      const run: MemoryKernel = ([x, gradient], out) => program.run(x, gradient, out);
      const ranges = kernelGradientRanges(program, common);
      return { run: ranges ? shared(ranges, run) : run, workspace: program.bytes };
    }
  }
}

/** By passes over the images, few of which are split by rows; or by rows alone if the sums of all passes are large. */
function kernelGradientRanges(
  program: KernelGradientProgram,
  common: Pick<RangeKernel, "flops" | "describe">,
): RangeKernel | undefined {
  const { passes, sumBytes, tiles, bytes } = program;
  if (passes > 1 && sumBytes <= MOST_SUMS) {
    const splits = Math.min(tiles, Math.ceil(ENOUGH_PARTS / passes));
    return {
      ...common,
      units: passes * splits,
      step: 1,
      between: sumBytes,
      open: ([x, gradient, out, sums]) => program.open(x, gradient, out, sums, splits),
      finish: ([, , out, sums]) => program.finish(out, sums),
    };
  }
  if (tiles < 2) return undefined;
  return {
    ...common,
    units: tiles,
    step: Math.ceil(tiles / ROW_PARTS),
    open([x, gradient, out]) {
      if (bytes > (scratch() as Scratch).available) return undefined;
      return (first, count) => program.run(x, gradient, out, first, count);
    },
  };
}

/** A kernel and the bytes of scratch memory that it takes. */
interface PlannedKernel {
  readonly run: MemoryKernel;
  readonly workspace: number;
}

const remembered = /* @__PURE__ */ new Map<string, PlannedKernel>();

/** Plans a kernel, or finds the one that was planned for the same arguments. */
function remember(
  wanted: Wanted,
  geometry: ConvolutionGeometry,
  dtype: DType,
): PlannedKernel | undefined {
  if (dtype !== "float32" && dtype !== "float64") return undefined;
  const kernels = kernelsOf(dtype);
  const memory = scratch();
  if (!kernels || !memory || isEmpty(geometry)) return undefined;
  const key = `${wanted} ${dtype} ${JSON.stringify(geometry)}`;
  let planned = remembered.get(key);
  if (planned === undefined) {
    planned = plan(wanted, geometry, dtype, kernels);
    if (remembered.size >= REMEMBERED) remembered.delete(remembered.keys().next().value as string);
    remembered.set(key, planned);
  }
  // Operands and result take the other half at most.
  const most = Math.min(MOST_WORKSPACE, memory.available / 2);
  return planned.workspace <= most ? planned : undefined;
}

function flopsOf(geometry: ConvolutionGeometry): number {
  const { batch, windowShape, inFeatures, outFeatures, groups } = geometry;
  const pixels = windowCounts(geometry).reduce((product, n) => product * n, batch);
  const taps = windowShape.reduce((product, n) => product * n, 1);
  return 2 * pixels * taps * (inFeatures / groups) * outFeatures;
}

/** The kernels for a dtype, if it has any here. */
function kernelsOf(dtype: "float32" | "float64"): ConvolutionKernels | undefined {
  const kernels = dtype === "float32" ? singleKernels() : doubleKernels();
  return kernels?.move() && kernels;
}

/** Reverses the taps and swaps input and output features within each group. */
function flipKernel(
  { inFeatures, outFeatures, groups }: ConvolutionGeometry,
  taps: number,
  kernels: ConvolutionKernels,
  kernel: number,
  flipped: number,
): void {
  const { transpose } = kernels.move() as MoveKernel;
  const { bytes } = kernels;
  const rows = inFeatures / groups;
  const width = outFeatures / groups;
  for (let tap = 0; tap < taps; tap++) {
    for (let group = 0; group < groups; group++) {
      transpose(
        kernel + (tap * rows * outFeatures + group * width) * bytes,
        outFeatures * bytes,
        rows,
        width,
        flipped + ((taps - 1 - tap) * width * inFeatures + group * rows) * bytes,
        inFeatures * bytes,
      );
    }
  }
}
