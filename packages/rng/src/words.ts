import type { Key } from "./make-key.ts";
import { hashCounters } from "./threefry.ts";
import type { CounterPlan } from "./threefry.ts";
import { hashChunks, uniformKernel } from "./uniform-kernel.ts";
import type { Finish } from "./uniform-kernel.ts";

// The two layouts of counters. Partitionable: element i hashes the 64-bit counter i. Legacy: the counters 0..m-1
// are cut in halves, pair i is (i, i + half), all first words of the hashes come before all second words.

/** Below this length the plain loop is as quick as a call of the kernel. */
export const SMALL = 48;

/**
 * Fills `out` with the random uint32 words of an array of that many elements.
 *
 * @returns Whether the kernel ran, which then has applied `finish`, too; else `out` holds the words themselves.
 */
export function fillWords(
  { words: [k0, k1], partitionable }: Key,
  out: Uint32Array,
  finish?: Finish,
): boolean {
  const size = out.length;
  const kernel = size < SMALL ? undefined : uniformKernel();
  const fill = (plan: CounterPlan): void => {
    if (kernel) hashChunks(kernel, k0, k1, plan, out, finish);
    else hashCounters(k0, k1, plan, out);
  };
  if (partitionable) {
    fill([size, 0, 0, 0, 1, 0, 0]);
  } else {
    const half = Math.ceil(size / 2);
    const pairs = size - half;
    fill([pairs, 0, 1, half, 1, 0, half]);
    // An odd number of counters is padded with a zero; the word that comes of it lies past the end and is dropped.
    if (pairs < half) fill([1, pairs, 0, 0, 1, pairs, size]);
  }
  return kernel !== undefined;
}

/** Fills `out` with the random uint64 words of an array of half as many elements, low word first. */
export function fillWideWords({ words: [k0, k1], partitionable }: Key, out: Uint32Array): void {
  const count = out.length / 2;
  const highStep = partitionable ? 0 : 1;
  const lowStart = partitionable ? 0 : count;
  hashCounters(k0, k1, [count, 0, highStep, lowStart, 2, 1, 0], out);
}

/** Fills `out` with the random uint8 or uint16 words of an array of that many elements. */
export function fillNarrowWords(key: Key, out: Uint8Array | Uint16Array): void {
  const { length, BYTES_PER_ELEMENT: bytes } = out;
  const words = new Uint32Array(key.partitionable ? length : Math.ceil((length * bytes) / 4));
  fillWords(key, words);
  // Partitionable: the low bits of a word each. Legacy: 2 or 4 elements of every word, low bits first.
  const Narrow = out.constructor as Uint8ArrayConstructor;
  out.set(key.partitionable ? words : new Narrow(words.buffer, 0, length));
}
