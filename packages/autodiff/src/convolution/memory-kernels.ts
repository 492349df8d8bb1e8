import type { DType } from "@flaxen/dtype";
import { scratch } from "@flaxen/wasm";
import type { Scratch } from "@flaxen/wasm";
import { windowCounts } from "../conv-padding.ts";
import type { MemoryKernel } from "../memory-kernel.ts";
import { planForward } from "./forward.ts";
import { isEmpty, transposedGeometry } from "./geometry.ts";
import type { ConvolutionGeometry } from "./geometry.ts";
import { planKernelGradient } from "./kernel-gradient.ts";
import { imageJob } from "../threads/image-job.ts";
import type { ImageRange } from "../threads/image-job.ts";
import type { Job, JobDescription } from "../threads/job.ts";
import { shared } from "../threads/pool.ts";
import { doubleKernels, singleKernels } from "./kernels.ts";
import type { ConvolutionKernels, MoveKernel } from "./kernels.ts";

/** Kernels that need more workspace than this, in bytes, leave the work to plain JavaScript. */
const MOST_WORKSPACE = 64 * 2 ** 20;
/** Kernels that are remembered; planning one takes as long as a small convolution. */
const REMEMBERED = 32;

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

/** The same work in parts, for several threads. */
export function convolutionJob(
  wanted: Wanted,
  geometry: ConvolutionGeometry,
  dtype: DType,
): Job | undefined {
  return remember(wanted, geometry, dtype)?.job;
}

function plan(
  wanted: Wanted,
  geometry: ConvolutionGeometry,
  kernels: ConvolutionKernels,
): PlannedKernel {
  switch (wanted) {
    case "output": {
      const program = planForward(geometry, kernels);
      const job = imageJob(geometry.batch, program.passImages, ([x, kernel], out, first, count) =>
        program.run(x, kernel, out, first, count),
      );
      const run: MemoryKernel = ([x, kernel], out) =>
        program.run(x, kernel, out, 0, geometry.batch);
      return { run, job, workspace: program.bytes };
    }
    case "input": {
      const program = planForward(transposedGeometry(geometry), kernels);
      const { inFeatures, outFeatures, groups, windowShape, batch } = geometry;
      const taps = windowShape.reduce((product, n) => product * n, 1);
      const bytes = taps * (inFeatures / groups) * outFeatures * kernels.bytes;
      const images: ImageRange = ([gradient, kernel], out, first, count) => {
        const memory = scratch() as Scratch;
        const flipped = memory.allocate(bytes);
        try {
          flipKernel(geometry, taps, kernels, kernel, flipped);
          program.run(gradient, flipped, out, first, count);
        } finally {
          memory.release(flipped);
        }
      };
      const job = imageJob(batch, program.passImages, images);
      const run: MemoryKernel = (inputs, out) => images(inputs, out, 0, batch);
      return { run, job, workspace: program.bytes + bytes };
    }
    case "kernel": {
      const program = planKernelGradient(geometry, kernels);
      const { parts } = program;
      const job: Job = {
        parts,
        run: ([x, gradient], out, part) => program.run(x, gradient, out, part, parts),
      };
      const run: MemoryKernel = ([x, gradient], out) => program.run(x, gradient, out);
      return { run, job, workspace: program.bytes };
    }
  }
}

/** A kernel and the bytes of scratch memory that it takes. */
interface PlannedKernel {
  readonly run: MemoryKernel;
  readonly job: Job;
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
    const { run, job, workspace } = plan(wanted, geometry, kernels);
    const describe = (): JobDescription => ({ kind: "convolution", wanted, dtype, geometry });
    planned = { run: shared(flopsOf(geometry), describe, () => job, run), job, workspace };
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
