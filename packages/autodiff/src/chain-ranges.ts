import type { Range, RangeKernel } from "./range-kernel.ts";

/** One kernel of a chain. */
export interface ChainLink {
  /** Its units are a multiple of those of the chain. */
  readonly kernel: RangeKernel;
  /** Positions of its arrays among those of the chain. */
  readonly arrays: readonly number[];
}

/**
 * Kernels that run one after the other on blocks, so that what one of them has written is still in the cache when the
 * next one reads it.
 *
 * @param units - Slices of all results along their leading axes.
 * @param block - Units of a block.
 */
export function chainRanges(
  units: number,
  block: number,
  links: readonly ChainLink[],
): RangeKernel {
  return {
    units,
    step: block,
    flops: links.reduce((sum, { kernel }) => sum + kernel.flops, 0),
    describe: () => ({
      kind: "chain",
      units,
      block,
      links: links.map(({ kernel, arrays }) => ({ kernel: kernel.describe(), arrays })),
    }),
    open(addresses) {
      const ranges: { readonly run: Range; readonly scale: number }[] = [];
      for (const { kernel, arrays } of links) {
        const run = kernel.open(arrays.map((position) => addresses[position]));
        if (run === undefined) return undefined;
        ranges.push({ run, scale: kernel.units / units });
      }
      return (first, count) => {
        for (let at = first; at < first + count; at += block) {
          const taken = Math.min(block, first + count - at);
          for (const { run, scale } of ranges) run(at * scale, taken * scale);
        }
      };
    },
  };
}
