import type { Program } from "./program.ts";

/** Something compiled, and what it was compiled for. */
export interface Entry<S> {
  /** What it depends on. */
  readonly signature: S;
  /** What runs. */
  readonly program: Program;
}

/** What a cache compares. */
export interface Comparable<S> {
  /** Whether the same program serves both. */
  equals(other: S): boolean;
  /** The first difference, in words. */
  difference(other: S): string | null;
  /** For reports. */
  toString(): string;
}

/** One compilation, for reports. */
export interface Compilation {
  /** What was compiled for, e.g. `(float32[2, 3], number)`. */
  readonly signature: string;
  /** Why: `"first call"`, or what differs from the closest earlier call. */
  readonly reason: string;
  /** Tracing and compiling, in milliseconds. */
  readonly milliseconds: number;
  /** What came out. */
  readonly program: ReturnType<Program["describe"]>;
}

/** Compiled programs by what they were compiled for, the latest first; the least recently used one goes when it is full. */
export class Entries<S extends Comparable<S>, E extends Entry<S>> {
  /** All that was compiled, oldest first. */
  readonly compilations: Compilation[] = [];
  private readonly limit: number;
  private entries: E[] = [];

  /** At most `limit` programs are kept. */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** The entry that was compiled for an equal signature. */
  find(signature: S): E | undefined {
    const { entries } = this;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i];
      if (!entry.signature.equals(signature)) continue;
      if (i > 0) {
        entries.splice(i, 1);
        entries.unshift(entry);
      }
      return entry;
    }
    return undefined;
  }

  /** Adds an entry. */
  add(entry: E, milliseconds: number): void {
    const closest = this.entries[0];
    const reason = closest?.signature.difference(entry.signature) ?? "first call";
    this.compilations.push({
      signature: String(entry.signature),
      reason,
      milliseconds,
      program: entry.program.describe(),
    });
    if (this.compilations.length > 4 * this.limit) this.compilations.shift();
    this.entries.unshift(entry);
    this.entries.length = Math.min(this.entries.length, this.limit);
  }

  /** Forgets all programs. */
  clear(): void {
    this.entries = [];
  }
}
