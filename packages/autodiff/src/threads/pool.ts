import { now } from "../clock.ts";
import type { MemoryKernel } from "../memory-kernel.ts";
import * as at from "./control.ts";
import type { Job, JobDescription } from "./job.ts";

/** Floating-point operations from which on it pays to wake other threads. */
const WORTH_SHARING = 4e6;
/** Turns of waiting for the last parts before this thread sleeps. */
const SPINS = 2000;
/** After so many runs the slower way is tried again. */
const PROBE = 32;
/** The first runs are shared. */
const FIRST = 4;
/** So many of them say nothing of later ones. */
const COLD = 2;
/** Weight of the latest time in the mean. */
const LATEST = 0.3;

/** The other threads, as seen from the first one. */
export class Pool {
  private readonly control: Int32Array;
  private readonly text: Uint8Array;
  private readonly maySleep: boolean;
  private jobs = 0;

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
  run(id: number, text: Uint8Array, job: Job, inputs: readonly number[], output: number): boolean {
    const { control } = this;
    const { parts } = job;
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
    this.wait(parts);
    return Atomics.load(control, at.FAILED) === 0;
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
}

let pool: Pool | null = null;

/** Sets the threads that kernels use; null for this one alone. */
export function usePool(next: Pool | null): void {
  pool = next;
}

/** Mean times of the two ways to do a job: cores that other programs keep busy do not help. */
class Choice {
  private alone = 0;
  private together = 0;
  private runs = 0;
  private cold = COLD;

  /** Whether the next run is shared: the quicker way, and now and then the other one. */
  next(): boolean {
    const run = this.runs++;
    if (run < FIRST) return true;
    if (run === FIRST || run % PROBE === 1) return false;
    return run % PROBE === 0 || this.together <= this.alone;
  }

  /** Notes how long a run took. In their first ones the other threads still compile. */
  took(shared: boolean, time: number): void {
    if (!shared) this.alone = mean(this.alone, time);
    else if (this.cold > 0) this.cold--;
    else this.together = mean(this.together, time);
  }
}

function mean(before: number, latest: number): number {
  return before === 0 ? latest : before + LATEST * (latest - before);
}

/**
 * A kernel that shares its work with other threads while there are any, and while that is quicker.
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
  let own: SharedJob | null = null;
  let owner: Pool | null = null;
  return (inputs, output) => {
    if (pool === null) return alone(inputs, output);
    if (owner !== pool) {
      owner = pool;
      own = sharedJob(pool.nextJob(), describe, job);
    }
    if (own === null) return alone(inputs, output);
    const { choice } = own;
    const together = choice.next();
    const start = now();
    if (!together) alone(inputs, output);
    else if (!pool.run(own.id, own.text, own.job, inputs, output)) {
      // What another thread cannot do, it cannot do the next time either.
      own = null;
      alone(inputs, output);
    }
    choice.took(together, now() - start);
  };
}

interface SharedJob {
  readonly id: number;
  readonly text: Uint8Array;
  readonly job: Job;
  readonly choice: Choice;
}

/** Null if the work has one part only, or does not fit into the block through which threads talk. */
function sharedJob(
  id: number,
  describe: () => JobDescription,
  make: () => Job | undefined,
): SharedJob | null {
  const job = make();
  if (job === undefined || job.parts < 2 || job.parts > at.MOST_PARTS) return null;
  const text = encode(JSON.stringify(describe()));
  return text.length > at.TEXT_BYTES ? null : { id, text, job, choice: new Choice() };
}

/** The text has ASCII characters only. */
function encode(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
