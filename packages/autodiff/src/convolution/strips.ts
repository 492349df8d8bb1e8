import type { ConvolutionKernels, ForwardKernel, GradientKernel } from "./kernels.ts";

/** How columns are cut into packed strips: wide ones, and perhaps a narrow one for up to one vector of columns. */
export interface Strips {
  /** Columns in wide strips, the last of which may be cut short; and those that are left. */
  readonly wide: number;
  readonly rest: number;
  /** Bytes of a packed row in all wide strips, and in all strips. */
  readonly wideRow: number;
  readonly row: number;
}

/** Cuts `columns` columns. */
export function stripsOf(columns: number, { strip }: ConvolutionKernels): Strips {
  const count = Math.floor((columns + strip / 2 - 1) / strip);
  const wide = Math.min(columns, count * strip);
  const rest = columns - wide;
  return { wide, rest, wideRow: 32 * count, row: 32 * count + (rest > 0 ? 16 : 0) };
}

/** The kernel for the columns that wide strips leave. */
export function forwardRest(kernels: ConvolutionKernels, rest: number): ForwardKernel {
  return kernelFor(kernels.forwardRest, rest);
}

/** The same for the kernel gradient. */
export function gradientRest(kernels: ConvolutionKernels, rest: number): GradientKernel {
  return kernelFor(kernels.gradientRest, rest);
}

function kernelFor<T>(choices: readonly (() => T | undefined)[], rest: number): T {
  return choices[Math.min(rest, choices.length) - 1]() as T;
}
