import { gemm } from "@flaxen/linear-algebra";
import type { Floats } from "../floats.ts";
import { isEmpty, transposedGeometry } from "./geometry.ts";
import type { ConvolutionGeometry } from "./geometry.ts";
import { blockPixels, planConvolution, repeatPlaces, runsOf } from "./plan.ts";
import type { ConvolutionPlan } from "./plan.ts";

/** Elements of a block of patches: it stays in the second-level cache. */
const PATCH_ELEMENTS = 1 << 17;
/** Each block costs a pass over the kernel too, which sets a least number of rows. */
const PATCH_ROWS = 256;

/** Writes the convolution of `x` and `kernel` to `out`, which starts as zeros. */
export function convolve(
  x: Floats,
  kernel: Floats,
  out: Floats,
  geometry: ConvolutionGeometry,
): void {
  if (isEmpty(geometry)) return;
  const plan = planConvolution(geometry);
  const { batch, groups, width, image, passImages } = plan;
  const images = new Images(plan, x, passImages);
  const weights = plan.phases.map(({ rows }) =>
    Array.from({ length: plan.sideBySide ? 0 : groups }, (_, group) =>
      gatherRows(kernel, group * width, rows, 0, rows.length / 2, width),
    ),
  );
  for (let first = 0; first < batch; first += passImages) {
    const count = Math.min(passImages, batch - first);
    const base = images.load(first, count);
    const outBase = first * plan.outSize;
    for (const [phase, { pixels, rows }] of plan.phases.entries()) {
      const places = repeatPlaces(pixels, count, image.size, plan.outSize);
      if (plan.sideBySide) {
        addProducts(width, places, rows, images.data, base, kernel, 0, out, outBase);
        continue;
      }
      const depth = rows.length / 2;
      const step = Math.max(Math.floor(PATCH_ELEMENTS / depth), PATCH_ROWS);
      for (let from = 0; from < places.length / 2; from += step) {
        const to = Math.min(from + step, places.length / 2);
        const patches = allocateLike(x, (to - from) * depth);
        const product = allocateLike(x, (to - from) * width);
        for (let group = 0; group < groups; group++) {
          const at = base + group * plan.groupStep;
          gatherPatches(images.data, at, places, from, to, rows, 0, depth, patches);
          const columns = weights[phase][group];
          gemm(false, false, to - from, width, depth, patches, 0, columns, 0, product, 0);
          addRows(product, places, from, to, out, outBase + group * width, width);
        }
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
  if (isEmpty(geometry)) return;
  convolve(gradient, flipKernel(kernel, geometry), out, transposedGeometry(geometry));
}

/** Writes the gradient with respect to `kernel`, given that of the output, to `out` (zeros at first). */
export function convolveKernelGradient(
  x: Floats,
  gradient: Floats,
  out: Floats,
  geometry: ConvolutionGeometry,
): void {
  if (isEmpty(geometry)) return;
  const plan = planConvolution(geometry);
  const { batch, groups, width, image, blockImages } = plan;
  const images = new Images(plan, x, blockImages);
  for (let first = 0; first < batch; first += blockImages) {
    const count = Math.min(blockImages, batch - first);
    const base = images.load(first, count);
    const outBase = first * plan.outSize;
    for (const { pixels, rows } of plan.phases) {
      const places = repeatPlaces(pixels, count, image.size, plan.outSize);
      for (let from = 0, to = 0; from < places.length / 2; from = to) {
        to = from + blockPixels(from, places.length / 2);
        if (plan.sideBySide) {
          const block = places.subarray(2 * from, 2 * to);
          const sums = allocateLike(x, out.length);
          addProducts(width, rows, block, images.data, base, gradient, outBase, sums, 0);
          for (let i = 0; i < sums.length; i++) out[i] += sums[i];
          continue;
        }
        // Patches of part of the rows at a time.
        const step = Math.ceil((2 * PATCH_ELEMENTS) / (to - from));
        for (let row = 0; row < rows.length / 2; row += step) {
          const end = Math.min(row + step, rows.length / 2);
          const patches = allocateLike(x, (to - from) * (end - row));
          const product = allocateLike(x, (end - row) * width);
          for (let group = 0; group < groups; group++) {
            const at = base + group * plan.groupStep;
            gatherPatches(images.data, at, places, from, to, rows, row, end, patches);
            const columns = gatherRows(gradient, outBase + group * width, places, from, to, width);
            const [m, k] = [end - row, to - from];
            gemm(true, false, m, width, k, patches, 0, columns, 0, product, 0);
            addRows(product, rows, row, end, out, group * width, width);
          }
        }
      }
    }
  }
}

/** Images with their padding, several at a time. */
class Images {
  readonly data: Floats;
  private readonly plan: ConvolutionPlan;
  private readonly x: Floats;

  constructor(plan: ConvolutionPlan, x: Floats, images: number) {
    this.plan = plan;
    this.x = x;
    this.data = plan.image.inPlace ? x : allocateLike(x, images * plan.image.size);
  }

  /** Brings `count` images from `first` on in; returns the place of the first in `data`. */
  load(first: number, count: number): number {
    const { inPlace, size, rows, rowPixels, features, spread } = this.plan.image;
    if (inPlace) return first * size;
    const { data, x } = this;
    for (let image = 0; image < count; image++) {
      for (let row = 0; row < rows.length; row += 2) {
        const from = (first + image) * this.plan.inSize + rows[row];
        const to = image * size + rows[row + 1];
        if (spread === undefined) data.set(x.subarray(from, from + rowPixels * features), to);
        else {
          for (let pixel = 0; pixel < rowPixels; pixel++) {
            const target = to + pixel * spread.length;
            for (let i = 0; i < spread.length; i++) {
              data[target + i] = x[from + pixel * features + spread[i]];
            }
          }
        }
      }
    }
    return 0;
  }
}

/** Fills `patches` with the elements under the kernel rows `row` to `end` of the pixels `from` to `to`. */
function gatherPatches(
  data: Floats,
  base: number,
  pixels: Int32Array,
  from: number,
  to: number,
  rows: Int32Array,
  row: number,
  end: number,
  patches: Floats,
): void {
  const runs = runsOf(rows.subarray(2 * row, 2 * end), Infinity);
  let at = 0;
  for (let pixel = from; pixel < to; pixel++) {
    const origin = base + pixels[2 * pixel];
    for (let run = 0; run < runs.length; run += 2) {
      const place = origin + runs[run];
      const length = runs[run + 1];
      for (let i = 0; i < length; i++) patches[at + i] = data[place + i];
      at += length;
    }
  }
}

/** The `width` elements at the second place of each pair, from `base` on. */
function gatherRows(
  source: Floats,
  base: number,
  places: Int32Array,
  from: number,
  to: number,
  width: number,
): Floats {
  const gathered = allocateLike(source, (to - from) * width);
  for (let row = from, at = 0; row < to; row++) {
    const place = base + places[2 * row + 1];
    for (let i = 0; i < width; i++) gathered[at++] = source[place + i];
  }
  return gathered;
}

/** Adds rows of `width` elements to the second place of each pair, from `base` on. */
function addRows(
  source: Floats,
  places: Int32Array,
  from: number,
  to: number,
  target: Floats,
  base: number,
  width: number,
): void {
  for (let row = from, at = 0; row < to; row++) {
    const place = base + places[2 * row + 1];
    for (let i = 0; i < width; i++) target[place + i] += source[at++];
  }
}

/** `out[a] += data[a + b] * factors[b]` for all pairs of places a, each over all b in order, in rows of `width`. */
function addProducts(
  width: number,
  outer: Int32Array,
  inner: Int32Array,
  data: Floats,
  base: number,
  factors: Floats,
  factorBase: number,
  out: Floats,
  outBase: number,
): void {
  const add = out.BYTES_PER_ELEMENT === 4 ? addRounded : addExact;
  for (let a = 0; a < outer.length; a += 2) {
    const origin = base + outer[a];
    const to = outBase + outer[a + 1];
    for (let b = 0; b < inner.length; b += 2) {
      add(width, data, origin + inner[b], factors, factorBase + inner[b + 1], out, to);
    }
  }
}

function addRounded(
  width: number,
  a: Floats,
  aAt: number,
  b: Floats,
  bAt: number,
  out: Floats,
  to: number,
): void {
  for (let i = 0; i < width; i++) out[to + i] += Math.fround(a[aAt + i] * b[bAt + i]);
}

function addExact(
  width: number,
  a: Floats,
  aAt: number,
  b: Floats,
  bAt: number,
  out: Floats,
  to: number,
): void {
  for (let i = 0; i < width; i++) out[to + i] += a[aAt + i] * b[bAt + i];
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

function allocateLike(like: Floats, length: number): Floats {
  return like.BYTES_PER_ELEMENT === 8 ? new Float64Array(length) : new Float32Array(length);
}
