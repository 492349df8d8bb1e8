import type { Scratch } from "@flaxen/wasm";
import type { ConvolutionKernels, MoveKernel } from "./kernels.ts";
import type { ConvolutionPlan } from "./plan.ts";
import type { Table, Tables } from "./tables.ts";

/** Brings images with their padding to the scratch memory, or tells where they lie if they need none. */
export interface ImageLoader {
  /** Bytes for the images of one pass. */
  readonly bytes: number;
  /** Clears the padding; `at` is where the images go. */
  clear(memory: Scratch, at: number): void;
  /** Copies `count` images from `first` on; returns the address of the first. */
  load(x: number, first: number, count: number, tables: number, at: number): number;
}

/** Plans the images of passes of up to `images` images. */
export function imageLoader(
  plan: ConvolutionPlan,
  images: number,
  kernels: ConvolutionKernels,
  tables: Tables,
): ImageLoader {
  const { image, inSize } = plan;
  const size = image.size * kernels.bytes;
  const inBytes = inSize * kernels.bytes;
  if (image.inPlace) {
    return { bytes: 0, clear: () => {}, load: (x, first) => x + first * inBytes };
  }
  const bytes = images * size;
  const rows = tables.addPairs(image.rows, kernels.bytes, kernels.bytes);
  const spread = image.spread && tables.add(image.spread, kernels.bytes);
  return {
    bytes,
    clear: (memory, at) => memory.u8.fill(0, at, at + bytes),
    load(x, first, count, base, at) {
      const move = kernels.move() as MoveKernel;
      for (let i = 0; i < count; i++) {
        const from = x + (first + i) * inBytes;
        copyImage(move, plan, rows, spread, kernels.bytes, base, from, at + i * size);
      }
      return at;
    },
  };
}

function copyImage(
  move: MoveKernel,
  { image }: ConvolutionPlan,
  rows: Table,
  spread: Table | undefined,
  bytes: number,
  base: number,
  from: number,
  to: number,
): void {
  const pixel = image.features * bytes;
  if (spread === undefined) {
    move.copyRows(base + rows.at, base + rows.end, from, to, image.rowPixels * pixel);
  } else {
    move.spreadRows(
      base + rows.at,
      base + rows.end,
      from,
      to,
      image.rowPixels,
      pixel,
      base + spread.at,
      base + spread.end,
    );
  }
}
