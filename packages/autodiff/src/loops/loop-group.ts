import type { DType } from "@flaxen/dtype";
import type { Shape } from "@flaxen/ndarray";
import type { EvaluatedPrimitive } from "../primitive.ts";

/** An array that a loop reads: row-major, broadcast against the shape of its group by NumPy's rules. */
interface LoopInput {
  /** Length of each axis. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: DType;
}

/** One element-wise application in a loop. */
export interface LoopNode {
  /** What is applied; it has `lanes`. */
  readonly primitive: EvaluatedPrimitive<unknown>;
  /** Its static parameters. */
  readonly params: unknown;
  /** Positions of the operands among the inputs and, after them, the nodes. */
  readonly operands: readonly number[];
  /** Element type of the result. */
  readonly dtype: DType;
}

/** What reductions in loops compute. */
export type ReductionKind = "sum" | "max" | "min" | "any" | "all";

/** A value of a loop reduced over axes; the result has the shape without them. */
interface LoopReduction {
  /** What is computed. */
  readonly kind: ReductionKind;
  /** Position of the reduced value among the inputs and, after them, the nodes. */
  readonly operand: number;
  /** Distinct axes in ascending order. */
  readonly axes: readonly number[];
}

/**
 * Element-wise work that one nest of loops does; each further set of reduced axes computes anew what it needs.
 *
 * A result of the full shape may lie at the address of an input that has this shape and as large elements; results of
 * reductions must not overlap with anything.
 */
export interface LoopGroup {
  /** The shape that is looped over. */
  readonly shape: Shape;
  /** The arrays that are read. */
  readonly inputs: readonly LoopInput[];
  /** What is computed, operands first. */
  readonly nodes: readonly LoopNode[];
  /** Positions, among inputs and nodes, of the values that are stored over the full shape. */
  readonly outputs: readonly number[];
  /** The values that are reduced. */
  readonly reductions: readonly LoopReduction[];
  /** Whether the function takes, after the addresses, the range of turns of the outermost loop that it is to do. */
  readonly ranged?: boolean;
}
