import { scratch } from "@flaxen/wasm";
import type { Scratch } from "@flaxen/wasm";
import type { RangesDescription } from "./threads/description.ts";

/** Does the units from `first` on. */
export type Range = (first: number, count: number) => void;

/**
 * Work on arrays in the scratch memory that can be done range by range, in any order and by several threads at the
 * same time. Its units are images, rows, or whatever else it can be cut between without a change of a bit.
 *
 * Ranges write nothing outside of their part of the results.
 */
export interface RangeKernel {
  /** Number of units. */
  readonly units: number;
  /** Ranges had better have a multiple of this many. */
  readonly step: number;
  /** About what all of it costs, in floating-point operations. */
  readonly flops: number;
  /**
   * If the units are slices of the result along its leading axes: for each operand whether it is cut in the same
   * way, so that a range reads its own slices only. Others are read whole.
   */
  readonly follows?: readonly boolean[];
  /** Bytes in which ranges leave what {@link RangeKernel.finish} needs; their address comes last. */
  readonly between?: number;
  /** Says to other threads what it is. */
  describe(): RangesDescription;
  /**
   * Prepares what all ranges share.
   *
   * @param addresses - Of the operands and then the results.
   * @returns What does a range, and cannot fail; undefined if there is no room for the workspace, which the caller
   *   releases.
   */
  open(addresses: readonly number[]): Range | undefined;
  /** What is left to do after all ranges. */
  finish?(addresses: readonly number[]): void;
}

/** Does all of it in this thread; false if there is no room. */
export function runRanges(kernel: RangeKernel, addresses: readonly number[]): boolean {
  const memory = scratch() as Scratch;
  const bottom = memory.allocate(0);
  try {
    const range = kernel.open(addresses);
    range?.(0, kernel.units);
    return range !== undefined;
  } finally {
    memory.release(bottom);
  }
}
