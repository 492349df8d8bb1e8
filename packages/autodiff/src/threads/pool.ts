import type { MemoryKernel } from "../memory-kernel.ts";
import * as at from "./control.ts";
import type { Job, JobDescription } from "./job.ts";

/** Floating-point operations from which on it pays to wake other threads. */
const WORTH_SHARING = 4e6;
/** Turns of waiting for the last parts before this thread sleeps. */
const SPINS = 20000;
/** Waiting for others for more than this part of a job means that they do not get a core. */
const LOST_TIME = 0.25;
/** Jobs that run alone after time was lost, at most. */
const MOST_ALONE = 256;

/** The other threads, as seen from the first one. */
export class Pool {
  private readonly control: Int32Array;
  private readonly text: Uint8Array;
  private readonly maySleep: boolean;
  private jobs = 0;
  private alone = 0;
  private penalty = 1;

  /** Talks through a shared block; `maySleep` is false where this thread must not block. */
  constructor(block: SharedArrayBuffer, maySleep: boolean) {
    this.control = new Int32Array(block, 0, at.WORDS);
    this.text = new Uint8Array(block, 4 * at.WORDS);
    this.maySleep = maySleep;
  }

  /** A number for a new job. */
  nextJob(): number {
    return ++this.jobs;
  }

  /**
   * Does a job together with the other threads.
   *
   * @returns Whether it was done; else it has to be done alone, from the beginning.
   */
  run(
    id: number,
    text: Uint8Array,
    job: Job,
    inputs: readonly number[],
    output: number,
  ): "done" | "failed" | "alone" {
    const { control } = this;
    if (this.alone > 0) {
      this.alone--;
      return "alone";
    }
    const { parts } = job;
    const start = now();
    control[at.JOB] = id;
    control[at.LENGTH] = text.length;
    this.text.set(text);
    control[at.PARTS] = parts;
    control[at.OUTPUT] = output;
    control[at.INPUTS] = inputs.length;
    control.set(inputs, at.INPUTS + 1);
    control[at.FAILED] = 0;
    control[at.DONE] = 0;
    const generation = (control[at.GENERATION] + 1) | 0;
    Atomics.store(control, at.TICKET, at.firstTicket(generation));
    Atomics.store(control, at.GENERATION, generation);
    Atomics.notify(control, at.GENERATION);
    try {
      for (;;) {
        const part = at.takePart(control, generation, parts);
        if (part < 0) break;
        job.run(inputs, output, part);
        Atomics.add(control, at.DONE, 1);
      }
    } catch (error) {
      // Nobody takes further parts; those that others have begun must end before the memory is used again.
      const taken = Atomics.exchange(control, at.TICKET, at.firstTicket(generation) + parts);
      this.wait(Math.min(parts, taken - at.firstTicket(generation)) - 1);
      throw error;
    }
    const waiting = now();
    this.wait(parts);
    this.learn(now() - waiting, now() - start);
    return Atomics.load(control, at.FAILED) === 0 ? "done" : "failed";
  }

  /** Ends the other threads. */
  close(): void {
    const { control } = this;
    control[at.JOB] = -1;
    Atomics.add(control, at.GENERATION, 1);
    Atomics.notify(control, at.GENERATION);
  }

  private wait(parts: number): void {
    const { control } = this;
    for (let spins = 0; ; spins++) {
      const done = Atomics.load(control, at.DONE);
      if (done >= parts) return;
      if (this.maySleep && spins > SPINS) Atomics.wait(control, at.DONE, done, 100);
    }
  }

  /** A thread that is kept from running holds the parts that it has taken: then it is better to work alone for a while. */
  private learn(lost: number, total: number): void {
    if (lost > 0.2 && lost > LOST_TIME * total) {
      this.alone = this.penalty;
      this.penalty = Math.min(MOST_ALONE, 2 * this.penalty);
    } else if (this.penalty > 1) {
      this.penalty /= 2;
    }
  }
}

let pool: Pool | null = null;

/** Sets the threads that kernels use; null for this one alone. */
export function usePool(next: Pool | null): void {
  pool = next;
}

/**
 * A kernel that shares its work with other threads while there are any.
 *
 * @param flops - Floating-point operations of the work.
 * @param describe - Says to other threads what to do.
 * @param job - Makes the job for this thread.
 * @param alone - Does all of it in this thread, with the same bits.
 */
export function shared(
  flops: number,
  describe: () => JobDescription,
  job: () => Job | undefined,
  alone: MemoryKernel,
): MemoryKernel {
  if (flops < WORTH_SHARING) return alone;
  let own: Job | null = null;
  let text: Uint8Array | undefined;
  let owner: Pool | null = null;
  let id = 0;
  return (inputs, output) => {
    if (pool === null) return alone(inputs, output);
    if (owner !== pool) {
      owner = pool;
      id = pool.nextJob();
      own = job() ?? null;
      text ??= encode(JSON.stringify(describe()));
    }
    const fits =
      own !== null &&
      own.parts > 1 &&
      own.parts <= at.MOST_PARTS &&
      inputs.length <= at.MOST_INPUTS &&
      (text as Uint8Array).length <= at.TEXT_BYTES;
    if (fits) {
      const outcome = pool.run(id, text as Uint8Array, own as Job, inputs, output);
      if (outcome === "done") return;
      // What another thread cannot do, it cannot do the next time either.
      if (outcome === "failed") own = null;
    }
    alone(inputs, output);
  };
}

/** The text has ASCII characters only. */
function encode(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function now(): number {
  const { performance } = globalThis as { performance?: { now(): number } };
  return performance?.now() ?? Date.now();
}
