/** Rows of A packed at a time: together with a panel of B's strip they stay in the second-level cache. */
export const PANEL_M = 128;
/** Longest k panel by bytes of an element: a strip of B (16 KiB, 10 in float64) and one of A stay in the first-level cache. */
export const PANEL_K: Readonly<Record<4 | 8, number>> = { 4: 512, 8: 320 };
/** Elements after each block that kernels may read or write past its end. */
export const SLACK = 64;

/** Where a product packs its operands, and how. */
export interface Packing {
  /** Address for a block of A. */
  readonly a: number;
  /** Address for panels of B. */
  readonly b: number;
  /** Steps of k in a panel. */
  readonly depth: number;
  /**
   * Whether there is room for one panel of B at a time, or all of them are kept, or were kept by a product before with
   * the same B.
   */
  readonly panels: "one" | "keep" | "kept";
}

/** Steps of k in one packed panel: panels of nearly equal length. */
export function panelDepth(k: number, bytes: 4 | 8): number {
  return roundUp(Math.ceil(k / Math.ceil(k / PANEL_K[bytes])), 8);
}

/** Elements that a packed block of A takes. */
export function packedElementsA(m: number, depth: number): number {
  return (Math.min(PANEL_M, roundUp(m, 16)) + 16) * depth + SLACK;
}

/** Elements that a packed panel of B takes. */
export function packedElementsB(n: number, depth: number): number {
  return roundUp(n, 16) * depth + SLACK;
}

/** The next multiple of a number. */
export function roundUp(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}
