import { convolutionRanges } from "../convolution/memory-kernels.ts";
import type { ConvolutionGeometry } from "../convolution/geometry.ts";
import { chainRanges } from "../chain-ranges.ts";
import { poolingRanges } from "../kernels/pooling.ts";
import type { PoolingFunctions } from "../kernels/pooling-functions.ts";
import { loadedLoopRanges } from "../loops/loop-ranges.ts";
import type { PoolingGeometry } from "../pooling-kernels.ts";
import { productRanges } from "../product-ranges.ts";
import type { RangeKernel } from "../range-kernel.ts";
import type { RangesDescription } from "./description.ts";

/** Makes the kernel that a description says; undefined if this thread cannot. */
export function makeRanges(description: RangesDescription): RangeKernel | undefined {
  switch (description.kind) {
    case "matmul":
      return productRanges(description.product);
    case "convolution": {
      const { wanted, dtype, geometry } = description;
      return convolutionRanges(wanted, geometry as ConvolutionGeometry, dtype);
    }
    case "pooling": {
      const { name, dtype, geometry } = description;
      return poolingRanges(name as keyof PoolingFunctions, dtype, geometry as PoolingGeometry);
    }
    case "loop":
      return loadedLoopRanges(description);
    case "chain": {
      const { units, block, links } = description;
      const made = links.map(({ kernel, arrays }) => ({ kernel: makeRanges(kernel), arrays }));
      const known = made.filter(
        (link): link is { kernel: RangeKernel; arrays: number[] } => link.kernel !== undefined,
      );
      return known.length === made.length ? chainRanges(units, block, known) : undefined;
    }
  }
}
