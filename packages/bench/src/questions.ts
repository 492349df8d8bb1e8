import type { Digest } from "./statistics.ts";
import type { Workload } from "./workload.ts";

/** What a contestant's process is asked, one JSON line each. */
export type Question =
  | { readonly ask: "prepare"; readonly workload: Workload; readonly budget: number }
  | { readonly ask: "warm up" }
  | { readonly ask: "sample"; readonly minimum: number };

/** The answer to "prepare". */
export interface Prepared {
  /** The library has no such function. */
  readonly missing?: true;
  readonly error?: string;
  /** Milliseconds of the first call and of the last one that was compared. */
  readonly first?: number;
  readonly latest?: number;
  readonly digest?: Digest;
}

/** The answer to "sample". */
export interface Sampled {
  readonly error?: string;
  /** Milliseconds of one call. */
  readonly ms?: number;
}
