import { scratch } from "@flaxen/wasm";
import type { Scratch } from "@flaxen/wasm";
import type { Range, RangeKernel } from "../range-kernel.ts";
import * as at from "./control.ts";
import type { RangesDescription } from "./description.ts";

/** Turns of waiting for a job before a thread sleeps, some 50 µs; waking it takes about 10. */
const SPINS = 50_000;

/** Kernels that a thread remembers. */
const MOST_KERNELS = 256;

/** What a thread of the pool does: parts of jobs, until there are no more. */
export function work(
  block: SharedArrayBuffer,
  make: (description: RangesDescription) => RangeKernel | undefined,
): void {
  const control = new Int32Array(block, 0, at.WORDS);
  const bytes = new Uint8Array(block, 4 * at.WORDS);
  const memory = scratch() as Scratch;
  const kernels = new Map<number, RangeKernel | undefined>();
  const remember = (id: number, text: string): void => {
    if (kernels.size >= MOST_KERNELS) kernels.clear();
    kernels.set(id, make(JSON.parse(text) as RangesDescription));
  };
  let seen = 0;
  for (;;) {
    for (let spins = 0; spins < SPINS && Atomics.load(control, at.GENERATION) === seen;) spins++;
    Atomics.wait(control, at.GENERATION, seen);
    seen = Atomics.load(control, at.GENERATION);
    const id = control[at.JOB];
    if (id < 0) return;
    const parts = control[at.PARTS];
    const units = control[at.PART_UNITS];
    const from = at.ADDRESSES + 1;
    const addresses = Array.from(control.subarray(from, from + control[at.ADDRESSES]));
    const text = kernels.has(id) ? "" : decode(bytes.slice(0, control[at.LENGTH]));
    // What was read belongs together only if no other job has begun meanwhile.
    if (Atomics.load(control, at.GENERATION) !== seen || !at.partsLeft(control, seen, parts)) {
      continue;
    }
    const bottom = memory.allocate(0);
    let range: Range | undefined;
    let whole = 0;
    try {
      if (!kernels.has(id)) remember(id, text);
      const kernel = kernels.get(id);
      // It writes to the workspace of this thread alone, so it does no harm if the job is over by now.
      range = kernel?.open(addresses);
      whole = kernel?.units ?? 0;
    } catch {
      // This thread cannot help: the others take all parts.
      kernels.set(id, undefined);
    }
    while (range !== undefined) {
      const part = at.takePart(control, seen, parts);
      if (part < 0) break;
      try {
        range(part * units, Math.min(units, whole - part * units));
      } catch {
        Atomics.store(control, at.FAILED, 1);
      }
      const done = Atomics.add(control, at.DONE, 1) + 1;
      if (done === parts) Atomics.notify(control, at.DONE);
    }
    memory.release(bottom);
  }
}

/** Text of characters below 256, a few thousand at a time: more would be too many arguments. */
function decode(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 4096) {
    text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  }
  return text;
}
