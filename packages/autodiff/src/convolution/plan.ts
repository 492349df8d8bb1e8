import { windowCounts } from "../conv-padding.ts";
import { sizeOf } from "../compute-dtype.ts";
import { phasesOf } from "./geometry.ts";
import type { ConvolutionGeometry, Phase } from "./geometry.ts";

/** Output pixels of small images that are computed together. */
const PASS_PIXELS = 512;
/** Pixels over which one term of the kernel gradient is summed; part of its definition. */
export const BLOCK_PIXELS = 1024;
/** Groups with up to this many pairs of an input and an output feature are computed side by side, not one by one. */
const NARROW_GROUP = 4;

/**
 * Where the elements of a convolution lie, in elements: what the SIMD kernels and their plain twins share.
 *
 * A convolution is one sum over rows of the kernel for each output pixel: the element under kernel row r of
 * output pixel p is at `pixels[p] + rows[r]` of the image with its padding. The kernel gradient is
 * one sum over the pixels for each row, with the same places.
 */
export interface ConvolutionPlan {
  readonly batch: number;
  /**
   * Groups to go through, and the output features of each. Narrow groups count as one with the output
   * features of all: the image then holds, for each output feature, the input elements that it takes.
   */
  readonly groups: number;
  readonly width: number;
  /** Distance between groups in the image. */
  readonly groupStep: number;
  readonly sideBySide: boolean;
  readonly outFeatures: number;
  readonly image: ImagePlan;
  /** Elements of one image of x and of the output. */
  readonly inSize: number;
  readonly outSize: number;
  readonly phases: readonly PhasePlan[];
  /** Whether the phases reach every output pixel and every row of the kernel. */
  readonly coversOutput: boolean;
  readonly coversKernel: boolean;
  /** Images that one pass of the convolution takes. */
  readonly passImages: number;
  /** Images of one block of the kernel gradient, at least 1; of one image, pixels go in blocks of {@link blockPixels}. */
  readonly blockImages: number;
}

/** An image with its padding, or the input as it is. */
interface ImagePlan {
  /** The input is read where it lies. */
  readonly inPlace: boolean;
  /** Elements of one image. */
  readonly size: number;
  /** Pairs of places, in x and in the image, of the rows to copy. */
  readonly rows: Int32Array;
  /** Pixels of each of these rows. */
  readonly rowPixels: number;
  /** Features of a pixel of x. */
  readonly features: number;
  /** For each feature of the image, that of x which it repeats; undefined if they are the same. */
  readonly spread: Int32Array | undefined;
}

/** The places of one {@link Phase}. */
export interface PhasePlan {
  /** Pairs of places, in the image and in the output, one for each output pixel of one image. */
  readonly pixels: Int32Array;
  /** Pairs of places, in the image and in the kernel, one for each row of the kernel. */
  readonly rows: Int32Array;
}

/** Finds the places of a convolution that is not empty. */
export function planConvolution(geometry: ConvolutionGeometry): ConvolutionPlan {
  const { batch, inFeatures, outFeatures, groups, inputShape, windowShape } = geometry;
  const inWidth = inFeatures / groups;
  const outWidth = outFeatures / groups;
  const sideBySide = groups > 1 && inWidth * outWidth <= NARROW_GROUP;
  const counts = windowCounts(geometry);
  const phases = phasesOf(geometry);
  const spread =
    sideBySide && inWidth * outWidth > 1 ? spreadFeatures(groups, inWidth, outWidth) : undefined;
  const features = spread?.length ?? inFeatures;
  const ranges = inputShape.map((n, axis) => reachOf(phases, axis, n));
  const inside = ranges.every(({ low, high }, axis) => low >= 0 && high < inputShape[axis]);
  const inPlace = inside && spread === undefined;
  const sizes = inPlace ? inputShape : ranges.map(({ low, high }) => high - low + 1);
  const lows = inPlace ? inputShape.map(() => 0) : ranges.map(({ low }) => low);
  const image = {
    inPlace,
    size: sizeOf(sizes) * features,
    ...copiesOf(inputShape, inFeatures, lows, sizes, features),
    features: inFeatures,
    spread,
  };
  const places = phases
    .filter((phase) => phase.every(({ taps }) => taps.count > 0))
    .map((phase) => {
      const strides = stridesOf(sizes, features);
      const kernelStrides = stridesOf(windowShape, inWidth * outFeatures);
      return {
        pixels: pixelPlaces(phase, strides, lows, stridesOf(counts, outFeatures)),
        rows: rowPlaces(phase, strides, kernelStrides, inWidth, sideBySide, outFeatures),
      };
    });
  const pixels = sizeOf(counts);
  const reached = places.reduce((sum, phase) => sum + phase.pixels.length / 2, 0);
  const rows = places.reduce((sum, phase) => sum + phase.rows.length / 2, 0);
  return {
    batch,
    groups: sideBySide ? 1 : groups,
    width: sideBySide ? outFeatures : outWidth,
    groupStep: inWidth,
    sideBySide,
    outFeatures,
    image,
    inSize: sizeOf(inputShape) * inFeatures,
    outSize: pixels * outFeatures,
    phases: places,
    coversOutput: reached === pixels,
    coversKernel: rows === sizeOf(windowShape) * inWidth,
    passImages: Math.min(Math.max(Math.floor(PASS_PIXELS / pixels), 1), batch),
    blockImages: Math.min(Math.max(Math.floor(BLOCK_PIXELS / pixels), 1), batch),
  };
}

/** The pixels of one block of the kernel gradient: whole images, or of one image those from `first` on. */
export function blockPixels(first: number, pixels: number): number {
  return Math.min(BLOCK_PIXELS, pixels - first);
}

/** The input positions that the windows of all phases reach on one axis. */
function reachOf(
  phases: readonly Phase[],
  axis: number,
  n: number,
): { readonly low: number; readonly high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const phase of phases) {
    const { windows, taps, first, stride, dilation } = phase[axis];
    if (taps.count === 0) continue;
    low = Math.min(low, first);
    high = Math.max(high, first + (windows.count - 1) * stride + (taps.count - 1) * dilation);
  }
  return low <= high ? { low, high } : { low: 0, high: Math.min(n - 1, 0) };
}

/** Input features under each kernel row and output feature, when groups lie side by side. */
function spreadFeatures(groups: number, inWidth: number, outWidth: number): Int32Array {
  const outFeatures = groups * outWidth;
  return Int32Array.from({ length: inWidth * outFeatures }, (_, at) => {
    const i = Math.floor(at / outFeatures);
    return Math.floor((at % outFeatures) / outWidth) * inWidth + i;
  });
}

/** Distance of neighbours on each axis, row-major. */
function stridesOf(shape: readonly number[], element: number): number[] {
  const strides = shape.map(() => 0);
  for (let axis = shape.length - 1, step = element; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/** The rows of an image to copy to its place within the padding. */
function copiesOf(
  inputShape: readonly number[],
  inFeatures: number,
  lows: readonly number[],
  sizes: readonly number[],
  features: number,
): { readonly rows: Int32Array; readonly rowPixels: number } {
  const from = stridesOf(inputShape, inFeatures);
  const to = stridesOf(sizes, features);
  const begins = lows.map((low) => Math.max(low, 0));
  const lengths = begins.map((begin, axis) =>
    Math.max(Math.min(lows[axis] + sizes[axis], inputShape[axis]) - begin, 0),
  );
  const base = (strides: readonly number[], origin: readonly number[]): number =>
    strides.reduce((sum, stride, axis) => sum + stride * (begins[axis] - origin[axis]), 0);
  const zeros = lows.map(() => 0);
  const outer = lengths.slice(0, -1);
  const rowPixels = lengths.at(-1) ?? 1;
  const rows = pairs(
    rowPixels === 0 ? [0] : outer,
    grid(outer, from, base(from, zeros)),
    grid(outer, to, base(to, lows)),
  );
  return { rows, rowPixels };
}

function pixelPlaces(
  phase: Phase,
  strides: readonly number[],
  lows: readonly number[],
  outStrides: readonly number[],
): Int32Array {
  const counts = phase.map(({ windows }) => windows.count);
  const inBase = phase.reduce(
    (sum, { first }, axis) => sum + (first - lows[axis]) * strides[axis],
    0,
  );
  const outBase = phase.reduce(
    (sum, { windows }, axis) => sum + windows.first * outStrides[axis],
    0,
  );
  return pairs(
    counts,
    grid(
      counts,
      phase.map(({ stride }, axis) => stride * strides[axis]),
      inBase,
    ),
    grid(
      counts,
      phase.map(({ windows }, axis) => windows.step * outStrides[axis]),
      outBase,
    ),
  );
}

function rowPlaces(
  phase: Phase,
  strides: readonly number[],
  kernelStrides: readonly number[],
  inWidth: number,
  sideBySide: boolean,
  outFeatures: number,
): Int32Array {
  const counts = [...phase.map(({ taps }) => taps.count), inWidth];
  const kernelBase = phase.reduce(
    (sum, { taps }, axis) => sum + taps.first * kernelStrides[axis],
    0,
  );
  return pairs(
    counts,
    grid(
      counts,
      [
        ...phase.map(({ dilation }, axis) => dilation * strides[axis]),
        sideBySide ? outFeatures : 1,
      ],
      0,
    ),
    grid(
      counts,
      [...phase.map(({ taps }, axis) => taps.step * kernelStrides[axis]), outFeatures],
      kernelBase,
    ),
  );
}

/** `base + sum of index * step` for every index below `counts`, row-major. */
function grid(counts: readonly number[], steps: readonly number[], base: number): Int32Array {
  let places = Int32Array.of(base);
  for (const [axis, count] of counts.entries()) {
    const step = steps[axis];
    const next = new Int32Array(places.length * count);
    let at = 0;
    for (const place of places) {
      for (let i = 0; i < count; i++) next[at++] = place + i * step;
    }
    places = next;
  }
  return places;
}

function pairs(counts: readonly number[], a: Int32Array, b: Int32Array): Int32Array {
  const both = new Int32Array(2 * sizeOf(counts));
  for (let i = 0; i < both.length / 2; i++) {
    both[2 * i] = a[i];
    both[2 * i + 1] = b[i];
  }
  return both;
}

/** The places of several images, `inStep` and `outStep` elements apart. */
export function repeatPlaces(
  places: Int32Array,
  images: number,
  inStep: number,
  outStep: number,
): Int32Array {
  if (images === 1) return places;
  const repeated = new Int32Array(places.length * images);
  for (let image = 0, at = 0; image < images; image++) {
    for (let i = 0; i < places.length; i += 2, at += 2) {
      repeated[at] = places[i] + image * inStep;
      repeated[at + 1] = places[i + 1] + image * outStep;
    }
  }
  return repeated;
}

/** Elements in a row that neighbouring kernel rows read: pairs of place and length, none above `longest`. */
export function runsOf(rows: Int32Array, longest: number): Int32Array {
  const runs: number[] = [];
  let length = 0;
  for (let row = 0; row < rows.length; row += 2) {
    length++;
    if (row + 2 === rows.length || rows[row + 2] !== rows[row] + 1) {
      const pieces = Math.max(Math.ceil(length / longest), 1);
      let place = rows[row] - length + 1;
      for (let piece = 0; piece < pieces; piece++) {
        const size =
          Math.ceil((length * (piece + 1)) / pieces) - Math.ceil((length * piece) / pieces);
        runs.push(place, size);
        place += size;
      }
      length = 0;
    }
  }
  return Int32Array.from(runs);
}
