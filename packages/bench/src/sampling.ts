import { readFileSync } from "node:fs";
import type { Call } from "./contestant.ts";

/** A call whose first run takes longer is not warmed up. */
export const SLOW_MS = 1000;
const WARM_UP_MS = 300;

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

/** Calls until the engine has compiled what it will, in the background too. */
export async function warmUp(call: Call): Promise<void> {
  await sample(call, WARM_UP_MS);
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    await sample(call, 10);
  }
}
