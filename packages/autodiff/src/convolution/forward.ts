import { scratch } from "@flaxen/wasm";
import type { Scratch } from "@flaxen/wasm";
import type { ConvolutionGeometry } from "./geometry.ts";
import type { Range } from "../range-kernel.ts";
import { imageLoader } from "./images.ts";
import type { ImageLoader } from "./images.ts";
import type { ConvolutionKernels, ForwardKernel, LaneKernel, MoveKernel } from "./kernels.ts";
import { planConvolution, repeatPlaces, runsOf } from "./plan.ts";
import type { ConvolutionPlan, PhasePlan } from "./plan.ts";
import { forwardRest, stripsOf } from "./strips.ts";
import type { Strips } from "./strips.ts";
import { cutOuter, Tables } from "./tables.ts";
import type { Table } from "./tables.ts";
import { PAIR } from "./tiles.ts";

/** Steps over which a strip of the packed kernel and the rows of the tile stay in the first-level cache. */
const PANEL = 320;
/** Pixels that go through all strips before the next ones: their part of the image stays in the second-level cache. */
const PIXEL_BLOCK = 512;

/** A convolution by SIMD on arrays in the scratch memory. */
export interface ForwardProgram {
  /** Workspace in bytes. */
  readonly bytes: number;
  /** Images that go through together. */
  readonly passImages: number;
  /**
   * Prepares the computation of images of the output in workspace that the caller releases; x and out are the
   * addresses of image 0. Undefined if there is no room.
   */
  open(x: number, kernel: number, out: number): Range | undefined;
}

/** Steps of a panel: a part of the runs, and the number of steps before it. */
interface Panel {
  readonly runs: Table;
  readonly before: number;
}

/** One phase with its tables. */
interface PhaseTables {
  /** Pixels of one image. */
  readonly pixels: number;
  /** Places of the pixels of one pass. */
  readonly places: Table;
  /** Rows of the kernel. */
  readonly rows: Table;
  readonly depth: number;
  readonly panels: readonly Panel[];
}

/** Plans a convolution that is not empty. */
export function planForward(
  geometry: ConvolutionGeometry,
  kernels: ConvolutionKernels,
): ForwardProgram {
  const plan = planConvolution(geometry);
  const tables = new Tables();
  const phases = plan.phases.map((phase) => phaseTables(plan, phase, kernels, tables));
  const images = imageLoader(plan, plan.passImages, kernels, tables);
  const program = new Forward(plan, kernels, tables, phases, images);
  return program;
}

function phaseTables(
  plan: ConvolutionPlan,
  { pixels, rows }: PhasePlan,
  { bytes }: ConvolutionKernels,
  tables: Tables,
): PhaseTables {
  const all = repeatPlaces(pixels, plan.passImages, plan.image.size, plan.outSize);
  const runs = plan.sideBySide ? new Int32Array(0) : runsOf(rows, PANEL);
  const runTable = tables.addPairs(runs, bytes, 1);
  const panels: Panel[] = [];
  let before = 0;
  for (let from = 0; from < runs.length;) {
    let to = from;
    let steps = 0;
    while (to < runs.length && (to === from || steps + runs[to + 1] <= PANEL)) {
      steps += runs[to + 1];
      to += 2;
    }
    panels.push({ runs: { at: runTable.at + 4 * from, end: runTable.at + 4 * to }, before });
    before += steps;
    from = to;
  }
  return {
    pixels: pixels.length / 2,
    places: tables.addOuter(all, bytes),
    rows: tables.addPairs(rows, bytes, bytes),
    depth: rows.length / 2,
    panels,
  };
}

class Forward implements ForwardProgram {
  readonly bytes: number;
  private readonly plan: ConvolutionPlan;
  private readonly kernels: ConvolutionKernels;
  private readonly tables: Tables;
  private readonly phases: readonly PhaseTables[];
  private readonly images: ImageLoader;
  private readonly strips: Strips;

  constructor(
    plan: ConvolutionPlan,
    kernels: ConvolutionKernels,
    tables: Tables,
    phases: readonly PhaseTables[],
    images: ImageLoader,
  ) {
    this.plan = plan;
    this.kernels = kernels;
    this.tables = tables;
    this.phases = phases;
    this.images = images;
    this.strips = stripsOf(plan.sideBySide ? 0 : plan.width, kernels);
    const depth = phases.reduce((sum, phase) => sum + phase.depth, 0);
    const packed = plan.groups * depth * this.strips.row;
    this.bytes = tables.bytes + packed + images.bytes + 3 * 64;
  }

  get passImages(): number {
    return this.plan.passImages;
  }

  open(x: number, kernel: number, out: number): Range | undefined {
    const memory = scratch() as Scratch;
    const { plan, tables, images } = this;
    if (this.bytes > memory.available) return undefined;
    const base = memory.allocate(tables.bytes);
    tables.write(memory, base);
    const packed = plan.sideBySide ? [] : this.pack(memory, base, kernel);
    const buffer = memory.allocate(images.bytes);
    images.clear(memory, buffer);
    return (first, count) => {
      const { passImages } = plan;
      for (let image = first; image < first + count; image += passImages) {
        const taken = Math.min(passImages, first + count - image);
        this.pass(memory, x, kernel, out, image, taken, base, packed, buffer);
      }
    };
  }

  /** Computes images that go through together. */
  private pass(
    memory: Scratch,
    x: number,
    kernel: number,
    out: number,
    image: number,
    taken: number,
    base: number,
    packed: readonly number[],
    buffer: number,
  ): void {
    const { plan, kernels, tables, images } = this;
    const outBytes = plan.outSize * kernels.bytes;
    const to = out + image * outBytes;
    if (!plan.coversOutput) memory.u8.fill(0, to, to + taken * outBytes);
    const from = images.load(x, image, taken, base, buffer);
    for (const [i, phase] of this.phases.entries()) {
      const at = base + phase.places.at;
      if (taken < plan.passImages) cutOuter(memory, at, taken * phase.pixels);
      const end = at + PAIR * taken * phase.pixels;
      if (plan.sideBySide) {
        const inner = base + phase.rows.at;
        const innerEnd = base + phase.rows.end;
        const lanes = kernels.lanes() as LaneKernel;
        lanes.multiply(at, end, inner, innerEnd, from, kernel, to, plan.width);
      } else this.multiply(phase, base, at, end, from, packed[i], to);
    }
    // The next pass may have more images again.
    if (taken < plan.passImages) tables.write(memory, base);
  }

  /** Packs the kernel for all groups; returns the address of each phase. */
  private pack(memory: Scratch, base: number, kernel: number): number[] {
    const { plan, kernels, strips } = this;
    const { pack } = kernels.move() as MoveKernel;
    return this.phases.map(({ rows, depth }) => {
      const at = memory.allocate(plan.groups * depth * strips.row);
      for (let group = 0; group < plan.groups; group++) {
        const from = kernel + group * plan.width * kernels.bytes;
        pack(base + rows.at, base + rows.end, from, at + group * depth * strips.row, plan.width);
      }
      return at;
    });
  }

  /** Computes the pixels of one phase from `at` to `end` in the table. */
  private multiply(
    phase: PhaseTables,
    base: number,
    at: number,
    end: number,
    x: number,
    packed: number,
    out: number,
  ): void {
    const { plan, kernels, strips } = this;
    const wide = strips.wide > 0 && (kernels.forward() as ForwardKernel);
    const rest = strips.rest > 0 && forwardRest(kernels, strips.rest);
    for (let group = 0; group < plan.groups; group++) {
      const source = x + group * plan.groupStep * kernels.bytes;
      const target = out + group * plan.width * kernels.bytes;
      const b = packed + group * phase.depth * strips.row;
      for (const { runs, before } of phase.panels) {
        const run = base + runs.at;
        const runEnd = base + runs.end;
        const fresh = before === 0 ? 1 : 0;
        for (let block = at; block < end; block += PAIR * PIXEL_BLOCK) {
          const to = Math.min(block + PAIR * PIXEL_BLOCK, end);
          if (wide) {
            const first = b + 32 * before;
            const strip = 32 * phase.depth;
            wide.multiply(block, to, run, runEnd, source, first, strip, target, strips.wide, fresh);
          }
          if (rest) {
            const first = b + strips.wideRow * phase.depth + 16 * before;
            const column = target + strips.wide * kernels.bytes;
            rest.multiply(block, to, run, runEnd, source, first, 0, column, strips.rest, fresh);
          }
        }
      }
    }
  }
}
