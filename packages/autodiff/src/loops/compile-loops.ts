// stub
import type { Primitive } from "../primitive.ts";
import type { DType } from "@flaxen/dtype";
import type { Shape } from "@flaxen/ndarray";
export function canLoop(_p: Primitive<unknown>, _d: readonly DType[], _o: DType): boolean {
  return false;
}
export function canReduce(_k: string, _s: Shape, _a: readonly number[], _d: DType): boolean {
  return false;
}
export function reductionKind(_p: Primitive<unknown>): string | undefined {
  return undefined;
}
export function compileLoops(
  _g: readonly any[],
): readonly ((...a: number[]) => void)[] | undefined {
  return undefined;
}
