import type { DType } from "@flaxen/dtype";
import type { Shape } from "@flaxen/ndarray";
import type { Primitive } from "../primitive.ts";
// stub
export interface LoopInput {
  readonly shape: Shape;
  readonly dtype: DType;
}
export interface LoopNode {
  readonly primitive: Primitive<unknown>;
  readonly params: unknown;
  readonly operands: readonly number[];
  readonly dtype: DType;
}
export interface LoopReduction {
  readonly kind: "sum" | "max" | "min";
  readonly operand: number;
  readonly axes: readonly number[];
}
export interface LoopGroup {
  readonly shape: Shape;
  readonly inputs: readonly LoopInput[];
  readonly nodes: readonly LoopNode[];
  readonly outputs: readonly number[];
  readonly reductions: readonly LoopReduction[];
}
