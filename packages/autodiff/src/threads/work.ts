import * as at from "./control.ts";
import type { Job, JobDescription } from "./job.ts";

/** Turns of waiting for a job before a thread sleeps; waking it takes about 10 µs. */
const SPINS = 5000;

/** Jobs that a thread remembers. */
const MOST_JOBS = 256;

/** What a thread of the pool does: parts of jobs, until there are no more. */
export function work(
  block: SharedArrayBuffer,
  make: (description: JobDescription) => Job | undefined,
): void {
  const control = new Int32Array(block, 0, at.WORDS);
  const bytes = new Uint8Array(block, 4 * at.WORDS);
  const jobs = new Map<number, Job | undefined>();
  let seen = 0;
  for (;;) {
    for (let spins = 0; spins < SPINS && Atomics.load(control, at.GENERATION) === seen;) spins++;
    Atomics.wait(control, at.GENERATION, seen);
    seen = Atomics.load(control, at.GENERATION);
    const id = control[at.JOB];
    if (id < 0) return;
    const parts = control[at.PARTS];
    const output = control[at.OUTPUT];
    const from = at.INPUTS + 1;
    const inputs = Array.from(control.subarray(from, from + control[at.INPUTS]));
    const text = jobs.has(id) ? "" : String.fromCharCode(...bytes.slice(0, control[at.LENGTH]));
    // What was read belongs together only if no other job has begun meanwhile.
    if (Atomics.load(control, at.GENERATION) !== seen) continue;
    let part = at.takePart(control, seen, parts);
    while (part >= 0) {
      try {
        if (!jobs.has(id)) {
          if (jobs.size >= MOST_JOBS) jobs.clear();
          jobs.set(id, make(JSON.parse(text) as JobDescription));
        }
        const job = jobs.get(id);
        if (job === undefined) throw new Error("no such job here");
        job.run(inputs, output, part);
      } catch {
        // The first thread then does all of it again.
        Atomics.store(control, at.FAILED, 1);
      }
      const done = Atomics.add(control, at.DONE, 1) + 1;
      if (done === parts) Atomics.notify(control, at.DONE);
      part = at.takePart(control, seen, parts);
    }
  }
}
