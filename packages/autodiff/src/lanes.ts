import type { DType } from "@flaxen/dtype";
import type { Local } from "@flaxen/wasm";

/**
 * Four neighbouring elements in SIMD registers.
 *
 * float32, int32 and uint32 take one register of four lanes; bool is one register of four 32-bit masks (all ones
 * or all zeros); float64 takes two registers of two lanes.
 */
export interface Lanes {
  /** Element type. */
  readonly dtype: DType;
  /** The registers. */
  readonly parts: readonly Local<"v128">[];
}

/** Writes the code that computes four elements of a result from those of the operands. */
export type LaneFormula<P> = (operands: readonly Lanes[], params: P, out: DType) => Lanes;
