import { describe } from "@flaxen/dtype";
import { checkOptions } from "../options.ts";
import type { Compilation } from "./entries.ts";

/** Options of {@link jit}. */
export interface JitOptions {
  /** Programs that are kept for different shapes, dtypes and static values (default 16, at least 1). */
  readonly cacheSize?: number;
}

/** A compiled function. */
export interface Jitted {
  /** What was compiled so far, oldest first, and why. */
  explain(): readonly Compilation[];
  /** Forgets the compiled programs; the next garbage collection frees their memory. */
  clear(): void;
}

/** Checks what a function is compiled from, and returns how many programs are kept. */
export function checkJit(f: unknown, options: JitOptions): number {
  if (typeof f !== "function") {
    throw new TypeError(`jit: f must be a function, got ${describe(f)}.`);
  }
  checkOptions("jit", options, ["cacheSize"]);
  const { cacheSize = 16 } = options;
  if (!Number.isSafeInteger(cacheSize) || cacheSize < 1) {
    throw new RangeError(`jit: cacheSize must be a positive integer, got ${describe(cacheSize)}.`);
  }
  return cacheSize;
}
