import { now } from "../clock.ts";
import type { Graph } from "./graph.ts";
import type { Jitted } from "./jitted.ts";
import { Program } from "./program.ts";
import type { ProgramDescription } from "./program.ts";

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
  /** Whether the traced function differed from that of a kept program in scalar constants at most: that program runs. */
  readonly reused: boolean;
  /** What came out; null if the function has to be run as it is. */
  readonly program: ProgramDescription | null;
}

/** Compiled programs by what they were compiled for, the latest first; the least recently used one goes when it is full. */
export class Entries<S extends Comparable<S>, E extends Entry<S>> {
  private readonly compilations: Compilation[] = [];
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

  /** Compiles an entry and adds it, if there is anything to add. */
  compile(signature: S, compile: () => E | undefined): E | undefined {
    const start = now();
    const reason = this.entries[0]?.signature.difference(signature) ?? "first call";
    const printed = String(signature);
    const entry = compile();
    this.compilations.push({
      signature: printed,
      reason,
      milliseconds: now() - start,
      reused:
        entry !== undefined && this.entries.some((known) => known.program.isOneWith(entry.program)),
      program: entry?.program.describe() ?? null,
    });
    if (this.compilations.length > 4 * this.limit) this.compilations.shift();
    if (entry === undefined) return undefined;
    this.entries.unshift(entry);
    this.entries.length = Math.min(this.entries.length, this.limit);
    return entry;
  }

  /**
   * The program for a graph: a kept one that computes the same but for scalar constants, or a new one.
   *
   * @param carried - As of {@link Program}.
   */
  programFor(graph: Graph, carried: readonly (number | null)[] = []): Program {
    for (const { program } of this.entries) {
      const same = program.withScalarsOf(graph, carried);
      if (same !== undefined) return same;
    }
    return new Program(graph, carried);
  }

  /** What a compiled function tells of itself. */
  report(): Jitted {
    return {
      explain: () => [...this.compilations],
      clear: () => {
        this.entries = [];
      },
    };
  }
}
