import { describe } from "@flaxen/dtype";
import { replaceScratch, scratch } from "@flaxen/wasm";
import type { Scratch } from "@flaxen/wasm";
import * as at from "./control.ts";
import { startThread } from "./messages.ts";
import type { Port, Reply, Start } from "./messages.ts";
import { Pool, usePool } from "./pool.ts";

/** Workspace of a thread in bytes, at most. */
const WORKSPACE = 16 * 2 ** 20;
/** Most threads; there is no workspace for more. */
const MOST_THREADS = 16;

interface Running {
  readonly pool: Pool;
  readonly ports: readonly Port<Start, Reply>[];
}

let running: Running | null = null;
let changing: Promise<void> = Promise.resolve();

/**
 * Sets how many threads large matrix products, convolutions and pooling are spread over, and, in programs that `jit`
 * has compiled, large element-wise loops, reductions and chains of steps.
 *
 * Results have the same bits for every number. Node uses worker threads; pages use Web Workers and must be
 * cross-origin isolated, since the threads share memory. Without this call there is one thread. While other programs
 * keep the cores busy, work stays in this thread.
 *
 * Programs that `jit` has compiled are compiled anew for the other memory at their next call.
 *
 * @param n - How many, this one included: an integer in [1, 16]; more than there are cores are of no use.
 * @returns When the threads are ready.
 * @throws {@link RangeError} (as rejection) if `n` is no such integer.
 * @throws {@link Error} (as rejection) if memory cannot be shared here, or a thread cannot start; then there is one
 *   thread.
 *
 * @example
 * ```ts
 * import { setThreads, threads } from "@flaxen/autodiff";
 *
 * await setThreads(2);
 * threads(); // => 2
 * await setThreads(1);
 * ```
 */
export async function setThreads(n: number): Promise<void> {
  if (!Number.isInteger(n) || n < 1 || n > MOST_THREADS) {
    throw new RangeError(
      `setThreads: n must be an integer in [1, ${MOST_THREADS}], got ${describe(n)}.`,
    );
  }
  const change = changing.then(() => changeTo(n));
  changing = change.catch(() => undefined);
  await change;
}

/**
 * The number of threads that work is spread over.
 *
 * @returns What {@link setThreads} has set; 1 at first.
 *
 * @example
 * ```ts
 * import { threads } from "@flaxen/autodiff";
 *
 * threads(); // => 1
 * ```
 */
export function threads(): number {
  return 1 + (running?.ports.length ?? 0);
}

async function changeTo(n: number): Promise<void> {
  if (n === threads()) return;
  stop();
  if (n > 1) await start(n - 1);
}

function stop(): void {
  if (running === null) return;
  usePool(null);
  running.pool.close();
  for (const port of running.ports) port.close();
  running = null;
  replaceScratch(false);
}

async function start(others: number): Promise<void> {
  if (typeof SharedArrayBuffer === "undefined" || !replaceScratch(true)) {
    throw new Error(
      "setThreads: memory must be shareable, got none that is. Pages must be cross-origin isolated.",
    );
  }
  const memory = scratch() as Scratch;
  const block = new SharedArrayBuffer(at.BLOCK_BYTES);
  const bytes = Math.min(WORKSPACE, Math.floor(memory.capacity / 4 / others / 64) * 64);
  const ports: Port<Start, Reply>[] = [];
  try {
    // The first blocks that are kept lie above all arrays, at the end of the memory.
    const spaces = Array.from({ length: others }, () => memory.keep(bytes) as number);
    await Promise.all(
      spaces.map(async (from) => {
        const message = { memory: memory.memory, from, to: from + bytes, block };
        ports.push(await launch(message));
      }),
    );
  } catch (error) {
    for (const port of ports) port.close();
    replaceScratch(false);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`setThreads: threads must be able to start, got "${reason}".`);
  }
  const pool = new Pool(block, maySleep());
  running = { pool, ports };
  usePool(pool);
}

/** Starts a thread and waits until it is ready. */
function launch(message: Start): Promise<Port<Start, Reply>> {
  return new Promise((resolve, reject) => {
    const failed = (reason: string): void => reject(new Error(reason));
    startThread(failed).then((port) => {
      port.receive((reply) => {
        if (reply === "loaded") port.send(message);
        else resolve(port);
      });
    }, reject);
  });
}

/** Pages must not block their first thread. */
function maySleep(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
    return true;
  } catch {
    return false;
  }
}
