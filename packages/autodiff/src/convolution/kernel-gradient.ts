import { scratch } from "@flaxen/wasm";
import type { Scratch } from "@flaxen/wasm";
import type { ConvolutionGeometry } from "./geometry.ts";
import { imageLoader } from "./images.ts";
import type { ImageLoader } from "./images.ts";
import type { ConvolutionKernels, GradientKernel, LaneKernel, MoveKernel } from "./kernels.ts";
import { blockPixels, planConvolution, repeatPlaces } from "./plan.ts";
import type { ConvolutionPlan } from "./plan.ts";
import { gradientRest, stripsOf } from "./strips.ts";
import type { Strips } from "./strips.ts";
import { MOST_ROWS, Tables } from "./tables.ts";
import type { Table } from "./tables.ts";
import { PAIR } from "./tiles.ts";

/** Pixels over which strips of both packed operands stay in the first-level cache. */
const PANEL = 320;

/** Parts of the rows for several threads. */
const MOST_PARTS = 4;

/** A kernel gradient by SIMD on arrays in the scratch memory. */
export interface KernelGradientProgram {
  /** Workspace in bytes. */
  readonly bytes: number;
  /** Parts into which the rows of the gradient can be divided. */
  readonly parts: number;
  /** Writes the gradient to `out`, or one of the parts of it. */
  run(x: number, gradient: number, out: number, part?: number, parts?: number): void;
}

/** One phase with its tables. */
interface PhaseTables {
  /** Pixels of one image. */
  readonly pixels: number;
  /** Places of the pixels of one block of images. */
  readonly places: Table;
  /** Rows of the kernel. */
  readonly rows: Table;
}

/** Plans the kernel gradient of a convolution that is not empty. */
export function planKernelGradient(
  geometry: ConvolutionGeometry,
  kernels: ConvolutionKernels,
): KernelGradientProgram {
  const plan = planConvolution(geometry);
  const tables = new Tables();
  const { bytes } = kernels;
  const phases = plan.phases.map(({ pixels, rows }) => {
    const all = repeatPlaces(pixels, plan.blockImages, plan.image.size, plan.outSize);
    return {
      pixels: pixels.length / 2,
      places: tables.addPairs(all, bytes, bytes),
      rows: tables.addOuter(rows, bytes),
    };
  });
  const images = imageLoader(plan, plan.blockImages, kernels, tables);
  return new KernelGradient(plan, kernels, tables, phases, images, kernelSize(geometry));
}

function kernelSize({ windowShape, inFeatures, outFeatures, groups }: ConvolutionGeometry): number {
  return windowShape.reduce((size, n) => size * n, (inFeatures / groups) * outFeatures);
}

/** The rows of one part, in whole tiles. */
function partOf({ at, end }: Table, part: number, parts: number): Table {
  const tiles = Math.ceil((end - at) / PAIR / MOST_ROWS);
  const border = (i: number): number =>
    Math.min(end, at + Math.round((i * tiles) / parts) * MOST_ROWS * PAIR);
  return { at: border(part), end: border(part + 1) };
}

/** Where the parts of the workspace are during one run. */
interface Workspace {
  readonly tables: number;
  readonly images: number;
  readonly packedRows: number;
  readonly packedPixels: number;
  /** Sums of one block. */
  readonly sums: number;
}

class KernelGradient implements KernelGradientProgram {
  readonly bytes: number;
  private readonly plan: ConvolutionPlan;
  private readonly kernels: ConvolutionKernels;
  private readonly tables: Tables;
  private readonly phases: readonly PhaseTables[];
  private readonly images: ImageLoader;
  private readonly strips: Strips;
  private readonly outBytes: number;

  constructor(
    plan: ConvolutionPlan,
    kernels: ConvolutionKernels,
    tables: Tables,
    phases: readonly PhaseTables[],
    images: ImageLoader,
    size: number,
  ) {
    this.plan = plan;
    this.kernels = kernels;
    this.tables = tables;
    this.phases = phases;
    this.images = images;
    this.strips = stripsOf(plan.sideBySide ? 0 : plan.width, kernels);
    this.outBytes = size * kernels.bytes;
    this.bytes =
      tables.bytes + images.bytes + this.packedRowBytes + this.packedPixelBytes + this.outBytes;
    this.bytes += 5 * 64;
  }

  /** Each part goes over all pixels once more, so there are few. */
  get parts(): number {
    const { plan, phases } = this;
    if (!plan.coversKernel || plan.sideBySide) return 1;
    const tiles = phases.map(({ rows }) => Math.floor((rows.end - rows.at) / PAIR / MOST_ROWS));
    return Math.max(1, Math.min(MOST_PARTS, ...tiles));
  }

  run(x: number, gradient: number, out: number, part: number = 0, parts: number = 1): void {
    const memory = scratch() as Scratch;
    const { plan, images, kernels } = this;
    const at: Workspace = {
      tables: memory.allocate(this.tables.bytes),
      images: memory.allocate(images.bytes),
      packedRows: memory.allocate(this.packedRowBytes),
      packedPixels: memory.allocate(this.packedPixelBytes),
      sums: memory.allocate(this.outBytes),
    };
    try {
      this.tables.write(memory, at.tables);
      images.clear(memory, at.images);
      if (!plan.coversKernel) memory.u8.fill(0, out, out + this.outBytes);
      for (let image = 0; image < plan.batch; image += plan.blockImages) {
        const count = Math.min(plan.blockImages, plan.batch - image);
        const from = images.load(x, image, count, at.tables, at.images);
        const factors = gradient + image * plan.outSize * kernels.bytes;
        for (const whole of this.phases) {
          const phase = { ...whole, rows: partOf(whole.rows, part, parts) };
          const pixels = count * phase.pixels;
          for (let first = 0, end = 0; first < pixels; first = end) {
            end = first + blockPixels(first, pixels);
            // The first block starts the sums; later ones are added in order.
            const fresh = image === 0 && first === 0;
            this.sumBlock(phase, first, end, from, factors, fresh ? out : at.sums, at);
            if (!fresh) this.addBlock(phase, out, at);
          }
        }
      }
    } finally {
      memory.release(at.tables);
    }
  }

  private get packedRowBytes(): number {
    return this.plan.sideBySide ? 0 : PANEL * MOST_ROWS * this.kernels.bytes;
  }

  private get packedPixelBytes(): number {
    return this.plan.sideBySide ? 0 : PANEL * this.strips.row;
  }

  /** Writes the sums over the pixels `first` to `end` of the loaded images. */
  private sumBlock(
    { places, rows }: PhaseTables,
    first: number,
    end: number,
    x: number,
    gradient: number,
    to: number,
    at: Workspace,
  ): void {
    const { plan, kernels } = this;
    const outer = at.tables + rows.at;
    const outerEnd = at.tables + rows.end;
    const table = at.tables + places.at;
    if (plan.sideBySide) {
      const { multiply } = kernels.lanes() as LaneKernel;
      const inner = table + PAIR * first;
      multiply(outer, outerEnd, inner, table + PAIR * end, x, gradient, to, plan.width);
      return;
    }
    const { strips } = this;
    const { pack } = kernels.move() as MoveKernel;
    const wide = strips.wide > 0 && (kernels.gradient() as GradientKernel);
    const rest = strips.rest > 0 && gradientRest(kernels, strips.rest);
    const { packedRows: a, packedPixels: b } = at;
    const pieces = Math.ceil((end - first) / PANEL);
    const step = Math.ceil((end - first) / pieces);
    for (let group = 0; group < plan.groups; group++) {
      const column = group * plan.width * kernels.bytes;
      const source = x + group * plan.groupStep * kernels.bytes;
      for (let pixel = first; pixel < end; pixel += step) {
        const count = Math.min(step, end - pixel);
        const inner = table + PAIR * pixel;
        const innerEnd = inner + PAIR * count;
        const fresh = pixel === first ? 1 : 0;
        const out = to + column;
        pack(inner, innerEnd, gradient + column, b, plan.width);
        if (wide) {
          wide.multiply(outer, outerEnd, inner, innerEnd, source, a, b, out, strips.wide, fresh);
        }
        if (rest) {
          const from = b + count * strips.wideRow;
          const over = out + strips.wide * kernels.bytes;
          rest.multiply(
            outer,
            outerEnd,
            inner,
            innerEnd,
            source,
            a,
            from,
            over,
            strips.rest,
            fresh,
          );
        }
      }
    }
  }

  private addBlock({ rows }: PhaseTables, out: number, at: Workspace): void {
    const { addRows } = this.kernels.move() as MoveKernel;
    const { plan } = this;
    addRows(at.tables + rows.at, at.tables + rows.end, at.sums, out, plan.outFeatures);
  }
}
