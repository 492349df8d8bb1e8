import { scratch } from "@flaxen/wasm";
import type { Scratch } from "@flaxen/wasm";
import type { ConvolutionGeometry } from "./geometry.ts";
import type { Range } from "../range-kernel.ts";
import { imageLoader } from "./images.ts";
import type { ImageLoader } from "./images.ts";
import type { ConvolutionKernels, GradientKernel, LaneKernel, MoveKernel } from "./kernels.ts";
import { BLOCK_PIXELS, blockPixels, planConvolution, repeatPlaces } from "./plan.ts";
import type { ConvolutionPlan } from "./plan.ts";
import { gradientRest, stripsOf } from "./strips.ts";
import type { Strips } from "./strips.ts";
import { MOST_ROWS, Tables } from "./tables.ts";
import type { Table } from "./tables.ts";
import { PAIR } from "./tiles.ts";

/** Pixels over which strips of both packed operands stay in the first-level cache. */
const PANEL = 320;

/** A kernel gradient by SIMD on arrays in the scratch memory, which the operands are in. */
export interface KernelGradientProgram {
  /** Workspace in bytes. */
  readonly bytes: number;
  /** Passes over some images each; their sums are added in order. */
  readonly passes: number;
  /** Bytes for the sums of all passes. */
  readonly sumBytes: number;
  /** Tiles of rows of the gradient, which can be computed apart. */
  readonly tiles: number;
  /** Writes the tiles of the gradient from `first` on. */
  run(x: number, gradient: number, out: number, first?: number, count?: number): void;
  /**
   * Writes the sums of passes, each of which is split into so many parts of the tiles. The caller releases the
   * workspace; undefined if there is no room.
   */
  open(x: number, gradient: number, out: number, sums: number, splits: number): Range | undefined;
  /** Adds the sums of all passes. */
  finish(out: number, sums: number): void;
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

/** Some rows, in whole tiles. */
function tilesOf({ at, end }: Table, first: number, count: number): Table {
  const border = (tile: number): number => Math.min(end, at + tile * MOST_ROWS * PAIR);
  return { at: border(first), end: border(first + count) };
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

  get passes(): number {
    const { plan } = this;
    return Math.ceil(plan.batch / plan.blockImages);
  }

  get sumBytes(): number {
    return this.passes * this.passBlocks * this.blockBytes;
  }

  get tiles(): number {
    const { plan, phases } = this;
    if (!plan.coversKernel || plan.sideBySide || phases.length !== 1) return 1;
    return Math.ceil((phases[0].rows.end - phases[0].rows.at) / PAIR / MOST_ROWS);
  }

  run(
    x: number,
    gradient: number,
    out: number,
    first: number = 0,
    count: number = this.tiles,
  ): void {
    const memory = scratch() as Scratch;
    const at = this.prepare(memory, this.outBytes);
    try {
      const phases = this.phasesOf(first, count);
      for (let pass = 0; pass < this.passes; pass++) {
        this.sumPass(pass, phases, x, gradient, out, at, (phase, _, isFirst, sum) => {
          sum(isFirst ? out : at.sums);
          if (!isFirst) this.addBlock(phase, at.tables, at.sums, out);
        });
      }
    } finally {
      memory.release(at.tables);
    }
  }

  open(x: number, gradient: number, out: number, sums: number, splits: number): Range | undefined {
    const memory = scratch() as Scratch;
    if (this.bytes > memory.available) return undefined;
    const at = this.prepare(memory, 0);
    const border = (split: number): number => Math.round((split * this.tiles) / splits);
    const parts = Array.from({ length: splits }, (_, split) =>
      this.phasesOf(border(split), border(split + 1) - border(split)),
    );
    return (first, count) => {
      for (let unit = first; unit < first + count; unit++) {
        const pass = Math.floor(unit / splits);
        this.sumPass(pass, parts[unit % splits], x, gradient, out, at, (_, block, isFirst, sum) =>
          sum(isFirst ? out : this.sumsOf(sums, pass, block)),
        );
      }
    };
  }

  /** The phases with a part of the tiles. */
  private phasesOf(first: number, count: number): readonly PhaseTables[] {
    if (count === this.tiles) return this.phases;
    return this.phases.map((phase) => ({ ...phase, rows: tilesOf(phase.rows, first, count) }));
  }

  finish(out: number, sums: number): void {
    const memory = scratch() as Scratch;
    const tables = memory.allocate(this.tables.bytes);
    try {
      this.tables.write(memory, tables);
      for (let pass = 0; pass < this.passes; pass++) {
        for (const phase of this.phases) {
          const blocks = Math.ceil((this.imagesOf(pass) * phase.pixels) / BLOCK_PIXELS);
          for (let block = pass === 0 ? 1 : 0; block < blocks; block++) {
            this.addBlock(phase, tables, this.sumsOf(sums, pass, block), out);
          }
        }
      }
    } finally {
      memory.release(tables);
    }
  }

  /** Takes the workspace. */
  private prepare(memory: Scratch, sumBytes: number): Workspace {
    const { images } = this;
    const at: Workspace = {
      tables: memory.allocate(this.tables.bytes),
      images: memory.allocate(images.bytes),
      packedRows: memory.allocate(this.packedRowBytes),
      packedPixels: memory.allocate(this.packedPixelBytes),
      sums: memory.allocate(sumBytes),
    };
    this.tables.write(memory, at.tables);
    images.clear(memory, at.images);
    return at;
  }

  /**
   * Goes over the blocks of one pass. `take` gets the number of each in its phase, whether it starts the sums of the
   * phase, and what writes its sums.
   */
  private sumPass(
    pass: number,
    phases: readonly PhaseTables[],
    x: number,
    gradient: number,
    out: number,
    at: Workspace,
    take: (phase: PhaseTables, block: number, isFirst: boolean, sum: (to: number) => void) => void,
  ): void {
    const { plan, images, kernels } = this;
    if (pass === 0 && !plan.coversKernel) {
      (scratch() as Scratch).u8.fill(0, out, out + this.outBytes);
    }
    const image = pass * plan.blockImages;
    const count = this.imagesOf(pass);
    const from = images.load(x, image, count, at.tables, at.images);
    const factors = gradient + image * plan.outSize * kernels.bytes;
    for (const phase of phases) {
      const pixels = count * phase.pixels;
      for (let first = 0, block = 0; first < pixels; first += BLOCK_PIXELS, block++) {
        const end = first + blockPixels(first, pixels);
        take(phase, block, pass === 0 && block === 0, (to) =>
          this.sumBlock(phase, first, end, from, factors, to, at),
        );
      }
    }
  }

  /** Images of a pass. */
  private imagesOf(pass: number): number {
    const { batch, blockImages } = this.plan;
    return Math.min(blockImages, batch - pass * blockImages);
  }

  /** The most blocks of a phase in one pass. */
  private get passBlocks(): number {
    const { blockImages } = this.plan;
    return Math.max(
      1,
      ...this.phases.map(({ pixels }) => Math.ceil((blockImages * pixels) / BLOCK_PIXELS)),
    );
  }

  /** Bytes between the sums of two blocks. */
  private get blockBytes(): number {
    return Math.ceil(this.outBytes / 64 + 1) * 64;
  }

  /** Where the sums of a block go. */
  private sumsOf(sums: number, pass: number, block: number): number {
    return sums + (pass * this.passBlocks + block) * this.blockBytes;
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

  private addBlock({ rows }: PhaseTables, tables: number, sums: number, out: number): void {
    const { addRows } = this.kernels.move() as MoveKernel;
    addRows(tables + rows.at, tables + rows.end, sums, out, this.plan.outFeatures);
  }
}
