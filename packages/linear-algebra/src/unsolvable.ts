import { describe } from "@flaxen/dtype";
import type { Shape } from "@flaxen/ndarray";
import type { MatrixBatch } from "./operands.ts";

/** Where matrix number `index` is in its batch, ` at [1]`; empty where there is no batch. */
export function place(index: number, batch: Shape): string {
  if (batch.length === 0) return "";
  const position: number[] = [];
  let rest = index;
  for (const length of batch.toReversed()) {
    position.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return ` at ${describe(position)}`;
}

/** The error about a matrix whose elimination met a pivot that is exactly 0. */
export function singularError(
  callee: string,
  argument: string,
  index: number,
  batch: Shape,
): RangeError {
  return new RangeError(
    `${callee}: ${argument} must be nonsingular, got a singular matrix${place(index, batch)}.`,
  );
}

/** Refuses NaN, for which singular values do not exist; infinities pass. */
export function checkNoNaN(
  callee: string,
  argument: string,
  { batch, rows, columns, data }: Pick<MatrixBatch, "batch" | "rows" | "columns" | "data">,
): void {
  const at = data.findIndex(Number.isNaN);
  if (at < 0) return;
  const where = place(Math.floor(at / (rows * columns)), batch);
  throw new RangeError(`${callee}: ${argument} must have no NaN, got NaN${where}.`);
}

/** Refuses infinities and NaN. */
export function checkFinite(
  callee: string,
  argument: string,
  { batch, rows, columns, data }: MatrixBatch,
): void {
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const where = place(Math.floor(at / (rows * columns)), batch);
  throw new RangeError(`${callee}: ${argument} must be finite, got ${data[at]}${where}.`);
}
