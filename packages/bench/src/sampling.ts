import { readFileSync } from "node:fs";
import type { Call } from "./contestant.ts";

/** A call whose first run takes longer is not warmed up. */
export const SLOW_MS = 1000;
/** Milliseconds of calls between two looks at how fast they have become. */
const WINDOW_MS = 100;
/** Windows without a gain after which calls are as fast as they get. */
const LEVEL_WINDOWS = 10;
/** What counts as a gain on the fastest window so far. */
const GAIN = 0.97;
/** Longest warm-up. */
const MOST_MS = 6000;

/** Nanoseconds for which the main thread was ready and had no core; 0 where the system does not tell. */
function waited(): number {
  try {
    return Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[1]);
  } catch {
    return 0;
  }
}

/** The time in milliseconds, and how much of it the thread has waited. */
function clock(): { readonly now: number; readonly wait: number } {
  for (;;) {
    const wait = waited();
    const now = performance.now();
    // Else the thread lost its core between the two.
    if (waited() === wait) return { now, wait: wait / 1e6 };
  }
}

/** Milliseconds that `run` takes, less those in which the thread waited for a core. */
export async function timed(run: () => unknown): Promise<number> {
  const start = clock();
  await run();
  const end = clock();
  return end.now - start.now - (end.wait - start.wait);
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}

/** Milliseconds of one call, from as many calls as fill `minimum` milliseconds. */
export async function sample(call: Call, minimum: number): Promise<number> {
  let count = 0;
  const spent = await timed(async () => {
    const end = performance.now() + minimum;
    // The clock is read every millisecond or so.
    let turn = 1;
    for (let now = performance.now(); ;) {
      for (let i = 0; i < turn; i++) {
        const result = call.run();
        const done = isPromise(result) ? await result : result;
        call.free?.(done);
      }
      count += turn;
      const before = now;
      now = performance.now();
      if (now >= end) return;
      if (now - before < 0.5) turn *= 2;
    }
  });
  return spent / count;
}

/** Calls until they get no faster, in windows with a pause in which the engine can finish what it compiles. */
export async function warmUp(call: Call): Promise<void> {
  const end = performance.now() + MOST_MS;
  let fastest = Infinity;
  for (let level = 0; level < LEVEL_WINDOWS && performance.now() < end; level++) {
    const time = await sample(call, WINDOW_MS);
    if (time < GAIN * fastest) level = 0;
    fastest = Math.min(fastest, time);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
