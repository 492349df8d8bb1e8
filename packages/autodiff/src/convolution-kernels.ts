import { gemm } from "@flaxen/linear-algebra";
import type { NDArray } from "@flaxen/ndarray";
import { allocateCompute, computeData, computeDType, narrow, sizeOf } from "./compute-dtype.ts";
import type { WindowGeometry, WindowTable } from "./conv-padding.ts";
import { dilatedSize, windowCounts, windowTable } from "./conv-padding.ts";
import type { ShapedArray } from "./primitive.ts";

/** Storage that the kernels compute on. */
export type Floats = Float32Array | Float64Array;

/** The row-major elements of `x` for a kernel to read; 16-bit floats are widened to float32. */
export function floatsOf(x: NDArray): Floats {
  return computeData(x) as Floats;
}

/** The array that `out` describes with what a kernel writes to zeros, rounded once. */
export function writeFloats({ shape, dtype }: ShapedArray, kernel: (to: Floats) => void): NDArray {
  const data = allocateCompute(computeDType(dtype), sizeOf(shape)) as Floats;
  kernel(data);
  return narrow(data, shape, dtype);
}

/** One convolution: sizes of its channels-last arrays and the places of its windows. */
export interface ConvolutionGeometry extends WindowGeometry {
  readonly batch: number;
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly groups: number;
}

// All three kernels are products with the matrix of patches: one row for each output pixel, one column
// for each tap and input feature. It is never held whole but in blocks of rows that stay in the
// second-level cache. Each block costs a pass over the kernel too, which sets a least number of rows; in
// the kernel gradient that pass adds products up, which is dearer.
const BLOCK = { floats: 1 << 17, rows: 256 };
const GRADIENT_BLOCK = { floats: 1 << 18, rows: 512 };
const KEPT_FLOATS = 1 << 20;

// From this length on one copyWithin call beats a loop (20 ns against 0.6 ns an element).
const COPY_CALL_FLOATS = 32;

/** Writes the convolution of `x` and `kernel` to `out`, which starts as zeros. */
export function convolve(
  x: Floats,
  kernel: Floats,
  out: Floats,
  geometry: ConvolutionGeometry,
): void {
  const plan = planPatches(geometry, x, BLOCK);
  const { table, pixels, depth, width, groups, step } = plan;
  if (pixels === 0 || depth === 0 || width === 0) return;
  if (isDepthwise(geometry)) {
    depthwise("output", table, geometry, x, kernel, out);
    return;
  }
  if (plan.direct) {
    gemm(false, false, pixels, width, depth, x, 0, kernel, 0, out, 0);
    return;
  }
  const kernels = groups === 1 ? kernel : splitGroups(kernel, depth, width, groups);
  const product = groups === 1 ? out : allocateLike(x, step * width);
  for (let start = 0; start < pixels; start += step) {
    const rows = Math.min(step, pixels - start);
    for (let group = 0; group < groups; group++) {
      gatherPatches(plan, x, group, start, rows);
      const kernelAt = group * depth * width;
      const productAt = groups === 1 ? start * width : 0;
      const { patches, offset } = plan;
      gemm(
        false,
        false,
        rows,
        width,
        depth,
        patches,
        offset,
        kernels,
        kernelAt,
        product,
        productAt,
      );
      if (groups > 1) {
        const outAt = (start * groups + group) * width;
        copyRows(product, 0, width, out, outAt, groups * width, rows, width);
      }
    }
  }
}

/** Writes the gradient with respect to `kernel`, given that of the output, to `out` (zeros at first). */
export function convolveKernelGradient(
  x: Floats,
  gradient: Floats,
  out: Floats,
  geometry: ConvolutionGeometry,
): void {
  const plan = planPatches(geometry, x, GRADIENT_BLOCK);
  const { table, pixels, depth, width, groups, step } = plan;
  if (pixels === 0 || depth === 0 || width === 0) return;
  if (isDepthwise(geometry)) {
    depthwise("kernel", table, geometry, x, out, gradient);
    return;
  }
  if (plan.direct) {
    gemm(true, false, depth, width, pixels, x, 0, gradient, 0, out, 0);
    return;
  }
  const product = groups === 1 && step === pixels ? out : allocateLike(x, depth * width);
  const columns = groups === 1 ? gradient : allocateLike(x, step * width);
  for (let start = 0; start < pixels; start += step) {
    const rows = Math.min(step, pixels - start);
    for (let group = 0; group < groups; group++) {
      gatherPatches(plan, x, group, start, rows);
      if (groups > 1) {
        const from = (start * groups + group) * width;
        copyRows(gradient, from, groups * width, columns, 0, width, rows, width);
      }
      const columnsAt = groups === 1 ? start * width : 0;
      const { patches, offset } = plan;
      gemm(true, false, depth, width, rows, patches, offset, columns, columnsAt, product, 0);
      if (product !== out) {
        addRows(product, width, out, group * width, groups * width, depth, width);
      }
    }
  }
}

/** Writes the gradient with respect to `x`, given that of the output, to `out` (zeros at first). */
export function convolveInputGradient(
  gradient: Floats,
  kernel: Floats,
  out: Floats,
  geometry: ConvolutionGeometry,
): void {
  const plan = planPatches(geometry, gradient, BLOCK);
  const { table, pixels, depth, width, groups, step } = plan;
  if (pixels === 0 || depth === 0 || width === 0) return;
  if (isDepthwise(geometry)) {
    depthwise("input", table, geometry, out, kernel, gradient);
    return;
  }
  if (plan.direct) {
    gemm(false, true, pixels, depth, width, gradient, 0, kernel, 0, out, 0);
    return;
  }
  if (prefersTransposed(geometry, pixels)) {
    const flipped = flipKernel(kernel, geometry);
    convolve(gradient, flipped, out, transposedGeometry(geometry));
    return;
  }
  const kernels = groups === 1 ? kernel : splitGroups(kernel, depth, width, groups);
  const columns = groups === 1 ? gradient : allocateLike(gradient, step * width);
  for (let start = 0; start < pixels; start += step) {
    const rows = Math.min(step, pixels - start);
    for (let group = 0; group < groups; group++) {
      if (groups > 1) {
        const from = (start * groups + group) * width;
        copyRows(gradient, from, groups * width, columns, 0, width, rows, width);
      }
      const columnsAt = groups === 1 ? start * width : 0;
      const kernelAt = group * depth * width;
      const { patches, offset } = plan;
      gemm(false, true, rows, depth, width, columns, columnsAt, kernels, kernelAt, patches, offset);
      scatterPatches(plan, out, group, start, rows);
    }
  }
}

interface PatchPlan {
  readonly table: WindowTable;
  readonly groups: number;
  /** Input features of all groups, and of one. */
  readonly features: number;
  readonly groupFeatures: number;
  /** Output pixels of the whole batch. */
  readonly pixels: number;
  /** Columns of the matrix of patches of one group. */
  readonly depth: number;
  /** Output features of one group. */
  readonly width: number;
  /** The input in memory already is the matrix of patches. */
  readonly direct: boolean;
  /** Rows of one block. */
  readonly step: number;
  /** Work space: one padded input row at 0 (if used), the block from `offset` on. */
  readonly patches: Floats;
  readonly offset: number;
  /** Use the padded row, with these window parameters of the last axis. */
  readonly paddedRow: boolean;
  readonly stride: number;
  readonly low: number;
  readonly rhsDilation: number;
}

function planPatches(
  geometry: ConvolutionGeometry,
  like: Floats,
  block: { readonly floats: number; readonly rows: number },
): PatchPlan {
  const { batch, inFeatures, outFeatures, groups } = geometry;
  const table = windowTable(geometry);
  const { outerOut, lastOut, outerTaps, lastTaps } = table;
  const pixels = batch * outerOut * lastOut;
  const groupFeatures = inFeatures / groups;
  const depth = outerTaps * lastTaps * groupFeatures;
  const width = outFeatures / groups;
  const fitting = Math.max(Math.floor(block.floats / depth), block.rows);
  // Whole output rows as far as they fit, else a part of one row.
  const step = Math.min(pixels, fitting < lastOut ? fitting : fitting - (fitting % lastOut));
  const axis = geometry.inputShape.length - 1;
  const stride = axis < 0 ? 1 : geometry.strides[axis];
  const rhsDilation = axis < 0 ? 1 : geometry.rhsDilation[axis];
  const span = (Math.min(step, lastOut) - 1) * stride + (lastTaps - 1) * rhsDilation + 1;
  const run = rhsDilation === 1 ? lastTaps * inFeatures : inFeatures;
  const paddedRow =
    groups === 1 &&
    axis >= 0 &&
    geometry.lhsDilation[axis] === 1 &&
    run >= COPY_CALL_FLOATS &&
    span * inFeatures <= 2 * step * depth;
  const direct = groups === 1 && patchesAreInput(table);
  const offset = paddedRow ? span * inFeatures : 0;
  const needed =
    direct || pixels * depth * width === 0 || isDepthwise(geometry) ? 0 : offset + step * depth;
  return {
    table,
    groups,
    features: inFeatures,
    groupFeatures,
    pixels,
    depth,
    width,
    direct,
    step,
    patches: scratch(like, needed),
    offset,
    paddedRow,
    stride,
    low: axis < 0 ? 0 : geometry.padding[axis][0],
    rhsDilation,
  };
}

function patchesAreInput(table: WindowTable): boolean {
  return (
    (table.lastOut === 1 || table.outerTaps === 1) &&
    isIdentity(table.outer, table.outerIn) &&
    isIdentity(table.last, table.lastIn)
  );
}

function isIdentity(table: Int32Array, length: number): boolean {
  if (table.length !== length) return false;
  for (let i = 0; i < length; i++) if (table[i] !== i) return false;
  return true;
}

function isDepthwise(geometry: ConvolutionGeometry): boolean {
  return geometry.groups > 1 && geometry.groups === geometry.inFeatures;
}

/** Fills the block with the patches of `rows` output pixels from pixel `start` of the batch on. */
function gatherPatches(
  plan: PatchPlan,
  x: Floats,
  group: number,
  start: number,
  rows: number,
): void {
  const { table, depth, features, groupFeatures } = plan;
  const { outerIn, lastIn, outerOut, lastOut, outerTaps, lastTaps, outer } = table;
  let at = plan.offset;
  for (let pixel = start; pixel < start + rows;) {
    const row = Math.floor(pixel / lastOut);
    const image = Math.floor(row / outerOut);
    const from = pixel - row * lastOut;
    const to = Math.min(lastOut, from + start + rows - pixel);
    for (let tap = 0; tap < outerTaps; tap++) {
      const inputRow = outer[(row - image * outerOut) * outerTaps + tap];
      const source =
        inputRow < 0
          ? -1
          : (image * outerIn + inputRow) * lastIn * features + group * groupFeatures;
      const target = at + tap * lastTaps * groupFeatures;
      if (plan.paddedRow) gatherPaddedRow(plan, x, source, from, to, target);
      else gatherRow(plan, x, source, from, to, target);
    }
    at += (to - from) * depth;
    pixel += to - from;
  }
}

/** Copies the taps of one kernel row for the output pixels `from` to `to` of one output row. */
function gatherRow(
  plan: PatchPlan,
  x: Floats,
  source: number,
  from: number,
  to: number,
  target: number,
): void {
  const { table, depth, features, groupFeatures, groups, patches } = plan;
  const { last, lastTaps } = table;
  const run = lastTaps * groupFeatures;
  for (let pixel = from; pixel < to; pixel++, target += depth) {
    const first = last[pixel * lastTaps];
    const contiguous =
      groups === 1 && first >= 0 && last[pixel * lastTaps + lastTaps - 1] === first + lastTaps - 1;
    if (source < 0) {
      for (let i = 0; i < run; i++) patches[target + i] = 0;
    } else if (contiguous) {
      const at = source + first * features;
      for (let i = 0; i < run; i++) patches[target + i] = x[at + i];
    } else {
      for (let tap = 0; tap < lastTaps; tap++) {
        const position = last[pixel * lastTaps + tap];
        const at = source + position * features;
        const to = target + tap * groupFeatures;
        if (position < 0) for (let i = 0; i < groupFeatures; i++) patches[to + i] = 0;
        else for (let i = 0; i < groupFeatures; i++) patches[to + i] = x[at + i];
      }
    }
  }
}

/**
 * The same by way of one padded input row at the start of the work space: every run then is whole and
 * in the same array, where copyWithin is quick.
 */
function gatherPaddedRow(
  plan: PatchPlan,
  x: Floats,
  source: number,
  from: number,
  to: number,
  target: number,
): void {
  const { table, depth, features, stride, rhsDilation, patches } = plan;
  const { lastIn, lastTaps } = table;
  const span = (to - from - 1) * stride + (lastTaps - 1) * rhsDilation + 1;
  const low = from * stride - plan.low;
  const begin = Math.min(Math.max(-low, 0), span);
  const end = source < 0 ? begin : Math.max(Math.min(lastIn - low, span), begin);
  patches.fill(0, 0, begin * features);
  patches.fill(0, end * features, span * features);
  if (end > begin) {
    const at = source + (low + begin) * features;
    patches.set(x.subarray(at, at + (end - begin) * features), begin * features);
  }
  const run = rhsDilation === 1 ? lastTaps * features : features;
  const runs = rhsDilation === 1 ? 1 : lastTaps;
  for (let pixel = 0; pixel < to - from; pixel++, target += depth) {
    for (let i = 0; i < runs; i++) {
      const at = (pixel * stride + i * rhsDilation) * features;
      patches.copyWithin(target + i * run, at, at + run);
    }
  }
}

/** Adds the block's patches to the input elements that they come from. */
function scatterPatches(
  plan: PatchPlan,
  x: Floats,
  group: number,
  start: number,
  rows: number,
): void {
  const { table, depth, features, groupFeatures, patches } = plan;
  const { outerIn, lastIn, outerOut, lastOut, outerTaps, lastTaps, outer, last } = table;
  for (let row = 0; row < rows; row++) {
    const pixel = start + row;
    const line = Math.floor(pixel / lastOut);
    const image = Math.floor(line / outerOut);
    const outerAt = (line - image * outerOut) * outerTaps;
    const lastAt = (pixel - line * lastOut) * lastTaps;
    for (let tap = 0; tap < outerTaps; tap++) {
      const inputRow = outer[outerAt + tap];
      if (inputRow < 0) continue;
      const target = (image * outerIn + inputRow) * lastIn * features + group * groupFeatures;
      const source = plan.offset + row * depth + tap * lastTaps * groupFeatures;
      for (let t = 0; t < lastTaps; t++) {
        const position = last[lastAt + t];
        if (position < 0) continue;
        const to = target + position * features;
        const from = source + t * groupFeatures;
        for (let i = 0; i < groupFeatures; i++) x[to + i] += patches[from + i];
      }
    }
  }
}

/**
 * Whether the input gradient is better taken as a convolution of the output's gradient than by scattering
 * products. Strides would turn into holes that are multiplied in vain. Else, for each tap, an element of
 * the flipped kernel, a copied element of the gradient and a scattered one cost about 2.4, 0.4 and 2 ns.
 */
function prefersTransposed(geometry: ConvolutionGeometry, pixels: number): boolean {
  const { strides, inFeatures, outFeatures } = geometry;
  const transposed = 6 * inFeatures * outFeatures + pixels * outFeatures;
  return strides.every((stride) => stride === 1) && transposed < 5 * pixels * inFeatures;
}

/** The convolution that takes the output's gradient to the input's, with `flipKernel(kernel)`. */
function transposedGeometry(geometry: ConvolutionGeometry): ConvolutionGeometry {
  const { inputShape, windowShape, strides, lhsDilation, rhsDilation } = geometry;
  const outputShape = windowCounts(geometry);
  const padding = inputShape.map((n, axis): [number, number] => {
    const window = dilatedSize(windowShape[axis], rhsDilation[axis]);
    const low = window - 1 - geometry.padding[axis][0];
    const spread = dilatedSize(outputShape[axis], strides[axis]);
    return [low, (n - 1) * lhsDilation[axis] + window - spread - low];
  });
  return {
    batch: geometry.batch,
    inFeatures: geometry.outFeatures,
    outFeatures: geometry.inFeatures,
    groups: geometry.groups,
    inputShape: outputShape,
    windowShape,
    strides: lhsDilation,
    padding,
    lhsDilation: strides,
    rhsDilation,
  };
}

/** Reverses the taps and swaps input and output features within each group. */
function flipKernel(kernel: Floats, geometry: ConvolutionGeometry): Floats {
  const { inFeatures, outFeatures, groups } = geometry;
  const rows = inFeatures / groups;
  const width = outFeatures / groups;
  const taps = kernel.length / (rows * outFeatures);
  const flipped = allocateLike(kernel, kernel.length);
  for (let tap = 0; tap < taps; tap++) {
    for (let group = 0; group < groups; group++) {
      for (let i = 0; i < rows; i++) {
        const from = (tap * rows + i) * outFeatures + group * width;
        const to = (taps - 1 - tap) * width * inFeatures + group * rows + i;
        for (let o = 0; o < width; o++) flipped[to + o * inFeatures] = kernel[from + o];
      }
    }
  }
  return flipped;
}

/** The kernel with the output features of each group together: `[groups, depth, width]`. */
function splitGroups(kernel: Floats, depth: number, width: number, groups: number): Floats {
  const split = allocateLike(kernel, kernel.length);
  for (let group = 0; group < groups; group++) {
    copyRows(
      kernel,
      group * width,
      groups * width,
      split,
      group * depth * width,
      width,
      depth,
      width,
    );
  }
  return split;
}

function copyRows(
  source: Floats,
  from: number,
  sourceStride: number,
  target: Floats,
  to: number,
  targetStride: number,
  rows: number,
  width: number,
): void {
  for (let row = 0; row < rows; row++, from += sourceStride, to += targetStride) {
    for (let i = 0; i < width; i++) target[to + i] = source[from + i];
  }
}

function addRows(
  source: Floats,
  sourceStride: number,
  target: Floats,
  to: number,
  targetStride: number,
  rows: number,
  width: number,
): void {
  for (let row = 0, from = 0; row < rows; row++, from += sourceStride, to += targetStride) {
    for (let i = 0; i < width; i++) target[to + i] += source[from + i];
  }
}

/**
 * A convolution of which each group has one input feature, or one of its gradients: the array named by
 * `wanted` is added to, the two others are read. A matrix product would have one column at a time.
 */
function depthwise(
  wanted: "output" | "input" | "kernel",
  table: WindowTable,
  geometry: ConvolutionGeometry,
  x: Floats,
  kernel: Floats,
  out: Floats,
): void {
  const { batch, inFeatures: features, outFeatures } = geometry;
  const { outerIn, lastIn, outerOut, lastOut, outerTaps, lastTaps, outer, last } = table;
  const width = outFeatures / features;
  for (let row = 0; row < batch * outerOut; row++) {
    const image = Math.floor(row / outerOut);
    const outerAt = (row - image * outerOut) * outerTaps;
    for (let pixel = 0; pixel < lastOut; pixel++) {
      const outAt = (row * lastOut + pixel) * outFeatures;
      for (let tap = 0; tap < outerTaps * lastTaps; tap++) {
        const outerTap = Math.floor(tap / lastTaps);
        const inputRow = outer[outerAt + outerTap];
        const position = last[pixel * lastTaps + tap - outerTap * lastTaps];
        if (inputRow < 0 || position < 0) continue;
        const xAt = ((image * outerIn + inputRow) * lastIn + position) * features;
        const kernelAt = tap * outFeatures;
        for (let o = 0; o < width; o++) {
          const [kAt, oAt] = [kernelAt + o, outAt + o];
          if (wanted === "output") {
            addProducts(features, out, oAt, width, x, xAt, 1, kernel, kAt, width);
          } else if (wanted === "input") {
            addProducts(features, x, xAt, 1, out, oAt, width, kernel, kAt, width);
          } else addProducts(features, kernel, kAt, width, x, xAt, 1, out, oAt, width);
        }
      }
    }
  }
}

/** `target[i] += a[i] * b[i]`, with a stride for each. */
function addProducts(
  length: number,
  target: Floats,
  to: number,
  targetStride: number,
  a: Floats,
  aAt: number,
  aStride: number,
  b: Floats,
  bAt: number,
  bStride: number,
): void {
  for (let i = 0; i < length; i++, to += targetStride, aAt += aStride, bAt += bStride) {
    target[to] += a[aAt] * b[bAt];
  }
}

let scratch32: Float32Array | undefined;
let scratch64: Float64Array | undefined;

/**
 * Work space of at least `length` elements of the type of `like`, contents unspecified. All calls share
 * it, which is safe as kernels run to completion; it is kept only while of moderate size.
 */
function scratch(like: Floats, length: number): Floats {
  if (like.BYTES_PER_ELEMENT === 8) {
    if (scratch64 !== undefined && scratch64.length >= length) return scratch64;
    const made = new Float64Array(length);
    if (length <= KEPT_FLOATS) scratch64 = made;
    return made;
  }
  if (scratch32 !== undefined && scratch32.length >= length) return scratch32;
  const made = new Float32Array(length);
  if (length <= KEPT_FLOATS) scratch32 = made;
  return made;
}

function allocateLike(like: Floats, length: number): Floats {
  return like.BYTES_PER_ELEMENT === 8 ? new Float64Array(length) : new Float32Array(length);
}
