import { scratch } from "@flaxen/wasm";
import type { Scratch } from "@flaxen/wasm";
import { now } from "../clock.ts";
import type { MemoryKernel } from "../memory-kernel.ts";
import { runRanges } from "../range-kernel.ts";
import type { Range, RangeKernel } from "../range-kernel.ts";
import * as at from "./control.ts";

/** Floating-point operations from which on it pays to wake other threads. */
export const WORTH_SHARING = 4e6;
/** Parts of a job, about: the last ones must not keep other threads waiting for long. */
const PARTS = 32;
/** Turns of waiting for the last parts before this thread sleeps. */
const SPINS = 10_000;
/** Sharing has to take less than this share of the time alone, since it takes time of other cores too. */
const GAIN = 0.95;
/** Trials of sharing that fail may cost this share of the time; so many runs lie between them, at least and at most. */
const TRIAL_COST = 0.02;
const SHORTEST_PAUSE = 16;
const LONGEST_PAUSE = 256;
/** After so many shared runs one in this thread is timed again. */
const TRY_ALONE = 128;
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

  /** Does all ranges of a kernel together with the other threads; `range` does those that this one takes. */
  run(
    { id, text, parts, size }: SharedJob,
    units: number,
    range: Range,
    addresses: readonly number[],
  ): void {
    const { control } = this;
    control[at.JOB] = id;
    control[at.LENGTH] = text.length;
    this.text.set(text);
    control[at.PARTS] = parts;
    control[at.PART_UNITS] = size;
    control[at.ADDRESSES] = addresses.length;
    control.set(addresses, at.ADDRESSES + 1);
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
        range(part * size, Math.min(size, units - part * size));
        Atomics.add(control, at.DONE, 1);
      }
    } catch (error) {
      // Nobody takes further parts; those that others have begun must end before the memory is used again.
      const taken = Atomics.exchange(control, at.TICKET, at.firstTicket(generation) + parts);
      this.wait(Math.min(parts, taken - at.firstTicket(generation)) - 1);
      throw error;
    }
    this.wait(parts);
    if (Atomics.load(control, at.FAILED) !== 0) {
      throw new Error("setThreads: work must succeed in every thread, got a part that failed.");
    }
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
  /** The run in which the other way is tried next. */
  private trial = FIRST + SHORTEST_PAUSE;

  /** Whether the next run is shared: the quicker way, and now and then the other one. */
  next(): boolean {
    const run = this.runs++;
    if (run <= FIRST) return run < FIRST;
    const share = this.pays;
    if (run < this.trial) return share;
    this.trial = run + (share ? TRY_ALONE : SHORTEST_PAUSE);
    return !share;
  }

  /** Notes how long a run took. In their first ones the other threads still compile. */
  took(shared: boolean, time: number): void {
    const { alone, together } = this;
    if (!shared) this.alone = mean(alone, time, 2);
    else if (this.cold > 0) this.cold--;
    else {
      this.together = mean(together, time, 3);
      if (alone > 0 && !this.pays) {
        const pause = Math.round((time / alone - 1) / TRIAL_COST);
        this.trial = this.runs + Math.min(Math.max(pause, SHORTEST_PAUSE), LONGEST_PAUSE);
      }
    }
  }

  private get pays(): boolean {
    return this.together <= GAIN * this.alone;
  }
}

/** A run that took much longer than others was interrupted: it counts as so many times the mean at most. */
function mean(before: number, latest: number, most: number): number {
  return before === 0 ? latest : before + LATEST * (Math.min(latest, most * before) - before);
}

/** Runs a kernel on the arrays at these addresses. */
export type Run = (addresses: readonly number[]) => void;

/**
 * A kernel that shares its work with other threads while there are any, and while that is quicker.
 *
 * @param ranges - What it does.
 * @param alone - Does all of it in this thread, with the same bits; by default as one range.
 */
export function shared(ranges: RangeKernel, alone?: MemoryKernel): MemoryKernel {
  const small = ranges.flops < WORTH_SHARING;
  const run = sharedRun(
    ranges,
    alone === undefined
      ? runInOne(ranges)
      : (addresses) => alone(addresses.slice(0, -1), addresses[addresses.length - 1]),
  );
  const kernel: MemoryKernel =
    alone !== undefined && small
      ? (inputs, output) => alone(inputs, output)
      : (inputs, output) => run([...inputs, output]);
  return Object.assign(kernel, { ranges });
}

function runInOne(ranges: RangeKernel): Run {
  return (addresses) => {
    if (runRanges(ranges, addresses)) return;
    const { kind } = ranges.describe();
    throw new RangeError(
      `${kind}: the scratch memory must have room for workspace, got too little.`,
    );
  };
}

/** The same for addresses of operands and then of results. */
export function sharedRun(ranges: RangeKernel, alone: Run): Run {
  if (ranges.flops < WORTH_SHARING) return alone;
  let own: SharedJob | null = null;
  let owner: Pool | null = null;
  return (addresses) => {
    if (pool !== null && owner !== pool) {
      owner = pool;
      own = sharedJob(pool.nextJob(), ranges);
    }
    if (pool === null || own === null) {
      alone(addresses);
      return;
    }
    const start = now();
    const together = own.choice.next() && runTogether(pool, own, ranges, addresses);
    if (!together) alone(addresses);
    own.choice.took(together, now() - start);
  };
}

/** False, with nothing done, if there is no room. */
function runTogether(
  pool: Pool,
  job: SharedJob,
  kernel: RangeKernel,
  operands: readonly number[],
): boolean {
  const { between = 0 } = kernel;
  const memory = scratch() as Scratch;
  if (between > memory.available / 2) return false;
  const bottom = memory.allocate(between);
  try {
    const addresses = between > 0 ? [...operands, bottom] : operands;
    if (addresses.length > at.MOST_ADDRESSES) return false;
    const range = kernel.open(addresses);
    if (range === undefined) return false;
    pool.run(job, kernel.units, range, addresses);
    kernel.finish?.(addresses);
    return true;
  } finally {
    memory.release(bottom);
  }
}

interface SharedJob {
  readonly id: number;
  readonly text: Uint8Array;
  readonly parts: number;
  /** Units of a part. */
  readonly size: number;
  readonly choice: Choice;
}

/** Null if the work has one part only, or does not fit into the block through which threads talk. */
function sharedJob(id: number, kernel: RangeKernel): SharedJob | null {
  const { units, step } = kernel;
  const size = step * Math.ceil(units / step / PARTS);
  const parts = Math.ceil(units / size);
  if (parts < 2) return null;
  const text = encode(JSON.stringify(kernel.describe()));
  return text.length > at.TEXT_BYTES ? null : { id, text, parts, size, choice: new Choice() };
}

/** The text has characters below 256 only. */
function encode(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
